//! Every row of the catalogue of hostile inputs (encoding, strings, keys, names, paths, policies) has a vector, or a written
//! reason and the test that holds it instead.

use std::collections::BTreeMap;

use certgate_bindings::Policy;
use certgate_tests::vector::{Answer, OPEN};
use certgate_tests::{lint, paths, vectors};

/// Sections 2a to 2g.
const ROWS: [std::ops::RangeInclusive<u32>; 3] = [1..=94, 95..=106, 107..=115];

/// Rows that no input of `evaluate` can show. A row that has got a vector must leave this list.
const ELSEWHERE: &[(u32, &str)] = &[
    (41, "cli/blocklist.rs: Debian's weak keys come from a list that the user imports"),
    (43, "cli/blocklist.rs: published keys, by a list of SPKI digests"),
    (58, "issuance: only an issuer knows the key of the CA"),
    (
        87,
        "issue.rs: no_certificate_outlives_its_issuer, with an expired issuer and one that is not valid yet",
    ),
    (93, "issue.rs: a_signature_by_another_key_is_no_certificate"),
    (94, "issue.rs: a_signature_by_another_key_is_no_certificate, wrong, short, and of another algorithm"),
    (
        113,
        "expressions are compiled when a policy is loaded and by nothing else, so there is no cache of programs",
    ),
    (115, "every_decision_names_the_policy_that_made_it, in this file"),
];

/// The row in `row12-what-it-shows`, or in `what-row12-it-shows`.
fn row(id: &str) -> Option<u32> {
    id.split(['-', '/']).find_map(|word| word.strip_prefix("row")?.parse().ok())
}

#[test]
fn every_row_is_covered() {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    let requests = vectors::all().into_iter().map(|vector| vector.id);
    let paths = paths::all().into_iter().map(|vector| vector.id);
    let unreadable = paths::malformed().into_iter().map(|vector| vector.id);
    let lint = lint::all().into_iter().map(|vector| vector.id);
    for id in requests.chain(paths).chain(unreadable).chain(lint) {
        if let Some(row) = row(&id) {
            *counts.entry(row).or_default() += 1;
        }
    }
    let mut wrong = Vec::new();
    for row in ROWS.into_iter().flatten() {
        match (counts.contains_key(&row), ELSEWHERE.iter().any(|(known, _)| *known == row)) {
            (false, false) => wrong.push(format!("row {row} has neither a vector nor a reason")),
            (true, true) => wrong.push(format!("row {row} has vectors: take it out of the list")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "{} rows, {} vectors, {} rows elsewhere",
        counts.len(),
        counts.values().sum::<usize>(),
        ELSEWHERE.len()
    );
}

#[test]
fn every_decision_names_the_policy_that_made_it() {
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    let mut decisions = 0;
    for vector in vectors::all() {
        let Answer::Decision { policy, decision } = vector.answer() else { continue };
        decisions += 1;
        assert_eq!(
            (&decision.policy.id, &decision.policy.digest),
            (&policy.id, &policy.digest),
            "{}",
            vector.id
        );
        // Texts that differ in what they say have different digests.
        let canonical = Policy::load(&vector.policy).expect("it was loaded").canonical_json();
        if let Some(other) = digests.insert(policy.digest.clone(), canonical.clone()) {
            assert_eq!(other, canonical, "{}: one digest for two policies", vector.id);
        }
    }
    assert!(decisions > 100 && digests.len() > 20, "{decisions} decisions by {} policies", digests.len());
    let open = Policy::load(OPEN).expect("the policy");
    let spaced = Policy::load(&OPEN.replace(", ", ",  ")).expect("the policy");
    assert_eq!(open.digest(), spaced.digest(), "white space says nothing");
}
