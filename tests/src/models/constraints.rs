//! Name constraints as sets of names that are enumerated (RFC 5280 4.2.1.10).

use std::collections::BTreeSet;

use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};

use super::read;
use crate::certificate::{AT, Cert, NAME_CONSTRAINTS, constraints};
use crate::request::{dns, ip};

/// Labels of the universe; the last one stands in no constraint, as for any label that nobody thought of.
pub const LABELS: [&str; 3] = ["a", "b", "zz"];

/// Host names of a leaf, which may begin with `*.`, below a CA that permits and excludes these domains.
#[derive(Clone, Debug)]
pub struct Hosts {
    pub names: Vec<String>,
    pub permitted: Vec<String>,
    pub excluded: Vec<String>,
}

impl Hosts {
    /// Whether every host that the names stand for is permitted and none is excluded.
    pub fn are_allowed(&self) -> bool {
        let universe = universe();
        let union = |domains: &[String]| -> BTreeSet<String> {
            domains.iter().flat_map(|domain| subtree(domain, &universe)).collect()
        };
        let (within, without) = (union(&self.permitted), union(&self.excluded));
        self.names.iter().all(|name| {
            let hosts = hosts(name);
            (self.permitted.is_empty() || hosts.is_subset(&within)) && hosts.is_disjoint(&without)
        })
    }

    /// Whether the engine accepts the leaf.
    pub fn verify(&self) -> bool {
        let general = |texts: &[String]| texts.iter().map(|text| dns(text)).collect::<Vec<_>>();
        accepts(&general(&self.names), &general(&self.permitted), &general(&self.excluded))
    }
}

/// An address of a leaf in 192.0.2.0/28, and blocks of 1 to 16 addresses in it: a base, and the number of its free bits.
#[derive(Clone, Debug)]
pub struct Address {
    pub address: u8,
    pub permitted: Vec<(u8, u8)>,
    pub excluded: Vec<(u8, u8)>,
}

impl Address {
    pub fn is_allowed(&self) -> bool {
        let holds = |(base, free): (u8, u8)| {
            (0u8..16).filter(|one| one >> free == base >> free).any(|one| one == self.address)
        };
        (self.permitted.is_empty() || self.permitted.iter().any(|block| holds(*block)))
            && !self.excluded.iter().any(|block| holds(*block))
    }

    /// Whether the engine accepts the leaf.
    pub fn verify(&self) -> bool {
        let block = |(base, free): (u8, u8)| ip(&[192, 0, 2, base, 255, 255, 255, 0xff << free]);
        let blocks = |list: &[(u8, u8)]| list.iter().map(|one| block(*one)).collect::<Vec<_>>();
        accepts(&[ip(&[192, 0, 2, self.address])], &blocks(&self.permitted), &blocks(&self.excluded))
    }
}

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

/// The hosts of a subtree: the domain and all below it.
fn subtree(domain: &str, universe: &BTreeSet<String>) -> BTreeSet<String> {
    let ends = format!(".{domain}");
    universe.iter().filter(|host| *host == domain || host.ends_with(&ends)).cloned().collect()
}

fn accepts(names: &[Vec<u8>], permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> bool {
    let mut ca = Cert::ca("ca", "root");
    if !permitted.is_empty() || !excluded.is_empty() {
        ca = ca.with(NAME_CONSTRAINTS, true, &constraints(permitted, excluded));
    }
    let verifier = Verifier::new([read(&Cert::root("root"))], [read(&ca)], Profile::Private);
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let leaf = Cert::leaf("a.example.com", "ca").names(names);
    verifier.verify(&read(&leaf), &VerifyParameters::new(at, Purpose::Server)).is_ok()
}
