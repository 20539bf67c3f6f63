//! From a path to the bytes that it names: a second walk over the encoding, done only for a diagnostic.

use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Path, Span, Step};
use crate::oid::{self, Oid};

pub(super) fn span(der: &[u8], path: &Path) -> Option<Span> {
    let mut outer = Decoder::new(der, 0).ok()?;
    let whole = outer.element().ok()?;
    let [first, rest @ ..] = path.steps() else { return Some(whole.span) };
    let mut parts = children(&whole)?.into_iter();
    let (info, algorithm, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let Step::Field(field) = first else { return None };
    let mut fields = children(&info)?.into_iter();
    let (version, subject, key, attributes) = (fields.next()?, fields.next()?, fields.next()?, fields.next());
    match field.as_str() {
        "version" => Some(version.span),
        "subject" => Some(locate_attribute_of_name(&subject, rest).unwrap_or(subject.span)),
        "subjectPublicKeyInfo" => Some(locate_key(&key, rest).unwrap_or(key.span)),
        "signatureAlgorithm" => Some(locate_algorithm(&algorithm, rest).unwrap_or(algorithm.span)),
        "signature" => Some(signature.span),
        "attributes" => {
            attributes.map(|attributes| locate_attribute(&attributes, rest).unwrap_or(attributes.span))
        }
        "extensions" => locate_extension(&attributes?, rest),
        _ => None,
    }
}

fn children<'a>(element: &Element<'a>) -> Option<Vec<Element<'a>>> {
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

fn locate_attribute_of_name(name: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Index(index), ..] = rest else { return None };
    let rdns = children(name)?;
    let attributes = rdns.iter().filter_map(children).flatten();
    attributes.into_iter().nth(*index).map(|attribute| attribute.span)
}

fn locate_key(key: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Field(field), rest @ ..] = rest else { return None };
    let parts = children(key)?;
    match field.as_str() {
        "algorithm" => {
            let algorithm = parts.first()?;
            Some(locate_algorithm(algorithm, rest).unwrap_or(algorithm.span))
        }
        "subjectPublicKey" => {
            let bits = parts.get(1)?;
            let [Step::Field(number)] = rest else { return Some(bits.span) };
            let octets = bits.bit_string_octets().ok()?;
            let whole = Decoder::new(octets, bits.value_start.checked_add(1)?).ok()?.element().ok()?;
            let numbers = children(&whole)?;
            let number = if number == "modulus" { numbers.first() } else { numbers.get(1) };
            number.map(|number| number.span)
        }
        _ => None,
    }
}

fn locate_algorithm(algorithm: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Field(field), ..] = rest else { return None };
    let parts = children(algorithm)?;
    let part = if field == "parameters" { parts.get(1) } else { parts.first() };
    part.map(|part| part.span)
}

fn locate_attribute(attributes: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Index(index), ..] = rest else { return None };
    children(attributes)?.get(*index).map(|attribute| attribute.span)
}

fn locate_extension(attributes: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let lists: Vec<Element<'_>> = children(attributes)?
        .iter()
        .filter_map(|attribute| {
            let parts = children(attribute)?;
            let oid = Oid::from_element(parts.first()?).ok()?;
            let requests = [oid::EXTENSION_REQUEST, oid::MS_EXTENSION_REQUEST].contains(&oid);
            let value = children(parts.get(1)?)?.into_iter().next()?;
            requests.then_some(unwrap_octets(value))
        })
        .collect();
    let [Step::Field(label), rest @ ..] = rest else { return lists.first().map(|list| list.span) };
    let extension = lists.iter().filter_map(children).flatten().find(|extension| {
        children(extension)
            .and_then(|parts| Oid::from_element(parts.first()?).ok())
            .is_some_and(|oid| oid.label() == *label)
    })?;
    Some(locate_within(&extension, rest).unwrap_or(extension.span))
}

fn unwrap_octets(value: Element<'_>) -> Element<'_> {
    if value.tag != tag::OCTET_STRING {
        return value;
    }
    Decoder::new(value.value, value.value_start).and_then(|mut decoder| decoder.element()).unwrap_or(value)
}

/// Within an extension only items of a list are told apart.
fn locate_within(extension: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let parts = children(extension)?;
    let octets = parts.last()?;
    match rest.first()? {
        Step::Field(field) if field == "critical" => parts.get(1).map(|critical| critical.span),
        Step::Field(_) => Some(octets.span),
        Step::Index(index) => {
            let value = Decoder::new(octets.value, octets.value_start).ok()?.element().ok()?;
            children(&value)?.get(*index).map(|item| item.span)
        }
    }
}
