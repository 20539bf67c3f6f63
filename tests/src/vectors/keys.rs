//! Section 2c: keys and signatures, rows 35 to 59.

use certgate::crypto::Signer;
use num_bigint::BigUint;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

use crate::der::*;
use crate::keys::{self, rsa_spki};
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

const MODULUS: &str = "subjectPublicKeyInfo.subjectPublicKey.modulus";
const EXPONENT: &str = "subjectPublicKeyInfo.subjectPublicKey.publicExponent";
const POINT: &str = "subjectPublicKeyInfo.subjectPublicKey";

pub(super) fn vectors() -> Vec<Vector> {
    [fixed_rows(), rsa_rows(), curve_rows(), signature_rows()].concat()
}

fn fixed_rows() -> Vec<Vector> {
    ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-3072", "RSA-4096"]
        .into_iter()
        .map(|name| Vector::allowed(&format!("row35-good-{name}"), Csr::key(name).der()))
        .collect()
}

fn rsa_algorithm() -> Vec<u8> {
    seq(&[oid(SHA256_RSA), null()])
}

/// A request with this modulus and exponent and octets that are no signature.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    Csr::unsigned(rsa_spki(modulus, exponent), rsa_algorithm(), modulus.len()).der()
}

/// A request that is really signed by an RSA key from these primes.
fn signed(p: &BigUint, q: &BigUint) -> Vec<u8> {
    let key = keys::rsa_from_primes(p, q);
    let spki = rsa_spki(&key.n().to_be_bytes(), &[1, 0, 1]);
    let mut csr = Csr::unsigned(spki, rsa_algorithm(), 0);
    let digest = Sha256::digest(csr.info());
    let signature = key.sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &digest).expect("a signature");
    csr.signing = Signing::Octets([&[0][..], &signature].concat());
    csr.der()
}

fn rsa_rows() -> Vec<Vector> {
    let e = [1, 0, 1];
    let good = keys::prime("good p", 1024) * keys::prime("good q", 1024);
    let good = good.to_bytes_be();
    let sized = |bits: usize| {
        let mut bytes = keys::stream(&format!("modulus {bits}"), bits.div_ceil(8));
        let spare = bytes.len() * 8 - bits;
        bytes[0] = (bytes[0] & (0xff >> spare)) | (0x80 >> spare);
        *bytes.last_mut().expect("octets") |= 1;
        bytes
    };
    // Times a cofactor that makes 2048 bits.
    let times = |factor: u32, spare: usize| {
        let mut cofactor = keys::stream(&factor.to_string(), 256);
        cofactor[0] |= 0xc0;
        ((BigUint::from_bytes_be(&cofactor) >> spare | BigUint::from(1u8)) * factor).to_bytes_be()
    };
    let three = times(3, 2);
    let small = times(751, 10);
    let square = keys::prime("square", 1024).pow(2).to_bytes_be();
    let cube = {
        // A cube of a multiple of 8 bits: the root has 688 bits.
        let root = (keys::prime("cube", 688) >> 3u8) | BigUint::from(1u8);
        let mut root = keys::next_prime(&root);
        while !root.pow(3).bits().is_multiple_of(8) {
            root = keys::next_prime(&(&root * 5u8 / 4u8));
        }
        root.pow(3).to_bytes_be()
    };
    let close = {
        let p = keys::prime("close", 1024);
        let q = keys::next_prime(&(&p + BigUint::from(1u8)));
        (p, q)
    };
    let pattern = {
        // The first block whose repetition has no small factor.
        let small: Vec<u32> = (3..=751).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
        (0..)
            .map(|seed| {
                let mut block = keys::stream(&format!("block {seed}"), 16);
                block[0] |= 0x80;
                block[15] |= 1;
                block.repeat(16)
            })
            .find(|bytes| {
                let modulus = BigUint::from_bytes_be(bytes);
                small.iter().all(|prime| &modulus % prime != BigUint::ZERO)
            })
            .expect("a block")
    };
    let denied = |id: &str, modulus: &[u8], exponent: &[u8], reasons: Vec<(&'static str, &'static str)>| {
        Vector::new(id, rsa(modulus, exponent), Expect::Denied(reasons))
    };
    let wrong = ("signature/invalid", "signature");
    let size = ("policy/key-size", MODULUS);
    vec![
        denied("row35-random-modulus", &good, &e, vec![wrong]),
        Vector::error("row35-modulus-8200", rsa(&sized(8200), &e), "key/rsa-modulus-too-large", MODULUS),
        Vector::error("row35-modulus-16k", rsa(&sized(16_384), &e), "key/rsa-modulus-too-large", MODULUS),
        Vector::error("row35-modulus-1m", rsa(&sized(1 << 20), &e), "key/rsa-modulus-too-large", MODULUS),
        denied("row35-modulus-1024", &sized(1024), &e, vec![("key/rsa-modulus-too-small", MODULUS), size]),
        denied("row35-modulus-over-policy", &good, &e, vec![("policy/key-size", MODULUS), wrong])
            .by(&OPEN.replace("RSA: { max: 8192 }", "RSA: { min: 3072 }")),
        denied("row36-exponent-0", &good, &[0], vec![("key/rsa-exponent", EXPONENT)]),
        denied("row36-exponent-1", &good, &[1], vec![("key/rsa-exponent", EXPONENT)]),
        denied("row36-exponent-3", &good, &[3], vec![("key/rsa-exponent", EXPONENT)]),
        denied("row36-exponent-even", &good, &[1, 0, 2], vec![("key/rsa-exponent", EXPONENT)]),
        denied("row36-exponent-huge", &good, &[1, 0, 0, 0, 1], vec![("key/rsa-exponent", EXPONENT)]),
        denied("row36-exponent-2048-bits", &good, &good, vec![("key/rsa-exponent", EXPONENT)]),
        denied(
            "row37-even",
            &{
                let mut even = good.clone();
                *even.last_mut().expect("octets") &= 0xfe;
                even
            },
            &e,
            vec![("key/rsa-small-factor", MODULUS)],
        ),
        denied("row37-divisible-by-3", &three, &e, vec![("key/rsa-small-factor", MODULUS), wrong]),
        denied("row37-divisible-by-751", &small, &e, vec![("key/rsa-small-factor", MODULUS), wrong]),
        denied("row37-square", &square, &e, vec![("key/rsa-close-primes", MODULUS), wrong]),
        denied("row37-cube", &cube, &e, vec![("key/rsa-perfect-power", MODULUS), wrong]),
        denied("row38-2047-bits", &sized(2047), &e, vec![("key/rsa-modulus-too-small", MODULUS), size]),
        denied("row38-2049-bits", &sized(2049), &e, vec![("key/rsa-modulus-size", MODULUS)]),
        Vector::denied(
            "row39-roca",
            signed(&keys::roca_prime("roca p", 1024), &keys::roca_prime("roca q", 1024)),
            "key/rsa-roca",
            MODULUS,
        ),
        Vector::denied("row40-fermat", signed(&close.0, &close.1), "key/rsa-close-primes", MODULUS),
        Vector::allowed(
            "row40-not-close",
            signed(&keys::prime("good p", 1024), &keys::prime("good q", 1024)),
        ),
        denied("row42-repeated-block", &pattern, &e, vec![("key/rsa-pattern", MODULUS), wrong]),
        Vector::denied(
            "row49-dsa",
            Csr::unsigned(
                seq(&[
                    seq(&[
                        oid("1.2.840.10040.4.1"),
                        seq(&[uint(&[0xc1; 256]), uint(&[0xc1; 32]), uint(&[3])]),
                    ]),
                    bits(&uint(&[5; 256])),
                ]),
                seq(&[oid("2.16.840.1.101.3.4.3.2")]),
                64,
            )
            .der(),
            "key/dsa",
            "subjectPublicKeyInfo.algorithm",
        ),
        Vector::denied(
            "row59-ml-dsa",
            Csr::unsigned(
                seq(&[seq(&[oid("2.16.840.1.101.3.4.3.18")]), bits(&[7; 1952])]),
                seq(&[oid("2.16.840.1.101.3.4.3.18")]),
                3309,
            )
            .der(),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm",
        ),
        Vector::denied(
            "row50-unknown-algorithm",
            Csr::unsigned(seq(&[seq(&[oid("1.2.3.4")]), bits(&[7; 32])]), seq(&[oid("1.2.3.5")]), 64).der(),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm",
        ),
    ]
}

fn ec_spki(curve: Vec<u8>, point: &[u8]) -> Vec<u8> {
    seq(&[seq(&[oid("1.2.840.10045.2.1"), curve]), bits(point)])
}

fn curve_rows() -> Vec<Vector> {
    let p256 = || oid("1.2.840.10045.3.1.7");
    let algorithm = || seq(&[oid(ECDSA_SHA256)]);
    let with_point = |point: &[u8]| Csr { spki: ec_spki(p256(), point), ..Csr::default() }.der();
    let good = {
        let spki = keys::spki("P-256");
        spki[spki.len() - 65..].to_vec()
    };
    let off_curve = {
        let mut point = good.clone();
        point[64] ^= 1;
        point
    };
    let prime_p256 = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    let compressed = [&[2 + (good[64] & 1)][..], &good[1..33]].concat();
    let with_key = |spki: Vec<u8>| Csr::unsigned(spki, algorithm(), 70).der();
    // ECParameters with a prime of 16 kbit: SEQUENCE { 1, FieldID, Curve, base, order }.
    let explicit_curve = seq(&[
        int(&[1]),
        seq(&[oid("1.2.840.10045.1.1"), uint(&[0xff; 2048])]),
        seq(&[octets(&[1; 32]), octets(&[2; 32])]),
        octets(&good),
        uint(&[0xff; 32]),
    ]);
    let compressed_csr = || Csr { spki: ec_spki(p256(), &compressed), ..Csr::default() };
    vec![
        Vector::error("row44-infinity", with_point(&[0]), "key/point-form", POINT),
        Vector::error("row44-empty", with_point(&[]), "key/point-form", POINT),
        Vector::error("row44-off-curve", with_point(&off_curve), "key/point-off-curve", POINT),
        Vector::error(
            "row44-x-is-p",
            with_point(&[&[4][..], &prime_p256, &good[33..]].concat()),
            "key/point-off-curve",
            POINT,
        ),
        Vector::error("row44-short", with_point(&good[..64]), "key/point-form", POINT),
        Vector::error("row44-long", with_point(&[&good[..], &[0]].concat()), "key/point-form", POINT),
        Vector::error(
            "row44-hybrid",
            with_point(&[&[6 + (good[64] & 1)][..], &good[1..]].concat()),
            "key/point-form",
            POINT,
        ),
        Vector::error(
            "row44-unknown-form",
            with_point(&[&[5][..], &good[1..]].concat()),
            "key/point-form",
            POINT,
        ),
        Vector::denied("row45-compressed", compressed_csr().der(), "policy/compressed-point", POINT),
        Vector::warned("row45-compressed-allowed", compressed_csr().der(), "key/point-compressed")
            .by(&OPEN.replace("EC: [P-256, P-384, P-521]", "EC: { curves: [P-256], compressed: allow }")),
        Vector::denied(
            "row45-compressed-on-an-excepted-curve",
            compressed_csr().der(),
            "policy/compressed-point",
            POINT,
        )
        .by(&format!(
            "{}exceptions:\n  - match: {{ codes: [policy/key-not-allowed] }}\n    until: 2027-01-01T00:00:00Z\n    owner: web\n    reason: curves\n",
            OPEN.replace("EC: [P-256, P-384, P-521]", "EC: [P-384]")
        )),
        Vector::error(
            "row46-explicit-parameters",
            with_key(ec_spki(explicit_curve.clone(), &good)),
            "key/explicit-parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::error(
            "row47-explicit-binary-field",
            with_key(ec_spki(
                seq(&[int(&[1]), seq(&[oid("1.2.840.10045.1.2"), seq(&[int(&[0x7f; 4])])])]),
                &good,
            )),
            "key/explicit-parameters",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::denied(
            "row48-p192",
            with_key(ec_spki(oid("1.2.840.10045.3.1.1"), &[4; 49])),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::denied(
            "row48-secp256k1",
            with_key(ec_spki(oid("1.3.132.0.10"), &good)),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::denied(
            "row48-brainpool",
            with_key(ec_spki(oid("1.3.36.3.3.2.8.1.1.7"), &good)),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::denied(
            "row48-sm2",
            with_key(ec_spki(oid("1.2.156.10197.1.301"), &good)),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::denied(
            "row48-unknown-curve",
            with_key(ec_spki(oid("1.2.3.4"), &good)),
            "key/unsupported",
            "subjectPublicKeyInfo.algorithm.parameters",
        ),
        Vector::error("row54-ed25519-short", with_ed25519(&[1; 31]), "key/point-form", POINT),
        Vector::error("row54-ed25519-not-a-point", with_ed25519(&[2; 32]), "key/point-off-curve", POINT),
        Vector::new(
            "row54-ed25519-small-order",
            with_ed25519(&{
                let mut identity = [0; 32];
                identity[0] = 1;
                identity
            }),
            Expect::Denied(vec![("key/ed25519-small-order", POINT), ("signature/invalid", "signature")]),
        ),
    ]
}

fn with_ed25519(point: &[u8]) -> Vec<u8> {
    let algorithm = seq(&[oid("1.3.101.112")]);
    Csr::unsigned(seq(&[algorithm.clone(), bits(point)]), algorithm, 64).der()
}

fn signature_rows() -> Vec<Vector> {
    let invalid = |id: &str, csr: Csr| Vector::denied(id, csr.der(), "signature/invalid", "signature");
    let ecdsa = |id: &str, contents: Vec<u8>| {
        invalid(id, Csr { signing: Signing::Octets([&[0][..], &contents].concat()), ..Csr::default() })
    };
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let pss = |hash: &str, mask: &str, salt: u8, trailer: Option<u8>| {
        let algorithm = |dotted: &str| seq(&[oid(dotted), null()]);
        let mut fields = vec![
            explicit(0, &algorithm(hash)),
            explicit(1, &seq(&[oid("1.2.840.113549.1.1.8"), algorithm(mask)])),
            explicit(2, &int(&[salt])),
        ];
        fields.extend(trailer.map(|trailer| explicit(3, &int(&[trailer]))));
        seq(&[oid("1.2.840.113549.1.1.10"), seq(&fields)])
    };
    let (sha1, sha256, sha512) = ("1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3");
    let refused_pss = |id: &str, algorithm: Vec<u8>| {
        let csr = Csr { signature_algorithm: algorithm, ..Csr::key("RSA-2048") };
        Vector::denied(id, csr.der(), "signature/pss-parameters", "signatureAlgorithm")
    };
    let good_pss = |id: &str, name: &'static str, algorithm: Vec<u8>, sign: fn(&[u8]) -> Vec<u8>| {
        Vector::allowed(
            id,
            Csr { signature_algorithm: algorithm, signing: Signing::By(sign), ..Csr::key(name) }.der(),
        )
    };
    let refused = |id: &str, algorithm: &str, code: &'static str| {
        let csr = Csr { signature_algorithm: seq(&[oid(algorithm), null()]), ..Csr::key("RSA-2048") };
        Vector::denied(id, csr.der(), code, "signatureAlgorithm")
    };
    vec![
        ecdsa("row51-r-zero", seq(&[int(&[0]), uint(&[1; 32])])),
        ecdsa("row51-s-zero", seq(&[uint(&[1; 32]), int(&[0])])),
        ecdsa("row51-r-is-order", seq(&[uint(&order), uint(&[1; 32])])),
        ecdsa("row51-negative", seq(&[int(&[0x81; 32]), uint(&[1; 32])])),
        ecdsa("row51-extra-bytes", [seq(&[uint(&[1; 32]), uint(&[1; 32])]), vec![0]].concat()),
        ecdsa("row51-ber-length", [&[0x30, 0x81, 0x06][..], &uint(&[1]), &uint(&[1])].concat()),
        ecdsa("row51-three-numbers", seq(&[uint(&[1; 32]), uint(&[1; 32]), uint(&[1])])),
        ecdsa("row51-too-long", seq(&[uint(&[1; 33]), uint(&[1; 32])])),
        ecdsa("row51-not-der", vec![1, 2, 3]),
        ecdsa("row51-empty", vec![]),
        invalid(
            "row52-lax-padding",
            Csr { signing: Signing::By(|_| [&[0][..], &[0x42; 256]].concat()), ..Csr::key("RSA-2048") },
        ),
        invalid("row52-short-signature", Csr { signing: Signing::By(rsa_short), ..Csr::key("RSA-2048") }),
        invalid("row52-missing-null", Csr { signing: Signing::By(rsa_without_null), ..Csr::key("RSA-2048") }),
        good_pss("row53-pss-sha256", "RSA-2048", pss(sha256, sha256, 32, None), |m| rsa_pss(m, 32)),
        good_pss("row53-pss-sha512", "RSA-3072", pss(sha512, sha512, 64, None), rsa_pss_sha512),
        refused_pss("row53-pss-salt", pss(sha256, sha256, 20, None)),
        refused_pss("row53-pss-mgf-hash", pss(sha256, sha1, 32, None)),
        refused_pss("row53-pss-sha1", pss(sha1, sha1, 20, None)),
        refused_pss("row53-pss-trailer", pss(sha256, sha256, 32, Some(2))),
        refused_pss("row53-pss-defaults", seq(&[oid("1.2.840.113549.1.1.10"), seq(&[])])),
        refused_pss("row53-pss-absent", seq(&[oid("1.2.840.113549.1.1.10")])),
        Vector::error(
            "row53-pss-garbage",
            Csr {
                signature_algorithm: seq(&[oid("1.2.840.113549.1.1.10"), utf8("x")]),
                ..Csr::key("RSA-2048")
            }
            .der(),
            "der/unexpected-type",
            "signatureAlgorithm.parameters",
        ),
        invalid(
            "row54-s-not-canonical",
            Csr { signing: Signing::By(ed25519_large_s), ..Csr::key("Ed25519") },
        ),
        invalid(
            "row54-small-order-r",
            Csr { signing: Signing::By(|_| [&[0, 1][..], &[0; 63]].concat()), ..Csr::key("Ed25519") },
        ),
        refused("row55-md5", "1.2.840.113549.1.1.4", "signature/md5"),
        invalid(
            "row55-sha1-wrong",
            Csr { signature_algorithm: seq(&[oid("1.2.840.113549.1.1.5"), null()]), ..Csr::key("RSA-2048") },
        ),
        Vector::denied(
            "row55-sha1",
            Csr {
                signature_algorithm: seq(&[oid("1.2.840.113549.1.1.5"), null()]),
                signing: Signing::By(rsa_sha1),
                ..Csr::key("RSA-2048")
            }
            .der(),
            "signature/sha1",
            "signatureAlgorithm",
        ),
        Vector::denied(
            "row55-dsa-signature-name",
            Csr { signature_algorithm: seq(&[oid("2.16.840.1.101.3.4.3.2")]), ..Csr::default() }.der(),
            "signature/dsa",
            "signatureAlgorithm",
        ),
        Vector::denied(
            "row55-sha224",
            Csr { signature_algorithm: seq(&[oid("1.2.840.113549.1.1.14"), null()]), ..Csr::key("RSA-2048") }
                .der(),
            "signature/unsupported",
            "signatureAlgorithm",
        ),
        Vector::denied(
            "row55-md2-no-one-has",
            Csr { signature_algorithm: seq(&[oid("1.2.840.113549.1.1.2"), null()]), ..Csr::key("RSA-2048") }
                .der(),
            "signature/unsupported",
            "signatureAlgorithm",
        ),
        Vector::error(
            "row56-ecdsa-with-rsa-key",
            Csr { spki: keys::spki("RSA-2048"), ..Csr::default() }.der(),
            "signature/algorithm-mismatch",
            "signatureAlgorithm.algorithm",
        ),
        Vector::error(
            "row56-rsa-with-pss-key",
            {
                let spki = keys::spki("RSA-2048");
                let bits = spki[spki.len() - 275..].to_vec();
                Csr { spki: seq(&[seq(&[oid("1.2.840.113549.1.1.10")]), bits]), ..Csr::key("RSA-2048") }.der()
            },
            "signature/algorithm-mismatch",
            "signatureAlgorithm.algorithm",
        ),
        invalid("row57-wrong-signature", Csr { signing: Signing::By(over_other_bytes), ..Csr::default() }),
        invalid(
            "row57-other-key",
            Csr { spki: keys::spki("P-256"), signing: Signing::By(by_other_key), ..Csr::default() },
        ),
    ]
}

fn with_unused(signature: Vec<u8>) -> Vec<u8> {
    [&[0][..], &signature].concat()
}

fn over_other_bytes(info: &[u8]) -> Vec<u8> {
    with_unused(keys::fixed("P-256").sign(&[info, &[0]].concat()).expect("a signature"))
}

fn by_other_key(info: &[u8]) -> Vec<u8> {
    use p256::ecdsa::signature::Signer as _;
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("a key");
    let signature: p256::ecdsa::Signature = key.sign(info);
    with_unused(signature.to_der().as_bytes().to_vec())
}

fn ed25519_large_s(info: &[u8]) -> Vec<u8> {
    let mut signature = keys::fixed("Ed25519").sign(info).expect("a signature");
    let order = BigUint::parse_bytes(b"1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
        .expect("L");
    let s = BigUint::from_bytes_le(&signature[32..]) + order;
    let mut octets = s.to_bytes_le();
    octets.resize(32, 0);
    signature[32..].copy_from_slice(&octets);
    with_unused(signature)
}

/// The fixed RSA key with this size, for schemes that the engine does not sign with.
fn rsa_key(bits: usize) -> rsa::RsaPrivateKey {
    use rsa::pkcs8::DecodePrivateKey;
    let folder = crate::root().join("bindings/src/cases/keys");
    let der = std::fs::read(folder.join(format!("rsa-{bits}.der"))).expect("a key");
    rsa::RsaPrivateKey::from_pkcs8_der(&der).expect("a key")
}

fn rsa_sha1(info: &[u8]) -> Vec<u8> {
    // DigestInfo of SHA-1 by hand: RFC 8017 9.2, note 1.
    let mut prefix =
        vec![0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
    prefix.extend(sha1_of(info));
    with_unused(rsa_key(2048).sign(rsa::Pkcs1v15Sign::new_unprefixed(), &prefix).expect("a signature"))
}

fn sha1_of(message: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new("openssl")
        .args(["dgst", "-sha1", "-binary"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("openssl");
    std::io::Write::write_all(child.stdin.as_mut().expect("a pipe"), message).expect("written");
    drop(child.stdin.take());
    child.wait_with_output().expect("a digest").stdout
}

fn rsa_without_null(info: &[u8]) -> Vec<u8> {
    // DigestInfo of SHA-256 without the NULL of its parameters.
    let mut info_without_null = vec![
        0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20,
    ];
    info_without_null.extend(Sha256::digest(info));
    with_unused(
        rsa_key(2048).sign(rsa::Pkcs1v15Sign::new_unprefixed(), &info_without_null).expect("a signature"),
    )
}

fn rsa_short(info: &[u8]) -> Vec<u8> {
    let signature = keys::fixed("RSA-2048").sign(info).expect("a signature");
    with_unused(signature[1..].to_vec())
}

fn rsa_pss(info: &[u8], salt: usize) -> Vec<u8> {
    with_unused(pss_signature::<Sha256>(2048, &Sha256::digest(info), salt))
}

fn rsa_pss_sha512(info: &[u8]) -> Vec<u8> {
    with_unused(pss_signature::<sha2::Sha512>(3072, &sha2::Sha512::digest(info), 64))
}

/// A signature with a salt that is the same in every run.
fn pss_signature<D>(bits: usize, digest: &[u8], salt: usize) -> Vec<u8>
where
    D: rsa::sha2::Digest + rsa::sha2::digest::FixedOutputReset,
{
    let mut random = certgate_tests_rng();
    rsa_key(bits).sign_with_rng(&mut random, rsa::Pss::<D>::new_with_salt(salt), digest).expect("a signature")
}

fn certgate_tests_rng() -> impl rsa::rand_core::CryptoRng {
    Stream(0)
}

/// A counter through SHA-256.
struct Stream(u64);

impl rsa::rand_core::TryRng for Stream {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        rsa::rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        rsa::rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        out.copy_from_slice(&keys::stream(&format!("stream {}", self.0), out.len()));
        self.0 += 1;
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for Stream {}
