//! The simulation of other programs against a second evaluator, written from the tables, over cases at random; and faults
//! planted in the simulation, which the comparison must find.

use std::collections::{BTreeMap, HashMap};

use certgate::policy::planted;
use certgate_bindings::import::{ImportMode, ImportOptions, Peer, import, import_with};
use certgate_bindings::{ContextDocument, Request, parse_time};
use certgate_tests::peers::naive::{self, Naive};
use certgate_tests::peers::random::{self, Case, Numbers};
use certgate_tests::peers::{self, Verdict};
use certgate_tests::vector::AT;

/// Cases a program: 2,000, and 100,000 where the properties run with many cases too.
fn count() -> usize {
    let property: usize =
        std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    if property >= 10_000 { 100_000 } else { 2_000 }
}

/// Requests by what they are made of: many cases share one.
#[derive(Default)]
struct Requests(HashMap<Vec<(&'static str, &'static str)>, Request>);

impl Requests {
    fn of(&mut self, case: &Case) -> Request {
        let new = || Request::parse(&peers::request(&case.parts).der()).expect("a request");
        self.0.entry(case.parts.clone()).or_insert_with(new).clone()
    }
}

/// What the engine says, in the words of the second evaluator.
fn simulate(peer: Peer, case: &Case, requests: &mut Requests) -> Naive {
    let options = ImportOptions { mode: ImportMode::Exact, id: Some("p".to_owned()), profile: None };
    let Ok(imported) = import_with(peer, &case.policy.to_string(), &options) else { return Naive::Refused };
    let at = parse_time(AT).expect("a time");
    let context = ContextDocument::from_value(case.context.clone()).expect("a context");
    let context = context.to_context(at).expect("a context");
    let decision = imported.policy.evaluate(&requests.of(case), &context);
    let simulation = decision.simulation().expect("a simulation");
    match peers::verdict_of(&simulation) {
        Verdict::Allow(names) => {
            let issued = simulation.issued.expect("what would be issued");
            let end = parse_time(&issued.not_after).expect("a time").as_unix() - at.as_unix();
            Naive::Allowed(names.expect("names"), end)
        }
        Verdict::Deny => Naive::Denied,
        Verdict::Pending => Naive::Pending,
        Verdict::Refused => Naive::Refused,
    }
}

fn cases(peer: Peer, count: usize) -> impl Iterator<Item = Case> {
    let mut numbers = Numbers(
        peer.as_str().bytes().fold(7_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte))),
    );
    std::iter::repeat_with(move || random::case(peer, &mut numbers)).take(count)
}

#[test]
fn two_evaluators_agree() {
    for peer in random::PEERS {
        let (mut allowed, mut requests) = (0_usize, Requests::default());
        let mut decides: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, case) in cases(peer, count()).enumerate() {
            let expected = naive::decide(peer, &case);
            let found = simulate(peer, &case, &mut requests);
            assert_eq!(found, expected, "{} {number}: {case:#?}", peer.as_str());
            allowed += usize::from(matches!(expected, Naive::Allowed(..)));
            for field in random::fields(peer) {
                let mut without = case.clone();
                if remove(&mut without.policy, field) && naive::decide(peer, &without) != expected {
                    *decides.entry(field).or_default() += 1;
                }
            }
        }
        let share = |part: usize| part * 1_000 / count();
        println!("{}: {} cases, {} ‰ allowed", peer.as_str(), count(), share(allowed));
        assert!((300..=700).contains(&share(allowed)), "{}: {} ‰ are allowed", peer.as_str(), share(allowed));
        let idle: Vec<String> = random::fields(peer)
            .iter()
            .map(|field| (field, share(decides.get(field).copied().unwrap_or_default())))
            .filter(|(_, share)| *share < 20)
            .map(|(field, share)| format!("{field} decides {share} ‰"))
            .collect();
        assert!(idle.is_empty(), "{}: {}", peer.as_str(), idle.join(", "));
    }
}

/// Takes what a pointer names out of a document.
fn remove(document: &mut serde_json::Value, pointer: &str) -> bool {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let Some(parent) = document.pointer_mut(parent) else { return false };
    parent.as_object_mut().is_some_and(|map| map.remove(name).is_some())
}

#[test]
fn planted_faults_are_found() {
    let mut found = Vec::new();
    for fault in 1..=planted::COUNT {
        let mut requests = Requests::default();
        let caught = random::PEERS.iter().find_map(|peer| {
            cases(*peer, 2_000).enumerate().find_map(|(number, case)| {
                let expected = naive::decide(*peer, &case);
                planted::plant(fault);
                let simulated = simulate(*peer, &case, &mut requests);
                planted::plant(0);
                (simulated != expected).then(|| format!("{fault}: {} {number}", peer.as_str()))
            })
        });
        found.push(caught.unwrap_or_else(|| panic!("the fault {fault} is not found")));
    }
    assert!(found.len() >= 20);
    println!("{}", found.join("\n"));
}

/// The imported policy in the language of certgate never allows what the program denies, but for names and usages that are
/// equal once they are normalised.
#[test]
fn native_policies_allow_no_more() {
    for peer in random::PEERS {
        let (mut requests, mut compared, mut normalised) = (Requests::default(), 0, 0);
        for (number, case) in cases(peer, count()).enumerate() {
            if is_for_host(&case) {
                continue;
            }
            let Ok(imported) = import(peer, &case.policy.to_string(), Some("p")) else { continue };
            let mut context = case.context.clone();
            answer(peer, &case, &mut context);
            let context = ContextDocument::from_value(context).expect("a context");
            let context = context.to_context(parse_time(AT).expect("a time")).expect("a context");
            if !imported.policy.evaluate(&requests.of(&case), &context).is_allowed() {
                continue;
            }
            compared += 1;
            if matches!(naive::decide(peer, &case), Naive::Allowed(..)) {
                continue;
            }
            normalised += 1;
            assert!(
                is_normalised(peer, &case),
                "{} {number}: natively allowed and denied by the program: {case:#?}\n{}",
                peer.as_str(),
                imported.policy.source().as_str()
            );
            assert!(imported.notes.iter().any(|note| note.code == "import/not-kept"));
        }
        println!("{}: {compared} allowed natively, {normalised} of them by normalisation", peer.as_str());
        assert!(compared > 0, "{}", peer.as_str());
    }
}

/// Whether the case turns on what the notes of an import leave to the host: tokens, rights, other parameters of the call.
fn is_for_host(case: &Case) -> bool {
    let facts = ["tokenSans", "selfnodeclient", "nodeclient"];
    let parameters = ["hosts", "profile"];
    facts.iter().any(|name| case.context["facts"].get(name).is_some())
        || parameters.iter().any(|name| case.context["parameters"].get(name).is_some())
}

/// What the host answers for an imported policy, where the simulation looks at other facts.
fn answer(peer: Peer, case: &Case, context: &mut serde_json::Value) {
    if peer == Peer::KubeletCsrApprover {
        // Whether everything resolves is all that the fact says.
        let mut alone = case.clone();
        for name in ["skip-deny-step", "ignore-non-system-node", "max-expiration-seconds", "provider-regex"] {
            remove(&mut alone.policy, &format!("/{name}"));
        }
        alone.policy["bypass-hostname-check"] = serde_json::json!(true);
        alone.policy["allowed-dns-names"] = serde_json::json!(100);
        if matches!(naive::decide(peer, &alone), Naive::Allowed(..)) {
            context["facts"]["dnsResolution"] = serde_json::json!("allowed");
        }
    }
}

/// Whether the program would allow the case if names, blocks and usages were in one form: lower case, words of one meaning.
fn is_normalised(peer: Peer, case: &Case) -> bool {
    let lower = |text: &str| text.to_lowercase().replace("\"signing\"", "\"digital signature\"");
    let policy = match peer {
        // The words of a policy that are no names keep their case.
        Peer::OpenBaoRole => {
            let mut policy = case.policy.clone();
            if let Some(domains) = policy.get_mut("allowed_domains") {
                *domains = serde_json::from_str(&domains.to_string().to_lowercase()).expect("JSON");
            }
            policy
        }
        Peer::ApproverPolicy => {
            let text = case.policy.to_string().replace("\"signing\"", "\"digital signature\"");
            serde_json::from_str(&text).expect("JSON")
        }
        _ => case.policy.clone(),
    };
    let parts = case.parts.iter().map(|(kind, value)| {
        let value: &'static str = match *kind {
            "dns" | "cn" | "email" => Box::leak(value.to_lowercase().into_boxed_str()),
            _ => value,
        };
        (*kind, value)
    });
    let context = serde_json::from_str(&lower_usages(&case.context, lower)).expect("JSON");
    let equal = Case { policy, parts: parts.collect(), context };
    matches!(naive::decide(peer, &equal), Naive::Allowed(..))
}

fn lower_usages(context: &serde_json::Value, lower: impl Fn(&str) -> String) -> String {
    let mut context = context.clone();
    if let Some(usages) = context.get_mut("usages") {
        let words: Vec<String> = serde_json::from_str(&lower(&usages.to_string())).expect("JSON");
        // A usage that is asked for twice is asked for.
        *usages = words.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
    }
    context.to_string()
}
