//! Lint.

use certgate_bindings::LintDocument;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{failure, plain, view};

/// Lints everything that an input holds; `now` is for requests, in RFC 3339.
#[wasm_bindgen]
pub fn lint(input: &[u8], options: JsValue, now: &str) -> Result<JsValue, JsValue> {
    LintDocument::from_value(plain(options))
        .and_then(|options| {
            certgate_bindings::lint(input, &options, Some(certgate_bindings::parse_time(now)?))
        })
        .map(|views| view(&views))
        .map_err(|error| failure(&error))
}

/// All rules of lint.
#[wasm_bindgen(js_name = lintRules)]
pub fn lint_rules() -> JsValue {
    view(&certgate_bindings::lint_rules())
}
