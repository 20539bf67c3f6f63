//! Certificates of any shape, made from names: `Cert::leaf("a", "ca")` is signed with the key of `ca`.

use std::sync::Arc;

use certgate::crypto::{PrivateKey, Signer};
use sha2::{Digest, Sha256};

use crate::der::*;
use crate::keys;
use crate::request::{ECDSA_SHA256, Signing, cn, dns, extension, san};

/// The time of all verifications.
pub const AT: &str = "2026-01-01T00:00:00Z";
/// A year before and after [`AT`].
const NOT_BEFORE: &str = "250101000000Z";
const NOT_AFTER: &str = "270101000000Z";

pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub const KEY_USAGE: &str = "2.5.29.15";
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub const SUBJECT_KEY: &str = "2.5.29.14";
pub const AUTHORITY_KEY: &str = "2.5.29.35";
pub const SUBJECT_ALT_NAME: &str = "2.5.29.17";
pub const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub const POLICIES: &str = "2.5.29.32";
pub const MAPPINGS: &str = "2.5.29.33";
pub const POLICY_CONSTRAINTS: &str = "2.5.29.36";
pub const INHIBIT_ANY: &str = "2.5.29.54";
pub const DISTRIBUTION_POINTS: &str = "2.5.29.31";
pub const ANY_POLICY: &str = "2.5.29.32.0";
pub const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

/// Bits of keyUsage as its one octet, with the number of unused bits before it.
pub const DIGITAL_SIGNATURE: [u8; 2] = [7, 0x80];
pub const CERT_SIGN: [u8; 2] = [2, 0x04];
pub const CERT_AND_CRL_SIGN: [u8; 2] = [1, 0x06];

/// A certificate in the making. By default one that every profile accepts.
#[derive(Clone)]
pub struct Cert {
    /// The whole field, empty to leave it out.
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub algorithm: Vec<u8>,
    /// The field beside the signature, if it is another one.
    pub outer_algorithm: Option<Vec<u8>>,
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    /// Unique identifiers: whole fields.
    pub identifiers: Vec<u8>,
    /// Types and whole extensions.
    pub extensions: Vec<(String, Vec<u8>)>,
    /// The name of the key that signs.
    pub signer: String,
    pub signing: Option<Signing>,
}

impl Cert {
    /// A certificate with neither constraints nor usages.
    pub fn new(subject: &str, issuer: &str) -> Self {
        let serial = Sha256::digest(format!("{subject} by {issuer}"));
        let mut cert = Self {
            version: explicit(0, &int(&[2])),
            serial: uint(&[&[0x40], &serial[..8]].concat()),
            algorithm: seq(&[oid(ECDSA_SHA256)]),
            outer_algorithm: None,
            issuer: name(issuer),
            validity: validity(NOT_BEFORE, NOT_AFTER),
            subject: name(subject),
            spki: key(subject).public_key().der().to_vec(),
            identifiers: Vec::new(),
            extensions: Vec::new(),
            signer: issuer.to_owned(),
            signing: None,
        };
        if subject != issuer {
            cert = cert.with(AUTHORITY_KEY, false, &seq(&[context(0, &identifier(issuer))]));
        }
        cert
    }

    /// A CA below `issuer`; a root if that is itself.
    pub fn ca(subject: &str, issuer: &str) -> Self {
        Self::new(subject, issuer)
            .with(BASIC_CONSTRAINTS, true, &seq(&[boolean(0xff)]))
            .with(KEY_USAGE, true, &tlv(0x03, &CERT_AND_CRL_SIGN))
            .with(SUBJECT_KEY, false, &octets(&identifier(subject)))
    }

    pub fn root(subject: &str) -> Self {
        Self::ca(subject, subject)
    }

    /// A TLS server of the name `SUBJECT`, which is a host name.
    pub fn leaf(subject: &str, issuer: &str) -> Self {
        Self::new(subject, issuer)
            .with(KEY_USAGE, true, &tlv(0x03, &DIGITAL_SIGNATURE))
            .with(EXTENDED_KEY_USAGE, false, &seq(&[oid(SERVER_AUTH)]))
            .names(&[dns(subject)])
    }

    pub fn names(self, names: &[Vec<u8>]) -> Self {
        self.without(SUBJECT_ALT_NAME).push(SUBJECT_ALT_NAME, san(names))
    }

    /// With this extension, in the place of one of its type.
    pub fn with(self, dotted: &str, critical: bool, value: &[u8]) -> Self {
        let extension = extension(dotted, critical, value);
        match self.extensions.iter().position(|(known, _)| known == dotted) {
            None => self.push(dotted, extension),
            Some(at) => {
                let mut cert = self;
                cert.extensions[at].1 = extension;
                cert
            }
        }
    }

    /// With one more extension, whether there is one of its type or not.
    pub fn push(mut self, dotted: &str, extension: Vec<u8>) -> Self {
        self.extensions.push((dotted.to_owned(), extension));
        self
    }

    pub fn without(mut self, dotted: &str) -> Self {
        self.extensions.retain(|(known, _)| known != dotted);
        self
    }

    /// With the key of another name, and its identifier where there is one.
    pub fn key(mut self, of: &str) -> Self {
        self.spki = key(of).public_key().der().to_vec();
        let has_identifier = self.extensions.iter().any(|(known, _)| known == SUBJECT_KEY);
        if has_identifier { self.with(SUBJECT_KEY, false, &octets(&identifier(of))) } else { self }
    }

    /// Signed with the key of another name; the identifier of the issuer's key follows.
    pub fn signed_by(mut self, signer: &str) -> Self {
        signer.clone_into(&mut self.signer);
        self.with(AUTHORITY_KEY, false, &seq(&[context(0, &identifier(signer))]))
    }

    /// With a signature by this.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = Some(signing);
        self
    }

    pub fn valid(mut self, not_before: &str, not_after: &str) -> Self {
        self.validity = validity(not_before, not_after);
        self
    }

    pub fn serial(mut self, contents: &[u8]) -> Self {
        self.serial = int(contents);
        self
    }

    pub fn set(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn tbs(&self) -> Vec<u8> {
        let mut parts = vec![
            self.version.clone(),
            self.serial.clone(),
            self.algorithm.clone(),
            self.issuer.clone(),
            self.validity.clone(),
            self.subject.clone(),
            self.spki.clone(),
            self.identifiers.clone(),
        ];
        if !self.extensions.is_empty() {
            let list: Vec<Vec<u8>> = self.extensions.iter().map(|(_, extension)| extension.clone()).collect();
            parts.push(explicit(3, &seq(&list)));
        }
        seq(&parts)
    }

    pub fn der(&self) -> Vec<u8> {
        let outer = self.outer_algorithm.as_ref().unwrap_or(&self.algorithm);
        sign(&self.tbs(), outer, &self.signer, self.signing.as_ref())
    }
}

/// `SEQUENCE { signed, algorithm, signature }`: certificates, revocation lists and OCSP responses alike.
pub fn sign(signed: &[u8], algorithm: &[u8], signer: &str, signing: Option<&Signing>) -> Vec<u8> {
    let octets = match signing {
        None => [&[0][..], &key(signer).sign(signed).expect("a signature")].concat(),
        Some(Signing::Fixed(name)) => {
            [&[0][..], &keys::fixed(name).sign(signed).expect("a signature")].concat()
        }
        Some(Signing::Octets(octets)) => octets.clone(),
        Some(Signing::By(by)) => by(signed),
    };
    seq(&[signed.to_vec(), algorithm.to_vec(), tlv(0x03, &octets)])
}

/// The P-256 key of a name.
pub fn key(name: &str) -> Arc<PrivateKey> {
    keys::p256(name)
}

/// The key identifier of a name's key.
pub fn identifier(name: &str) -> Vec<u8> {
    Sha256::digest(key(name).public_key().der())[..20].to_vec()
}

/// A distinguished name with this common name.
pub fn name(common: &str) -> Vec<u8> {
    seq(&[set(&[cn(common)])])
}

/// UTCTime if there are 13 characters, else GeneralizedTime.
pub fn time(text: &str) -> Vec<u8> {
    tlv(if text.len() == 13 { 0x17 } else { 0x18 }, text.as_bytes())
}

pub fn validity(not_before: &str, not_after: &str) -> Vec<u8> {
    seq(&[time(not_before), time(not_after)])
}

/// cA with pathLenConstraint.
pub fn path_length(length: u8) -> Vec<u8> {
    seq(&[boolean(0xff), int(&[length])])
}

/// certificatePolicies.
pub fn policies(dotted: &[&str]) -> Vec<u8> {
    seq(&dotted.iter().map(|policy| seq(&[oid(policy)])).collect::<Vec<_>>())
}

/// policyMappings.
pub fn mappings(rows: &[(&str, &str)]) -> Vec<u8> {
    seq(&rows.iter().map(|(issuer, subject)| seq(&[oid(issuer), oid(subject)])).collect::<Vec<_>>())
}

/// policyConstraints.
pub fn policy_constraints(explicit: Option<u8>, mapping: Option<u8>) -> Vec<u8> {
    let field = |number, count: Option<u8>| count.map(|count| context(number, &[count]));
    seq(&field(0, explicit).into_iter().chain(field(1, mapping)).collect::<Vec<_>>())
}

/// nameConstraints.
pub fn constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let list = |number, names: &[Vec<u8>]| {
        let subtrees: Vec<Vec<u8>> = names.iter().map(|name| seq(std::slice::from_ref(name))).collect();
        (!names.is_empty()).then(|| explicit(number, &subtrees.concat()))
    };
    seq(&list(0, permitted).into_iter().chain(list(1, excluded)).collect::<Vec<_>>())
}

/// A general name of a distinguished name.
pub fn directory(name: &[u8]) -> Vec<u8> {
    explicit(4, name)
}

/// One distribution point with these full names, and the issuers of its list.
pub fn distribution_point(names: &[Vec<u8>], issuers: &[Vec<u8>]) -> Vec<u8> {
    let mut parts = vec![explicit(0, &explicit(0, &names.concat()))];
    if !issuers.is_empty() {
        parts.push(explicit(2, &issuers.concat()));
    }
    seq(&parts)
}
