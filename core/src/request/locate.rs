//! From a path to the bytes that it names: a second walk over the encoding, done only for a diagnostic.

use crate::der::{Decoder, Element, tag};

use crate::diagnostic::{Path, Span, Step};
use crate::locate;
use crate::oid::{self, Oid};

pub(super) fn span(der: &[u8], path: &Path) -> Option<Span> {
    let mut outer = Decoder::new(der, 0).ok()?;
    let whole = outer.element().ok()?;
    let [first, rest @ ..] = path.steps() else { return Some(whole.span()) };
    let mut parts = locate::children(&whole)?.into_iter();
    let (info, algorithm, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let Step::Field(field) = first else { return None };
    let mut fields = locate::children(&info)?.into_iter();
    let (version, subject, key, attributes) = (fields.next()?, fields.next()?, fields.next()?, fields.next());
    match field.as_ref() {
        "version" => Some(version.span()),
        "subject" => Some(locate::name_attribute(&subject, rest).unwrap_or(subject.span())),
        "subjectPublicKeyInfo" => Some(locate::key(&key, rest).unwrap_or(key.span())),
        "signatureAlgorithm" => Some(locate::algorithm(&algorithm, rest).unwrap_or(algorithm.span())),
        "signature" => Some(signature.span()),
        "attributes" => {
            attributes.map(|attributes| locate_attribute(&attributes, rest).unwrap_or(attributes.span()))
        }
        "extensions" => locate_extension(&attributes?, rest),
        _ => None,
    }
}

fn locate_attribute(attributes: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let [Step::Index(index), ..] = rest else { return None };
    locate::children(attributes)?.get(*index).map(|attribute| attribute.span())
}

fn locate_extension(attributes: &Element<'_>, rest: &[Step]) -> Option<Span> {
    let lists: Vec<Element<'_>> = locate::children(attributes)?
        .iter()
        .filter_map(|attribute| {
            let parts = locate::children(attribute)?;
            let oid = Oid::from_element(parts.first()?).ok()?;
            let requests = [oid::EXTENSION_REQUEST, oid::MS_EXTENSION_REQUEST].contains(&oid);
            let value = locate::children(parts.get(1)?)?.into_iter().next()?;
            requests.then_some(unwrap_octets(value))
        })
        .collect();
    locate::extension(&lists, rest)
}

fn unwrap_octets(value: Element<'_>) -> Element<'_> {
    if value.tag != tag::OCTET_STRING {
        return value;
    }
    Decoder::new(value.value, value.value_start()).and_then(|mut decoder| decoder.element()).unwrap_or(value)
}
