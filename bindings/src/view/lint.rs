use certgate::diagnostic::{Diagnostic, Path, Span};
use certgate::lint::{Object, Profile, Rule, Target};
use certgate::time::Timestamp;
use serde::Serialize;

use super::{DiagnosticView, SCHEMA_VERSION};

/// What lint found about one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LintView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// Whose rules.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["rfc5280", "cabf-tls", "mozilla", "private"])))]
    pub profile: String,
    /// The day whose rules count, in RFC 3339.
    pub at: String,
    /// What the object was taken for.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["server", "responder", "leaf", "intermediate", "root", "server-request", "leaf-request", "ca-request", "revocation-list"])))]
    pub target: String,
    /// Its subject, or the issuer of a list, in the form of RFC 4514.
    pub name: String,
    /// What was found, sorted by path and code.
    pub findings: Vec<DiagnosticView>,
}

impl LintView {
    pub(crate) fn new(
        object: Object<'_>,
        profile: Profile,
        at: Timestamp,
        findings: &[Diagnostic],
        span: impl Fn(&Path) -> Option<Span>,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            profile: profile.as_str().to_owned(),
            at: at.to_string(),
            target: object.target().as_str().to_owned(),
            name: object.name().to_string(),
            findings: findings.iter().map(|finding| DiagnosticView::with_span(finding, &span)).collect(),
        }
    }

    /// Whether a finding is of severity error.
    pub fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == "error")
    }
}

/// One rule of lint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LintRuleView {
    /// The code of its findings.
    pub code: String,
    /// What breaks it.
    pub summary: String,
    /// Its clauses.
    pub citation: String,
    /// The day from which it binds, as `2026-03-15`; left out for always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What it looks at.
    pub targets: Vec<String>,
    /// The profiles that have it, each with the severity of a finding.
    pub profiles: Vec<LintSeverityView>,
}

/// How bad a finding is under a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LintSeverityView {
    /// The profile.
    pub profile: String,
    /// `error`, `warning` or `notice`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["error", "warning", "notice"])))]
    pub severity: String,
}

impl LintRuleView {
    pub(crate) fn new(rule: &Rule) -> Self {
        let severity = |profile: Profile| {
            let severity = rule.severity(profile)?;
            Some(LintSeverityView {
                profile: profile.as_str().to_owned(),
                severity: severity.as_str().to_owned(),
            })
        };
        Self {
            code: rule.code().as_str().to_owned(),
            summary: rule.code().summary().to_owned(),
            citation: rule.code().citation().unwrap_or_default().to_owned(),
            since: rule.since().map(|day| day.to_string()),
            targets: rule.targets().iter().copied().map(Target::as_str).map(str::to_owned).collect(),
            profiles: Profile::ALL.into_iter().filter_map(severity).collect(),
        }
    }
}
