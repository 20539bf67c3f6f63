//! Policy documents. Oracle: the canonical form loads, is its own canonical form, has the same digest, and makes the same
//! decisions.

use std::sync::OnceLock;

use certgate::policy::Context;
use certgate::time::Timestamp;
use certgate_bindings::{Policy, Request, policy_to_json};
use certgate_tests::request::{Csr, dns};

use crate::{PLANTED, lenient};

pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let policy = match Policy::load(text) {
        Ok(policy) => policy,
        Err(error) => {
            let lines = u32::try_from(text.lines().count()).expect("few lines") + 1;
            for diagnostic in error.diagnostics() {
                if let Some(position) = diagnostic.position {
                    assert!((1..=lines).contains(&position.line), "{diagnostic:?}");
                }
            }
            return;
        }
    };
    let canonical = canonical(&policy);
    let again = Policy::load(&canonical).expect("the canonical form");
    assert_eq!(again.canonical_json(), policy.canonical_json());
    assert_eq!(again.digest(), policy.digest());
    assert_eq!(policy_to_json(text).expect("a policy that was loaded"), policy.canonical_json());
    for request in requests() {
        let context = context();
        let (one, other) = (policy.evaluate(request, &context), again.evaluate(request, &context));
        assert_eq!(one.as_core(), other.as_core());
    }
}

fn canonical(policy: &Policy) -> String {
    let canonical = policy.canonical_json();
    // Planted: the canonical form forgets that wildcards are allowed.
    if PLANTED { canonical.replace(",\"wildcard\":\"allow\"", "") } else { canonical }
}

fn requests() -> &'static [Request] {
    static REQUESTS: OnceLock<Vec<Request>> = OnceLock::new();
    REQUESTS.get_or_init(|| {
        let names =
            [&["api.team.example.com"][..], &["*.team.example.com"], &["a.example.com", "b.c.example.com"]];
        names
            .iter()
            .map(|names| {
                let names: Vec<Vec<u8>> = names.iter().map(|name| dns(name)).collect();
                Request::parse(&Csr::names(&names).der()).expect("a request")
            })
            .collect()
    })
}

fn context() -> Context {
    Context::new(Timestamp::from_rfc3339(certgate_tests::vector::AT).expect("a time")).with_crypto(lenient())
}
