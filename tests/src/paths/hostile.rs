//! Inputs made to cost: each ends in a cap or in the budget, with the code of the limit, or is cheap.

use super::{PathVector, leaf};
use crate::certificate::*;
use crate::der::{explicit, seq, set, utf8};
use crate::request::{atv, dns};

/// Certificates by which every one of these CAs has certified every other.
pub fn cross_signed(names: &[String]) -> Vec<Cert> {
    let pairs = names.iter().flat_map(|subject| names.iter().map(move |issuer| (subject, issuer)));
    pairs.filter(|(subject, issuer)| subject != issuer).map(|(one, other)| Cert::ca(one, other)).collect()
}

/// `ca` and other CAs, so many in all.
pub fn names(count: usize) -> Vec<String> {
    std::iter::once("ca".to_owned()).chain((1..count).map(|number| format!("ca {number}"))).collect()
}

fn limited(vector: PathVector, code: &'static str) -> PathVector {
    vector.refused(code, "")
}

pub(super) fn vectors() -> Vec<PathVector> {
    let of_ten = cross_signed(&names(10));
    let with_root: Vec<Cert> = of_ten.iter().cloned().chain([Cert::ca("ca 9", "root")]).collect();
    let same_subject: Vec<Cert> = (0..101)
        .map(|number| {
            let key = format!("key {number}");
            Cert::ca("ca", "root").key(&key).without(SUBJECT_KEY)
        })
        .collect();
    vec![
        limited(PathVector::new("row95-90-edges").presented(&[]).pool(&of_ten), "limit/path-steps"),
        limited(
            PathVector::new("row95-210-edges").presented(&[]).pool(&cross_signed(&names(15))),
            "limit/path-steps",
        ),
        PathVector::new("row95-an-edge-out")
            .presented(&[])
            .pool(&with_root)
            .ask("depth", 1.into())
            .refused("verify/depth", "path[2]"),
        limited(
            PathVector::new("row95-101-keys-of-one-name")
                .presented(&[])
                .pool(&same_subject)
                .profile("private"),
            "limit/path-signatures",
        ),
        limited(explosion("row97-300-constraints-and-1000-names", 300), "limit/name-comparisons"),
        explosion("row97-200-constraints-and-1000-names", 200).holds(&["a.example.com", "ca", "root"]),
        limited(long_names("row97-long-directory-names", 400_000), "limit/name-comparisons"),
        long_names("row97-shorter-directory-names", 4_000).holds(&["a.example.com", "ca", "root"]),
        limited(mapped("row98-80-by-80-mappings", 80), "limit/policy-edges"),
        mapped("row98-2-by-2-mappings", 2).holds(&PATH_OF_NINE),
        limited(
            PathVector::new("row106-65-presented").presented(&vec![Cert::ca("ca", "root"); 65]),
            "limit/presented-certificates",
        ),
        PathVector::new("row106-64-presented").presented(&vec![Cert::ca("ca", "root"); 64]).accepted(),
    ]
}

/// A CA that excludes so many names, and a leaf with a thousand.
fn explosion(id: &str, excluded: usize) -> PathVector {
    let names: Vec<Vec<u8>> = (0..999).map(|number| dns(&format!("n{number}.example.com"))).collect();
    let excluded: Vec<Vec<u8>> = (0..excluded).map(|number| dns(&format!("x{number}.test"))).collect();
    let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints(&[], &excluded));
    PathVector::new(id).leaf(leaf().names(&[&[dns("a.example.com")][..], &names].concat())).presented(&[ca])
}

/// A CA that excludes one name of so many bytes, and a leaf with many directory names: a comparison costs what it reads.
fn long_names(id: &str, length: usize) -> PathVector {
    let long = seq(&[set(&[atv("2.5.4.10", utf8(&"x".repeat(length)))])]);
    let names: Vec<Vec<u8>> = (0..200).map(|number| directory(&name(&format!("n{number}")))).collect();
    let ca = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints(&[], &[directory(&long)]));
    PathVector::new(id).leaf(leaf().names(&[&[dns("a.example.com")][..], &names].concat())).presented(&[ca])
}

const PATH_OF_NINE: [&str; 9] =
    ["a.example.com", "ca", "ca 1", "ca 2", "ca 3", "ca 4", "ca 5", "ca 6", "root"];

/// Seven CAs, each of which maps every policy to every other.
fn mapped(id: &str, count: usize) -> PathVector {
    let policy: Vec<String> = (0..count).map(|number| format!("1.3.6.1.4.1.99999.{number}")).collect();
    let all: Vec<&str> = policy.iter().map(String::as_str).collect();
    let rows: Vec<(&str, &str)> =
        all.iter().flat_map(|issuer| all.iter().map(move |subject| (*issuer, *subject))).collect();
    let cas: Vec<Cert> = PATH_OF_NINE[1..]
        .windows(2)
        .map(|pair| {
            Cert::ca(pair[0], pair[1]).with(POLICIES, false, &policies(&all)).with(
                MAPPINGS,
                true,
                &mappings(&rows),
            )
        })
        .collect();
    PathVector::new(id).leaf(leaf().with(POLICIES, false, &policies(&all))).presented(&cas)
}

/// A list of more subtrees than any CA needs.
pub fn subtrees(count: usize) -> Cert {
    let one = seq(&[dns("x.test")]);
    Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &seq(&[explicit(1, &one.repeat(count))]))
}
