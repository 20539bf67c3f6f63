//! Verification.

use certgate_bindings::certgate::verify::VerifiedPath as CorePath;
use certgate_bindings::{FailureView, VerifierDocument, VerifyDocument, view_path};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::certificate::{Bundle, Certificate};
use crate::{failure, plain, view};

/// Trust anchors, intermediates and a profile.
#[wasm_bindgen]
pub struct Verifier {
    pub(crate) verifier: certgate_bindings::Verifier,
}

/// What is known of revocation.
#[wasm_bindgen]
#[derive(Default)]
pub struct Evidence {
    pub(crate) evidence: certgate_bindings::Evidence,
}

/// A path that holds.
#[wasm_bindgen]
pub struct VerifiedPath {
    path: CorePath,
}

/// Makes a verifier.
#[wasm_bindgen(js_name = newVerifier)]
pub fn new_verifier(anchors: &Bundle, intermediates: &Bundle, options: JsValue) -> Result<Verifier, JsValue> {
    VerifierDocument::from_value(plain(options))
        .and_then(|document| {
            certgate_bindings::Verifier::new(&anchors.bundle, &intermediates.bundle, &document)
        })
        .map(|verifier| Verifier { verifier })
        .map_err(|error| failure(&error))
}

/// No evidence, to add to.
#[wasm_bindgen(js_name = newEvidence)]
pub fn new_evidence() -> Evidence {
    Evidence::default()
}

#[wasm_bindgen]
impl Evidence {
    /// Adds the revocation lists of a bundle.
    #[wasm_bindgen(js_name = addLists)]
    pub fn add_lists(&mut self, input: &[u8]) -> Result<(), JsValue> {
        self.evidence.add_lists(input).map_err(|error| failure(&error))
    }

    /// Adds an OCSP response.
    #[wasm_bindgen(js_name = addResponse)]
    pub fn add_response(&mut self, input: &[u8]) -> Result<(), JsValue> {
        self.evidence.add_response(input).map_err(|error| failure(&error))
    }

    /// The nonce that the responses must repeat.
    #[wasm_bindgen(js_name = setNonce)]
    pub fn set_nonce(&mut self, nonce: &[u8]) {
        self.evidence.nonce = Some(nonce.to_vec());
    }
}

#[wasm_bindgen]
impl Verifier {
    /// The trust store; null, for there is none here.
    pub fn store(&self) -> JsValue {
        JsValue::NULL
    }

    /// Verifies the first certificate of a bundle.
    pub fn verify(
        &self,
        bundle: &Bundle,
        at: &str,
        options: JsValue,
        evidence: &Evidence,
    ) -> Result<VerifiedPath, JsValue> {
        let outcome = VerifyDocument::from_value(plain(options)).and_then(|document| {
            let at = certgate_bindings::parse_time(at)?;
            self.verifier.verify_presented(&bundle.bundle, at, &document, &evidence.evidence)
        });
        match outcome {
            Ok(Ok(path)) => Ok(VerifiedPath { path }),
            Ok(Err(not_verified)) => Err(view(&FailureView::from(not_verified))),
            Err(error) => Err(failure(&error)),
        }
    }
}

#[wasm_bindgen]
impl VerifiedPath {
    /// The certificates, leaf first, trust anchor last.
    pub fn certificates(&self) -> Vec<Certificate> {
        let certificates = self.path.certificates().iter().cloned();
        certificates.map(|certificate| Certificate { certificate: certificate.into() }).collect()
    }

    /// The path as plain data.
    pub fn view(&self) -> JsValue {
        view(&view_path(&self.path))
    }
}
