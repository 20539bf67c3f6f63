//! An authority or a certificate of a plan that is there, with its key, wherever that is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;
use certgate_bindings::issue::{self, PrivateKey};
use zeroize::Zeroizing;

use crate::input::read_file;
use crate::leaf::is_self_signed;
use crate::passphrase::PassphraseSource;
use crate::signing_key;

/// An authority or a certificate.
pub(super) struct Member {
    pub(super) certificate: Arc<Certificate>,
    /// The certificates above, the root last.
    pub(super) above: Vec<Arc<Certificate>>,
    pub(super) key: MemberKey,
    /// What leads from a root that was rotated to the one before.
    pub(super) bridge: Option<Arc<Certificate>>,
    /// The other generation of an authority that is being rotated.
    pub(super) also_trusted: Option<Arc<Certificate>>,
}

impl Member {
    /// The certificate and the intermediates above it; the root is left out, as TLS peers have it (RFC 8446 4.4.2).
    pub(super) fn chain_pem(&self) -> String {
        let intermediates = self.above.iter().filter(|certificate| !is_self_signed(certificate));
        let mut text = issue::certificate_pem(&self.certificate);
        for certificate in intermediates.chain(&self.bridge) {
            text.push_str(&issue::certificate_pem(certificate));
        }
        text
    }

    /// The certificate, and during a rotation the other generation: for those who trust it.
    pub(super) fn trusted_pem(&self) -> String {
        std::iter::once(&self.certificate)
            .chain(&self.also_trusted)
            .map(|certificate| issue::certificate_pem(certificate))
            .collect()
    }
}

/// A private key of a plan. An encrypted one is opened only when it is needed: a root that has nothing to sign asks nobody.
pub(super) struct MemberKey {
    file: PathBuf,
    passphrase: PassphraseSource,
    state: State,
}

enum State {
    /// At hand.
    Open(PrivateKey),
    /// In its file, and encrypted.
    Locked(Zeroizing<Vec<u8>>),
    /// Not in its file: kept offline, in an HSM, or on the server that uses it.
    Elsewhere,
}

impl MemberKey {
    /// What is in the file; a key whose file is not there is elsewhere.
    pub(super) fn read(file: &Path, passphrase: &PassphraseSource) -> Result<Self, String> {
        let mut key = Self { file: file.to_owned(), passphrase: passphrase.clone(), state: State::Elsewhere };
        if file.exists() {
            let bytes = Zeroizing::new(read_file(file)?);
            let name = file.display().to_string();
            key.state = if PrivateKey::is_encrypted(&bytes) && !passphrase.is_unattended() {
                State::Locked(bytes)
            } else {
                State::Open(signing_key::parse(&bytes, &name, passphrase)?)
            };
        }
        Ok(key)
    }

    /// A key that was just made.
    pub(super) fn new(file: &Path, passphrase: &PassphraseSource, key: PrivateKey) -> Self {
        Self { file: file.to_owned(), passphrase: passphrase.clone(), state: State::Open(key) }
    }

    /// The same with the key, which was found in another place than its file.
    pub(super) fn with(self, key: PrivateKey) -> Self {
        Self { state: State::Open(key), ..self }
    }

    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(self.state, State::Elsewhere)
    }

    /// Whether it is encrypted and has not been opened.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.state, State::Locked(_))
    }

    /// Whether the key, as far as it is open, is that of the certificate.
    pub(super) fn may_belong_to(&self, certificate: &Certificate) -> bool {
        match &self.state {
            State::Open(key) => key.belongs_to(certificate),
            State::Locked(_) | State::Elsewhere => true,
        }
    }

    /// The key, opened with its passphrase if that has not been done yet.
    pub(super) fn open(&mut self) -> Result<PrivateKey, String> {
        let name = self.file.display().to_string();
        match &self.state {
            State::Open(key) => Ok(key.clone()),
            State::Locked(bytes) => {
                let key = signing_key::parse(bytes, &name, &self.passphrase)?;
                self.state = State::Open(key.clone());
                Ok(key)
            }
            State::Elsewhere => Err(format!(
                "the private key {name} is not here, and something is to be signed with it: bring it, or let its holder sign by \
                 certgate ceremony"
            )),
        }
    }
}
