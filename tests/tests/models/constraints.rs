//! Name constraints against sets of names that are enumerated.

use std::collections::BTreeSet;

use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_tests::certificate::{AT, Cert, NAME_CONSTRAINTS, constraints};
use certgate_tests::request::{dns, ip};
use proptest::prelude::*;

use super::read;

/// Labels of the universe; the last one stands in no constraint, as for any label that nobody thought of.
const LABELS: [&str; 3] = ["a", "b", "zz"];

/// All hosts of up to four labels.
fn universe() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = LABELS.iter().map(|label| (*label).to_owned()).collect();
    for _ in 0..3 {
        let longer: Vec<String> =
            all.iter().flat_map(|host| LABELS.map(|label| format!("{label}.{host}"))).collect();
        all.extend(longer);
    }
    all.retain(|host| host.split('.').count() <= 4);
    all
}

/// The hosts that a name stands for: itself, or all with one label in place of the star.
fn hosts(name: &str) -> BTreeSet<String> {
    match name.strip_prefix("*.") {
        Some(parent) => LABELS.map(|label| format!("{label}.{parent}")).into(),
        None => [name.to_owned()].into(),
    }
}

/// The hosts of a subtree (RFC 5280 4.2.1.10): the domain and all below it.
fn subtree(domain: &str, universe: &BTreeSet<String>) -> BTreeSet<String> {
    let ends = format!(".{domain}");
    universe.iter().filter(|host| *host == domain || host.ends_with(&ends)).cloned().collect()
}

fn domain(labels: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&LABELS[..2]), labels).prop_map(|labels| labels.join("."))
}

fn accepts(leaf: Cert, permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> bool {
    let mut ca = Cert::ca("ca", "root");
    if !permitted.is_empty() || !excluded.is_empty() {
        ca = ca.with(NAME_CONSTRAINTS, true, &constraints(permitted, excluded));
    }
    let verifier = Verifier::new([read(&Cert::root("root"))], [read(&ca)], Profile::Private);
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    verifier.verify(&read(&leaf), &VerifyParameters::new(at, Purpose::Server)).is_ok()
}

proptest! {
    #[test]
    fn hosts_are_judged_as_sets(
        names in prop::collection::vec((any::<bool>(), domain(1..3)), 1..3),
        permitted in prop::collection::vec(domain(1..4), 0..3),
        excluded in prop::collection::vec(domain(1..4), 0..3),
    ) {
        let names: Vec<String> =
            names.into_iter().map(|(wild, name)| if wild { format!("*.{name}") } else { name }).collect();
        let universe = universe();
        let union = |domains: &[String]| -> BTreeSet<String> {
            domains.iter().flat_map(|domain| subtree(domain, &universe)).collect()
        };
        let (within, without) = (union(&permitted), union(&excluded));
        let expected = names.iter().all(|name| {
            let hosts = hosts(name);
            (permitted.is_empty() || hosts.is_subset(&within)) && hosts.is_disjoint(&without)
        });
        let general = |texts: &[String]| texts.iter().map(|text| dns(text)).collect::<Vec<_>>();
        let leaf = Cert::leaf("a.example.com", "ca").names(&general(&names));
        prop_assert_eq!(accepts(leaf, &general(&permitted), &general(&excluded)), expected);
    }

    #[test]
    fn addresses_are_judged_as_sets(
        address in 0u8..16,
        permitted in prop::collection::vec((0u8..16, 0u8..5), 0..3),
        excluded in prop::collection::vec((0u8..16, 0u8..5), 0..3),
    ) {
        // 192.0.2.0/28, and blocks of 1 to 16 addresses in it.
        let holds = |(base, free): (u8, u8)| (0u8..16).filter(|one| one >> free == base >> free).any(|one| one == address);
        let expected = (permitted.is_empty() || permitted.iter().any(|block| holds(*block)))
            && !excluded.iter().any(|block| holds(*block));
        let block = |(base, free): (u8, u8)| ip(&[192, 0, 2, base, 255, 255, 255, 0xff << free]);
        let blocks = |list: &[(u8, u8)]| list.iter().map(|one| block(*one)).collect::<Vec<_>>();
        let leaf = Cert::leaf("a.example.com", "ca").names(&[ip(&[192, 0, 2, address])]);
        prop_assert_eq!(accepts(leaf, &blocks(&permitted), &blocks(&excluded)), expected);
    }
}
