use crate::der::{Element, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::name::{GeneralName, decode_general_name};
use crate::oid::Oid;

/// One row of authorityInfoAccess: where something about the issuer is.
///
/// `AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }` (RFC 5280 4.2.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDescription {
    /// What is there: `caIssuers` or `ocsp`.
    pub method: Oid,
    /// Where it is.
    pub location: GeneralName,
}

impl AccessDescription {
    pub(super) fn decode_all(element: &Element<'_>, limits: &Limits) -> Result<Vec<Self>, Error> {
        let mut contents = element.expect(tag::SEQUENCE, "AuthorityInfoAccessSyntax")?.contents()?;
        let mut descriptions = Vec::new();
        while !contents.is_finished() {
            let mut fields = contents.sequence()?;
            let method = Oid::from_element(&fields.element()?)?;
            let location = decode_general_name(&fields.element()?, limits)?;
            fields.finish()?;
            descriptions.push(Self { method, location });
        }
        if descriptions.is_empty() {
            return Err(element.error(codes::EXTENSION_EMPTY, "there is no access description"));
        }
        Ok(descriptions)
    }
}
