//! `policies [decide|compare]`: how long it takes to compile a policy of many rules, to decide by it apart from the signature, and to compare
//! two policies.

use std::fmt::Write;
use std::time::Instant;

use certgate::policy::{AtMost, Context};
use certgate::time::Timestamp;
use certgate_bindings::cases::RequestDescription;
use certgate_bindings::compare::example_key;
use certgate_bindings::{Policy, Request};

const RULES: [usize; 4] = [10, 100, 1_000, 10_000];
const NAMES: [usize; 3] = [1, 10, 100];

fn main() {
    let wanted = std::env::args().nth(1);
    let parts: [(&str, fn()); 2] = [("decide", decide), ("compare", compare)];
    for (name, run) in parts {
        if wanted.as_deref().is_none_or(|wanted| wanted == name) {
            run();
        }
    }
}

/// Requests and pairs of policies in a pool: another in every round.
const POOL: usize = 1_000;

fn decide() {
    println!("== Policies: compile (ms) and decide (us), the signature verified before");
    println!("  each cell: {POOL} requests, once each; the fastest tenth");
    println!("  {:<24} {:>10} {:>12} {:>12} {:>12}", "rules", "compile", "1 name", "10 names", "100 names");
    let context = Context::new(Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time"));
    for kind in ["exact", "suffix", "block"] {
        for rules in RULES {
            let text = policy(kind, rules);
            let compile = fastest(0..20, |_| assert!(Policy::load(&text).is_ok())) * 1e3;
            let policy = Policy::load(&text).expect("a policy");
            let mut line = format!("  {:<24} {compile:>10.2}", format!("{rules} {kind}"));
            for names in NAMES {
                if kind == "exact" && names > rules {
                    write!(line, " {:>12}", "-").expect("a string");
                    continue;
                }
                let pool: Vec<Request> =
                    (0..POOL).map(|number| request(kind, rules, names, number)).collect();
                for request in &pool {
                    let decision = policy.as_core().evaluate(request.as_core(), &context);
                    assert!(decision.is_allowed(), "{:?}", decision.reasons());
                }
                let time = fastest(&pool, |request| {
                    assert!(policy.as_core().evaluate(request.as_core(), &context).is_allowed());
                });
                write!(line, " {:>12.1}", time * 1e6).expect("a string");
            }
            println!("{line}");
        }
    }
}

fn compare() {
    println!("== Comparing two policies of 200 rules (ms), goal 1000; {POOL} pairs, once each");
    println!("  {:<32} {:>5} {:>5} {:>10} {:>10} {:>10}", "", "yes", "no", "undecided", "median", "slowest");
    for (title, pair) in PAIRS {
        let (mut answers, mut times) = ([0_u32; 3], Vec::new());
        for seed in 0..POOL / PAIRS.len() {
            let (old, new) = pair(seed);
            let (old, new) = (Policy::load(&old).expect("a policy"), Policy::load(&new).expect("a policy"));
            let start = Instant::now();
            let answer = match new.as_core().at_most(old.as_core(), &example_key) {
                AtMost::Yes => 0,
                AtMost::No(_) => 1,
                AtMost::Undecided(_) => 2,
            };
            times.push(start.elapsed().as_secs_f64() * 1e3);
            answers[answer] += 1;
        }
        times.sort_by(f64::total_cmp);
        let [yes, no, undecided] = answers;
        let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
        println!("  {title:<32} {yes:>5} {no:>5} {undecided:>10} {median:>10.1} {slowest:>10.1}");
    }
}

/// The time of the fastest tenth of some rounds, in seconds, each with another input.
fn fastest<T>(inputs: impl IntoIterator<Item = T>, mut work: impl FnMut(T)) -> f64 {
    let mut times: Vec<f64> = inputs
        .into_iter()
        .map(|input| {
            let start = Instant::now();
            work(input);
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 10]
}

fn rule(kind: &str, number: usize) -> String {
    match kind {
        "exact" => format!("host-{number}.bench.example.com"),
        "suffix" => format!("*.zone-{number}.bench.example.com"),
        _ => format!("10.{}.{}.0/24", number / 256, number % 256),
    }
}

fn document(field: &str, list: &str) -> String {
    format!(
        r#"{{"version":1,"id":"bench","names":{{"count":{{"max":1000}},"{field}":{{"allow":[{list}]}}}},"keys":{{"EC":["P-256"]}},"usages":{{"extended":["serverAuth"]}},"validity":{{"default":"24h","max":"90d"}}}}"#
    )
}

fn policy(kind: &str, rules: usize) -> String {
    let list: Vec<String> = (0..rules).map(|number| format!("\"{}\"", rule(kind, number))).collect();
    document(if kind == "block" { "ip" } else { "dns" }, &list.join(","))
}

/// One request of the pool, its names spread over all rules.
fn request(kind: &str, rules: usize, names: usize, number: usize) -> Request {
    let number = |name: usize| (name * rules / names + number * 7) % rules;
    let names: Vec<String> = (0..names)
        .map(|name| match kind {
            "exact" => rule(kind, number(name)),
            "suffix" => rule(kind, number(name)).replacen('*', &format!("n{name}"), 1),
            _ => rule(kind, number(name)).replace(".0/24", &format!(".{}", name + 1)),
        })
        .collect();
    let description = match kind {
        "block" => RequestDescription { ip: names, ..RequestDescription::default() },
        _ => RequestDescription { dns: names, ..RequestDescription::default() },
    };
    Request::parse(&description.to_der().expect("a request")).expect("a request")
}

/// What sets two policies of 200 rules of all kinds apart, and the pair with a number.
type Pair = fn(usize) -> (String, String);
const PAIRS: [(&str, Pair); 5] = [
    ("one name more", |seed| (list(seed, 199, OWN), list(seed, 199, "\"new.bench.example.com\""))),
    ("one glob more", |seed| (list(seed, 199, OWN), list(seed, 199, "{\"glob\":\"*-x.bench.example.com\"}"))),
    ("the same, another default", |seed| (list(seed, 199, OWN), list(seed, 199, OWN).replace("24h", "12h"))),
    ("half of the rules", |seed| (list(seed, 199, OWN), list(seed, 100, OWN))),
    ("all under one domain", |seed| {
        (list(seed, 1, "{\"under\":\"bench.example.com\"}"), list(seed, 199, OWN))
    }),
];
const OWN: &str = "\"own.bench.example.com\"";

/// A policy of so many rules of all kinds, and one more among them.
fn list(seed: usize, count: usize, change: &str) -> String {
    let pattern = |number: usize| match (number + seed) % 4 {
        0 => format!("\"host-{seed}-{number}.bench.example.com\""),
        1 => format!("\"*.zone-{seed}-{number}.bench.example.com\""),
        2 => format!("{{\"under\":\"deep-{seed}-{number}.bench.example.com\",\"depth\":3}}"),
        _ => format!("{{\"glob\":\"web-{seed}-{number}-*.bench.example.com\"}}"),
    };
    let mut all: Vec<String> = (0..count).map(pattern).collect();
    all.insert(seed % count, change.to_owned());
    document("dns", &all.join(","))
}
