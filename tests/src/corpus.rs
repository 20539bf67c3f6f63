//! The public requests of `../shared/vectors/csr`, each with what two oracles say of it.

use serde::Deserialize;
use serde_json::Value;

use crate::shared;
use crate::vector::{Expect, Vector};

/// One request of the corpus.
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
    pub oracles: Oracles,
}

/// What pyca/cryptography and OpenSSL say. Other keys of the manifest are not needed here.
#[derive(Deserialize)]
pub struct Oracles {
    file: String,
    bytes: usize,
    /// `ok`, or pyca's error.
    pub load: String,
    pub sigalg: Option<String>,
    pub key: Option<String>,
    /// pyca: whether the signature verifies, or its error.
    pub pyca_sig: Option<Value>,
    /// `sig-ok`, `sig-bad` or `load-error`.
    pub openssl: String,
    /// pyca: the types of the requested extensions, or its error.
    pub extensions: Option<Value>,
}

/// All files in the order of the manifest; `None` where there is no corpus.
pub fn files() -> Option<Vec<File>> {
    let folder = shared("csr")?;
    let manifest = std::fs::read(folder.join("manifest.json")).expect("the manifest");
    let manifest: Vec<Oracles> = serde_json::from_slice(&manifest).expect("the manifest in JSON");
    let read = |oracles: Oracles| {
        let bytes = std::fs::read(folder.join(&oracles.file)).expect("a file of the manifest");
        assert_eq!(bytes.len(), oracles.bytes, "the size of {}", oracles.file);
        File { name: oracles.file.clone(), bytes, oracles }
    };
    Some(manifest.into_iter().map(read).collect())
}

/// A file as an input of the policy of the vectors. Its verdict is not written down anywhere: hosts are only held to one
/// another with it.
pub fn vector(file: &File) -> Vector {
    Vector::new(format!("corpus/{}", file.name), file.bytes.clone(), Expect::NotApplicable)
}
