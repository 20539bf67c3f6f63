use std::sync::Arc;

use certgate::request::CertificationRequest;

use crate::error::{Error, ErrorKind};
use crate::view::RequestView;

/// A parsed certification request. Cheap to clone and to share between threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    request: Arc<CertificationRequest>,
}

impl Request {
    /// Reads one request in DER, PEM or base64.
    ///
    /// # Errors
    /// Anything that is not exactly one request, with code and place.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        CertificationRequest::from_bytes(input)
            .map(|request| Self { request: Arc::new(request) })
            .map_err(|error| Error::new(ErrorKind::Parse, &error))
    }

    /// The engine's request.
    pub fn as_core(&self) -> &CertificationRequest {
        &self.request
    }

    /// The DER encoding.
    pub fn der(&self) -> &[u8] {
        self.request.der()
    }

    /// Every field as plain data; verifies the signature.
    pub fn view(&self) -> RequestView {
        RequestView::new(&self.request)
    }
}

/// Reads a request and shows every field, the state of its signature, and everything odd about it.
///
/// # Errors
/// As [`Request::parse`].
pub fn inspect(input: &[u8]) -> Result<RequestView, Error> {
    Request::parse(input).map(|request| request.view())
}
