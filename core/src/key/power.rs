//! RSA moduli that are a power of another number.
//!
//! A number n is a k-th power only if n^((q-1)/k) is 0 or 1 modulo every prime q with q ≡ 1 (mod k): one residue in k. Each
//! odd prime k has so many such q that hardly any other number gets to the exact search for a root, which is slow.

use std::sync::OnceLock;

use crypto_bigint::{BoxedUint, Resize};

use super::rsa::MAX_MODULUS_BITS;
use super::weakness::{Group, Residues, group, multiply, primes};

/// Of so many numbers that are no k-th power, one at most gets through: as many primes q as that takes.
const SELECTIVITY: u32 = 1 << 16;

/// The base has no prime factor up to 751, so it has more than 9 bits.
const BITS_OF_BASE: u32 = 9;

/// One odd prime exponent.
struct Exponent {
    exponent: u32,
    /// Its witnesses among the small primes, by index.
    small: Vec<usize>,
    /// How many witnesses of this and all smaller exponents are larger than those.
    larger: usize,
}

struct Tables {
    exponents: Vec<Exponent>,
    /// The larger witnesses in the order of their exponents.
    larger: Vec<Group>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let small_primes = primes();
        let largest = MAX_MODULUS_BITS.checked_div(BITS_OF_BASE).unwrap_or_default();
        let mut larger: Vec<u32> = Vec::new();
        let exponents = (3..=largest)
            .filter(|candidate| is_prime(*candidate))
            .map(|exponent| {
                let is_witness = |prime: &u32| prime.saturating_sub(1).checked_rem(exponent) == Some(0);
                let wanted = witnesses(exponent);
                let small: Vec<usize> = small_primes
                    .iter()
                    .enumerate()
                    .filter(|(_, prime)| is_witness(prime))
                    .map(|(index, _)| index)
                    .take(wanted)
                    .collect();
                let missing = wanted.saturating_sub(small.len());
                let above = small_primes.last().copied().unwrap_or_default();
                let multiples = (1u32..).map(|factor| exponent.saturating_mul(factor).saturating_add(1));
                larger.extend(multiples.filter(|q| *q > above && is_prime(*q)).take(missing));
                Exponent { exponent, small, larger: larger.len() }
            })
            .collect();
        Tables { exponents, larger: group(&larger) }
    })
}

/// How many primes an exponent k needs, of which each lets one number in k through.
fn witnesses(exponent: u32) -> usize {
    let mut count: usize = 1;
    let mut selectivity = exponent;
    while selectivity < SELECTIVITY {
        selectivity = selectivity.saturating_mul(exponent.max(2));
        count = count.saturating_add(1);
    }
    count
}

fn is_prime(candidate: u32) -> bool {
    (2..candidate)
        .take_while(|divisor| divisor.saturating_mul(*divisor) <= candidate)
        .all(|divisor| candidate.checked_rem(divisor) != Some(0))
}

/// The exponent k of an odd prime for which the number, which has no prime factor up to 751, is a k-th power. Squares are
/// found by Fermat's method.
pub(super) fn perfect_power(number: &BoxedUint, residues: &Residues) -> Option<u32> {
    let largest = number.bits_vartime().checked_div(BITS_OF_BASE)?;
    let mut larger = tables().larger.iter().flat_map(|group| group.residues(number));
    let mut taken: usize = 0;
    tables().exponents.iter().take_while(|exponent| exponent.exponent <= largest).find_map(|exponent| {
        let mut own: Vec<(u32, u32)> = larger.by_ref().take(exponent.larger.saturating_sub(taken)).collect();
        taken = exponent.larger;
        own.extend(exponent.small.iter().filter_map(|index| residues.0.get(*index).copied()));
        (may_be_power(exponent.exponent, &own) && is_power(number, exponent.exponent))
            .then_some(exponent.exponent)
    })
}

fn may_be_power(k: u32, residues: &[(u32, u32)]) -> bool {
    residues.iter().all(|(prime, residue)| {
        let exponent = prime.saturating_sub(1).checked_div(k).unwrap_or_default();
        *residue == 0 || power(*residue, exponent, *prime) == 1
    })
}

fn power(base: u32, mut exponent: u32, modulus: u32) -> u32 {
    let mut result = 1;
    let mut square = base;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, square, modulus);
        }
        square = multiply(square, square, modulus);
        exponent >>= 1;
    }
    result
}

/// Whether `number` is exactly the k-th power of some number: binary search for the root. Called for suspects only.
fn is_power(number: &BoxedUint, k: u32) -> bool {
    let root_bits = number.bits_vartime().checked_div(k).unwrap_or_default().saturating_add(1);
    let mut root = BoxedUint::zero_with_precision(number.bits_precision());
    for bit in (0..root_bits).rev() {
        let one = BoxedUint::one_with_precision(number.bits_precision());
        let candidate = &root | &one.shl(bit);
        match compare_power(&candidate, k, number) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => root = candidate,
            std::cmp::Ordering::Greater => {}
        }
    }
    false
}

/// Compares the k-th power of `base` with `number`, stopping as soon as it is larger.
fn compare_power(base: &BoxedUint, k: u32, number: &BoxedUint) -> std::cmp::Ordering {
    let mut product = BoxedUint::one_with_precision(number.bits_precision());
    for _ in 0..k {
        match product.checked_mul(base).into_option() {
            Some(larger) if larger <= *number => product = larger.resize(number.bits_precision()),
            _ => return std::cmp::Ordering::Greater,
        }
    }
    product.cmp(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_recognised() {
        // The prime 2^255 - 19.
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0x7f, 0xed);
        let base = BoxedUint::from_be_slice(&bytes, 256).unwrap().resize(2048);
        for k in [3u32, 5, 7] {
            let mut power = BoxedUint::one_with_precision(2048);
            for _ in 0..k {
                power = power.wrapping_mul(&base).resize(2048);
            }
            assert!(is_power(&power, k));
            assert!(!is_power(&power.wrapping_add(BoxedUint::from(2u32).resize(2048)), k));
            assert_eq!(perfect_power(&power, &Residues::of(&power)), Some(k));
        }
    }

    #[test]
    fn large_powers_of_small_bases_are_recognised() {
        for (base, k) in [(757u32, 211u32), (1_048_583, 101), (4_294_967_291, 61)] {
            let mut power = BoxedUint::one_with_precision(2048);
            for _ in 0..k {
                power = power.wrapping_mul(BoxedUint::from(base).resize(2048)).resize(2048);
            }
            assert_eq!(perfect_power(&power, &Residues::of(&power)), Some(k));
            let other = power.wrapping_add(BoxedUint::from(2u32).resize(2048));
            assert_eq!(perfect_power(&other, &Residues::of(&other)), None);
        }
    }

    #[test]
    fn every_exponent_has_its_witnesses() {
        assert_eq!([3, 5, 41, 257].map(witnesses), [11, 7, 3, 2]);
        let tables = tables();
        let larger: usize = tables.larger.iter().map(|group| group.residues(&BoxedUint::one()).count()).sum();
        assert_eq!(
            tables.exponents.last().map(|exponent| (exponent.exponent, exponent.larger)),
            Some((907, larger))
        );
        let mut before = 0;
        for exponent in &tables.exponents {
            let found = exponent.small.len() + exponent.larger - before;
            assert_eq!(found, witnesses(exponent.exponent), "{}", exponent.exponent);
            before = exponent.larger;
        }
    }
}
