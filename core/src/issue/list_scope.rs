use ::der::{Tag, TagNumber};

use super::encode::{self, full_name};
use super::issuer::check_serial;
use crate::certificate::SerialNumber;
use crate::der::encode::{any, encode as encode_value, sequence};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::NewExtension;
use crate::oid;

/// Which certificates a revocation list is about, and whether it stands alone. The default is a full list for all
/// certificates of the issuer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListScope {
    /// The number of the full list that this delta list adds to (RFC 5280 5.2.4).
    pub base: Option<SerialNumber>,
    /// The URI of the distribution point: the list is about the certificates that name it (RFC 5280 5.2.5).
    pub distribution_point: Option<String>,
    /// Which kinds of certificates it is about.
    pub contents: ListContents,
    /// Where the delta lists for this full list are (RFC 5280 5.2.6).
    pub freshest: Vec<String>,
}

/// Which kinds of certificates a revocation list is about (RFC 5280 5.2.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ListContents {
    /// All.
    #[default]
    All,
    /// Those of end entities.
    UserCertificates,
    /// Those of CAs.
    CaCertificates,
}

impl ListScope {
    /// The extensions that say so. `number` is that of the list.
    pub(super) fn extensions(&self, number: &SerialNumber) -> Result<Vec<NewExtension>, Error> {
        let mut extensions = Vec::new();
        if let Some(base) = &self.base {
            check_serial(base).map_err(|error| error.within("deltaCRLIndicator"))?;
            // Of positive numbers in their shortest form the longer one is the larger.
            let key = |number: &SerialNumber| (number.as_octets().len(), number.as_octets().to_vec());
            if key(base) >= key(number) {
                let message = format!("the delta list {number} cannot add to the list {base}");
                return Err(Diagnostic::new(codes::ISSUE_SERIAL_NUMBER, message)
                    .at(steps!["deltaCRLIndicator"])
                    .into());
            }
            let value = encode_value(&any(Tag::Integer, base.as_octets())?)?;
            extensions.push(NewExtension { oid: oid::DELTA_CRL_INDICATOR, critical: true, value });
        }
        if self.distribution_point.is_some() || self.contents != ListContents::All {
            let mut fields = Vec::new();
            if let Some(uri) = &self.distribution_point {
                fields.push(full_name(uri)?);
            }
            let number = match self.contents {
                ListContents::All => None,
                ListContents::UserCertificates => Some(1),
                ListContents::CaCertificates => Some(2),
            };
            if let Some(number) = number {
                let tag = Tag::ContextSpecific { constructed: false, number: TagNumber(number) };
                fields.push(any(tag, &[0xff])?);
            }
            let value = encode_value(&sequence(&fields)?)?;
            extensions.push(NewExtension { oid: oid::ISSUING_DISTRIBUTION_POINT, critical: true, value });
        }
        if !self.freshest.is_empty() {
            if self.base.is_some() {
                let message = "a delta list does not say where delta lists are";
                return Err(Diagnostic::new(codes::ISSUE_ISSUER, message).at(steps!["freshestCRL"]).into());
            }
            extensions.push(encode::freshest_list(&self.freshest)?);
        }
        Ok(extensions)
    }
}
