//! Node host: converts between JavaScript values and `certgate-bindings`, and decides nothing.
//!
//! A call that fails returns `{ error }`; the TypeScript facade throws it. What is heavy is a handle, and becomes plain
//! objects when they are asked for.

use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{ContextDocument, Error, FailureView};
use napi::bindgen_prelude::{Env, Result, Unknown};
use napi_derive::napi;
use serde::Serialize;

/// Handles are given back in crowds, when JavaScript collects its garbage: the system's allocator merges and returns what is
/// asked for again at once, which took a quarter of the time of a call beside the signature. Its second version: the third ends a process
/// whose worker threads come and go before the main thread has loaded the addon.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod batch;
pub mod certificate;
pub mod command;
pub mod decision;
mod held;
pub mod issue;
pub mod lint;
pub mod policy;
pub mod request;
pub mod tools;
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
#[napi(catch_unwind)]
pub fn inspect<'env>(env: Env, input: &[u8]) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::inspect(input))
}

/// Reads a certificate and shows every field.
#[napi(catch_unwind)]
pub fn inspect_certificate<'env>(env: Env, input: &[u8]) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::inspect_certificate(input))
}

/// A profile and its rules; null if there is none of this name.
#[napi(catch_unwind)]
pub fn profile<'env>(env: Env, name: String) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::profile(&name))
}

/// What a code means; null if there is no such code.
#[napi(catch_unwind)]
pub fn explain<'env>(env: Env, code: String) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::explain(&code))
}

/// All codes.
#[napi(catch_unwind)]
pub fn explain_all<'env>(env: Env) -> Result<Unknown<'env>> {
    view(env, &certgate_bindings::explain_all())
}

/// Verifies one signature.
#[napi(catch_unwind)]
pub fn verify_signature<'env>(
    env: Env,
    public_key: &[u8],
    algorithm: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<Unknown<'env>> {
    answer(env, certgate_bindings::verify_signature(public_key, algorithm, message, signature))
}

/// Selects the back ends by name, once: for tests.
#[napi(catch_unwind)]
pub fn select_crypto(name: String) -> bool {
    certgate_bindings::select_crypto(&name)
}

/// The most bytes that any input may have.
#[napi(catch_unwind)]
pub fn longest_input() -> Result<u32> {
    Ok(u32::try_from(certgate_bindings::longest_input()).unwrap_or(u32::MAX))
}

/// The failure of an input that is longer.
#[napi(catch_unwind)]
pub fn too_long<'env>(env: Env, length: u32) -> Result<Unknown<'env>> {
    failure(env, &certgate_bindings::too_long(length.into()))
}

/// The version of the engine.
#[napi(catch_unwind)]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
