use std::sync::Arc;

use super::certificate::{IssueInputs, lint_before_signing, verifier, verify};
use super::encode::{self, ToBeSigned};
use super::issuer::check_serial;
use crate::certificate::Certificate;
use crate::crypto::{CryptoProvider, Signer};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::extension::{BasicConstraints, KeyUsage, KeyUsageBit, NewExtension, encode::encode_subject};
use crate::key::PublicKey;
use crate::lint::Profile;
use crate::name::DistinguishedName;
use crate::oid::Oid;
use crate::signature::SignatureScheme;
use crate::time::Timestamp;

/// A root of its own: what its owner says of it. It needs no approval, for it signs itself; what it issues does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuthority {
    /// Subject attributes in order, each in an RDN of its own; at least one.
    pub subject: Vec<(Oid, String)>,
    /// First second of the lifetime.
    pub not_before: Timestamp,
    /// Last second of the lifetime.
    pub not_after: Timestamp,
    /// How many intermediates may follow.
    pub path_length: Option<u32>,
}

/// A root that was encoded, not yet signed. It is used up by signing.
#[derive(Debug)]
pub struct PreparedAuthority {
    public_key: PublicKey,
    scheme: SignatureScheme,
    at: Timestamp,
    to_be_signed: Vec<u8>,
    findings: Vec<Diagnostic>,
    crypto: &'static CryptoProvider,
}

impl NewAuthority {
    /// Encodes the certificate of a root with this key, and lints it under [`Profile::Private`].
    ///
    /// # Errors
    /// `issue/issuer`: no subject, or a key that is not accepted; `issue/validity`; `issue/serial-number`; `issue/lint`.
    pub fn prepare(
        &self,
        public_key: &PublicKey,
        scheme: SignatureScheme,
        inputs: &IssueInputs,
    ) -> Result<PreparedAuthority, Error> {
        self.prepare_under(public_key, scheme, inputs, Profile::Private)
    }

    /// As [`NewAuthority::prepare`], linted under another profile.
    pub fn prepare_under(
        &self,
        public_key: &PublicKey,
        scheme: SignatureScheme,
        inputs: &IssueInputs,
        profile: Profile,
    ) -> Result<PreparedAuthority, Error> {
        check_serial(&inputs.serial_number)?;
        if self.subject.is_empty() {
            let diagnostic = Diagnostic::new(codes::ISSUE_ISSUER, "a CA needs a name");
            return Err(diagnostic.at(steps!["subject"]).into());
        }
        if self.not_before >= self.not_after {
            let message = format!("the lifetime from {} to {} is empty", self.not_before, self.not_after);
            return Err(Diagnostic::new(codes::ISSUE_VALIDITY, message).at(steps!["validity"]).into());
        }
        if let Some(weakness) = public_key.check(None).into_iter().next() {
            return Err(weakness.within("subjectPublicKeyInfo").into());
        }
        let subject: DistinguishedName = encode_subject(&self.subject)?;
        let constraints = BasicConstraints { ca: true, path_length: self.path_length };
        // RFC 5280 4.2.1.3: a CA signs certificates and lists.
        let usage: KeyUsage = [KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign].into_iter().collect();
        let identifier = encode::key_identifier(public_key)?;
        let extensions = [
            NewExtension::basic_constraints(constraints)?,
            NewExtension::key_usage(usage)?,
            encode::subject_key_identifier(&identifier)?,
            encode::authority_key_identifier(&identifier)?,
        ];
        let to_be_signed = ToBeSigned {
            serial_number: &inputs.serial_number,
            scheme,
            issuer: &subject,
            not_before: self.not_before,
            not_after: self.not_after,
            subject: &subject,
            public_key,
            extensions: &extensions,
        }
        .to_der()?;
        let shell = Certificate::from_der(&encode::signed(&to_be_signed, scheme, &[])?)
            .map_err(|error| error.within("certificate"))?;
        let findings = lint_before_signing(&shell, profile, inputs.at, &[])?;
        Ok(PreparedAuthority {
            public_key: public_key.clone(),
            scheme,
            at: inputs.at,
            to_be_signed,
            findings,
            crypto: CryptoProvider::best(),
        })
    }
}

impl PreparedAuthority {
    /// By which back ends the signature is verified; [`CryptoProvider::best`] unless said otherwise.
    #[must_use]
    pub fn with_crypto(mut self, crypto: &'static CryptoProvider) -> Self {
        self.crypto = crypto;
        self
    }

    /// The bytes to be signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// What lint found, none of it of severity error, sorted by path and code.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Signs with the root's own key, which is at hand.
    ///
    /// # Errors
    /// `key/signing`; `issue/not-verified` if the key is another one.
    pub fn sign(self, signer: &dyn Signer) -> Result<Arc<Certificate>, Error> {
        if signer.public_key().der() != self.public_key.der() {
            let message = "the private key is not that of the certificate";
            return Err(Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message)
                .at(steps!["signatureValue"])
                .into());
        }
        let signature = signer.sign(&self.to_be_signed)?;
        self.assemble(&signature)
    }

    /// The certificate, from a signature over [`PreparedAuthority::tbs_der`]; it is verified under its own key.
    ///
    /// # Errors
    /// `issue/not-verified`.
    pub fn assemble(self, signature: &[u8]) -> Result<Arc<Certificate>, Error> {
        let der = encode::signed(&self.to_be_signed, self.scheme, signature)?;
        let certificate = Arc::new(Certificate::from_der(&der).map_err(|error| error.within("certificate"))?);
        verify(&certificate, &verifier(&certificate, &[], self.crypto), self.at)?;
        Ok(certificate)
    }
}
