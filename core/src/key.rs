//! Public keys: what they are, and whether anyone should trust them.
//!
//! Form is judged here, before any back end, by one predicate for all of them (DESIGN 6): sizes, exponent, point form,
//! curve membership, small order. So no verdict depends on the CPU.

use crate::algorithm::{AlgorithmIdentifier, ParametersForm};
use crate::der::{self, Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, Path, codes, path::steps};
use crate::limits::Limits;
use crate::oid::{self, Oid};

mod blocklist;
mod curve;
mod edwards;
mod power;
mod rsa;
mod weakness;

pub use blocklist::{Blocklist, BlocklistEntry};
pub use curve::Curve;
pub(crate) use edwards::{is_canonical_point, is_small_order};
pub use rsa::{MAX_MODULUS_BITS, MIN_MODULUS_BITS, RsaKey};

use crate::signature::PssParameters;

/// A subject's public key.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE {
///     algorithm         AlgorithmIdentifier,
///     subjectPublicKey  BIT STRING }
/// ```
///
/// RFC 5280 4.1.2.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    der: Vec<u8>,
    algorithm: AlgorithmIdentifier,
    material: KeyMaterial,
}

/// The key itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// RSA (RFC 8017), with the parameters that id-RSASSA-PSS binds the key to (RFC 4055 1.2).
    Rsa {
        /// Modulus and exponent.
        key: RsaKey,
        /// `None` for rsaEncryption; else what the key is bound to, if anything.
        pss: Option<Option<PssParameters>>,
    },
    /// A point on a named curve (RFC 5480).
    Ec {
        /// The curve.
        curve: Curve,
        /// The point in uncompressed form (SEC 1 2.3.3).
        point: Vec<u8>,
        /// Whether the input had the compressed form.
        compressed: bool,
    },
    /// Ed25519 (RFC 8410).
    Ed25519([u8; 32]),
    /// Recognised by its identifier, and not supported.
    Unsupported {
        /// What it is called, or its dotted decimal.
        name: String,
    },
}

/// The algorithms whose signatures certgate verifies, as policies name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// RSA.
    Rsa,
    /// ECDSA on a named curve.
    Ec,
    /// Ed25519.
    Ed25519,
}

impl KeyAlgorithm {
    /// The name in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Ec => "EC",
            Self::Ed25519 => "Ed25519",
        }
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    pub fn from_der(input: &[u8]) -> Result<Self, Error> {
        let limits = Limits::default();
        der::check(input, 0, &limits)?;
        let mut findings = Vec::new();
        Self::from_element(&Decoder::new(input, 0)?.element()?, &limits, &mut findings)
    }

    /// Decodes a SubjectPublicKeyInfo that [`crate::der::check`] has accepted. Paths are relative to it.
    pub(crate) fn from_element(
        element: &Element<'_>,
        limits: &Limits,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "SubjectPublicKeyInfo")?.contents()?;
        let algorithm = AlgorithmIdentifier::from_element(&fields.element()?)
            .map_err(|error| error.within("algorithm"))?;
        let bits = fields
            .expect(tag::BIT_STRING, "subjectPublicKey")
            .map_err(|error| error.within("subjectPublicKey"))?;
        fields.finish()?;
        let material = decode_material(&algorithm, &bits, limits, findings)?;
        Ok(Self { der: element.encoding.to_vec(), algorithm, material })
    }

    /// The DER encoding of the SubjectPublicKeyInfo.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The algorithm identifier.
    pub fn algorithm_identifier(&self) -> &AlgorithmIdentifier {
        &self.algorithm
    }

    /// The key itself.
    pub fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// The algorithm; `None` if it is not supported.
    pub fn algorithm(&self) -> Option<KeyAlgorithm> {
        match self.material {
            KeyMaterial::Rsa { .. } => Some(KeyAlgorithm::Rsa),
            KeyMaterial::Ec { .. } => Some(KeyAlgorithm::Ec),
            KeyMaterial::Ed25519(_) => Some(KeyAlgorithm::Ed25519),
            KeyMaterial::Unsupported { .. } => None,
        }
    }

    /// The key's size in bits: modulus, curve, or 256 for Ed25519.
    pub fn bits(&self) -> Option<u32> {
        match &self.material {
            KeyMaterial::Rsa { key, .. } => Some(key.bits()),
            KeyMaterial::Ec { curve, .. } => Some(curve.bits()),
            KeyMaterial::Ed25519(_) => Some(256),
            KeyMaterial::Unsupported { .. } => None,
        }
    }

    /// How people call the key: `RSA-2048`, `P-256`, `Ed25519`, `ML-DSA-65`.
    pub fn name(&self) -> String {
        match &self.material {
            KeyMaterial::Rsa { key, .. } => format!("RSA-{}", key.bits()),
            KeyMaterial::Ec { curve, .. } => curve.as_str().to_owned(),
            KeyMaterial::Ed25519(_) => KeyAlgorithm::Ed25519.as_str().to_owned(),
            KeyMaterial::Unsupported { name } => name.clone(),
        }
    }

    /// Checks the key's size and exponent: what a signature needs before it may be verified. Cheap.
    pub fn check_size(&self) -> Vec<Diagnostic> {
        match &self.material {
            KeyMaterial::Rsa { key, .. } => key.check_size(),
            KeyMaterial::Unsupported { name } => vec![unsupported(name, self.algorithm.oid())],
            KeyMaterial::Ec { .. } | KeyMaterial::Ed25519(_) => Vec::new(),
        }
    }

    /// Checks that no policy switches off: size and exponent, small factors, close primes, ROCA, perfect powers, small
    /// order, and the caller's block list. Paths are relative to the SubjectPublicKeyInfo.
    pub fn check(&self, blocklist: Option<&Blocklist>) -> Vec<Diagnostic> {
        let mut diagnostics = self.check_size();
        match &self.material {
            KeyMaterial::Rsa { key, .. } if diagnostics.is_empty() => weakness::check(key, &mut diagnostics),
            KeyMaterial::Ed25519(point) if edwards::is_small_order(point) => diagnostics.push(
                Diagnostic::new(codes::KEY_ED25519_SMALL_ORDER, "the Ed25519 key is a point of small order")
                    .at(steps!["subjectPublicKey"])
                    .with_help("make a new key"),
            ),
            _ => {}
        }
        if let Some(entry) = blocklist.and_then(|list| list.find(self)) {
            diagnostics.push(entry.diagnostic());
        }
        diagnostics
    }
}

fn decode_material(
    algorithm: &AlgorithmIdentifier,
    bits: &Element<'_>,
    limits: &Limits,
    findings: &mut Vec<Diagnostic>,
) -> Result<KeyMaterial, Error> {
    let within_key = |error: Error| error.within("subjectPublicKey");
    let within_parameters = |error: Error| error.within("parameters").within("algorithm");
    let oid = algorithm.oid();
    if *oid == oid::RSA_ENCRYPTION {
        match algorithm.form() {
            ParametersForm::Null => {}
            ParametersForm::Absent => findings.push(
                Diagnostic::new(
                    codes::KEY_PARAMETERS_ABSENT,
                    "the parameters of rsaEncryption are absent, not NULL",
                )
                .at(steps!["algorithm", "parameters"]),
            ),
            ParametersForm::Other => {
                return Err(within_parameters(
                    algorithm.error(codes::KEY_PARAMETERS, "the parameters of rsaEncryption are not NULL"),
                ));
            }
        }
        let key = RsaKey::decode(bits, limits).map_err(within_key)?;
        return Ok(KeyMaterial::Rsa { key, pss: None });
    }
    if *oid == oid::RSASSA_PSS {
        let bound = match algorithm.parameters() {
            None => None,
            Some(parameters) => Some(PssParameters::decode(parameters).map_err(within_parameters)?),
        };
        let key = RsaKey::decode(bits, limits).map_err(within_key)?;
        return Ok(KeyMaterial::Rsa { key, pss: Some(bound) });
    }
    if *oid == oid::EC_PUBLIC_KEY {
        return decode_ec(algorithm, bits, findings);
    }
    if *oid == oid::ED25519 {
        if algorithm.form() != ParametersForm::Absent {
            return Err(within_parameters(
                algorithm.error(codes::KEY_PARAMETERS, "the parameters of Ed25519 must be absent"),
            ));
        }
        return edwards::decode(bits).map(KeyMaterial::Ed25519).map_err(within_key);
    }
    Ok(KeyMaterial::Unsupported { name: oid.label() })
}

fn decode_ec(
    algorithm: &AlgorithmIdentifier,
    bits: &Element<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Result<KeyMaterial, Error> {
    let parameters = algorithm.parameters().unwrap_or_default();
    let fault =
        |code, message: &str| Err(algorithm.error(code, message).within("parameters").within("algorithm"));
    match parameters.first() {
        Some(&tag::OBJECT_IDENTIFIER) => {}
        Some(&tag::SEQUENCE) => {
            return fault(
                codes::KEY_EXPLICIT_PARAMETERS,
                "the key brings its own curve parameters in place of a named curve",
            );
        }
        _ => return fault(codes::KEY_PARAMETERS, "the parameters of an EC key must name a curve"),
    }
    let name = Oid::from_element(&Decoder::new(parameters, 0)?.element()?)?;
    let Some(curve) = Curve::from_oid(&name) else {
        return Ok(KeyMaterial::Unsupported { name: format!("EC {}", name.label()) });
    };
    let (point, compressed) = curve.decode_point(bits).map_err(|error| error.within("subjectPublicKey"))?;
    if compressed {
        findings.push(
            Diagnostic::new(codes::KEY_POINT_COMPRESSED, "the EC point is in compressed form")
                .at(steps!["subjectPublicKey"]),
        );
    }
    Ok(KeyMaterial::Ec { curve, point, compressed })
}

fn unsupported(name: &str, oid: &Oid) -> Diagnostic {
    let code = if *oid == oid::DSA { codes::KEY_DSA } else { codes::KEY_UNSUPPORTED };
    let at: Path =
        if *oid == oid::EC_PUBLIC_KEY { steps!["algorithm", "parameters"] } else { steps!["algorithm"] };
    Diagnostic::new(code, format!("the key algorithm {name} is not supported"))
        .at(at)
        .with_found(name)
        .with_help("use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519")
}
