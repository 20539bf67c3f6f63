//! The encoding of to-be-signed certificates, and of signed objects.
//!
//! NOTE: `x509-cert`'s builder takes subjects and extensions with its own object identifiers, which have no room for all of
//! those that requests carry. The values are its types where it has them; the SEQUENCE around them is put together here,
//! from `der`'s encoders.

use ::der::asn1::{Any, GeneralizedTime, UtcTime};
use ::der::{Decode, Tag, TagNumber};

use crate::certificate::SerialNumber;
use crate::der::encode::{any, cannot_encode, context, encode, sequence};
use crate::diagnostic::{Error, codes};
use crate::extension::NewExtension;
use crate::key::PublicKey;
use crate::name::DistinguishedName;
use crate::signature::{HashFunction, SignatureScheme};
use crate::time::Timestamp;

/// The fields of a certificate that is to be signed.
pub(super) struct ToBeSigned<'a> {
    pub(super) serial_number: &'a SerialNumber,
    pub(super) scheme: SignatureScheme,
    pub(super) issuer: &'a DistinguishedName,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) subject: &'a DistinguishedName,
    pub(super) public_key: &'a PublicKey,
    pub(super) extensions: &'a [NewExtension],
}

impl ToBeSigned<'_> {
    /// The encoding of tbsCertificate, version 3 (RFC 5280 4.1.2).
    pub(super) fn to_der(&self) -> Result<Vec<u8>, Error> {
        let extensions: Vec<Any> =
            self.extensions.iter().map(NewExtension::to_any).collect::<Result<_, _>>()?;
        let fields = [
            context(0, &encode(&any(Tag::Integer, &[2])?)?)?,
            any(Tag::Integer, self.serial_number.as_octets())?,
            raw(&self.scheme.to_der()?)?,
            raw(self.issuer.der())?,
            sequence(&[time(self.not_before)?, time(self.not_after)?])?,
            raw(self.subject.der())?,
            raw(self.public_key.der())?,
            context(3, &encode(&sequence(&extensions)?)?)?,
        ];
        encode(&sequence(&fields)?)
    }
}

/// An encoding as it is.
pub(super) fn raw(der: &[u8]) -> Result<Any, Error> {
    Any::from_der(der).map_err(|_| cannot_encode("a value"))
}

/// RFC 5280 4.1.2.5: UTCTime from 1950 through 2049, GeneralizedTime otherwise.
pub(super) fn time(at: Timestamp) -> Result<Any, Error> {
    let (year, ..) = at.to_civil();
    let since = u64::try_from(at.as_unix()).map(core::time::Duration::from_secs);
    let since = since.map_err(|_| cannot_encode("a time before 1970"))?;
    let der = if (1950..2050).contains(&year) {
        encode(&UtcTime::from_unix_duration(since).map_err(|_| cannot_encode("a time"))?)?
    } else {
        encode(&GeneralizedTime::from_unix_duration(since).map_err(|_| cannot_encode("a time"))?)?
    };
    raw(&der)
}

/// GeneralizedTime, as OCSP has it for every year (RFC 6960 4.2.1).
pub(super) fn generalized_time(at: Timestamp) -> Result<Any, Error> {
    let since = u64::try_from(at.as_unix()).map(core::time::Duration::from_secs);
    let since = since.map_err(|_| cannot_encode("a time before 1970"))?;
    raw(&encode(&GeneralizedTime::from_unix_duration(since).map_err(|_| cannot_encode("a time"))?)?)
}

/// `SEQUENCE { signed, signatureAlgorithm, signatureValue }`
pub(super) fn signed(
    to_be_signed: &[u8],
    scheme: SignatureScheme,
    signature: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut bits = Vec::with_capacity(signature.len().saturating_add(1));
    bits.push(0);
    bits.extend_from_slice(signature);
    encode(&sequence(&[raw(to_be_signed)?, raw(&scheme.to_der()?)?, any(Tag::BitString, &bits)?])?)
}

/// A key identifier: the first 160 bits of the SHA-256 hash of the key's BIT STRING (RFC 7093 2 (1)).
pub(super) fn key_identifier(key: &PublicKey) -> Result<Vec<u8>, Error> {
    let mut fields = crate::der::Decoder::new(key.der(), 0)?.sequence()?;
    fields.element()?;
    let bits = fields.element()?.bit_string_octets()?;
    Ok(HashFunction::Sha256.digest(bits).into_iter().take(20).collect())
}

/// subjectKeyIdentifier (RFC 5280 4.2.1.2).
pub(super) fn subject_key_identifier(identifier: &[u8]) -> Result<NewExtension, Error> {
    let value = encode(&any(Tag::OctetString, identifier)?)?;
    Ok(NewExtension { oid: crate::oid::SUBJECT_KEY_IDENTIFIER, critical: false, value })
}

/// authorityKeyIdentifier with the key identifier alone (RFC 5280 4.2.1.1).
pub(super) fn authority_key_identifier(identifier: &[u8]) -> Result<NewExtension, Error> {
    let number = Tag::ContextSpecific { constructed: false, number: TagNumber(0) };
    let value = encode(&sequence(&[any(number, identifier)?])?)?;
    Ok(NewExtension { oid: crate::oid::AUTHORITY_KEY_IDENTIFIER, critical: false, value })
}

/// cRLDistributionPoints with one point of one URI each (RFC 5280 4.2.1.13).
pub(super) fn distribution_points(uris: &[String]) -> Result<NewExtension, Error> {
    points_extension(crate::oid::CRL_DISTRIBUTION_POINTS, uris)
}

/// freshestCRL: where the delta lists are (RFC 5280 5.2.6).
pub(super) fn freshest_list(uris: &[String]) -> Result<NewExtension, Error> {
    points_extension(crate::oid::FRESHEST_CRL, uris)
}

fn points_extension(oid: crate::oid::Oid, uris: &[String]) -> Result<NewExtension, Error> {
    let mut points = Vec::new();
    for uri in uris {
        points.push(sequence(&[full_name(uri)?])?);
    }
    Ok(NewExtension { oid, critical: false, value: encode(&sequence(&points)?)? })
}

/// `[0] DistributionPointName` with one URI as fullName (RFC 5280 4.2.1.13).
pub(super) fn full_name(uri: &str) -> Result<Any, Error> {
    let name = context(0, &encode(&uri_name(uri)?)?)?;
    context(0, &encode(&name)?)
}

/// authorityInfoAccess (RFC 5280 4.2.2.1).
pub(super) fn information_access(ca_issuers: &[String], ocsp: &[String]) -> Result<NewExtension, Error> {
    let mut descriptions = Vec::new();
    for (method, uris) in [(crate::oid::OCSP, ocsp), (crate::oid::CA_ISSUERS, ca_issuers)] {
        for uri in uris {
            descriptions.push(sequence(&[method.to_any()?, uri_name(uri)?])?);
        }
    }
    let value = encode(&sequence(&descriptions)?)?;
    Ok(NewExtension { oid: crate::oid::AUTHORITY_INFO_ACCESS, critical: false, value })
}

fn uri_name(uri: &str) -> Result<Any, Error> {
    if !uri.is_ascii() {
        return Err(Error::new(codes::INTERNAL_UNEXPECTED, "a URI is not ASCII"));
    }
    any(Tag::ContextSpecific { constructed: false, number: TagNumber(6) }, uri.as_bytes())
}
