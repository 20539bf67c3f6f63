//! RSA moduli that are a power of another number.
//!
//! A number n is a k-th power only if n^((q-1)/k) is 0 or 1 modulo every prime q with q ≡ 1 (mod k): one residue in k. Each
//! odd prime k has so many such q that hardly any other number gets to the exact search for a root, which is slow.

use std::sync::OnceLock;

use crypto_bigint::{BoxedUint, Limb, NonZero, Reciprocal, Resize, Word};

use super::rsa::{MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use super::weakness::{LARGEST_FACTOR, Residues, multiply, primes};

/// Of so many numbers that are no k-th power, one at most gets through: as many primes q as that takes.
const SELECTIVITY: u32 = 1 << 16;

/// The base has no prime factor up to 751, so it has more than 9 bits.
const BITS_OF_BASE: u32 = 9;

/// Exponents up to that of the smallest modulus have their first witness among the residues that are there anyway.
const COMMON_EXPONENTS: u32 = MIN_MODULUS_BITS / BITS_OF_BASE;

/// One odd prime exponent.
struct Exponent {
    exponent: u32,
    /// Its witnesses among the residues, by index.
    small: Vec<usize>,
    /// Its other witnesses: nearly no number gets so far.
    larger: Vec<(u32, Reciprocal)>,
}

fn exponents() -> &'static [Exponent] {
    static EXPONENTS: OnceLock<Vec<Exponent>> = OnceLock::new();
    EXPONENTS.get_or_init(|| {
        let at_hand: Vec<u32> = primes().into_iter().chain(first_witnesses()).collect();
        let largest = MAX_MODULUS_BITS.checked_div(BITS_OF_BASE).unwrap_or_default();
        odd_primes(largest)
            .map(|exponent| {
                let wanted = witnesses(exponent);
                let is_at_hand = |prime: &u32| at_hand.contains(prime);
                let small: Vec<usize> = at_hand
                    .iter()
                    .enumerate()
                    .filter(|(_, prime)| is_witness(exponent, **prime))
                    .map(|(index, _)| index)
                    .take(wanted)
                    .collect();
                let missing = wanted.saturating_sub(small.len());
                let others = larger_witnesses(exponent).filter(|prime| !is_at_hand(prime)).take(missing);
                Exponent { exponent, small, larger: others.filter_map(with_reciprocal).collect() }
            })
            .collect()
    })
}

/// For each common exponent that has no witness among the small primes: its first one.
pub(super) fn first_witnesses() -> impl Iterator<Item = u32> {
    let small = primes();
    let lacks = move |exponent: &u32| !small.iter().any(|prime| is_witness(*exponent, *prime));
    odd_primes(COMMON_EXPONENTS).filter(lacks).filter_map(|exponent| larger_witnesses(exponent).next())
}

fn odd_primes(largest: u32) -> impl Iterator<Item = u32> {
    (3..=largest).filter(|candidate| is_prime(*candidate))
}

fn is_witness(exponent: u32, prime: u32) -> bool {
    prime.saturating_sub(1).checked_rem(exponent) == Some(0)
}

/// The witnesses above the small primes, in ascending order.
fn larger_witnesses(exponent: u32) -> impl Iterator<Item = u32> {
    let multiples = (1u32..).map(move |factor| exponent.saturating_mul(factor).saturating_add(1));
    multiples.filter(|prime| *prime > LARGEST_FACTOR && is_prime(*prime))
}

fn with_reciprocal(prime: u32) -> Option<(u32, Reciprocal)> {
    let divisor = NonZero::new(Limb(Word::from(prime))).into_option()?;
    Some((prime, Reciprocal::new(divisor)))
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
    exponents().iter().take_while(|exponent| exponent.exponent <= largest).find_map(|exponent| {
        let k = exponent.exponent;
        let mut small = exponent.small.iter().filter_map(|index| residues.0.get(*index));
        let mut larger = exponent.larger.iter();
        let may_be_power = small.all(|(prime, residue)| is_power_residue(k, *prime, *residue))
            && larger.all(|(prime, reciprocal)| {
                let residue = number.rem_limb_with_reciprocal(reciprocal).0;
                is_power_residue(k, *prime, u32::try_from(residue).unwrap_or_default())
            });
        (may_be_power && is_power(number, k)).then_some(k)
    })
}

/// Whether the residue may be that of a k-th power modulo a witness of k.
fn is_power_residue(k: u32, prime: u32, residue: u32) -> bool {
    let exponent = prime.saturating_sub(1).checked_div(k).unwrap_or_default();
    residue == 0 || power(residue, exponent, prime) == 1
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
        assert_eq!(exponents().last().map(|exponent| exponent.exponent), Some(907));
        let at_hand: Vec<u32> = primes().into_iter().chain(first_witnesses()).collect();
        for exponent in exponents() {
            let small = exponent.small.iter().map(|index| at_hand[*index]);
            let mut found: Vec<u32> = small.chain(exponent.larger.iter().map(|(prime, _)| *prime)).collect();
            assert!(
                found
                    .iter()
                    .all(|prime| is_prime(*prime) && *prime < 1 << 16 && prime % exponent.exponent == 1)
            );
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), witnesses(exponent.exponent), "{}", exponent.exponent);
            assert!(exponent.exponent > COMMON_EXPONENTS || !exponent.small.is_empty());
        }
    }
}
