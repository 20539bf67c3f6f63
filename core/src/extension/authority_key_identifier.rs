use crate::der::{Element, tag};
use crate::diagnostic::Error;
use crate::limits::Limits;
use crate::name::{GeneralName, decode_general_names};

/// Which key of which issuer signed.
///
/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {
///     keyIdentifier             [0] KeyIdentifier           OPTIONAL,
///     authorityCertIssuer       [1] GeneralNames            OPTIONAL,
///     authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
/// ```
///
/// RFC 5280 4.2.1.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier {
    /// The identifier of the key.
    pub key_identifier: Option<Vec<u8>>,
    /// The issuer of the issuer's certificate; empty if absent.
    pub issuer: Vec<GeneralName>,
    /// The serial number of the issuer's certificate: contents octets of the INTEGER.
    pub serial_number: Option<Vec<u8>>,
}

impl AuthorityKeyIdentifier {
    pub(super) fn decode(element: &Element<'_>, limits: &Limits) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "AuthorityKeyIdentifier")?.contents()?;
        let key_identifier = fields.optional(tag::context(0))?.map(|field| field.value.to_vec());
        let issuer = match fields.optional(tag::context_constructed(1))? {
            Some(field) => decode_general_names(field.contents()?, limits)?,
            None => Vec::new(),
        };
        let serial_number = fields.optional(tag::context(2))?.map(|field| field.value.to_vec());
        fields.finish()?;
        Ok(Self { key_identifier, issuer, serial_number })
    }
}
