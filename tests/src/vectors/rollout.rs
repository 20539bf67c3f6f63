//! Exceptions from rules.

use crate::request::{Csr, dns};
use crate::vector::{Expect, OPEN, Vector};

fn exception(codes: &str, values: &str, until: &str) -> String {
    format!(
        "{OPEN}exceptions:\n  - match: {{ codes: [{codes}], values: [\"{values}\"] }}\n    until: {until}\n    owner: web team\n    reason: moving\n"
    )
}

pub(super) fn vectors() -> Vec<Vector> {
    let other = || Csr::names(&[dns("other.test")]).der();
    let later = "2026-06-01T00:00:00Z";
    let earlier = "2025-06-01T00:00:00Z";
    let not_allowed = ("policy/dns-not-allowed", "extensions.subjectAltName[0].dNSName");
    let denied =
        |id: &str, policy: String| Vector::new(id, other(), Expect::Denied(vec![not_allowed])).by(&policy);
    let fault = |id: &str, policy: &str, path: &'static str| {
        Vector::new(id, other(), Expect::PolicyError(vec![("document/exception", path)])).by(policy)
    };
    let mut broken = Csr::default().der();
    if let Some(last) = broken.last_mut() {
        *last ^= 1;
    }
    let current = exception("policy/dns-not-allowed", "other.*", later);
    vec![
        Vector::warned("exception-used", other(), "policy/exception-used").by(&current),
        denied("exception-for-another-value", exception("policy/dns-not-allowed", "third.*", later)),
        denied("exception-for-another-code", exception("policy/dns-denied", "other.*", later)),
        denied("exception-expired", exception("policy/dns-not-allowed", "other.*", earlier)),
        denied(
            "exception-in-another-context",
            current.replace("values: [\"other.*\"]", "values: [\"other.*\"], context: { namespace: [prod] }"),
        ),
        Vector::denied("exception-from-a-hard-rule", broken, "signature/invalid", "signature")
            .by(&exception("policy/dns-not-allowed", "*", later)),
        fault(
            "exception-code-of-a-hard-rule",
            &exception("signature/invalid", "*", later),
            "exceptions[0].match.codes[0]",
        ),
        fault(
            "exception-without-owner",
            &current.replace("owner: web team", "owner: \"\""),
            "exceptions[0].owner",
        ),
        fault(
            "exception-without-codes",
            &current.replace("codes: [policy/dns-not-allowed]", "codes: []"),
            "exceptions[0].match.codes",
        ),
    ]
}
