//! Verification.

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::verify::VerifiedPath as CorePath;
use certgate_bindings::{Error, FailureView, VerifierDocument, VerifyDocument, view_path};
use certgate_ops::store::{self, StoreDescription};
use napi::bindgen_prelude::{Either, Env, Result, Unknown};
use napi_derive::napi;

use crate::certificate::{Bundle, Certificate};
use crate::held::Held;
use crate::{failure, time, view};

/// Trust anchors, intermediates and a profile.
#[napi]
pub struct Verifier {
    pub(crate) verifier: certgate_bindings::Verifier,
    store: Option<StoreDescription>,
}

/// What is known of revocation.
#[napi]
pub struct Evidence {
    pub(crate) evidence: Held<certgate_bindings::Evidence>,
}

/// A path that holds.
#[napi]
pub struct VerifiedPath {
    pub(crate) path: Held<CorePath>,
}

/// Makes a verifier: a [`Verifier`] or a failure.
#[napi(catch_unwind)]
pub fn new_verifier<'env>(
    env: Env,
    anchors: &Bundle,
    intermediates: &Bundle,
    options: Unknown<'_>,
) -> Result<Either<Verifier, Unknown<'env>>> {
    let document = VerifierDocument::from_value(env.from_js_value(options)?);
    make(env, anchors.bundle.get()?, intermediates, document, None)
}

/// Makes a verifier of a trust store: a [`Verifier`] or a failure.
#[napi(catch_unwind)]
pub fn new_verifier_of_store<'env>(
    env: Env,
    name: String,
    intermediates: &Bundle,
    options: Unknown<'_>,
) -> Result<Either<Verifier, Unknown<'env>>> {
    match store::read(&name) {
        Ok(store) => {
            let document = VerifierDocument::from_value(env.from_js_value(options)?);
            make(env, &store.bundle, intermediates, document, Some(store.description))
        }
        Err(message) => {
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["store"]);
            failure(env, &Error::from(diagnostic)).map(Either::B)
        }
    }
}

fn make<'env>(
    env: Env,
    anchors: &certgate_bindings::Bundle,
    intermediates: &Bundle,
    document: std::result::Result<VerifierDocument, Error>,
    store: Option<StoreDescription>,
) -> Result<Either<Verifier, Unknown<'env>>> {
    let intermediates = intermediates.bundle.get()?;
    let verifier =
        document.and_then(|document| certgate_bindings::Verifier::new(anchors, intermediates, &document));
    match verifier {
        Ok(verifier) => Ok(Either::A(Verifier { verifier, store })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

/// No evidence, to add to.
#[napi(catch_unwind)]
pub fn new_evidence() -> Evidence {
    Evidence { evidence: Held::new(certgate_bindings::Evidence::default()) }
}

#[napi]
impl Evidence {
    /// Adds the revocation lists of a bundle: nothing, or a failure.
    #[napi(catch_unwind)]
    pub fn add_lists<'env>(&mut self, env: Env, input: &[u8]) -> Result<Option<Unknown<'env>>> {
        self.evidence.get_mut()?.add_lists(input).err().map(|error| failure(env, &error)).transpose()
    }

    /// Adds an OCSP response: nothing, or a failure.
    #[napi(catch_unwind)]
    pub fn add_response<'env>(&mut self, env: Env, input: &[u8]) -> Result<Option<Unknown<'env>>> {
        self.evidence.get_mut()?.add_response(input).err().map(|error| failure(env, &error)).transpose()
    }

    /// The nonce that the responses must repeat.
    #[napi(catch_unwind)]
    pub fn set_nonce(&mut self, nonce: &[u8]) -> Result<()> {
        self.evidence.get_mut()?.nonce = Some(nonce.to_vec());
        Ok(())
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.evidence.free();
    }
}

#[napi]
impl Verifier {
    /// The trust store; null if the anchors were given.
    #[napi(catch_unwind)]
    pub fn store<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.store)
    }

    /// Verifies the first certificate of a bundle: a [`VerifiedPath`] or a failure.
    #[napi(catch_unwind)]
    pub fn verify<'env>(
        &self,
        env: Env,
        bundle: &Bundle,
        at: Option<String>,
        options: Unknown<'_>,
        evidence: &Evidence,
    ) -> Result<Either<VerifiedPath, Unknown<'env>>> {
        // First what JavaScript gives: reading it may run code that gives handles back.
        let document = VerifyDocument::from_value(env.from_js_value(options)?);
        self.judge(env, bundle.bundle.get()?, at, document, evidence)
    }

    /// Verifies the first certificate of an input that is a bundle: a [`VerifiedPath`] or a failure.
    #[napi(catch_unwind)]
    pub fn verify_input<'env>(
        &self,
        env: Env,
        input: &[u8],
        at: Option<String>,
        options: Unknown<'_>,
        evidence: &Evidence,
    ) -> Result<Either<VerifiedPath, Unknown<'env>>> {
        match certgate_bindings::Bundle::parse(input) {
            Ok(bundle) => {
                let document = VerifyDocument::from_value(env.from_js_value(options)?);
                self.judge(env, &bundle, at, document, evidence)
            }
            Err(error) => failure(env, &error).map(Either::B),
        }
    }

    fn judge<'env>(
        &self,
        env: Env,
        bundle: &certgate_bindings::Bundle,
        at: Option<String>,
        document: std::result::Result<VerifyDocument, Error>,
        evidence: &Evidence,
    ) -> Result<Either<VerifiedPath, Unknown<'env>>> {
        let evidence = evidence.evidence.get()?;
        let outcome = document
            .and_then(|document| self.verifier.verify_presented(bundle, time(at)?, &document, evidence));
        match outcome {
            Ok(Ok(path)) => Ok(Either::A(VerifiedPath { path: Held::new(path) })),
            Ok(Err(not_verified)) => view(env, &FailureView::from(not_verified)).map(Either::B),
            Err(error) => failure(env, &error).map(Either::B),
        }
    }
}

#[napi]
impl VerifiedPath {
    /// Number of certificates.
    #[napi(catch_unwind)]
    pub fn length(&self) -> Result<u32> {
        Ok(u32::try_from(self.path.get()?.certificates().len()).unwrap_or(u32::MAX))
    }

    /// One of them, by its index: leaf first, trust anchor last.
    #[napi(catch_unwind)]
    pub fn certificate(&self, index: u32) -> Result<Option<Certificate>> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        Ok(self.path.get()?.certificates().get(index).cloned().map(Certificate::from))
    }

    /// The path as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &view_path(self.path.get()?))
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.path.free();
    }
}
