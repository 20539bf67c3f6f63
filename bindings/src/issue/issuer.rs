//! A CA that issues: a handle, and what is said of it.

use std::sync::Arc;

use certgate::diagnostic::{Diagnostic, codes};
use certgate::issue::{BeyondIssuer, Issuer as CoreIssuer};
use certgate::signature::SignatureScheme;
use serde::{Deserialize, Serialize};

use super::prepared::{Approval, IssuedCertificate, PreparedCertificate};
use super::{Inputs, PrivateKey, issuance};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::verify::{Bundle, Certificate};

/// What an issuer says in every certificate, and what becomes of lifetimes beyond its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the options of an issuer")]
pub struct IssuerOptions {
    /// What becomes of a lifetime that reaches beyond the issuer's own. Left out: deny.
    #[serde(default)]
    pub beyond: BeyondWord,
    /// Where the revocation list is: URIs for cRLDistributionPoints.
    #[serde(default)]
    pub crl_uris: Vec<String>,
    /// Where the issuer's certificate is: URIs for authorityInfoAccess.
    #[serde(default)]
    pub issuer_uris: Vec<String>,
    /// Who answers by OCSP: URIs for authorityInfoAccess.
    #[serde(default)]
    pub ocsp_uris: Vec<String>,
}

/// What becomes of a lifetime that reaches beyond the issuer's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum BeyondWord {
    /// Nothing is issued.
    #[default]
    Deny,
    /// It is cut to the issuer's end.
    Truncate,
}

impl IssuerOptions {
    /// Reads options from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

/// A CA that issues: its certificate and the path to its root. Cheap to clone and to share between threads. It has no key.
#[derive(Clone, Debug)]
pub struct Issuer {
    issuer: Arc<CoreIssuer>,
}

impl Issuer {
    /// The CA of a bundle: its certificate first, then those above it, the root last.
    ///
    /// # Errors
    /// No certificate at all, or one before it that cannot be read: it may be the CA's. `issue/issuer` if it may not sign.
    pub fn new(chain: &Bundle, options: &IssuerOptions) -> Result<Self, Error> {
        if chain.certificates().is_empty() {
            let diagnostic =
                Diagnostic::new(codes::CONTEXT_VALUE, "there is no certificate of a CA").at(["chain"]);
            return Err(diagnostic.with_help("give the certificate of the CA, then those above it").into());
        }
        let (certificate, above) = chain.split_leaf()?;
        let issuer = CoreIssuer::new(Arc::clone(certificate.as_core()), above.to_vec())
            .map_err(issuance)?
            .with_crypto(crate::crypto());
        let beyond = match options.beyond {
            BeyondWord::Deny => BeyondIssuer::Deny,
            BeyondWord::Truncate => BeyondIssuer::Truncate,
        };
        let issuer = issuer
            .with_beyond(beyond)
            .with_distribution_points(options.crl_uris.clone())
            .with_information_access(options.issuer_uris.clone(), options.ocsp_uris.clone());
        Ok(Self { issuer: Arc::new(issuer) })
    }

    /// The engine's issuer.
    pub fn as_core(&self) -> &CoreIssuer {
        &self.issuer
    }

    /// The issuer's certificate.
    pub fn certificate(&self) -> Certificate {
        Arc::clone(self.issuer.certificate()).into()
    }

    /// The serial number of a certificate that this CA has issued, as its lists have it.
    ///
    /// # Errors
    /// A certificate of another CA, whose serial numbers mean nothing here.
    pub fn serial_number_of(&self, certificate: &Certificate) -> Result<String, Error> {
        if !certificate.as_core().issuer().matches(self.issuer.certificate().subject()) {
            let diagnostic =
                Diagnostic::new(codes::CONTEXT_VALUE, "the certificate was issued by another CA");
            return Err(diagnostic
                .at(["revocations"])
                .with_help("revoke it in the list of its issuer")
                .into());
        }
        Ok(certificate.serial_number())
    }

    /// The issuer's certificate and those above it, the root last.
    pub fn chain(&self) -> Vec<Certificate> {
        self.issuer.chain().map(|certificate| Arc::clone(certificate).into()).collect()
    }

    /// Encodes the certificate of an approval, which is used up, and holds what was encoded against it. Nothing is signed.
    /// Without a scheme the usual one of the issuer's key is taken.
    ///
    /// # Errors
    /// `issue/used`; whatever [`CoreIssuer::prepare`] refuses.
    pub fn prepare(
        &self,
        approval: &Approval,
        inputs: &Inputs,
        scheme: Option<SignatureScheme>,
    ) -> Result<PreparedCertificate, Error> {
        let scheme = self.scheme(scheme)?;
        let approval = approval.take()?;
        self.issuer
            .prepare(approval, &inputs.to_core()?, scheme)
            .map(PreparedCertificate::new)
            .map_err(issuance)
    }

    /// Issues the certificate of an approval, which is used up, with a key that is at hand.
    ///
    /// # Errors
    /// As [`Issuer::prepare`] and [`PreparedCertificate::sign`].
    pub fn issue(
        &self,
        approval: &Approval,
        key: &PrivateKey,
        inputs: &Inputs,
    ) -> Result<IssuedCertificate, Error> {
        self.prepare(approval, inputs, Some(key.scheme()))?.sign(key)
    }

    /// The scheme that was asked for, else the usual one of the issuer's key.
    pub(super) fn scheme(&self, asked: Option<SignatureScheme>) -> Result<SignatureScheme, Error> {
        let key = self.issuer.certificate().public_key();
        asked.or_else(|| SignatureScheme::of_key(key)).ok_or_else(|| {
            let message = format!("nothing signs with the issuer's key {}", key.name());
            Error::new(ErrorKind::Issuance, &Diagnostic::new(codes::ISSUE_ISSUER, message).into())
        })
    }
}
