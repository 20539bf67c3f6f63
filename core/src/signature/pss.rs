use super::HashFunction;
use crate::algorithm::{AlgorithmIdentifier, ParametersForm};
use crate::der::{self, Decoder, tag};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;
use crate::oid;

/// The parameters of RSASSA-PSS that are accepted: MGF1 with the hash of the message, salt as long as the hash, trailer 1.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm      [0] HashAlgorithm    DEFAULT sha1,
///     maskGenAlgorithm   [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength         [2] INTEGER          DEFAULT 20,
///     trailerField       [3] TrailerField     DEFAULT trailerFieldBC }
/// ```
///
/// RFC 4055 3.1. With three hash functions there are exactly three sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PssParameters {
    /// The hash of the message and of MGF1.
    pub hash: HashFunction,
}

impl PssParameters {
    /// Decodes parameters. Well-formed ones that are not one of the three sets are `signature/pss-parameters`.
    pub(crate) fn decode(parameters: &[u8]) -> Result<Self, Error> {
        der::check(parameters, 0, &Limits::default())?;
        let mut fields = Decoder::new(parameters, 0)?.sequence()?;
        let mut explicit = |number: u8| -> Result<Option<Decoder<'_>>, Error> {
            match fields.optional(tag::context_constructed(number))? {
                None => Ok(None),
                Some(element) => element.contents().map(Some),
            }
        };
        let hash = match explicit(0)? {
            None => None,
            Some(mut contents) => hash_of(&AlgorithmIdentifier::from_element(&contents.element()?)?),
        };
        let mask_hash = match explicit(1)? {
            None => None,
            Some(mut contents) => mask_hash_of(&AlgorithmIdentifier::from_element(&contents.element()?)?)?,
        };
        let salt = match explicit(2)? {
            None => 20,
            Some(mut contents) => contents.element()?.unsigned()?,
        };
        let trailer = match explicit(3)? {
            None => 1,
            Some(mut contents) => contents.element()?.unsigned()?,
        };
        fields.finish()?;
        match hash {
            Some(hash)
                if mask_hash == Some(hash)
                    && usize::try_from(salt) == Ok(hash.output_len())
                    && trailer == 1 =>
            {
                Ok(Self { hash })
            }
            _ => Err(Error::new(
                codes::SIGNATURE_PSS_PARAMETERS,
                "the RSASSA-PSS parameters are not SHA-256, SHA-384 or SHA-512 with MGF1 of the same hash and a salt of \
                 the same length",
            )),
        }
    }
}

/// RFC 4055 2.1: the parameters of a hash function are NULL or absent.
fn hash_of(identifier: &AlgorithmIdentifier) -> Option<HashFunction> {
    HashFunction::ALL
        .into_iter()
        .find(|hash| hash.oid() == *identifier.oid() && identifier.form() != ParametersForm::Other)
}

fn mask_hash_of(identifier: &AlgorithmIdentifier) -> Result<Option<HashFunction>, Error> {
    match identifier.parameters() {
        Some(parameters) if *identifier.oid() == oid::MGF1 => {
            Ok(hash_of(&AlgorithmIdentifier::from_element(&Decoder::new(parameters, 0)?.element()?)?))
        }
        _ => Ok(None),
    }
}
