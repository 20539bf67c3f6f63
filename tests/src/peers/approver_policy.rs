//! CertificateRequestPolicies of approver-policy.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

use super::{Exception, Row, Verdict, Why, request};
use Why::{Normalised, Stricter};

/// A policy for every issuer with this spec; `spec` may have a selector of its own.
fn policy(spec: Value) -> Value {
    let mut full = json!({ "selector": { "issuerRef": {} } });
    full.as_object_mut().expect("a spec").extend(spec.as_object().expect("a spec").clone());
    json!({
        "apiVersion": "policy.cert-manager.io/v1alpha1",
        "kind": "CertificateRequestPolicy",
        "metadata": { "name": "test" },
        "spec": full,
    })
}

/// A row on `allowed`, for a request that asks for no usages.
pub(super) fn allowed(id: &'static str, allowed: Value, parts: &[(&str, &str)], theirs: Verdict) -> Row {
    spec(id, json!({ "allowed": allowed }), parts, json!({ "usages": [] }), theirs)
}

fn spec(id: &'static str, spec: Value, parts: &[(&str, &str)], context: Value, theirs: Verdict) -> Row {
    Row {
        id,
        peer: Peer::ApproverPolicy,
        policy: policy(spec),
        request: request(parts).der(),
        context,
        theirs,
    }
}

pub fn rows() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let domain = || json!({ "dnsNames": { "values": ["*.example.com"] } });
    let dns = [("dns", "a.example.com")];
    let usages = |id, words: Value, asked: Value, theirs| {
        let allowed = json!({ "dnsNames": { "values": ["*.example.com"] }, "usages": words });
        spec(id, json!({ "allowed": allowed }), &dns, json!({ "usages": asked }), theirs)
    };
    let bounded = |id, duration: Value, theirs| {
        let spec_of = json!({ "allowed": domain(), "constraints": { "maxDuration": "24h" } });
        let mut context = json!({ "usages": [] });
        if !duration.is_null() {
            context["duration"] = duration;
        }
        spec(id, spec_of, &dns, context, theirs)
    };
    let key = |id, private_key: Value, key, theirs| {
        let spec_of = json!({ "allowed": domain(), "constraints": { "privateKey": private_key } });
        spec(id, spec_of, &[("dns", "a.example.com"), ("key", key)], json!({ "usages": [] }), theirs)
    };
    let issuer = json!({ "name": "ca", "kind": "Issuer", "group": "cert-manager.io" });
    vec![
        allowed("A03", domain(), &dns, Verdict::names(&["dns a.example.com"])),
        allowed("A05", domain(), &[("dns", "*.example.com")], Verdict::names(&["dns *.example.com"])),
        allowed("A06", domain(), &[("dns", "example.com")], Verdict::Deny),
        allowed("A07", domain(), &[("dns", "A.EXAMPLE.COM")], Verdict::Deny),
        allowed("A11", json!({ "dnsNames": { "required": true, "values": ["*"] } }), &[], Verdict::Deny),
        allowed("A12", json!({ "dnsNames": { "required": true } }), &[], Verdict::Refused),
        allowed("A14", domain(), &[("cn", "a.example.com"), ("dns", "a.example.com")], Verdict::Deny),
        allowed(
            "A15",
            json!({ "commonName": { "value": "a.example.com" } }),
            &[("cn", "evil.test"), ("cn", "a.example.com")],
            Verdict::Deny,
        ),
        allowed(
            "A17",
            json!({ "ipAddresses": { "values": ["10.0.0.0/8"] } }),
            &[("ip", "10.0.0.1")],
            Verdict::Deny,
        ),
        allowed(
            "A18",
            json!({ "ipAddresses": { "values": ["2001:db8:*"] } }),
            &[("ip", "2001:db8::1")],
            any(),
        ),
        allowed(
            "A19",
            json!({ "uris": { "values": ["spiffe://td/*"] } }),
            &[("uri", "spiffe://td/ns/a/sa/b")],
            Verdict::names(&["uri spiffe://td/ns/a/sa/b"]),
        ),
        allowed(
            "A21",
            json!({ "dnsNames": { "values": ["münchen.de"] } }),
            &[("dns", "xn--mnchen-3ya.de")],
            Verdict::Deny,
        ),
        usages("A22", json!(["digital signature"]), json!(["signing"]), Verdict::Deny),
        usages("A23", json!(["*"]), json!(["cert sign"]), any()),
        allowed("A24", domain(), &dns, any()),
        usages("A25", json!(null), json!(["server auth"]), Verdict::Deny),
        bounded("A27", json!(null), Verdict::Deny),
        bounded("A28", json!("24h"), any()),
        bounded("A29", json!("24h0m1s"), Verdict::Deny),
        key("A30", json!({ "minSize": 256 }), "Ed25519", Verdict::Deny),
        key("A31", json!({ "algorithm": "RSA", "minSize": 2048, "maxSize": 4096 }), "P-256", Verdict::Deny),
        key("A32", json!({ "algorithm": "Ed25519", "minSize": 256 }), "Ed25519", Verdict::Refused),
        allowed("A33", domain(), &[("mail", "a@example.com"), ("dns", "a.example.com")], Verdict::Deny),
        allowed("A34", json!({ "otherNames": [] }), &[("upn", "u@example.com")], Verdict::Deny),
        allowed("A35", domain(), &[("dns", "a.example.com"), ("directory", "a")], Verdict::Deny),
        spec(
            "A39",
            json!({ "allowed": domain(), "selector": { "issuerRef": { "name": "vault-*" } } }),
            &dns,
            json!({ "usages": [], "issuer": issuer }),
            Verdict::Pending,
        ),
        allowed(
            "A42",
            json!({ "subject": { "otherAttributes": [{ "oid": "2.5.4.10", "values": ["Acme"] }] } }),
            &[],
            Verdict::Refused,
        ),
        allowed(
            "A43",
            json!({ "subject": { "organizations": { "values": ["Acme"] } } }),
            &[("o", "Acme"), ("o", "Evil")],
            Verdict::Deny,
        ),
        allowed(
            "A44",
            json!({ "commonName": { "value": "a.example.com" } }),
            &[("cn", "a.example.com"), ("cn", "a.example.com")],
            any(),
        ),
        allowed("A45", json!({}), &[("cn", "")], any()),
        spec("A47", json!({}), &[], json!({ "usages": [] }), Verdict::names(&[])),
    ]
}

pub const EXCEPTIONS: &[Exception] = &[
    Exception { id: "A07", ours: Verdict::Allow(None), why: Normalised("case") },
    Exception { id: "A21", ours: Verdict::Allow(None), why: Normalised("A-label") },
    Exception { id: "A22", ours: Verdict::Allow(None), why: Normalised("usage synonyms") },
    Exception { id: "A23", ours: Verdict::Deny, why: Stricter("keyCertSign is for CAs") },
    Exception { id: "A44", ours: Verdict::Deny, why: Stricter("one common name") },
    Exception { id: "A45", ours: Verdict::Deny, why: Stricter("an empty common name is one") },
];

pub const ELSEWHERE: &[(&str, &str)] = &[
    ("A37", "every policy judges the whole request: a combination of policies is a property of the call"),
    ("A38", "the host finds out who may use a policy: the importer says so"),
    ("M", "what cert-manager itself does with a request is no policy"),
];
