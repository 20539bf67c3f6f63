//! From text to a tree of bounded size.

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr};
use cel::parser::PrattParser;

use super::{costly, wrong};
use crate::diagnostic::Diagnostic;
use crate::limits::CelLimits;

/// Reads an expression, and says how many parts it has. Its length is judged before it is read, and its shape before anything walks it to the ground.
pub(super) fn parse(source: &str, limits: &CelLimits) -> Result<(IdedExpr, u64), Box<Diagnostic>> {
    if source.len() > limits.source_bytes {
        return Err(costly(format!("the expression has more than {} bytes", limits.source_bytes)));
    }
    if source.trim().is_empty() {
        return Err(wrong("the expression is empty"));
    }
    let parser = PrattParser::new()
        .max_recursion_depth(limits.parser_depth)
        .max_expression_node_count(limits.nodes)
        .error_recovery_limit(1)
        .error_reporting_limit(1);
    let tree = parser.parse(source).map_err(|errors| match errors.errors.first() {
        Some(error) if error.msg.contains("recursion") => costly("the expression is too deeply nested"),
        Some(error) if error.msg.contains("node") && error.msg.contains("limit") => {
            costly(format!("the expression has more than {} parts", limits.nodes))
        }
        Some(error) => {
            let place = match error.pos {
                (line, column) if line > 0 => format!(" at line {line}, column {column} of the expression"),
                _ => String::new(),
            };
            wrong(format!("the expression is not CEL{place}: {}", sentence(&error.msg)))
        }
        None => wrong("the expression is not CEL"),
    })?;
    let mut measure = Measure { limits, nodes: 0 };
    measure.node(&tree, 1, 0)?;
    Ok((tree, u64::try_from(measure.nodes).unwrap_or(u64::MAX)))
}

/// The parser's words as the end of a sentence.
fn sentence(message: &str) -> String {
    const LONGEST: usize = 120;
    let line = message.lines().next().unwrap_or_default();
    line.trim_start_matches("Syntax error: ").chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

struct Measure<'a> {
    limits: &'a CelLimits,
    nodes: usize,
}

impl Measure<'_> {
    /// Counts a node and those below it, and stops at the first bound that is passed.
    fn node(&mut self, node: &IdedExpr, depth: usize, loops: usize) -> Result<(), Box<Diagnostic>> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > self.limits.nodes {
            return Err(costly(format!("the expression has more than {} parts", self.limits.nodes)));
        }
        if depth > self.limits.depth {
            return Err(costly(format!(
                "the expression is nested more than {} levels deep",
                self.limits.depth
            )));
        }
        let below = depth.saturating_add(1);
        match &node.expr {
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Ok(()),
            Expr::Call(call) => {
                let inner = call.target.iter().map(AsRef::as_ref).chain(&call.args);
                self.all(inner, below, loops)
            }
            Expr::Comprehension(of) => {
                self.node(&of.iter_range, below, loops)?;
                let loops = loops.saturating_add(1);
                if loops > self.limits.loops {
                    return Err(costly(format!(
                        "loops are nested more than {} levels deep",
                        self.limits.loops
                    )));
                }
                self.all([&of.accu_init, &of.loop_cond, &of.loop_step, &of.result], below, loops)
            }
            Expr::List(list) => self.all(&list.elements, below, loops),
            Expr::Map(map) => self.entries(&map.entries, below, loops),
            Expr::Select(select) => self.node(&select.operand, below, loops),
            Expr::Struct(of) => self.entries(&of.entries, below, loops),
        }
    }

    fn all<'e>(
        &mut self,
        nodes: impl IntoIterator<Item = &'e IdedExpr>,
        depth: usize,
        loops: usize,
    ) -> Result<(), Box<Diagnostic>> {
        nodes.into_iter().try_for_each(|node| self.node(node, depth, loops))
    }

    fn entries(
        &mut self,
        entries: &[IdedEntryExpr],
        depth: usize,
        loops: usize,
    ) -> Result<(), Box<Diagnostic>> {
        for entry in entries {
            match &entry.expr {
                EntryExpr::StructField(field) => self.node(&field.value, depth, loops)?,
                EntryExpr::MapEntry(entry) => {
                    self.node(&entry.key, depth, loops)?;
                    self.node(&entry.value, depth, loops)?;
                }
            }
        }
        Ok(())
    }
}
