//! RSA moduli that are known to be easy to factor.
//!
//! All residues come from dividing the modulus by products of small primes that fill a machine word; Fermat's 110 rounds
//! run on residues alone and touch the modulus again only if all of them look like a square.

use std::sync::OnceLock;

use crypto_bigint::{BoxedUint, CheckedSub, Limb, NonZero, Reciprocal, Resize};

use super::power;
use super::rsa::RsaKey;
use crate::diagnostic::{Diagnostic, codes, path::steps};

/// Largest prime that is tried as a factor: the 132 primes of Boulder's `goodkey` (hostile input 37).
const LARGEST_FACTOR: u32 = 751;

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

/// One product of primes that fits a machine word.
pub(super) struct Group {
    primes: Vec<u32>,
    reciprocal: Reciprocal,
}

impl Group {
    /// Each prime of the product, and the number modulo that prime.
    pub(super) fn residues(&self, number: &BoxedUint) -> impl Iterator<Item = (u32, u32)> {
        let rest = number.rem_limb_with_reciprocal(&self.reciprocal).0;
        self.primes.iter().map(move |prime| {
            let residue = rest.checked_rem(crypto_bigint::Word::from(*prime)).unwrap_or_default();
            (*prime, u32::try_from(residue).unwrap_or_default())
        })
    }
}

struct Tables {
    groups: Vec<Group>,
    /// For each of the first primes: which residues are powers of 65537.
    roca: Vec<Vec<bool>>,
    /// For each prime: which residues are squares.
    squares: Vec<Vec<bool>>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let primes = primes();
        Tables {
            groups: group(&primes),
            roca: primes.iter().take(ROCA_PRIMES).map(|prime| powers_of_65537(*prime)).collect(),
            squares: primes.iter().map(|prime| squares(*prime)).collect(),
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
pub(super) fn group(primes: &[u32]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut members: Vec<u32> = Vec::new();
    let mut product: crypto_bigint::Word = 1;
    for prime in primes {
        let factor = crypto_bigint::Word::from(*prime);
        match product.checked_mul(factor) {
            Some(larger) => product = larger,
            None => {
                groups.extend(close(std::mem::take(&mut members), product));
                product = factor;
            }
        }
        members.push(*prime);
    }
    groups.extend(close(members, product));
    groups
}

fn close(primes: Vec<u32>, product: crypto_bigint::Word) -> Option<Group> {
    let divisor = NonZero::new(Limb(product)).into_option()?;
    Some(Group { primes, reciprocal: Reciprocal::new(divisor) })
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
    let product =
        u64::from(a).saturating_mul(u64::from(b)).checked_rem(u64::from(modulus)).unwrap_or_default();
    u32::try_from(product).unwrap_or_default()
}

/// A number modulo each small prime.
pub(super) struct Residues(pub(super) Vec<(u32, u32)>);

impl Residues {
    pub(super) fn of(number: &BoxedUint) -> Self {
        let mut residues = Vec::with_capacity(132);
        for group in &tables().groups {
            residues.extend(group.residues(number));
        }
        Self(residues)
    }

    fn factor(&self) -> Option<u32> {
        self.0.iter().find(|(_, residue)| *residue == 0).map(|(prime, _)| *prime)
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

/// Fermat's method: is a² - n a square for one of the first values of a from √n up?
fn has_close_factors(modulus: &BoxedUint, root: &BoxedUint, residues: &Residues) -> bool {
    let root_residues = Residues::of(root);
    // The first 16 odd primes let 1 of 2^16 numbers through that are no square; the rest is decided exactly.
    const FILTERS: usize = 16;
    let filters = residues.0.iter().zip(&root_residues.0).zip(&tables().squares).skip(1).take(FILTERS);
    let filters: Vec<_> = filters.map(|(((prime, n), (_, a)), squares)| (*prime, *n, *a, squares)).collect();
    for round in 0..=FERMAT_ROUNDS {
        let may_be_square = filters.iter().all(|(prime, n, a, squares)| {
            let a = a.saturating_add(round).checked_rem(*prime).unwrap_or_default();
            let difference = multiply(a, a, *prime).saturating_add(*prime).saturating_sub(*n);
            let difference = difference.checked_rem(*prime).unwrap_or_default();
            usize::try_from(difference)
                .ok()
                .and_then(|index| squares.get(index))
                .is_some_and(|square| *square)
        });
        if may_be_square && is_fermat_hit(modulus, root, round) {
            return true;
        }
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
        assert_eq!(tables.groups.iter().map(|group| group.primes.len()).sum::<usize>(), 133);
        assert_eq!(primes().last(), Some(&751));
        assert_eq!(primes().get(ROCA_PRIMES - 1), Some(&167));
        for prime in primes().into_iter().skip(1) {
            assert_eq!(
                squares(prime).iter().filter(|square| **square).count(),
                usize::try_from(prime.div_ceil(2)).unwrap()
            );
        }
    }
}
