//! Times: aware datetimes and RFC 3339 text on the way in, aware datetimes in UTC on the way out.

use certgate_bindings::certgate::diagnostic::Path;
use certgate_bindings::certgate::time::Timestamp;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyString, PyTzInfo};
use pyo3::{PyTypeInfo, intern};
use serde_json::Value;

use crate::context::{GivenTime, plain, unfit};
use crate::error::raise;

/// The time that Python gives, or now.
pub(crate) fn timestamp(py: Python<'_>, at: Option<GivenTime<'_, '_>>) -> PyResult<Timestamp> {
    let time = match at {
        None => certgate_ops::now().ok_or_else(certgate_bindings::no_time),
        Some(GivenTime(value)) => {
            if let Some(time) = whole_second_in_utc(&value)? {
                return Ok(time);
            }
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

/// A datetime of `timezone.utc` without a fraction, which most are: it needs no text in between.
fn whole_second_in_utc(value: &Bound<'_, PyAny>) -> PyResult<Option<Timestamp>> {
    let py = value.py();
    let is_one = value.is_exact_instance_of::<PyDateTime>()
        && value.getattr(intern!(py, "tzinfo"))?.is(PyTzInfo::utc(py)?)
        && value.getattr(intern!(py, "microsecond"))?.extract::<i64>()? == 0;
    if !is_one {
        return Ok(None);
    }
    let field = |name: &Bound<'_, PyString>| value.getattr(name)?.extract::<i64>();
    Ok(Timestamp::from_civil(
        field(intern!(py, "year"))?,
        field(intern!(py, "month"))?,
        field(intern!(py, "day"))?,
        field(intern!(py, "hour"))?,
        field(intern!(py, "minute"))?,
        field(intern!(py, "second"))?,
    ))
}

/// An aware datetime in UTC.
pub(crate) fn datetime(py: Python<'_>, time: Timestamp) -> PyResult<Bound<'_, PyDateTime>> {
    let (year, month, day, hour, minute, second) = time.to_civil();
    let parts = (year, month, day, hour, minute, second, 0, PyTzInfo::utc(py)?);
    Ok(PyDateTime::type_object(py).call1(parts)?.cast_into()?)
}
