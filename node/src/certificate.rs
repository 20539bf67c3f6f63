//! Certificates, and bundles of them.

use napi::bindgen_prelude::{Either, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::{failure, view};

/// A parsed certificate.
#[napi]
pub struct Certificate {
    pub(crate) certificate: certgate_bindings::Certificate,
}

/// Reads one certificate: a [`Certificate`] or a failure.
#[napi(catch_unwind)]
pub fn parse_certificate<'env>(env: Env, input: &[u8]) -> Result<Either<Certificate, Unknown<'env>>> {
    match certgate_bindings::Certificate::parse(input) {
        Ok(certificate) => Ok(Either::A(Certificate { certificate })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

#[napi]
impl Certificate {
    /// The DER encoding.
    #[napi(catch_unwind)]
    pub fn der(&self) -> Uint8Array {
        Uint8Array::from(self.certificate.der())
    }

    /// The SHA-256 digest of the encoding in hexadecimal.
    #[napi(catch_unwind)]
    pub fn fingerprint(&self) -> String {
        self.certificate.fingerprints().sha256
    }

    /// Whether the certificate is for a name: yes, no, or a failure.
    #[napi(catch_unwind)]
    pub fn is_for<'env>(&self, env: Env, name: String) -> Result<Either<bool, Unknown<'env>>> {
        match self.certificate.is_for(&name) {
            Ok(answer) => Ok(Either::A(answer)),
            Err(error) => failure(env, &error).map(Either::B),
        }
    }

    /// Every field as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.certificate.view())
    }
}

/// Certificates and revocation lists, in order.
#[napi]
pub struct Bundle {
    pub(crate) bundle: certgate_bindings::Bundle,
}

/// Reads a bundle: a [`Bundle`] or a failure.
#[napi(catch_unwind)]
pub fn parse_bundle<'env>(env: Env, input: &[u8]) -> Result<Either<Bundle, Unknown<'env>>> {
    match certgate_bindings::Bundle::parse(input) {
        Ok(bundle) => Ok(Either::A(Bundle { bundle })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

/// A bundle of one certificate.
#[napi(catch_unwind)]
pub fn bundle_of(certificate: &Certificate) -> Bundle {
    Bundle { bundle: std::iter::once(certificate.certificate.clone()).collect() }
}

/// A bundle of nothing.
#[napi(catch_unwind)]
pub fn empty_bundle() -> Bundle {
    Bundle { bundle: certgate_bindings::Bundle::default() }
}

#[napi]
impl Bundle {
    /// Adds what another bundle holds.
    #[napi(catch_unwind)]
    pub fn extend(&mut self, other: &Bundle) {
        self.bundle.extend(other.bundle.clone());
    }

    /// The certificates in order.
    #[napi(catch_unwind)]
    pub fn certificates(&self) -> Vec<Certificate> {
        let certificates = self.bundle.certificates().iter().cloned();
        certificates.map(|certificate| Certificate { certificate: certificate.into() }).collect()
    }

    /// Every field of the revocation lists in order.
    #[napi(catch_unwind)]
    pub fn revocation_lists<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.bundle.list_views())
    }

    /// What was passed over.
    #[napi(catch_unwind)]
    pub fn findings<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.bundle.findings())
    }
}
