//! Every vector gets its verdict: outcome, codes and paths.

use std::collections::BTreeSet;

use certgate::diagnostic::Code;
use certgate_tests::lint::{self, LintVector, PROFILES};
use certgate_tests::{paths, vectors};

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

/// Codes that no vector can show, with the test that shows them. A code that has got a vector must leave
/// this list.
const ELSEWHERE: &[(&str, &str)] = &[
    ("analysis/undecided", "analysis.rs: two regular expressions"),
    ("case/mismatch", "cli/policies.rs: a failing case"),
    ("case/syntax", "cli/policies.rs: a file of cases with an unknown key"),
    ("compat/altered", "peer_policies.rs: rows with a warning"),
    ("compat/key-denied", "peer_policies.rs: rows of keys"),
    ("compat/name-denied", "peer_policies.rs: rows of names"),
    ("compat/not-applicable", "peer_policies.rs: rows that stay pending"),
    ("compat/request-denied", "peer_policies.rs: rows with a broken signature"),
    ("compat/subject-denied", "peer_policies.rs: rows of subjects"),
    ("compat/usage-denied", "peer_policies.rs: rows of usages"),
    ("compat/validity-denied", "peer_policies.rs: rows of lifetimes"),
    ("crl/reason-code", "paths.rs: a reason that is not known"),
    ("context/object", "cli/kubernetes.rs: an object of another kind"),
    ("context/syntax", "cli.rs: a context that is no YAML"),
    ("document/compat", "peer_policies.rs: quirks and policies that a program does not take"),
    ("export/unsupported", "peer_policies.rs: writing policies as other programs do"),
    ("document/client-and-server", "cli/analysis.rs: policy lint"),
    ("document/exception-expired", "cli/analysis.rs: policy lint"),
    ("document/glob-crosses-dots", "cli/analysis.rs: policy lint"),
    ("document/long-validity", "cli/analysis.rs: policy lint"),
    ("document/shadowed", "cli/analysis.rs: policy lint"),
    ("document/unreached-deny", "cli/analysis.rs: policy lint"),
    ("internal/unexpected", "never: it says that certgate has a fault"),
    ("constrain/common-name", "constrain.rs: a policy that allows common names without host names"),
    ("constrain/not-expressible", "constrain.rs: policies with regular expressions, globs and facts"),
    ("constrain/wider", "constrain.rs: policies with single host names and URIs"),
    ("issue/beyond-issuer", "issue.rs: a lifetime beyond the issuer's"),
    ("issue/constraints", "issue_authorities.rs: purposes that the constraints do not have"),
    ("issue/cross", "issue_authorities.rs: another key, another name, no CA"),
    ("issue/differs", "never: it says that certgate has a fault"),
    ("issue/issuer", "issue.rs: an expired issuer, a leaf as an issuer, no room in the path length"),
    ("issue/lint", "issue_authorities.rs: an error under the issuer's lint profile"),
    ("issue/not-approved", "issue.rs: a denial"),
    ("issue/not-verified", "issue.rs: a signature by another key"),
    ("issue/serial-number", "issue.rs: zero, negative, too long"),
    ("issue/used", "issue_handles.rs: an approval and what was prepared, used twice"),
    ("issue/validity", "issue.rs: a list that ends when it begins"),
    ("key/blocked", "cli/blocklist.rs: a list of SPKI digests"),
    ("key/blocklist-format", "cli/blocklist.rs: a list with a wrong line"),
    ("key/debian-weak", "cli/blocklist.rs: lists in the forms of openssl-blacklist and dwklint"),
    ("key/encrypted", "operations/keys.rs: an encrypted key without a passphrase"),
    ("key/encryption", "operations/keys.rs: PBES1, SHA-1, 3DES, headers of PEM"),
    ("key/encryption-cost", "operations/keys.rs: more work than the limits allow"),
    ("key/mismatch", "apps/webhook/tests/webhook/secrets.rs"),
    ("key/passphrase", "operations/keys.rs: another passphrase, none at all"),
    ("key/private-key", "core: crypto::private_key"),
    ("key/signing", "never: a local key of a known kind signs"),
    ("document/cel-unanchored", "cel.rs: patterns without ends"),
    ("document/cel-unsupported", "core: policy::cel_absent, in builds without CEL"),
    ("policy/cel-failed", "cel.rs: a fact that is not given"),
    ("import/not-kept", "peer_policies.rs: importing policies of other programs"),
    ("import/outside", "peer_policies.rs: importing policies of other programs"),
    ("import/refused", "peer_policies.rs: importing policies of other programs"),
    ("import/syntax", "peer_policies.rs: importing policies of other programs"),
    ("import/unknown-key", "peer_policies.rs: importing policies of other programs"),
    ("import/unsupported", "peer_policies.rs: importing policies of other programs"),
    ("import/value", "peer_policies.rs: importing policies of other programs"),
    ("policy/none-loaded", "cli/analysis.rs: a policy by a name that none has"),
    ("policy/set-conflict", "cli/analysis.rs: two policies with different defaults"),
    ("input/file", "cli.rs: a file that is not there"),
    ("input/server", "cli.rs: a port on which nobody listens"),
    ("renewal/differs", "renewal/reasons.rs: another name is wanted"),
    ("renewal/due", "renewal/agent.rs: two thirds of a life are over"),
    ("renewal/expired", "renewal/reasons.rs: a life of seconds"),
    ("renewal/key-differs", "renewal/reasons.rs: another key, no key"),
    ("renewal/missing", "renewal/reasons.rs: nothing, half a certificate"),
    ("renewal/not-allowed", "renewal/reasons.rs: a policy that became narrower"),
    ("renewal/not-trusted", "renewal/reasons.rs: another CA"),
    ("verify/subject-empty", "never first: what a CA without a name issued has an issuer without a name"),
];

/// The codes of the lint findings of any profile.
fn lint_codes(vector: &LintVector) -> Vec<String> {
    PROFILES.into_iter().flat_map(|(_, word)| vector.found(word).2).map(|(code, ..)| code).collect()
}

#[test]
fn every_code_has_a_vector_that_shows_it_and_one_that_does_not() {
    let requests: Vec<Vec<String>> = vectors::all().iter().map(|vector| vector.answer().codes()).collect();
    let paths: Vec<Vec<String>> = paths::all().iter().map(|vector| vector.codes()).collect();
    let lint: Vec<Vec<String>> = lint::all().iter().map(lint_codes).collect();
    let unreadable = paths::malformed().into_iter().map(|vector| vec![vector.code.to_owned()]);
    let shown: Vec<BTreeSet<String>> =
        requests.into_iter().chain(paths).chain(lint).chain(unreadable).map(BTreeSet::from_iter).collect();
    let mut missing = Vec::new();
    for code in Code::all() {
        let count = shown.iter().filter(|codes| codes.contains(code.as_str())).count();
        let excepted = ELSEWHERE.iter().any(|(known, _)| *known == code.as_str());
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
