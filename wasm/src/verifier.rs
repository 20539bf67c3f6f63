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
        self.judge(&bundle.bundle, at, options, evidence)
    }

    /// Verifies the first certificate of an input that is a bundle.
    #[wasm_bindgen(js_name = verifyInput)]
    pub fn verify_input(
        &self,
        input: &[u8],
        at: &str,
        options: JsValue,
        evidence: &Evidence,
    ) -> Result<VerifiedPath, JsValue> {
        let bundle = certgate_bindings::Bundle::parse(input).map_err(|error| failure(&error))?;
        self.judge(&bundle, at, options, evidence)
    }

    fn judge(
        &self,
        bundle: &certgate_bindings::Bundle,
        at: &str,
        options: JsValue,
        evidence: &Evidence,
    ) -> Result<VerifiedPath, JsValue> {
        let outcome = VerifyDocument::from_value(plain(options)).and_then(|document| {
            let at = certgate_bindings::parse_time(at)?;
            self.verifier.verify_presented(bundle, at, &document, &evidence.evidence)
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
    /// Number of certificates.
    pub fn length(&self) -> u32 {
        u32::try_from(self.path.certificates().len()).unwrap_or(u32::MAX)
    }

    /// One of them, by its index: leaf first, trust anchor last.
    pub fn certificate(&self, index: u32) -> Option<Certificate> {
        let index = usize::try_from(index).ok()?;
        let certificate = self.path.certificates().get(index)?;
        Some(Certificate { certificate: certificate.clone().into() })
    }

    /// The path as plain data.
    pub fn view(&self) -> JsValue {
        view(&view_path(&self.path))
    }
}
