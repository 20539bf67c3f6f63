//! Policies.

use certgate_bindings::certgate::diagnostic::{Path, Step};
use certgate_bindings::{Format, Position, SourceText};
use js_sys::{Array, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::decision::Decision;
use crate::request::Request;
use crate::{context, failure, view};

/// A loaded policy.
#[wasm_bindgen]
pub struct Policy {
    pub(crate) policy: certgate_bindings::Policy,
}

/// Whether a text is read as JSON; else it is YAML, for the other module.
#[wasm_bindgen(js_name = isJson)]
pub fn is_json(text: &str) -> bool {
    SourceText::new(text).format() == Format::Json
}

/// Loads a policy from JSON.
#[wasm_bindgen(js_name = loadPolicy)]
pub fn load_policy(text: &str) -> Result<Policy, JsValue> {
    certgate_bindings::Policy::load(text).map(|policy| Policy { policy }).map_err(|error| failure(&error))
}

/// Loads a policy from JSON that was made from another text; `locate` gives `[line, column]` of that text for a path.
#[wasm_bindgen(js_name = loadConvertedPolicy)]
pub fn load_converted_policy(json: &str, source: &str, locate: &Function) -> Result<Policy, JsValue> {
    let locate = |path: &Path| {
        let steps: Array = path
            .steps()
            .iter()
            .map(|step| match step {
                Step::Field(field) => JsValue::from_str(field),
                Step::Index(index) => JsValue::from(*index),
            })
            .collect();
        let place = locate.call1(&JsValue::NULL, &steps).ok()?;
        let (line, column): (u32, u32) = serde_wasm_bindgen::from_value(place).ok()?;
        Some(Position { line, column })
    };
    certgate_bindings::Policy::load_converted(json, source, locate)
        .map(|policy| Policy { policy })
        .map_err(|error| failure(&error))
}

#[wasm_bindgen]
impl Policy {
    /// The policy's name.
    pub fn id(&self) -> String {
        self.policy.id().to_owned()
    }

    /// The digest of the canonical form.
    pub fn digest(&self) -> String {
        self.policy.digest().to_owned()
    }

    /// The text that it was loaded from.
    pub fn source(&self) -> String {
        self.policy.source().as_str().to_owned()
    }

    /// The canonical form.
    #[wasm_bindgen(js_name = canonicalJson)]
    pub fn canonical_json(&self) -> String {
        self.policy.canonical_json()
    }

    /// Name, digest, description and warnings.
    pub fn view(&self) -> JsValue {
        view(&self.policy.view())
    }

    /// Judges a request.
    pub fn evaluate(&self, input: &[u8], given: JsValue, at: &str) -> Result<Decision, JsValue> {
        let request = certgate_bindings::Request::parse(input).map_err(|error| failure(&error))?;
        self.judge(&request, given, at)
    }

    /// Judges a request that has been parsed.
    #[wasm_bindgen(js_name = evaluateRequest)]
    pub fn evaluate_request(&self, request: &Request, given: JsValue, at: &str) -> Result<Decision, JsValue> {
        self.judge(&request.request, given, at)
    }

    fn judge(
        &self,
        request: &certgate_bindings::Request,
        given: JsValue,
        at: &str,
    ) -> Result<Decision, JsValue> {
        let context = context(given, at)?;
        Ok(Decision { decision: self.policy.evaluate(request, &context) })
    }
}
