//! Inputs: bytes, text, and files by their path.

use std::borrow::Cow;

use certgate_bindings::certgate::limits::Limits;
use pyo3::exceptions::PyTypeError;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString};

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
