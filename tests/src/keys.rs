//! Keys: the fixed ones of cases, and RSA keys with the flaws that the catalogue names.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use num_bigint::BigUint;
use rsa::RsaPrivateKey;
use sha2::{Digest, Sha256};

use certgate::crypto::{PrivateKey, Signer};

use crate::der::{bits, explicit, int, null, octets, oid, seq, uint};

/// The fixed key with this name: `P-256`, `RSA-2048` and so on.
pub fn fixed(name: &str) -> PrivateKey {
    certgate_bindings::cases::case_key(name).expect("a fixed key")
}

/// The SubjectPublicKeyInfo of a fixed key.
pub fn spki(name: &str) -> Vec<u8> {
    fixed(name).public_key().der().to_vec()
}

/// The P-256 key that follows from a name, made once: graphs of certificates have many.
pub fn p256(name: &str) -> Arc<PrivateKey> {
    static MADE: Mutex<BTreeMap<String, Arc<PrivateKey>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().expect("no test panics here");
    let new = || {
        // The first octet is zero: the number is below the order of the curve.
        let number = [&[0][..], &stream(&format!("key of {name}"), 31)].concat();
        let curve = explicit(0, &oid("1.2.840.10045.3.1.7"));
        let der = seq(&[int(&[1]), octets(&number), curve]);
        Arc::new(PrivateKey::from_der(&der).expect("a key").portable())
    };
    made.entry(name.to_owned()).or_insert_with(new).clone()
}

/// The SubjectPublicKeyInfo of an RSA key with these numbers.
pub fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = seq(&[uint(modulus), uint(exponent)]);
    seq(&[seq(&[oid("1.2.840.113549.1.1.1"), null()]), bits(&key)])
}

/// An RSA key from two primes, with the exponent 65537.
pub fn rsa_from_primes(p: &BigUint, q: &BigUint) -> RsaPrivateKey {
    let number = |n: &BigUint| rsa::BoxedUint::from_be_slice_vartime(&n.to_bytes_be());
    RsaPrivateKey::from_p_q(number(p), number(q), rsa::BoxedUint::from(65_537u32)).expect("an RSA key")
}

/// Bytes that follow from a seed: the same in every run.
pub fn stream(seed: &str, len: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut counter = 0u32;
    while out.len() < len {
        out.extend(Sha256::digest(format!("{seed} {counter}")));
        counter += 1;
    }
    out.truncate(len);
    out
}

/// The first prime from a number with this many bits on that follows from the seed; the two highest bits are set.
pub fn prime(seed: &str, bits: usize) -> BigUint {
    let mut bytes = stream(seed, bits / 8);
    bytes[0] |= 0xc0;
    next_prime(&BigUint::from_bytes_be(&bytes))
}

/// The first prime that is larger.
pub fn next_prime(after: &BigUint) -> BigUint {
    let mut candidate = after | BigUint::from(1u8);
    loop {
        candidate += 2u8;
        if is_prime(&candidate) {
            return candidate;
        }
    }
}

const SMALL: [u32; 24] =
    [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

/// Trial division and Miller-Rabin with ten bases: enough for numbers that nobody chose against it.
pub fn is_prime(n: &BigUint) -> bool {
    let zero = BigUint::ZERO;
    if SMALL.iter().any(|small| n % small == zero) {
        return SMALL.iter().any(|small| *n == BigUint::from(*small));
    }
    let one = BigUint::from(1u8);
    let less = n - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    SMALL.iter().take(10).all(|base| {
        let mut x = BigUint::from(*base).modpow(&odd, n);
        if x == one || x == less {
            return true;
        }
        (1..twos).any(|_| {
            x = &x * &x % n;
            x == less
        })
    })
}

/// A prime of the form k·M + (65537^a mod M) with M the product of the first 39 primes: what the flawed library made
/// (CVE-2017-15361).
pub fn roca_prime(seed: &str, bits: usize) -> BigUint {
    let primes = (2u32..=167).filter(|n| (2..*n).all(|d| n % d != 0));
    let product = primes.fold(BigUint::from(1u8), |product, prime| product * prime);
    let power = BigUint::from_bytes_be(&stream(&format!("{seed} a"), 8));
    let residue = BigUint::from(65_537u32).modpow(&power, &product);
    let mut bytes = stream(seed, bits / 8);
    bytes[0] |= 0xc0;
    let mut candidate = BigUint::from_bytes_be(&bytes) / &product * &product + residue;
    loop {
        if is_prime(&candidate) {
            return candidate;
        }
        candidate += &product;
    }
}
