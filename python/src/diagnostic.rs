//! Diagnostics as frozen objects.

use std::hash::{DefaultHasher, Hash, Hasher};

use certgate_bindings::view::{DiagnosticView, SpanView, StepView};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::{PyString, PyTuple};

use crate::plain::{Plain, to_python};
use crate::shape::{CodeText, DataValue, SeverityText, tuple_of};

/// One thing to say about an input. `str()` gives code, message and place in one line.
#[pyclass(frozen, eq, hash, module = "certgate")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Diagnostic {
    view: DiagnosticView,
}

#[pymethods]
impl Diagnostic {
    /// The stable code, such as `policy/dns-not-allowed`; `explain` says what it means.
    #[getter]
    fn code(&self) -> CodeText {
        CodeText(self.view.code.clone())
    }

    /// `error`, `warning` or `notice`.
    #[getter]
    fn severity(&self) -> SeverityText {
        SeverityText(self.view.severity.clone())
    }

    /// Where, in ASN.1 names and indexes from 0.
    #[getter]
    fn path(&self) -> Steps {
        Steps(self.view.path.clone())
    }

    /// The bytes of the DER encoding, where they are known.
    #[getter]
    fn span(&self) -> Option<Span> {
        self.view.span.map(|SpanView { start, end }| Span { start, end })
    }

    /// Line and column in a document.
    #[getter]
    fn position(&self) -> Option<Position> {
        self.view.position.map(|place| Position { line: place.line, column: place.column })
    }

    /// One lower-case sentence.
    #[getter]
    fn message(&self) -> &str {
        &self.view.message
    }

    /// What to do about it.
    #[getter]
    fn help(&self) -> Option<&str> {
        self.view.help.as_deref()
    }

    /// The rule that decided, as a path into the policy document.
    #[getter]
    fn rule(&self) -> Option<Steps> {
        self.view.rule.clone().map(Steps)
    }

    /// What was found.
    #[getter]
    fn found(&self) -> Option<DataValue> {
        self.view.found.clone().map(DataValue)
    }

    /// What was expected.
    #[getter]
    fn expected(&self) -> Option<DataValue> {
        self.view.expected.clone().map(DataValue)
    }

    /// The clause that the code rests on, such as `RFC 5280 4.2.1.6`.
    #[getter]
    fn citation(&self) -> Option<&str> {
        self.view.citation.as_deref()
    }

    /// What belongs to it, such as one entry for each path that was tried.
    #[getter]
    fn related(&self) -> Diagnostics {
        Diagnostics(self.view.related.clone())
    }

    /// The diagnostic as plain data.
    fn to_dict(&self) -> Plain<DiagnosticView> {
        Plain(self.view.clone())
    }

    fn __str__(&self) -> String {
        self.view.to_string()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = PyString::new(py, &self.view.to_string()).repr()?;
        Ok(format!("<Diagnostic {}>", text.to_string_lossy()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        // Text of our own making for our own reading: no public way leads through it.
        let text = serde_json::to_string(&self.view).unwrap_or_default();
        Ok((py.get_type::<Self>().getattr("_from_json")?, (text,)))
    }

    #[staticmethod]
    fn _from_json(text: &str) -> PyResult<Self> {
        let fault = |error: serde_json::Error| pyo3::exceptions::PyValueError::new_err(error.to_string());
        Ok(Self { view: serde_json::from_str(text).map_err(fault)? })
    }
}

/// A range of bytes: `der[span.start:span.end]`.
#[pyclass(frozen, eq, hash, get_all, module = "certgate")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// Offset of the first byte.
    start: usize,
    /// Offset behind the last byte.
    end: usize,
}

#[pymethods]
impl Span {
    #[new]
    fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    fn __repr__(&self) -> String {
        format!("Span(start={}, end={})", self.start, self.end)
    }

    fn __getnewargs__(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

/// A place in a text: line and column from 1, columns count characters.
#[pyclass(frozen, eq, hash, get_all, module = "certgate")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    /// Line.
    line: u32,
    /// Column.
    column: u32,
}

#[pymethods]
impl Position {
    #[new]
    fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }

    fn __repr__(&self) -> String {
        format!("Position(line={}, column={})", self.line, self.column)
    }

    fn __getnewargs__(&self) -> (u32, u32) {
        (self.line, self.column)
    }
}

/// A tuple of diagnostics.
pub(crate) struct Diagnostics(pub(crate) Vec<DiagnosticView>);

impl<'py> IntoPyObject<'py> for Diagnostics {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = tuple_of::<Diagnostic>();

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let objects = self.0.into_iter().map(|view| Bound::new(py, Diagnostic { view }));
        PyTuple::new(py, objects.collect::<PyResult<Vec<_>>>()?)
    }
}

/// A path: fields by name, items by index.
pub(crate) struct Steps(Vec<StepView>);

impl<'py> IntoPyObject<'py> for Steps {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("certgate.types", "Path");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let steps = self.0.iter().map(|step| to_python(py, step));
        PyTuple::new(py, steps.collect::<PyResult<Vec<_>>>()?)
    }
}

/// A hash for objects that compare as equal when these parts do.
pub(crate) fn hash_of(parts: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}
