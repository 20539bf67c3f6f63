//! The permission to issue, what was prepared with it, and what came of it. The first two are taken once.

use std::sync::Arc;

use certgate::certificate::Certificate as CoreCertificate;
use certgate::diagnostic::{Diagnostic, codes};
use certgate::issue;
use certgate::policy;
use serde::Serialize;

use super::once::Once;
use super::{PrivateKey, certificate_pem, issuance};
use crate::error::{Error, ErrorKind};
use crate::policy::Decision;
use crate::verify::Certificate;
use crate::view::{CertificateView, PolicyIdentityView, SCHEMA_VERSION, TemplateView};

/// The permission to issue one certificate: exactly that of the decision's template. It is used up by preparing.
#[derive(Clone, Debug)]
pub struct Approval {
    approval: Once<policy::Approval>,
    policy: PolicyIdentityView,
}

impl Decision {
    /// The permission to issue what was decided, a new one for each call.
    ///
    /// # Errors
    /// `issue/not-approved`, with the reasons of the decision.
    pub fn approve(&self) -> Result<Approval, Error> {
        match self.as_core().approval() {
            Ok(approval) => {
                Ok(Approval { approval: Once::new("the approval", approval), policy: self.policy() })
            }
            Err(denied) => {
                let message = format!("the request is not approved: {denied}");
                let diagnostic = Diagnostic::new(codes::ISSUE_NOT_APPROVED, message)
                    .with_related(denied.reasons().to_vec());
                Err(Error::new(ErrorKind::Issuance, &diagnostic.into()))
            }
        }
    }
}

impl Approval {
    /// Which policy gave it.
    pub fn policy(&self) -> &PolicyIdentityView {
        &self.policy
    }

    /// What may be issued.
    ///
    /// # Errors
    /// `issue/used`.
    pub fn template(&self) -> Result<TemplateView, Error> {
        self.approval.with(|approval| TemplateView::new(approval.template()))
    }

    /// Whether it was used.
    pub fn is_used(&self) -> bool {
        self.approval.is_used()
    }

    pub(super) fn take(&self) -> Result<policy::Approval, Error> {
        self.approval.take()
    }
}

/// A certificate that was approved, encoded, and held against the approval; not yet signed. It is used up by signing.
#[derive(Clone, Debug)]
pub struct PreparedCertificate {
    prepared: Once<issue::PreparedCertificate>,
    policy: PolicyIdentityView,
    scheme: &'static str,
}

impl PreparedCertificate {
    pub(super) fn new(prepared: issue::PreparedCertificate) -> Self {
        Self {
            policy: identity(prepared.policy()),
            scheme: prepared.scheme().as_str(),
            prepared: Once::new("the prepared certificate", prepared),
        }
    }

    /// The bytes to be signed: for an HSM, a KMS, or an offline CA.
    ///
    /// # Errors
    /// `issue/used`.
    pub fn tbs_der(&self) -> Result<Vec<u8>, Error> {
        self.prepared.with(|prepared| prepared.tbs_der().to_vec())
    }

    /// How they are to be signed: a word such as `ecdsa-with-SHA256`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Which policy approved it.
    pub fn policy(&self) -> &PolicyIdentityView {
        &self.policy
    }

    /// Whether it was used.
    pub fn is_used(&self) -> bool {
        self.prepared.is_used()
    }

    /// Signs with a key that is at hand, and verifies the result.
    ///
    /// # Errors
    /// `issue/used`; as signing in the engine.
    pub fn sign(&self, key: &PrivateKey) -> Result<IssuedCertificate, Error> {
        self.prepared.take()?.sign(key.as_core()).map(IssuedCertificate::new).map_err(issuance)
    }

    /// The certificate, from a signature over [`PreparedCertificate::tbs_der`] in the form of X.509; it is verified.
    ///
    /// # Errors
    /// `issue/used`; `issue/not-verified`.
    pub fn assemble(&self, signature: &[u8]) -> Result<IssuedCertificate, Error> {
        self.prepared.take()?.assemble(signature).map(IssuedCertificate::new).map_err(issuance)
    }
}

/// A certificate that was issued, and verified along its issuer's path.
#[derive(Clone, Debug)]
pub struct IssuedCertificate {
    issued: Arc<issue::IssuedCertificate>,
}

/// A certificate that was issued, as plain data.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IssuedCertificateView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// Which policy approved it.
    pub policy: PolicyIdentityView,
    /// The certificate.
    pub certificate: CertificateView,
    /// The issuer and those above it, the root last: PEM.
    pub chain: Vec<String>,
}

impl IssuedCertificate {
    fn new(issued: issue::IssuedCertificate) -> Self {
        Self { issued: Arc::new(issued) }
    }

    /// The certificate.
    pub fn certificate(&self) -> Certificate {
        Arc::clone(self.issued.certificate()).into()
    }

    /// The issuer and those above it, the root last.
    pub fn chain(&self) -> Vec<Certificate> {
        self.issued.chain().iter().map(|one| Arc::clone(one).into()).collect()
    }

    /// Which policy approved it.
    pub fn policy(&self) -> PolicyIdentityView {
        identity(self.issued.policy())
    }

    /// The certificate in PEM.
    pub fn pem(&self) -> String {
        certificate_pem(self.issued.certificate())
    }

    /// What a server presents, in PEM: the certificate and the intermediates, without the root.
    pub fn fullchain_pem(&self) -> String {
        presented(self.issued.certificate(), self.issued.chain())
    }

    /// As plain data.
    pub fn view(&self) -> IssuedCertificateView {
        IssuedCertificateView {
            schema_version: SCHEMA_VERSION,
            policy: self.policy(),
            certificate: self.certificate().view(),
            chain: self.issued.chain().iter().map(|one| certificate_pem(one)).collect(),
        }
    }
}

/// A certificate and those above it in PEM, without the root.
pub(super) fn presented(certificate: &CoreCertificate, above: &[Arc<CoreCertificate>]) -> String {
    let mut text = certificate_pem(certificate);
    for one in above.iter().filter(|one| !one.is_self_issued()) {
        text.push_str(&certificate_pem(one));
    }
    text
}

fn identity(policy: &policy::PolicyIdentity) -> PolicyIdentityView {
    PolicyIdentityView { id: policy.id.to_string(), digest: policy.digest.to_string() }
}
