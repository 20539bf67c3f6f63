//! What the tests of certgate share: requests of every shape, made by code from fixed keys, with the verdict that each
//! must get.

pub mod certificate;
pub mod command;
pub mod corpus;
pub mod crash;
pub mod der;
pub mod exceptions;
pub mod generated;
pub mod keys;
pub mod limbo;
pub mod lint;
pub mod models;
pub mod parity;
pub mod paths;
pub mod peers;
pub mod pkits;
pub mod request;
pub mod revocation;
pub mod vector;
pub mod vectors;
pub mod webpki;
pub mod wycheproof;

use std::path::PathBuf;

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder").to_owned()
}

/// A file of the shared vectors, which a user's clone does not have. Says so when it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = root().parent()?.join("shared/vectors").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("absent, so not tested: ../shared/vectors/{}", path.file_name()?.to_string_lossy());
    None
}
