use super::{Object, Target};
use crate::certificate::{Certificate, Validity};
use crate::crl::CertificateList;
use crate::crypto::CryptoProvider;
use crate::diagnostic::{Diagnostic, Path, path::steps};
use crate::extension::{BasicConstraints, Extension, ExtensionValue, KeyUsage};
use crate::key::PublicKey;
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};
use crate::request::CertificationRequest;
use crate::signature::SignatureAlgorithm;
use crate::time::Timestamp;

/// An object under the rules, with the fields that certificates, requests and lists have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) object: Object<'a>,
    pub(super) target: Target,
    /// The day whose rules count.
    pub(super) at: Timestamp,
    /// What verifies signatures.
    pub(super) crypto: &'static CryptoProvider,
}

impl<'a> Subject<'a> {
    pub(super) fn new(object: Object<'a>, at: Timestamp, crypto: &'static CryptoProvider) -> Self {
        Self { object, target: object.target(), at, crypto }
    }

    pub(super) fn certificate(&self) -> Option<&'a Certificate> {
        match self.object {
            Object::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }

    pub(super) fn request(&self) -> Option<&'a CertificationRequest> {
        match self.object {
            Object::Request(request) => Some(request),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&'a CertificateList> {
        match self.object {
            Object::List(list) => Some(list),
            _ => None,
        }
    }

    /// The subject's name; a list has none.
    pub(super) fn name(&self) -> Option<&'a DistinguishedName> {
        match self.object {
            Object::Certificate(certificate) => Some(certificate.subject()),
            Object::Request(request) => Some(request.subject()),
            Object::List(_) => None,
        }
    }

    pub(super) fn issuer(&self) -> Option<&'a DistinguishedName> {
        match self.object {
            Object::Certificate(certificate) => Some(certificate.issuer()),
            Object::Request(_) => None,
            Object::List(list) => Some(list.issuer()),
        }
    }

    pub(super) fn validity(&self) -> Option<Validity> {
        self.certificate().map(Certificate::validity)
    }

    /// How many seconds the certificate is valid, both ends included (RFC 5280 4.1.2.5).
    pub(super) fn lifetime(&self) -> Option<i64> {
        let validity = self.validity()?;
        Some(validity.not_after.seconds_since(validity.not_before).saturating_add(1))
    }

    pub(super) fn key(&self) -> Option<&'a PublicKey> {
        match self.object {
            Object::Certificate(certificate) => Some(certificate.public_key()),
            Object::Request(request) => Some(request.public_key()),
            Object::List(_) => None,
        }
    }

    pub(super) fn signature_algorithm(&self) -> &'a SignatureAlgorithm {
        match self.object {
            Object::Certificate(certificate) => certificate.signature_algorithm(),
            Object::Request(request) => request.signature_algorithm(),
            Object::List(list) => list.signature_algorithm(),
        }
    }

    pub(super) fn extensions(&self) -> &'a [Extension] {
        match self.object {
            Object::Certificate(certificate) => certificate.extensions(),
            Object::Request(request) => request.extensions(),
            Object::List(list) => list.extensions(),
        }
    }

    pub(super) fn extension(&self, oid: &Oid) -> Option<&'a Extension> {
        self.extensions().iter().find(|extension| extension.oid() == oid)
    }

    pub(super) fn value(&self, oid: &Oid) -> Option<&'a ExtensionValue> {
        self.extension(oid).map(Extension::value)
    }

    /// Findings of whoever read the object.
    pub(super) fn findings(&self) -> &'a [Diagnostic] {
        match self.object {
            Object::Certificate(certificate) => certificate.findings(),
            Object::Request(request) => request.findings(),
            Object::List(list) => list.findings(),
        }
    }

    /// The path of an extension.
    pub(super) fn at(&self, oid: &Oid) -> Path {
        match self.object {
            Object::List(_) => steps!["crlExtensions", oid.label()],
            _ => steps!["extensions", oid.label()],
        }
    }

    pub(super) fn names(&self) -> &'a [GeneralName] {
        match self.value(&oid::SUBJECT_ALT_NAME) {
            Some(ExtensionValue::SubjectAltName(names)) => names,
            _ => &[],
        }
    }

    pub(super) fn key_usage(&self) -> Option<KeyUsage> {
        match self.value(&oid::KEY_USAGE)? {
            ExtensionValue::KeyUsage(usage) => Some(*usage),
            _ => None,
        }
    }

    pub(super) fn purposes(&self) -> Option<&'a [Oid]> {
        match self.value(&oid::EXTENDED_KEY_USAGE)? {
            ExtensionValue::ExtendedKeyUsage(purposes) => Some(purposes),
            _ => None,
        }
    }

    pub(super) fn has_purpose(&self, purpose: &Oid) -> bool {
        self.purposes().is_some_and(|purposes| purposes.contains(purpose))
    }

    pub(super) fn basic_constraints(&self) -> Option<BasicConstraints> {
        match self.value(&oid::BASIC_CONSTRAINTS)? {
            ExtensionValue::BasicConstraints(constraints) => Some(*constraints),
            _ => None,
        }
    }
}
