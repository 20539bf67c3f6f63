//! Times: aware datetimes and RFC 3339 text on the way in, aware datetimes in UTC on the way out.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::certgate::time::Timestamp;
use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyTzInfo};
use serde_json::Value;

use crate::context::{GivenTime, plain, unfit};
use crate::error::raise;

/// The time that Python gives, or now.
pub(crate) fn timestamp(py: Python<'_>, at: Option<GivenTime<'_, '_>>) -> PyResult<Timestamp> {
    let time = match at {
        None => certgate_ops::now().ok_or_else(certgate_bindings::no_time),
        Some(GivenTime(value)) => {
            let path = Path::from(["at"]);
            let text = match plain(&value, &path)? {
                Value::String(text) => text,
                _ => return Err(unfit(&value, &path)?),
            };
            certgate_bindings::parse_time(&text)
        }
    };
    time.map_err(|error| raise(py, &error))
}

/// An aware datetime in UTC.
pub(crate) fn datetime(py: Python<'_>, time: Timestamp) -> PyResult<Bound<'_, PyDateTime>> {
    let (year, month, day, hour, minute, second) = time.to_civil();
    let parts = (year, month, day, hour, minute, second, 0, PyTzInfo::utc(py)?);
    Ok(PyDateTime::type_object(py).call1(parts)?.cast_into()?)
}
