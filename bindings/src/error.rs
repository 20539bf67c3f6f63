use std::fmt;

use certgate::diagnostic::Diagnostic;
use serde::Serialize;

use crate::document::SourceText;
use crate::view::{DiagnosticView, NotVerifiedView};

/// A job could not be done. Hosts turn the kind into an exception class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    diagnostics: Vec<DiagnosticView>,
}

/// What could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The caller's own arguments are not what they should be.
    Argument,
    /// A certificate, request or other object could not be read.
    Parse,
    /// A policy could not be loaded.
    Policy,
    /// A certificate was not verified.
    Verification,
    /// A certificate, request or list could not be issued.
    Issuance,
}

impl ErrorKind {
    /// The word of the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Parse => "parse",
            Self::Policy => "policy",
            Self::Verification => "verification",
            Self::Issuance => "issuance",
        }
    }
}

impl Error {
    /// An error of the engine.
    pub fn new(kind: ErrorKind, error: &certgate::diagnostic::Error) -> Self {
        Self { kind, diagnostics: error.diagnostics().iter().map(DiagnosticView::new).collect() }
    }

    /// An error about a document, with lines and columns of its text.
    pub(crate) fn in_document(
        kind: ErrorKind,
        error: &certgate::diagnostic::Error,
        source: &SourceText,
    ) -> Self {
        let view = |diagnostic: &Diagnostic| DiagnosticView::in_document(diagnostic, source);
        Self { kind, diagnostics: error.diagnostics().iter().map(view).collect() }
    }

    /// An error whose diagnostics are plain data already; at least one.
    pub(crate) fn of_views(kind: ErrorKind, diagnostics: Vec<DiagnosticView>) -> Self {
        Self { kind, diagnostics }
    }

    /// A certificate that was not verified, for hosts that raise it.
    pub fn not_verified(view: &NotVerifiedView) -> Self {
        Self::of_views(ErrorKind::Verification, view.reasons.clone())
    }

    /// What could not be done.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The error as plain data.
    pub fn view(&self) -> ErrorView {
        ErrorView {
            kind: self.kind.as_str().to_owned(),
            code: self.code().to_owned(),
            message: self.to_string(),
            diagnostics: self.diagnostics.clone(),
        }
    }

    /// The code of the first diagnostic.
    pub fn code(&self) -> &str {
        self.diagnostics.first().map_or("internal/unexpected", |diagnostic| diagnostic.code.as_str())
    }

    /// All diagnostics, at least one.
    pub fn diagnostics(&self) -> &[DiagnosticView] {
        &self.diagnostics
    }
}

/// An error as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorView {
    /// What could not be done: `argument`, `parse`, `policy`, `verification` or `issuance`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["argument", "parse", "policy", "verification", "issuance"])))]
    pub kind: String,
    /// The code of the first diagnostic.
    pub code: String,
    /// All messages in one line.
    pub message: String,
    /// All diagnostics, at least one.
    pub diagnostics: Vec<DiagnosticView>,
}

/// A call that failed, as plain data: what the engines of JavaScript give to their facade.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// What could not be done.
    pub error: ErrorView,
    /// The paths that were tried, if a certificate was not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_verified: Option<NotVerifiedView>,
}

impl From<&Error> for FailureView {
    fn from(error: &Error) -> Self {
        Self { error: error.view(), not_verified: None }
    }
}

impl From<NotVerifiedView> for FailureView {
    fn from(view: NotVerifiedView) -> Self {
        Self { error: Error::not_verified(&view).view(), not_verified: Some(view) }
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { kind: ErrorKind::Argument, diagnostics: vec![DiagnosticView::new(&diagnostic)] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
