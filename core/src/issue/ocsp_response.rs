use std::sync::Arc;

use ::der::asn1::Any;
use ::der::{Tag, TagNumber};

use super::certificate::verify;
use super::encode::{generalized_time, raw};
use super::issuer::Issuer;
use crate::certificate::Certificate;
use crate::crypto::Signer;
use crate::der::encode::{any, context, encode as encode_value, sequence};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::{KeyUsageBit, ReasonCode};
use crate::key::PublicKey;
use crate::ocsp::{CertificateId, CertificateStatus, IssuerHash, OcspResponse, key_hash};
use crate::oid;
use crate::signature::{SignatureScheme, SignatureStatus};
use crate::time::Timestamp;

/// Who signs OCSP responses: a CA itself, or somebody whom it named.
#[derive(Clone, Debug)]
pub struct Responder {
    certificate: Arc<Certificate>,
    issuer: Issuer,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The CA itself: whoever asks has its certificate.
    Authority,
    /// Named by the CA: the response carries the certificate.
    Delegate,
}

/// What is said of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// Which certificate is meant.
    pub id: CertificateId,
    /// Whether it was revoked.
    pub status: CertificateStatus,
}

/// A response that is made before anybody asks: without nonce, for serving from files (RFC 5019).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOcspResponse {
    /// When it is signed.
    pub produced_at: Timestamp,
    /// Since when what it says is known to be right.
    pub this_update: Timestamp,
    /// When the next one will be there; RFC 5019 2.2.4 wants one.
    pub next_update: Timestamp,
    /// The answers; RFC 5019 2.2.1 wants one alone.
    pub answers: Vec<OcspAnswer>,
}

/// A response that was encoded, not yet signed. It is used up by signing.
#[derive(Debug)]
pub struct PreparedOcspResponse {
    responder: Responder,
    scheme: SignatureScheme,
    to_be_signed: Vec<u8>,
}

/// A response that was signed, and verified under the responder's key.
#[derive(Clone, Debug)]
pub struct IssuedOcspResponse {
    der: Vec<u8>,
    response: OcspResponse,
}

impl Responder {
    /// The CA signs for itself.
    pub fn authority(issuer: Issuer) -> Self {
        Self { certificate: Arc::clone(issuer.certificate()), issuer, standing: Standing::Authority }
    }

    /// The CA named this responder: it issued the certificate, with the purpose OCSPSigning (RFC 6960 4.2.2.2).
    ///
    /// # Errors
    /// `issue/issuer`: a certificate of another issuer, without that purpose, or whose key may not sign;
    /// `issue/not-verified`: a signature that is not the CA's, or a path that does not hold at `at`.
    pub fn delegate(issuer: Issuer, certificate: Arc<Certificate>, at: Timestamp) -> Result<Self, Error> {
        let fault = |message: &str, at: crate::diagnostic::Path| -> Error {
            Diagnostic::new(codes::ISSUE_ISSUER, message).at(at).into()
        };
        if !certificate.issuer().matches(issuer.certificate().subject()) {
            return Err(fault("the responder's certificate is of another issuer", steps!["issuer"]));
        }
        if !certificate.extended_key_usage().is_some_and(|usages| usages.contains(&oid::OCSP_SIGNING)) {
            let at = steps!["extensions", "extendedKeyUsage"];
            return Err(fault("the responder's certificate is not for OCSPSigning", at));
        }
        if certificate.key_usage().is_some_and(|usage| !usage.contains(KeyUsageBit::DigitalSignature)) {
            let at = steps!["extensions", "keyUsage"];
            return Err(fault("the key usage of the responder's certificate lacks digitalSignature", at));
        }
        // The CA itself must have signed it, not another one above with the same name.
        let status = certificate.signature_algorithm().verify(
            issuer.certificate().public_key(),
            certificate.signed_der(),
            certificate.signature(),
            issuer.verifier().crypto(),
        );
        if status != SignatureStatus::Valid || !certificate.validity().contains(at) {
            let message = "the responder's certificate was not signed by the CA, or is not valid now";
            return Err(Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message).into());
        }
        verify(&certificate, issuer.verifier(), at)?;
        Ok(Self { certificate, issuer, standing: Standing::Delegate })
    }

    /// The CA whose certificates are answered for.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    fn public_key(&self) -> &PublicKey {
        self.certificate.public_key()
    }
}

impl NewOcspResponse {
    /// Encodes the response of a responder.
    ///
    /// # Errors
    /// `issue/validity`: no time in which it holds, or one that reaches beyond the responder's certificate;
    /// `issue/issuer`: no answers, or answers about certificates of other issuers.
    pub fn prepare(
        &self,
        responder: &Responder,
        scheme: SignatureScheme,
    ) -> Result<PreparedOcspResponse, Error> {
        let holds = self.this_update < self.next_update
            && self.this_update <= self.produced_at
            && responder.certificate.validity().contains(self.produced_at);
        if !holds {
            let message = format!("no response can hold from {} to {}", self.this_update, self.next_update);
            return Err(Diagnostic::new(codes::ISSUE_VALIDITY, message).at(steps!["thisUpdate"]).into());
        }
        let authority = responder.issuer.certificate();
        let foreign = |answer: &OcspAnswer| !answer.id.is(answer.id.serial_number(), authority);
        if self.answers.is_empty() || self.answers.iter().any(foreign) {
            let message = "a response answers about certificates of its CA, and about one at least";
            return Err(Diagnostic::new(codes::ISSUE_ISSUER, message).at(steps!["responses"]).into());
        }
        let hash = key_hash(IssuerHash::Sha1, &responder.certificate)
            .ok_or_else(|| Error::new(codes::INTERNAL_UNEXPECTED, "the responder cannot be hashed"))?;
        let responder_id = context(2, &encode_value(&any(Tag::OctetString, &hash)?)?)?;
        let answers: Vec<Any> =
            self.answers.iter().map(|answer| self.encode_answer(answer)).collect::<Result<_, _>>()?;
        let data = [responder_id, generalized_time(self.produced_at)?, sequence(&answers)?];
        let to_be_signed = encode_value(&sequence(&data)?)?;
        Ok(PreparedOcspResponse { responder: responder.clone(), scheme, to_be_signed })
    }

    /// `SingleResponse` (RFC 6960 4.2.1).
    fn encode_answer(&self, answer: &OcspAnswer) -> Result<Any, Error> {
        let primitive = |number| Tag::ContextSpecific { constructed: false, number: TagNumber(number) };
        let status = match answer.status {
            CertificateStatus::Good => any(primitive(0), &[])?,
            CertificateStatus::Unknown => any(primitive(2), &[])?,
            CertificateStatus::Revoked { at, reason } => {
                let mut fields = encode_value(&generalized_time(at)?)?;
                if reason != ReasonCode::Unspecified {
                    let reason = encode_value(&any(Tag::Enumerated, &[reason.number()])?)?;
                    fields.extend(encode_value(&context(0, &reason)?)?);
                }
                context(1, &fields)?
            }
        };
        let next_update = context(0, &encode_value(&generalized_time(self.next_update)?)?)?;
        sequence(&[answer.id.to_any()?, status, generalized_time(self.this_update)?, next_update])
    }
}

impl PreparedOcspResponse {
    /// The bytes to be signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// Signs with a key that is at hand.
    ///
    /// # Errors
    /// `key/signing`; `issue/not-verified` if the key is not the responder's.
    pub fn sign(self, signer: &dyn Signer) -> Result<IssuedOcspResponse, Error> {
        let signature = signer.sign(&self.to_be_signed)?;
        self.assemble(&signature)
    }

    /// The response, from a signature over [`PreparedOcspResponse::tbs_der`]; it is verified under the responder's key.
    ///
    /// # Errors
    /// `issue/not-verified`.
    pub fn assemble(self, signature: &[u8]) -> Result<IssuedOcspResponse, Error> {
        let mut bits = vec![0];
        bits.extend_from_slice(signature);
        let mut basic =
            vec![raw(&self.to_be_signed)?, raw(&self.scheme.to_der()?)?, any(Tag::BitString, &bits)?];
        if self.responder.standing == Standing::Delegate {
            let list = sequence(&[raw(self.responder.certificate.der())?])?;
            basic.push(context(0, &encode_value(&list)?)?);
        }
        let basic = any(Tag::OctetString, &encode_value(&sequence(&basic)?)?)?;
        let bytes = sequence(&[oid::OCSP_BASIC.to_any()?, basic])?;
        let bytes = context(0, &encode_value(&bytes)?)?;
        let der = encode_value(&sequence(&[any(Tag::Enumerated, &[0])?, bytes])?)?;
        let response = OcspResponse::from_der(&der).map_err(|error| error.within("response"))?;
        let status = response.signature_algorithm().verify(
            self.responder.public_key(),
            response.signed_der(),
            response.signature(),
            self.responder.issuer.verifier().crypto(),
        );
        if status != SignatureStatus::Valid {
            let message = "the response that was signed does not verify under the responder's key";
            return Err(Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message).at(steps!["signature"]).into());
        }
        Ok(IssuedOcspResponse { der, response })
    }
}

impl IssuedOcspResponse {
    /// The DER encoding of the whole OCSPResponse.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What it says.
    pub fn response(&self) -> &OcspResponse {
        &self.response
    }
}
