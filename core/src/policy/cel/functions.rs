//! Functions of expressions: their types, the sizes of what they give, and the steps that they take.
//!
//! Standard functions of CEL for texts, integers and lists, the strings extension of cel-go, and the two functions of approver-policy for service
//! accounts. Regular expressions and templates of `format` are literals, so that both are judged when a policy is loaded.

use cel::IdedExpr;
use cel::common::ast::Expr;

use super::check::{Checker, Fault, Known, wrong};
use super::pattern::literal;
use super::shape::{Shape, steps_of};
use super::variables::SERVICE_ACCOUNT;
use crate::diagnostic::quote;

/// The most bytes of an integer as a text: `-9223372036854775808`.
const INTEGER: u64 = 20;

/// A function without a receiver.
pub(super) fn global(checker: &mut Checker<'_>, name: &str, args: &[IdedExpr]) -> Result<Known, Fault> {
    if !["size", "string", "int", "serviceAccount", "isServiceAccount"].contains(&name) {
        return unknown(name);
    }
    let [arg] = args else { return number(name, "one argument", args) };
    let arg = checker.node(arg)?;
    let steps = arg.steps.saturating_add(2);
    let read = steps.saturating_add(steps_of(arg.shape.bytes()));
    let known = match (name, &arg.shape) {
        ("size", shape) => return size(shape, arg.steps),
        ("string", Shape::Bool | Shape::Int) => Known::new(Shape::Text(INTEGER), steps),
        ("string", Shape::Text(bytes)) => Known::new(Shape::Text(*bytes), read),
        ("int", Shape::Int) => Known::new(Shape::Int, steps),
        ("int", Shape::Text(_)) => Known::new(Shape::Int, read),
        ("serviceAccount", Shape::Text(bytes)) => Known::new(account(*bytes), read.saturating_add(4)),
        ("isServiceAccount", Shape::Text(_)) => Known::new(Shape::Bool, read.saturating_add(4)),
        (_, other) => return misfit(name, other),
    };
    Ok(known)
}

/// A service account of Kubernetes.
fn account(bytes: u64) -> Shape {
    let text = Shape::Text(bytes);
    Shape::record(SERVICE_ACCOUNT, [("name", text.clone()), ("namespace", text)])
}

fn size(shape: &Shape, steps: u64) -> Result<Known, Fault> {
    let steps = match shape {
        Shape::Text(bytes) => steps.saturating_add(steps_of(*bytes)),
        Shape::List { .. } | Shape::Map { .. } => steps,
        other => return misfit("size", other),
    };
    Ok(Known::new(Shape::Int, steps.saturating_add(2)))
}

fn unknown<T>(name: &str) -> Result<T, Fault> {
    wrong(format!("the function {} is not declared", quote(name)))
}

fn misfit<T>(name: &str, shape: &Shape) -> Result<T, Fault> {
    wrong(format!("the function {} does not take {}", quote(name), shape.label()))
}

fn number<T>(name: &str, takes: &str, args: &[IdedExpr]) -> Result<T, Fault> {
    wrong(format!("the function {} takes {takes}, and {} are given", quote(name), args.len()))
}

/// A function with a receiver.
pub(super) fn member(
    checker: &mut Checker<'_>,
    name: &str,
    target: &IdedExpr,
    args: &[IdedExpr],
) -> Result<Known, Fault> {
    let receiver = checker.node(target)?;
    match (name, &receiver.shape) {
        ("size", shape) => {
            if !args.is_empty() {
                return number(name, "no argument", args);
            }
            size(shape, receiver.steps)
        }
        ("matches", Shape::Text(bytes)) => matches(checker, *bytes, receiver.steps, args),
        ("format", Shape::Text(_)) => format_text(checker, target, receiver.steps, args),
        ("getName" | "getNamespace", Shape::Record(record)) if record.name == SERVICE_ACCOUNT => {
            if !args.is_empty() {
                return number(name, "no argument", args);
            }
            let field = if name == "getName" { "name" } else { "namespace" };
            let shape = record.fields.get(field).cloned().unwrap_or(Shape::Text(0));
            let steps = receiver.steps.saturating_add(receiver.shape.steps()).saturating_add(2);
            Ok(Known::new(shape, steps))
        }
        ("join", Shape::List { item, items, bytes })
            if matches!(item.as_ref(), Shape::Text(_) | Shape::Nothing) =>
        {
            let separator = match args {
                [] => Known::new(Shape::Text(0), 0),
                [separator] => checker.node(separator)?,
                _ => return number(name, "at most one argument", args),
            };
            let Shape::Text(length) = separator.shape else { return misfit(name, &separator.shape) };
            let bytes = bytes.saturating_add(length.saturating_mul(*items));
            let steps = receiver.steps.saturating_add(separator.steps).saturating_add(*items);
            Ok(Known::new(Shape::Text(bytes), steps.saturating_add(steps_of(bytes)).saturating_add(2)))
        }
        (_, Shape::Text(bytes)) => text(checker, name, *bytes, receiver.steps, args),
        _ if MEMBERS.contains(&name) => misfit(name, &receiver.shape),
        _ => unknown(name),
    }
}

/// Functions with a receiver that are told of when they get something else.
const MEMBERS: [&str; 18] = [
    "charAt",
    "contains",
    "endsWith",
    "format",
    "getName",
    "getNamespace",
    "indexOf",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "matches",
    "replace",
    "reverse",
    "split",
    "startsWith",
    "substring",
    "trim",
    "upperAscii",
];

/// A function of texts of at most so many bytes.
fn text(
    checker: &mut Checker<'_>,
    name: &str,
    bytes: u64,
    steps: u64,
    args: &[IdedExpr],
) -> Result<Known, Fault> {
    const TEXT: Shape = Shape::Text(0);
    const INT: Shape = Shape::Int;
    // The types that are asked for, and how many of the last ones may be left out.
    let (wanted, optional): (&[Shape], usize) = match name {
        "contains" | "startsWith" | "endsWith" => (&[TEXT], 0),
        "charAt" => (&[INT], 0),
        "indexOf" | "lastIndexOf" | "split" => (&[TEXT, INT], 1),
        "lowerAscii" | "upperAscii" | "trim" | "reverse" => (&[], 0),
        "replace" => (&[TEXT, TEXT, INT], 1),
        "substring" => (&[INT, INT], 1),
        _ => return unknown(name),
    };
    let least = wanted.len().saturating_sub(optional);
    if args.len() < least || args.len() > wanted.len() {
        let takes = if optional == 0 { format!("{least}") } else { format!("{least} to {}", wanted.len()) };
        return number(name, &format!("{takes} arguments"), args);
    }
    let mut steps = steps.saturating_add(2).saturating_add(steps_of(bytes));
    let mut lengths = [0_u64; 2];
    for (index, (arg, wanted)) in args.iter().zip(wanted).enumerate() {
        let known = checker.node(arg)?;
        match (&known.shape, wanted) {
            (Shape::Text(length), Shape::Text(_)) => {
                if let Some(slot) = lengths.get_mut(index) {
                    *slot = *length;
                }
                steps = steps.saturating_add(steps_of(*length));
            }
            (Shape::Int, Shape::Int) => {}
            (other, _) => return misfit(name, other),
        }
        steps = steps.saturating_add(known.steps);
    }
    let [first, second] = lengths;
    // What is sought has at least so many bytes.
    let sought = args.first().and_then(literal).map_or(0, |text| u64::try_from(text.len()).unwrap_or(0));
    let known = match name {
        "contains" | "startsWith" | "endsWith" => Known::new(Shape::Bool, steps),
        "charAt" => Known::new(Shape::Text(4), steps),
        "indexOf" | "lastIndexOf" => {
            let compared = bytes.saturating_mul(first.max(1)).div_ceil(8);
            Known::new(Shape::Int, steps.saturating_add(compared))
        }
        "split" => {
            let items = bytes.checked_div(sought).unwrap_or(bytes).saturating_add(1);
            let bytes_of_all = bytes.saturating_add(items.saturating_mul(16));
            let shape = Shape::List { item: Box::new(Shape::Text(bytes)), items, bytes: bytes_of_all };
            Known::new(shape, steps.saturating_add(items))
        }
        "replace" => {
            let times = bytes.checked_div(sought).unwrap_or_else(|| bytes.saturating_add(1));
            let length = bytes.saturating_add(times.saturating_mul(second));
            Known::new(Shape::Text(length), steps.saturating_add(times).saturating_add(steps_of(length)))
        }
        _ => Known::new(Shape::Text(bytes), steps.saturating_add(steps_of(bytes))),
    };
    Ok(known)
}

/// `matches`, as cel-go has it: the pattern may match a part of the text.
fn matches(checker: &mut Checker<'_>, bytes: u64, steps: u64, args: &[IdedExpr]) -> Result<Known, Fault> {
    let [pattern] = args else { return number("matches", "one argument", args) };
    let Some(found) = literal(pattern).and_then(|text| checker.patterns().find(text)) else {
        return wrong("the pattern of `matches` is not a literal");
    };
    // One step covers some states at one byte.
    let searched = bytes.saturating_add(1).saturating_mul(found.states.saturating_add(4)).div_ceil(4);
    Ok(Known::new(Shape::Bool, steps.saturating_add(searched).saturating_add(4)))
}

/// `format` with a literal template of `%s`, `%d` and `%%`, and a literal list with one value for each.
fn format_text(
    checker: &mut Checker<'_>,
    target: &IdedExpr,
    steps: u64,
    args: &[IdedExpr],
) -> Result<Known, Fault> {
    let [values] = args else { return number("format", "one argument", args) };
    let (Some(template), Expr::List(list)) = (literal(target), &values.expr) else {
        return wrong("`format` takes a literal template and a literal list");
    };
    let mut verbs = Vec::new();
    let mut rest = template.chars();
    while let Some(c) = rest.next() {
        if c == '%' {
            match rest.next() {
                Some('%') => {}
                Some(verb @ ('s' | 'd')) => verbs.push(verb),
                _ => return wrong("a template of `format` has `%s`, `%d` and `%%`"),
            }
        }
    }
    if verbs.len() != list.elements.len() {
        let (places, values) = (verbs.len(), list.elements.len());
        return wrong(format!("the template has {places} places, and {values} values are given"));
    }
    let mut bytes = u64::try_from(template.len()).unwrap_or(u64::MAX);
    let mut steps = steps.saturating_add(4);
    for (value, verb) in list.elements.iter().zip(verbs) {
        let known = checker.node(value)?;
        let length = match (verb, &known.shape) {
            ('s', Shape::Text(length)) => *length,
            (_, Shape::Int) | ('s', Shape::Bool) => INTEGER,
            (_, other) => return wrong(format!("`%{verb}` does not take {}", other.label())),
        };
        bytes = bytes.saturating_add(length);
        steps = steps.saturating_add(known.steps).saturating_add(known.shape.steps()).saturating_add(2);
    }
    Ok(Known::new(Shape::Text(bytes), steps.saturating_add(steps_of(bytes).saturating_mul(2))))
}
