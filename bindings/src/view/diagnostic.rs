use std::fmt;

use certgate::diagnostic::{Data, Diagnostic, Path, Span, Step};
use serde::{Deserialize, Serialize};

use crate::document::{Position, SourceText};

/// One thing to say about an input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiagnosticView {
    /// The stable code, such as `policy/dns-not-allowed`.
    pub code: String,
    /// `error`, `warning` or `notice`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["error", "warning", "notice"])))]
    pub severity: String,
    /// Where, in ASN.1 names and indexes from 0.
    pub path: Vec<StepView>,
    /// The bytes of the DER encoding, where they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<SpanView>,
    /// Line and column in a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// One lower-case sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The rule that decided, as a path into the policy document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Vec<StepView>>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<DataView>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<DataView>,
    /// The clause that the code rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// What belongs to it, such as one entry for each path that was tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<DiagnosticView>,
}

/// A field by its name, or an item by its index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum StepView {
    /// An item.
    Index(usize),
    /// A field.
    Field(String),
}

/// A range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpanView {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// Text, number, yes or no, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum DataView {
    /// Yes or no.
    Boolean(bool),
    /// A number.
    Integer(i64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<DataView>),
}

impl DiagnosticView {
    /// A diagnostic about DER or a decision; `span` is that of the diagnostic, if it has one.
    pub fn new(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code().as_str().to_owned(),
            severity: diagnostic.severity().as_str().to_owned(),
            path: steps(diagnostic.path()),
            span: diagnostic.span().map(SpanView::new),
            position: None,
            message: diagnostic.message().to_owned(),
            help: diagnostic.help().map(str::to_owned),
            rule: diagnostic.rule().map(steps),
            found: diagnostic.found().map(DataView::new),
            expected: diagnostic.expected().map(DataView::new),
            citation: diagnostic.citation().map(str::to_owned),
            related: diagnostic.related().iter().map(Self::new).collect(),
        }
    }

    /// A diagnostic about a DER encoding, with the bytes that `span` finds if the diagnostic has none.
    pub fn with_span(diagnostic: &Diagnostic, span: impl Fn(&Path) -> Option<Span>) -> Self {
        let span = diagnostic.span().or_else(|| span(diagnostic.path()));
        Self { span: span.map(SpanView::new), ..Self::new(diagnostic) }
    }

    /// The path as one text, such as `extensions.subjectAltName[2].dNSName`; empty if the whole input is meant.
    pub fn path_text(&self) -> String {
        path_text(&self.path)
    }

    /// A diagnostic about a document, with line and column of its text.
    pub(crate) fn in_document(diagnostic: &Diagnostic, source: &SourceText) -> Self {
        let position = source.place(diagnostic).map(|span| source.position(span.start));
        Self { span: None, position, ..Self::new(diagnostic) }
    }
}

impl fmt::Display for DiagnosticView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        match self.position {
            Some(position) => write!(f, " (line {}, column {})", position.line, position.column),
            None if self.path.is_empty() => Ok(()),
            None => write!(f, " (at {})", path_text(&self.path)),
        }
    }
}

impl SpanView {
    fn new(span: Span) -> Self {
        Self { start: span.start, end: span.end }
    }
}

impl DataView {
    pub(crate) fn new(data: &Data) -> Self {
        match data {
            Data::Boolean(value) => Self::Boolean(*value),
            Data::Integer(number) => Self::Integer(*number),
            Data::List(items) => Self::List(items.iter().map(Self::new).collect()),
            Data::Text(text) => Self::Text(text.clone()),
        }
    }
}

pub(crate) fn steps(path: &Path) -> Vec<StepView> {
    path.steps()
        .iter()
        .map(|step| match step {
            Step::Field(field) => StepView::Field(field.to_string()),
            Step::Index(index) => StepView::Index(*index),
        })
        .collect()
}

/// `extensions.subjectAltName[2].dNSName`
pub(crate) fn path_text(path: &[StepView]) -> String {
    let steps: Vec<Step> = path
        .iter()
        .map(|step| match step {
            StepView::Field(field) => Step::from(field.clone()),
            StepView::Index(index) => Step::Index(*index),
        })
        .collect();
    Path::from(steps).to_string()
}
