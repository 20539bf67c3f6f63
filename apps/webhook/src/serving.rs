//! The serving certificate: read from a folder, taken over only if it is sound, replaced between two handshakes.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use certgate_bindings::certgate::certificate::Validity;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Bundle, Certificate};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::policies::Snapshot;

/// The files of a Secret of type kubernetes.io/tls.
pub(crate) const CERTIFICATE_FILE: &str = "tls.crt";
pub(crate) const KEY_FILE: &str = "tls.key";

/// The certificate that new connections get. Open ones keep theirs.
#[derive(Debug)]
pub(crate) struct Serving {
    current: RwLock<Arc<CertifiedKey>>,
}

/// A certificate that can be served, and its times.
#[derive(Debug)]
pub(crate) struct Loaded {
    key: Arc<CertifiedKey>,
    pub(crate) validity: Validity,
    pub(crate) sha256: String,
}

impl Serving {
    pub(crate) fn new(loaded: &Loaded) -> Self {
        Self { current: RwLock::new(Arc::clone(&loaded.key)) }
    }

    /// Serves another certificate from the next handshake on.
    pub(crate) fn replace(&self, loaded: &Loaded) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&loaded.key);
    }
}

impl ResolvesServerCert for Serving {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Loaded {
    /// Reads `tls.crt` and `tls.key` of a folder.
    ///
    /// # Errors
    /// As [`Loaded::from_snapshot`], and a folder that cannot be read.
    pub(crate) fn from_folder(folder: &Path, at: Timestamp) -> Result<Self, String> {
        Self::from_snapshot(&Snapshot::read(folder)?, at)
    }

    /// The certificate of a folder's files.
    ///
    /// # Errors
    /// A file that is missing or cannot be read, a key of another certificate, a certificate that is not valid at `at`.
    pub(crate) fn from_snapshot(snapshot: &Snapshot, at: Timestamp) -> Result<Self, String> {
        let file = |name| snapshot.file(name).ok_or_else(|| format!("there is no file {name}"));
        Self::from_pem(file(CERTIFICATE_FILE)?, file(KEY_FILE)?, at)
    }

    /// A certificate with its chain, and its key, both in PEM.
    ///
    /// # Errors
    /// As [`Loaded::from_snapshot`].
    pub(crate) fn from_pem(certificate: &[u8], key: &[u8], at: Timestamp) -> Result<Self, String> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{CERTIFICATE_FILE}: {error}"))?;
        let leaf = Bundle::parse(certificate).map_err(|error| format!("{CERTIFICATE_FILE}: {error}"))?;
        let leaf = leaf.certificates().first().cloned().map(Certificate::from);
        let leaf = leaf.ok_or_else(|| format!("{CERTIFICATE_FILE} holds no certificate"))?;
        let validity = leaf.as_core().validity();
        if let Some(fault) = out_of_time(validity, at) {
            return Err(format!("the certificate {fault}"));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("{KEY_FILE}: {error}"))?;
        let key = CertifiedKey::from_der(chain, key, &provider())
            .map_err(|error| format!("{KEY_FILE} and {CERTIFICATE_FILE}: {error}"))?;
        Ok(Self { key: Arc::new(key), validity, sha256: leaf.view().fingerprints.sha256 })
    }

    /// Whether clients get the same: the certificate, and those that it comes with.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.key.cert == other.key.cert
    }
}

/// What is wrong with a certificate at a time, as the end of a sentence. It is the same sentence at all later times.
pub(crate) fn out_of_time(validity: Validity, at: Timestamp) -> Option<String> {
    if at < validity.not_before {
        Some(format!("is not valid before {}", validity.not_before))
    } else if at > validity.not_after {
        Some(format!("is not valid after {}", validity.not_after))
    } else {
        None
    }
}

/// The cryptography of TLS.
pub(crate) fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}
