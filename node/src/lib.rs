//! Node host: converts between JavaScript values and `certgate-bindings`, and decides nothing.
//!
//! A call that fails returns `{ error }`; the TypeScript facade throws it. What is heavy is a handle, and becomes plain
//! objects when they are asked for.

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{ContextDocument, Error, FailureView};
use napi::bindgen_prelude::{Env, Result, Unknown};
use napi_derive::napi;
use serde::Serialize;

pub mod certificate;
pub mod command;
pub mod decision;
pub mod lint;
pub mod policy;
pub mod request;
pub mod verifier;

/// Plain data as JavaScript objects.
fn view<'env>(env: Env, value: &impl Serialize) -> Result<Unknown<'env>> {
    env.to_js_value(value)
}

/// A failure as JavaScript objects.
fn failure<'env>(env: Env, error: &Error) -> Result<Unknown<'env>> {
    view(env, &FailureView::from(error))
}

/// An answer, or a failure.
fn answer<'env, T: Serialize>(env: Env, result: std::result::Result<T, Error>) -> Result<Unknown<'env>> {
    match result {
        Ok(value) => view(env, &value),
        Err(error) => failure(env, &error),
    }
}

/// The time that JavaScript gives in RFC 3339, or now.
fn time(at: Option<String>) -> std::result::Result<Timestamp, Error> {
    match at {
        Some(text) => certgate_bindings::parse_time(&text),
        None => certgate_ops::now().ok_or_else(certgate_bindings::no_time),
    }
}

/// The context that JavaScript gives, at a time in RFC 3339 or now.
fn context(
    env: Env,
    context: Option<Unknown<'_>>,
    at: Option<String>,
) -> Result<std::result::Result<certgate_bindings::certgate::policy::Context, Error>> {
    let document = match context {
        None => Ok(ContextDocument::default()),
        Some(value) => ContextDocument::from_value(env.from_js_value(value)?),
    };
    Ok(document.and_then(|document| document.to_context(time(at)?)))
}

/// Reads a request and shows every field.
#[napi]
pub fn inspect<'env>(env: Env, input: &[u8]) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::inspect(input))
}

/// Reads a certificate and shows every field.
#[napi]
pub fn inspect_certificate<'env>(env: Env, input: &[u8]) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::inspect_certificate(input))
}

/// A profile and its rules; null if there is none of this name.
#[napi]
pub fn profile<'env>(env: Env, name: String) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::profile(&name))
}

/// What a code means; null if there is no such code.
#[napi]
pub fn explain<'env>(env: Env, code: String) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::explain(&code))
}

/// All codes.
#[napi]
pub fn explain_all<'env>(env: Env) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::explain_all())
}

/// Verifies one signature.
#[napi]
pub fn verify_signature<'env>(
    env: Env,
    public_key: &[u8],
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::verify_signature(public_key, algorithm, message, signature))
}

/// Selects the back ends by name, before anything is verified: for tests.
#[napi]
pub fn select_crypto(name: String) -> bool {
    certgate_bindings::select_crypto(&name)
}

/// The version of the engine.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
