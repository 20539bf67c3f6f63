//! What verification costs, counted and not timed: limits end it at their number, and verified edges are remembered.

use std::sync::{Arc, LazyLock};

use certgate::certificate::Certificate;
use certgate::crl::CertificateList;
use certgate::crypto::{CryptoProvider, SignatureVerifier, Verification};
use certgate::diagnostic::codes;
use certgate::lint;
use certgate::request::CertificationRequest;
use certgate::signature::SignatureStatus;
use certgate::time::Timestamp;
use certgate::verify::{
    PeerName, Profile, Purpose, RevocationInputs, RevocationScope, VerificationError, VerifiedPath, Verifier,
    VerifyLimits, VerifyParameters, WorkDone,
};
use certgate_tests::certificate::{AT, Cert, NAME_CONSTRAINTS, constraints, directory, name};
use certgate_tests::der::{context, seq, set, utf8};
use certgate_tests::paths::{self, PathVector};
use certgate_tests::request::{Csr, Signing, atv, dns, extension};
use certgate_tests::revocation::{CERTIFICATE_ISSUER, Crl, SCOPE};

fn work(id: &str) -> WorkDone {
    static VECTORS: LazyLock<Vec<PathVector>> = LazyLock::new(paths::all);
    let vector = VECTORS.iter().find(|vector| vector.id == id).expect("the vector");
    match vector.verify().expect("a verdict") {
        Ok(path) => path.work(),
        Err(error) => error.work(),
    }
}

#[test]
fn limits_end_the_search_at_their_number() {
    let graph = work("row95-90-edges");
    assert_eq!(graph.steps, 10_001);
    assert!(graph.signatures <= 91, "an edge is verified once: {graph:?}");
    let keys = work("row95-101-keys-of-one-name");
    assert_eq!((keys.signatures, keys.steps), (101, 101));
    assert_eq!(work("row97-300-constraints-and-1000-names").name_comparisons, 250_001);
    // 1,000 names and the subject: every constraint that is looked at counts, of whatever kind.
    assert_eq!(work("row97-200-constraints-and-1000-names").name_comparisons, 200_200);
    assert_eq!(work("row98-80-by-80-mappings").policy_edges, 100_001);
    assert_eq!(work("row106-65-presented"), WorkDone::default());
}

/// A name is made comparable once for all that it is held against, and costs what its comparable form is long.
#[test]
fn names_are_made_comparable_once() {
    let organization = |text: &str| seq(&[set(&[atv("2.5.4.10", utf8(text))])]);
    let cost = |text: &str| {
        let constraints = constraints(&[], &[directory(&organization(text))]);
        let ca = read(&Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &constraints));
        let others = (0..9).map(|number| directory(&name(&format!("n{number}"))));
        let names: Vec<Vec<u8>> = std::iter::once(dns("a.example.com")).chain(others).collect();
        let verifier = Verifier::new([read(&Cert::root("root"))], [ca], Profile::Rfc5280);
        let path =
            verify(&verifier, &Cert::leaf("a.example.com", "ca").names(&names), &[], "a.example.com", AT);
        path.expect("a path").work().name_comparisons
    };
    // Ten directory names of 100 units each, the subject among them, and a DNS name of one; 16 times 99 for the form.
    assert_eq!(cost(&"x".repeat(12_700)), 10 * 100 + 1 + 16 * 99);
    // NFKC makes 33 bytes of one character of three.
    let expanded = cost(&"\u{fdfa}".repeat(1_000));
    assert!(expanded > 10 * (33_000 / 128), "{expanded}");
}

/// An indirect list of the CA with ten entries of the leaf's number, all under one certificateIssuer of ten others.
fn indirect(signer: &str, leaf: &Cert) -> Arc<CertificateList> {
    let others: Vec<Vec<u8>> = (0..10).map(|number| directory(&name(&format!("other {number}")))).collect();
    let issuer = extension(CERTIFICATE_ISSUER, true, &seq(&others));
    let list = Crl::new("ca").with(SCOPE, true, &seq(&[context(4, &[0xff])])).entry(leaf, &[issuer]);
    let list = (0..9).fold(list, |list, _| list.revoking(leaf)).set(|list| list.signer = signer.to_owned());
    Arc::new(CertificateList::from_der(&list.der()).expect("a list"))
}

#[test]
fn entries_are_looked_into_once_and_only_in_lists_that_are_signed() {
    let leaf = Cert::leaf("a.example.com", "ca");
    let ask = |signer: &str, comparisons: u32| {
        let lists = [indirect(signer, &leaf)];
        let mut limits = VerifyLimits::default();
        limits.name_comparisons = comparisons;
        let (root, ca) = (read(&Cert::root("root")), read(&Cert::ca("ca", "root")));
        let verifier = Verifier::new([root], [ca], Profile::Rfc5280).with_limits(limits);
        let at = Timestamp::from_rfc3339(AT).expect("a time");
        let parameters = VerifyParameters::new(at, Purpose::Server).with_revocation(RevocationInputs {
            lists: &lists,
            scope: RevocationScope::Leaf,
            ..RevocationInputs::default()
        });
        verifier.verify(&read(&leaf), &parameters)
    };
    assert_eq!(ask("ca", 10).expect("a path").work().name_comparisons, 10, "the names of the list, once");
    assert_eq!(ask("ca", 9).expect_err("a limit").code(), codes::LIMIT_NAME_COMPARISONS);
    let error = ask("someone", 9).expect_err("no path");
    assert_eq!(error.code(), codes::VERIFY_REVOCATION_UNKNOWN);
    assert_eq!(error.work().name_comparisons, 0);
}

#[test]
fn policy_graphs_grow_by_edges_and_not_by_paths() {
    // A tree of seven levels of two policies that map to both has 2^8 nodes; the graph has a few edges a level.
    let edges = work("row98-2-by-2-mappings").policy_edges;
    assert!(edges < 8 * 4 * 4, "{edges}");
}

fn read(cert: &Cert) -> Arc<Certificate> {
    Arc::new(Certificate::from_der(&cert.der()).expect("a certificate"))
}

fn verify(
    verifier: &Verifier,
    leaf: &Cert,
    presented: &[Arc<Certificate>],
    name: &str,
    at: &str,
) -> Result<VerifiedPath, VerificationError> {
    let at = Timestamp::from_rfc3339(at).expect("a time");
    let parameters = VerifyParameters::new(at, Purpose::Server)
        .with_presented(presented)
        .with_names(PeerName::parse(name));
    verifier.verify(&read(leaf), &parameters)
}

#[test]
fn ten_thousand_presented_certificates_are_not_looked_at() {
    let verifier = Verifier::new([read(&Cert::root("root"))], [], Profile::Rfc5280);
    let presented = vec![read(&Cert::ca("ca", "root")); 10_000];
    let error = verify(&verifier, &Cert::leaf("a.example.com", "ca"), &presented, "a.example.com", AT)
        .expect_err("too many");
    assert_eq!(error.code().as_str(), "limit/presented-certificates");
    assert_eq!(error.work(), WorkDone::default());
}

#[test]
fn the_pool_costs_nothing_by_its_size() {
    let unsigned = |number: usize| {
        let subject = format!("other {number}");
        let cert = Cert::ca("ca", "root").signing(Signing::Octets(vec![0; 9]));
        read(&cert.set(|cert| cert.subject = certgate_tests::certificate::name(&subject)))
    };
    for size in [0, 100, 10_000] {
        let pool = (0..size).map(unsigned).chain([read(&Cert::ca("ca", "root"))]);
        let verifier = Verifier::new([read(&Cert::root("root"))], pool, Profile::Rfc5280);
        let path = verify(&verifier, &Cert::leaf("a.example.com", "ca"), &[], "a.example.com", AT);
        let work = path.expect("a path").work();
        assert_eq!((work.signatures, work.steps), (2, 2), "with {size} others");
    }
}

#[test]
fn edges_are_remembered_and_all_else_is_judged_anew() {
    let ca = Cert::ca("ca", "root");
    let verifier = Verifier::new([read(&Cert::root("root"))], [read(&ca)], Profile::Rfc5280);
    let (one, other) = (Cert::leaf("a.example.com", "ca"), Cert::leaf("b.example.com", "ca"));
    let signatures = |leaf: &Cert, name: &str| {
        let work = verify(&verifier, leaf, &[], name, AT).expect("a path").work();
        (work.signatures, work.remembered)
    };
    assert_eq!(signatures(&one, "a.example.com"), (2, 0), "cold");
    assert_eq!(signatures(&one, "a.example.com"), (0, 2), "the same leaf");
    assert_eq!(signatures(&other, "b.example.com"), (1, 1), "another leaf below the same CA");

    let code = |leaf: &Cert, name: &str, at: &str| {
        verify(&verifier, leaf, &[], name, at).expect_err("no path").code().as_str().to_owned()
    };
    assert_eq!(code(&one, "a.example.com", "2027-01-01T00:00:01Z"), "verify/expired");
    assert_eq!(code(&one, "b.example.com", AT), "verify/name-mismatch");

    // A certificate with the same names, dates and key, and a signature by someone else, is another edge.
    let forged = one.clone().set(|cert| cert.signer = "someone".to_owned());
    assert_eq!(code(&forged, "a.example.com", AT), "verify/signature");
    assert_eq!(
        code(&forged, "a.example.com", AT),
        "verify/signature",
        "what failed is not remembered as good"
    );

    // Edges that are not remembered cost their signature each time.
    let forgetful =
        Verifier::new([read(&Cert::root("root"))], [read(&ca)], Profile::Rfc5280).with_remembered_edges(1);
    for _ in 0..2 {
        let path = verify(&forgetful, &one, &[], "a.example.com", AT).expect("a path");
        assert_eq!((path.work().signatures, path.work().remembered), (2, 0));
    }
}

#[test]
fn what_is_remembered_counts_for_the_limit() {
    let ca = Cert::ca("ca", "root");
    let limits = |signatures: u32| {
        let mut limits = VerifyLimits::default();
        limits.signatures = signatures;
        Verifier::new([read(&Cert::root("root"))], [read(&ca)], Profile::Rfc5280).with_limits(limits)
    };
    let leaf = Cert::leaf("a.example.com", "ca");
    let verifier = limits(2);
    for _ in 0..2 {
        assert!(verify(&verifier, &leaf, &[], "a.example.com", AT).is_ok());
    }
    let verifier = limits(1);
    for _ in 0..3 {
        let error = verify(&verifier, &leaf, &[], "a.example.com", AT).expect_err("no path");
        assert_eq!(error.code().as_str(), "limit/path-signatures", "whatever is remembered");
    }
}

/// A back end that finds every signature wrong.
struct Refusing;

impl SignatureVerifier for Refusing {
    fn name(&self) -> &'static str {
        "refusing"
    }

    fn verify(&self, _: &Verification<'_>) -> bool {
        false
    }
}

static REFUSING: CryptoProvider = CryptoProvider { p256: &Refusing, ..CryptoProvider::PORTABLE };

#[test]
fn the_back_end_that_was_asked_for_answers() {
    let request = Csr::names(&[dns("a.example.com")]).der();
    let request = CertificationRequest::from_der(&request).expect("a request");
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let (best, refusing) = (CryptoProvider::best(), &REFUSING);
    for crypto in [best, refusing, best] {
        let is_valid = std::ptr::eq(crypto, best);
        assert_eq!(request.signature_status(crypto) == SignatureStatus::Valid, is_valid);
        let found = lint::lint_by(&request, lint::Profile::Private, at, crypto);
        assert_eq!(found.iter().all(|finding| finding.code() != codes::LINT_REQUEST_SIGNATURE), is_valid);
    }
}
