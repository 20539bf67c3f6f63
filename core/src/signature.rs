//! Signature algorithms, and whether a signature verifies.
//!
//! The algorithm identifier and the form of the signature are judged here, by one predicate for all back ends.

use crate::algorithm::{AlgorithmIdentifier, ParametersForm};
use crate::crypto::{CryptoProvider, Verification};
use crate::der::{self, Decoder, tag};
use crate::diagnostic::{Code, Diagnostic, Error, codes, path::steps};
use crate::key::{Curve, KeyAlgorithm, KeyMaterial, PublicKey};
use crate::limits::Limits;
use crate::oid::{self, Oid};

mod form;
mod legacy;
mod pss;
mod word;

pub use pss::PssParameters;

/// The hash functions of accepted signatures (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HashFunction {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl HashFunction {
    /// All hash functions.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Octets of the output.
    pub fn output_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The hash of `message`.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        use sha2::Digest;
        match self {
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }

    /// The object identifier.
    pub fn oid(self) -> Oid {
        match self {
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }
}

/// A signature scheme that certgate verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// ECDSA (FIPS 186-5, RFC 5758 3.2).
    Ecdsa(HashFunction),
    /// Ed25519 (RFC 8032, RFC 8410).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2, RFC 4055 5).
    RsaPkcs1(HashFunction),
    /// RSASSA-PSS (RFC 8017 8.1, RFC 4055 3).
    RsaPss(PssParameters),
}

impl SignatureScheme {
    /// The AlgorithmIdentifier in DER (RFC 4055, RFC 5758, RFC 8410).
    pub(crate) fn to_der(self) -> Result<Vec<u8>, Error> {
        use crate::der::encode::{any, context, encode, sequence};
        use ::der::Tag;
        let null = || any(Tag::Null, &[]);
        let fields = match self {
            Self::Ecdsa(HashFunction::Sha256) => vec![oid::ECDSA_WITH_SHA256.to_any()?],
            Self::Ecdsa(HashFunction::Sha384) => vec![oid::ECDSA_WITH_SHA384.to_any()?],
            Self::Ecdsa(HashFunction::Sha512) => vec![oid::ECDSA_WITH_SHA512.to_any()?],
            Self::Ed25519 => vec![oid::ED25519.to_any()?],
            Self::RsaPkcs1(HashFunction::Sha256) => vec![oid::SHA256_WITH_RSA.to_any()?, null()?],
            Self::RsaPkcs1(HashFunction::Sha384) => vec![oid::SHA384_WITH_RSA.to_any()?, null()?],
            Self::RsaPkcs1(HashFunction::Sha512) => vec![oid::SHA512_WITH_RSA.to_any()?, null()?],
            Self::RsaPss(parameters) => {
                let hash = sequence(&[parameters.hash.oid().to_any()?, null()?])?;
                let mask = sequence(&[oid::MGF1.to_any()?, hash.clone()])?;
                let length = u8::try_from(parameters.hash.output_len()).unwrap_or_default();
                let salt = any(Tag::Integer, &[length])?;
                let parameters = [
                    context(0, &encode(&hash)?)?,
                    context(1, &encode(&mask)?)?,
                    context(2, &encode(&salt)?)?,
                ];
                vec![oid::RSASSA_PSS.to_any()?, sequence(&parameters)?]
            }
        };
        encode(&sequence(&fields)?)
    }

    /// The keys that fit the scheme.
    pub fn key_algorithm(self) -> KeyAlgorithm {
        match self {
            Self::Ecdsa(_) => KeyAlgorithm::Ec,
            Self::Ed25519 => KeyAlgorithm::Ed25519,
            Self::RsaPkcs1(_) | Self::RsaPss(_) => KeyAlgorithm::Rsa,
        }
    }
}

/// What a signatureAlgorithm field says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    identifier: AlgorithmIdentifier,
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scheme(SignatureScheme),
    /// Known, and not accepted; the key algorithm that it fits, where that is checked.
    Refused(Code, Option<KeyAlgorithm>),
    /// No back end has it.
    Unknown,
}

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureStatus {
    /// It verifies.
    Valid,
    /// It does not verify, or no one could verify it: the diagnostic says which.
    Invalid(Box<Diagnostic>),
    /// Its algorithm or key type is known and not accepted.
    Refused(Box<Diagnostic>),
    /// The key is too small or otherwise unfit, so that nothing was calculated with it.
    NotChecked(Box<Diagnostic>),
}

impl SignatureStatus {
    /// The word of the interface: `valid`, `invalid`, `refused` or `not-checked`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid(_) => "invalid",
            Self::Refused(_) => "refused",
            Self::NotChecked(_) => "not-checked",
        }
    }

    /// Whether the signature verifies.
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid)
    }

    /// Why it is not valid.
    pub fn diagnostic(&self) -> Option<&Diagnostic> {
        match self {
            Self::Valid => None,
            Self::Invalid(diagnostic) | Self::Refused(diagnostic) | Self::NotChecked(diagnostic) => {
                Some(diagnostic)
            }
        }
    }
}

impl SignatureAlgorithm {
    /// Reads an AlgorithmIdentifier in DER (RFC 5280 4.1.1.2).
    ///
    /// # Errors
    /// Anything that is no AlgorithmIdentifier in DER, and parameters that the algorithm does not have.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        der::check(input, 0, &Limits::default())?;
        let mut decoder = Decoder::new(input, 0)?;
        let identifier = AlgorithmIdentifier::from_element(&decoder.element()?)?;
        decoder.finish()?;
        Self::decode(identifier, &mut Vec::new())
    }

    /// Reads a signatureAlgorithm. Parameters that the algorithm does not have are an error; an algorithm that is not
    /// accepted is not. Paths are relative to the field.
    pub(crate) fn decode(
        identifier: AlgorithmIdentifier,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let oid = identifier.oid().clone();
        let name = oid.label();
        if oid == oid::RSASSA_PSS {
            let kind = match identifier.parameters().map(PssParameters::decode) {
                Some(Ok(parameters)) => Kind::Scheme(SignatureScheme::RsaPss(parameters)),
                Some(Err(error)) if error.code() != codes::SIGNATURE_PSS_PARAMETERS => {
                    return Err(error.within("parameters"));
                }
                // RFC 4055 3.1: absent parameters of a signature stand for SHA-1.
                Some(Err(_)) | None => {
                    Kind::Refused(codes::SIGNATURE_PSS_PARAMETERS, Some(KeyAlgorithm::Rsa))
                }
            };
            return Ok(Self { identifier, name: "RSASSA-PSS".to_owned(), kind });
        }
        let kind = kind_of(&oid);
        let required = match kind {
            Kind::Scheme(SignatureScheme::RsaPkcs1(_)) => Some(ParametersForm::Null),
            Kind::Scheme(_) => Some(ParametersForm::Absent),
            _ => None,
        };
        match (required, identifier.form()) {
            (Some(required), found) if required == found => {}
            (None, _) => {}
            (Some(ParametersForm::Null), ParametersForm::Absent) => findings.push(
                Diagnostic::new(
                    codes::SIGNATURE_PARAMETERS_ABSENT,
                    format!("the parameters of {name} are absent, not NULL"),
                )
                .at(steps!["parameters"]),
            ),
            _ => {
                let message = format!("the parameters of {name} are not what the algorithm has");
                return Err(identifier.error(codes::SIGNATURE_PARAMETERS, message).within("parameters"));
            }
        }
        Ok(Self { identifier, name, kind })
    }

    /// Checks that the algorithm fits the key: ECDSA with an EC key and so on.
    pub(crate) fn check_fit(&self, key: &PublicKey) -> Result<(), Error> {
        let fits = match self.kind {
            Kind::Scheme(scheme) => Some(scheme.key_algorithm()),
            Kind::Refused(_, fits) => fits,
            Kind::Unknown => None,
        };
        let algorithm_fits = match (fits, key.algorithm()) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => true,
        };
        let parameters_fit = match (self.kind, key.material()) {
            (Kind::Scheme(SignatureScheme::RsaPkcs1(_)), KeyMaterial::Rsa { pss, .. }) => pss.is_none(),
            (
                Kind::Scheme(SignatureScheme::RsaPss(used)),
                KeyMaterial::Rsa { pss: Some(Some(bound)), .. },
            ) => used == *bound,
            _ => true,
        };
        if algorithm_fits && parameters_fit { Ok(()) } else { Err(self.mismatch(key)) }
    }

    fn mismatch(&self, key: &PublicKey) -> Error {
        self.identifier
            .error(
                codes::SIGNATURE_ALGORITHM_MISMATCH,
                format!("the signature algorithm {} does not fit the key {}", self.name, key.name()),
            )
            .within("algorithm")
    }

    /// The algorithm identifier.
    pub fn identifier(&self) -> &AlgorithmIdentifier {
        &self.identifier
    }

    /// The algorithm's name, or its dotted decimal.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The scheme; `None` if the algorithm is not accepted.
    pub fn scheme(&self) -> Option<SignatureScheme> {
        match self.kind {
            Kind::Scheme(scheme) => Some(scheme),
            _ => None,
        }
    }

    /// Verifies `signature`, the octets of the BIT STRING, over `message`. Paths of diagnostics are relative to the signed
    /// object: `signatureAlgorithm`, `signature`, `subjectPublicKeyInfo`.
    pub fn verify(
        &self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
        crypto: &CryptoProvider,
    ) -> SignatureStatus {
        self.verify_by(key, message, signature, &|verification| crypto.verify(verification))
    }

    /// As [`SignatureAlgorithm::verify`], by a function that is asked last: form and size have been judged then.
    pub(crate) fn verify_by(
        &self,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
        back_end: &dyn Fn(&Verification<'_>) -> bool,
    ) -> SignatureStatus {
        if let Err(error) = self.check_fit(key) {
            let error = error.within("signatureAlgorithm");
            let diagnostic = error.diagnostics().first().cloned().unwrap_or_else(invalid_signature);
            return SignatureStatus::Invalid(Box::new(diagnostic));
        }
        let unfit = key.check_size().into_iter().next();
        if let Some(diagnostic) = unfit {
            let diagnostic = Box::new(diagnostic.within("subjectPublicKeyInfo"));
            return match key.algorithm() {
                None => SignatureStatus::Refused(diagnostic),
                Some(_) => SignatureStatus::NotChecked(diagnostic),
            };
        }
        let invalid = || SignatureStatus::Invalid(Box::new(invalid_signature()));
        match self.kind {
            Kind::Unknown => SignatureStatus::Invalid(Box::new(self.refusal(codes::SIGNATURE_UNSUPPORTED))),
            Kind::Refused(code, _) => {
                if legacy::is_wrong(self.identifier.oid(), key, message, signature) {
                    invalid()
                } else {
                    SignatureStatus::Refused(Box::new(self.refusal(code)))
                }
            }
            Kind::Scheme(scheme) => match form::check(scheme, key, signature) {
                Some(signature)
                    if back_end(&Verification { scheme, key, message, signature: &signature }) =>
                {
                    SignatureStatus::Valid
                }
                _ => invalid(),
            },
        }
    }

    fn refusal(&self, code: Code) -> Diagnostic {
        Diagnostic::new(code, format!("the signature algorithm {} is not accepted", self.name))
            .at(steps!["signatureAlgorithm"])
            .with_found(self.name.as_str())
            .with_help("sign with SHA-256, SHA-384 or SHA-512, such as by `openssl req -new -sha256`")
    }
}

fn invalid_signature() -> Diagnostic {
    Diagnostic::new(codes::SIGNATURE_INVALID, "the signature does not verify under the key")
        .at(steps!["signature"])
        .with_help("make the request again with the private key that belongs to it")
}

fn kind_of(oid: &Oid) -> Kind {
    use HashFunction::{Sha256, Sha384, Sha512};
    use KeyAlgorithm::{Ec, Rsa};
    let table: [(Oid, Kind); 20] = [
        (oid::ECDSA_WITH_SHA256, Kind::Scheme(SignatureScheme::Ecdsa(Sha256))),
        (oid::ECDSA_WITH_SHA384, Kind::Scheme(SignatureScheme::Ecdsa(Sha384))),
        (oid::ECDSA_WITH_SHA512, Kind::Scheme(SignatureScheme::Ecdsa(Sha512))),
        (oid::SHA256_WITH_RSA, Kind::Scheme(SignatureScheme::RsaPkcs1(Sha256))),
        (oid::SHA384_WITH_RSA, Kind::Scheme(SignatureScheme::RsaPkcs1(Sha384))),
        (oid::SHA512_WITH_RSA, Kind::Scheme(SignatureScheme::RsaPkcs1(Sha512))),
        (oid::ED25519, Kind::Scheme(SignatureScheme::Ed25519)),
        (oid::MD5_WITH_RSA, Kind::Refused(codes::SIGNATURE_MD5, Some(Rsa))),
        (oid::SHA1_WITH_RSA, Kind::Refused(codes::SIGNATURE_SHA1, Some(Rsa))),
        (oid::SHA1_WITH_RSA_OIW, Kind::Refused(codes::SIGNATURE_SHA1, Some(Rsa))),
        (oid::ECDSA_WITH_SHA1, Kind::Refused(codes::SIGNATURE_SHA1, Some(Ec))),
        (oid::SHA224_WITH_RSA, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, Some(Rsa))),
        (oid::ECDSA_WITH_SHA224, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, Some(Ec))),
        (oid::DSA_WITH_SHA1, Kind::Refused(codes::SIGNATURE_DSA, None)),
        (oid::DSA_WITH_SHA224, Kind::Refused(codes::SIGNATURE_DSA, None)),
        (oid::DSA_WITH_SHA256, Kind::Refused(codes::SIGNATURE_DSA, None)),
        (oid::ML_DSA_44, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, None)),
        (oid::ML_DSA_65, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, None)),
        (oid::ML_DSA_87, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, None)),
        (oid::ED448, Kind::Refused(codes::SIGNATURE_UNSUPPORTED, None)),
    ];
    table.into_iter().find(|(known, _)| known == oid).map_or(Kind::Unknown, |(_, kind)| kind)
}

/// `Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 5480 appendix A) as fixed-length r and s.
fn decode_ecdsa(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    der::check(signature, 0, &Limits::default()).ok()?;
    let mut fields = Decoder::new(signature, 0).ok()?.sequence().ok()?;
    let mut out = Vec::with_capacity(curve.coordinate_len().saturating_mul(2));
    for _ in 0..2 {
        let integer = fields.expect(tag::INTEGER, "INTEGER").ok()?;
        let octets = match integer.value {
            [first, ..] if first & 0x80 != 0 => return None,
            [0, rest @ ..] => rest,
            all => all,
        };
        let padding = curve.coordinate_len().checked_sub(octets.len())?;
        out.extend(std::iter::repeat_n(0, padding));
        out.extend(octets);
    }
    fields.finish().ok()?;
    Some(out)
}
