//! Validations of approver-policy, run as they are written.

use std::collections::BTreeMap;

use super::datum::{Bindings, Datum};
use super::variables::{self, SELF};
use super::{Expression, Variables};
use crate::diagnostic::{Diagnostic, Path, codes};
use crate::limits::CelLimits;
use crate::policy::context::Context;
use crate::policy::document::ApproverValidation;
use crate::policy::matcher::Faults;

/// Compiled validations of all fields of one policy.
#[derive(Debug, Default)]
pub(in crate::policy) struct Validations {
    limits: CelLimits,
    declared: Variables,
    by_rule: BTreeMap<String, Expression>,
}

/// The variable `cr` of one request, and the steps that are left for it.
#[derive(Debug)]
pub(in crate::policy) struct RequestVariables {
    bindings: Bindings,
    left: u64,
}

impl Validations {
    /// Adds the validations of one field. A rule that the program would refuse is a fault.
    pub(in crate::policy) fn add(&mut self, rules: &[ApproverValidation], at: &Path, faults: &mut Faults) {
        if self.declared.is_empty() {
            self.declared = variables::declare_approver_policy(&self.limits);
        }
        for (index, validation) in rules.iter().enumerate() {
            let at = at.join(index).join("rule");
            if self.by_rule.contains_key(&validation.rule) {
                continue;
            }
            if self.by_rule.len() >= self.limits.rules {
                let message = format!("the policy has more than {} validations", self.limits.rules);
                faults.error(Diagnostic::new(codes::DOCUMENT_CEL_BUDGET, message), &at);
                return;
            }
            match Expression::compile(&validation.rule, &self.declared, &self.limits) {
                Ok(expression) => {
                    self.by_rule.insert(validation.rule.clone(), expression);
                }
                Err(fault) => faults.error(*fault, &at),
            }
        }
    }

    /// The variables of one request. What is not known is an empty text there.
    pub(in crate::policy) fn bind(&self, context: &Context) -> RequestVariables {
        let name = context.fact("requestName").and_then(<[String]>::first).map_or("", String::as_str);
        let groups = context.requester().map(|requester| requester.groups.as_slice()).unwrap_or_default();
        let cr = Datum::record([
            ("name", Some(Datum::text(name))),
            ("namespace", Some(Datum::text(context.namespace().unwrap_or_default()))),
            ("username", Some(Datum::text(context.username().unwrap_or_default()))),
            ("groups", Some(Datum::texts(groups.iter().map(String::as_str)))),
        ]);
        let mut bindings = Bindings::default();
        bindings.set(&self.declared, "cr", &cr);
        RequestVariables { bindings, left: self.limits.steps }
    }

    /// The messages of validations that a value does not pass. One that cannot be calculated is not passed.
    pub(in crate::policy) fn violations(
        &self,
        rules: &[ApproverValidation],
        value: &str,
        variables: &mut RequestVariables,
    ) -> Vec<String> {
        let RequestVariables { bindings, left } = variables;
        bindings.set(&self.declared, SELF, &Datum::text(value));
        let broken = rules.iter().filter(|validation| match self.by_rule.get(&validation.rule) {
            Some(expression) => expression.run(bindings, &self.limits, left) != Ok(true),
            None => true,
        });
        broken.map(ApproverValidation::text).collect()
    }
}
