//! Certificates signed with odd signatures, as Wycheproof has them: each is refused, whatever its key.

use certgate::crypto::Signer;

use super::{PathVector, leaf};
use crate::certificate::{Cert, key};
use crate::der::*;
use crate::keys;
use crate::request::Signing;

const INVALID: (&str, &str) = ("verify/signature", "path[0].signatureValue");

/// The order of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// R and S of a right signature by the key of the CA, as they stand in their INTEGERs.
fn numbers(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let signature = key("ca").sign(message).expect("a signature");
    let inner = contents(&signature);
    let (r, rest) = inner.split_at(2 + usize::from(inner[1]));
    (contents(r).to_vec(), contents(rest).to_vec())
}

/// The octets of the BIT STRING.
fn whole(signature: &[u8]) -> Vec<u8> {
    [&[0][..], signature].concat()
}

fn pair(r: &[u8], s: &[u8]) -> Vec<u8> {
    whole(&seq(&[int(r), int(s)]))
}

/// The number plus the order of the curve.
fn plus_order(number: &[u8]) -> Vec<u8> {
    let sum = num_bigint::BigUint::from_bytes_be(number) + num_bigint::BigUint::from_bytes_be(&ORDER);
    contents(&uint(&sum.to_bytes_be())).to_vec()
}

/// Makes the octets of a signature from what is signed.
type Forge = fn(&[u8]) -> Vec<u8>;

/// What each odd signature is, and how it comes from what is signed.
const ECDSA: &[(&str, Forge)] = &[
    ("zeros", |_| pair(&[0], &[0])),
    ("r-zero", |message| pair(&[0], &numbers(message).1)),
    ("s-zero", |message| pair(&numbers(message).0, &[0])),
    ("ones", |_| pair(&[1], &[1])),
    ("r-is-the-order", |message| pair(contents(&uint(&ORDER)), &numbers(message).1)),
    ("s-is-the-order", |message| pair(&numbers(message).0, contents(&uint(&ORDER)))),
    ("r-plus-the-order", |message| pair(&plus_order(&numbers(message).0), &numbers(message).1)),
    ("s-plus-the-order", |message| pair(&numbers(message).0, &plus_order(&numbers(message).1))),
    ("r-negative", |message| {
        let (r, s) = numbers(message);
        pair(&[&[0x80][..], &r].concat(), &s)
    }),
    ("r-with-a-zero-more", |message| {
        let (r, s) = numbers(message);
        pair(&[&[0, 0][..], &r].concat(), &s)
    }),
    ("s-with-a-zero-more", |message| {
        let (r, s) = numbers(message);
        pair(&r, &[&[0, 0][..], &s].concat())
    }),
    ("long-length", |message| {
        let (r, s) = numbers(message);
        let inner = [int(&r), int(&s)].concat();
        whole(&[&[0x30, 0x81, inner.len() as u8][..], &inner].concat())
    }),
    ("indefinite-length", |message| {
        let (r, s) = numbers(message);
        whole(&[&[0x30, 0x80][..], &int(&r), &int(&s), &[0, 0]].concat())
    }),
    ("bytes-after", |message| {
        let (r, s) = numbers(message);
        whole(&[&seq(&[int(&r), int(&s)])[..], &[0]].concat())
    }),
    ("bytes-within", |message| {
        let (r, s) = numbers(message);
        whole(&seq(&[int(&r), int(&s), null()]))
    }),
    ("r-alone", |message| whole(&seq(&[int(&numbers(message).0)]))),
    ("swapped", |message| {
        let (r, s) = numbers(message);
        pair(&s, &r)
    }),
    ("empty", |_| vec![0]),
    ("no-sequence", |message| {
        let (r, s) = numbers(message);
        whole(&[int(&r), int(&s)].concat())
    }),
    ("raw-numbers", |message| {
        let (r, s) = numbers(message);
        let fixed = |number: &[u8]| {
            let value = uint(number);
            let digits = contents(&value).iter().skip_while(|octet| **octet == 0);
            let digits: Vec<u8> = digits.copied().collect();
            [vec![0; 32 - digits.len()], digits].concat()
        };
        whole(&[fixed(&r), fixed(&s)].concat())
    }),
    ("thousand-octets", |_| pair(&[0x11; 1_000], &[0x11; 1_000])),
    ("a-bit-off", |message| {
        let (r, mut s) = numbers(message);
        *s.last_mut().expect("an octet") ^= 1;
        pair(&r, &s)
    }),
    ("other-message", |message| {
        let (r, s) = numbers(&message[1..]);
        pair(&r, &s)
    }),
];

pub(super) fn vectors() -> Vec<PathVector> {
    let odd = ECDSA.iter().map(|(what, sign)| {
        PathVector::new(&format!("signature-ecdsa-{what}"))
            .leaf(leaf().signing(Signing::By(*sign)))
            .refused(INVALID.0, INVALID.1)
    });
    let mut vectors: Vec<PathVector> = odd.collect();
    vectors.push(
        PathVector::new("signature-ecdsa-built-anew")
            .leaf(leaf().signing(Signing::By(|message| {
                let (r, s) = numbers(message);
                pair(&r, &s)
            })))
            .accepted(),
    );
    vectors.extend(algorithms());
    vectors
}

/// Algorithms that are refused by name, and keys of another kind.
fn algorithms() -> Vec<PathVector> {
    let by = |id: &str, algorithm: Vec<u8>| {
        PathVector::new(&format!("signature-{id}")).leaf(leaf().set(|cert| cert.algorithm = algorithm))
    };
    let refused = ("verify/signature-not-accepted", "path[0].signatureAlgorithm");
    let rsa = leaf().set(|cert| {
        cert.algorithm = seq(&[oid("1.2.840.113549.1.1.11"), null()]);
        cert.signing = Some(Signing::Fixed("RSA-2048"));
    });
    vec![
        by("ecdsa-sha-1-that-is-wrong-too", seq(&[oid("1.2.840.10045.4.1")])).refused(INVALID.0, INVALID.1),
        by("ml-dsa-44", seq(&[oid("2.16.840.1.101.3.4.3.17")])).refused(refused.0, refused.1),
        by("ecdsa-sha-384-in-place-of-256", seq(&[oid("1.2.840.10045.4.3.3")])).refused(INVALID.0, INVALID.1),
        by("of-a-key-of-another-kind", seq(&[oid("1.2.840.113549.1.1.11"), null()]))
            .refused(INVALID.0, INVALID.1),
        by("unknown-algorithm", seq(&[oid("1.2.3.4")])).refused(refused.0, refused.1),
        PathVector::new("signature-rsa").leaf(rsa.clone()).presented(&[ca("RSA-2048")]).accepted(),
        PathVector::new("signature-rsa-of-another-key")
            .leaf(rsa.clone())
            .presented(&[ca("RSA-3072")])
            .refused(INVALID.0, INVALID.1),
        PathVector::new("signature-rsa-1024")
            .leaf(rsa.set(|cert| cert.signing = Some(Signing::Fixed("RSA-1024"))))
            .presented(&[ca("RSA-1024")])
            .refused(refused.0, refused.1),
    ]
}

/// The CA with a fixed key.
fn ca(key: &str) -> Cert {
    Cert::ca("ca", "root").set(|cert| cert.spki = keys::spki(key))
}
