//! Encoding values with the types of the `der` crate.

use ::der::asn1::Any;
use ::der::{Encode, Tag, TagNumber};

use crate::diagnostic::{Error, codes};

pub(crate) fn encode(value: &impl Encode) -> Result<Vec<u8>, Error> {
    value.to_der().map_err(|_| cannot_encode("a value"))
}

pub(crate) fn any(tag: Tag, contents: &[u8]) -> Result<Any, Error> {
    Any::new(tag, contents).map_err(|_| cannot_encode("a value"))
}

/// The encodings one after another.
pub(crate) fn concatenate(values: &[Any]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for value in values {
        out.extend(encode(value)?);
    }
    Ok(out)
}

pub(crate) fn sequence(fields: &[Any]) -> Result<Any, Error> {
    any(Tag::Sequence, &concatenate(fields)?)
}

/// `[number] EXPLICIT` around encodings, or `[number] IMPLICIT SEQUENCE` of them.
pub(crate) fn context(number: u32, contents: &[u8]) -> Result<Any, Error> {
    any(Tag::ContextSpecific { constructed: true, number: TagNumber(number) }, contents)
}

pub(crate) fn cannot_encode(what: &str) -> Error {
    Error::new(codes::INTERNAL_UNEXPECTED, format!("{what} cannot be encoded"))
}
