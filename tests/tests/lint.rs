//! Lint: every rule is shown by a vector, in the profiles that have it and from the day it binds.

use std::collections::{BTreeMap, BTreeSet};

use certgate_bindings::view::LintRuleView;
use certgate_bindings::{LintDocument, LintProfileWord, lint, lint_rules};
use certgate_tests::lint::{LintVector, PROFILES, all, server};

/// The severity that a rule gives to a target under a profile at a time.
fn severity(rules: &[LintRuleView], code: &str, profile: &str, target: &str, at: &str) -> Option<String> {
    let row = rules.iter().find(|rule| {
        rule.code == code
            && rule.targets.iter().any(|known| known == target)
            && rule.since.as_deref().is_none_or(|since| since <= &at[..10])
            && rule.profiles.iter().any(|severity| severity.profile == profile)
    })?;
    row.profiles.iter().find(|severity| severity.profile == profile).map(|it| it.severity.clone())
}

fn differences(vector: &LintVector, rules: &[LintRuleView]) -> Vec<String> {
    let mut differences = Vec::new();
    for (profile, word) in PROFILES {
        let (target, at, found) = vector.found(word);
        let expected = severity(rules, vector.code, profile, &target, &at);
        let own: Vec<_> = found.iter().filter(|(code, ..)| code == vector.code).collect();
        match (&expected, own.as_slice()) {
            (None, []) => {}
            (Some(severity), [(_, path, found)]) => {
                // What a request lacks the CA may still add: an error of a rule may be a warning there.
                let lowered = target.ends_with("request") && severity == "error" && found == "warning";
                if path != vector.path || (found != severity && !lowered) {
                    differences.push(format!(
                        "{} {profile}: {found} at {path}, not {severity} at {}",
                        vector.id, vector.path
                    ));
                }
            }
            _ => differences.push(format!("{} {profile}: {own:?}, expected {expected:?}", vector.id)),
        }
        let others: Vec<_> = found
            .iter()
            .filter(|(code, ..)| code != vector.code && !vector.also.contains(&code.as_str()))
            .collect();
        if !others.is_empty() {
            differences.push(format!("{} {profile}: {others:?} besides", vector.id));
        }
    }
    differences
}

#[test]
fn every_vector_breaks_its_rule_and_no_other() {
    let vectors = all();
    let ids: BTreeSet<&str> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    assert_eq!(ids.len(), vectors.len(), "the ids are unique");
    let rules = lint_rules();
    let differences: Vec<String> = vectors.iter().flat_map(|vector| differences(vector, &rules)).collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    println!("{} vectors under {} profiles", vectors.len(), PROFILES.len());
}

#[test]
fn every_rule_has_a_vector_for_each_of_its_rows() {
    let vectors = all();
    let rules = lint_rules();
    let mut shown: BTreeMap<(String, usize), usize> = BTreeMap::new();
    for vector in &vectors {
        for (profile, word) in PROFILES {
            let (target, at, found) = vector.found(word);
            for (index, rule) in rules.iter().enumerate() {
                let hit = found.iter().any(|(code, ..)| *code == rule.code)
                    && rule.targets.contains(&target)
                    && rule.since.as_deref().is_none_or(|since| since <= &at[..10])
                    && rule.profiles.iter().any(|severity| severity.profile == profile);
                if hit {
                    *shown.entry((rule.code.clone(), index)).or_default() += 1;
                }
            }
        }
    }
    let missing: Vec<String> = rules
        .iter()
        .enumerate()
        .filter(|(index, rule)| !shown.contains_key(&(rule.code.clone(), *index)))
        .map(|(_, rule)| format!("{} for {:?}", rule.code, rule.targets))
        .collect();
    assert!(missing.is_empty(), "no vector shows {missing:#?}");
    let codes: BTreeSet<&str> = rules.iter().map(|rule| rule.code.as_str()).collect();
    println!("{} codes in {} rows", codes.len(), rules.len());
}

#[test]
fn lifetimes_follow_the_schedule() {
    let longest = |at: &str| -> Option<i64> {
        // 10 years: too long at any time.
        let input = server().valid("100101000000Z", "200101000000Z").der();
        let options = LintDocument { profile: LintProfileWord::CabfTls, at: Some(at.to_owned()) };
        let views = lint(&input, &options, None).expect("a certificate");
        let finding = views[0].findings.iter().find(|finding| finding.code == "lint/validity-too-long")?;
        match finding.expected {
            Some(certgate_bindings::view::DataView::Integer(days)) => Some(days),
            _ => None,
        }
    };
    for (at, days) in [
        ("2012-06-30T23:59:59Z", None),
        ("2012-07-01T00:00:00Z", Some(1_827)),
        ("2015-04-01T00:00:00Z", Some(1_188)),
        ("2018-02-28T23:59:59Z", Some(1_188)),
        ("2018-03-01T00:00:00Z", Some(825)),
        ("2020-09-01T00:00:00Z", Some(398)),
        ("2026-03-14T23:59:59Z", Some(398)),
        ("2026-03-15T00:00:00Z", Some(200)),
        ("2027-03-15T00:00:00Z", Some(100)),
        ("2029-03-14T00:00:00Z", Some(100)),
        ("2029-03-15T00:00:00Z", Some(47)),
    ] {
        assert_eq!(longest(at), days, "{at}");
    }
    // Both ends count: 398 days are allowed, and one second more is not.
    let found = |not_after| {
        let input = server().valid("251201000000Z", not_after).der();
        let options = LintDocument { profile: LintProfileWord::CabfTls, at: None };
        lint(&input, &options, None).expect("a certificate")[0].has_error()
    };
    assert!(!found("270102235959Z"), "398 days");
    assert!(found("270103000000Z"), "398 days and one second");
}

#[test]
fn an_input_is_linted_as_a_whole() {
    use certgate_tests::lint::{intermediate, root};
    use certgate_tests::request::pem;
    let chain: String =
        [server(), intermediate(), root()].iter().map(|cert| pem("CERTIFICATE", &cert.der())).collect();
    let options = LintDocument { profile: LintProfileWord::Mozilla, at: None };
    let views = lint(chain.as_bytes(), &options, None).expect("a chain");
    let targets: Vec<&str> = views.iter().map(|view| view.target.as_str()).collect();
    assert_eq!(targets, ["server", "intermediate", "root"]);
    let broken = format!("{chain}{}", pem("CERTIFICATE", b"nothing"));
    let error = lint(broken.as_bytes(), &options, None).expect_err("a block that cannot be read");
    assert_eq!(error.kind().as_str(), "parse");
    let options = LintDocument { at: Some("yesterday".to_owned()), ..options };
    assert_eq!(lint(&server().der(), &options, None).expect_err("no time").code(), "context/value");
    let request = certgate_tests::request::Csr::default().der();
    let error = lint(&request, &LintDocument::default(), None).expect_err("a request without a time");
    assert_eq!(error.code(), "context/value");
}
