//! Certificates, and bundles of them.

use napi::bindgen_prelude::{Either, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::held::Held;
use crate::{failure, view};

/// A parsed certificate.
#[napi]
pub struct Certificate {
    pub(crate) certificate: Held<certgate_bindings::Certificate>,
}

impl<T: Into<certgate_bindings::Certificate>> From<T> for Certificate {
    fn from(certificate: T) -> Self {
        Self { certificate: Held::new(certificate.into()) }
    }
}

/// Reads one certificate: a [`Certificate`] or a failure.
#[napi(catch_unwind)]
pub fn parse_certificate<'env>(env: Env, input: &[u8]) -> Result<Either<Certificate, Unknown<'env>>> {
    match certgate_bindings::Certificate::parse(input) {
        Ok(certificate) => Ok(Either::A(Certificate { certificate: Held::new(certificate) })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

#[napi]
impl Certificate {
    /// The DER encoding.
    #[napi(catch_unwind)]
    pub fn der(&self) -> Result<Uint8Array> {
        Ok(Uint8Array::from(self.certificate.get()?.der()))
    }

    /// The SHA-256 digest of the encoding in hexadecimal.
    #[napi(catch_unwind)]
    pub fn fingerprint(&self) -> Result<String> {
        Ok(self.certificate.get()?.fingerprints().sha256)
    }

    /// Whether the certificate is for a name: yes, no, or a failure.
    #[napi(catch_unwind)]
    pub fn is_for<'env>(&self, env: Env, name: String) -> Result<Either<bool, Unknown<'env>>> {
        match self.certificate.get()?.is_for(&name) {
            Ok(answer) => Ok(Either::A(answer)),
            Err(error) => failure(env, &error).map(Either::B),
        }
    }

    /// Every field as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.certificate.get()?.view())
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.certificate.free();
    }
}

/// Certificates and revocation lists, in order.
#[napi]
pub struct Bundle {
    pub(crate) bundle: Held<certgate_bindings::Bundle>,
}

/// Reads a bundle: a [`Bundle`] or a failure.
#[napi(catch_unwind)]
pub fn parse_bundle<'env>(env: Env, input: &[u8]) -> Result<Either<Bundle, Unknown<'env>>> {
    match certgate_bindings::Bundle::parse(input) {
        Ok(bundle) => Ok(Either::A(Bundle { bundle: Held::new(bundle) })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

/// A bundle of one certificate.
#[napi(catch_unwind)]
pub fn bundle_of(certificate: &Certificate) -> Result<Bundle> {
    let bundle: certgate_bindings::Bundle = std::iter::once(certificate.certificate.get()?.clone()).collect();
    Ok(Bundle { bundle: Held::new(bundle) })
}

/// A bundle of nothing.
#[napi(catch_unwind)]
pub fn empty_bundle() -> Bundle {
    Bundle { bundle: Held::new(certgate_bindings::Bundle::default()) }
}

#[napi]
impl Bundle {
    /// Adds what another bundle holds.
    #[napi(catch_unwind)]
    pub fn extend(&mut self, other: &Bundle) -> Result<()> {
        let other = other.bundle.get()?.clone();
        self.bundle.get_mut()?.extend(other);
        Ok(())
    }

    /// The certificates in order.
    #[napi(catch_unwind)]
    pub fn certificates(&self) -> Result<Vec<Certificate>> {
        let certificates = self.bundle.get()?.certificates().iter().cloned();
        Ok(certificates.map(Certificate::from).collect())
    }

    /// Every field of the revocation lists in order.
    #[napi(catch_unwind)]
    pub fn revocation_lists<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.bundle.get()?.list_views())
    }

    /// What was passed over.
    #[napi(catch_unwind)]
    pub fn findings<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.bundle.get()?.findings())
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.bundle.free();
    }
}
