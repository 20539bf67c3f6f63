//! The algebra of names: the engine's verdict on every name is that of a model that enumerates.

mod algebra {
    pub mod model;
    pub mod strategies;
}

use std::collections::BTreeSet;

use algebra::{model, strategies};
use certgate::time::Timestamp;
use certgate_bindings::view::{DecisionView, StepView};
use certgate_bindings::{ContextDocument, Policy, Request};
use certgate_tests::request::{self, Csr};
use certgate_tests::vector::AT;
use model::{Block, Dns, Email, Lists, Parts};
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Value, json};

/// The same cases in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` choose others.
fn config(cases: u32) -> Config {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// A policy that judges names alone.
fn policy(names: &Value) -> Policy {
    let document = json!({
        "version": 1,
        "id": "algebra",
        "names": names,
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": ["serverAuth"] },
        "validity": { "default": "24h", "max": "90d" },
    });
    Policy::load(&document.to_string()).unwrap_or_else(|error| panic!("{document}: {error}"))
}

fn decide(policy: &Policy, names: &[Vec<u8>]) -> DecisionView {
    let request = Request::parse(&Csr::names(names).der()).expect("a request");
    let context = ContextDocument::default()
        .to_context(Timestamp::from_rfc3339(AT).expect("a time"))
        .expect("a context");
    policy.evaluate(&request, &context).view()
}

/// The indexes of the names that are allowed: those without a reason. Every reason must be about a name.
fn allowed(decision: &DecisionView, count: usize) -> BTreeSet<usize> {
    let mut allowed: BTreeSet<usize> = (0..count).collect();
    for reason in &decision.reasons {
        match reason.path.get(2) {
            Some(StepView::Index(index)) => allowed.remove(index),
            _ => panic!("a reason that is about no name: {reason}"),
        };
    }
    assert_eq!(decision.outcome == "allowed", allowed.len() == count);
    allowed
}

fn dns_json(pattern: &Dns) -> Value {
    match pattern {
        Dns::Exact(name) => json!(name),
        Dns::OneLabel(domain) => json!(format!("*.{domain}")),
        Dns::Under(domain, None) => json!({ "under": domain }),
        Dns::Under(domain, Some(depth)) => json!({ "under": domain, "depth": depth }),
        Dns::Glob(glob) => json!({ "glob": glob }),
        Dns::Regex(regex) => json!({ "regex": format!("^(?:{})$", regex.text()) }),
    }
}

fn dns_policy(lists: &Lists<Dns>) -> Policy {
    let list = |patterns: &[Dns]| patterns.iter().map(dns_json).collect::<Vec<_>>();
    policy(&json!({
        "count": { "max": 1000 },
        "dns": {
            "allow": list(&lists.allow),
            "deny": list(&lists.deny),
            "wildcard": "allow",
            "publicSuffixWildcard": "allow",
        },
    }))
}

/// Every name of up to three labels before `x`, and every wildcard of that depth.
fn dns_universe() -> Vec<String> {
    let labels = ["a", "b", "ab", "z"];
    let mut bases = vec!["x".to_owned()];
    let mut last = bases.clone();
    let mut names = Vec::new();
    for _ in 0..3 {
        names.extend(last.iter().map(|base| format!("*.{base}")));
        last = last.iter().flat_map(|base| labels.map(|label| format!("{label}.{base}"))).collect();
        bases.extend(last.iter().cloned());
    }
    names.extend(bases);
    names
}

fn dns_sans(names: &[String]) -> Vec<Vec<u8>> {
    names.iter().map(|name| request::dns(name)).collect()
}

/// The names on which engine and model agree to differ: none. Shows the first one that parts them.
fn agree(
    names: &[String],
    found: &BTreeSet<usize>,
    expected: impl Fn(usize) -> bool,
) -> Result<(), TestCaseError> {
    for (index, name) in names.iter().enumerate() {
        let (found, expected) = (found.contains(&index), expected(index));
        prop_assert_eq!(found, expected, "{}: the engine says {}, the model {}", name, found, expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn dns_names_and_wildcards(lists in strategies::lists(strategies::dns().boxed())) {
        let names = dns_universe();
        let decision = decide(&dns_policy(&lists), &dns_sans(&names));
        agree(&names, &allowed(&decision, names.len()), |index| lists.allows(&names[index]))?;
    }

    #[test]
    fn a_further_deny_never_allows(
        lists in strategies::lists(strategies::dns().boxed()),
        deny in strategies::dns(),
        at in 0usize..=2,
    ) {
        let names = dns_universe();
        let before = decide(&dns_policy(&lists), &dns_sans(&names));
        let mut stricter = lists.clone();
        stricter.deny.insert(at.min(lists.deny.len()), deny);
        let after = decide(&dns_policy(&stricter), &dns_sans(&names));
        let (before, after) = (allowed(&before, names.len()), allowed(&after, names.len()));
        prop_assert!(after.is_subset(&before), "allowed by a deny: {:?}", after.difference(&before));
    }

    #[test]
    fn an_allow_less_never_allows(lists in strategies::lists(strategies::dns().boxed()), at in 0usize..4) {
        let names = dns_universe();
        let before = decide(&dns_policy(&lists), &dns_sans(&names));
        let mut stricter = lists.clone();
        stricter.allow.remove(at % lists.allow.len());
        if stricter.allow.is_empty() {
            return Ok(());
        }
        let after = decide(&dns_policy(&stricter), &dns_sans(&names));
        prop_assert!(allowed(&after, names.len()).is_subset(&allowed(&before, names.len())));
    }

    #[test]
    fn the_order_of_names_changes_the_order_of_reasons_alone(
        lists in strategies::lists(strategies::dns().boxed()),
        chosen in subsequence(dns_universe(), 1..12),
        seed in any::<u64>(),
    ) {
        let mut shuffled = chosen.clone();
        let mut state = seed;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, usize::try_from(state >> 33).expect("31 bits") % (index + 1));
        }
        let policy = dns_policy(&lists);
        let (one, other) = (decide(&policy, &dns_sans(&chosen)), decide(&policy, &dns_sans(&shuffled)));
        prop_assert_eq!(&one.outcome, &other.outcome);
        prop_assert_eq!(told(&one, &chosen), told(&other, &shuffled));
        prop_assert_eq!(issued(&one), issued(&other));
        // Sorted by path and code, whatever the order.
        for decision in [&one, &other] {
            let keys: Vec<_> = decision.reasons.iter().map(|reason| (index_of(reason), reason.code.clone())).collect();
            let mut sorted = keys.clone();
            sorted.sort();
            prop_assert_eq!(keys, sorted);
        }
    }

    #[test]
    fn addresses_and_blocks(lists in strategies::lists(strategies::block().boxed()), mapped in any::<bool>()) {
        let addresses = strategies::addresses();
        let texts = |blocks: &[Block]| blocks.iter().map(|block| block.text.clone()).collect::<Vec<_>>();
        let policy = policy(&json!({ "ip": {
            "allow": texts(&lists.allow),
            "deny": texts(&lists.deny),
            "mapped": if mapped { "allow" } else { "deny" },
        }}));
        let sans: Vec<Vec<u8>> = addresses.iter().map(|octets| request::ip(octets)).collect();
        let decision = decide(&policy, &sans);
        let names: Vec<String> = addresses.iter().map(|octets| format!("{octets:?}")).collect();
        agree(&names, &allowed(&decision, names.len()), |index| lists.allows(&addresses[index], mapped))?;
    }

    #[test]
    fn mail_addresses(
        lists in strategies::lists(strategies::email().boxed()),
        addresses in proptest::collection::btree_set(strategies::email_address(), 1..40),
    ) {
        let text = |pattern: &Email| match pattern {
            Email::Exact(address) => json!(address),
            Email::Host(host) => json!({ "host": host }),
            Email::Under(domain) => json!({ "under": domain }),
        };
        let list = |patterns: &[Email]| patterns.iter().map(text).collect::<Vec<_>>();
        let policy = policy(&json!({ "email": { "allow": list(&lists.allow), "deny": list(&lists.deny) } }));
        let names: Vec<String> = addresses.into_iter().collect();
        let sans: Vec<Vec<u8>> = names.iter().map(|name| request::email(name)).collect();
        let decision = decide(&policy, &sans);
        agree(&names, &allowed(&decision, names.len()), |index| lists.allows(&names[index]))?;
    }

    #[test]
    fn uris_by_part(
        lists in strategies::lists(strategies::parts().boxed()),
        uris in proptest::collection::vec(strategies::uri(), 1..40),
    ) {
        let json = |pattern: &Parts| {
            let mut parts = json!({ "scheme": pattern.scheme });
            if let Some(host) = &pattern.host {
                parts["host"] = dns_json(host);
            }
            if let Some(path) = &pattern.path {
                parts["path"] = json!(path);
            }
            parts
        };
        let list = |patterns: &[Parts]| patterns.iter().map(json).collect::<Vec<_>>();
        let policy = policy(&json!({ "uri": { "allow": list(&lists.allow), "deny": list(&lists.deny) } }));
        let names: Vec<String> = uris.iter().map(|(scheme, host, path)| format!("{scheme}://{host}{path}")).collect();
        let sans: Vec<Vec<u8>> = names.iter().map(|name| request::uri(name)).collect();
        let decision = decide(&policy, &sans);
        agree(&names, &allowed(&decision, names.len()), |index| {
            let (scheme, host, path) = &uris[index];
            lists.allows((scheme, host, path))
        })?;
    }
}

fn index_of(reason: &certgate_bindings::view::DiagnosticView) -> usize {
    match reason.path.get(2) {
        Some(StepView::Index(index)) => *index,
        _ => panic!("a reason that is about no name: {reason}"),
    }
}

/// What is said of each name, without its place.
fn told(decision: &DecisionView, names: &[String]) -> Vec<String> {
    let mut told: Vec<String> = decision
        .reasons
        .iter()
        .map(|reason| {
            let (rule, found) = (&reason.rule, &reason.found);
            let name = &names[index_of(reason)];
            format!("{name}: {} {} {:?} {rule:?} {found:?}", reason.code, reason.message, reason.help)
        })
        .collect();
    told.sort();
    told
}

/// The names that would be issued.
fn issued(decision: &DecisionView) -> Option<Vec<String>> {
    let template = decision.template.as_ref()?;
    let mut names: Vec<String> = template.subject_alt_names.iter().map(|name| name.value.clone()).collect();
    names.sort();
    Some(names)
}

#[test]
fn the_model_knows_wildcards() {
    let lists = |allow: Vec<Dns>, deny: Vec<Dns>| Lists { allow, deny };
    let one = |text: &str| Dns::OneLabel(text.to_owned());
    assert!(lists(vec![one("x")], vec![]).allows("*.x"));
    assert!(!lists(vec![Dns::Exact("a.x".into())], vec![]).allows("*.x"));
    assert!(!lists(vec![one("x")], vec![Dns::Exact("a.x".into())]).allows("*.x"));
    assert!(lists(vec![one("x")], vec![Dns::Exact("a.b.x".into())]).allows("*.x"));
    assert!(model::glob("a*b", "ab") && model::glob("*", "") && !model::glob("a*b", "abc"));
    assert!(
        model::path_glob("/*/b", "/a/b")
            && !model::path_glob("/*", "/a/b")
            && model::path_glob("/**", "/a/b")
    );
}
