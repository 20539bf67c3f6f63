//! Wycheproof on every back end that this CPU runs: every verdict right, and none skipped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certgate::certificate::Certificate;
use certgate::crypto::{CryptoProvider, SignatureVerifier, Verification};
use certgate::diagnostic::codes;
use certgate::key::PublicKey;
use certgate::signature::SignatureAlgorithm;
use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_tests::certificate::{AT, Cert};
use certgate_tests::request::Signing;
use certgate_tests::wycheproof::{self, COUNTS, Case, Expected};

#[test]
fn all_tests_are_there() {
    let cases = wycheproof::cases();
    let files: BTreeMap<&str, usize> = cases.iter().fold(BTreeMap::new(), |mut files, case| {
        *files.entry(case.id.rsplit_once('/').expect("a file").0).or_default() += 1;
        files
    });
    let count = |wanted: &[Expected]| cases.iter().filter(|case| wanted.contains(&case.expected)).count();
    let found = (
        count(&[Expected::Valid, Expected::OtherParameters, Expected::SmallExponent]),
        count(&[Expected::Invalid]),
        count(&[Expected::MissingNull]),
    );
    assert_eq!((files.len(), found), (28, COUNTS), "fewer tests than there were is a failure");
    // What is right by the suite and still refused: no more than this.
    assert_eq!((count(&[Expected::SmallExponent]), count(&[Expected::OtherParameters])), (5, 294));
}

#[test]
fn every_back_end_is_right_on_every_test() {
    let cases = wycheproof::cases();
    let all = CryptoProvider::all();
    let back_ends: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    assert!(back_ends.contains(&"portable") && back_ends.contains(&"compact"), "{back_ends:?}");
    // `cargo xtask test` builds the hosts beside it, which verify by this one.
    if let Ok(wanted) = std::env::var("CERTGATE_BACK_END") {
        assert!(back_ends.contains(&wanted.as_str()), "{back_ends:?}");
    }
    let as_they_come = all.iter().map(|(name, provider)| ((*name).to_owned(), **provider));
    let made_ready = all.iter().map(|(name, provider)| (format!("{name}, keys made ready"), ready(provider)));
    let mut were_ready = Vec::new();
    for (name, provider) in as_they_come.chain(made_ready) {
        READY.store(0, Ordering::Relaxed);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for case in &cases {
            match verdict(case, &provider) {
                Ok(verdict) => *counts.entry(verdict).or_default() += 1,
                Err(fault) => wrong.push(format!("{}: {fault}, expected {:?}", case.id, case.expected)),
            }
        }
        println!("{name} ({provider:?}): {counts:?}");
        assert!(
            wrong.is_empty(),
            "{name}: {} wrong, such as {:#?}",
            wrong.len(),
            &wrong[..wrong.len().min(10)]
        );
        assert_eq!(counts.values().sum::<usize>(), cases.len());
        were_ready.push((name, READY.load(Ordering::Relaxed)));
    }
    println!("signatures under keys made ready: {were_ready:?}");
    let of = |name: &str| were_ready.iter().find(|(known, _)| known == name).map(|(_, count)| *count);
    assert_eq!(of("portable"), Some(0));
    if back_ends.contains(&"aws-lc-rs") {
        // All that come to a back end: the form of the others is wrong, or they are of Ed25519.
        assert!(of("aws-lc-rs, keys made ready").is_some_and(|count| count > 5_000), "{were_ready:?}");
    }
}

/// Signatures that were verified under a key that was made ready.
static READY: AtomicUsize = AtomicUsize::new(0);

/// A back end that makes each key ready first, as verifiers do with those of CAs.
struct Ready(&'static dyn SignatureVerifier);

impl SignatureVerifier for Ready {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        let Verification { scheme, key, message, signature } = *verification;
        let Some(key) = self.0.prepare(key) else { return self.0.verify(verification) };
        READY.fetch_add(1, Ordering::Relaxed);
        let first = key.verify(scheme, message, signature);
        assert_eq!(key.verify(scheme, message, signature), first, "the key is asked a second time");
        first
    }
}

fn ready(provider: &'static CryptoProvider) -> CryptoProvider {
    let ready = |back_end| -> &'static dyn SignatureVerifier { Box::leak(Box::new(Ready(back_end))) };
    CryptoProvider {
        p256: ready(provider.p256),
        p384: ready(provider.p384),
        p521: ready(provider.p521),
        rsa: ready(provider.rsa),
        ed25519: ready(provider.ed25519),
    }
}

#[test]
fn certificates_with_the_odd_signatures_are_refused() {
    let cases = wycheproof::cases();
    let odd = cases.iter().filter(|case| case.expected != Expected::Valid);
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let parameters = VerifyParameters::new(at, Purpose::Server);
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for case in odd.clone() {
        let root = Cert::root("root").set(|cert| cert.spki = case.public_key.clone());
        let signature = Signing::Octets([&[0][..], &case.signature].concat());
        let leaf = Cert::leaf("a.example.com", "root")
            .set(|cert| cert.algorithm = case.algorithm.clone())
            .signing(signature);
        // Some keys and algorithms cannot be read at all.
        let code = match (Certificate::from_der(&root.der()), Certificate::from_der(&leaf.der())) {
            (Ok(root), Ok(leaf)) => {
                let verifier = Verifier::new([Arc::new(root)], [], Profile::Rfc5280);
                verifier.verify(&Arc::new(leaf), &parameters).map(|_| ()).map_err(|error| error.code())
            }
            (Err(error), _) | (_, Err(error)) => Err(error.code()),
        };
        let code = code.expect_err(&case.id).as_str();
        *refused.entry(code).or_default() += 1;
    }
    println!("{refused:?}");
    assert_eq!(refused.values().sum::<usize>(), odd.count());
    let of_signatures = ["verify/signature", "verify/signature-not-accepted", "verify/key-not-accepted"];
    let of_reading: Vec<&&str> = refused.keys().filter(|code| !of_signatures.contains(code)).collect();
    assert!(
        of_reading.iter().all(|code| code.starts_with("signature/") || code.starts_with("key/")),
        "{of_reading:?}"
    );
}

/// What became of the case if that is right, else what is wrong.
fn verdict(case: &Case, provider: &CryptoProvider) -> Result<&'static str, String> {
    let status = PublicKey::from_der(&case.public_key)
        .and_then(|key| Ok((key, SignatureAlgorithm::from_der(&case.algorithm)?)))
        .map(|(key, algorithm)| algorithm.verify(&key, &case.message, &case.signature, provider));
    let code = match &status {
        Ok(status) => status.diagnostic().map(|diagnostic| diagnostic.code()),
        Err(error) => error.diagnostics().first().map(|diagnostic| diagnostic.code()),
    };
    let word = status.as_ref().map_or("error", |status| status.as_str());
    let right = match case.expected {
        Expected::Valid => word == "valid",
        Expected::Invalid => word == "invalid" && code == Some(codes::SIGNATURE_INVALID),
        Expected::MissingNull => word == "invalid",
        Expected::SmallExponent => word == "not-checked" && code == Some(codes::KEY_RSA_EXPONENT),
        Expected::OtherParameters => word != "valid" && code == Some(codes::SIGNATURE_PSS_PARAMETERS),
    };
    if right { Ok(word) } else { Err(format!("{word}, {code:?}")) }
}
