//! Certification requests.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{failure, view};

/// A parsed certification request.
#[wasm_bindgen]
pub struct Request {
    pub(crate) request: certgate_bindings::Request,
}

/// Reads one request.
#[wasm_bindgen(js_name = parseRequest)]
pub fn parse_request(input: &[u8]) -> Result<Request, JsValue> {
    certgate_bindings::Request::parse(input)
        .map(|request| Request { request })
        .map_err(|error| failure(&error))
}

#[wasm_bindgen]
impl Request {
    /// The DER encoding.
    pub fn der(&self) -> Vec<u8> {
        self.request.der().to_vec()
    }

    /// Every field as plain data.
    pub fn view(&self) -> JsValue {
        view(&self.request.view())
    }
}
