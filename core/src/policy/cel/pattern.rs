//! Regular expressions of `matches`: literals of the policy, compiled when it is loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, LiteralValue};
use regex_syntax::hir::{Hir, HirKind, Look};

use super::wrong;
use crate::diagnostic::Diagnostic;
use crate::policy::matcher::regex::SearchRegex;

/// A pattern, and how many states it has at most.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) regex: SearchRegex,
    pub(super) states: u64,
    /// Whether it begins and ends where a text does.
    pub(super) anchored: bool,
}

/// The patterns of one expression by their text.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns(pub(super) Arc<BTreeMap<String, Pattern>>);

impl Patterns {
    /// Compiles every pattern of an expression. A pattern that is calculated is no literal, and is refused by the check.
    pub(super) fn collect(tree: &IdedExpr) -> Result<Self, Box<Diagnostic>> {
        let mut found = BTreeMap::new();
        collect(tree, &mut found)?;
        Ok(Self(Arc::new(found)))
    }

    /// The texts of patterns that may match a part of a text.
    pub(super) fn unanchored(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, pattern)| !pattern.anchored).map(|(text, _)| text.as_str())
    }

    pub(super) fn find(&self, text: &str) -> Option<&Pattern> {
        self.0.get(text)
    }
}

/// The text of a literal.
pub(super) fn literal(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

fn collect(node: &IdedExpr, found: &mut BTreeMap<String, Pattern>) -> Result<(), Box<Diagnostic>> {
    match &node.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::Call(call) => {
            if call.func_name == "matches"
                && let Some(text) = call.args.last().and_then(literal)
            {
                let regex = SearchRegex::parse(text, true).map_err(|fault| wrong(fault.message()))?;
                let parsed =
                    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(text);
                let anchored = parsed.as_ref().is_ok_and(is_anchored);
                let states = parsed.map_or(u64::MAX, |hir| states(&hir));
                found.insert(text.to_owned(), Pattern { regex, states, anchored });
            }
            call.target.iter().map(AsRef::as_ref).chain(&call.args).try_for_each(|node| collect(node, found))
        }
        Expr::Comprehension(of) => {
            let inner = [&of.iter_range, &of.accu_init, &of.loop_cond, &of.loop_step, &of.result];
            inner.into_iter().try_for_each(|node| collect(node, found))
        }
        Expr::List(list) => list.elements.iter().try_for_each(|node| collect(node, found)),
        Expr::Select(select) => collect(&select.operand, found),
        Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
            EntryExpr::StructField(field) => collect(&field.value, found),
            EntryExpr::MapEntry(entry) => {
                collect(&entry.key, found)?;
                collect(&entry.value, found)
            }
        }),
        // Refused by the check.
        Expr::Struct(_) => Ok(()),
    }
}

fn is_anchored(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.look_set_prefix().contains(Look::Start) && properties.look_set_suffix().contains(Look::End)
}

/// At most so many states are alive at one byte of the text.
fn states(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => 1,
        HirKind::Literal(literal) => u64::try_from(literal.0.len()).unwrap_or(u64::MAX),
        HirKind::Repetition(of) => {
            let times = of.max.unwrap_or(of.min).max(of.min).max(1);
            states(&of.sub).saturating_add(1).saturating_mul(u64::from(times))
        }
        HirKind::Capture(of) => states(&of.sub).saturating_add(1),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(1, |sum: u64, part| sum.saturating_add(states(part)))
        }
    }
}
