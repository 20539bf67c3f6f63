//! x509-limbo: every case gets its verdict, but for the exceptions with their reasons.

use std::collections::BTreeMap;

use certgate_tests::limbo::{Limbo, Outcome};
use certgate_tests::{exceptions, shared};

/// Exceptions that the project allows itself outside of BetterTLS, which has none.
const MOST_EXCEPTIONS: usize = 3;
/// The cases of the file; a file that lost some must not pass.
const CASES: usize = 933;

#[test]
fn every_case_gets_its_verdict() {
    let Some(file) = shared("limbo-dev.json.gz") else { return };
    let limbo = Limbo::read(&file).expect("the cases");
    assert_eq!(limbo.testcases.len(), CASES);
    let now = certgate_ops::now().expect("a clock");
    let mut right: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = BTreeMap::new();
    for case in &limbo.testcases {
        let tally = right.entry(case.namespace().to_owned()).or_default();
        tally.1 += 1;
        let what = match case.run(now).0 {
            Outcome::Right => {
                tally.0 += 1;
                continue;
            }
            Outcome::FalseAccept => "false accept",
            Outcome::FalseReject(_) => "false reject",
            Outcome::Skipped(_) => "skipped",
        };
        wrong.insert(case.id.clone(), what.to_owned());
    }
    let differences = exceptions::differences("limbo.txt", &wrong);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(wrong.len() <= MOST_EXCEPTIONS);
    assert!(!wrong.keys().any(|id| id.starts_with("bettertls::")), "BetterTLS has no exceptions");
    for (namespace, (right, all)) in &right {
        println!("{namespace}: {right} of {all}");
    }
    println!("limbo: {} cases, {} exceptions", limbo.testcases.len(), wrong.len());
}
