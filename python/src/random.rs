//! What the engine takes as arguments and Python may leave out: randomness and serial numbers.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::certgate::signature::SignatureScheme;
use certgate_bindings::issue::{Inputs, Serial, parse_scheme};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::context::{GivenSerialNumber, GivenTime, unfit};
use crate::error::raise;
use crate::time::timestamp;

/// Octets of the system's randomness.
pub(crate) fn random<const N: usize>(py: Python<'_>) -> PyResult<[u8; N]> {
    py.detach(certgate_ops::pki::random).map_err(PyOSError::new_err)
}

/// The time that Python gives, or now; the serial number that it gives, or one of the system's randomness.
pub(crate) fn inputs(
    py: Python<'_>,
    at: Option<GivenTime<'_, '_>>,
    serial_number: Option<GivenSerialNumber<'_, '_>>,
) -> PyResult<Inputs> {
    let serial = match serial_number {
        None => Serial::Random(random(py)?),
        Some(GivenSerialNumber(value)) => Serial::Given(hexadecimal(&value)?),
    };
    Ok(Inputs { at: timestamp(py, at)?, serial })
}

/// A number in hexadecimal: of an `int`, or the text itself.
pub(crate) fn hexadecimal(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        Ok(text.to_string_lossy().into_owned())
    } else if value.cast::<PyInt>().is_ok() && value.cast::<PyBool>().is_err() {
        value.call_method1("__format__", ("x",))?.extract()
    } else {
        Err(unfit(value, &Path::from(["serialNumber"]))?)
    }
}

/// The signature scheme that Python names.
pub(crate) fn scheme(py: Python<'_>, name: Option<&str>) -> PyResult<Option<SignatureScheme>> {
    name.map(parse_scheme).transpose().map_err(|error| raise(py, &error))
}
