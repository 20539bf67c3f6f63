//! Section 2g: rows 111 to 113: expressions in CEL that cost more than they look. Each ends when the policy is loaded, or in a
//! denial before anything runs.

use crate::request::{Csr, dns};
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    let good = Csr::default().der();
    let rule = |source: &str| format!("{OPEN}rules:\n  - {{ code: a, cel: {source:?}, message: m }}\n");
    let refused = |id: &str, source: &str, code: &'static str| {
        let expected = Expect::PolicyError(vec![(code, "rules[0].cel")]);
        Vector::new(id, good.clone(), expected).by(&rule(source))
    };
    // What is long and costs nothing: each step of the parser is bounded, and what it gives is small.
    let allowed = |id: &str, source: &str| Vector::allowed(id, good.clone()).by(&rule(source));
    let budget = "document/cel-budget";
    let nested = |open: &str, middle: &str, close: &str, levels: usize| {
        format!("{}{middle}{}", open.repeat(levels), close.repeat(levels))
    };
    // The values of the request, and not of the certificate, are what is longer than was assumed.
    let pairs = rule("request.dns.all(a, request.dns.all(b, a.size() == b.size() || a.size() != b.size()))");
    let many: Vec<Vec<u8>> = (0..900).map(|index| dns(&format!("n{index}.example.com"))).collect();
    vec![
        refused("row111-cel-terms", &["true"; 10_000].join(" || "), budget),
        allowed("row111-cel-terms-short", &["true"; 250].join("||")),
        refused("row111-cel-brackets", &nested("(", "true", ")", 10_000), budget),
        allowed("row111-cel-brackets-short", &nested("(", "true", ")", 900)),
        refused("row111-cel-lists", &format!("{} == []", nested("[", "", "]", 900)), budget),
        allowed("row111-cel-not", &format!("{}true", "!".repeat(2_000))),
        refused("row111-cel-conditions", &nested("true ? (", "true", ") : false", 120), budget),
        refused("row111-cel-text", &format!("'{}' == ''", "x".repeat(1 << 20)), budget),
        refused(
            "row112-cel-four-loops",
            "cert.dns.all(a, cert.dns.all(b, cert.dns.all(c, cert.dns.all(d, a == d))))",
            budget,
        ),
        refused(
            "row112-cel-three-loops",
            "cert.dns.all(a, cert.dns.all(b, cert.dns.all(c, a == c || b == c)))",
            budget,
        ),
        refused(
            "row112-cel-pairs-of-texts",
            "cert.dns.map(a, cert.dns.map(b, a + b).join(',')).join(',').size() > 0",
            budget,
        ),
        refused(
            "row112-cel-growing-text",
            "cert.dns.map(a, a.replace('e', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee')).join('').size() > 0",
            budget,
        ),
        refused("row112-cel-range", "lists.range(2000000000).size() > 0", "document/cel"),
        refused("row112-cel-pattern", "cert.dns.all(d, d.matches('^((a{100}){100}){100}$'))", "document/cel"),
        Vector::new(
            "row112-cel-more-than-assumed",
            Csr::names(&many).der(),
            Expect::Denied(vec![
                ("policy/cel-budget", ""),
                ("policy/too-many-names", "extensions.subjectAltName"),
            ]),
        )
        .by(&pairs),
    ]
}
