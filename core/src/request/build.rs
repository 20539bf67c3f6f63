use ::der::Tag;
use ::der::asn1::Any;

use super::CertificationRequest;
use crate::crypto::Signer;
use crate::der::encode::{any, concatenate, context, encode, sequence};
use crate::diagnostic::Error;
use crate::extension::encode::encode_subject;
use crate::extension::{BasicConstraints, KeyUsage, NewExtension};
use crate::key::PublicKey;
use crate::name::GeneralName;
use crate::oid::{self, Oid};
use crate::signature::SignatureScheme;

/// What a new request says. Nothing is checked here: a policy judges the request, whoever made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRequest {
    /// Subject attributes in order, each in an RDN of its own.
    pub subject: Vec<(Oid, String)>,
    /// Subject alternative names.
    pub names: Vec<GeneralName>,
    /// keyUsage; left out if `None`.
    pub key_usage: Option<KeyUsage>,
    /// extendedKeyUsage; left out if empty.
    pub extended_key_usage: Vec<Oid>,
    /// basicConstraints; left out if `None`.
    pub basic_constraints: Option<BasicConstraints>,
    /// Further extensions.
    pub extensions: Vec<NewExtension>,
    /// Further attributes: type and the DER encoding of each value.
    pub attributes: Vec<(Oid, Vec<Vec<u8>>)>,
}

impl NewRequest {
    /// The encoding of certificationRequestInfo, to be signed by the key that it carries (RFC 2986 4.1).
    ///
    /// # Errors
    /// A value that has no encoding.
    pub fn to_be_signed(&self, public_key: &PublicKey) -> Result<Vec<u8>, Error> {
        use ::der::Decode;
        let key = Any::from_der(public_key.der()).map_err(|_| {
            Error::new(crate::diagnostic::codes::INTERNAL_UNEXPECTED, "the key cannot be encoded")
        })?;
        let subject = encode_subject(&self.subject)?;
        let subject = Any::from_der(subject.der()).map_err(|_| {
            Error::new(crate::diagnostic::codes::INTERNAL_UNEXPECTED, "the subject cannot be encoded")
        })?;
        let info = [any(Tag::Integer, &[0])?, subject, key, context(0, &self.encode_attributes()?)?];
        encode(&sequence(&info)?)
    }

    /// The request, from what was signed and its signature in the form of X.509.
    ///
    /// # Errors
    /// As [`CertificationRequest::from_der`].
    pub fn assemble(
        to_be_signed: &[u8],
        scheme: SignatureScheme,
        signature: &[u8],
    ) -> Result<CertificationRequest, Error> {
        let mut contents = to_be_signed.to_vec();
        contents.extend(scheme.to_der()?);
        let mut bits = vec![0];
        bits.extend(signature);
        contents.extend(encode(&any(Tag::BitString, &bits)?)?);
        CertificationRequest::from_der(&encode(&any(Tag::Sequence, &contents)?)?)
    }

    /// Makes and signs the request with a key that is at hand.
    ///
    /// # Errors
    /// As [`NewRequest::to_be_signed`], [`NewRequest::assemble`] and [`Signer::sign`].
    pub fn sign(&self, signer: &dyn Signer) -> Result<CertificationRequest, Error> {
        let to_be_signed = self.to_be_signed(signer.public_key())?;
        let signature = signer.sign(&to_be_signed)?;
        Self::assemble(&to_be_signed, signer.scheme(), &signature)
    }

    fn all_extensions(&self) -> Result<Vec<NewExtension>, Error> {
        let mut extensions = Vec::new();
        if !self.names.is_empty() {
            extensions.push(NewExtension::subject_alt_name(&self.names, self.subject.is_empty())?);
        }
        if let Some(constraints) = self.basic_constraints {
            extensions.push(NewExtension::basic_constraints(constraints)?);
        }
        if let Some(usage) = self.key_usage {
            extensions.push(NewExtension::key_usage(usage)?);
        }
        if !self.extended_key_usage.is_empty() {
            extensions.push(NewExtension::extended_key_usage(&self.extended_key_usage)?);
        }
        extensions.extend(self.extensions.iter().cloned());
        Ok(extensions)
    }

    /// `SET OF Attribute`: in ascending order of the encodings.
    fn encode_attributes(&self) -> Result<Vec<u8>, Error> {
        let mut attributes = Vec::new();
        let extensions = self.all_extensions()?;
        if !extensions.is_empty() {
            let list: Vec<Any> = extensions.iter().map(NewExtension::to_any).collect::<Result<_, _>>()?;
            attributes.push(encode_attribute(&oid::EXTENSION_REQUEST, &[encode(&sequence(&list)?)?])?);
        }
        for (oid, values) in &self.attributes {
            attributes.push(encode_attribute(oid, values)?);
        }
        let mut encodings: Vec<Vec<u8>> = attributes.iter().map(encode).collect::<Result<_, _>>()?;
        encodings.sort();
        Ok(encodings.concat())
    }
}

fn encode_attribute(oid: &Oid, values: &[Vec<u8>]) -> Result<Any, Error> {
    let mut values = values.to_vec();
    values.sort();
    let contents = concatenate(&[oid.to_any()?, any(Tag::Set, &values.concat())?])?;
    any(Tag::Sequence, &contents)
}
