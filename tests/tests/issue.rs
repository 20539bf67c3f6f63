//! Issuing: what is signed is what was approved, and nothing else is.

use std::sync::Arc;

use certgate::certificate::{Certificate, SerialNumber};
use certgate::crypto::{KeyKind, PrivateKey, RsaBits, Signer};
use certgate::diagnostic::Error;
use certgate::extension::{BasicConstraints, KeyUsageBit, ReasonCode};
use certgate::issue::{BeyondIssuer, IssueInputs, Issuer, NewAuthority, NewRevocationList, Revocation};
use certgate::oid::COMMON_NAME;
use certgate::policy::{Context, Outcome};
use certgate::request::NewRequest;
use certgate::signature::HashFunction;
use certgate::time::{Duration, Timestamp};
use certgate_bindings::issue::parse_names;
use certgate_bindings::{Policy, Request};
use certgate_tests::keys::fixed;

const AT: &str = "2026-01-01T00:00:00Z";

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).expect("a time")
}

fn inputs(number: u8) -> IssueInputs {
    IssueInputs { serial_number: SerialNumber::from_octets(&[0x40, number]), at: at(AT) }
}

fn root(key: &PrivateKey, not_after: &str) -> Arc<Certificate> {
    let authority = NewAuthority {
        subject: vec![(COMMON_NAME, "Root".to_owned())],
        not_before: at("2025-01-01T00:00:00Z"),
        not_after: at(not_after),
        path_length: None,
    };
    authority
        .prepare(key.public_key(), key.scheme(), &IssueInputs { at: at("2025-01-02T00:00:00Z"), ..inputs(1) })
        .and_then(|prepared| prepared.sign(key))
        .expect("a root")
}

const WEB: &str = "version: 1
id: web
names: { dns: { allow: [web.example.com] } }
keys: { RSA: {}, EC: [P-256, P-384, P-521], Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

const INTERMEDIATE: &str = "version: 1
id: intermediate
subject: { commonName: { allow: [Intermediate, Below] } }
names: { presence: forbidden }
keys: { EC: [P-256] }
validity: { default: 365d, max: 365d }
ca: { maxPathLength: 0 }
";

fn decide(policy: &str, request: &NewRequest, key: &PrivateKey) -> certgate_bindings::Decision {
    let request = request.sign(key).expect("a request");
    let request = Request::parse(request.der()).expect("a request");
    Policy::load(policy).expect("a policy").evaluate(&request, &Context::new(at(AT)))
}

fn web(name: &str, key: &PrivateKey) -> certgate_bindings::Decision {
    let names = parse_names(&[name.to_owned()]).expect("names");
    decide(WEB, &NewRequest { names, ..NewRequest::default() }, key)
}

fn issue(
    issuer: &Issuer,
    ca: &PrivateKey,
    decision: &certgate_bindings::Decision,
) -> Result<Arc<Certificate>, Error> {
    let approval = decision.as_core().approval().expect("an approval");
    let prepared = issuer.prepare(approval, &inputs(2), ca.scheme())?;
    Ok(Arc::clone(prepared.sign(ca)?.certificate()))
}

fn code(error: &Error) -> &'static str {
    error.code().as_str()
}

#[test]
fn every_kind_of_key_issues_for_every_kind_of_key() {
    for ca_name in ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"] {
        let ca = fixed(ca_name);
        let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
        for name in ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"] {
            let key = fixed(name);
            let certificate = issue(&issuer, &ca, &web("web.example.com", &key)).expect("a certificate");
            assert_eq!(certificate.public_key().der(), key.public_key().der(), "{ca_name} for {name}");
            assert_eq!(certificate.validity().not_after, at("2026-01-01T23:59:29Z"));
            assert_eq!(certificate.basic_constraints(), Some(BasicConstraints::default()));
            let enciphers = certificate.key_usage().expect("a usage").contains(KeyUsageBit::KeyEncipherment);
            assert_eq!(enciphers, name.starts_with("RSA"));
        }
    }
}

#[test]
fn rsa_keys_sign_whichever_prime_is_larger() {
    for seed in 1..=4 {
        let key = PrivateKey::generate(KeyKind::Rsa(RsaBits::B2048), [seed; 32]).expect("a key");
        let portable = PrivateKey::from_der(&key.to_pkcs8_der().expect("PKCS #8")).expect("a key").portable();
        for number in 0..20u8 {
            let message = [seed, number];
            // RSASSA-PKCS1-v1_5 is deterministic.
            let signature = key.sign(&message).expect("a signature");
            assert_eq!(signature, portable.sign(&message).expect("a signature"), "{seed} {number}");
        }
    }
}

#[test]
fn fixed_inputs_give_exact_bytes() {
    let ca = fixed("Ed25519");
    let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new())
        .expect("an issuer")
        .with_distribution_points(vec!["http://crl.example.com/ca.crl".to_owned()])
        .with_information_access(
            vec!["http://crl.example.com/ca.crt".to_owned()],
            vec!["http://ocsp.example.com".to_owned()],
        );
    let once = issue(&issuer, &ca, &web("web.example.com", &fixed("P-256"))).expect("a certificate");
    let again = issue(&issuer, &ca, &web("web.example.com", &fixed("P-256"))).expect("a certificate");
    assert_eq!(once.der(), again.der());
    let digest: String =
        HashFunction::Sha256.digest(once.der()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "f98e4060c3a9c0ff02932812590799377dcfa7fdba9e14079496c82d0e9431c1");
}

#[test]
fn a_denial_gives_no_approval() {
    let decision = web("other.example.com", &fixed("P-256"));
    let denied = decision.as_core().approval().expect_err("no approval");
    assert_eq!(denied.outcome(), Outcome::Denied);
    assert_eq!(denied.reasons()[0].code().as_str(), "policy/dns-not-allowed");
    let ca = fixed("P-256");
    let key = certgate_bindings::issue::PrivateKey::generate("P-256", [7; 32]).expect("a key");
    let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let error =
        certgate_bindings::issue::issue(&decision, &issuer, &key, &inputs(2)).expect_err("no certificate");
    assert_eq!(error.code(), "issue/not-approved");
}

#[test]
fn a_signature_by_another_key_is_no_certificate() {
    let ca = fixed("P-256");
    let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let decision = web("web.example.com", &fixed("P-256"));
    let other = PrivateKey::generate(certgate::crypto::KeyKind::P256, [9; 32]).expect("a key");
    let error = issue(&issuer, &other, &decision).expect_err("another key");
    assert_eq!(code(&error), "issue/not-verified");
    // In two steps: the right key over other bytes, the wrong key over the right ones, and no signature at all.
    let prepare = || {
        let approval = decision.as_core().approval().expect("an approval");
        issuer.prepare(approval, &inputs(2), ca.scheme()).expect("prepared")
    };
    let mut changed = prepare().tbs_der().to_vec();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let over_others = ca.sign(&changed).expect("a signature");
    let by_other = other.sign(prepare().tbs_der()).expect("a signature");
    let of_another_kind = fixed("RSA-2048").sign(prepare().tbs_der()).expect("a signature");
    for signature in [over_others, by_other, of_another_kind, vec![0x30], Vec::new()] {
        let error = prepare().assemble(&signature).expect_err("no certificate");
        assert_eq!(code(&error), "issue/not-verified");
    }
    let signature = ca.sign(prepare().tbs_der()).expect("a signature");
    prepare().assemble(&signature).expect("the certificate");
}

#[test]
fn no_certificate_outlives_its_issuer() {
    let ca = fixed("P-256");
    let decision = web("web.example.com", &fixed("P-256"));
    let short = root(&ca, "2026-01-01T12:00:00Z");
    let issuer = Issuer::new(Arc::clone(&short), Vec::new()).expect("an issuer");
    assert_eq!(code(&issue(&issuer, &ca, &decision).expect_err("too long")), "issue/beyond-issuer");
    let cut = issue(&issuer.with_beyond(BeyondIssuer::Truncate), &ca, &decision).expect("a shorter one");
    assert_eq!(cut.validity().not_after, short.validity().not_after);
    let expired = Issuer::new(root(&ca, "2025-06-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let error =
        issue(&expired.with_beyond(BeyondIssuer::Truncate), &ca, &decision).expect_err("an expired issuer");
    assert_eq!(code(&error), "issue/issuer");
    let early = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let inputs = IssueInputs { at: at("2024-06-01T00:00:00Z"), ..inputs(2) };
    let approval = decision.as_core().approval().expect("an approval");
    let error = early.prepare(approval, &inputs, ca.scheme()).expect_err("an issuer that is not valid yet");
    assert_eq!(code(&error), "issue/issuer");
}

#[test]
fn only_a_ca_issues_and_within_its_path_length() {
    let ca = fixed("P-256");
    let top = root(&ca, "2030-01-01T00:00:00Z");
    let issuer = Issuer::new(Arc::clone(&top), Vec::new()).expect("an issuer");
    let leaf = issue(&issuer, &ca, &web("web.example.com", &fixed("P-256"))).expect("a leaf");
    assert_eq!(code(&Issuer::new(leaf, vec![Arc::clone(&top)]).expect_err("a leaf")), "issue/issuer");
    let key = PrivateKey::generate(certgate::crypto::KeyKind::P256, [3; 32]).expect("a key");
    let request = NewRequest {
        subject: vec![(COMMON_NAME, "Intermediate".to_owned())],
        basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(0) }),
        ..NewRequest::default()
    };
    let intermediate = issue(&issuer, &ca, &decide(INTERMEDIATE, &request, &key)).expect("an intermediate");
    let below = Issuer::new(intermediate, vec![top]).expect("an issuer");
    issue(&below, &key, &web("web.example.com", &fixed("P-256"))).expect("a leaf below");
    // Path length 0: no CA below. The policy allows it, the issuer's own certificate does not.
    let request = NewRequest { subject: vec![(COMMON_NAME, "Below".to_owned())], ..request };
    let error =
        issue(&below, &key, &decide(INTERMEDIATE, &request, &fixed("P-256"))).expect_err("one too many");
    assert_eq!(code(&error), "issue/issuer");
}

#[test]
fn serial_numbers_are_positive_and_short() {
    let ca = fixed("P-256");
    let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let decision = web("web.example.com", &fixed("P-256"));
    for octets in [&[0u8][..], &[0x80], &[0x00, 0x7f], &[0x7f; 21], &[]] {
        let inputs = IssueInputs { serial_number: SerialNumber::from_octets(octets), at: at(AT) };
        let approval = decision.as_core().approval().expect("an approval");
        let error = issuer.prepare(approval, &inputs, ca.scheme()).expect_err("no serial number");
        assert_eq!(code(&error), "issue/serial-number", "{octets:02x?}");
    }
    for random in [[0u8; 20], [0xff; 20]] {
        let serial = IssueInputs::new(at(AT), random).serial_number;
        assert!(!serial.is_negative() && !serial.is_zero() && serial.as_octets().len() == 20);
    }
}

#[test]
fn revocation_lists_are_signed_and_hold_what_was_revoked() {
    let ca = fixed("P-256");
    let issuer = Issuer::new(root(&ca, "2030-01-01T00:00:00Z"), Vec::new()).expect("an issuer");
    let revoke = |octet, reason| Revocation {
        serial_number: SerialNumber::from_octets(&[octet]),
        at: at("2025-12-01T00:00:00Z"),
        reason,
    };
    let mut list = NewRevocationList {
        number: SerialNumber::from_octets(&[7]),
        this_update: at(AT),
        next_update: at(AT).checked_add(Duration::parse("7d").expect("a duration")).expect("a time"),
        revocations: vec![revoke(9, ReasonCode::KeyCompromise), revoke(3, ReasonCode::Unspecified)],
    };
    let made = list.prepare(&issuer, ca.scheme()).and_then(|prepared| prepared.sign(&ca)).expect("a list");
    let found: Vec<(String, ReasonCode)> =
        made.entries().iter().map(|entry| (entry.serial_number().to_string(), entry.reason())).collect();
    assert_eq!(
        found,
        [("03".to_owned(), ReasonCode::Unspecified), ("09".to_owned(), ReasonCode::KeyCompromise)]
    );
    assert_eq!(made.number(), Some(&[7u8][..]));
    list.revocations.push(revoke(9, ReasonCode::Superseded));
    let error = list.prepare(&issuer, ca.scheme()).expect_err("twice");
    assert_eq!(code(&error), "issue/serial-number");
    list.revocations.clear();
    let empty = list.prepare(&issuer, ca.scheme()).and_then(|prepared| prepared.sign(&ca)).expect("a list");
    assert!(empty.entries().is_empty());
    list.next_update = list.this_update;
    assert_eq!(code(&list.prepare(&issuer, ca.scheme()).expect_err("no time")), "issue/validity");
    list.next_update = at("2026-02-01T00:00:00Z");
    let other = fixed("P-384");
    let prepared = list.prepare(&issuer, ca.scheme()).expect("prepared");
    assert_eq!(code(&prepared.sign(&other).expect_err("another key")), "issue/not-verified");
}
