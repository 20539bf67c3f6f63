//! Rules in CEL: what a table of a policy cannot say.
//!
//! Expressions are read and checked when a policy is loaded, and never made of anything that a request says. The parser and
//! the evaluator are those of the crate `cel`, which knows neither types nor a bound on the work before it runs. Both are
//! worked out here ([`check`]): every expression has static types, and a worst-case number of steps that is calculated from
//! the expression and from sizes. It is calculated once from the sizes that the policy lets through, when it is loaded, and
//! once more from the actual sizes before each run. Steps are counted and never timed, so that the same input ends in the same way on
//! every platform.

mod check;
mod datum;
mod environment;
mod functions;
mod parse;
mod pattern;
mod rules;
mod shape;
mod validation;
mod variables;

#[cfg(test)]
mod tests;

pub(super) use rules::CelRules;
pub(super) use validation::{RequestVariables, Validations};

use std::collections::{BTreeMap, BTreeSet};

use cel::IdedExpr;

use crate::diagnostic::{Diagnostic, codes};
use crate::limits::CelLimits;
use check::{Checker, Fault};
use datum::Bindings;
use pattern::Patterns;
use shape::Shape;

/// The variables of an expression, with what is known of them.
type Variables = BTreeMap<&'static str, Shape>;

/// An expression that has been checked: it uses what there is, gives a boolean, and its work is bounded.
#[derive(Debug)]
struct Expression {
    tree: IdedExpr,
    /// The variables that it uses.
    uses: BTreeSet<&'static str>,
    patterns: Patterns,
    /// Parts of the expression: what working out the steps of a run takes.
    nodes: u64,
    /// Steps of one run with the sizes that were assumed when it was loaded.
    worst: u64,
}

/// Why an expression gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Failure {
    /// It would take more steps or memory than are left.
    Budget(String),
    /// It cannot be calculated with these values.
    Values(String),
}

impl Expression {
    /// Reads and checks an expression over variables whose sizes are the largest that are assumed.
    fn compile(source: &str, variables: &Variables, limits: &CelLimits) -> Result<Self, Box<Diagnostic>> {
        let (tree, nodes) = parse::parse(source, limits)?;
        let patterns = Patterns::collect(&tree)?;
        let mut checker = Checker::new(variables, &patterns, limits);
        match checker.judge(&tree) {
            Ok(worst) => Ok(Self { uses: checker.into_uses(), tree, patterns, nodes, worst }),
            Err(Fault::Wrong(message)) => Err(wrong(message)),
            Err(Fault::Costly(message)) => Err(costly(message)),
        }
    }

    /// Runs the expression if the steps that are left are enough for the actual sizes, and takes them off. What is not run
    /// takes off what finding that out took.
    fn run(&self, bindings: &Bindings, limits: &CelLimits, left: &mut u64) -> Result<bool, Failure> {
        let short = |steps: u64, left: u64| {
            Failure::Budget(format!("it takes up to {steps} steps, and {left} are left"))
        };
        let Some(unused) = left.checked_sub(self.nodes) else { return Err(short(self.nodes, *left)) };
        let shapes = bindings.shapes();
        let mut checker = Checker::new(&shapes, &self.patterns, limits);
        let counted = checker.judge(&self.tree).map_err(|fault| match fault {
            Fault::Costly(message) => Failure::Budget(message),
            Fault::Wrong(message) => Failure::Values(message),
        });
        let rest = counted.and_then(|steps| left.checked_sub(steps).ok_or_else(|| short(steps, *left)));
        *left = rest.as_ref().map_or(unused, |rest| *rest);
        rest?;
        environment::evaluate(&self.tree, &self.uses, &self.patterns, bindings).map_err(Failure::Values)
    }
}

fn wrong(message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(codes::DOCUMENT_CEL, message))
}

fn costly(message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(codes::DOCUMENT_CEL_BUDGET, message))
}
