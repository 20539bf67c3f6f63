//! Certificates of CAs: constraints that are laid on them, cross-certificates, and lint before anything is signed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certgate::certificate::{Certificate, SerialNumber};
use certgate::crypto::{CryptoProvider, KeyKind, PrivateKey, SignatureVerifier, Signer, Verification};
use certgate::diagnostic::{Error, Severity};
use certgate::extension::{BasicConstraints, KeyUsageBit};
use certgate::issue::{IssueInputs, Issuer, NewAuthority};
use certgate::lint::Profile;
use certgate::oid::{COMMON_NAME, SERVER_AUTH};
use certgate::policy::Context;
use certgate::request::NewRequest;
use certgate::time::Timestamp;
use certgate::verify::{Profile as VerifyProfile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::issue::parse_names;
use certgate_bindings::{Policy, Request};

const AT: &str = "2026-01-01T00:00:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).expect("a time")
}

fn key(seed: u8) -> PrivateKey {
    PrivateKey::generate(KeyKind::P256, [seed; 32]).expect("a key")
}

fn inputs(number: u8) -> IssueInputs {
    IssueInputs { serial_number: SerialNumber::from_octets(&[number; 16]), at: at(AT) }
}

fn root(name: &str, key: &PrivateKey) -> Arc<Certificate> {
    let authority = NewAuthority {
        subject: vec![(COMMON_NAME, name.to_owned())],
        not_before: at("2025-01-01T00:00:00Z"),
        not_after: at("2034-12-31T23:59:59Z"),
        path_length: None,
    };
    authority
        .prepare(key.public_key(), key.scheme(), &inputs(1))
        .and_then(|prepared| prepared.sign(key))
        .expect("a root")
}

const WEB: &str = "version: 1
id: web
names: { dns: { allow: [{ under: example.com }, other.test] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 3650d }
";

/// A policy for CAs of any name.
fn ca_policy(usages: &str) -> String {
    format!(
        "version: 1
id: cas
subject: {{ commonName: {{ allow: ['*'] }} }}
names: {{ presence: forbidden }}
keys: {{ EC: [P-256] }}
validity: {{ default: 365d, max: 365d }}
ca: {{ maxPathLength: 2 }}
{usages}"
    )
}

fn decide(policy: &str, request: &NewRequest, key: &PrivateKey) -> certgate_bindings::Decision {
    let request = request.sign(key).expect("a request");
    let request = Request::parse(request.der()).expect("a request");
    let decision = Policy::load(policy).expect("a policy").evaluate(&request, &Context::new(at(AT)));
    assert!(decision.is_allowed(), "{:?}", decision.reasons());
    decision
}

fn ca_request(name: &str) -> NewRequest {
    NewRequest {
        subject: vec![(COMMON_NAME, name.to_owned())],
        basic_constraints: Some(BasicConstraints { ca: true, path_length: None }),
        ..NewRequest::default()
    }
}

fn web(name: &str, key: &PrivateKey) -> certgate_bindings::Decision {
    let names = parse_names(&[name.to_owned()]).expect("names");
    decide(WEB, &NewRequest { names, ..NewRequest::default() }, key)
}

fn sign(
    issuer: &Issuer,
    ca: &PrivateKey,
    decision: &certgate_bindings::Decision,
    number: u8,
) -> Result<Arc<Certificate>, Error> {
    let approval = decision.as_core().approval().expect("an approval");
    let prepared = issuer.prepare(approval, &inputs(number), ca.scheme())?;
    Ok(Arc::clone(prepared.sign(ca)?.certificate()))
}

fn code(error: &Error) -> &'static str {
    error.code().as_str()
}

#[test]
fn a_ca_carries_the_constraints_of_a_policy() {
    let (top, sub, leaf) = (key(1), key(2), key(3));
    let anchor = root("Root", &top);
    let narrow = "version: 1
id: narrow
names: { dns: { allow: [{ under: example.com }] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";
    let constraints = Policy::load(narrow).expect("a policy").constraints();
    let issuer =
        Issuer::new(Arc::clone(&anchor), Vec::new()).expect("an issuer").with_constraints(constraints);
    let decision = decide(&ca_policy(""), &ca_request("Sub"), &sub);
    let made = sign(&issuer, &top, &decision, 2).expect("an intermediate");
    assert_eq!(made.basic_constraints(), Some(BasicConstraints { ca: true, path_length: Some(0) }));
    assert_eq!(made.extended_key_usage(), Some(&[SERVER_AUTH][..]));
    assert!(made.name_constraints().is_some_and(|names| names.permitted.len() == 3));
    assert!(made.key_usage().expect("a usage").contains(KeyUsageBit::KeyCertSign));
    // Row 91: what the constraints of the issuer forbid is never handed out, whatever the policy allows.
    let below = Issuer::new(Arc::clone(&made), vec![anchor]).expect("an issuer");
    sign(&below, &sub, &web("a.example.com", &leaf), 3).expect("a name within");
    let error = sign(&below, &sub, &web("other.test", &leaf), 4).expect_err("a name outside");
    assert_eq!(code(&error), "issue/not-verified");
    let error =
        sign(&below, &sub, &decide(&ca_policy(""), &ca_request("Below"), &leaf), 5).expect_err("no room");
    assert_eq!(code(&error), "issue/issuer");
    // Constraints are for CAs: the certificates of others stay as they were approved.
    let direct = sign(&issuer, &top, &web("other.test", &leaf), 6).expect("a leaf below the root");
    assert!(direct.name_constraints().is_none());
}

#[test]
fn purposes_are_narrowed_and_never_added_to() {
    let (top, sub) = (key(1), key(2));
    let constraints = Policy::load(WEB).expect("a policy").constraints();
    let issuer =
        Issuer::new(root("Root", &top), Vec::new()).expect("an issuer").with_constraints(constraints);
    let with = |purposes: &str| {
        let usages = format!("usages: {{ extended: {{ force: [{purposes}] }} }}\n");
        sign(&issuer, &top, &decide(&ca_policy(&usages), &ca_request("Sub"), &sub), 2)
    };
    let both = with("serverAuth, clientAuth").expect("an intermediate");
    assert_eq!(both.extended_key_usage(), Some(&[SERVER_AUTH][..]));
    assert_eq!(code(&with("clientAuth").expect_err("nothing in common")), "issue/constraints");
}

#[test]
fn a_cross_certificate_leads_to_the_other_root() {
    let (old, new, server) = (key(1), key(2), key(3));
    let (old_root, new_root) = (root("Old", &old), root("New", &new));
    let leaf = sign(
        &Issuer::new(Arc::clone(&new_root), Vec::new()).expect("an issuer"),
        &new,
        &web("a.example.com", &server),
        2,
    )
    .expect("a leaf");
    let issuer = Issuer::new(Arc::clone(&old_root), Vec::new()).expect("an issuer");
    let cross = |request: &NewRequest, key: &PrivateKey, certificate: &Certificate| {
        let decision = decide(&ca_policy(""), request, key);
        let approval = decision.as_core().approval().expect("an approval");
        issuer
            .prepare_cross(approval, certificate, &inputs(3), old.scheme())
            .and_then(|prepared| prepared.sign(&old))
            .map(|issued| Arc::clone(issued.certificate()))
    };
    let made = cross(&ca_request("New"), &new, &new_root).expect("a cross-certificate");
    assert_eq!(made.subject().der(), new_root.subject().der());
    assert_eq!(made.subject_key_identifier(), new_root.subject_key_identifier());
    assert_eq!(made.issuer().der(), old_root.subject().der());
    // Who trusts the old root alone gets to the leaf below the new one.
    let verifier = Verifier::new([old_root], vec![Arc::clone(&made)], VerifyProfile::Private);
    verifier
        .verify(&leaf, &VerifyParameters::new(at(AT), Purpose::Server))
        .expect("a path by the cross-certificate");
    // Another key, another name, and what is no CA.
    for (request, key, certificate) in [
        (ca_request("New"), &server, &new_root),
        (ca_request("Other"), &new, &new_root),
        (ca_request("New"), &new, &leaf),
    ] {
        assert_eq!(
            code(&cross(&request, key, certificate).expect_err("no cross-certificate")),
            "issue/cross"
        );
    }
}

#[test]
fn an_error_of_lint_stops_issuance_and_lesser_findings_come_along() {
    let (top, server) = (key(1), key(2));
    let anchor = root("Root", &top);
    let issuer = Issuer::new(anchor, Vec::new()).expect("an issuer");
    let decision = web("a.example.com", &server);
    let prepare = |issuer: &Issuer, number: IssueInputs| {
        let approval = decision.as_core().approval().expect("an approval");
        issuer.prepare(approval, &number, top.scheme())
    };
    let prepared = prepare(&issuer, inputs(2)).expect("prepared");
    assert_eq!(prepared.findings(), []);
    // A short serial number is a warning under `private`.
    let short = IssueInputs { serial_number: SerialNumber::from_octets(&[0x40, 1]), at: at(AT) };
    let prepared = prepare(&issuer, short).expect("prepared");
    let codes: Vec<&str> = prepared.findings().iter().map(|finding| finding.code().as_str()).collect();
    assert_eq!(codes, ["lint/serial-short"]);
    assert!(prepared.findings().iter().all(|finding| finding.severity() != Severity::Error));
    let issued = prepared.sign(&top).expect("a certificate");
    assert_eq!(issued.findings().len(), 1);
    // Public CAs must say more than this issuer does.
    let error = prepare(&issuer.with_lint(Profile::CabfTls), inputs(2)).expect_err("lint");
    assert_eq!(code(&error), "issue/lint");
    let related: Vec<&str> =
        error.diagnostics()[0].related().iter().map(|finding| finding.code().as_str()).collect();
    assert!(
        related.contains(&"lint/policies-missing") && related.contains(&"lint/access-missing"),
        "{related:?}"
    );
    // A root for public use is held to its own rules.
    let short_lived = NewAuthority {
        subject: vec![(COMMON_NAME, "Root".to_owned())],
        not_before: at("2025-01-01T00:00:00Z"),
        not_after: at("2025-12-31T23:59:59Z"),
        path_length: None,
    };
    let prepare =
        |profile| short_lived.prepare_under(top.public_key(), top.scheme(), &inputs(1), profile).map(|_| ());
    prepare(Profile::Private).expect("a private root");
    assert_eq!(code(&prepare(Profile::CabfTls).expect_err("lint")), "issue/lint");
}

/// A back end that counts what it verifies.
struct Counting(AtomicUsize);

impl SignatureVerifier for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        CryptoProvider::PORTABLE.p256.verify(verification)
    }
}

static COUNTING: Counting = Counting(AtomicUsize::new(0));
static COUNTED: CryptoProvider = CryptoProvider { p256: &COUNTING, ..CryptoProvider::PORTABLE };

#[test]
fn a_root_is_verified_by_the_back_end_that_was_asked_for() {
    let key = key(90);
    let authority = NewAuthority {
        subject: vec![(COMMON_NAME, "Counted Root".to_owned())],
        not_before: at("2025-01-01T00:00:00Z"),
        not_after: at("2034-12-31T23:59:59Z"),
        path_length: None,
    };
    let prepare = || authority.prepare(key.public_key(), key.scheme(), &inputs(9)).expect("a root");
    prepare().sign(&key).expect("a root");
    assert_eq!(COUNTING.0.load(Ordering::Relaxed), 0);
    prepare().with_crypto(&COUNTED).sign(&key).expect("a root");
    assert_eq!(COUNTING.0.load(Ordering::Relaxed), 1);
}
