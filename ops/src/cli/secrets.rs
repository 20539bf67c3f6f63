//! Arguments about passphrases: where they come from, never what they are.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::passphrase::PassphraseSource;
use crate::signing_key::KeyProtection;

/// Where the passphrase of a private key that is read comes from.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct PassphraseArguments {
    /// The passphrase or PIN is the first line of this file; left out: the terminal asks
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_fd")]
    passphrase_file: Option<PathBuf>,
    /// The passphrase or PIN is the first line of this open descriptor
    #[arg(long, value_name = "NUMBER")]
    passphrase_fd: Option<u32>,
}

impl PassphraseArguments {
    pub(super) fn source(&self) -> PassphraseSource {
        match (&self.passphrase_file, self.passphrase_fd) {
            (Some(file), _) => PassphraseSource::File(file.clone()),
            (None, Some(number)) => PassphraseSource::Descriptor(number),
            (None, None) => PassphraseSource::Prompt,
        }
    }
}

/// How new private keys are written.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ProtectionArguments {
    /// Encrypt new private keys with a passphrase (PBES2, AES-256-CBC)
    #[arg(long)]
    encrypt: bool,
    /// How the key of the encryption is derived from the passphrase
    #[arg(long, value_enum, default_value_t, requires = "encrypt")]
    key_derivation: Derivation,
}

/// The key derivations of PBES2 that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Derivation {
    /// scrypt, N = 16384
    #[default]
    Scrypt,
    /// PBKDF2 with HMAC-SHA-256, 600,000 iterations: for readers that do not know scrypt
    Pbkdf2,
}

impl Derivation {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Scrypt => "scrypt",
            Self::Pbkdf2 => "pbkdf2",
        }
    }
}

impl ProtectionArguments {
    pub(super) fn encrypts(&self) -> bool {
        self.encrypt
    }

    pub(super) fn derivation(&self) -> &'static str {
        self.key_derivation.as_str()
    }

    pub(super) fn protection(&self, passphrase: &PassphraseArguments) -> KeyProtection {
        if self.encrypt {
            KeyProtection::Passphrase {
                source: passphrase.source(),
                derivation: self.key_derivation.as_str().to_owned(),
            }
        } else {
            KeyProtection::File
        }
    }
}
