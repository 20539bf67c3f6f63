//! Certification requests.

use napi::bindgen_prelude::{Either, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::held::Held;
use crate::{failure, view};

/// A parsed certification request.
#[napi]
pub struct Request {
    pub(crate) request: Held<certgate_bindings::Request>,
}

/// Reads one request: a [`Request`] or a failure.
#[napi(catch_unwind)]
pub fn parse_request<'env>(env: Env, input: &[u8]) -> Result<Either<Request, Unknown<'env>>> {
    match certgate_bindings::Request::parse(input) {
        Ok(request) => Ok(Either::A(Request { request: Held::new(request) })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

#[napi]
impl Request {
    /// The DER encoding.
    #[napi(catch_unwind)]
    pub fn der(&self) -> Result<Uint8Array> {
        Ok(Uint8Array::from(self.request.get()?.der()))
    }

    /// Every field as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.request.get()?.view())
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.request.free();
    }
}
