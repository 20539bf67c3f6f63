use super::explicit_default;
use super::policies::decode_skip_certs;
use crate::der::{Element, tag};
use crate::diagnostic::{Diagnostic, Error, Path};
use crate::oid::Oid;

/// Whether a certificate is that of a CA, and how many intermediates may follow.
///
/// ```text
/// BasicConstraints ::= SEQUENCE {
///     cA                      BOOLEAN DEFAULT FALSE,
///     pathLenConstraint       INTEGER (0..MAX) OPTIONAL }
/// ```
///
/// RFC 5280 4.2.1.9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// Whether the subject is a CA.
    pub ca: bool,
    /// How many intermediate certificates may follow; more than a `u32` holds are as many as it holds.
    pub path_length: Option<u32>,
}

impl BasicConstraints {
    pub(super) fn decode(
        element: &Element<'_>,
        oid: &Oid,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "BasicConstraints")?.contents()?;
        let ca = match fields.optional(tag::BOOLEAN)? {
            None => false,
            Some(element) => {
                let ca = element.boolean()?;
                if !ca {
                    let path = Path::default().join(oid.label()).join("cA");
                    findings.push(explicit_default("cA FALSE").with_span(element.span()).at(path));
                }
                ca
            }
        };
        let path_length = match fields.optional(tag::INTEGER)? {
            None => None,
            Some(element) => {
                let length = decode_skip_certs("pathLenConstraint", element.value, &element);
                Some(length.map_err(|error| error.within("pathLenConstraint"))?)
            }
        };
        fields.finish()?;
        Ok(Self { ca, path_length })
    }
}
