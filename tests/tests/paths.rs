//! Every vector of verification gets its verdict: the path, or codes and paths.

use std::collections::BTreeSet;

use certgate::crl::CertificateList;
use certgate_tests::paths::{self, leaf};
use certgate_tests::revocation::{Crl, reason};

#[test]
fn every_path_gets_its_verdict() {
    let vectors = paths::all();
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
    println!("{} paths", vectors.len());
}

#[test]
fn what_cannot_be_read_says_why() {
    let vectors = paths::malformed();
    let mut differences = Vec::new();
    for vector in &vectors {
        let faults = vector.faults();
        if faults != [(vector.code.to_owned(), vector.path.to_owned())] {
            differences
                .push(format!("{}: {faults:?} in place of {} {}", vector.id, vector.code, vector.path));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!("{} inputs that cannot be read", vectors.len());
}

#[test]
fn a_reason_that_is_not_known_is_a_finding() {
    let list = Crl::new("ca").entry(&leaf(), &[reason(7)]).der();
    let list = CertificateList::from_der(&list).expect("a list");
    let found: Vec<(String, String)> = list
        .findings()
        .iter()
        .map(|finding| (finding.code().as_str().to_owned(), finding.path().to_string()))
        .collect();
    assert_eq!(found, [("crl/reason-code".to_owned(), "revokedCertificates[0].reasonCode".to_owned())]);
}
