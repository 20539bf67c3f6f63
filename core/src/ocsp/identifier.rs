use ::der::Tag;
use ::der::asn1::Any;

use crate::certificate::{Certificate, SerialNumber};
use crate::der::Decoder;
use crate::der::encode::{any, encode, sequence};
use crate::diagnostic::{Error, codes};
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

/// The hash by which an issuer is named. It secures nothing (RFC 6960 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IssuerHash {
    /// SHA-1: the one that every client sends (RFC 5019 2.1.1).
    #[default]
    Sha1,
    /// SHA-256.
    Sha256,
}

impl IssuerHash {
    fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => HashFunction::Sha256.oid(),
        }
    }
}

impl CertificateId {
    /// The identifier of the certificate with this serial number and issuer.
    ///
    /// # Errors
    /// `internal/unexpected`: an issuer whose key has no bits, which no certificate that was parsed has.
    pub fn new(hash: IssuerHash, serial_number: SerialNumber, issuer: &Certificate) -> Result<Self, Error> {
        let hash = hash.oid();
        let hashes = digest(&hash, issuer.subject().der()).zip(key_hash(&hash, issuer));
        let (issuer_name_hash, issuer_key_hash) =
            hashes.ok_or_else(|| Error::new(codes::INTERNAL_UNEXPECTED, "the issuer cannot be hashed"))?;
        Ok(Self { hash, issuer_name_hash, issuer_key_hash, serial_number })
    }

    /// Whether this certificate of `issuer` is meant. The issuer's name may be hashed as the certificate has it (RFC 6960 4.1.1), or
    /// as the issuer itself has it: the two match and may be encoded in two ways.
    pub fn is_of(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.is(certificate.serial_number(), issuer)
            || (self.serial_number == *certificate.serial_number()
                && digest(&self.hash, certificate.issuer().der()).as_ref() == Some(&self.issuer_name_hash)
                && key_hash(&self.hash, issuer).as_ref() == Some(&self.issuer_key_hash))
    }

    /// Whether the certificate with this serial number and issuer is meant, the issuer's name being that of its own certificate.
    pub fn is(&self, serial_number: &SerialNumber, issuer: &Certificate) -> bool {
        self.serial_number == *serial_number
            && digest(&self.hash, issuer.subject().der()).as_ref() == Some(&self.issuer_name_hash)
            && key_hash(&self.hash, issuer).as_ref() == Some(&self.issuer_key_hash)
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

/// SHA-1 names things here and secures nothing (RFC 6960 4.3).
pub(super) fn digest(hash: &Oid, bytes: &[u8]) -> Option<Vec<u8>> {
    use sha1::Digest;
    if *hash == oid::SHA1 {
        return Some(sha1::Sha1::digest(bytes).to_vec());
    }
    HashFunction::ALL.into_iter().find(|known| known.oid() == *hash).map(|known| known.digest(bytes))
}

/// The hash of the octets of subjectPublicKey.
pub(crate) fn key_hash(hash: &Oid, certificate: &Certificate) -> Option<Vec<u8>> {
    let mut fields = Decoder::new(certificate.public_key().der(), 0).ok()?.sequence().ok()?;
    fields.element().ok()?;
    digest(hash, fields.element().ok()?.bit_string_octets().ok()?)
}
