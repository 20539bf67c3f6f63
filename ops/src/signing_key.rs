//! Private keys by reference: a file, or a key in a module of PKCS #11.

use std::path::Path;

use certgate_bindings::certgate::crypto::Signer;
use certgate_bindings::issue::PrivateKey;
use zeroize::Zeroizing;

use crate::input;
use crate::passphrase::{Confirm, PassphraseSource};
#[cfg(feature = "pkcs11")]
use crate::pkcs11;

/// How a new private key is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyProtection {
    /// PKCS #8 in the clear; the file's mode 0600 is all that keeps it.
    #[default]
    File,
    /// PKCS #8 under a passphrase (PBES2, AES-256-CBC).
    Passphrase {
        /// Where the passphrase comes from.
        source: PassphraseSource,
        /// `scrypt` or `pbkdf2`.
        derivation: String,
    },
}

/// How references to keys in modules of PKCS #11 begin (RFC 7512).
const SCHEME: &str = "pkcs11:";

/// The key of a reference: the name of a file, or a URI `pkcs11:…`. An encrypted file is opened with the passphrase of
/// `source`, and so is a module whose URI names no `pin-source`.
///
/// # Errors
/// A file, a module or a passphrase that does not do, in one sentence.
pub fn open(reference: &str, source: &PassphraseSource) -> Result<Box<dyn Signer>, String> {
    if !reference.starts_with(SCHEME) {
        let key = open_file(Path::new(reference), source)?;
        return Ok(Box::new(key));
    }
    #[cfg(feature = "pkcs11")]
    return Ok(Box::new(pkcs11::open(reference, source)?));
    #[cfg(not(feature = "pkcs11"))]
    Err("this certgate was built without PKCS #11: build it with --features pkcs11".to_owned())
}

/// The key of a file, opened with the passphrase of `source` if it is encrypted.
///
/// # Errors
/// As [`open`].
pub fn open_file(path: &Path, source: &PassphraseSource) -> Result<PrivateKey, String> {
    let bytes = Zeroizing::new(input::read_file(path)?);
    parse(&bytes, &path.display().to_string(), source)
}

/// The key of the contents of a file.
///
/// # Errors
/// As [`open`].
pub fn parse(bytes: &[u8], name: &str, source: &PassphraseSource) -> Result<PrivateKey, String> {
    let key = if PrivateKey::is_encrypted(bytes) {
        PrivateKey::parse_with_passphrase(bytes, &source.read(name, Confirm::No)?)
    } else {
        PrivateKey::parse(bytes)
    };
    key.map_err(|error| format!("{name}: {error}"))
}

/// The text of a new key's file.
///
/// # Errors
/// A passphrase that cannot be read, in one sentence.
pub fn to_pem(key: &PrivateKey, name: &str, protection: &KeyProtection) -> Result<Zeroizing<String>, String> {
    match protection {
        KeyProtection::File => key.to_pem().map_err(|error| error.to_string()),
        KeyProtection::Passphrase { source, derivation } => {
            let passphrase = source.read(name, Confirm::Yes)?;
            key.to_encrypted_pem(&passphrase, derivation, crate::pki::seed()?)
                .map(Zeroizing::new)
                .map_err(|error| error.to_string())
        }
    }
}
