//! Section 2g: policy files, rows 107 to 114, and the faults of documents.

use crate::request::Csr;
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    let good = Csr::default().der();
    let fault = |id: &str, text: &str, code: &'static str, path: &'static str| {
        Vector::new(id, good.clone(), Expect::PolicyError(vec![(code, path)])).by(text)
    };
    let changed = |id: &str, from: &str, to: &str, code: &'static str, path: &'static str| {
        assert!(OPEN.contains(from), "{from}");
        fault(id, &OPEN.replacen(from, to, 1), code, path)
    };
    let changed_warning = |id: &str, from: &str, to: &str, code: &'static str| {
        assert!(OPEN.contains(from), "{from}");
        let input = Csr::names(&[crate::request::dns("example.com")]).der();
        Vector::warned(id, input, code).by(&OPEN.replacen(from, to, 1))
    };
    let bomb = {
        let mut text = String::from("a: &a [x, x]\n");
        for level in 1..20 {
            let before = char::from(b'a' + level - 1);
            let name = char::from(b'a' + level);
            text.push_str(&format!("{name}: &{name} [*{before}, *{before}, *{before}]\n"));
        }
        text + OPEN
    };
    let deep = format!("{OPEN}description: {}x{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let many_stars = "{ glob: \"*a*b*c*d*e*f*g*h*i.example.com\" }";
    vec![
        fault("row107-yaml-bomb", &bomb, "document/budget", "a"),
        fault(
            "row107-alias",
            &OPEN.replace("id: vectors", "description: &a x\nid: *a"),
            "document/budget",
            "description",
        ),
        fault("row107-nesting", &deep, "document/budget", "description"),
        fault("row107-json-nesting", &format!("{{\"a\":{}}}", "[".repeat(10_000)), "document/budget", "a"),
        fault(
            "row107-scalar",
            &format!("{OPEN}description: {}\n", "x".repeat(5 << 20)),
            "document/budget",
            "",
        ),
        fault("row108-duplicate-key", &format!("{OPEN}id: again\n"), "document/duplicate-key", "id"),
        changed(
            "row108-unknown-key",
            "wildcard: allow",
            "wildcrad: allow",
            "document/unknown-key",
            "names.dns.wildcrad",
        ),
        changed("row108-yes", "wildcard: allow", "wildcard: yes", "document/value", "names.dns.wildcard"),
        changed("row108-number-for-text", "max: 90d", "max: 90", "document/value", "validity.max"),
        changed("row108-octal", "max: 8192", "max: 0o20000x", "document/value", "keys.RSA.max"),
        fault("row108-merge-key", &format!("{OPEN}<<: {{ description: x }}\n"), "document/unknown-key", "<<"),
        fault("row108-tabs", "version: 1\n\tid: x\n", "document/syntax", ""),
        fault("row108-two-documents", &format!("{OPEN}---\n{OPEN}"), "document/syntax", ""),
        fault("row108-not-a-policy", "hello", "document/value", ""),
        fault("row108-json-trailing", "{\"version\": 1,}", "document/syntax", ""),
        fault(
            "row108-missing-key",
            "version: 1\nid: x\nnames: { dns: { allow: [a.b] } }\nkeys: { EC: [P-256] }\n",
            "document/missing-key",
            "",
        ),
        changed(
            "row109-many-stars",
            "{ under: example.com }",
            many_stars,
            "document/pattern",
            "names.dns.allow[1]",
        ),
        changed(
            "row110-unanchored",
            "{ under: example.com }",
            "{ regex: \"[0-9]+\" }",
            "document/regex-unanchored",
            "names.dns.allow[1]",
        ),
        changed(
            "row110-half-anchored",
            "{ under: example.com }",
            "{ regex: \"^a|b$\" }",
            "document/regex-unanchored",
            "names.dns.allow[1]",
        ),
        changed(
            "row110-multi-line",
            "{ under: example.com }",
            "{ regex: \"(?m)^a$\" }",
            "document/regex-unanchored",
            "names.dns.allow[1]",
        ),
        changed(
            "row110-huge",
            "{ under: example.com }",
            "{ regex: \"^(a{1000}){1000}$\" }",
            "document/regex",
            "names.dns.allow[1]",
        ),
        changed(
            "row110-reference",
            "{ under: example.com }",
            "{ regex: \"^${facts.x}$\" }",
            "document/reference",
            "names.dns.allow[1]",
        ),
        changed("row67-host-bits", "10.0.0.0/8", "10.0.0.1/8", "document/prefix", "names.ip.allow[0]"),
        changed("row67-bad-prefix", "10.0.0.0/8", "10.0.0.0/33", "document/prefix", "names.ip.allow[0]"),
        changed("row67-bad-address", "10.0.0.0/8", "10.0.0/8", "document/prefix", "names.ip.allow[0]"),
        changed("row90-overflow", "max: 90d", "max: 10000000000d", "document/value", "validity.max"),
        changed("row90-negative", "max: 90d", "max: -1d", "document/value", "validity.max"),
        changed("row90-zero", "default: 24h, max: 90d", "max: 0", "document/never-matches", "validity.max"),
        changed(
            "row90-default-over-max",
            "default: 24h",
            "default: 91d",
            "document/never-matches",
            "validity.default",
        ),
        changed("row90-min-over-max", "default: 24h", "min: 91d", "document/never-matches", "validity.min"),
        changed(
            "row114-no-key",
            "keys: { RSA: { max: 8192 }, EC: [P-256, P-384, P-521], Ed25519: {} }",
            "keys: {}",
            "document/never-matches",
            "keys",
        ),
        fault(
            "row114-no-name",
            "version: 1\nid: x\nkeys: { EC: [P-256] }\nvalidity: { max: 90d }\n",
            "document/never-matches",
            "names",
        ),
        changed(
            "row114-contradiction",
            "dns: {",
            "presence: forbidden\n  dns: {",
            "document/contradiction",
            "names.presence",
        ),
        changed("document-version", "version: 1", "version: 2", "document/version", "version"),
        changed("document-id", "id: vectors", "id: \"a b\"", "document/id", "id"),
        changed("document-curve", "P-521", "P-224", "document/curve", "keys.EC[2]"),
        changed(
            "document-bound",
            "RSA: { max: 8192 }",
            "RSA: { max: 16384 }",
            "document/bound",
            "keys.RSA.max",
        ),
        changed(
            "document-bound-min",
            "RSA: { max: 8192 }",
            "RSA: { min: 1024 }",
            "document/bound",
            "keys.RSA.min",
        ),
        changed(
            "document-usage",
            "[serverAuth]",
            "[serverAuth, bogus]",
            "document/usage",
            "usages.extended.allow[1]",
        ),
        changed(
            "document-usage-kind",
            "[serverAuth]",
            "[digitalSignature]",
            "document/usage",
            "usages.extended.allow[0]",
        ),
        changed(
            "document-pattern",
            "{ under: example.com }",
            "a..b",
            "document/pattern",
            "names.dns.allow[1]",
        ),
        changed(
            "document-pattern-star",
            "{ under: example.com }",
            "\"a.*.b\"",
            "document/pattern",
            "names.dns.allow[1]",
        ),
        changed(
            "document-pattern-two",
            "{ under: example.com }",
            "{ under: a, glob: b }",
            "document/value",
            "names.dns.allow[1]",
        ),
        changed(
            "document-reference",
            "{ under: example.com }",
            "\"${fact.x}\"",
            "document/reference",
            "names.dns.allow[1]",
        ),
        fault(
            "document-string-type",
            &OPEN.replace("subject:\n", "subject:\n  stringTypes: [Utf16String]\n"),
            "document/string-type",
            "subject.stringTypes[0]",
        ),
        fault(
            "document-extension-copied",
            &format!("{OPEN}extensions: {{ copy: [subjectAltName] }}\n"),
            "document/extension",
            "extensions.copy[0]",
        ),
        fault(
            "document-extension-issuer",
            &format!("{OPEN}extensions: {{ copy: [nameConstraints] }}\n"),
            "document/extension",
            "extensions.copy[0]",
        ),
        changed_warning(
            "row61-public-suffix",
            "{ under: example.com }",
            "{ under: co.uk }",
            "document/public-suffix",
        ),
        changed_warning("row61-wide-prefix", "10.0.0.0/8", "0.0.0.0/0", "document/wide-prefix"),
        fault(
            "document-cert-sign",
            &OPEN.replace("usages: {", "usages: { key: [keyCertSign],"),
            "document/contradiction",
            "usages.key",
        ),
    ]
}
