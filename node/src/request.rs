//! Certification requests.

use napi::bindgen_prelude::{Either, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::{failure, view};

/// A parsed certification request.
#[napi]
pub struct Request {
    pub(crate) request: certgate_bindings::Request,
}

/// Reads one request: a [`Request`] or a failure.
#[napi(catch_unwind)]
pub fn parse_request<'env>(env: Env, input: &[u8]) -> Result<Either<Request, Unknown<'env>>> {
    match certgate_bindings::Request::parse(input) {
        Ok(request) => Ok(Either::A(Request { request })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

#[napi]
impl Request {
    /// The DER encoding.
    #[napi(catch_unwind)]
    pub fn der(&self) -> Uint8Array {
        Uint8Array::from(self.request.der())
    }

    /// Every field as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.request.view())
    }
}
