//! Revocation lists and OCSP responses of any shape, made from names as certificates are.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use crate::certificate::{AUTHORITY_KEY, Cert, identifier, key, name, sign, time};
use crate::der::*;
use crate::request::{ECDSA_SHA256, extension};
use certgate::crypto::Signer;

pub const CRL_NUMBER: &str = "2.5.29.20";
pub const DELTA: &str = "2.5.29.27";
pub const SCOPE: &str = "2.5.29.28";
pub const CERTIFICATE_ISSUER: &str = "2.5.29.29";
pub const REASON: &str = "2.5.29.21";
/// The hashes by which OCSP names an issuer.
pub const SHA1: &str = "1.3.14.3.2.26";
pub const SHA224: &str = "2.16.840.1.101.3.4.2.4";
pub const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub const SHA384: &str = "2.16.840.1.101.3.4.2.2";
pub const SHA512: &str = "2.16.840.1.101.3.4.2.3";

/// A week before and after the time of all verifications.
const THIS_UPDATE: &str = "251225000000Z";
const NEXT_UPDATE: &str = "260108000000Z";

/// A revocation list in the making. By default a full one without entries that is fresh.
#[derive(Clone)]
pub struct Crl {
    /// The whole field, empty to leave it out.
    pub version: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub outer_algorithm: Option<Vec<u8>>,
    pub issuer: Vec<u8>,
    pub this_update: Vec<u8>,
    /// The whole field, empty to leave it out.
    pub next_update: Vec<u8>,
    pub entries: Vec<Vec<u8>>,
    pub extensions: Vec<(String, Vec<u8>)>,
    pub signer: String,
}

impl Crl {
    pub fn new(issuer: &str) -> Self {
        Self {
            version: int(&[1]),
            algorithm: seq(&[oid(ECDSA_SHA256)]),
            outer_algorithm: None,
            issuer: name(issuer),
            this_update: time(THIS_UPDATE),
            next_update: time(NEXT_UPDATE),
            entries: Vec::new(),
            extensions: Vec::new(),
            signer: issuer.to_owned(),
        }
        .with(AUTHORITY_KEY, false, &seq(&[context(0, &identifier(issuer))]))
        .with(CRL_NUMBER, false, &int(&[1]))
    }

    /// With an entry for this certificate.
    pub fn revoking(self, cert: &Cert) -> Self {
        self.entry(cert, &[])
    }

    /// With an entry for this certificate that has extensions.
    pub fn entry(mut self, cert: &Cert, extensions: &[Vec<u8>]) -> Self {
        let mut parts = vec![cert.serial.clone(), time("251226000000Z")];
        if !extensions.is_empty() {
            parts.push(seq(extensions));
        }
        self.entries.push(seq(&parts));
        self
    }

    pub fn with(mut self, dotted: &str, critical: bool, value: &[u8]) -> Self {
        self.extensions.retain(|(known, _)| known != dotted);
        self.push(dotted, extension(dotted, critical, value))
    }

    pub fn push(mut self, dotted: &str, extension: Vec<u8>) -> Self {
        self.extensions.push((dotted.to_owned(), extension));
        self
    }

    pub fn without(mut self, dotted: &str) -> Self {
        self.extensions.retain(|(known, _)| known != dotted);
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn der(&self) -> Vec<u8> {
        let mut parts = vec![
            self.version.clone(),
            self.algorithm.clone(),
            self.issuer.clone(),
            self.this_update.clone(),
            self.next_update.clone(),
        ];
        if !self.entries.is_empty() {
            parts.push(seq(&self.entries));
        }
        if !self.extensions.is_empty() {
            let list: Vec<Vec<u8>> = self.extensions.iter().map(|(_, extension)| extension.clone()).collect();
            parts.push(explicit(0, &seq(&list)));
        }
        let outer = self.outer_algorithm.as_ref().unwrap_or(&self.algorithm);
        sign(&seq(&parts), outer, &self.signer, None)
    }
}

/// reasonCode of an entry.
pub fn reason(number: u8) -> Vec<u8> {
    extension(REASON, false, &tlv(0x0a, &[number]))
}

/// An OCSP response in the making. By default one that says `good` and is fresh.
#[derive(Clone)]
pub struct Ocsp {
    pub status: u8,
    pub response_type: String,
    /// The whole field, empty to leave it out.
    pub version: Vec<u8>,
    pub responder: Vec<u8>,
    pub serial: Vec<u8>,
    pub issuer: String,
    /// The hash function of the certID; one that is not known here is written with the octets of SHA-256.
    pub hash: String,
    /// The name whose hash stands for the issuer.
    pub issuer_name: Vec<u8>,
    /// CertStatus.
    pub answer: Vec<u8>,
    pub this_update: Vec<u8>,
    /// The whole field, empty to leave it out.
    pub next_update: Vec<u8>,
    /// Extensions of the whole response.
    pub extensions: Vec<Vec<u8>>,
    pub certificates: Vec<Vec<u8>>,
    pub signer: String,
}

impl Ocsp {
    /// What `issuer` itself says of a certificate that it issued.
    pub fn new(cert: &Cert, issuer: &str) -> Self {
        Self {
            status: 0,
            response_type: "1.3.6.1.5.5.7.48.1.1".to_owned(),
            version: Vec::new(),
            responder: explicit(1, &name(issuer)),
            serial: cert.serial.clone(),
            issuer: issuer.to_owned(),
            hash: SHA256.to_owned(),
            issuer_name: name(issuer),
            answer: context(0, &[]),
            this_update: time("20251225000000Z"),
            next_update: explicit(0, &time("20260108000000Z")),
            extensions: Vec::new(),
            certificates: Vec::new(),
            signer: issuer.to_owned(),
        }
    }

    pub fn set(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn der(&self) -> Vec<u8> {
        let issuer_key = key(&self.issuer);
        // The octets of the BIT STRING end every SubjectPublicKeyInfo of P-256: 04, X and Y.
        let spki = issuer_key.public_key().der();
        let point = &spki[spki.len() - 65..];
        let id = seq(&[
            seq(&[oid(&self.hash)]),
            octets(&self.digest(&self.issuer_name)),
            octets(&self.digest(point)),
            self.serial.clone(),
        ]);
        let single = seq(&[id, self.answer.clone(), self.this_update.clone(), self.next_update.clone()]);
        let mut data = vec![
            self.version.clone(),
            self.responder.clone(),
            time("20251225000000Z"),
            seq(std::slice::from_ref(&single)),
        ];
        if !self.extensions.is_empty() {
            data.push(explicit(1, &seq(&self.extensions)));
        }
        let basic = sign(&seq(&data), &seq(&[oid(ECDSA_SHA256)]), &self.signer, None);
        let basic = match self.certificates.as_slice() {
            [] => basic,
            certificates => {
                let signed = crate::der::contents(&basic);
                tlv(0x30, &[signed, &explicit(0, &seq(certificates))].concat())
            }
        };
        let bytes = seq(&[oid(&self.response_type), octets(&basic)]);
        seq(&[tlv(0x0a, &[self.status]), explicit(0, &bytes)])
    }

    fn digest(&self, bytes: &[u8]) -> Vec<u8> {
        match self.hash.as_str() {
            SHA1 => Sha1::digest(bytes).to_vec(),
            SHA224 => Sha224::digest(bytes).to_vec(),
            SHA384 => Sha384::digest(bytes).to_vec(),
            SHA512 => Sha512::digest(bytes).to_vec(),
            _ => Sha256::digest(bytes).to_vec(),
        }
    }
}
