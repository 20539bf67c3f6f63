//! WebAssembly host: converts between JavaScript values and `certgate-bindings`, and decides nothing.
//!
//! A call that fails throws `{ error }`; the TypeScript facade makes an exception of it. Policies come as JSON; the text
//! that they were written in, and the places within it, are known to the module that read it.

use certgate_bindings::{ContextDocument, Error, FailureView};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

pub mod batch;
pub mod certificate;
pub mod content;
pub mod decision;
pub mod issue;
pub mod lint;
pub mod policy;
pub mod request;
pub mod verifier;

/// Plain data as JavaScript objects.
fn view(value: &impl Serialize) -> JsValue {
    // Plain data with text keys: serialising it cannot fail.
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

fn failure(error: &Error) -> JsValue {
    view(&FailureView::from(error))
}

/// A value of JavaScript as plain data; functions and symbols as null.
fn plain(value: JsValue) -> serde_json::Value {
    serde_wasm_bindgen::from_value(value).unwrap_or_default()
}

/// The context that JavaScript gives, at a time in RFC 3339.
fn context(context: JsValue, at: &str) -> Result<certgate_bindings::certgate::policy::Context, JsValue> {
    read_context(context, at).map_err(|error| failure(&error))
}

fn read_context(context: JsValue, at: &str) -> Result<certgate_bindings::certgate::policy::Context, Error> {
    let document = if context.is_null() || context.is_undefined() {
        Ok(ContextDocument::default())
    } else {
        ContextDocument::from_value(plain(context))
    };
    document.and_then(|document| document.to_context(certgate_bindings::parse_time(at)?))
}

/// Reads a request and shows every field.
#[wasm_bindgen]
pub fn inspect(input: &[u8]) -> Result<JsValue, JsValue> {
    certgate_bindings::inspect(input).map(|request| view(&request)).map_err(|error| failure(&error))
}

/// Reads a certificate and shows every field.
#[wasm_bindgen(js_name = inspectCertificate)]
pub fn inspect_certificate(input: &[u8]) -> Result<JsValue, JsValue> {
    certgate_bindings::inspect_certificate(input)
        .map(|certificate| view(&certificate))
        .map_err(|error| failure(&error))
}

/// A profile and its rules; null if there is none of this name.
#[wasm_bindgen]
pub fn profile(name: &str) -> JsValue {
    view(&certgate_bindings::profile(name))
}

/// What a code means; null if there is no such code.
#[wasm_bindgen]
pub fn explain(code: &str) -> JsValue {
    view(&certgate_bindings::explain(code))
}

/// All codes.
#[wasm_bindgen(js_name = explainAll)]
pub fn explain_all() -> JsValue {
    view(&certgate_bindings::explain_all())
}

/// Verifies one signature.
#[wasm_bindgen(js_name = verifySignature)]
pub fn verify_signature(
    public_key: &[u8],
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<JsValue, JsValue> {
    certgate_bindings::verify_signature(public_key, algorithm, message, signature)
        .map(|status| view(&status))
        .map_err(|error| failure(&error))
}

/// Selects the back ends by name, once: for tests.
#[wasm_bindgen(js_name = selectCrypto)]
pub fn select_crypto(name: &str) -> bool {
    certgate_bindings::select_crypto(name)
}

/// The most bytes that any input may have.
#[wasm_bindgen(js_name = longestInput)]
pub fn longest_input() -> u32 {
    u32::try_from(certgate_bindings::longest_input()).unwrap_or(u32::MAX)
}

/// The failure of an input that is longer.
#[wasm_bindgen(js_name = tooLong)]
pub fn too_long(length: u32) -> JsValue {
    failure(&certgate_bindings::too_long(length.into()))
}

/// The version of the engine.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
