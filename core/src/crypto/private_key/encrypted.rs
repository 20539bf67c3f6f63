//! Private keys under a passphrase: EncryptedPrivateKeyInfo (RFC 5958 3) with PBES2 (RFC 8018 6.2).

use ::der::asn1::{AnyRef, OctetStringRef};
use ::der::{Decode, Encode, Reader, SliceReader, Tagged};
use chacha20::ChaCha20Rng;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::{EncryptionScheme, pbes2};
use rand_core::SeedableRng;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::diagnostic::{Diagnostic, Error, codes};

/// What deriving one key from a passphrase may cost. A file says itself how much work it asks for, so all of it is checked
/// before the work begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DerivationLimits {
    /// Iterations of PBKDF2: RFC 8018 4.2 names 10,000,000 for especially critical keys.
    pub pbkdf2_iterations: u32,
    /// Octets of memory of scrypt, 128·N·r: 256 MiB, twice what OWASP recommends at most (N = 2^17, r = 8).
    pub scrypt_memory: u64,
    /// Work of scrypt, N·r·p: eight times that of N = 2^17, r = 8, p = 1.
    pub scrypt_work: u64,
}

impl Default for DerivationLimits {
    fn default() -> Self {
        Self { pbkdf2_iterations: 10_000_000, scrypt_memory: 1 << 28, scrypt_work: 1 << 23 }
    }
}

/// How a key is derived from a passphrase when a private key is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyDerivation {
    /// scrypt (RFC 7914) with N = 2^14, r = 8, p = 1: what OpenSSL reads without more memory being allowed to it.
    #[default]
    Scrypt,
    /// PBKDF2 with HMAC-SHA-256 and 600,000 iterations (OWASP), which every reader of PBES2 knows.
    Pbkdf2,
}

impl KeyDerivation {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Scrypt, Self::Pbkdf2];

    /// The name on command lines: `scrypt` or `pbkdf2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scrypt => "scrypt",
            Self::Pbkdf2 => "pbkdf2",
        }
    }

    /// Finds one by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|derivation| derivation.as_str() == name)
    }
}

impl PrivateKey {
    /// Reads a private key in DER that is encrypted: PBES2 with scrypt, or with PBKDF2 and HMAC of SHA-2, and AES.
    ///
    /// # Errors
    /// `key/encryption`: PBES1 or another algorithm that is not opened; `key/encryption-cost`: more work than `limits`
    /// allow; `key/passphrase`: another passphrase; `key/private-key`: no such encoding, or a key of another kind within.
    pub fn from_encrypted_der(
        der: &[u8],
        passphrase: &[u8],
        limits: &DerivationLimits,
    ) -> Result<Self, Error> {
        let (parameters, data) = read(der)?;
        check_cost(&parameters.kdf, limits)?;
        let wrong = || {
            Diagnostic::new(codes::KEY_PASSPHRASE, "the passphrase does not open the private key").with_help(
                "look for a blank or a line break at the end of it; the first line of a file counts",
            )
        };
        let mut buffer = Zeroizing::new(data.to_vec());
        let clear = parameters.decrypt_in_place(passphrase, &mut buffer).map_err(|error| match error {
            pkcs8::pkcs5::Error::DecryptFailed => Error::from(wrong()),
            _ => unsupported("an algorithm that is not opened"),
        })?;
        // One wrong passphrase in 256 leaves what looks like padding, and never a SEQUENCE of that length.
        if !is_one_sequence(clear) {
            return Err(wrong().into());
        }
        Self::from_der(clear)
    }

    /// The key in PKCS #8 (RFC 5958) under a passphrase, by PBES2 with AES-256-CBC. Salt and initialisation vector come from
    /// `seed`, which must come from the system and be used once.
    ///
    /// # Errors
    /// `key/passphrase` if it is empty; `key/private-key` if the key has no encoding.
    pub fn to_encrypted_der(
        &self,
        passphrase: &[u8],
        derivation: KeyDerivation,
        seed: [u8; 32],
    ) -> Result<Vec<u8>, Error> {
        if passphrase.is_empty() {
            return Err(Error::new(codes::KEY_PASSPHRASE, "the passphrase is empty"));
        }
        let mut random = ChaCha20Rng::from_seed(seed);
        let parameters = match derivation {
            KeyDerivation::Scrypt => pbes2::Parameters::generate_scrypt(&mut random),
            KeyDerivation::Pbkdf2 => pbes2::Parameters::generate_pbkdf2(&mut random),
        };
        let failed = || Error::new(codes::KEY_PRIVATE_KEY, "the private key cannot be encrypted");
        let parameters = parameters.map_err(|_| failed())?;
        let data = parameters.encrypt(passphrase, &self.to_pkcs8_der()?).map_err(|_| failed())?;
        let info = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: EncryptionScheme::Pbes2(parameters),
            encrypted_data: OctetStringRef::new(&data).map_err(|_| failed())?,
        };
        info.to_der().map_err(|_| failed())
    }
}

/// Whether these octets begin as EncryptedPrivateKeyInfo does: an algorithm first, where keys in the clear have a version.
pub(super) fn looks_encrypted(der: &[u8]) -> bool {
    fields(der).is_some()
}

/// Whether these octets are one SEQUENCE and nothing behind it.
fn is_one_sequence(der: &[u8]) -> bool {
    AnyRef::from_der(der).is_ok_and(|value| value.tag() == ::der::Tag::Sequence)
}

/// `SEQUENCE { encryptionAlgorithm, encryptedData OCTET STRING }`
fn fields(der: &[u8]) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    let mut reader = SliceReader::new(der).ok()?;
    let fields = reader.sequence(|fields| {
        let algorithm = fields.decode::<AlgorithmIdentifierRef<'_>>()?;
        let data = fields.decode::<&OctetStringRef>()?;
        Ok::<_, ::der::Error>((algorithm, data.as_bytes()))
    });
    fields.ok().filter(|_| reader.is_finished())
}

fn read(der: &[u8]) -> Result<(pbes2::Parameters, &[u8]), Error> {
    let (algorithm, data) = fields(der).ok_or_else(|| {
        Error::new(codes::KEY_PRIVATE_KEY, "the input is no private key in EncryptedPrivateKeyInfo")
    })?;
    if algorithm.oid != pbes2::PBES2_OID {
        let name = pbes1(&algorithm.oid.to_string()).map_or_else(|| algorithm.oid.to_string(), str::to_owned);
        return Err(unsupported(&name));
    }
    let parameters = algorithm.parameters.and_then(|parameters| pbes2::Parameters::try_from(parameters).ok());
    let parameters =
        parameters.ok_or_else(|| unsupported("PBES2 with a derivation or a cipher that is not opened"))?;
    if let pbes2::Kdf::Pbkdf2(derivation) = &parameters.kdf {
        use pbes2::Pbkdf2Prf::{HmacWithSha256, HmacWithSha384, HmacWithSha512};
        if !matches!(derivation.prf, HmacWithSha256 | HmacWithSha384 | HmacWithSha512) {
            return Err(unsupported("PBKDF2 with a hash function other than SHA-256, SHA-384 or SHA-512"));
        }
    }
    Ok((parameters, data))
}

fn check_cost(kdf: &pbes2::Kdf, limits: &DerivationLimits) -> Result<(), Error> {
    let too_much = |message: String| {
        Error::from(Diagnostic::new(codes::KEY_ENCRYPTION_COST, message).with_help(
            "open the key with openssl pkcs8 -in FILE -topk8 -v2 aes-256-cbc -iter 600000 if you trust its origin",
        ))
    };
    match kdf {
        pbes2::Kdf::Pbkdf2(parameters) if parameters.iteration_count > limits.pbkdf2_iterations => {
            Err(too_much(format!(
                "the private key asks for {} iterations of PBKDF2, and {} is the most",
                parameters.iteration_count, limits.pbkdf2_iterations
            )))
        }
        pbes2::Kdf::Scrypt(parameters) => {
            let blocks = parameters.cost_parameter.checked_mul(u64::from(parameters.block_size));
            let memory = blocks.and_then(|blocks| blocks.checked_mul(128));
            let work = blocks.and_then(|blocks| blocks.checked_mul(u64::from(parameters.parallelization)));
            let fits = memory.is_some_and(|memory| memory <= limits.scrypt_memory)
                && work.is_some_and(|work| work <= limits.scrypt_work);
            if fits {
                return Ok(());
            }
            Err(too_much(format!(
                "the private key asks for scrypt with N = {}, r = {}, p = {}, which is more than is done for a file",
                parameters.cost_parameter, parameters.block_size, parameters.parallelization
            )))
        }
        _ => Ok(()),
    }
}

fn unsupported(what: &str) -> Error {
    Diagnostic::new(codes::KEY_ENCRYPTION, format!("the private key is encrypted by {what}"))
        .with_help("write it again with openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256")
        .into()
}

/// The schemes of PBES1 (RFC 8018 A.3) and of PKCS #12 (RFC 7292 C) by name.
fn pbes1(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "1.2.840.113549.1.5.1" => "PBES1, pbeWithMD2AndDES-CBC",
        "1.2.840.113549.1.5.3" => "PBES1, pbeWithMD5AndDES-CBC",
        "1.2.840.113549.1.5.4" => "PBES1, pbeWithMD2AndRC2-CBC",
        "1.2.840.113549.1.5.6" => "PBES1, pbeWithMD5AndRC2-CBC",
        "1.2.840.113549.1.5.10" => "PBES1, pbeWithSHA1AndDES-CBC",
        "1.2.840.113549.1.5.11" => "PBES1, pbeWithSHA1AndRC2-CBC",
        "1.2.840.113549.1.12.1.1" => "PBES1, pbeWithSHAAnd128BitRC4",
        "1.2.840.113549.1.12.1.2" => "PBES1, pbeWithSHAAnd40BitRC4",
        "1.2.840.113549.1.12.1.3" => "PBES1, pbeWithSHAAnd3-KeyTripleDES-CBC",
        "1.2.840.113549.1.12.1.4" => "PBES1, pbeWithSHAAnd2-KeyTripleDES-CBC",
        "1.2.840.113549.1.12.1.5" => "PBES1, pbeWithSHAAnd128BitRC2-CBC",
        "1.2.840.113549.1.12.1.6" => "PBES1, pbeWithSHAAnd40BitRC2-CBC",
        _ => return None,
    })
}
