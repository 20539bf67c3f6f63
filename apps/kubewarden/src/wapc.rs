//! The same policy as a module of waPC: the operations `validate`, `validate_settings` and `protocol_version` of Kubewarden.
//! The host gives WASI too, for the time.

#![cfg(feature = "wapc")]
#![deny(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use wapc_guest::{CallResult, register_function};

mod clock;

/// What a host calls before all else.
#[expect(unsafe_code, reason = "a module of waPC is started by this name")]
#[unsafe(no_mangle)]
pub extern "C" fn wapc_init() {
    register_function("validate", |input| answer("validate", input));
    register_function("validate_settings", |input| answer("validate-settings", input));
    register_function("protocol_version", |_| Ok(br#""v1""#.to_vec()));
}

fn answer(word: &str, input: &[u8]) -> CallResult {
    Ok(certgate_webhook::kubewarden::run(word, input, clock::now())?.into_bytes())
}
