use std::sync::Arc;

use ::der::Tag;
use ::der::asn1::Any;

use super::encode::{self, raw, time};
use super::issuer::{Issuer, check_serial};
use super::list_scope::ListScope;
use crate::certificate::SerialNumber;
use crate::crl::CertificateList;
use crate::crypto::Signer;
use crate::der::encode::{any, context, encode as encode_value, sequence};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::{KeyUsageBit, NewExtension, ReasonCode};
use crate::oid;
use crate::signature::{SignatureScheme, SignatureStatus};
use crate::time::Timestamp;

/// A certificate that was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Its serial number.
    pub serial_number: SerialNumber,
    /// When it was revoked.
    pub at: Timestamp,
    /// Why; `unspecified` is left out of the list (RFC 5280 5.3.1).
    pub reason: ReasonCode,
}

/// A revocation list (RFC 5280 5.1): full, unless it is prepared within another scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRevocationList {
    /// The number: larger than that of every list before (RFC 5280 5.2.3).
    pub number: SerialNumber,
    /// When the list is issued.
    pub this_update: Timestamp,
    /// When the next one is due at the latest.
    pub next_update: Timestamp,
    /// What was revoked.
    pub revocations: Vec<Revocation>,
}

/// A revocation list that was encoded, not yet signed. It is used up by signing.
#[derive(Debug)]
pub struct PreparedRevocationList {
    issuer: Issuer,
    scheme: SignatureScheme,
    to_be_signed: Vec<u8>,
}

impl NewRevocationList {
    /// Encodes the full list of an issuer for all its certificates, entries by serial number.
    ///
    /// # Errors
    /// As [`NewRevocationList::prepare_within`].
    pub fn prepare(&self, issuer: &Issuer, scheme: SignatureScheme) -> Result<PreparedRevocationList, Error> {
        self.prepare_within(issuer, scheme, &ListScope::default())
    }

    /// Encodes the list of an issuer within a scope, entries by serial number.
    ///
    /// # Errors
    /// `issue/issuer`: a key usage without cRLSign, a scope that cannot be; `issue/validity`; `issue/serial-number`: a number
    /// that is not positive, a base that is no earlier one, a serial number that comes twice, or removeFromCRL in a list that
    /// is no delta list (RFC 5280 5.3.1).
    pub fn prepare_within(
        &self,
        issuer: &Issuer,
        scheme: SignatureScheme,
        scope: &ListScope,
    ) -> Result<PreparedRevocationList, Error> {
        let certificate = issuer.certificate();
        if certificate.key_usage().is_some_and(|usage| !usage.contains(KeyUsageBit::CrlSign)) {
            let message = "the key usage of the issuer's certificate lacks cRLSign";
            return Err(Diagnostic::new(codes::ISSUE_ISSUER, message)
                .at(steps!["extensions", "keyUsage"])
                .into());
        }
        if self.this_update >= self.next_update || !certificate.validity().contains(self.this_update) {
            let message = format!("no list can hold from {} to {}", self.this_update, self.next_update);
            return Err(Diagnostic::new(codes::ISSUE_VALIDITY, message).at(steps!["thisUpdate"]).into());
        }
        check_serial(&self.number).map_err(|error| error.within("cRLNumber"))?;
        let mut sorted: Vec<&Revocation> = self.revocations.iter().collect();
        sorted.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
        if let Some(twice) = sorted.windows(2).find_map(|pair| match pair {
            [a, b] if a.serial_number == b.serial_number => Some(a),
            _ => None,
        }) {
            let message = format!("the serial number {} comes twice", twice.serial_number);
            return Err(Diagnostic::new(codes::ISSUE_SERIAL_NUMBER, message)
                .at(steps!["revokedCertificates"])
                .into());
        }
        let removed = |revocation: &&&Revocation| revocation.reason == ReasonCode::RemoveFromCrl;
        if let Some(removed) = sorted.iter().find(removed).filter(|_| scope.base.is_none()) {
            let message =
                format!("the serial number {} can be removed by a delta list only", removed.serial_number);
            return Err(Diagnostic::new(codes::ISSUE_SERIAL_NUMBER, message)
                .at(steps!["revokedCertificates"])
                .into());
        }
        let mut extensions = vec![
            encode::authority_key_identifier(&issuer.key_identifier()?)?,
            NewExtension {
                oid: oid::CRL_NUMBER,
                critical: false,
                value: encode_value(&any(Tag::Integer, self.number.as_octets())?)?,
            },
        ];
        extensions.extend(scope.extensions(&self.number)?);
        let extensions: Vec<Any> = extensions.iter().map(NewExtension::to_any).collect::<Result<_, _>>()?;
        let mut fields = vec![
            any(Tag::Integer, &[1])?,
            raw(&scheme.to_der()?)?,
            raw(certificate.subject().der())?,
            time(self.this_update)?,
            time(self.next_update)?,
        ];
        // RFC 5280 5.1.2.6: without entries the field is absent.
        if !sorted.is_empty() {
            let entries: Vec<Any> = sorted.into_iter().map(encode_entry).collect::<Result<_, _>>()?;
            fields.push(sequence(&entries)?);
        }
        fields.push(context(0, &encode_value(&sequence(&extensions)?)?)?);
        let to_be_signed = encode_value(&sequence(&fields)?)?;
        Ok(PreparedRevocationList { issuer: issuer.clone(), scheme, to_be_signed })
    }
}

impl PreparedRevocationList {
    /// The bytes to be signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Signs with a key that is at hand.
    ///
    /// # Errors
    /// `key/signing`; `issue/not-verified` if the key is not the issuer's.
    pub fn sign(self, signer: &dyn Signer) -> Result<Arc<CertificateList>, Error> {
        let signature = signer.sign(&self.to_be_signed)?;
        self.assemble(&signature)
    }

    /// The list, from a signature over [`PreparedRevocationList::tbs_der`]; it is verified under the issuer's key.
    ///
    /// # Errors
    /// `issue/not-verified`.
    pub fn assemble(self, signature: &[u8]) -> Result<Arc<CertificateList>, Error> {
        let der = encode::signed(&self.to_be_signed, self.scheme, signature)?;
        let list = CertificateList::from_der(&der).map_err(|error| error.within("list"))?;
        let status = list.signature_algorithm().verify(
            self.issuer.certificate().public_key(),
            list.signed_der(),
            list.signature(),
            self.issuer.verifier().crypto(),
        );
        if status != SignatureStatus::Valid {
            let message = "the list that was signed does not verify under the issuer's key";
            return Err(Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message)
                .at(steps!["signatureValue"])
                .into());
        }
        Ok(Arc::new(list))
    }
}

/// `SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }`
fn encode_entry(revocation: &Revocation) -> Result<Any, Error> {
    let mut fields = vec![any(Tag::Integer, revocation.serial_number.as_octets())?, time(revocation.at)?];
    if revocation.reason != ReasonCode::Unspecified {
        let value = encode_value(&any(Tag::Enumerated, &[revocation.reason.number()])?)?;
        let reason = NewExtension { oid: oid::REASON_CODE, critical: false, value };
        fields.push(sequence(&[reason.to_any()?])?);
    }
    sequence(&fields)
}
