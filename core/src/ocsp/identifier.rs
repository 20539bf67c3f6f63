use ::der::Tag;
use ::der::asn1::Any;

use crate::certificate::{Certificate, SerialNumber};
use crate::der::Decoder;
use crate::der::encode::{any, encode, sequence};
use crate::diagnostic::{Diagnostic, Error, codes, path::steps};
use crate::oid::{self, Oid};
use crate::signature::HashFunction;

/// `CertID`: hashes of the issuer's name and key, and the serial number (RFC 6960 4.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateId {
    pub(super) hash: Oid,
    pub(super) issuer_name_hash: Vec<u8>,
    pub(super) issuer_key_hash: Vec<u8>,
    pub(super) serial_number: SerialNumber,
}

/// The hash by which an issuer is named. It secures nothing (RFC 6960 4.3), so that those stand here too which no signature is
/// accepted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuerHash {
    /// SHA-1: the one that every client sends (RFC 5019 2.1.1).
    #[default]
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl IssuerHash {
    /// All hashes by which issuers are found.
    pub const ALL: [Self; 5] = [Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The object identifier.
    pub fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// From its object identifier.
    pub fn from_oid(oid: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.oid() == *oid)
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        use sha2::Digest;
        match self {
            Self::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(bytes).to_vec(),
            Self::Sha256 => HashFunction::Sha256.digest(bytes),
            Self::Sha384 => HashFunction::Sha384.digest(bytes),
            Self::Sha512 => HashFunction::Sha512.digest(bytes),
        }
    }
}

impl CertificateId {
    /// The identifier of the certificate with this serial number and issuer.
    ///
    /// # Errors
    /// `internal/unexpected`: an issuer whose key has no bits, which no certificate that was parsed has.
    pub fn new(hash: IssuerHash, serial_number: SerialNumber, issuer: &Certificate) -> Result<Self, Error> {
        let issuer_key_hash = key_hash(hash, issuer)
            .ok_or_else(|| Error::new(codes::INTERNAL_UNEXPECTED, "the issuer cannot be hashed"))?;
        let issuer_name_hash = hash.digest(issuer.subject().der());
        Ok(Self { hash: hash.oid(), issuer_name_hash, issuer_key_hash, serial_number })
    }

    /// Whether this certificate of `issuer` is meant. The issuer's name may be hashed as the certificate has it (RFC 6960 4.1.1), or
    /// as the issuer itself has it: the two match and may be encoded in two ways.
    pub fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.names(certificate.serial_number(), &[issuer.subject().der(), certificate.issuer().der()], issuer)
    }

    /// Whether the certificate with this serial number and issuer is meant, the issuer's name being that of its own certificate.
    pub fn is(&self, serial_number: &SerialNumber, issuer: &Certificate) -> bool {
        self.names(serial_number, &[issuer.subject().der()], issuer)
    }

    /// Whether the hashes are those of one of the names, and of the key of the issuer.
    fn names(&self, serial_number: &SerialNumber, names: &[&[u8]], issuer: &Certificate) -> bool {
        self.serial_number == *serial_number
            && self.hash().is_some_and(|hash| {
                names.iter().any(|name| hash.digest(name) == self.issuer_name_hash)
                    && key_hash(hash, issuer).as_ref() == Some(&self.issuer_key_hash)
            })
    }

    /// The hash by which the issuer is named; `None` for one that certgate does not know, so that nobody can tell whose
    /// certificate is meant.
    pub fn hash(&self) -> Option<IssuerHash> {
        IssuerHash::from_oid(&self.hash)
    }

    /// Why it cannot be told whose certificate is meant.
    pub(crate) fn check_hash(&self) -> Result<(), Diagnostic> {
        if self.hash().is_some() {
            return Ok(());
        }
        let label = self.hash.label();
        let message = format!("the answer names the issuer by the hash {label}, which is not known");
        Err(Diagnostic::new(codes::OCSP_HASH_ALGORITHM, message)
            .at(steps!["certID", "hashAlgorithm"])
            .with_found(label))
    }

    /// The serial number.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The encoding, with the parameters of the hash as NULL, as clients send it.
    pub(crate) fn to_any(&self) -> Result<Any, Error> {
        let algorithm = sequence(&[self.hash.to_any()?, any(Tag::Null, &[])?])?;
        sequence(&[
            algorithm,
            any(Tag::OctetString, &self.issuer_name_hash)?,
            any(Tag::OctetString, &self.issuer_key_hash)?,
            any(Tag::Integer, self.serial_number.as_octets())?,
        ])
    }

    /// The DER encoding of the request that asks for this certificate alone, without nonce: what a client of RFC 5019 sends,
    /// and, in base64, the last part of the URL when it asks by GET (RFC 6960 A.1).
    ///
    /// # Errors
    /// `internal/unexpected`: a value that has no encoding.
    pub fn to_request_der(&self) -> Result<Vec<u8>, Error> {
        let request = sequence(&[self.to_any()?])?;
        let list = sequence(&[request])?;
        encode(&sequence(&[sequence(&[list])?])?)
    }
}

/// The hash of the octets of subjectPublicKey.
pub(crate) fn key_hash(hash: IssuerHash, certificate: &Certificate) -> Option<Vec<u8>> {
    let mut fields = Decoder::new(certificate.public_key().der(), 0).ok()?.sequence().ok()?;
    fields.element().ok()?;
    Some(hash.digest(fields.element().ok()?.bit_string_octets().ok()?))
}
