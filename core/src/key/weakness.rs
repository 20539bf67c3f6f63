//! RSA moduli that are known to be easy to factor.
//!
//! All residues come from a few sums over the words of the modulus, one for each product of small primes; Fermat's 110
//! rounds are bits of a word, run on residues alone, and touch the modulus again only if all of them look like a square.

use std::sync::OnceLock;

use crypto_bigint::{BoxedUint, CheckedSub, Resize, Word};

use super::power;
use super::rsa::{MAX_MODULUS_BITS, RsaKey};
use crate::diagnostic::{Diagnostic, codes, path::steps};

/// Largest prime that is tried as a factor: the 132 primes of Boulder's `goodkey` (hostile input 37).
pub(super) const LARGEST_FACTOR: u32 = 751;

/// Rounds of Fermat's method: the TLS Baseline Requirements 6.1.1.3 ask for 100, Boulder runs 110 (hostile input 40).
const FERMAT_ROUNDS: u32 = 110;

/// Primes whose residue lies in the subgroup of 65537 for every key of the ROCA flaw (CVE-2017-15361). 2 to 167.
const ROCA_PRIMES: usize = 39;

/// Adds what is wrong with the modulus. Its size has been checked.
pub(super) fn check(key: &RsaKey, diagnostics: &mut Vec<Diagnostic>) {
    let bits = u32::try_from(key.modulus().len().saturating_mul(8)).unwrap_or(u32::MAX);
    let Ok(modulus) = BoxedUint::from_be_slice(key.modulus(), bits) else { return };
    let residues = Residues::of(&modulus);
    let mut report = |code, message: String| {
        diagnostics.push(
            Diagnostic::new(code, message)
                .at(steps!["subjectPublicKey", "modulus"])
                .with_help("make a new key"),
        );
    };
    if let Some(factor) = residues.factor() {
        report(codes::KEY_RSA_SMALL_FACTOR, format!("the RSA modulus is divisible by {factor}"));
        return;
    }
    if residues.is_roca() {
        report(
            codes::KEY_RSA_ROCA,
            "the RSA modulus has the structure of the ROCA flaw (CVE-2017-15361)".to_owned(),
        );
    }
    let root = modulus.floor_sqrt_vartime();
    if has_close_factors(&modulus, &root, &residues) {
        report(
            codes::KEY_RSA_CLOSE_PRIMES,
            format!(
                "the primes of the RSA modulus are so close that {FERMAT_ROUNDS} rounds of Fermat's method find them"
            ),
        );
    } else if let Some(power) = power::perfect_power(&modulus, &residues) {
        report(
            codes::KEY_RSA_PERFECT_POWER,
            format!("the RSA modulus is a power of {power} of another number"),
        );
    }
    if has_pattern(key.modulus()) {
        report(codes::KEY_RSA_PATTERN, "the bytes of the RSA modulus repeat or are mostly zero".to_owned());
    }
}

/// Primes whose product is small enough for [`Group::residues`].
struct Group {
    primes: Vec<u32>,
    product: u64,
    /// 2^(w·i) modulo the product, for words of w bits.
    powers: Vec<u64>,
}

/// The sum over all words of the largest modulus must fit 128 bits: 64 of a word, 7 of their number, 57 of a power.
const LARGEST_PRODUCT: u64 = 1 << 57;

impl Group {
    fn new(primes: Vec<u32>, product: u64) -> Self {
        let words = MAX_MODULUS_BITS.div_ceil(Word::BITS);
        let step = u128::from(Word::MAX).saturating_add(1);
        let next = |power: &u64| Some(reduce(u128::from(*power).wrapping_mul(step), product));
        let powers = std::iter::successors(Some(1), next);
        let powers = powers.take(usize::try_from(words).unwrap_or_default()).collect();
        Self { primes, product, powers }
    }

    /// Each prime of the product, and the number modulo that prime: one sum for all of them.
    fn residues(&self, words: &[Word]) -> impl Iterator<Item = (u32, u32)> {
        let sum = words.iter().zip(&self.powers).fold(0u128, |sum, (word, power)| {
            sum.wrapping_add(u128::from(*word).wrapping_mul(u128::from(*power)))
        });
        let rest = reduce(sum, self.product);
        self.primes.iter().map(move |prime| {
            let residue = rest.checked_rem(u64::from(*prime)).unwrap_or_default();
            (*prime, u32::try_from(residue).unwrap_or_default())
        })
    }
}

fn reduce(number: u128, modulus: u64) -> u64 {
    number.checked_rem(u128::from(modulus)).and_then(|rest| u64::try_from(rest).ok()).unwrap_or_default()
}

struct Tables {
    groups: Vec<Group>,
    /// For each of the first primes: which residues are powers of 65537.
    roca: Vec<Vec<bool>>,
    /// For each of the first odd primes: [`FermatFilter`].
    fermat: Vec<FermatFilter>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let primes = primes();
        let witnesses: Vec<u32> = primes.iter().copied().chain(power::first_witnesses()).collect();
        Tables {
            groups: group(&witnesses),
            roca: primes.iter().take(ROCA_PRIMES).map(|prime| powers_of_65537(*prime)).collect(),
            fermat: primes
                .iter()
                .skip(1)
                .take(FERMAT_FILTERS)
                .map(|prime| FermatFilter::new(*prime))
                .collect(),
        }
    })
}

/// The primes from 2 to [`LARGEST_FACTOR`].
pub(super) fn primes() -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::new();
    for candidate in 2..=LARGEST_FACTOR {
        if primes.iter().all(|prime| candidate.checked_rem(*prime) != Some(0)) {
            primes.push(candidate);
        }
    }
    primes
}

/// Products of the primes, in their order.
fn group(primes: &[u32]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut members: Vec<u32> = Vec::new();
    let mut product: u64 = 1;
    for prime in primes {
        let larger = product.saturating_mul(u64::from(*prime));
        if larger > LARGEST_PRODUCT {
            groups.push(Group::new(std::mem::take(&mut members), product));
            product = u64::from(*prime);
        } else {
            product = larger;
        }
        members.push(*prime);
    }
    groups.push(Group::new(members, product));
    groups
}

fn powers_of_65537(prime: u32) -> Vec<bool> {
    let mut members = vec![false; usize::try_from(prime).unwrap_or_default()];
    let mut power = 1u32.checked_rem(prime).unwrap_or_default();
    while let Some(member @ false) = index_mut(&mut members, power) {
        *member = true;
        power = multiply(power, 65_537, prime);
    }
    members
}

fn squares(prime: u32) -> Vec<bool> {
    let mut members = vec![false; usize::try_from(prime).unwrap_or_default()];
    for root in 0..prime {
        if let Some(member) = index_mut(&mut members, multiply(root, root, prime)) {
            *member = true;
        }
    }
    members
}

fn index_mut(members: &mut [bool], residue: u32) -> Option<&mut bool> {
    members.get_mut(usize::try_from(residue).ok()?)
}

pub(super) fn multiply(a: u32, b: u32, modulus: u32) -> u32 {
    // All primes are below 2^16, so the product fits.
    a.saturating_mul(b).checked_rem(modulus).unwrap_or_default()
}

/// A number modulo each small prime.
pub(super) struct Residues(pub(super) Vec<(u32, u32)>);

impl Residues {
    pub(super) fn of(number: &BoxedUint) -> Self {
        Self::of_first(number, usize::MAX)
    }

    /// Modulo the first primes alone: `count` of them, or a few more.
    fn of_first(number: &BoxedUint, count: usize) -> Self {
        let words = number.as_words();
        let mut residues = Vec::with_capacity(192);
        for group in &tables().groups {
            if residues.len() >= count {
                break;
            }
            residues.extend(group.residues(words));
        }
        Self(residues)
    }

    fn factor(&self) -> Option<u32> {
        let factors = self.0.iter().take_while(|(prime, _)| *prime <= LARGEST_FACTOR);
        factors.copied().find(|(_, residue)| *residue == 0).map(|(prime, _)| prime)
    }

    fn is_roca(&self) -> bool {
        self.0.iter().zip(&tables().roca).all(|((_, residue), powers)| {
            usize::try_from(*residue)
                .ok()
                .and_then(|residue| powers.get(residue))
                .is_some_and(|member| *member)
        })
    }
}

/// The first 16 odd primes let 1 of 2^16 numbers through that are no square; the rest is decided exactly. All are below 64.
const FERMAT_FILTERS: usize = 16;

/// One bit for each round of Fermat's method, the first one lowest.
const ALL_ROUNDS: u128 = (1 << (FERMAT_ROUNDS + 1)) - 1;

/// An odd prime p below 64 and for each n modulo p the values a for which a² - n is a square modulo p, as bits.
struct FermatFilter {
    prime: u32,
    values: Vec<u64>,
}

impl FermatFilter {
    fn new(prime: u32) -> Self {
        let squares = squares(prime);
        let values = (0..prime)
            .map(|n| {
                (0..prime).fold(0u64, |bits, a| {
                    let difference = multiply(a, a, prime).saturating_add(prime).saturating_sub(n);
                    let difference = difference.checked_rem(prime).unwrap_or_default();
                    let square = usize::try_from(difference).ok().and_then(|index| squares.get(index));
                    bits | u64::from(square.is_some_and(|square| *square)).wrapping_shl(a)
                })
            })
            .collect();
        Self { prime, values }
    }

    /// The rounds that may be a hit, for the residues of the modulus and of its root.
    fn rounds(&self, n: u32, root: u32) -> u128 {
        let values = usize::try_from(n).ok().and_then(|n| self.values.get(n)).copied().unwrap_or(u64::MAX);
        // From the value of the first round on, and again every p rounds.
        let turned = values.wrapping_shr(root) | values.wrapping_shl(self.prime.saturating_sub(root));
        let turned = turned & 1u64.wrapping_shl(self.prime).wrapping_sub(1);
        let (mut rounds, mut filled) = (u128::from(turned), self.prime);
        while filled <= FERMAT_ROUNDS {
            rounds |= rounds.wrapping_shl(filled);
            filled = filled.saturating_mul(2);
        }
        rounds
    }
}

/// Fermat's method: is a² - n a square for one of the first values of a from √n up?
fn has_close_factors(modulus: &BoxedUint, root: &BoxedUint, residues: &Residues) -> bool {
    let root_residues = Residues::of_first(root, FERMAT_FILTERS.saturating_add(1));
    let pairs = residues.0.iter().zip(&root_residues.0).skip(1);
    let mut rounds = tables()
        .fermat
        .iter()
        .zip(pairs)
        .fold(ALL_ROUNDS, |rounds, (filter, ((_, n), (_, root)))| rounds & filter.rounds(*n, *root));
    while rounds != 0 {
        let round = rounds.trailing_zeros();
        if is_fermat_hit(modulus, root, round) {
            return true;
        }
        rounds &= rounds.wrapping_sub(1);
    }
    false
}

/// Decides exactly whether (root + round)² - modulus is a square.
fn is_fermat_hit(modulus: &BoxedUint, root: &BoxedUint, round: u32) -> bool {
    let precision = modulus.bits_precision().saturating_add(64);
    let (modulus, root) = (modulus.clone().resize(precision), root.clone().resize(precision));
    let a = root.wrapping_add(BoxedUint::from(round).resize(precision));
    let Some(square) = a.checked_mul(&a).into_option() else { return false };
    match square.resize(precision).checked_sub(&modulus).into_option() {
        Some(difference) => difference.checked_sqrt_vartime().is_some(),
        None => false,
    }
}

/// Moduli whose bytes betray a broken generator: one block repeated (CVE-2021-41117), or mostly zero bytes.
fn has_pattern(modulus: &[u8]) -> bool {
    let zeros = modulus.iter().filter(|byte| **byte == 0).count();
    if zeros.saturating_mul(4) > modulus.len() {
        return true;
    }
    [2usize, 4, 8, 16].into_iter().any(|period| {
        let pairs = modulus.iter().zip(modulus.iter().skip(period));
        let compared = modulus.len().saturating_sub(period);
        pairs.filter(|(a, b)| a == b).count().saturating_mul(2) > compared
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_the_known_sizes() {
        let tables = tables();
        let grouped: Vec<u32> = tables.groups.iter().flat_map(|group| group.primes.clone()).collect();
        assert_eq!(grouped.iter().filter(|prime| **prime <= LARGEST_FACTOR).count(), 133);
        assert!(grouped.iter().take(133).eq(&primes()));
        assert_eq!(primes().last(), Some(&751));
        assert_eq!(primes().get(ROCA_PRIMES - 1), Some(&167));
        assert_eq!(tables.fermat.iter().map(|filter| filter.prime).collect::<Vec<_>>(), primes()[1..17]);
        for prime in primes().into_iter().skip(1) {
            assert_eq!(
                squares(prime).iter().filter(|square| **square).count(),
                usize::try_from(prime.div_ceil(2)).unwrap()
            );
        }
    }

    #[test]
    fn residues_are_those_of_a_division() {
        let mut bytes = [0xff; 1024];
        for seed in 0..4u8 {
            let number = BoxedUint::from_be_slice(&bytes, 8192).unwrap();
            for (prime, residue) in Residues::of(&number).0 {
                let expected = bytes.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
                assert_eq!(residue, expected, "{prime}");
            }
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = byte.wrapping_mul(31).wrapping_add(seed).wrapping_add(index.to_le_bytes()[0]);
            }
        }
    }

    #[test]
    fn a_round_is_left_out_only_if_it_is_no_square() {
        for filter in &tables().fermat {
            let (p, squares) = (filter.prime, squares(filter.prime));
            for n in 0..p {
                for root in 0..p {
                    let rounds = filter.rounds(n, root);
                    for round in 0..=FERMAT_ROUNDS {
                        let difference = ((root + round) * (root + round) + p - n) % p;
                        let expected = squares[usize::try_from(difference).unwrap()];
                        assert_eq!(rounds >> round & 1 == 1, expected, "{p} {n} {root} {round}");
                    }
                }
            }
        }
    }
}
