//! Checking a request: reading it, verifying its signature, and holding its names against what is allowed. The engine does it by
//! a whole policy; the other libraries have a loop over the names.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use certgate::crypto::{CryptoProvider, SignatureVerifier, Verification};
use certgate::policy::Context;
use certgate::request::CertificationRequest;
use certgate::time::Timestamp;
use certgate_bindings::Policy;
use rcgen::{CertificateSigningRequestParams, SanType};
use x509_parser::prelude::*;

use crate::pool;
use crate::rounds::{self, Contestant};

const SUFFIX: &str = ".bench.example.com";

/// Pools, the file of each, and the goals: certgate's time to that of the faster other one, with and without key checks.
const POOLS: [(&str, &str, f64, f64); 2] =
    [("P-256, 3 names", "p-256.pool", 1.25, 1.25), ("RSA-2048, 20 names", "rsa-2048.pool", 2.1, 1.3)];

pub fn run(folder: &Path) {
    let policy = Policy::load(include_str!("../policy.json")).expect("the policy");
    let at = Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time");
    for (title, file, goal, goal_without) in POOLS {
        let pool = pool::read(&folder.join(file));
        let counted = count_verifications(&policy, at, &pool);
        let context = Context::new(at);
        let check = |input: &[u8]| {
            let request = CertificationRequest::from_der(input).expect("a request");
            policy.as_core().evaluate(&request, &context).is_allowed()
        };
        let keys: Vec<_> =
            pool.iter().map(|input| CertificationRequest::from_der(input).expect("a request")).collect();
        let next_key = std::cell::Cell::new(0);
        let key_checks = |_: &[u8]| {
            let request = &keys[next_key.replace((next_key.get() + 1) % keys.len())];
            request.public_key().check(None).is_empty()
        };
        let contestants = [
            Contestant { name: "certgate", work: Box::new(check) },
            Contestant { name: "certgate's key checks alone", work: Box::new(key_checks) },
            Contestant { name: "x509-parser + ring", work: Box::new(x509_parser) },
            Contestant { name: "rcgen + ring", work: Box::new(rcgen) },
        ];
        let times = rounds::run(&contestants, &pool);
        println!(
            "{title}: a pool of {}, {counted} signatures verified for {} requests",
            pool.len(),
            pool.len()
        );
        for (contestant, time) in contestants.iter().zip(&times) {
            println!("  {:<30} {time:>8.1} us", contestant.name);
        }
        let fastest = times[2].min(times[3]);
        println!("  ratio                          {:>8.2}    goal at most {goal}", times[0] / fastest);
        let without = times[0] - times[1];
        println!(
            "  ratio without key checks       {:>8.2}    goal at most {goal_without}",
            without / fastest
        );
    }
}

static VERIFIED: AtomicU64 = AtomicU64::new(0);

/// The best back end, counted.
struct Counted(fn() -> &'static dyn SignatureVerifier);

impl SignatureVerifier for Counted {
    fn name(&self) -> &'static str {
        (self.0)().name()
    }

    fn verify(&self, verification: &Verification<'_>) -> bool {
        VERIFIED.fetch_add(1, Ordering::Relaxed);
        (self.0)().verify(verification)
    }
}

static COUNTED_P256: Counted = Counted(|| CryptoProvider::best().p256);
static COUNTED_RSA: Counted = Counted(|| CryptoProvider::best().rsa);

/// How many signatures a check of the whole pool verifies: one each, or the run ends.
fn count_verifications(policy: &Policy, at: Timestamp, pool: &[Vec<u8>]) -> u64 {
    let counted = CryptoProvider { p256: &COUNTED_P256, rsa: &COUNTED_RSA, ..CryptoProvider::PORTABLE };
    let context = Context::new(at).with_crypto(Box::leak(Box::new(counted)));
    VERIFIED.store(0, Ordering::Relaxed);
    for input in pool {
        let request = CertificationRequest::from_der(input).expect("a request");
        assert!(policy.as_core().evaluate(&request, &context).is_allowed());
    }
    let verified = VERIFIED.load(Ordering::Relaxed);
    assert_eq!(verified, pool.len() as u64, "one signature a request");
    verified
}

fn x509_parser(input: &[u8]) -> bool {
    let (_, request) = X509CertificationRequest::from_der(input).expect("a request");
    request.verify_signature().is_ok()
        && request.requested_extensions().into_iter().flatten().all(|extension| match extension {
            ParsedExtension::SubjectAlternativeName(names) => names
                .general_names
                .iter()
                .all(|name| matches!(name, GeneralName::DNSName(name) if name.ends_with(SUFFIX))),
            _ => false,
        })
}

fn rcgen(input: &[u8]) -> bool {
    // It verifies the signature.
    let request = CertificateSigningRequestParams::from_der(&input.into()).expect("a request");
    let names = &request.params.subject_alt_names;
    names.iter().all(|name| matches!(name, SanType::DnsName(name) if name.as_str().ends_with(SUFFIX)))
}
