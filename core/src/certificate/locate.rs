//! From a path to the bytes that it names.

use crate::der::{Decoder, tag};
use crate::diagnostic::{Path, Span, Step};
use crate::locate::{self, children};

pub(super) fn span(der: &[u8], path: &Path) -> Option<Span> {
    let mut outer = Decoder::new(der, 0).ok()?;
    let whole = outer.element().ok()?;
    let [first, rest @ ..] = path.steps() else { return Some(whole.span()) };
    let mut parts = children(&whole)?.into_iter();
    let (signed, outer_algorithm, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let Step::Field(field) = first else { return None };
    let fields = children(&signed)?;
    let versioned = usize::from(fields.first()?.tag == tag::context_constructed(0));
    let at = |index: usize| fields.get(versioned.saturating_add(index)).copied();
    let tagged = |tag: u8| fields.iter().find(|element| element.tag == tag).copied();
    match field.as_ref() {
        "version" => (versioned == 1).then(|| fields.first().map(|version| version.span()))?,
        "serialNumber" => at(0).map(|serial| serial.span()),
        "signature" => at(1).map(|inner| locate::algorithm(&inner, rest).unwrap_or(inner.span())),
        "issuer" => at(2).map(|name| locate::name_attribute(&name, rest).unwrap_or(name.span())),
        "validity" => {
            let validity = at(3)?;
            let times = children(&validity)?;
            match rest.first() {
                Some(Step::Field(end)) if end == "notBefore" => times.first().map(|time| time.span()),
                Some(Step::Field(end)) if end == "notAfter" => times.get(1).map(|time| time.span()),
                _ => Some(validity.span()),
            }
        }
        "subject" => at(4).map(|name| locate::name_attribute(&name, rest).unwrap_or(name.span())),
        "subjectPublicKeyInfo" => at(5).map(|key| locate::key(&key, rest).unwrap_or(key.span())),
        "extensions" => {
            let list = children(&tagged(tag::context_constructed(3))?)?.into_iter().next()?;
            locate::extension(&[list], rest)
        }
        "signatureAlgorithm" => {
            Some(locate::algorithm(&outer_algorithm, rest).unwrap_or(outer_algorithm.span()))
        }
        "signatureValue" => Some(signature.span()),
        _ => None,
    }
}
