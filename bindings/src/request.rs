use std::sync::Arc;

use certgate::request::CertificationRequest;

use crate::error::{Error, ErrorKind};
use crate::view::{
    AttributeView, DiagnosticView, ExtensionView, FingerprintsView, NameView, PublicKeyView, RequestView,
    SignatureView, SubjectView, findings,
};

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

    /// Whether a certificate with the requested names would be for a name, as verification judges it (RFC 9525). The
    /// common name is never looked at.
    ///
    /// # Errors
    /// A text that is no name.
    pub fn is_for(&self, name: &str) -> Result<bool, Error> {
        let parsed = crate::verify::peer_name(name)?;
        Ok(self.request.subject_alt_names().iter().any(|named| parsed.is_covered_by(named)))
    }

    pub(crate) fn from_core(request: CertificationRequest) -> Self {
        Self { request: Arc::new(request) }
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

    /// The subject alone: the parts of [`Request::view`] for hosts that show one field at a time.
    pub fn subject(&self) -> SubjectView {
        SubjectView::new(self.request.subject())
    }

    /// The subject alternative names in order.
    pub fn subject_alt_names(&self) -> Vec<NameView> {
        NameView::all(&self.request)
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKeyView {
        PublicKeyView::new(self.request.public_key())
    }

    /// The signature and what became of it; verifies it once.
    pub fn signature(&self) -> SignatureView {
        SignatureView::new(&self.request)
    }

    /// Every attribute in order.
    pub fn attributes(&self) -> Vec<AttributeView> {
        AttributeView::all(&self.request)
    }

    /// Every requested extension in order.
    pub fn extensions(&self) -> Vec<ExtensionView> {
        ExtensionView::all(&self.request)
    }

    /// Digests of the request and of its key.
    pub fn fingerprints(&self) -> FingerprintsView {
        FingerprintsView::new(&self.request)
    }

    /// What is wrong or odd under any policy; verifies the signature once.
    pub fn findings(&self) -> Vec<DiagnosticView> {
        findings(&self.request)
    }
}

/// Reads a request and shows every field, the state of its signature, and everything odd about it.
///
/// # Errors
/// As [`Request::parse`].
pub fn inspect(input: &[u8]) -> Result<RequestView, Error> {
    Request::parse(input).map(|request| request.view())
}
