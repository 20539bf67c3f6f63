//! Types and worst cases of expressions.
//!
//! One walk does both: it gives the type of every part with its largest size, and the number of steps that calculating it can
//! take. With the sizes that are assumed, it is the check when a policy is loaded; with actual ones, the bound of one run.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators};

use super::Variables;
use super::functions;
use super::pattern::Patterns;
use super::shape::{Shape, steps_of};
use crate::diagnostic::{quote, quote_list};
use crate::limits::CelLimits;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It cannot be right: a name, a type or a function that is not there.
    Wrong(String),
    /// It may take too many steps or too much memory.
    Costly(String),
}

/// What is known of a part of an expression.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) shape: Shape,
    /// Steps for calculating it, its parts included.
    pub(super) steps: u64,
}

impl Known {
    pub(super) fn new(shape: Shape, steps: u64) -> Self {
        Self { shape, steps }
    }
}

pub(super) fn wrong<T>(message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Wrong(message.into()))
}

/// Walks over one expression.
pub(super) struct Checker<'a> {
    variables: &'a Variables,
    patterns: &'a Patterns,
    limits: &'a CelLimits,
    /// Variables of the loops around, the innermost last.
    scopes: Vec<(String, Shape)>,
    uses: BTreeSet<&'static str>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(variables: &'a Variables, patterns: &'a Patterns, limits: &'a CelLimits) -> Self {
        Self { variables, patterns, limits, scopes: Vec::new(), uses: BTreeSet::new() }
    }

    /// The variables that were used.
    pub(super) fn into_uses(self) -> BTreeSet<&'static str> {
        self.uses
    }

    pub(super) fn patterns(&self) -> &'a Patterns {
        self.patterns
    }

    /// The most steps of a whole expression, which must give a boolean.
    pub(super) fn judge(&mut self, tree: &IdedExpr) -> Result<u64, Fault> {
        let Known { shape, steps } = self.node(tree)?;
        if shape != Shape::Bool {
            return wrong(format!("the expression gives {}, and not a boolean", shape.label()));
        }
        // Values are handed over in full.
        let handed = self.uses.iter().filter_map(|name| self.variables.get(name)).map(Shape::steps);
        let steps = handed.fold(steps, u64::saturating_add);
        if steps > self.limits.steps {
            return Err(Fault::Costly(format!(
                "the expression takes up to {steps} steps, and at most {} are allowed",
                self.limits.steps
            )));
        }
        Ok(steps)
    }

    pub(super) fn node(&mut self, node: &IdedExpr) -> Result<Known, Fault> {
        let known = match &node.expr {
            Expr::Unspecified => return wrong("a part of the expression is missing"),
            Expr::Literal(literal) => Self::literal(literal)?,
            Expr::Ident(name) => self.variable(name)?,
            Expr::Select(select) => self.select(select)?,
            Expr::Call(call) => match &call.target {
                None => match self.operator(&call.func_name, &call.args)? {
                    Some(known) => known,
                    None => functions::global(self, &call.func_name, &call.args)?,
                },
                Some(target) => functions::member(self, &call.func_name, target, &call.args)?,
            },
            Expr::Comprehension(of) => self.comprehension(of)?,
            Expr::List(list) => self.list(&list.elements)?,
            Expr::Map(_) | Expr::Struct(_) => return wrong("maps and messages cannot be written in a rule"),
        };
        self.bounded(known)
    }

    /// Values that are calculated must stay small.
    fn bounded(&self, known: Known) -> Result<Known, Fault> {
        let (bytes, most) = (known.shape.bytes(), self.limits.value_bytes);
        match known.shape {
            Shape::Text(_) | Shape::List { .. } if bytes > most => Err(Fault::Costly(format!(
                "a part of the expression gives up to {bytes} bytes, and at most {most} are allowed"
            ))),
            _ => Ok(known),
        }
    }

    fn literal(literal: &LiteralValue) -> Result<Known, Fault> {
        let shape = match literal {
            LiteralValue::Boolean(_) => Shape::Bool,
            LiteralValue::Int(_) => Shape::Int,
            LiteralValue::String(text) => Shape::Text(u64::try_from(text.inner().len()).unwrap_or(u64::MAX)),
            LiteralValue::Bytes(_) | LiteralValue::Double(_) | LiteralValue::Null | LiteralValue::UInt(_) => {
                return wrong("literals of rules are texts, integers, true and false");
            }
        };
        Ok(Known::new(shape, 1))
    }

    fn variable(&mut self, name: &str) -> Result<Known, Fault> {
        if let Some((_, shape)) = self.scopes.iter().rev().find(|(own, _)| own == name) {
            return Ok(Known::new(shape.clone(), 1));
        }
        match self.variables.get_key_value(name) {
            Some((known, shape)) => {
                self.uses.insert(known);
                Ok(Known::new(shape.clone(), 1))
            }
            None => {
                let known: Vec<&str> = self.variables.keys().copied().collect();
                wrong(format!(
                    "the variable {} is not declared: there are {}",
                    quote(name),
                    quote_list(&known)
                ))
            }
        }
    }

    fn select(&mut self, select: &SelectExpr) -> Result<Known, Fault> {
        let Known { shape, steps } = self.node(&select.operand)?;
        let field = select.field.as_str();
        let found = match &shape {
            Shape::Record(record) => match record.fields.get(field) {
                Some(found) => found.clone(),
                None => {
                    let known: Vec<&str> = record.fields.keys().copied().collect();
                    let message = format!(
                        "{} has no field {}: it has {}",
                        shape.label(),
                        quote(field),
                        quote_list(&known)
                    );
                    return wrong(message);
                }
            },
            Shape::Map { value, .. } => value.as_ref().clone(),
            other => return wrong(format!("{} has no field {}", other.label(), quote(field))),
        };
        let shape = if select.test { Shape::Bool } else { found };
        Ok(Known::new(shape, steps.saturating_add(2)))
    }

    fn list(&mut self, elements: &[IdedExpr]) -> Result<Known, Fault> {
        let (mut item, mut bytes, mut steps): (Shape, u64, u64) = (Shape::Nothing, 0, 1);
        for element in elements {
            let known = self.node(element)?;
            let Some(joined) = item.join(&known.shape) else {
                let message = format!("a list has {} and {}", item.label(), known.shape.label());
                return wrong(message);
            };
            item = joined;
            bytes = bytes.saturating_add(known.shape.bytes()).saturating_add(16);
            steps = steps.saturating_add(known.steps).saturating_add(known.shape.steps()).saturating_add(1);
        }
        let items = u64::try_from(elements.len()).unwrap_or(u64::MAX);
        Ok(Known::new(Shape::List { item: Box::new(item), items, bytes }, steps))
    }

    /// Calls that are written as operators; `None` for any other name.
    fn operator(&mut self, name: &str, args: &[IdedExpr]) -> Result<Option<Known>, Fault> {
        let known = match (name, args) {
            (operators::CONDITIONAL, [test, then, other]) => self.conditional(test, then, other)?,
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [left, right]) => {
                let (left, right) = (self.boolean(left)?, self.boolean(right)?);
                Known::new(Shape::Bool, left.saturating_add(right).saturating_add(1))
            }
            (operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE, [value]) => {
                Known::new(Shape::Bool, self.boolean(value)?.saturating_add(1))
            }
            (operators::NEGATE, [value]) => {
                let value = self.node(value)?;
                if value.shape != Shape::Int {
                    return wrong(format!("{} has no sign", value.shape.label()));
                }
                Known::new(Shape::Int, value.steps.saturating_add(1))
            }
            (_, [left, right]) => {
                let Some(symbol) = symbol(name) else { return Ok(None) };
                let (left, right) = (self.node(left)?, self.node(right)?);
                binary(symbol, &left, &right)?
            }
            _ => return Ok(None),
        };
        Ok(Some(known))
    }

    fn boolean(&mut self, node: &IdedExpr) -> Result<u64, Fault> {
        let Known { shape, steps } = self.node(node)?;
        if shape == Shape::Bool {
            Ok(steps)
        } else {
            wrong(format!("{} stands where a boolean is asked for", shape.label()))
        }
    }

    fn conditional(&mut self, test: &IdedExpr, then: &IdedExpr, other: &IdedExpr) -> Result<Known, Fault> {
        let test = self.boolean(test)?;
        let (then, other) = (self.node(then)?, self.node(other)?);
        let steps = test.saturating_add(then.steps.max(other.steps)).saturating_add(1);
        match then.shape.join(&other.shape) {
            Some(shape) => Ok(Known::new(shape, steps)),
            None => wrong(format!("a choice gives {} or {}", then.shape.label(), other.shape.label())),
        }
    }

    /// A loop: `all`, `exists`, `exists_one`, `map` or `filter`, as the parser writes them out.
    fn comprehension(&mut self, of: &ComprehensionExpr) -> Result<Known, Fault> {
        let range = self.node(&of.iter_range)?;
        let Shape::List { item, items, .. } = &range.shape else {
            // The entries of a map have no order, and so no one result.
            return wrong(format!("a loop goes over a list, and not over {}", range.shape.label()));
        };
        let (item, items) = (item.as_ref().clone(), *items);
        if of.iter_var2.is_some() || !is_plain(&of.iter_var) {
            return wrong(format!("{} is no name for a variable", quote(&of.iter_var)));
        }
        let init = self.node(&of.accu_init)?;
        let depth = self.scopes.len();
        // The values that the loop collects are not read before it ends.
        self.scopes.push((of.accu_var.clone(), init.shape.clone()));
        self.scopes.push((of.iter_var.clone(), item.clone()));
        let condition = self.boolean(&of.loop_cond)?;
        let step = self.node(&of.loop_step)?;
        self.scopes.truncate(depth);
        let collected = match (&init.shape, step.shape) {
            (Shape::List { .. }, Shape::List { item, bytes, .. }) => {
                Shape::List { item, items, bytes: bytes.saturating_mul(items) }
            }
            (init, step) => match init.join(&step) {
                Some(shape) => shape,
                None => return wrong(format!("a loop gives {} or {}", init.label(), step.label())),
            },
        };
        self.scopes.push((of.accu_var.clone(), collected));
        let result = self.node(&of.result);
        self.scopes.truncate(depth);
        let result = result?;
        let each = condition.saturating_add(step.steps).saturating_add(item.steps()).saturating_add(3);
        let steps = range
            .steps
            .saturating_add(init.steps)
            .saturating_add(each.saturating_mul(items))
            .saturating_add(result.steps)
            .saturating_add(result.shape.steps())
            .saturating_add(3);
        Ok(Known::new(result.shape, steps))
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// How an operator with two operands is written.
fn symbol(name: &str) -> Option<&'static str> {
    Some(match name {
        operators::EQUALS => "==",
        operators::NOT_EQUALS => "!=",
        operators::LESS => "<",
        operators::LESS_EQUALS => "<=",
        operators::GREATER => ">",
        operators::GREATER_EQUALS => ">=",
        operators::ADD => "+",
        operators::SUBSTRACT => "-",
        operators::MULTIPLY => "*",
        operators::DIVIDE => "/",
        operators::MODULO => "%",
        operators::IN => "in",
        operators::INDEX => "[]",
        _ => return None,
    })
}

fn binary(symbol: &'static str, left: &Known, right: &Known) -> Result<Known, Fault> {
    let steps = left.steps.saturating_add(right.steps).saturating_add(1);
    let both = steps_of(left.shape.bytes().saturating_add(right.shape.bytes()));
    let read = steps.saturating_add(both);
    let known = match (symbol, &left.shape, &right.shape) {
        ("==" | "!=", a, b) if a.join(b).is_some() => {
            let all = steps.saturating_add(a.steps()).saturating_add(b.steps());
            Known::new(Shape::Bool, all)
        }
        ("<" | "<=" | ">" | ">=", Shape::Int, Shape::Int)
        | ("<" | "<=" | ">" | ">=", Shape::Text(_), Shape::Text(_)) => Known::new(Shape::Bool, read),
        ("+" | "-" | "*" | "/" | "%", Shape::Int, Shape::Int) => Known::new(Shape::Int, steps),
        ("+", Shape::Text(a), Shape::Text(b)) => Known::new(Shape::Text(a.saturating_add(*b)), read),
        (
            "+",
            Shape::List { item, items, bytes },
            Shape::List { item: other, items: more, bytes: more_bytes },
        ) if item.join(other).is_some() => {
            let item = item.join(other).unwrap_or(Shape::Nothing);
            let shape = Shape::List {
                item: Box::new(item),
                items: items.saturating_add(*more),
                bytes: bytes.saturating_add(*more_bytes),
            };
            Known::new(shape, read.saturating_add(*items).saturating_add(*more))
        }
        ("in", value, Shape::List { item, items, bytes }) if value.join(item).is_some() => {
            let compared = value.steps().saturating_add(1).saturating_mul(*items);
            Known::new(Shape::Bool, steps.saturating_add(compared).saturating_add(steps_of(*bytes)))
        }
        ("in", Shape::Text(_), Shape::Map { .. }) => {
            Known::new(Shape::Bool, steps.saturating_add(left.shape.steps()).saturating_add(2))
        }
        ("[]", Shape::List { item, .. }, Shape::Int) => {
            Known::new(item.as_ref().clone(), steps.saturating_add(item.steps()))
        }
        ("[]", Shape::Map { value, .. }, Shape::Text(_)) => {
            Known::new(value.as_ref().clone(), read_entry(steps, value, &right.shape))
        }
        (_, a, b) => {
            return wrong(format!("`{symbol}` does not go with {} and {}", a.label(), b.label()));
        }
    };
    Ok(known)
}

fn read_entry(steps: u64, value: &Shape, name: &Shape) -> u64 {
    steps.saturating_add(value.steps()).saturating_add(name.steps()).saturating_add(2)
}
