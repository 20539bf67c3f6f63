//! WebAssembly host of the YAML reader: from a policy in YAML to JSON, and from paths to lines and columns.

use certgate_bindings::certgate::diagnostic::{Path, Step};
use certgate_bindings::{Error, SourceText};
use js_sys::Array;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The call failed.
#[derive(Serialize)]
struct Failure {
    error: certgate_bindings::ErrorView,
}

/// A policy's text.
#[wasm_bindgen]
pub struct PolicyText {
    source: SourceText,
    json: String,
}

/// Reads a policy in YAML or JSON.
#[wasm_bindgen(js_name = readPolicy)]
pub fn read_policy(text: &str) -> Result<PolicyText, JsValue> {
    let failure = |error: Error| {
        Failure { error: error.view() }.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
    };
    let json = certgate_bindings::policy_to_json(text).map_err(failure)?;
    Ok(PolicyText { source: SourceText::new(text), json })
}

#[wasm_bindgen]
impl PolicyText {
    /// The canonical form.
    pub fn json(&self) -> String {
        self.json.clone()
    }

    /// Line and column of what a path names; undefined if that is nowhere.
    pub fn locate(&self, path: &Array) -> Option<Vec<u32>> {
        let steps: Vec<Step> = path
            .iter()
            .filter_map(|step| {
                step.as_string()
                    .map(Step::from)
                    .or_else(|| serde_wasm_bindgen::from_value(step).ok().map(Step::Index))
            })
            .collect();
        let position = self.source.locate(&Path::from(steps)).map(|span| self.source.position(span.start))?;
        Some(vec![position.line, position.column])
    }
}
