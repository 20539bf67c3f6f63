//! The handles by which hosts issue: taken once, two-step signing, roots, lists, and the development CA.

use certgate::certificate::SerialNumber;
use certgate::issue::{ListContents, ListScope, NewRevocationList};
use certgate::policy::Context;
use certgate::signature::SignatureScheme;
use certgate::time::Timestamp;
use certgate_bindings::issue::{
    Approval, DevAuthority, DevAuthorityDocument, DevCertificateDocument, Inputs, Issuer, IssuerOptions,
    NewRequestDocument, PrivateKey, RevocationEntryDocument, RevocationList, RevocationListDocument,
    RootDocument, Seeds, Serial, parse_scheme,
};
use certgate_bindings::renewal::{InUse, RenewalDocument, renewal};
use certgate_bindings::{Bundle, Certificate, Error, Policy};
use serde_json::json;

const POLICY: &str = "version: 1
id: web
names: { dns: { allow: [web.example.com] } }
keys: { RSA: {}, EC: [P-256, P-384, P-521], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

fn at() -> Timestamp {
    Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time")
}

fn key(kind: &str, number: u8) -> PrivateKey {
    PrivateKey::generate(kind, [number; 32]).expect("a key")
}

fn inputs(serial: &str) -> Inputs {
    Inputs { at: at(), serial: Serial::Given(serial.to_owned()) }
}

fn root(key: &PrivateKey) -> Certificate {
    let document = RootDocument { subject: vec!["CN=Root".to_owned()], ..RootDocument::default() };
    document.sign(key, &inputs("1001")).expect("a root")
}

fn issuer(key: &PrivateKey) -> Issuer {
    Issuer::new(&[root(key)].into_iter().collect(), &IssuerOptions::default()).expect("an issuer")
}

fn decide(name: &str) -> certgate_bindings::Decision {
    let request = NewRequestDocument { names: vec![name.to_owned()], ..NewRequestDocument::default() };
    let request = request.sign(&key("Ed25519", 9)).expect("a request");
    Policy::load(POLICY).expect("a policy").evaluate(&request, &Context::new(at()))
}

fn approval() -> Approval {
    decide("web.example.com").approve().expect("an approval")
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.expect_err("an error").code().to_owned()
}

#[test]
fn an_approval_and_what_was_prepared_are_used_once() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    assert_eq!(code(decide("other.example.com").approve()), "issue/not-approved");
    let approval = approval();
    let copy = approval.clone();
    assert_eq!(approval.template().expect("a template").subject_alt_names.len(), 1);
    let prepared = issuer.prepare(&approval, &inputs("2a"), None).expect("prepared");
    assert!(copy.is_used());
    for code_of in [
        code(issuer.prepare(&copy, &inputs("2b"), None)),
        code(issuer.issue(&copy, &ca, &inputs("2b"))),
        code(copy.template()),
    ] {
        assert_eq!(code_of, "issue/used");
    }
    let signature = ca.sign(&prepared.tbs_der().expect("bytes")).expect("a signature");
    let twin = prepared.clone();
    let issued = prepared.assemble(&signature).expect("a certificate");
    assert_eq!(issued.certificate().serial_number(), "2a");
    assert_eq!(issued.policy().id, "web");
    assert_eq!(issued.view().chain.len(), 1);
    assert_eq!(issued.fullchain_pem(), issued.pem(), "the root is not presented");
    assert_eq!(code(twin.assemble(&signature)), "issue/used");
    assert_eq!(code(twin.sign(&ca)), "issue/used");
    assert_eq!(code(twin.tbs_der()), "issue/used");
}

#[test]
fn two_steps_give_the_bytes_of_one() {
    for kind in ["Ed25519", "RSA-2048"] {
        let ca = key(kind, 1);
        let issuer = issuer(&ca);
        let once = issuer.issue(&approval(), &ca, &inputs("2a")).expect("a certificate");
        let prepared = issuer.prepare(&approval(), &inputs("2A"), None).expect("prepared");
        let signature = ca.sign(&prepared.tbs_der().expect("bytes")).expect("a signature");
        let twice = prepared.assemble(&signature).expect("a certificate");
        assert_eq!(once.certificate().der(), twice.certificate().der(), "{kind}");
    }
}

#[test]
fn foreign_and_tampered_signatures_are_refused() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    let foreign = key("P-256", 2);
    let prepared = || issuer.prepare(&approval(), &inputs("2a"), None).expect("prepared");
    assert_eq!(code(prepared().sign(&foreign)), "issue/not-verified");
    let tbs = prepared().tbs_der().expect("bytes");
    let signature = foreign.sign(&tbs).expect("a signature");
    assert_eq!(code(prepared().assemble(&signature)), "issue/not-verified");
    let mut tampered = tbs.clone();
    *tampered.last_mut().expect("bytes") ^= 1;
    let signature = ca.sign(&tampered).expect("a signature");
    assert_eq!(code(prepared().assemble(&signature)), "issue/not-verified");
    assert_eq!(code(prepared().assemble(b"no signature")), "issue/not-verified");
    let wrong = parse_scheme("sha256WithRSAEncryption").expect("a scheme");
    assert_eq!(code(issuer.prepare(&approval(), &inputs("2a"), Some(wrong))), "signature/algorithm-mismatch");
    assert_eq!(code(parse_scheme("sha1WithRSAEncryption")), "context/value");
}

#[test]
fn serial_numbers_are_positive_and_hexadecimal() {
    let ca = key("Ed25519", 1);
    let issuer = issuer(&ca);
    for (serial, expected) in [
        ("0", "issue/serial-number"),
        ("-1", "context/value"),
        ("", "context/value"),
        ("0x1f", "context/value"),
        (&"ff".repeat(20), "issue/serial-number"),
        (&"ff".repeat(600), "context/value"),
    ] {
        assert_eq!(code(issuer.issue(&approval(), &ca, &inputs(serial))), expected, "{serial}");
    }
    let issued = issuer.issue(&approval(), &ca, &inputs(&"7f".repeat(20))).expect("20 octets");
    assert_eq!(issued.certificate().serial_number(), "7f".repeat(20));
    let issued = issuer.issue(&approval(), &ca, &inputs("f")).expect("one digit");
    assert_eq!(issued.certificate().serial_number(), "0f");
}

#[test]
fn requests_and_roots_of_keys_that_are_elsewhere() {
    for kind in ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"] {
        let (own, other) = (key(kind, 3), key(kind, 4));
        let document = NewRequestDocument {
            subject: vec!["CN=web.example.com".to_owned(), "O=Example".to_owned()],
            names: vec!["web.example.com".to_owned(), "192.0.2.1".to_owned()],
            key_usage: vec!["digitalSignature".to_owned()],
            purposes: vec!["serverAuth".to_owned()],
            ..NewRequestDocument::default()
        };
        let prepared = document.prepare(own.public_key_der(), None).expect("prepared");
        let request =
            prepared.assemble(&own.sign(prepared.tbs_der()).expect("a signature")).expect("a request");
        assert_eq!(request.signature().status, "valid", "{kind}");
        assert_eq!(request.subject_alt_names().len(), 2);
        let foreign = other.sign(prepared.tbs_der()).expect("a signature");
        assert_eq!(code(prepared.assemble(&foreign)), "issue/not-verified");
        let document = RootDocument { subject: vec!["CN=Root".to_owned()], ..RootDocument::default() };
        let prepared = document.prepare(own.public_key_der(), &inputs("1"), None).expect("prepared");
        let signature = own.sign(&prepared.tbs_der().expect("bytes")).expect("a signature");
        let made = prepared.assemble(&signature).expect("a root");
        assert!(made.is_ca());
        assert_eq!(code(prepared.assemble(&signature)), "issue/used");
    }
}

#[test]
fn lists_follow_one_another() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    let entry = |serial: &str, reason: Option<&str>| RevocationEntryDocument {
        serial_number: serial.to_owned(),
        at: None,
        reason: reason.map(str::to_owned),
    };
    let make = |document: &RevocationListDocument, previous: Option<&RevocationList>| {
        document.prepare(&issuer, at(), previous, None)?.sign(&ca)
    };
    let first = RevocationListDocument {
        number: Some("ff".to_owned()),
        revocations: vec![entry("2a", Some("keyCompromise"))],
        ..RevocationListDocument::default()
    };
    let first = make(&first, None).expect("a list");
    let second = RevocationListDocument {
        revocations: vec![entry("2b", None), entry("2a", None)],
        ..Default::default()
    };
    let second = make(&second, Some(&first)).expect("a list").view();
    assert_eq!(second.number.as_deref(), Some("0100"));
    assert_eq!(second.entries.len(), 2);
    assert_eq!(second.entries[0].reason, "keyCompromise");
    let parsed = RevocationList::parse(first.pem().as_bytes()).expect("a list");
    assert_eq!(parsed, first);
    let wrong =
        RevocationListDocument { revocations: vec![entry("2a", Some("boredom"))], ..Default::default() };
    assert_eq!(code(make(&wrong, None)), "context/value");
    let document = RevocationListDocument::default();
    let other = key("P-256", 2);
    let prepared = document.prepare(&issuer, at(), None, None).expect("prepared");
    assert_eq!(code(prepared.sign(&other)), "issue/not-verified");
    assert_eq!(code(prepared.tbs_der()), "issue/used");
}

/// A list that is made of a part of what was revoked would make certificates good again.
#[test]
fn the_list_before_tells_of_everything() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    let scheme = SignatureScheme::from_name(ca.scheme().as_str()).expect("a scheme");
    let within = |scope: &ListScope, signer: &PrivateKey| {
        let list = NewRevocationList {
            number: SerialNumber::from_unsigned(&[5]),
            this_update: at(),
            next_update: Timestamp::from_rfc3339("2026-01-08T00:00:00Z").expect("a time"),
            revocations: Vec::new(),
        };
        let prepared = list.prepare_within(self::issuer(signer).as_core(), scheme, scope).expect("prepared");
        RevocationList::from(prepared.sign(signer.as_core()).expect("a list"))
    };
    let next = |previous: &RevocationList| {
        RevocationListDocument::default().prepare(&issuer, at(), Some(previous), None)
    };
    let full = ListScope::default();
    assert!(next(&within(&full, &ca)).is_ok());
    let delta = ListScope { base: Some(SerialNumber::from_unsigned(&[1])), ..ListScope::default() };
    let users = ListScope { contents: ListContents::UserCertificates, ..ListScope::default() };
    let stranger = key("P-256", 2);
    for (previous, expected) in [
        (within(&delta, &ca), "context/value"),
        (within(&users, &ca), "context/value"),
        (within(&full, &stranger), "crl/issuer-unknown"),
    ] {
        let error = next(&previous).expect_err("a part of what was revoked");
        assert_eq!((error.code(), error.diagnostics()[0].path.len()), (expected, 1));
    }
}

#[test]
fn the_graver_reason_holds() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    let of = |reason: &str| RevocationListDocument {
        revocations: vec![RevocationEntryDocument {
            serial_number: "2a".to_owned(),
            at: None,
            reason: Some(reason.to_owned()),
        }],
        ..RevocationListDocument::default()
    };
    for (before, then, expected) in [
        ("certificateHold", "keyCompromise", "keyCompromise"),
        ("certificateHold", "unspecified", "unspecified"),
        ("keyCompromise", "certificateHold", "keyCompromise"),
        ("superseded", "affiliationChanged", "superseded"),
        ("superseded", "keyCompromise", "keyCompromise"),
    ] {
        let first =
            of(before).prepare(&issuer, at(), None, None).expect("prepared").sign(&ca).expect("a list");
        let later = Timestamp::from_rfc3339("2026-01-02T00:00:00Z").expect("a time");
        let second = of(then).prepare(&issuer, later, Some(&first), None).expect("prepared").sign(&ca);
        let entries = second.expect("a list").view().entries;
        assert_eq!(entries.len(), 1);
        assert_eq!(
            (entries[0].reason.as_str(), entries[0].revocation_date.as_str()),
            (expected, "2026-01-01T00:00:00Z")
        );
    }
}

#[test]
fn serial_numbers_are_those_of_the_issuer() {
    let ca = key("P-256", 1);
    let issuer = issuer(&ca);
    assert_eq!(issuer.serial_number_of(&root(&ca)).expect("its own"), "1001");
    let document = RootDocument { subject: vec!["CN=Other".to_owned()], ..RootDocument::default() };
    let other = document.sign(&ca, &inputs("1001")).expect("a root");
    assert_eq!(code(issuer.serial_number_of(&other)), "context/value");
}

#[test]
fn an_issuer_is_the_first_certificate() {
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    let chain = |text: &str| Bundle::parse(text.as_bytes()).expect("a bundle");
    let pem = certgate::pem::encode("CERTIFICATE", root(&key("P-256", 1)).der());
    assert!(Issuer::new(&chain(&pem), &IssuerOptions::default()).is_ok());
    assert!(Issuer::new(&chain(&format!("{broken}{pem}")), &IssuerOptions::default()).is_err());
}

#[test]
fn no_other_certificate_is_renewed_in_the_leafs_place() {
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    let pem = certgate::pem::encode("CERTIFICATE", root(&key("P-256", 1)).der());
    let judged = |text: &str| {
        let bundle = Bundle::parse(text.as_bytes()).expect("a bundle");
        let in_use = InUse { bundle: &bundle, key: None, policy: None, verifier: None };
        renewal(in_use, &RenewalDocument::default(), at()).map(|renewal| renewal.due)
    };
    assert_eq!(judged(&pem).ok(), Some(false));
    assert_eq!(judged(&format!("{pem}{broken}")).ok(), Some(false));
    assert!(judged(&format!("{broken}{pem}")).is_err());
}

#[test]
fn options_are_read_strictly() {
    let wrong = IssuerOptions::from_value(json!({ "crlURIs": [] })).expect_err("another key");
    assert_eq!(wrong.code(), "context/unknown-key");
    let truncate = IssuerOptions::from_value(json!({ "beyond": "truncate" })).expect("options");
    let ca = key("P-256", 1);
    assert!(Issuer::new(&[root(&ca)].into_iter().collect(), &truncate).is_ok());
    let none = Issuer::new(&certgate_bindings::Bundle::default(), &IssuerOptions::default());
    assert_eq!(code(none), "context/value");
}

#[test]
fn a_development_ca_issues_what_it_is_asked_for() {
    let seeds = |number: u8| Seeds { key: [number; 32], serial: [number; 20] };
    let ca = DevAuthority::new(&DevAuthorityDocument::default(), at(), &seeds(1)).expect("a CA");
    let below = ca.intermediate(&DevAuthorityDocument::default(), at(), &seeds(2)).expect("a CA below");
    let names = ["localhost", "*.dev.example", "127.0.0.1", "::1", "me@example.com", "spiffe://a/b"];
    let document = DevCertificateDocument {
        names: names.map(str::to_owned).to_vec(),
        common_name: Some("localhost".to_owned()),
        organizations: vec!["system:nodes".to_owned()],
        ..DevCertificateDocument::default()
    };
    let made = below.issue(&document, at(), &seeds(3)).expect("a certificate");
    assert_eq!(made.issued.certificate().subject_alt_names().len(), names.len());
    assert_eq!(made.issued.chain().len(), 2);
    assert!(made.key.belongs_to(made.issued.certificate().as_core()));
    let again = below.issue(&document, at(), &seeds(3)).expect("a certificate");
    assert_eq!(again.key.public_key_der(), made.key.public_key_der(), "the same seed gives the same key");
    assert_eq!(code(ca.issue(&DevCertificateDocument::default(), at(), &seeds(4))), "context/value");
    let old = DevCertificateDocument { issued_at: None, key: Some("RSA-1024".to_owned()), ..document };
    assert_eq!(code(ca.issue(&old, at(), &seeds(4))), "context/value");
    let chain = [ca.certificate()].into_iter().collect();
    assert_eq!(code(DevAuthority::load(&chain, key("P-256", 7))), "context/value");
}
