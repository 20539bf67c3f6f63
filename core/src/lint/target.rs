use std::fmt;

use super::Object;
use crate::certificate::Certificate;
use crate::extension::{BasicConstraints, ExtensionValue};
use crate::oid::{self, Oid};
use crate::request::CertificationRequest;

/// What rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The certificate of a TLS server: serverAuth, any purpose, or no purpose named.
    Server,
    /// The certificate of an OCSP responder.
    Responder,
    /// Another certificate that is not a CA's.
    Leaf,
    /// The certificate of a CA that another CA issued.
    Intermediate,
    /// The self-issued certificate of a CA.
    Root,
    /// A request for a server's certificate, or one that does not say what for.
    ServerRequest,
    /// A request for another certificate that is not a CA's.
    LeafRequest,
    /// A request for the certificate of a CA.
    CaRequest,
    /// A revocation list.
    List,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 9] = [
        Self::Server,
        Self::Responder,
        Self::Leaf,
        Self::Intermediate,
        Self::Root,
        Self::ServerRequest,
        Self::LeafRequest,
        Self::CaRequest,
        Self::List,
    ];

    /// The word of the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Responder => "responder",
            Self::Leaf => "leaf",
            Self::Intermediate => "intermediate",
            Self::Root => "root",
            Self::ServerRequest => "server-request",
            Self::LeafRequest => "leaf-request",
            Self::CaRequest => "ca-request",
            Self::List => "revocation-list",
        }
    }

    /// Whether it is a request.
    pub fn is_request(self) -> bool {
        matches!(self, Self::ServerRequest | Self::LeafRequest | Self::CaRequest)
    }

    pub(super) fn of(object: Object<'_>) -> Self {
        match object {
            Object::List(_) => Self::List,
            Object::Certificate(certificate) => Self::of_certificate(certificate),
            Object::Request(request) => Self::of_request(request),
        }
    }

    fn of_certificate(certificate: &Certificate) -> Self {
        let purposes = certificate.extended_key_usage();
        if certificate.is_ca() {
            return if certificate.is_self_issued() { Self::Root } else { Self::Intermediate };
        }
        match purposes {
            purposes if serves(purposes) => Self::Server,
            Some(purposes) if purposes.contains(&oid::OCSP_SIGNING) => Self::Responder,
            _ => Self::Leaf,
        }
    }

    fn of_request(request: &CertificationRequest) -> Self {
        let ca = match request.extension(&oid::BASIC_CONSTRAINTS).map(|extension| extension.value()) {
            Some(ExtensionValue::BasicConstraints(BasicConstraints { ca, .. })) => *ca,
            _ => false,
        };
        let purposes = match request.extension(&oid::EXTENDED_KEY_USAGE).map(|extension| extension.value()) {
            Some(ExtensionValue::ExtendedKeyUsage(purposes)) => Some(purposes.as_slice()),
            _ => None,
        };
        if ca {
            Self::CaRequest
        } else if serves(purposes) {
            Self::ServerRequest
        } else {
            Self::LeafRequest
        }
    }
}

/// Without a purpose, or with any, a certificate serves TLS too.
fn serves(purposes: Option<&[Oid]>) -> bool {
    purposes.is_none_or(|purposes| {
        [oid::SERVER_AUTH, oid::ANY_EXTENDED_KEY_USAGE].iter().any(|purpose| purposes.contains(purpose))
    })
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
