//! From a path to the bytes that it names: a second walk over the encoding, done only for a diagnostic. What requests and
//! certificates have in common.

use crate::der::{Decoder, Element};
use crate::diagnostic::{Span, Step};
use crate::oid::Oid;

pub(crate) fn children<'a>(element: &Element<'a>) -> Option<Vec<Element<'a>>> {
    if !element.is_constructed() {
        return None;
    }
    let mut contents = element.contents().ok()?;
    let mut out = Vec::new();
    while !contents.is_finished() {
        out.push(contents.element().ok()?);
    }
    Some(out)
}

pub(crate) fn name_attribute(name: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Index(index), ..] = rest else { return None };
    let rdns = children(name)?;
    let attributes = rdns.iter().filter_map(children).flatten();
    attributes.into_iter().nth(*index).map(|attribute| attribute.span())
}

pub(crate) fn key(key: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Field(field), rest @ ..] = rest else { return None };
    let parts = children(key)?;
    match field.as_ref() {
        "algorithm" => {
            let identifier = parts.first()?;
            Some(algorithm(identifier, rest).unwrap_or(identifier.span()))
        }
        "subjectPublicKey" => {
            let bits = parts.get(1)?;
            let [Step::Field(number)] = rest else { return Some(bits.span()) };
            let octets = bits.bit_string_octets().ok()?;
            let whole = Decoder::new(octets, bits.value_start().checked_add(1)?).ok()?.element().ok()?;
            let numbers = children(&whole)?;
            let number = if number == "modulus" { numbers.first() } else { numbers.get(1) };
            number.map(|number| number.span())
        }
        _ => None,
    }
}

pub(crate) fn algorithm(algorithm: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Field(field), ..] = rest else { return None };
    let parts = children(algorithm)?;
    let part = if field == "parameters" { parts.get(1) } else { parts.first() };
    part.map(|part| part.span())
}

/// The extension that `rest` names, or a part of it, in lists of extensions.
pub(crate) fn extension(lists: &[Element<'_>], rest: &[Step]) -> Option<Span> {
    let [Step::Field(label), rest @ ..] = rest else { return lists.first().map(|list| list.span()) };
    let extension = lists.iter().filter_map(children).flatten().find(|extension| {
        children(extension)
            .and_then(|parts| Oid::from_element(parts.first()?).ok())
            .is_some_and(|oid| oid.label() == *label)
    })?;
    Some(within_extension(&extension, rest).unwrap_or(extension.span()))
}

/// Within an extension only items of a list are told apart.
fn within_extension(extension: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let parts = children(extension)?;
    let octets = parts.last()?;
    match rest.first()? {
        Step::Field(field) if field == "critical" => parts.get(1).map(|critical| critical.span()),
        Step::Field(_) => Some(octets.span()),
        Step::Index(index) => {
            let value = Decoder::new(octets.value, octets.value_start()).ok()?.element().ok()?;
            children(&value)?.get(*index).map(|item| item.span())
        }
    }
}
