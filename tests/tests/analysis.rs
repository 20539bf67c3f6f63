//! Comparing policies by analysis: what it says is what brute force finds over a small universe.

mod analysis {
    pub mod generator;
    pub mod universe;
}

use analysis::generator::{self, Random};
use analysis::universe::Universe;
use certgate::policy::AtMost;
use certgate_bindings::compare::{at_most, example_key};
use certgate_bindings::{ContextDocument, Policy, Request, parse_time};
use serde_json::json;

/// Pairs of policies: 1,000, and 10,000 in heavy runs.
fn pairs() -> u32 {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u32>().ok());
    if cases.is_some_and(|cases| cases >= 10_000) { 10_000 } else { 1_000 }
}

fn seed() -> u64 {
    std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

#[test]
fn analysis_agrees_with_brute_force() {
    let mut random = Random::new(seed());
    let mut universe = Universe::default();
    let (mut yes, mut no, mut seen, mut open) = (0u32, 0u32, 0u32, 0u32);
    while yes + no < pairs() {
        let Some(pair) = generator::pair(&mut random) else { continue };
        let (new, old) = (&pair.new, &pair.old);
        let found = universe.difference(&pair.aspects, new, old);
        match new.as_core().at_most(old.as_core(), &example_key) {
            AtMost::Yes => {
                assert_eq!(
                    found,
                    None,
                    "a wrong yes\nnew {}\nold {}",
                    new.canonical_json(),
                    old.canonical_json()
                );
                yes += 1;
            }
            AtMost::No(example) => {
                // The example holds when it is read again from its encoding.
                let request = Request::parse(example.request.der()).expect("a request");
                let judge = |policy: &Policy| policy.evaluate(&request, &example.context);
                let (by_new, by_old) = (judge(new), judge(old));
                assert!(by_new.is_allowed(), "{:?}", by_new.reasons());
                assert!(
                    !by_old.is_allowed() || by_old.as_core().template() != by_new.as_core().template(),
                    "the example is no difference\nnew {}\nold {}",
                    new.canonical_json(),
                    old.canonical_json()
                );
                no += 1;
                seen += u32::from(found.is_some());
            }
            // Rules that bind each other, such as a common name that must be the only name there may be.
            AtMost::Undecided(rules) => {
                println!(
                    "undecided at {:?}, brute force {found:?}",
                    rules.first().and_then(|rule| rule.rule())
                );
                open += 1;
            }
        }
    }
    println!(
        "{} cases, {yes} at most as permissive, {no} not ({seen} of them within the universe)",
        yes + no
    );
    println!("{open} undecided");
    assert!(open * 50 <= pairs(), "{open} of {} undecided", pairs());
    assert!(yes * 10 >= pairs() * 3 && no * 10 >= pairs() * 3, "{yes} and {no}: 30 % on each side");
}

fn policy(change: impl FnOnce(&mut serde_json::Value)) -> Policy {
    let mut document = json!({
        "version": 1, "id": "p",
        "names": { "dns": { "allow": ["a.example.com"] } },
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": ["serverAuth"] },
        "validity": { "default": "24h", "max": "90d" },
    });
    change(&mut document);
    Policy::load(&document.to_string()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn answer(new: &Policy, old: &Policy) -> String {
    at_most(new, old).answer
}

#[test]
fn wildcards_are_compared_as_sets() {
    let dns = |rules: serde_json::Value| policy(|document| document["names"]["dns"] = rules);
    let single = dns(json!({ "allow": ["*.example.com"] }));
    let set = dns(json!({ "allow": ["*.example.com"], "wildcard": "allow" }));
    assert_eq!(answer(&single, &set), "yes");
    assert_eq!(answer(&set, &single), "no");
    let exact = dns(json!({ "allow": ["*.example.com"], "deny": ["b.example.com"], "wildcard": "allow" }));
    assert_eq!(answer(&exact, &set), "yes");
    assert_eq!(answer(&set, &exact), "no");
    let under = dns(json!({ "allow": [{ "under": "example.com", "depth": 2 }] }));
    assert_eq!(answer(&single, &under), "yes");
    assert_eq!(answer(&under, &single), "no");
    let glob = dns(json!({ "allow": [{ "glob": "web-*.example.com" }] }));
    let any = dns(json!({ "allow": [{ "under": "example.com" }] }));
    assert_eq!(answer(&glob, &any), "yes");
    assert_eq!(answer(&any, &glob), "no");
    assert_eq!(answer(&glob, &single), "no", "a glob crosses dots");
    let public = dns(json!({ "allow": ["*.co.uk"], "wildcard": "allow", "publicSuffixWildcard": "allow" }));
    let private = dns(json!({ "allow": ["*.co.uk"], "wildcard": "allow" }));
    assert_eq!(answer(&public, &private), "no");
    assert_eq!(answer(&private, &public), "yes");
}

#[test]
fn what_cannot_be_compared_is_undecided_and_never_yes() {
    let dns =
        |pattern: serde_json::Value| policy(|document| document["names"]["dns"]["allow"] = json!([pattern]));
    let regex = dns(json!({ "regex": "^a[0-9]\\.example\\.com$" }));
    let other = dns(json!({ "regex": "^a[0-8]\\.example\\.com$" }));
    assert_eq!(answer(&regex, &regex), "yes");
    let view = at_most(&regex, &other);
    assert_eq!(view.answer, "undecided");
    assert_eq!(view.undecided[0].code, "analysis/undecided");
    assert_eq!(answer(&dns(json!("a1.example.com")), &regex), "undecided");
    assert_eq!(answer(&dns(json!("b.example.com")), &regex), "no", "an example can be tried all the same");
    let fact = dns(json!("${facts.host}"));
    assert_eq!(answer(&fact, &fact), "yes");
    assert_eq!(answer(&fact, &dns(json!("a.example.com"))), "undecided", "what a fact may be is not known");
}

#[test]
fn ready_made_policies_are_compared_with_looser_ones() {
    for ready in certgate_policies::ALL {
        let own = Policy::load(ready.text).expect("a policy");
        assert_eq!(answer(&own, &own), "yes", "{}", ready.name);
        let mut looser: serde_json::Value = serde_json::from_str(&own.canonical_json()).expect("JSON");
        looser["keys"]["EC"] = json!(["P-256", "P-384", "P-521"]);
        looser["keys"]["RSA"] = json!({ "min": 2048, "max": 4096 });
        looser["keys"]["Ed25519"] = json!({});
        let looser = Policy::load(&looser.to_string()).expect("a policy");
        assert_eq!(answer(&own, &looser), "yes", "{}", ready.name);
        // Some allow all of these keys already; where there is a difference an example of it holds.
        if let Some(example) = at_most(&looser, &own).example {
            assert_ne!(example.other.outcome, "allowed", "{}", ready.name);
            println!("{}: {}", ready.name, example.allowed.request.public_key.name);
        }
    }
}

#[test]
fn what_the_policy_sets_itself_is_compared_too() {
    let force = |word: &str| policy(|document| document["usages"]["extended"] = json!({ "force": [word] }));
    let view = at_most(&force("clientAuth"), &force("serverAuth"));
    assert_eq!(view.answer, "no");
    let example = view.example.expect("an example");
    assert_eq!(example.other.outcome, "allowed", "it is the certificate that differs");
    let write = policy(|document| document["subject"] = json!({ "write": { "O": ["Acme"] } }));
    assert_eq!(answer(&write, &policy(|_| {})), "no");
    let late = policy(|document| document["validity"]["notAfter"] = json!("2027-01-01T00:00:00Z"));
    assert_eq!(answer(&late, &policy(|_| {})), "yes");
    assert_eq!(answer(&policy(|_| {}), &late), "no");
    let select = policy(|document| document["select"] = json!({ "namespace": ["prod"] }));
    assert_eq!(answer(&select, &policy(|_| {})), "yes");
    let example = at_most(&policy(|_| {}), &select).example.expect("an example");
    assert_eq!(example.other.outcome, "notApplicable");
    let context = ContextDocument::default().to_context(parse_time(&example.at).expect("a time"));
    assert!(context.is_ok());
}
