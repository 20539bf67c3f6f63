use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It stops what was asked for.
    Error,
    /// It should be mended, and stops nothing.
    Warning,
    /// It is worth knowing.
    Notice,
}

impl Severity {
    /// The word of the interface: `error`, `warning` or `notice`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A stable code such as `policy/dns-not-allowed`: never renamed, never reused.
#[derive(Clone, Copy)]
pub struct Code(pub(super) &'static Entry);

/// One row of the code table.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) summary: &'static str,
    pub(super) help: &'static str,
    pub(super) citation: Option<&'static str>,
    pub(super) since: &'static str,
}

impl Code {
    /// The code itself.
    pub fn as_str(self) -> &'static str {
        self.0.code
    }

    /// The part before the slash: the stage that says it.
    pub fn stage(self) -> &'static str {
        self.0.code.split_once('/').map_or("", |(stage, _)| stage)
    }

    /// How bad it is, unless a profile says otherwise.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What it means, in one sentence.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// What to do about it, in general.
    pub fn help(self) -> &'static str {
        self.0.help
    }

    /// The clause that it rests on.
    pub fn citation(self) -> Option<&'static str> {
        self.0.citation
    }

    /// The version of certgate that first knew it.
    pub fn since(self) -> &'static str {
        self.0.since
    }

    /// Looks a code up by its text.
    pub fn find(code: &str) -> Option<Self> {
        Self::all().find(|known| known.as_str() == code)
    }

    /// All codes, sorted.
    pub fn all() -> impl Iterator<Item = Self> {
        super::codes::STAGES.iter().flat_map(|stage| stage.iter().copied())
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
