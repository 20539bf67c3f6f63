//! Every vector of verification gets its verdict: the path, or codes and paths.

use std::collections::BTreeSet;

use certgate::certificate::Certificate;
use certgate::crl::CertificateList;
use certgate::diagnostic::{Data, Diagnostic};
use certgate::ocsp::OcspResponse;
use certgate_bindings::Evidence;
use certgate_tests::certificate::{BASIC_CONSTRAINTS, Cert, POLICY_CONSTRAINTS};
use certgate_tests::der::{boolean, context, int, seq};
use certgate_tests::paths::{self, leaf};
use certgate_tests::request::{Csr, pem};
use certgate_tests::revocation::{Crl, Ocsp, SHA224, reason};

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

#[test]
fn an_answer_by_a_hash_that_is_not_known_is_a_finding() {
    let findings = |hash: &str| -> Vec<(String, String, Option<Data>)> {
        let response = Ocsp::new(&leaf(), "ca").set(|response| response.hash = hash.to_owned()).der();
        let response = OcspResponse::from_der(&response).expect("a response");
        let parts =
            |one: &Diagnostic| (one.code().as_str().to_owned(), one.path().to_string(), one.found().cloned());
        response.findings().iter().map(parts).collect()
    };
    assert_eq!(findings(SHA224), []);
    let place = "responses[0].certID.hashAlgorithm".to_owned();
    let expected = ("ocsp/hash-algorithm".to_owned(), place, Some(Data::Text("1.2.3.4".to_owned())));
    assert_eq!(findings("1.2.3.4"), [expected]);
}

/// A list of a million entries has no million findings.
#[test]
fn findings_of_entries_are_bounded() {
    let with = |count: usize| (0..count).fold(Crl::new("ca"), |list, _| list.entry(&leaf(), &[reason(7)]));
    let found = |count: usize| {
        let list = CertificateList::from_der(&with(count).der()).expect("a list");
        list.findings().iter().map(|finding| finding.path().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(5).len(), 5);
    let many = found(300);
    assert_eq!(many.len(), 6);
    assert_eq!(many[0], "revokedCertificates", "what is said of the others");
    let list = CertificateList::from_der(&with(300).der()).expect("a list");
    assert!(list.findings()[0].message().contains("295 more times"), "{:?}", list.findings()[0]);
}

/// What cannot be read may be the list that revokes; other things are no list, and are passed over.
#[test]
fn a_list_that_cannot_be_read_is_not_passed_over() {
    let good = pem("X509 CRL", &Crl::new("ca").der());
    let revoking = Crl::new("ca").revoking(&leaf()).der();
    let damaged = &revoking[..revoking.len() - 20];
    let encrypted = |label: &str, der: &[u8]| {
        let begin = format!("-----BEGIN {label}-----\n");
        pem(label, der).replace(&begin, &format!("{begin}Proc-Type: 4,ENCRYPTED\nDEK-Info: x,y\n\n"))
    };
    let read = |text: &str| {
        let mut evidence = Evidence::default();
        evidence.add_lists(text.as_bytes()).map(|()| evidence.lists.len())
    };
    assert_eq!(read(&[good.clone(), pem("CRL", &revoking)].concat()).expect("lists"), 2);
    for unread in [
        pem("X509 CRL", damaged),
        pem("CRL", damaged),
        pem("REVOCATIONS", damaged),
        pem("X509 CRL", &Csr::default().der()),
        encrypted("X509 CRL", &revoking),
        encrypted("CRL", &revoking),
        encrypted("REVOCATIONS", &revoking),
    ] {
        let error = read(&[good.clone(), unread.clone()].concat()).expect_err("an error");
        assert_eq!(error.diagnostics()[0].severity, "error", "{unread}");
    }
    for other in [
        pem("CERTIFICATE", &leaf().der()),
        pem("CERTIFICATE REQUEST", &Csr::default().der()),
        pem("EC PRIVATE KEY", &[1, 2, 3]),
        encrypted("RSA PRIVATE KEY", &[1, 2, 3]),
        pem("PUBLIC KEY", &leaf().spki),
    ] {
        assert_eq!(read(&[good.clone(), other.clone()].concat()).ok(), Some(1), "{other}");
    }
}

#[test]
fn a_count_below_zero_is_named_by_its_field() {
    let message = |cert: Cert| Certificate::from_der(&cert.der()).expect_err("an error").to_string();
    let length = seq(&[boolean(0xff), int(&[0xff])]);
    let of_length = message(Cert::ca("ca", "root").with(BASIC_CONSTRAINTS, true, &length));
    assert!(of_length.contains("pathLenConstraint is negative"), "{of_length}");
    let mapping = seq(&[context(1, &[0xff])]);
    let of_mapping = message(Cert::ca("ca", "root").with(POLICY_CONSTRAINTS, true, &mapping));
    assert!(of_mapping.contains("inhibitPolicyMapping is negative"), "{of_mapping}");
}
