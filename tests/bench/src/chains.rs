//! Chains of three: a root, an intermediate, and many leaves of different names and keys.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use certgate::certificate::Certificate;
use certgate::crypto::{KeyKind, PrivateKey, RsaBits, Signer};
use certgate::key::KeyAlgorithm;
use certgate_tests::certificate::Cert;
use certgate_tests::der::{bits, null, oid, seq};
use certgate_tests::request::{ECDSA_SHA256, SHA256_RSA};

/// A root, an intermediate, and leaves of the names that [`host`] gives.
pub struct Chains {
    pub title: &'static str,
    pub root: Vec<u8>,
    pub intermediate: Vec<u8>,
    pub leaves: Vec<Vec<u8>>,
}

/// The name of a leaf.
pub fn host(number: usize) -> String {
    format!("host-{number}.bench.example.com")
}

/// The keys of the CAs.
#[derive(Clone, Copy)]
pub enum Authorities {
    P256,
    Rsa2048,
}

impl Authorities {
    /// File of the pool that the benchmarks of the hosts read.
    fn file(self) -> &'static str {
        match self {
            Self::P256 => "chain-p-256.pool",
            Self::Rsa2048 => "chain-rsa-2048.pool",
        }
    }

    fn key(self, seed: u8) -> PrivateKey {
        let kind = match self {
            Self::P256 => KeyKind::P256,
            Self::Rsa2048 => KeyKind::Rsa(RsaBits::B2048),
        };
        PrivateKey::generate(kind, [seed; 32]).expect("a key")
    }
}

impl Chains {
    /// The chains of a pool, with so many leaves.
    pub fn new(authorities: Authorities, leaves: usize) -> Self {
        let (root, intermediate) = (authorities.key(1), authorities.key(2));
        let leaf = |number| signed(Cert::leaf(&host(number), "ca"), &intermediate);
        Self {
            title: match authorities {
                Authorities::P256 => "P-256 all through",
                Authorities::Rsa2048 => "P-256 leaves under RSA-2048 CAs",
            },
            root: signed(Cert::root("root").set(|cert| cert.spki = root.public_key().der().to_vec()), &root),
            intermediate: signed(
                Cert::ca("ca", "root").set(|cert| cert.spki = intermediate.public_key().der().to_vec()),
                &root,
            ),
            leaves: (0..leaves).map(leaf).collect(),
        }
    }

    /// Writes the pool for the benchmarks of the hosts: root, intermediate, leaves.
    pub fn write(authorities: Authorities, leaves: usize, folder: &Path) {
        let path = folder.join(authorities.file());
        if path.exists() {
            return;
        }
        let chains = Self::new(authorities, leaves);
        let all = [&chains.root, &chains.intermediate].into_iter().chain(&chains.leaves);
        let pool: Vec<u8> =
            all.flat_map(|der| [&(der.len() as u32).to_be_bytes()[..], der].concat()).collect();
        fs::write(&path, pool).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// A certificate in DER as the engine holds it.
pub fn read(der: &[u8]) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(der).expect("a certificate"))
}

/// `cert` with the algorithm of a key, signed with it.
fn signed(mut cert: Cert, key: &PrivateKey) -> Vec<u8> {
    cert.algorithm = match key.public_key().algorithm() {
        Some(KeyAlgorithm::Rsa) => seq(&[oid(SHA256_RSA), null()]),
        _ => seq(&[oid(ECDSA_SHA256)]),
    };
    let tbs = cert.tbs();
    let signature = key.sign(&tbs).expect("a signature");
    seq(&[tbs, cert.algorithm, bits(&signature)])
}
