use crate::diagnostic::{Code, Data, Diagnostic, Path, Severity, Span};

/// What a rule has found; code and severity are the rule's.
#[derive(Debug)]
pub(super) struct Finding {
    message: String,
    at: Path,
    span: Option<Span>,
    found: Option<Data>,
    expected: Option<Data>,
    help: Option<String>,
    at_most: Severity,
}

impl Finding {
    pub(super) fn new(at: Path, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at,
            span: None,
            found: None,
            expected: None,
            help: None,
            at_most: Severity::Error,
        }
    }

    pub(super) fn spanning(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    pub(super) fn found(mut self, found: impl Into<Data>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(super) fn expected(mut self, expected: impl Into<Data>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// No worse than this, whatever the profile says: what a request lacks the CA may still add.
    pub(super) fn at_most(mut self, severity: Severity) -> Self {
        self.at_most = severity;
        self
    }

    pub(super) fn into_diagnostic(self, code: Code, severity: Severity) -> Diagnostic {
        // The worst severity comes first in the order.
        let mut diagnostic =
            Diagnostic::new(code, self.message).at(self.at).with_severity(severity.max(self.at_most));
        if let Some(span) = self.span {
            diagnostic = diagnostic.with_span(span);
        }
        if let Some(found) = self.found {
            diagnostic = diagnostic.with_found(found);
        }
        if let Some(expected) = self.expected {
            diagnostic = diagnostic.with_expected(expected);
        }
        diagnostic.with_help(self.help.unwrap_or_else(|| code.help().to_owned()))
    }
}

/// One finding if `wrong`.
pub(super) fn when(wrong: bool, finding: impl FnOnce() -> Finding) -> Vec<Finding> {
    wrong.then(finding).into_iter().collect()
}
