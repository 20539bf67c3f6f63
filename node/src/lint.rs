//! Lint.

use certgate_bindings::LintDocument;
use napi::bindgen_prelude::{Env, Result, Unknown};
use napi_derive::napi;

use crate::{answer, view};

/// Lints everything that an input holds; `now` is for requests, in RFC 3339.
#[napi(catch_unwind)]
pub fn lint<'env>(env: Env, input: &[u8], options: Unknown<'_>, now: String) -> Result<Unknown<'env>> {
    let options = LintDocument::from_value(env.from_js_value(options)?);
    answer(
        env,
        options.and_then(|options| {
            certgate_bindings::lint(input, &options, Some(certgate_bindings::parse_time(&now)?))
        }),
    )
}

/// All rules of lint.
#[napi(catch_unwind)]
pub fn lint_rules<'env>(env: Env) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::lint_rules())
}
