//! Requests to be made: what they say, signed here or elsewhere.

use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::extension::{BasicConstraints, KeyUsage, KeyUsageBit};
use certgate::key::PublicKey;
use certgate::oid::{Oid, OidKind};
use certgate::pem;
use certgate::request::NewRequest;
use certgate::signature::SignatureScheme;
use serde::{Deserialize, Serialize};

use super::{PrivateKey, issuance, parse_names, parse_subject};
use crate::document::{CodeFamily, read_value};
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::verify::Certificate;

/// A request to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a request")]
pub struct NewRequestDocument {
    /// Subject attributes in order, each `TYPE=value`, such as `CN=web` or `organizationName=Example`.
    #[serde(default)]
    pub subject: Vec<String>,
    /// Subject alternative names: host names, IP addresses, mailboxes and URIs, told apart by their form.
    #[serde(default)]
    pub names: Vec<String>,
    /// Bits of keyUsage, such as `digitalSignature`. Left out: no such extension.
    #[serde(default)]
    pub key_usage: Vec<String>,
    /// Purposes by name or dotted decimal, such as `serverAuth`. Left out: no such extension.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Whether the certificate of a CA is asked for.
    #[serde(default)]
    pub ca: bool,
    /// How many intermediates may follow the CA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_length: Option<u32>,
}

impl NewRequestDocument {
    /// Reads a request to be made from a value that a host has converted.
    ///
    /// # Errors
    /// Unknown keys, and values of the wrong form.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    /// What the engine encodes.
    ///
    /// # Errors
    /// A subject, name, bit or purpose that is not known; a path length without a CA.
    pub fn to_core(&self) -> Result<NewRequest, Error> {
        let fault = |field: &'static str, text: &str, message: &str| -> Error {
            Diagnostic::new(codes::CONTEXT_VALUE, format!("{} {message}", quote(text)))
                .at([field])
                .with_found(text)
                .into()
        };
        let bit = |name: &String| {
            KeyUsageBit::from_name(name).ok_or_else(|| fault("keyUsage", name, "is no bit of keyUsage"))
        };
        let purpose = |text: &String| {
            Oid::from_label(text, OidKind::ExtendedKeyUsage)
                .ok_or_else(|| fault("purposes", text, "is no purpose"))
        };
        if self.path_length.is_some() && !self.ca {
            let message = "only the certificate of a CA has a path length";
            return Err(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["pathLength"]).into());
        }
        let usage: KeyUsage =
            self.key_usage.iter().map(bit).collect::<Result<Vec<_>, _>>()?.into_iter().collect();
        Ok(NewRequest {
            subject: parse_subject(&self.subject)?,
            names: parse_names(&self.names)?,
            key_usage: (!usage.is_empty()).then_some(usage),
            extended_key_usage: self.purposes.iter().map(purpose).collect::<Result<_, _>>()?,
            basic_constraints: self
                .ca
                .then_some(BasicConstraints { ca: true, path_length: self.path_length }),
            ..NewRequest::default()
        })
    }

    /// Makes and signs the request with a key that is at hand.
    ///
    /// # Errors
    /// As [`NewRequestDocument::to_core`], and a value that has no encoding.
    pub fn sign(&self, key: &PrivateKey) -> Result<Request, Error> {
        super::new_request(&self.to_core()?, key)
    }

    /// Encodes the request of a key that is elsewhere. `public_key` is a SubjectPublicKeyInfo in DER or PEM; without a
    /// scheme its usual one is taken.
    ///
    /// # Errors
    /// As [`NewRequestDocument::to_core`]; a key that cannot be read, or that nothing signs with.
    pub fn prepare(
        &self,
        public_key: &[u8],
        scheme: Option<SignatureScheme>,
    ) -> Result<PreparedRequest, Error> {
        let key = read_public_key(public_key)?;
        let scheme = scheme.or_else(|| SignatureScheme::of_key(&key)).ok_or_else(|| {
            let message = format!("nothing signs with the key {}", key.name());
            Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["publicKey"]))
        })?;
        let to_be_signed = self.to_core()?.to_be_signed(&key).map_err(issuance)?;
        Ok(PreparedRequest { to_be_signed, scheme })
    }
}

/// A request for the same as a certificate says, by another key: to renew it, or to ask a policy whether it would still be
/// allowed. A subject that is no text cannot be asked for again.
///
/// # Errors
/// A value that has no encoding.
pub fn request_like(certificate: &Certificate, key: &PrivateKey) -> Result<Request, Error> {
    super::new_request(&same_request(certificate.as_core())?, key)
}

/// What a request for the same as a certificate says.
pub(crate) fn same_request(certificate: &certgate::certificate::Certificate) -> Result<NewRequest, Error> {
    let subject = certificate.subject().attributes().iter();
    let subject = subject.map(|found| Some((found.oid().clone(), found.text()?.to_owned()))).collect();
    let subject: Option<Vec<(Oid, String)>> = subject;
    let subject = subject.ok_or_else(|| {
        let message = "the subject of the certificate is no text";
        Error::from(Diagnostic::new(codes::CONTEXT_VALUE, message).at(["subject"]))
    })?;
    Ok(NewRequest { subject, ..same_but_subject(certificate) })
}

/// What a request for the same as a certificate says, apart from the subject.
pub(crate) fn same_but_subject(certificate: &certgate::certificate::Certificate) -> NewRequest {
    NewRequest {
        names: certificate.subject_alt_names().to_vec(),
        key_usage: certificate.key_usage(),
        extended_key_usage: certificate.extended_key_usage().unwrap_or_default().to_vec(),
        basic_constraints: certificate.basic_constraints().filter(|constraints| constraints.ca),
        ..NewRequest::default()
    }
}

pub(super) fn read_public_key(input: &[u8]) -> Result<PublicKey, Error> {
    let parse = |error| Error::new(ErrorKind::Parse, &error);
    let Some(text) = std::str::from_utf8(input).ok().filter(|text| text.contains("-----BEGIN")) else {
        return PublicKey::from_der(input).map_err(parse);
    };
    let blocks = pem::blocks(text, &certgate::limits::Limits::default()).map_err(parse)?;
    match blocks.as_slice() {
        [key] if key.label == "PUBLIC KEY" => {
            PublicKey::from_der(&key.decode().map_err(parse)?.octets).map_err(parse)
        }
        _ => {
            let message = "the input is not exactly one public key";
            Err(Error::new(ErrorKind::Parse, &Diagnostic::new(codes::INPUT_OTHER_CONTENT, message).into()))
        }
    }
}

/// A request that was encoded, not yet signed. It is no permission, and may be signed more than once.
#[derive(Clone, Debug)]
pub struct PreparedRequest {
    to_be_signed: Vec<u8>,
    scheme: SignatureScheme,
}

impl PreparedRequest {
    /// The bytes to be signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// How they are to be signed: a word such as `ecdsa-with-SHA256`.
    pub fn scheme(&self) -> &'static str {
        self.scheme.as_str()
    }

    /// The request, from a signature over [`PreparedRequest::tbs_der`] in the form of X.509; it is verified.
    ///
    /// # Errors
    /// `issue/not-verified` if the signature is not that of the request's key.
    pub fn assemble(&self, signature: &[u8]) -> Result<Request, Error> {
        let request = NewRequest::assemble(&self.to_be_signed, self.scheme, signature).map_err(issuance)?;
        let status = request.signature_status(crate::crypto());
        if !status.is_valid() {
            let message = "the signature does not verify under the key of the request";
            let diagnostic = Diagnostic::new(codes::ISSUE_NOT_VERIFIED, message).at(["signature"]);
            let related = status.diagnostic().cloned().into_iter().collect();
            return Err(Error::new(ErrorKind::Issuance, &diagnostic.with_related(related).into()));
        }
        Request::parse(request.der())
    }
}
