//! What was made by a clock that was ahead: nothing is lost by it, and there is a way on.

use std::path::Path;

use super::ends::{after, init, read, rotate, shipped, verifies};
use super::folder;

fn list(days: u16, at: &Path, more: &[&str]) -> (String, String) {
    let new = ["crl", "new", "-o", "FOLDER/ca.crl", "--ca", "FOLDER/ca-chain.pem"];
    let said = after(days, at, &[&new[..], &["--ca-key", "FOLDER/intermediate-ca.key"], more].concat());
    assert_eq!(said.exit, 0, "{days}: {said:?}");
    (said.stdout, said.stderr)
}

/// RFC 5280 3.3: an entry stays until it was in a list that was issued after the end of the certificate.
#[test]
fn a_list_that_was_made_too_early_drops_nothing_from_the_next() {
    let folder = folder();
    let at = folder.path();
    assert_eq!(init(0, at, &shipped("three-tier.yaml")).exit, 0);
    let revoke = ["revoke", "--inventory", "FOLDER/inventory.db", "--reason", "keyCompromise"];
    assert_eq!(after(1, at, &[&revoke[..], &["FOLDER/server.pem"]].concat()).exit, 0);
    // The server's certificate ends after ninety days.
    assert!(list(200, at, &[]).0.contains("1 entries"), "a clock that is ahead");
    let (delta, said) = list(2, at, &["--delta"]);
    assert!(delta.contains("0 entries"), "nothing is taken back: {delta}");
    assert!(said.contains("a clock was ahead"), "{said}");
    let (full, said) = list(2, at, &[]);
    assert!(full.contains("1 entries") && said.contains("a clock was ahead"), "{full}{said}");
    let (full, said) = list(95, at, &[]);
    assert!(
        full.contains("1 entries") && !said.contains("clock"),
        "the first one after the end: {full}{said}"
    );
    assert!(list(96, at, &[]).0.contains("0 entries"));
}

#[test]
fn a_hierarchy_that_begins_later_gets_a_successor_now() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(400, at, &plan).exit, 0);
    let said = init(0, at, &plan);
    assert_eq!(said.exit, 1, "{said:?}");
    for part in ["begins only at", "--step prepare"] {
        assert!(said.stderr.contains(part), "{part}: {said:?}");
    }
    let prepared = rotate(0, at, &plan, "root", "prepare");
    assert!(prepared.stderr.contains("begins only at"), "{prepared:?}");
    assert_eq!(read(at, "root-ca.trust.pem"), read(at, "root-ca.next.pem"));
    rotate(0, at, &plan, "root", "switch");
    assert!(verifies(0, at, "root-ca.trust.pem", "bundle.pem"));
    rotate(0, at, &plan, "root", "retire");
    assert_eq!(init(0, at, &plan).exit, 0);
}

#[test]
fn a_rotation_that_was_prepared_too_early_is_prepared_again() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    std::fs::copy(at.join("root-ca.pem"), at.join("old-trust.pem")).expect("a copy");
    let key = read(at, "root-ca.key");
    rotate(300, at, &plan, "root", "prepare");
    let next_key = read(at, "root-ca.next.key");
    let switch = ["pki", "rotate", "--dir", "FOLDER", "--authority", "root", "--step", "switch", &plan];
    let said = after(0, at, &switch);
    assert!(said.exit == 1 && said.stderr.contains("root-ca.next.pem does not stand"), "{said:?}");
    assert!(said.stderr.contains("--step prepare"), "{said:?}");
    assert_eq!(read(at, "root-ca.key"), key, "nothing was moved");

    let prepared = rotate(0, at, &plan, "root", "prepare");
    assert!(prepared.stderr.contains("root-ca.next.pem is made anew"), "{prepared:?}");
    assert_eq!(read(at, "root-ca.next.key"), next_key, "for its key");
    rotate(0, at, &plan, "root", "switch");
    for trust in ["old-trust.pem", "root-ca.pem", "root-ca.trust.pem"] {
        assert!(verifies(0, at, trust, "bundle.pem"), "{trust}");
    }
    rotate(0, at, &plan, "root", "retire");
}

/// A certificate that begins much later is made anew like one whose time is over.
#[test]
fn what_begins_later_below_a_ca_is_made_anew() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    std::fs::remove_file(at.join("server.pem")).expect("it was there");
    assert_eq!(init(10, at, &plan).exit, 0);
    let said = init(0, at, &plan);
    assert!(said.exit == 0 && said.stderr.contains("server.pem is made anew: it begins only at"), "{said:?}");
    assert!(verifies(0, at, "root-ca.pem", "bundle.pem"));
}
