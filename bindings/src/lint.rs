//! Lint: certificates, requests and revocation lists against the rules of a profile.

use certgate::crl::CertificateList;
use certgate::lint::{self, Object, Profile};
use certgate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::context::{no_time, parse_time};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::verify::{Bundle, Certificate};
use crate::view::{LintRuleView, LintView};

/// What one call asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the options of lint")]
pub struct LintDocument {
    /// Whose rules. Left out: rfc5280.
    #[serde(default)]
    pub profile: LintProfileWord,
    /// The day whose rules count, in RFC 3339. Left out: when the certificate or list was made, as it says itself; for a
    /// request, now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// The name of a lint profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LintProfileWord {
    /// RFC 5280 with the RFCs that amend it.
    #[default]
    #[serde(rename = "rfc5280")]
    Rfc5280,
    /// The CA/Browser Forum's Baseline Requirements for TLS on top.
    #[serde(rename = "cabf-tls")]
    CabfTls,
    /// Mozilla's Root Store Policy on top of those.
    #[serde(rename = "mozilla")]
    Mozilla,
    /// In-house PKI.
    #[serde(rename = "private")]
    Private,
}

impl From<LintProfileWord> for Profile {
    fn from(word: LintProfileWord) -> Self {
        match word {
            LintProfileWord::Rfc5280 => Self::Rfc5280,
            LintProfileWord::CabfTls => Self::CabfTls,
            LintProfileWord::Mozilla => Self::Mozilla,
            LintProfileWord::Private => Self::Private,
        }
    }
}

impl LintDocument {
    /// Reads options that are plain data already.
    ///
    /// # Errors
    /// Unknown keys and wrong types, each with its path.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }
}

/// Lints everything that an input holds, in its order: one request, or certificates and revocation lists. `now` is for
/// requests, which do not say when they were made.
///
/// # Errors
/// An input that cannot be read, or of which a part cannot.
pub fn lint(input: &[u8], options: &LintDocument, now: Option<Timestamp>) -> Result<Vec<LintView>, Error> {
    if !Bundle::is_one(input) {
        return Ok(vec![lint_request(&Request::parse(input)?, options, now)?]);
    }
    let bundle = Bundle::parse(input)?;
    if let Some(error) = unreadable(input, &bundle) {
        return Err(error);
    }
    let certificates = bundle.certificates().iter();
    let certificates =
        certificates.map(|certificate| lint_certificate(&Certificate::from(certificate.clone()), options));
    let lists = bundle.lists().iter().map(|list| lint_list(list, options));
    certificates.chain(lists).collect()
}

/// Lints one certificate.
///
/// # Errors
/// A time that is none.
pub fn lint_certificate(certificate: &Certificate, options: &LintDocument) -> Result<LintView, Error> {
    let core = certificate.as_core();
    run(Object::from(&**core), options, None, |path| core.span(path))
}

/// Lints one request.
///
/// # Errors
/// A time that is none, or none at all.
pub fn lint_request(
    request: &Request,
    options: &LintDocument,
    now: Option<Timestamp>,
) -> Result<LintView, Error> {
    let core = request.as_core();
    run(Object::from(core), options, now, |path| core.span(path))
}

/// Lints one revocation list.
///
/// # Errors
/// A time that is none.
pub fn lint_list(list: &CertificateList, options: &LintDocument) -> Result<LintView, Error> {
    run(Object::from(list), options, None, |path| list.span(path))
}

/// All rules, sorted by code.
pub fn lint_rules() -> Vec<LintRuleView> {
    lint::rules().iter().map(LintRuleView::new).collect()
}

fn run(
    object: Object<'_>,
    options: &LintDocument,
    now: Option<Timestamp>,
    span: impl Fn(&certgate::diagnostic::Path) -> Option<certgate::diagnostic::Span>,
) -> Result<LintView, Error> {
    let at = match &options.at {
        Some(text) => parse_time(text)?,
        None => object.made_at().or(now).ok_or_else(no_time)?,
    };
    let profile = Profile::from(options.profile);
    let findings = lint::lint_by(object, profile, at, crate::crypto());
    Ok(LintView::new(object, profile, at, &findings, span))
}

/// Why a bundle is not linted: what was passed over might have been what it is about.
fn unreadable(input: &[u8], bundle: &Bundle) -> Option<Error> {
    let findings = bundle.findings();
    let is_empty = bundle.certificates().is_empty() && bundle.lists().is_empty();
    match findings.as_slice() {
        [] => None,
        // The only thing of an input: the error of whoever reads a certificate.
        [finding] if is_empty => Certificate::parse(input)
            .err()
            .filter(|error| error.code() == finding.code)
            .or_else(|| Some(Error::of_views(ErrorKind::Parse, findings))),
        _ => Some(Error::of_views(ErrorKind::Parse, findings)),
    }
}
