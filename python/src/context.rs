//! Contexts and options: Python values as the plain data that the bindings read.

use certgate_bindings::certgate::diagnostic::{Diagnostic, Path, Step, codes, quote};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::{ContextDocument, Error, Format};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDateTime, PyDelta, PyDeltaAccess, PyDict, PyFloat, PyInt, PyList,
    PyMapping, PyMemoryView, PySequence, PyString, PyTuple,
};
use serde_json::{Map, Number, Value};

use crate::error::raise;
use crate::plain::Plain;
use crate::time::timestamp;

/// Deepest nesting of a context: facts hold lists, `extra` maps of lists. A value that holds itself ends here.
const DEEPEST: usize = 16;

/// Values in a context: 1,000 groups and as many facts with 50 values each. Lists that hold one another end here.
const MOST: usize = 100_000;

/// Declares a value that is read later, with its name in the stubs.
macro_rules! given {
    ($($(#[$doc:meta])* $name:ident: $hint:literal),* $(,)?) => {
        $($(#[$doc])*
        pub(crate) struct $name<'a, 'py>(pub(crate) Borrowed<'a, 'py, PyAny>);

        impl<'a, 'py> FromPyObject<'a, 'py> for $name<'a, 'py> {
            type Error = PyErr;

            const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("certgate.types", $hint);

            fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
                Ok(Self(object))
            }
        })*
    };
}

given!(
    /// A context as Python gives it.
    GivenContext: "Context",
    /// A file of cases as Python gives it: an input, whose path is known.
    GivenCases: "Input",
    /// Files as Python gives them: a mapping from names to inputs.
    GivenFiles: "Files",
    /// Requests as Python gives them: a list or tuple, or a mapping from names.
    GivenRequests: "Requests",
    /// A time as Python gives it: an aware datetime or RFC 3339 text.
    GivenTime: "Time",
    /// Loaded policies as Python gives them.
    GivenPolicySequence: "Policies",
    /// Certificate policies as Python gives them.
    GivenPolicies: "PoliciesDocument",
    /// What revocation means, as Python gives it.
    GivenRevocation: "RevocationDocument",
    /// Inputs as Python gives them: one, or a list or tuple of them.
    GivenInputs: "Inputs",
    /// Revocation lists as Python gives them: parsed ones, bundles, inputs, or a list or tuple of these.
    GivenRevocationLists: "RevocationLists",
    /// Texts as Python gives them: one, or a list or tuple of them.
    GivenTexts: "Texts",
    /// Certificates as Python gives them: one, a bundle, an input that is one, or a list or tuple of these.
    GivenCertificates: "Certificates",
    /// The name of a profile as Python gives it.
    GivenProfile: "ProfileWord",
    /// The word for rules of issuers as Python gives it.
    GivenIssuerRules: "IssuerRulesWord",
    /// The word for lifetimes beyond the issuer's as Python gives it.
    GivenBeyond: "BeyondWord",
    /// A length of time as Python gives it.
    GivenDuration: "Duration",
    /// A serial number as Python gives it.
    GivenSerialNumber: "SerialNumber",
    /// Who signs, as Python gives it.
    GivenSigner: "Signer",
    /// What was revoked, as Python gives it: one, or a list or tuple of them.
    GivenRevocations: "Revocations",
);

/// Declares that a value may be one or several.
macro_rules! several {
    ($($name:ident),*) => {
        $(impl<'py> $name<'_, 'py> {
            /// The items of a list or another sequence; of all else, itself.
            pub(crate) fn items(&self) -> PyResult<Vec<Bound<'py, PyAny>>> {
                items(&self.0)
            }
        })*
    };
}

several!(GivenInputs, GivenRevocationLists, GivenTexts, GivenCertificates, GivenRevocations);

fn items<'py>(given: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if is_sequence(given) { given.try_iter()?.collect() } else { Ok(vec![given.clone()]) }
}

/// Whether a value is a list, a tuple or another `Sequence` of several values: text and bytes are one.
pub(crate) fn is_sequence(value: &Bound<'_, PyAny>) -> bool {
    if value.cast::<PyList>().is_ok() || value.cast::<PyTuple>().is_ok() {
        return true;
    }
    let is_one = value.cast::<PyString>().is_ok()
        || value.cast::<PyBytes>().is_ok()
        || value.cast::<PyByteArray>().is_ok()
        || value.cast::<PyMemoryView>().is_ok();
    !is_one && value.cast::<PySequence>().is_ok()
}

/// What a dict or another `Mapping` holds now; `None` of what is none. Reading the values may run code of the caller, or of
/// another thread, that changes it.
pub(crate) fn pairs_of<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Pairs<'py>>> {
    let items = if let Ok(dict) = value.cast::<PyDict>() {
        // A list that nobody else has, made in one step.
        dict.items()
    } else if let Ok(mapping) = value.cast::<PyMapping>() {
        mapping.items()?
    } else {
        return Ok(None);
    };
    items.iter().map(|pair| pair.extract()).collect::<PyResult<_>>().map(Some)
}

/// Keys and values.
pub(crate) type Pairs<'py> = Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// The engine's context at a time, or now.
pub(crate) fn context(
    py: Python<'_>,
    given: Option<GivenContext<'_, '_>>,
    at: Option<GivenTime<'_, '_>>,
) -> PyResult<Context> {
    let document = document(py, given)?;
    let time = timestamp(py, at)?;
    document.to_context(time).map_err(|error| raise(py, &error))
}

/// The context as plain data.
pub(crate) fn document(py: Python<'_>, given: Option<GivenContext<'_, '_>>) -> PyResult<ContextDocument> {
    match given {
        None => Ok(ContextDocument::default()),
        Some(GivenContext(value)) => {
            ContextDocument::from_value(plain(&value, &Path::default())?).map_err(|error| raise(py, &error))
        }
    }
}

/// Reads a context in JSON as strictly as a file with one: no key twice, no unknown key, no nesting without end.
///
/// Raises `ParseError` for text that is no context, with line and column.
#[pyfunction]
pub(crate) fn read_context(py: Python<'_>, text: &str) -> PyResult<Plain<ContextDocument>> {
    let read = || match Format::detect(text) {
        Format::Json => ContextDocument::from_text(text),
        // No mapping in JSON begins so: the engine says what it is.
        Format::Yaml => ContextDocument::from_value(Value::String(text.to_owned())),
    };
    py.detach(read).map(Plain).map_err(|error| raise(py, &error))
}

/// Reads values, and counts them.
struct Reader {
    left: usize,
}

impl Reader {
    /// One Python value as plain data.
    fn plain(&mut self, value: &Bound<'_, PyAny>, path: &Path, depth: usize) -> PyResult<Value> {
        if depth > DEEPEST {
            return Err(fault(value.py(), path, format!("the value is nested deeper than {DEEPEST} levels")));
        }
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return Err(fault(value.py(), path, format!("there are more than {MOST} values"))),
        };
        // `bool` before `int`: it is a subclass.
        if value.is_none() {
            Ok(Value::Null)
        } else if let Ok(value) = value.cast::<PyBool>() {
            Ok(Value::Bool(value.is_true()))
        } else if value.cast::<PyInt>().is_ok() {
            integer(value, path)
        } else if let Ok(number) = value.cast::<PyFloat>() {
            let number = Number::from_f64(number.value());
            let infinite = || fault(value.py(), path, "the number is not finite".to_owned());
            number.map(Value::Number).ok_or_else(infinite)
        } else if let Ok(string) = value.cast::<PyString>() {
            text(string, path).map(Value::String)
        } else if let Some(pairs) = pairs_of(value)? {
            self.mapping(value.py(), pairs, path, depth)
        } else if is_sequence(value) {
            self.sequence(value, path, depth)
        } else if let Ok(time) = value.cast::<PyDateTime>() {
            moment(time, path)
        } else if let Ok(length) = value.cast::<PyDelta>() {
            duration(length, path)
        } else {
            Err(unfit(value, path)?)
        }
    }

    fn mapping(&mut self, py: Python<'_>, pairs: Pairs<'_>, path: &Path, depth: usize) -> PyResult<Value> {
        let mut map = Map::with_capacity(pairs.len());
        for (key, value) in pairs {
            let Ok(key) = key.cast::<PyString>() else {
                return Err(fault(py, path, format!("the key {} is no text", shown(&key)?)));
            };
            let key = text(key, path)?;
            let value = self.plain(&value, &path.join(Step::from(key.clone())), depth.saturating_add(1))?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }

    fn sequence(&mut self, items: &Bound<'_, PyAny>, path: &Path, depth: usize) -> PyResult<Value> {
        let items = items
            .try_iter()?
            .enumerate()
            .map(|(index, item)| self.plain(&item?, &path.join(Step::Index(index)), depth.saturating_add(1)));
        items.collect::<PyResult<_>>().map(Value::Array)
    }
}

/// One Python value as plain data, within the limits.
pub(crate) fn plain(value: &Bound<'_, PyAny>, path: &Path) -> PyResult<Value> {
    Reader { left: MOST }.plain(value, path, 0)
}

fn integer(value: &Bound<'_, PyAny>, path: &Path) -> PyResult<Value> {
    let number =
        value.extract::<i64>().map(Number::from).or_else(|_| value.extract::<u64>().map(Number::from));
    number
        .map(Value::Number)
        .map_err(|_| fault(value.py(), path, "the number has more than 64 bits".to_owned()))
}

fn text(value: &Bound<'_, PyString>, path: &Path) -> PyResult<String> {
    match value.to_cow() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(fault(value.py(), path, format!("the text {} is no Unicode", shown(value)?))),
    }
}

/// RFC 3339: what `isoformat` writes of an aware datetime.
fn moment(time: &Bound<'_, PyDateTime>, path: &Path) -> PyResult<Value> {
    if time.call_method0("utcoffset")?.is_none() {
        let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, "the datetime has no time zone");
        let help = "give it one: `datetime.now(timezone.utc)`";
        return Err(located(time.py(), diagnostic.with_help(help), path));
    }
    Ok(Value::String(time.call_method0("isoformat")?.extract()?))
}

/// Whole seconds, such as `3600s`.
fn duration(length: &Bound<'_, PyDelta>, path: &Path) -> PyResult<Value> {
    let seconds = i64::from(length.get_days())
        .checked_mul(86_400)
        .and_then(|days| days.checked_add(i64::from(length.get_seconds())));
    match (seconds, length.get_microseconds()) {
        (Some(seconds), 0) => Ok(Value::String(format!("{seconds}s"))),
        _ => Err(fault(length.py(), path, "the duration is not of whole seconds".to_owned())),
    }
}

pub(crate) fn unfit(value: &Bound<'_, PyAny>, path: &Path) -> PyResult<PyErr> {
    let kind = value.get_type().name()?;
    Ok(fault(value.py(), path, format!("a value of type `{kind}` is not understood here")))
}

fn fault(py: Python<'_>, path: &Path, message: String) -> PyErr {
    located(py, Diagnostic::new(codes::CONTEXT_VALUE, message), path)
}

fn located(py: Python<'_>, diagnostic: Diagnostic, path: &Path) -> PyErr {
    raise(py, &Error::from(diagnostic.at(path.clone())))
}

/// The value in Python's own notation, which escapes what cannot be printed; shortened.
fn shown(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(quote(&value.repr()?.to_string_lossy()))
}
