//! Lint.

use certgate_bindings::LintDocument;
use certgate_bindings::view::{LintRuleView, LintView};
use pyo3::prelude::*;

use crate::context::GivenTime;
use crate::error::raise;
use crate::input::LargeInput;
use crate::plain::{Plain, plain_list};
use crate::time::timestamp;

/// Holds everything in an input against the rules that bind those who issue: one request, or certificates and revocation
/// lists. One answer for each object, in order. `profile` is `rfc5280`, `cabf-tls`, `mozilla` or `private`; `at` is the day
/// whose rules count, by default when a certificate or list was made, as it says itself, and for requests now. Text is the
/// input itself, a path is read.
///
/// Raises `ParseError` for an input that cannot be read, or of which a part cannot, and `OSError` for a file that cannot be
/// read. What was found is an answer.
#[pyfunction]
#[pyo3(signature = (input, *, profile = "rfc5280", at = None))]
pub(crate) fn lint(
    py: Python<'_>,
    input: LargeInput<'_>,
    profile: &str,
    at: Option<GivenTime<'_, '_>>,
) -> PyResult<Vec<Plain<LintView>>> {
    let at = at.map(|at| timestamp(py, Some(at))).transpose()?;
    let mut options = LintDocument::from_value(serde_json::json!({ "profile": profile }))
        .map_err(|error| raise(py, &error))?;
    options.at = at.map(|at| at.to_string());
    let bytes = input.as_bytes();
    py.detach(|| certgate_bindings::lint(bytes, &options, certgate_ops::now()))
        .map(plain_list)
        .map_err(|error| raise(py, &error))
}

/// All rules of lint, sorted by code.
#[pyfunction]
pub(crate) fn lint_rules() -> Vec<Plain<LintRuleView>> {
    plain_list(certgate_bindings::lint_rules())
}
