//! Certificates, and bundles of them.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{failure, view};

/// A parsed certificate.
#[wasm_bindgen]
pub struct Certificate {
    pub(crate) certificate: certgate_bindings::Certificate,
}

/// Reads one certificate.
#[wasm_bindgen(js_name = parseCertificate)]
pub fn parse_certificate(input: &[u8]) -> Result<Certificate, JsValue> {
    certgate_bindings::Certificate::parse(input)
        .map(|certificate| Certificate { certificate })
        .map_err(|error| failure(&error))
}

#[wasm_bindgen]
impl Certificate {
    /// The DER encoding.
    pub fn der(&self) -> Vec<u8> {
        self.certificate.der().to_vec()
    }

    /// The SHA-256 digest of the encoding in hexadecimal.
    pub fn fingerprint(&self) -> String {
        self.certificate.fingerprints().sha256
    }

    /// Whether the certificate is for a name.
    #[wasm_bindgen(js_name = isFor)]
    pub fn is_for(&self, name: &str) -> Result<bool, JsValue> {
        self.certificate.is_for(name).map_err(|error| failure(&error))
    }

    /// Every field as plain data.
    pub fn view(&self) -> JsValue {
        view(&self.certificate.view())
    }
}

/// Certificates and revocation lists, in order.
#[wasm_bindgen]
pub struct Bundle {
    pub(crate) bundle: certgate_bindings::Bundle,
}

/// Reads a bundle.
#[wasm_bindgen(js_name = parseBundle)]
pub fn parse_bundle(input: &[u8]) -> Result<Bundle, JsValue> {
    certgate_bindings::Bundle::parse(input).map(|bundle| Bundle { bundle }).map_err(|error| failure(&error))
}

/// A bundle of one certificate.
#[wasm_bindgen(js_name = bundleOf)]
pub fn bundle_of(certificate: &Certificate) -> Bundle {
    Bundle { bundle: std::iter::once(certificate.certificate.clone()).collect() }
}

/// A bundle of nothing.
#[wasm_bindgen(js_name = emptyBundle)]
pub fn empty_bundle() -> Bundle {
    Bundle { bundle: certgate_bindings::Bundle::default() }
}

#[wasm_bindgen]
impl Bundle {
    /// Adds what another bundle holds.
    pub fn extend(&mut self, other: &Bundle) {
        self.bundle.extend(other.bundle.clone());
    }

    /// The certificates in order.
    pub fn certificates(&self) -> Vec<Certificate> {
        let certificates = self.bundle.certificates().iter().cloned();
        certificates.map(|certificate| Certificate { certificate: certificate.into() }).collect()
    }

    /// Every field of the revocation lists in order.
    #[wasm_bindgen(js_name = revocationLists)]
    pub fn revocation_lists(&self) -> JsValue {
        view(&self.bundle.list_views())
    }

    /// What was passed over.
    pub fn findings(&self) -> JsValue {
        view(&self.bundle.findings())
    }
}
