//! Inputs: bytes, text, and files by their path.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use certgate_bindings::certgate::limits::Limits;
use pyo3::exceptions::PyTypeError;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

use crate::certificate::Certificate;
use crate::context::{is_sequence, pairs_of};
use crate::request::Request;

/// The bytes of an input: borrowed from `bytes`, copied from all else. Text is the input itself; a path is read.
pub(crate) struct Input<'a>(Cow<'a, [u8]>);

impl Input<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Input<'a> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("certgate.types", "Input");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Self::within(object, &Limits::default())
    }
}

/// An input that may be as large as a revocation list.
pub(crate) struct LargeInput<'a>(Input<'a>);

impl LargeInput<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for LargeInput<'a> {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = Input::INPUT_TYPE;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Input::within(object, &Limits::revocation_list()).map(Self)
    }
}

impl<'a> Input<'a> {
    /// The bytes of an object; of a file, no more than the limits make of use.
    fn within(object: Borrowed<'a, '_, PyAny>, limits: &Limits) -> PyResult<Self> {
        if let Ok(bytes) = object.extract::<&'a [u8]>() {
            return Ok(Self(Cow::Borrowed(bytes)));
        }
        let owned = if let Ok(array) = object.cast::<PyByteArray>() {
            array.to_vec()
        } else if object.cast::<PyMemoryView>().is_ok() {
            bytes_of(object.call_method0("tobytes")?)?
        } else if let Ok(text) = object.cast::<PyString>() {
            text_of(text)?
        } else if object.hasattr("__fspath__")? {
            read(&object, limits)?
        } else {
            return Err(PyTypeError::new_err(format!(
                "expected bytes, bytearray, memoryview, str or os.PathLike, not {}",
                object.get_type().name()?
            )));
        };
        Ok(Self(Cow::Owned(owned)))
    }
}

/// Inputs with their names: of a mapping its keys, of a list or another sequence their indexes. Parsed requests and certificates are inputs
/// too.
pub(crate) fn named(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<(String, Vec<u8>)>> {
    if let Some(pairs) = pairs_of(given)? {
        return pairs.into_iter().map(|(name, input)| Ok((name.extract()?, content(&input)?))).collect();
    }
    if is_sequence(given) {
        let items = given.try_iter()?.enumerate();
        return items.map(|(index, input)| Ok((index.to_string(), content(&input?)?))).collect();
    }
    let kind = given.get_type().name()?;
    Err(PyTypeError::new_err(format!("{argument} are a list, a tuple or a dict, not {kind}")))
}

fn content(input: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(request) = input.cast::<Request>() {
        return Ok(request.get().request.der().to_vec());
    }
    if let Ok(certificate) = input.cast::<Certificate>() {
        return Ok(certificate.get().certificate.der().to_vec());
    }
    Ok(input.extract::<Input<'_>>()?.0.into_owned())
}

/// The same without owning it.
pub(crate) fn borrowed(named: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    named.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
}

/// The folder of a path; `None` of what is no path.
pub(crate) fn folder_of(input: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    if !input.hasattr("__fspath__")? {
        return Ok(None);
    }
    let path: PathBuf = input.extract()?;
    Ok(path.parent().map(Path::to_owned))
}

/// Text in UTF-8. Lone surrogates are kept, so that it is the engine that refuses them.
fn text_of(text: Borrowed<'_, '_, PyString>) -> PyResult<Vec<u8>> {
    match text.to_cow() {
        Ok(text) => Ok(text.into_owned().into_bytes()),
        Err(_) => bytes_of(text.call_method1("encode", ("utf-8", "surrogatepass"))?),
    }
}

/// The content of a file, by Python's own `open`: its exceptions name the file. No more is read than an input may have
/// and one byte, which is what the engine needs to refuse it.
fn read(path: &Bound<'_, PyAny>, limits: &Limits) -> PyResult<Vec<u8>> {
    let file = path.py().import("io")?.call_method1("open", (path, "rb"))?;
    let content = file.call_method1("read", (limits.text_bytes.saturating_add(1),));
    file.call_method0("close")?;
    bytes_of(content?)
}

fn bytes_of(object: Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    Ok(object.cast::<PyBytes>()?.as_bytes().to_vec())
}
