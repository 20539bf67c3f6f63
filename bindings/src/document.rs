//! Reading YAML and JSON documents into typed values, with a code, a path and a place for every fault.

use std::sync::Arc;

use certgate::content;
use certgate::diagnostic::{Code, Diagnostic, ELIDED, Error, Path, Span, Step, codes, push_visible, quote};
use serde::de::DeserializeOwned;

mod json;
mod locate;
mod node;
mod value;
#[cfg(feature = "yaml")]
mod yaml;

/// Longest document in bytes: a policy with 10,000 rules has less than 1 MiB.
const LONGEST: usize = 4 << 20;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2.
    Yaml,
}

impl Format {
    /// JSON if the text begins with a brace or a bracket, else YAML.
    pub fn detect(text: &str) -> Self {
        if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
            Self::Json
        } else {
            Self::Yaml
        }
    }
}

/// A document's text, for lines and columns of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// Empty if the document is longer than what is read.
    text: Arc<str>,
    format: Format,
    length: usize,
}

/// A place in a text, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl SourceText {
    /// The text of a document, whose format is detected.
    pub fn new(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let length = text.len();
        // Refused by its length alone: nothing is allocated for it.
        let text = if length > LONGEST { "" } else { text };
        Self { text: text.into(), format: Format::detect(text), length }
    }

    /// The text; empty if it is longer than what is read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it is written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The bytes of the value that `path` names, or of the deepest value on the way to it.
    pub fn locate(&self, path: &Path) -> Option<Span> {
        match self.format {
            Format::Json => locate::json(&self.text, path.steps()),
            #[cfg(feature = "yaml")]
            Format::Yaml => locate::yaml(&self.text, path.steps()),
            #[cfg(not(feature = "yaml"))]
            Format::Yaml => None,
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(&self.text);
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let number = |count: usize| u32::try_from(count.saturating_add(1)).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column) }
    }

    /// Reads the document into a type. Faults carry a path, and as their span the bytes of the text.
    pub(crate) fn read<T: DeserializeOwned>(&self, family: &CodeFamily) -> Result<T, Error> {
        if self.length > LONGEST {
            let message = format!("the text has {} bytes, more than {LONGEST}", self.length);
            return Err(Diagnostic::new(family.budget, message).into());
        }
        // A key is no document. It gets no span, so that no report shows its text.
        if family.refuses_keys && content::holds_private_key(&self.text) {
            let diagnostic = Diagnostic::new(codes::INPUT_PRIVATE_KEY, "the text holds a private key");
            return Err(diagnostic
                .with_help("nothing was kept; a private key that has left its machine should be replaced")
                .into());
        }
        let node = match self.format {
            Format::Json => json::read(&self.text),
            #[cfg(feature = "yaml")]
            Format::Yaml => yaml::read(&self.text),
            #[cfg(not(feature = "yaml"))]
            Format::Yaml => Err(Fault {
                kind: FaultKind::Syntax,
                path: Vec::new(),
                message: "the text is not JSON, and this build reads no YAML".to_owned(),
                offset: Some(0),
            }),
        };
        let fault = match node.and_then(json::read_node) {
            Ok(value) => return Ok(value),
            Err(fault) => fault,
        };
        let (mut diagnostic, offset) = fault.into_diagnostic(family);
        let located = self.locate(diagnostic.path());
        let span = match offset {
            Some(offset) if located.is_none() || diagnostic.code() == family.syntax => {
                Some(Span { start: offset, end: offset })
            }
            _ => located,
        };
        if let Some(span) = span {
            diagnostic = diagnostic.with_span(span);
        }
        Err(diagnostic.into())
    }

    /// Adds to each diagnostic of a document that has a path and no place the bytes of the text.
    pub(crate) fn place(&self, diagnostic: &Diagnostic) -> Option<Span> {
        diagnostic.span().or_else(|| self.locate(diagnostic.path()))
    }
}

/// Reads a value that a host has converted from its own objects. Faults carry a path.
pub(crate) fn read_value<T: DeserializeOwned>(
    value: serde_json::Value,
    family: &CodeFamily,
) -> Result<T, Error> {
    json::read_node(value.into()).map_err(|fault| fault.into_diagnostic(family).0.into())
}

impl Fault {
    /// The diagnostic, and the byte offset of the place where reading stopped.
    fn into_diagnostic(self, family: &CodeFamily) -> (Diagnostic, Option<usize>) {
        let Self { kind, path, mut message, offset } = self;
        // Keys are input: one that is a private key is named nowhere.
        let shown = |text: &str| if content::holds_private_key(text) { ELIDED } else { text }.to_owned();
        let steps = path.into_iter().map(|step| match step {
            Step::Field(field) => Step::from(shown(&field)),
            index => index,
        });
        let mut path = Path::from(steps.collect::<Vec<_>>());
        let mut help = None;
        let code = match &kind {
            FaultKind::Budget => family.budget,
            FaultKind::DuplicateKey(_) => family.duplicate_key,
            FaultKind::MissingKey(_) => family.missing_key,
            FaultKind::Syntax => family.syntax,
            FaultKind::UnknownKey { .. } => family.unknown_key,
            FaultKind::Value => family.value,
        };
        match kind {
            FaultKind::UnknownKey { key, expected } => {
                message = format!("the key {} is not known", quote(&key));
                help = Some(suggest(&key, &expected));
                let key = shown(&key);
                if path.steps().last() != Some(&Step::from(key.clone())) {
                    path = path.join(key);
                }
            }
            FaultKind::MissingKey(key) => message = format!("the key {} is missing", quote(&key)),
            FaultKind::DuplicateKey(key) => {
                message = format!("the key {} comes twice", quote(&key));
                let key = shown(&key);
                if path.steps().last() != Some(&Step::from(key.clone())) {
                    path = path.join(key);
                }
            }
            _ => message = shortened(message),
        }
        let diagnostic = Diagnostic::new(code, message).at(path);
        let diagnostic = match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        };
        (diagnostic, offset)
    }
}

/// The codes of the faults of one kind of document.
pub(crate) struct CodeFamily {
    pub(crate) budget: Code,
    pub(crate) duplicate_key: Code,
    pub(crate) missing_key: Code,
    pub(crate) syntax: Code,
    pub(crate) unknown_key: Code,
    pub(crate) value: Code,
    /// Whether a private key anywhere in the text refuses it; a Secret of Kubernetes may have one.
    pub(crate) refuses_keys: bool,
}

impl CodeFamily {
    pub(crate) const POLICY: Self = Self {
        budget: codes::DOCUMENT_BUDGET,
        duplicate_key: codes::DOCUMENT_DUPLICATE_KEY,
        missing_key: codes::DOCUMENT_MISSING_KEY,
        syntax: codes::DOCUMENT_SYNTAX,
        unknown_key: codes::DOCUMENT_UNKNOWN_KEY,
        value: codes::DOCUMENT_VALUE,
        refuses_keys: true,
    };

    pub(crate) const CASES: Self = Self {
        budget: codes::CASE_SYNTAX,
        duplicate_key: codes::CASE_SYNTAX,
        missing_key: codes::CASE_SYNTAX,
        syntax: codes::CASE_SYNTAX,
        unknown_key: codes::CASE_SYNTAX,
        value: codes::CASE_SYNTAX,
        refuses_keys: true,
    };

    #[cfg(feature = "yaml")]
    pub(crate) const IMPORT: Self = Self {
        budget: codes::IMPORT_SYNTAX,
        duplicate_key: codes::IMPORT_SYNTAX,
        missing_key: codes::IMPORT_VALUE,
        syntax: codes::IMPORT_SYNTAX,
        unknown_key: codes::IMPORT_UNKNOWN_KEY,
        value: codes::IMPORT_VALUE,
        refuses_keys: true,
    };

    pub(crate) const CONTEXT: Self = Self {
        budget: codes::CONTEXT_SYNTAX,
        duplicate_key: codes::CONTEXT_SYNTAX,
        missing_key: codes::CONTEXT_VALUE,
        syntax: codes::CONTEXT_SYNTAX,
        unknown_key: codes::CONTEXT_UNKNOWN_KEY,
        value: codes::CONTEXT_VALUE,
        refuses_keys: true,
    };

    pub(crate) const KUBERNETES: Self = Self {
        budget: codes::CONTEXT_OBJECT,
        duplicate_key: codes::CONTEXT_OBJECT,
        missing_key: codes::CONTEXT_OBJECT,
        syntax: codes::CONTEXT_OBJECT,
        unknown_key: codes::CONTEXT_OBJECT,
        value: codes::CONTEXT_OBJECT,
        refuses_keys: false,
    };
}

/// What a reader found wrong.
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) path: Vec<Step>,
    pub(crate) message: String,
    pub(crate) offset: Option<usize>,
}

pub(crate) enum FaultKind {
    Budget,
    DuplicateKey(String),
    MissingKey(String),
    Syntax,
    UnknownKey { key: String, expected: Vec<String> },
    Value,
}

/// Names the nearest known key, or all of them.
fn suggest(key: &str, expected: &[String]) -> String {
    let nearest = expected
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&key.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .min();
    match nearest {
        Some((_, known)) => format!("write `{known}`"),
        None if expected.is_empty() => "no key is allowed here".to_owned(),
        None => format!("the keys here are {}", expected.join(", ")),
    }
}

/// The most of a text that a message repeats, in characters.
const REPEATED: usize = 40;

/// Cuts a text that serde repeats in its message: documents may hold what should not be shown again. What a terminal could take
/// for something else is escaped.
fn shortened(message: String) -> String {
    const START: &str = "string \"";
    let quoted = || {
        let (before, rest) = message.split_once(START)?;
        let (text, after) = rest.rsplit_once('"')?;
        if content::holds_private_key(text) {
            return Some(format!("{before}{ELIDED}{after}"));
        }
        let (end, _) = text.char_indices().nth(REPEATED)?;
        Some(format!("{before}{START}{}…\"{after}", text.get(..end)?))
    };
    let message = quoted().unwrap_or(message);
    let mut out = String::with_capacity(message.len());
    message.chars().for_each(|c| push_visible(&mut out, c));
    out
}
