//! From a path to the bytes that it names.

use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Path, Span, Step};
use crate::locate::{self, children};

pub(super) fn span(der: &[u8], path: &Path) -> Option<Span> {
    let whole = Decoder::new(der, 0).ok()?.element().ok()?;
    let [first, rest @ ..] = path.steps() else { return Some(whole.span()) };
    let mut parts = children(&whole)?.into_iter();
    let (signed, outer_algorithm, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let Step::Field(field) = first else { return None };
    let fields = children(&signed)?;
    let versioned = usize::from(fields.first()?.tag == tag::INTEGER);
    let at = |index: usize| fields.get(versioned.saturating_add(index)).copied();
    let is_time = |element: &Element<'_>| matches!(element.tag, tag::UTC_TIME | tag::GENERALIZED_TIME);
    match field.as_ref() {
        "issuer" => at(1).map(|name| locate::name_attribute(&name, rest).unwrap_or(name.span())),
        "thisUpdate" => at(2).map(|time| time.span()),
        "nextUpdate" => at(3).filter(is_time).map(|time| time.span()),
        "revokedCertificates" => {
            let mut rest_of_list = fields.iter().skip(versioned.saturating_add(3));
            let list = rest_of_list.find(|element| element.tag == tag::SEQUENCE)?;
            let [Step::Index(index), ..] = rest else { return Some(list.span()) };
            children(list)?.get(*index).map(|entry| entry.span())
        }
        "crlExtensions" => {
            let explicit = fields.iter().find(|element| element.tag == tag::context_constructed(0))?;
            let list = children(explicit)?.into_iter().next()?;
            locate::extension(&[list], rest)
        }
        "signatureAlgorithm" => {
            Some(locate::algorithm(&outer_algorithm, rest).unwrap_or(outer_algorithm.span()))
        }
        "signatureValue" => Some(signature.span()),
        _ => None,
    }
}
