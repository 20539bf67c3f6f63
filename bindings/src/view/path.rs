use certgate::certificate::Certificate;
use certgate::oid::Oid;
use certgate::verify::{Profile, Rule, TriedPath, VerificationError, VerifiedPath, WorkDone};
use serde::Serialize;

use super::diagnostic::DiagnosticView;
use super::{SCHEMA_VERSION, hex};

/// A path that holds, and what was proved.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifiedPathView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// `verified`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "verified")))]
    pub outcome: String,
    /// The certificates, leaf first, trust anchor last.
    pub path: Vec<PathCertificateView>,
    /// The certificate policies for which the path holds: dotted decimal.
    pub policies: Vec<String>,
    /// The time for which it was verified, RFC 3339 in UTC.
    pub at: String,
    /// Until when every certificate of the path is valid, RFC 3339 in UTC.
    pub valid_until: String,
    /// What is odd and stops nothing.
    pub warnings: Vec<DiagnosticView>,
    /// What the verification did.
    pub work: WorkView,
}

/// A certificate that was not verified, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NotVerifiedView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// `notVerified`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "notVerified")))]
    pub outcome: String,
    /// The best reason; where the certificate itself is at fault, everything that is wrong with it.
    pub reasons: Vec<DiagnosticView>,
    /// Paths that were tried, the most telling first.
    pub tried: Vec<TriedPathView>,
    /// How many paths were tried; `tried` may have fewer.
    pub paths: usize,
    /// What the verification did.
    pub work: WorkView,
}

/// A path that was tried.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TriedPathView {
    /// The certificates, leaf first, up to where it stopped.
    pub path: Vec<PathCertificateView>,
    /// Why it stopped.
    pub reason: DiagnosticView,
}

/// One certificate of a path, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PathCertificateView {
    /// The subject in the form of RFC 4514.
    pub subject: String,
    /// The issuer in the form of RFC 4514.
    pub issuer: String,
    /// The serial number in lower-case hexadecimal.
    pub serial_number: String,
    /// The first second of its life, RFC 3339 in UTC.
    pub not_before: String,
    /// The last second of its life, RFC 3339 in UTC.
    pub not_after: String,
    /// SHA-256 of the encoding.
    pub sha256: String,
}

/// Counted work: the same on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkView {
    /// Signatures that were verified.
    pub signatures: u32,
    /// Signatures that were remembered.
    pub remembered: u32,
    /// Certificates that were tried as issuers.
    pub steps: u32,
    /// Names that were held against name constraints.
    pub name_comparisons: u32,
    /// Edges of policy graphs.
    pub policy_edges: u32,
}

/// A profile and its rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// `rfc5280`, `webpki` or `private`.
    pub name: String,
    /// What it is for.
    pub summary: String,
    /// Its rules, sorted by code.
    pub rules: Vec<RuleView>,
    /// Date of the public suffix list.
    pub public_suffix_list: String,
}

/// A rule of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RuleView {
    /// The code of its diagnostic.
    pub code: String,
    /// What breaks it.
    pub summary: String,
    /// Its clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// Whom it binds: `issuer` or `verifier`. Those that bind issuers can be left out.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["issuer", "verifier"])))]
    pub side: String,
    /// The certificates that it looks at: `leaf`, `intermediate`, `anchor`.
    pub roles: Vec<String>,
}

impl VerifiedPathView {
    pub(crate) fn new(path: &VerifiedPath) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            outcome: "verified".to_owned(),
            path: path.certificates().iter().map(|one| PathCertificateView::new(one)).collect(),
            policies: path.policies().iter().map(Oid::to_string).collect(),
            at: path.at().to_string(),
            valid_until: path.valid_until().to_string(),
            warnings: path.warnings().iter().map(DiagnosticView::new).collect(),
            work: WorkView::new(path.work()),
        }
    }
}

impl NotVerifiedView {
    pub(crate) fn new(error: &VerificationError) -> Self {
        // The paths have their own list.
        let reason = |reason| DiagnosticView { related: Vec::new(), ..DiagnosticView::new(reason) };
        Self {
            schema_version: SCHEMA_VERSION,
            outcome: "notVerified".to_owned(),
            reasons: error.reasons().iter().map(reason).collect(),
            tried: error.tried().iter().map(TriedPathView::new).collect(),
            paths: error.paths(),
            work: WorkView::new(error.work()),
        }
    }
}

impl TriedPathView {
    fn new(path: &TriedPath) -> Self {
        Self {
            path: path.certificates.iter().map(|one| PathCertificateView::new(one)).collect(),
            reason: DiagnosticView::new(&path.diagnostic),
        }
    }
}

impl PathCertificateView {
    pub(crate) fn new(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial_number: certificate.serial_number().to_string(),
            not_before: certificate.validity().not_before.to_string(),
            not_after: certificate.validity().not_after.to_string(),
            sha256: hex(certificate.digest()),
        }
    }
}

impl WorkView {
    fn new(work: WorkDone) -> Self {
        Self {
            signatures: work.signatures,
            remembered: work.remembered,
            steps: work.steps,
            name_comparisons: work.name_comparisons,
            policy_edges: work.policy_edges,
        }
    }
}

impl ProfileView {
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            name: profile.as_str().to_owned(),
            summary: profile.summary().to_owned(),
            rules: profile.rules().map(RuleView::new).collect(),
            public_suffix_list: certgate::name::public_suffix_list_date().to_owned(),
        }
    }
}

impl RuleView {
    fn new(rule: &'static Rule) -> Self {
        Self {
            code: rule.code().as_str().to_owned(),
            summary: rule.code().summary().to_owned(),
            citation: rule.code().citation().map(str::to_owned),
            side: rule.side().as_str().to_owned(),
            roles: rule.roles().iter().map(|role| role.as_str().to_owned()).collect(),
        }
    }
}
