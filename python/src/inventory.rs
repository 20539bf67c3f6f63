//! Inventories: what was issued, and the audit log beside it. They are looked at, not changed.

use std::path::{Path, PathBuf};

use certgate_bindings::Error;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes, quote};
use certgate_bindings::certgate::time::Duration;
use certgate_ops::audit;
use certgate_ops::inventory::{Entry, export, serial_number};
use pyo3::prelude::*;
use pyo3::types::PyString;
use serde_json::Value;

use crate::certificate::Certificate;
use crate::context::{GivenDuration, GivenSerialNumber, GivenTime, plain, unfit};
use crate::diagnostic::hash_of;
use crate::error::raise;
use crate::plain::{Plain, plain_list};
use crate::random::hexadecimal;
use crate::time::timestamp;

/// The inventory of a CA, as `certgate issue` keeps it beside the CA's certificate. It is read anew by each call, so that it may
/// grow meanwhile, and is never changed. Inventories are equal if their paths are, and are pickled by them.
#[pyclass(frozen, module = "certgate")]
pub(crate) struct Inventory {
    path: PathBuf,
}

#[pymethods]
impl Inventory {
    /// Opens an inventory, which must be there.
    ///
    /// Raises `OSError` for a file that cannot be read, and `ParseError` for one that is no inventory.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.import("os")?.call_method1("stat", (&path,))?;
        let inventory = Self { path };
        inventory.read(py, |_| Ok(()))?;
        Ok(inventory)
    }

    /// The file.
    #[getter]
    fn path(&self) -> &Path {
        &self.path
    }

    /// All certificates, in the order in which their serial numbers were taken.
    ///
    /// Raises `ParseError` for an inventory that cannot be read.
    fn entries(&self, py: Python<'_>) -> PyResult<Vec<Plain<Entry>>> {
        self.read(py, |inventory| inventory.list()).map(plain_list)
    }

    /// The certificates that are not revoked and end within a time from `at`, which is now if left out; the first to end first.
    ///
    /// Raises `ParseError` for an inventory, a duration or a time that cannot be read.
    #[pyo3(signature = (within, *, at = None))]
    fn expiring(
        &self,
        py: Python<'_>,
        within: GivenDuration<'_, '_>,
        at: Option<GivenTime<'_, '_>>,
    ) -> PyResult<Vec<Plain<Entry>>> {
        let path = certgate_bindings::certgate::diagnostic::Path::from(["within"]);
        let Value::String(text) = plain(&within.0, &path)? else { return Err(unfit(&within.0, &path)?) };
        let at = timestamp(py, at)?;
        let before = Duration::parse(&text).and_then(|within| at.checked_add(within)).ok_or_else(|| {
            let message = format!("{} is no duration such as `30d`", quote(&text));
            raise(py, &Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(path)))
        })?;
        self.read(py, move |inventory| inventory.expiring(before)).map(plain_list)
    }

    /// The certificates with a serial number, an `int` or hexadecimal text; of several issuers, there may be several.
    ///
    /// Raises `ParseError` for an inventory or a number that cannot be read.
    fn show(&self, py: Python<'_>, serial_number: GivenSerialNumber<'_, '_>) -> PyResult<Vec<Plain<Entry>>> {
        self.find(py, &serial_number).map(plain_list)
    }

    /// The certificates with a serial number that were signed.
    ///
    /// Raises `ParseError` for an inventory or a number that cannot be read.
    fn certificates(
        &self,
        py: Python<'_>,
        serial_number: GivenSerialNumber<'_, '_>,
    ) -> PyResult<Vec<Certificate>> {
        let entries = self.find(py, &serial_number)?;
        let ders = entries.into_iter().filter_map(|entry| entry.der);
        let read = |der: Vec<u8>| {
            certgate_bindings::Certificate::parse(&der).map(|certificate| Certificate { certificate })
        };
        ders.map(read).collect::<Result<_, _>>().map_err(|error| raise(py, &error))
    }

    /// The whole inventory as text: `json`, `ndjson`, `csv` or `prometheus`. `at` is when the metrics are taken, by default now.
    ///
    /// Raises `ParseError` for an inventory that cannot be read, and a form that is not known.
    #[pyo3(signature = (format = "json", *, at = None))]
    fn export(&self, py: Python<'_>, format: &str, at: Option<GivenTime<'_, '_>>) -> PyResult<String> {
        let at = timestamp(py, at)?;
        let format = export::Format::from_name(format).ok_or_else(|| {
            let message = format!("{} is no form of an inventory", quote(format));
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["format"]);
            raise(py, &Error::from(diagnostic.with_help("give one of csv, json, ndjson, prometheus")))
        })?;
        self.read(py, move |inventory| export::write(inventory, &inventory.list()?, format, at))
    }

    /// Checks the audit log beside the inventory: its chain, its end, and that both tell of the same certificates. `head` is a
    /// digest that a former check gave, which must still be that of an entry. What is wrong is an answer: see `faults`.
    ///
    /// Raises `ParseError` for a log or an inventory that cannot be read.
    #[pyo3(signature = (*, head = None))]
    fn verify_audit(&self, py: Python<'_>, head: Option<String>) -> PyResult<Plain<audit::Report>> {
        self.read(py, move |inventory| audit::verify(inventory, head.as_deref())).map(Plain)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let path = PyString::new(py, &self.path.to_string_lossy()).repr()?;
        Ok(format!("<Inventory {}>", path.to_string_lossy()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.path == other.path
    }

    fn __hash__(&self) -> u64 {
        hash_of(&self.path)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (PathBuf,))> {
        Ok((py.get_type::<Self>().getattr("open")?, (self.path.clone(),)))
    }
}

impl Inventory {
    fn find(&self, py: Python<'_>, given: &GivenSerialNumber<'_, '_>) -> PyResult<Vec<Entry>> {
        let digits = hexadecimal(&given.0)?;
        let number = serial_number(&digits).ok_or_else(|| {
            let message = format!("{} is no serial number", quote(&digits));
            raise(py, &Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["serialNumber"])))
        })?;
        self.read(py, move |inventory| inventory.find(&number))
    }

    fn read<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&certgate_ops::inventory::Inventory) -> Result<T, String> + Send,
    ) -> PyResult<T> {
        let done = py.detach(|| {
            certgate_ops::inventory::Inventory::open_existing(&self.path)
                .and_then(|inventory| work(&inventory))
        });
        done.map_err(|message| {
            raise(py, &Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["inventory"])))
        })
    }
}
