//! NIST PKITS: every row gets its verdict and its policies, but for the exceptions with their reasons.

use std::collections::BTreeMap;

use certgate_tests::pkits::{self, Outcome};
use certgate_tests::{exceptions, shared};

/// The rows of the table; a table that lost some must not pass.
const ROWS: usize = 154;

#[test]
fn every_row_gets_its_verdict() {
    let Some(table) = shared("pkits-dev.json") else { return };
    let Some(data) = pkits::data() else { return };
    let rows = pkits::read(&table).expect("the rows");
    assert_eq!(rows.len(), ROWS);
    let mut wrong = BTreeMap::new();
    let mut reasons = Vec::new();
    for row in &rows {
        let (what, why) = match row.run(&data) {
            Outcome::Right => continue,
            Outcome::Unsupported(why) => ("algorithm not supported", why),
            Outcome::Wrong(why) => ("wrong", why),
        };
        wrong.insert(row.number.clone(), what.to_owned());
        reasons.push(format!("{}: {why}", row.number));
    }
    let differences = exceptions::differences("pkits.txt", &wrong);
    assert!(differences.is_empty(), "{}\n{}", differences.join("\n"), reasons.join("\n"));
    println!("pkits: {} cases, {} exceptions", rows.len(), wrong.len());
}

#[test]
fn a_file_that_is_missing_is_no_refusal() {
    let Some(table) = shared("pkits-dev.json") else { return };
    let rows = pkits::read(&table).expect("the rows");
    let refused = rows.iter().find(|row| !row.should_validate).expect("a row that must be refused");
    let nowhere = certgate_tests::root().join("target/no-such-folder");
    assert!(matches!(refused.run(&nowhere), Outcome::Wrong(_)));
}
