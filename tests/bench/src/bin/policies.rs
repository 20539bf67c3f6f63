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

fn decide() {
    println!("== Policies: compile (ms) and decide (us), the signature verified before");
    println!("  {:<24} {:>10} {:>12} {:>12} {:>12}", "rules", "compile", "1 name", "10 names", "100 names");
    for kind in ["exact", "suffix", "block"] {
        for rules in RULES {
            let text = policy(kind, rules);
            let compile = fastest(20, || assert!(Policy::load(&text).is_ok())) * 1e3;
            let policy = Policy::load(&text).expect("a policy");
            let mut line = format!("  {:<24} {compile:>10.2}", format!("{rules} {kind}"));
            for names in NAMES {
                let request = request(kind, rules, names);
                let context = Context::new(Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time"));
                let decision = policy.as_core().evaluate(request.as_core(), &context);
                assert!(decision.is_allowed(), "{:?}", decision.reasons());
                let time = fastest(300, || {
                    assert!(policy.as_core().evaluate(request.as_core(), &context).is_allowed());
                });
                write!(line, " {:>12.1}", time * 1e6).expect("a string");
            }
            println!("{line}");
        }
    }
}

fn compare() {
    println!("== Comparing two policies of 200 rules (ms), goal 1000");
    for (title, old, new) in pairs() {
        let (old, new) = (Policy::load(&old).expect("a policy"), Policy::load(&new).expect("a policy"));
        let mut answer = "";
        let time = fastest(5, || {
            answer = match new.as_core().at_most(old.as_core(), &example_key) {
                AtMost::Yes => "yes",
                AtMost::No(_) => "no",
                AtMost::Undecided(_) => "undecided",
            };
        });
        println!("  {title:<32} {answer:<10} {:>10.1}", time * 1e3);
    }
}

/// The time of the fastest tenth of some runs, in seconds.
fn fastest(runs: usize, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 10]
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

fn request(kind: &str, rules: usize, names: usize) -> Request {
    // Spread over all rules.
    let number = |name: usize| name * rules / names;
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

/// Pairs of policies with 200 rules of all kinds each.
fn pairs() -> Vec<(&'static str, String, String)> {
    let list = |count: usize, change: &str| {
        let pattern = |number: usize| match number % 4 {
            0 => format!("\"host-{number}.bench.example.com\""),
            1 => format!("\"*.zone-{number}.bench.example.com\""),
            2 => format!("{{\"under\":\"deep-{number}.bench.example.com\",\"depth\":3}}"),
            _ => format!("{{\"glob\":\"web-{number}-*.bench.example.com\"}}"),
        };
        let mut all: Vec<String> = (0..count).map(pattern).collect();
        all.push(change.to_owned());
        document("dns", &all.join(","))
    };
    let own = "\"own.bench.example.com\"";
    vec![
        ("one name more", list(199, own), list(199, "\"new.bench.example.com\"")),
        ("one glob more", list(199, own), list(199, "{\"glob\":\"*-x.bench.example.com\"}")),
        ("the same, another default", list(199, own), list(199, own).replace("24h", "12h")),
        ("half of the rules", list(199, own), list(100, own)),
        ("all under one domain", list(1, "{\"under\":\"bench.example.com\"}"), list(199, own)),
    ]
}
