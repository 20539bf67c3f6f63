//! Every vector gets its verdict: outcome, codes and paths.

use std::collections::BTreeSet;

use certgate::diagnostic::Code;
use certgate_tests::vectors;

#[test]
fn every_vector_gets_its_verdict() {
    let vectors = vectors::all();
    let ids: BTreeSet<&str> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    assert_eq!(ids.len(), vectors.len(), "the ids are unique");
    let differences: Vec<String> = vectors.iter().flat_map(|vector| vector.differences()).collect();
    assert!(
        differences.is_empty(),
        "{} of {} vectors:\n{}",
        differences.len(),
        vectors.len(),
        differences.join("\n")
    );
    println!("{} vectors", vectors.len());
}

/// Codes that no input to `evaluate` can show, with the test that shows them. A code that has got a vector must leave
/// this list.
const ELSEWHERE: &[(&str, &str)] = &[
    ("case/mismatch", "cli/policies.rs: a failing case"),
    ("case/syntax", "cli/policies.rs: a file of cases with an unknown key"),
    ("context/object", "cli/kubernetes.rs: an object of another kind"),
    ("context/syntax", "cli.rs: a context that is no YAML"),
    ("der/time", "certificates"),
    ("internal/unexpected", "never: it says that certgate has a fault"),
    ("key/blocked", "cli/blocklist.rs: a list of SPKI digests"),
    ("key/blocklist-format", "cli/blocklist.rs: a list with a wrong line"),
    ("key/debian-weak", "cli/blocklist.rs: lists in the forms of openssl-blacklist and dwklint"),
    ("key/private-key", "core: crypto::private_key"),
    ("key/signing", "never: a local key of a known kind signs"),
    ("extension/duplicate-policy", "paths.rs"),
    ("limit/general-subtrees", "paths.rs"),
    ("limit/name-comparisons", "paths.rs"),
    ("limit/path-signatures", "paths.rs"),
    ("limit/path-steps", "paths.rs"),
    ("limit/policy-edges", "paths.rs"),
    ("limit/presented-certificates", "paths.rs"),
];

/// Stages that requests do not reach, with the test that shows their codes.
const OTHER_STAGES: &[(&str, &str)] = &[
    ("certificate", "paths.rs"),
    ("crl", "paths.rs"),
    ("import", "peer_policies.rs"),
    ("ocsp", "paths.rs"),
    ("verify", "paths.rs"),
];

#[test]
fn every_code_has_a_vector_that_shows_it_and_one_that_does_not() {
    let shown: Vec<BTreeSet<String>> =
        vectors::all().iter().map(|vector| vector.answer().codes().into_iter().collect()).collect();
    let mut missing = Vec::new();
    for code in Code::all() {
        let count = shown.iter().filter(|codes| codes.contains(code.as_str())).count();
        let excepted = ELSEWHERE.iter().any(|(known, _)| *known == code.as_str())
            || OTHER_STAGES.iter().any(|(stage, _)| *stage == code.stage());
        if count == 0 && !excepted {
            missing.push(code.as_str());
        }
        assert!(count == 0 || !excepted, "{code} has a vector: take it out of the list");
        assert!(count < shown.len(), "{code} is shown by every vector");
    }
    assert!(missing.is_empty(), "no vector shows {missing:?}");
    for (code, _) in ELSEWHERE {
        assert!(Code::find(code).is_some(), "there is no code {code} any more");
    }
}
