//! Issuing: private keys, new requests, roots, and certificates of approving decisions.
//!
//! What permits is a handle that is taken once: [`Approval`], [`PreparedCertificate`]. The second use is an error with a code.

mod dev;
mod exact;
mod inputs;
mod issuer;
mod list;
mod once;
mod prepared;
mod request;
mod root;

use std::sync::Arc;

use certgate::certificate::Certificate as CoreCertificate;
use certgate::crl::CertificateList;
use certgate::crypto::{self, Signer};
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::issue::{
    self, IssueInputs, IssuedOcspResponse, ListScope, NewAuthority, NewOcspResponse, NewRevocationList,
    Responder,
};
use certgate::key::PublicKey;
use certgate::limits::Limits;
use certgate::name::{DnsName, GeneralName, IpAddress};
use certgate::oid::{Oid, OidKind};
use certgate::pem;
use certgate::request::NewRequest;
use certgate::signature::SignatureScheme;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::policy::Decision;
use crate::request::Request;

pub use dev::{DevAuthority, DevAuthorityDocument, DevCertificate, DevCertificateDocument, Seeds};
pub use exact::{ExactDocument, authority_policy, certificate_policy};
pub use inputs::{Inputs, Serial, parse_scheme};
pub use issuer::{BeyondWord, Issuer, IssuerOptions};
pub use list::{PreparedList, RevocationEntryDocument, RevocationList, RevocationListDocument};
pub use prepared::{Approval, IssuedCertificate, IssuedCertificateView, PreparedCertificate};
pub use request::{NewRequestDocument, PreparedRequest, request_like};
pub(crate) use request::{same_but_subject, same_request};
pub use root::{PreparedRoot, RootDocument};

/// A private key in memory. Nothing prints it, and it is wiped when it is dropped.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    key: Arc<crypto::PrivateKey>,
}

impl PrivateKey {
    /// Reads one private key: PKCS #8, SEC 1 or PKCS #1, in PEM or DER. `EC PARAMETERS`, which openssl puts in front, is
    /// passed over.
    ///
    /// # Errors
    /// `key/encrypted` for a key under a passphrase; `key/private-key` for anything else, and for several keys.
    pub fn parse(input: &[u8]) -> Result<Self, Error> {
        let der = private_der(input)?;
        Self::from_der(crypto::PrivateKey::from_der(&der))
    }

    /// As [`PrivateKey::parse`], for a key that is encrypted by PBES2 (RFC 8018 6.2), or one that is not.
    ///
    /// # Errors
    /// `key/encryption`, `key/encryption-cost`, `key/passphrase`; else as [`PrivateKey::parse`].
    pub fn parse_with_passphrase(input: &[u8], passphrase: &[u8]) -> Result<Self, Error> {
        let der = private_der(input)?;
        if !crypto::PrivateKey::is_encrypted_der(&der) {
            return Self::from_der(crypto::PrivateKey::from_der(&der));
        }
        let limits = crypto::DerivationLimits::default();
        Self::from_der(crypto::PrivateKey::from_encrypted_der(&der, passphrase, &limits))
    }

    /// Whether the input is one private key that wants a passphrase.
    pub fn is_encrypted(input: &[u8]) -> bool {
        private_der(input).is_ok_and(|der| crypto::PrivateKey::is_encrypted_der(&der))
    }

    fn from_der(key: Result<crypto::PrivateKey, certgate::diagnostic::Error>) -> Result<Self, Error> {
        key.map(|key| Self { key: Arc::new(key) }).map_err(|error| Error::new(ErrorKind::Parse, &error))
    }

    /// A new key of a kind such as `P-256`, `RSA-2048` or `Ed25519`, from 32 octets of the system's randomness.
    ///
    /// # Errors
    /// A kind that is not known.
    pub fn generate(kind: &str, seed: [u8; 32]) -> Result<Self, Error> {
        let Some(kind) = crypto::KeyKind::from_name(kind) else {
            let known: Vec<&str> = crypto::KeyKind::ALL.iter().map(|kind| kind.as_str()).collect();
            let message = format!("{} is no kind of key", quote(kind));
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["key"]);
            return Err(diagnostic.with_help(format!("give one of {}", known.join(", "))).into());
        };
        crypto::PrivateKey::generate(kind, seed)
            .map(|key| Self { key: Arc::new(key) })
            .map_err(|error| Error::new(ErrorKind::Issuance, &error))
    }

    /// The key in PKCS #8 PEM, not encrypted; wiped when it is dropped.
    ///
    /// # Errors
    /// A key without an encoding.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, Error> {
        let der = self.key.to_pkcs8_der().map_err(|error| Error::new(ErrorKind::Issuance, &error))?;
        Ok(Zeroizing::new(pem::encode("PRIVATE KEY", &der)))
    }

    /// The key in PKCS #8 PEM under a passphrase, by PBES2 with AES-256-CBC; `derivation` is `scrypt` or `pbkdf2`. Salt and
    /// initialisation vector come from `seed`: 32 octets of the system's randomness, used once.
    ///
    /// # Errors
    /// `key/passphrase` if it is empty; `context/value` for another derivation.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &[u8],
        derivation: &str,
        seed: [u8; 32],
    ) -> Result<String, Error> {
        let Some(derivation) = crypto::KeyDerivation::from_name(derivation) else {
            let message = format!("{} is no key derivation", quote(derivation));
            let diagnostic = Diagnostic::new(codes::CONTEXT_VALUE, message).at(["derivation"]);
            return Err(diagnostic.with_help("give scrypt or pbkdf2").into());
        };
        let der = self.key.to_encrypted_der(passphrase, derivation, seed);
        let der = der.map_err(|error| Error::new(ErrorKind::Issuance, &error))?;
        Ok(pem::encode("ENCRYPTED PRIVATE KEY", &der))
    }

    /// The public key: SubjectPublicKeyInfo in DER.
    pub fn public_key_der(&self) -> &[u8] {
        self.key.public_key().der()
    }

    /// What it is, such as `P-256` or `RSA-2048`.
    pub fn kind(&self) -> String {
        self.key.public_key().name()
    }

    /// How it signs.
    pub fn scheme(&self) -> SignatureScheme {
        self.key.scheme()
    }

    /// A signature over `message` in the form of X.509: for hosts that show two-step signing with a key that is at hand.
    ///
    /// # Errors
    /// `key/signing`.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.key.sign(message).map_err(issuance)
    }

    /// The engine's key.
    pub fn as_core(&self) -> &crypto::PrivateKey {
        &self.key
    }

    /// Whether the certificate is for this key.
    pub fn belongs_to(&self, certificate: &CoreCertificate) -> bool {
        self.key.public_key().der() == certificate.public_key().der()
    }
}

impl Signer for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn scheme(&self) -> SignatureScheme {
        self.key.scheme()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, certgate::diagnostic::Error> {
        self.key.sign(message)
    }
}

/// The DER of the one private key of an input in PEM or DER.
fn private_der(input: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let fault = |diagnostic: Diagnostic| Error::new(ErrorKind::Parse, &diagnostic.into());
    let parse = |error| Error::new(ErrorKind::Parse, &error);
    let Some(text) = std::str::from_utf8(input).ok().filter(|text| text.contains("-----BEGIN")) else {
        return Ok(Zeroizing::new(input.to_vec()));
    };
    let blocks = pem::blocks(text, &Limits::default()).map_err(parse)?;
    let keys: Vec<_> = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY")).collect();
    match keys.as_slice() {
        [] => Err(fault(Diagnostic::new(codes::KEY_PRIVATE_KEY, "the input holds no private key"))),
        // RFC 1421 headers, whose key is derived by one round of MD5.
        [key] if key.encrypted => Err(fault(
            Diagnostic::new(
                codes::KEY_ENCRYPTION,
                "the private key is encrypted by headers of PEM (RFC 1421)",
            )
            .with_help("write it again with openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256"),
        )),
        [key] => Ok(Zeroizing::new(key.decode().map_err(parse)?.octets)),
        _ => Err(fault(Diagnostic::new(codes::KEY_PRIVATE_KEY, "the input holds several private keys"))),
    }
}

/// Reads a subject: each item `TYPE=value` with a short or full name of the type, such as `CN=web` or
/// `organizationName=Example`.
///
/// # Errors
/// An item without `=`, or a type that is not known.
pub fn parse_subject(items: &[String]) -> Result<Vec<(Oid, String)>, Error> {
    items.iter().map(|item| parse_attribute(item)).collect()
}

fn parse_attribute(item: &str) -> Result<(Oid, String), Error> {
    let fault = |message: String| -> Error {
        Diagnostic::new(codes::CONTEXT_VALUE, message).at(["subject"]).with_found(item).into()
    };
    let Some((kind, value)) = item.split_once('=') else {
        return Err(fault(format!("{} is not of the form TYPE=value", quote(item))));
    };
    let name = match kind {
        "CN" => "commonName",
        "O" => "organizationName",
        "OU" => "organizationalUnitName",
        "C" => "countryName",
        "ST" => "stateOrProvinceName",
        "L" => "localityName",
        "DC" => "domainComponent",
        "UID" => "userId",
        "STREET" => "streetAddress",
        other => other,
    };
    match Oid::from_label(name, OidKind::Attribute) {
        Some(oid) => Ok((oid, value.to_owned())),
        None => Err(fault(format!("{} is no type of attribute", quote(kind)))),
    }
}

/// Reads subject alternative names: addresses, mailboxes, URIs and host names, told apart by their form.
///
/// # Errors
/// A text that is none of them.
pub fn parse_names(items: &[String]) -> Result<Vec<GeneralName>, Error> {
    use certgate::name::Named;
    let parse = |item: &String| {
        if let Some(address) = IpAddress::parse(item) {
            return Ok(GeneralName::ip(address));
        }
        if item.contains("://") {
            return Ok(GeneralName::uri(item.as_str()));
        }
        if item.contains('@') {
            return Ok(GeneralName::email(item.as_str()));
        }
        match DnsName::parse_unicode(item) {
            Ok(name) => Ok(GeneralName::DnsName(Named { text: name.to_string().into(), value: Ok(name) })),
            Err(fault) => {
                let message = format!("the name {} {}", quote(item), fault.reason());
                Err(Diagnostic::new(codes::CONTEXT_VALUE, message)
                    .at(["names"])
                    .with_found(item.as_str())
                    .into())
            }
        }
    };
    items.iter().map(parse).collect()
}

/// Makes and signs a request.
///
/// # Errors
/// A value that has no encoding.
pub fn new_request(request: &NewRequest, key: &dyn Signer) -> Result<Request, Error> {
    let signed = request.sign(key).map_err(|error| Error::new(ErrorKind::Issuance, &error))?;
    Request::parse(signed.der())
}

/// Makes a root that signs itself.
///
/// # Errors
/// As [`NewAuthority::prepare`] and signing.
pub fn new_root(
    authority: &NewAuthority,
    key: &dyn Signer,
    inputs: &IssueInputs,
) -> Result<Arc<CoreCertificate>, Error> {
    authority
        .prepare(key.public_key(), key.scheme(), inputs)
        .and_then(|prepared| prepared.with_crypto(crate::crypto()).sign(key))
        .map_err(|error| Error::new(ErrorKind::Issuance, &error))
}

/// Issues the certificate of an approving decision with a key that is at hand.
///
/// # Errors
/// `issue/not-approved` with the reasons of the decision; whatever preparing, signing or verifying refuses.
pub fn issue(
    decision: &Decision,
    issuer: &issue::Issuer,
    key: &dyn Signer,
    inputs: &IssueInputs,
) -> Result<issue::IssuedCertificate, Error> {
    let approval = decision.approve()?.take()?;
    issuer
        .prepare(approval, inputs, key.scheme())
        .and_then(|prepared| prepared.sign(key))
        .map_err(|error| Error::new(ErrorKind::Issuance, &error))
}

/// As [`issue`], for a CA that has a certificate already, whose name and key identifier are kept.
///
/// # Errors
/// As [`issue`], and `issue/cross`.
pub fn issue_cross(
    decision: &Decision,
    issuer: &issue::Issuer,
    certificate: &crate::verify::Certificate,
    key: &dyn Signer,
    inputs: &IssueInputs,
) -> Result<issue::IssuedCertificate, Error> {
    let approval = decision.approve()?.take()?;
    issuer
        .prepare_cross(approval, certificate.as_core(), inputs, key.scheme())
        .and_then(|prepared| prepared.sign(key))
        .map_err(|error| Error::new(ErrorKind::Issuance, &error))
}

/// A certificate in PEM.
pub fn certificate_pem(certificate: &CoreCertificate) -> String {
    pem::encode("CERTIFICATE", certificate.der())
}

/// Signs a full revocation list with a key that is at hand.
///
/// # Errors
/// As preparing and signing.
pub fn new_list(
    list: &NewRevocationList,
    issuer: &issue::Issuer,
    key: &dyn Signer,
) -> Result<Arc<CertificateList>, Error> {
    list.prepare(issuer, key.scheme())
        .and_then(|prepared| prepared.sign(key))
        .map_err(|error| Error::new(ErrorKind::Issuance, &error))
}

/// Signs a revocation list within a scope with a key that is at hand.
///
/// # Errors
/// As preparing and signing.
pub fn new_list_within(
    list: &NewRevocationList,
    scope: &ListScope,
    issuer: &issue::Issuer,
    key: &dyn Signer,
) -> Result<Arc<CertificateList>, Error> {
    list.prepare_within(issuer, key.scheme(), scope).and_then(|prepared| prepared.sign(key)).map_err(issuance)
}

/// Signs an OCSP response with a key that is at hand.
///
/// # Errors
/// As preparing and signing.
pub fn new_response(
    response: &NewOcspResponse,
    responder: &Responder,
    key: &dyn Signer,
) -> Result<IssuedOcspResponse, Error> {
    response.prepare(responder, key.scheme()).and_then(|prepared| prepared.sign(key)).map_err(issuance)
}

fn issuance(error: certgate::diagnostic::Error) -> Error {
    Error::new(ErrorKind::Issuance, &error)
}
