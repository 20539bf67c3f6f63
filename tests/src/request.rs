//! Requests of any shape: each field can be replaced by any bytes.

use certgate::crypto::Signer;

use crate::der::*;
use crate::keys;

/// A request in the making. By default one that every policy of the vectors allows.
#[derive(Clone)]
pub struct Csr {
    pub version: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    /// The whole field, `None` to leave it out.
    pub attributes: Option<Vec<u8>>,
    pub signature_algorithm: Vec<u8>,
    pub signing: Signing,
}

/// Where the signature comes from.
#[derive(Clone)]
pub enum Signing {
    /// A fixed key by name.
    Fixed(&'static str),
    /// These octets of the BIT STRING, with the leading octet of unused bits.
    Octets(Vec<u8>),
    /// A function of what is signed.
    By(fn(&[u8]) -> Vec<u8>),
}

pub const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
pub const SHA256_RSA: &str = "1.2.840.113549.1.1.11";

impl Default for Csr {
    fn default() -> Self {
        Self {
            version: int(&[0]),
            subject: seq(&[]),
            spki: keys::spki("P-256"),
            attributes: Some(attributes(&[extension_request(&[san(&[dns("a.example.com")])])])),
            signature_algorithm: seq(&[oid(ECDSA_SHA256)]),
            signing: Signing::Fixed("P-256"),
        }
    }
}

impl Csr {
    /// With another fixed key.
    pub fn key(name: &'static str) -> Self {
        let algorithm = match name {
            "P-256" => seq(&[oid(ECDSA_SHA256)]),
            "P-384" => seq(&[oid("1.2.840.10045.4.3.3")]),
            "P-521" => seq(&[oid("1.2.840.10045.4.3.4")]),
            "Ed25519" => seq(&[oid("1.3.101.112")]),
            _ => seq(&[oid(SHA256_RSA), null()]),
        };
        Self {
            spki: keys::spki(name),
            signature_algorithm: algorithm,
            signing: Signing::Fixed(name),
            ..Self::default()
        }
    }

    /// With a key that nothing here can sign with, and a signature that is none.
    pub fn unsigned(spki: Vec<u8>, algorithm: Vec<u8>, signature: usize) -> Self {
        let octets = [&[0][..], &vec![0x17; signature]].concat();
        Self { spki, signature_algorithm: algorithm, signing: Signing::Octets(octets), ..Self::default() }
    }

    pub fn names(names: &[Vec<u8>]) -> Self {
        Self::extensions(&[san(names)])
    }

    pub fn extensions(extensions: &[Vec<u8>]) -> Self {
        Self { attributes: Some(attributes(&[extension_request(extensions)])), ..Self::default() }
    }

    /// With more extensions beside the one name of the default.
    pub fn more(extensions: &[Vec<u8>]) -> Self {
        let mut all = vec![san(&[dns("a.example.com")])];
        all.extend_from_slice(extensions);
        Self::extensions(&all)
    }

    pub fn attributes(list: &[Vec<u8>]) -> Self {
        Self { attributes: Some(attributes(list)), ..Self::default() }
    }

    /// With RDNs of one attribute each.
    pub fn subject(attributes: &[Vec<u8>]) -> Self {
        let rdns: Vec<Vec<u8>> =
            attributes.iter().map(|attribute| set(std::slice::from_ref(attribute))).collect();
        Self { subject: seq(&rdns), ..Self::default() }
    }

    pub fn info(&self) -> Vec<u8> {
        let mut parts = vec![self.version.clone(), self.subject.clone(), self.spki.clone()];
        parts.extend(self.attributes.clone());
        seq(&parts)
    }

    pub fn der(&self) -> Vec<u8> {
        let info = self.info();
        let signature = match &self.signing {
            Signing::Fixed(name) => {
                let signature = keys::fixed(name).sign(&info).expect("a signature");
                [&[0][..], &signature].concat()
            }
            Signing::Octets(octets) => octets.clone(),
            Signing::By(sign) => sign(&info),
        };
        seq(&[info, self.signature_algorithm.clone(), tlv(0x03, &signature)])
    }

    pub fn pem(&self) -> String {
        pem("CERTIFICATE REQUEST", &self.der())
    }
}

/// `attributes [0]`, sorted as DER wants it.
pub fn attributes(list: &[Vec<u8>]) -> Vec<u8> {
    let mut list = list.to_vec();
    list.sort();
    explicit(0, &list.concat())
}

pub fn attribute(dotted: &str, values: &[Vec<u8>]) -> Vec<u8> {
    seq(&[oid(dotted), set(values)])
}

pub fn extension_request(extensions: &[Vec<u8>]) -> Vec<u8> {
    attribute("1.2.840.113549.1.9.14", &[seq(extensions)])
}

pub fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(dotted)];
    if critical {
        parts.push(boolean(0xff));
    }
    parts.push(octets(value));
    seq(&parts)
}

pub fn san(names: &[Vec<u8>]) -> Vec<u8> {
    extension("2.5.29.17", false, &seq(names))
}

pub fn dns(name: &str) -> Vec<u8> {
    context(2, name.as_bytes())
}

pub fn ip(octets: &[u8]) -> Vec<u8> {
    context(7, octets)
}

pub fn email(address: &str) -> Vec<u8> {
    context(1, address.as_bytes())
}

pub fn uri(uri: &str) -> Vec<u8> {
    context(6, uri.as_bytes())
}

pub fn other_name(dotted: &str, value: &[u8]) -> Vec<u8> {
    explicit(0, &[oid(dotted), explicit(0, value)].concat())
}

/// One AttributeTypeAndValue.
pub fn atv(dotted: &str, value: Vec<u8>) -> Vec<u8> {
    seq(&[oid(dotted), value])
}

pub fn cn(text: &str) -> Vec<u8> {
    atv("2.5.4.3", utf8(text))
}

pub fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
