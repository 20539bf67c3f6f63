//! What certgate says about an input: one struct for reasons, warnings, findings and faults.
//!
//! Code and path are the interface: tests and users match on them. Message and help are prose and may be reworded.

use std::fmt;

mod code;
pub mod codes;
mod data;
pub(crate) mod path;
pub(crate) mod secret;

pub use code::{Code, Severity};
pub use data::Data;
pub use path::{Path, Step};

/// A range of bytes of the DER encoding: `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// One thing to say about an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    severity: Severity,
    path: Path,
    span: Option<Span>,
    message: String,
    /// On the heap: a diagnostic is what most functions return when something is wrong, and small.
    details: Box<Details>,
}

/// What only some diagnostics have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    help: Option<String>,
    rule: Option<Path>,
    found: Option<Data>,
    expected: Option<Data>,
    related: Vec<Diagnostic>,
}

impl Diagnostic {
    /// A diagnostic with the severity that the code table gives, about the whole input. A private key is not shown.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            path: Path::default(),
            span: None,
            message: without_key(message.into()),
            details: Box::default(),
        }
    }

    /// Says which field is meant.
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        self.path = path.into();
        self
    }

    /// Says which bytes are meant.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Says what to do about it. A private key is not shown.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.details.help = Some(without_key(help.into()));
        self
    }

    /// Says which rule of the policy document decided.
    #[must_use]
    pub fn with_rule(mut self, rule: impl Into<Path>) -> Self {
        self.details.rule = Some(rule.into());
        self
    }

    /// Says what was found, as data. A private key is not shown.
    #[must_use]
    pub fn with_found(mut self, found: impl Into<Data>) -> Self {
        self.details.found = Some(found.into().without_keys());
        self
    }

    /// Says what was expected, as data.
    #[must_use]
    pub fn with_expected(mut self, expected: impl Into<Data>) -> Self {
        self.details.expected = Some(expected.into());
        self
    }

    /// Replaces the severity of the code table, where a profile says so.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Adds what belongs to it, such as one entry for each path that was tried.
    #[must_use]
    pub fn with_related(mut self, related: Vec<Diagnostic>) -> Self {
        self.details.related = related;
        self
    }

    /// Moves the path below `step`: paths are built from the inside out.
    #[must_use]
    pub fn within(mut self, step: impl Into<Step>) -> Self {
        self.path.prepend(step.into());
        self
    }

    /// Replaces the first step of the path.
    pub(crate) fn renamed_first(mut self, step: impl Into<Step>) -> Self {
        self.path.replace_first(step.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The field that is meant, in ASN.1 names.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes that are meant, where they are known.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// One lower-case sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.details.help.as_deref()
    }

    /// The rule of the policy document that decided.
    pub fn rule(&self) -> Option<&Path> {
        self.details.rule.as_ref()
    }

    /// What was found.
    pub fn found(&self) -> Option<&Data> {
        self.details.found.as_ref()
    }

    /// What was expected.
    pub fn expected(&self) -> Option<&Data> {
        self.details.expected.as_ref()
    }

    /// The clause that the code rests on.
    pub fn citation(&self) -> Option<&'static str> {
        self.code.citation()
    }

    /// What belongs to it.
    pub fn related(&self) -> &[Diagnostic] {
        &self.details.related
    }

    /// Puts diagnostics into their one order: by path, then by code, then by message.
    pub fn sort(diagnostics: &mut [Diagnostic]) {
        diagnostics.sort_by(|a, b| {
            (&a.path, a.code, &a.message, &a.details.rule).cmp(&(
                &b.path,
                b.code,
                &b.message,
                &b.details.rule,
            ))
        });
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if !self.path.is_empty() {
            write!(f, " (at {})", self.path)?;
        }
        Ok(())
    }
}

/// An operation could not run: the input is malformed, too large, or not what it should be.
///
/// A denial is never an `Error`, and an `Error` is never a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    diagnostics: Vec<Diagnostic>,
}

impl Error {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic::new(code, message).into()
    }

    /// An error with more than one diagnostic, such as a policy with several faults; `None` without any.
    pub fn from_diagnostics(mut diagnostics: Vec<Diagnostic>) -> Option<Self> {
        if diagnostics.is_empty() {
            return None;
        }
        Diagnostic::sort(&mut diagnostics);
        Some(Self { diagnostics })
    }

    pub(crate) fn map(mut self, change: impl Fn(Diagnostic) -> Diagnostic) -> Self {
        self.diagnostics = self.diagnostics.into_iter().map(change).collect();
        self
    }

    /// Moves the path below `step`.
    #[must_use]
    pub fn within(self, step: impl Into<Step>) -> Self {
        let step = step.into();
        self.map(|diagnostic| diagnostic.within(step.clone()))
    }

    /// The code of the first diagnostic.
    pub fn code(&self) -> Code {
        self.diagnostics.first().map_or(codes::INTERNAL_UNEXPECTED, Diagnostic::code)
    }

    /// All diagnostics, at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
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

/// How many offending items a message names before it says `and K more`.
pub(crate) const NAMED_ITEMS: usize = 5;

/// What stands in a message in the place of a private key.
pub const ELIDED: &str = "[private key]";

/// The text, or what stands in its place if there is a private key in it.
fn without_key(text: String) -> String {
    if secret::holds_key(&text) { ELIDED.to_owned() } else { text }
}

/// Quotes input for a message: in backticks, shortened, with control and direction characters escaped. A private key is not
/// shown.
pub fn quote(text: &str) -> String {
    format!("`{}`", visible(text))
}

/// What [`quote`] puts between backticks.
pub fn visible(text: &str) -> String {
    const LONGEST: usize = 96;
    if secret::holds_key(text) {
        return ELIDED.to_owned();
    }
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count >= LONGEST {
            out.push('…');
            break;
        }
        push_visible(&mut out, c);
    }
    out
}

/// Appends `c`, escaped as `\u{…}` when a terminal or a reader could take it for something else: controls, direction
/// marks, zero-width and other format characters (hostile inputs 30 and 31).
pub fn push_visible(out: &mut String, c: char) {
    let invisible = c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    if invisible {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

/// Joins quoted items, at most [`NAMED_ITEMS`] of them: `a`, `b` and 3 more.
pub(crate) fn quote_list<T: AsRef<str>>(items: &[T]) -> String {
    let mut out = String::new();
    for (index, item) in items.iter().take(NAMED_ITEMS).enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(&quote(item.as_ref()));
    }
    let more = items.len().saturating_sub(NAMED_ITEMS);
    if more > 0 {
        out.push_str(&format!(" and {more} more"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PKCS #8 of Ed25519, with the example key of RFC 8410 10.3.
    const KEY: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

    #[test]
    fn display_names_code_message_and_path() {
        let diagnostic = Diagnostic::new(codes::POLICY_DNS_NOT_ALLOWED, "dns name `a` is not allowed")
            .at(["extensions", "subjectAltName"])
            .within("x");
        assert_eq!(
            diagnostic.to_string(),
            "policy/dns-not-allowed: dns name `a` is not allowed (at x.extensions.subjectAltName)"
        );
    }

    #[test]
    fn quote_escapes_what_could_mislead_and_shortens() {
        assert_eq!(quote("a\u{202e}b\u{1b}[1m"), "`a\\u{202e}b\\u{1b}[1m`");
        assert_eq!(quote(&"x".repeat(200)).chars().count(), 99);
        let diagnostic =
            Diagnostic::new(codes::CONTEXT_VALUE, quote(KEY)).with_found(vec![KEY, "x"]).at([KEY]);
        let unquoted =
            Diagnostic::new(codes::CONTEXT_VALUE, format!("a {KEY}")).with_help(format!("add DNS:{KEY}"));
        assert_eq!((unquoted.message(), unquoted.help()), (ELIDED, Some(ELIDED)));
        assert_eq!(diagnostic.message(), "`[private key]`");
        assert_eq!(diagnostic.to_string(), "context/value: `[private key]` (at [private key])");
        let found = Data::List(vec![Data::from(ELIDED), Data::from("x")]);
        assert_eq!(diagnostic.found(), Some(&found));
        assert_eq!(quote("MCowBQYDK2VwAyEA"), "`MCowBQYDK2VwAyEA`");
        assert_eq!(quote_list(&["a", "b", "c", "d", "e", "f", "g"]), "`a`, `b`, `c`, `d`, `e` and 2 more");
    }

    #[test]
    fn an_error_has_at_least_one_diagnostic() {
        assert!(Error::from_diagnostics(Vec::new()).is_none());
    }
}
