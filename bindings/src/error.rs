use std::fmt;

use certgate::diagnostic::Diagnostic;

use crate::document::SourceText;
use crate::view::DiagnosticView;

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

    /// What could not be done.
    pub fn kind(&self) -> ErrorKind {
        self.kind
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
