//! Verifying certificates: handles, what hosts ask for, and the answers.

mod certificate;
mod presented;

use std::sync::Arc;

use certgate::certificate::Certificate as CoreCertificate;
use certgate::chain::{self, Contents};
use certgate::content::ContentKind;
use certgate::crl::CertificateList;
use certgate::diagnostic::{Data, Diagnostic, Severity, codes, quote};
use certgate::extension::{KeyUsage, KeyUsageBit};
use certgate::ocsp::OcspResponse;
use certgate::oid::{Oid, OidKind};
use certgate::time::Timestamp;
use certgate::verify::{
    AnyPolicyMode, ExplicitPolicy, IssuerRules, PeerName, PolicyInputs, PolicyMappingMode, Profile, Purpose,
    RevocationInputs, RevocationScope, UnknownStatus, VerificationError, VerifiedPath, VerifyParameters,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::view::{CertificateView, DiagnosticView, NotVerifiedView, ProfileView, VerifiedPathView};

/// A parsed certificate. Cheap to clone and to share between threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    certificate: Arc<CoreCertificate>,
}

impl Certificate {
    /// Reads one certificate in DER, PEM or base64.
    ///
    /// # Errors
    /// Anything that is not exactly one certificate, with code and place.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        CoreCertificate::from_bytes(input)
            .map(|certificate| Self { certificate: Arc::new(certificate) })
            .map_err(|error| Error::new(ErrorKind::Parse, &error))
    }

    /// The engine's certificate.
    pub fn as_core(&self) -> &Arc<CoreCertificate> {
        &self.certificate
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    /// Every field as plain data.
    pub fn view(&self) -> CertificateView {
        CertificateView::new(&self.certificate)
    }

    /// Whether the certificate is for a name, as verification would judge it.
    ///
    /// # Errors
    /// A text that is no name.
    pub fn is_for(&self, name: &str) -> Result<bool, Error> {
        Ok(peer_name(name)?.is_named_by(&self.certificate))
    }
}

/// The name that a text is.
pub(crate) fn peer_name(text: &str) -> Result<PeerName, Error> {
    PeerName::parse(text).ok_or_else(|| argument("name", text, "is no name"))
}

impl From<Arc<CoreCertificate>> for Certificate {
    fn from(certificate: Arc<CoreCertificate>) -> Self {
        Self { certificate }
    }
}

/// Reads a certificate and shows every field.
///
/// # Errors
/// As [`Certificate::parse`].
pub fn inspect_certificate(input: &[u8]) -> Result<CertificateView, Error> {
    Certificate::parse(input).map(|certificate| certificate.view())
}

/// Certificates and revocation lists of a bundle: PEM, DER, base64 or PKCS #7.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    contents: Contents,
}

impl Bundle {
    /// Reads a bundle. What cannot be read is passed over with a finding.
    ///
    /// # Errors
    /// An input that is no bundle at all.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        chain::read(input)
            .map(|contents| Self { contents })
            .map_err(|error| Error::new(ErrorKind::Parse, &error))
    }

    /// Whether the input holds certificates or revocation lists, so that [`Bundle::parse`] should have it.
    pub fn is_one(input: &[u8]) -> bool {
        chain::is_bundle(input)
    }

    /// The certificates in order.
    pub fn certificates(&self) -> &[Arc<CoreCertificate>] {
        &self.contents.certificates
    }

    /// The revocation lists in order.
    pub fn lists(&self) -> &[Arc<CertificateList>] {
        &self.contents.lists
    }

    /// What was passed over.
    pub fn findings(&self) -> Vec<DiagnosticView> {
        self.contents.findings.iter().map(DiagnosticView::new).collect()
    }

    /// Adds what another bundle holds.
    pub fn extend(&mut self, other: Self) {
        if self.contents.certificates.is_empty() {
            self.contents.findings_before =
                self.contents.findings.len().saturating_add(other.contents.findings_before);
        }
        self.contents.certificates.extend(other.contents.certificates);
        self.contents.lists.extend(other.contents.lists);
        self.contents.findings.extend(other.contents.findings);
    }
}

/// What a verifier is: the rules that paths are held to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the options of a verifier")]
pub struct VerifierDocument {
    /// The profile. Left out: rfc5280.
    #[serde(default)]
    pub profile: ProfileWord,
    /// Rules that bind issuers and not verifiers, such as criticality. Left out: enforce.
    #[serde(default)]
    pub issuer_rules: IssuerRulesWord,
}

/// The name of a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProfileWord {
    /// RFC 5280.
    #[default]
    Rfc5280,
    /// CA/Browser Forum.
    Webpki,
    /// In-house PKI.
    Private,
}

/// Whether rules that bind issuers are enforced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum IssuerRulesWord {
    /// They are.
    #[default]
    Enforce,
    /// They are not.
    Ignore,
}

/// What one verification asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the options of a verification")]
pub struct VerifyDocument {
    /// The purpose: `server`, `client`, `code`, `mail`, `timeStamping`, `any`, a name such as `serverAuth`, or dotted
    /// decimal. Left out: server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Names that the certificate must be for: host names, IP addresses, mailboxes, URIs.
    #[serde(default)]
    pub names: Vec<String>,
    /// Bits that keyUsage must have, if the certificate has one.
    #[serde(default)]
    pub key_usage: Vec<String>,
    /// Most intermediates, self-issued ones not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// Which certificate policies are acceptable.
    #[serde(default)]
    pub policies: PoliciesDocument,
    /// What revocation means. Looked at where lists or responses are given, or where this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationDocument>,
}

/// Which certificate policies are acceptable (RFC 5280 6.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "certificate policies")]
pub struct PoliciesDocument {
    /// Dotted decimal, or anyPolicy; none for any.
    #[serde(default)]
    pub acceptable: Vec<String>,
    /// The path must hold for one of them.
    #[serde(default)]
    pub require_explicit: bool,
    /// Policies are not mapped.
    #[serde(default)]
    pub inhibit_mapping: bool,
    /// anyPolicy stands for nothing.
    #[serde(default)]
    pub inhibit_any: bool,
}

/// What revocation means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the options of revocation")]
pub struct RevocationDocument {
    /// Which certificates are looked at. Left out: chain.
    #[serde(default)]
    pub scope: ScopeWord,
    /// What a status that nothing tells means. Left out: refuse.
    #[serde(default)]
    pub unknown: UnknownWord,
}

/// Which certificates are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ScopeWord {
    /// All but the trust anchor.
    #[default]
    Chain,
    /// The leaf alone.
    Leaf,
}

/// What a status that nothing tells means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum UnknownWord {
    /// The path does not hold.
    #[default]
    Refuse,
    /// The path holds, with a warning.
    Allow,
}

impl VerifierDocument {
    /// From plain data of a host.
    ///
    /// # Errors
    /// Unknown keys and values, with their path.
    pub fn from_value(value: Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

impl VerifyDocument {
    /// From plain data of a host.
    ///
    /// # Errors
    /// Unknown keys and values, with their path.
    pub fn from_value(mut value: Value) -> Result<Self, Error> {
        if let Some(names) = take_only_names(&mut value) {
            return Ok(Self { names, ..Self::default() });
        }
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    fn purpose(&self) -> Result<Purpose, Error> {
        match &self.purpose {
            None => Ok(Purpose::Server),
            Some(text) => Purpose::parse(text).ok_or_else(|| argument("purpose", text, "is no purpose")),
        }
    }

    fn names(&self) -> Result<Vec<PeerName>, Error> {
        let parse =
            |text: &String| PeerName::parse(text).ok_or_else(|| argument("names", text, "is no name"));
        self.names.iter().map(parse).collect()
    }

    fn key_usage(&self) -> Result<KeyUsage, Error> {
        let parse = |text: &String| {
            KeyUsageBit::from_name(text).ok_or_else(|| argument("keyUsage", text, "is no key usage"))
        };
        self.key_usage.iter().map(parse).collect()
    }

    fn policies(&self) -> Result<PolicyInputs, Error> {
        let parse = |text: &String| {
            Oid::from_label(text, OidKind::Other)
                .ok_or_else(|| argument("policies", text, "is no object identifier"))
        };
        let asked = &self.policies;
        Ok(PolicyInputs {
            acceptable: asked.acceptable.iter().map(parse).collect::<Result<_, _>>()?,
            explicit: if asked.require_explicit {
                ExplicitPolicy::Required
            } else {
                ExplicitPolicy::default()
            },
            mapping: if asked.inhibit_mapping {
                PolicyMappingMode::Inhibited
            } else {
                PolicyMappingMode::default()
            },
            any_policy: if asked.inhibit_any { AnyPolicyMode::Inhibited } else { AnyPolicyMode::default() },
        })
    }
}

/// The names, if these are all that is asked for: so it is mostly, and there is nothing to look up then. Else the value stays as it is.
fn take_only_names(value: &mut Value) -> Option<Vec<String>> {
    let fields = value.as_object_mut().filter(|fields| fields.len() <= 1)?;
    if fields.is_empty() {
        return Some(Vec::new());
    }
    let names = fields.get_mut("names")?.as_array_mut().filter(|names| names.iter().all(Value::is_string))?;
    let texts = names.drain(..).filter_map(|name| match name {
        Value::String(text) => Some(text),
        _ => None,
    });
    Some(texts.collect())
}

fn argument(field: &'static str, text: &str, fault: &str) -> Error {
    let message = format!("{} {fault}", quote(text));
    Diagnostic::new(codes::CONTEXT_VALUE, message).at([field]).with_found(text).into()
}

/// What is known of revocation beside a certificate: lists, responses, and the nonce that they must repeat.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Revocation lists.
    pub lists: Vec<Arc<CertificateList>>,
    /// OCSP responses.
    pub responses: Vec<Arc<OcspResponse>>,
    /// The nonce, if one was sent.
    pub nonce: Option<Vec<u8>>,
}

impl Evidence {
    /// Adds an OCSP response in DER or base64.
    ///
    /// # Errors
    /// Anything that is not exactly one basic response.
    pub fn add_response(&mut self, input: &[u8]) -> Result<(), Error> {
        let response =
            OcspResponse::from_bytes(input).map_err(|error| Error::new(ErrorKind::Parse, &error))?;
        self.responses.push(Arc::new(response));
        Ok(())
    }

    /// Adds the revocation lists of a bundle. Certificates, certification requests, public keys and private keys beside them are
    /// passed over.
    ///
    /// # Errors
    /// An input without any list, and one with something that cannot be read or is not recognised: it may be the list that
    /// revokes.
    pub fn add_lists(&mut self, input: &[u8]) -> Result<(), Error> {
        self.add_lists_of(&Bundle::parse(input)?)
    }

    /// Adds the revocation lists of a bundle that was read before.
    ///
    /// # Errors
    /// As [`Evidence::add_lists`].
    pub fn add_lists_of(&mut self, bundle: &Bundle) -> Result<(), Error> {
        if bundle.lists().is_empty() {
            let diagnostic = bundle.contents.findings.first().cloned();
            let diagnostic = diagnostic.unwrap_or_else(|| {
                Diagnostic::new(codes::INPUT_OTHER_CONTENT, "the input holds no revocation list")
            });
            return Err(Error::new(ErrorKind::Parse, &diagnostic.into()));
        }
        if let Some(unread) = bundle.contents.findings.iter().find(|finding| !is_no_list(finding)) {
            let unread = unread.clone().with_severity(Severity::Error);
            return Err(Error::new(ErrorKind::Parse, &unread.into()));
        }
        self.lists.extend(bundle.contents.lists.iter().cloned());
        Ok(())
    }
}

/// Whether a finding is about content of which it is certain that it is no revocation list: what it was found to be is named.
fn is_no_list(finding: &Diagnostic) -> bool {
    let known = [ContentKind::CertificationRequest, ContentKind::PublicKey];
    let is_known = |found: &Data| known.iter().any(|kind| *found == Data::from(kind.as_str()));
    finding.code() == codes::INPUT_PRIVATE_KEY
        || (finding.code() == codes::INPUT_OTHER_CONTENT && finding.found().is_some_and(is_known))
}

/// Trust anchors, intermediates and a profile: parsed and indexed once. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Verifier {
    verifier: Arc<certgate::verify::Verifier>,
}

impl Verifier {
    /// A verifier that trusts `anchors` and knows `intermediates`.
    ///
    /// # Errors
    /// No trust anchor at all.
    pub fn new(anchors: &Bundle, intermediates: &Bundle, document: &VerifierDocument) -> Result<Self, Error> {
        if anchors.certificates().is_empty() {
            let diagnostic =
                Diagnostic::new(codes::CONTEXT_VALUE, "there is no trust anchor").at(["anchors"]);
            return Err(diagnostic.with_help("give the certificate of a root, or name a trust store").into());
        }
        let profile = match document.profile {
            ProfileWord::Rfc5280 => Profile::Rfc5280,
            ProfileWord::Webpki => Profile::WebPki,
            ProfileWord::Private => Profile::Private,
        };
        let issuer_rules = match document.issuer_rules {
            IssuerRulesWord::Enforce => IssuerRules::Enforce,
            IssuerRulesWord::Ignore => IssuerRules::Ignore,
        };
        let verifier = certgate::verify::Verifier::new(
            anchors.certificates().iter().cloned(),
            intermediates.certificates().iter().cloned(),
            profile,
        );
        let verifier = verifier.with_issuer_rules(issuer_rules).with_crypto(crate::crypto());
        Ok(Self { verifier: Arc::new(verifier) })
    }

    /// The engine's verifier.
    pub fn as_core(&self) -> &certgate::verify::Verifier {
        &self.verifier
    }

    /// Verifies `leaf`, with the certificates that its owner presents beside it.
    ///
    /// # Errors
    /// The caller's arguments. That a certificate is not verified is the inner error.
    pub fn verify(
        &self,
        leaf: &Certificate,
        presented: &[Arc<CoreCertificate>],
        at: Timestamp,
        document: &VerifyDocument,
        evidence: &Evidence,
    ) -> Result<Result<VerifiedPath, VerificationError>, Error> {
        let mut parameters = VerifyParameters::new(at, document.purpose()?)
            .with_names(document.names()?)
            .with_presented(presented)
            .with_key_usage(document.key_usage()?)
            .with_policies(document.policies()?);
        if let Some(depth) = document.depth {
            parameters = parameters.with_depth(depth);
        }
        // A nonce was sent to a responder, whose answer may be missing.
        let has_evidence =
            !evidence.lists.is_empty() || !evidence.responses.is_empty() || evidence.nonce.is_some();
        if document.revocation.is_some() || has_evidence {
            let asked = document.revocation.unwrap_or_default();
            parameters = parameters.with_revocation(RevocationInputs {
                lists: &evidence.lists,
                responses: &evidence.responses,
                nonce: evidence.nonce.as_deref(),
                scope: match asked.scope {
                    ScopeWord::Chain => RevocationScope::Chain,
                    ScopeWord::Leaf => RevocationScope::Leaf,
                },
                unknown: match asked.unknown {
                    UnknownWord::Refuse => UnknownStatus::Refuse,
                    UnknownWord::Allow => UnknownStatus::Allow,
                },
            });
        }
        Ok(self.verifier.verify(leaf.as_core(), &parameters))
    }
}

/// A path as plain data.
pub fn view_path(path: &VerifiedPath) -> VerifiedPathView {
    VerifiedPathView::new(path)
}

/// Why there is no path, as plain data.
pub fn view_failure(error: &VerificationError) -> NotVerifiedView {
    NotVerifiedView::new(error)
}

/// A profile and its rules; `None` if there is none of this name.
pub fn profile(name: &str) -> Option<ProfileView> {
    Profile::from_name(name).map(ProfileView::new)
}
