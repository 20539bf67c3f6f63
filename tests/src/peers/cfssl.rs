//! Signing profiles of cfssl.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

use super::{Exception, Row, Verdict, Why, request};
use crate::request::{Csr, Signing, dns, extension, extension_request, ip, san};
use Why::Stricter;

const REGEX: &str = r"^[a-z]+\.example\.com$";

/// A profile that signs servers for a year, with these fields besides.
fn profile(fields: Value) -> Value {
    let mut profile = json!({ "expiry": "8760h", "usages": ["digital signature", "server auth"] });
    profile.as_object_mut().expect("a map").extend(fields.as_object().expect("a map").clone());
    json!({ "signing": { "default": profile } })
}

fn row(id: &'static str, policy: Value, csr: &Csr, context: Value, theirs: Verdict) -> Row {
    Row { id, peer: Peer::Cfssl, policy, request: csr.der(), context, theirs }
}

/// A request with basicConstraints and names.
fn asking(ca: bool, path_length: Option<u8>, names: &[Vec<u8>]) -> Csr {
    use crate::der::{boolean, int, seq};
    let mut fields = Vec::new();
    if ca {
        fields.push(boolean(0xff));
    }
    fields.extend(path_length.map(|length| int(&[length])));
    let mut extensions = vec![extension("2.5.29.19", true, &seq(&fields))];
    if !names.is_empty() {
        extensions.push(san(names));
    }
    Csr {
        attributes: Some(crate::request::attributes(&[extension_request(&extensions)])),
        ..request(&[("cn", "a.example.com")])
    }
}

pub fn rows() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let a = request(&[("cn", "a.example.com"), ("dns", "a.example.com")]);
    let broken =
        Csr { signing: Signing::Octets([&[0][..], &[0x30, 6, 2, 1, 1, 2, 1, 1]].concat()), ..a.clone() };
    let ca =
        json!({ "ca_constraint": { "is_ca": true, "max_path_len": 1 }, "usages": ["cert sign", "crl sign"] });
    vec![
        row("F02", profile(json!({ "usages": ["bogus"] })), &a, json!({}), Verdict::Deny),
        row("F03", profile(json!({ "usages": ["bogus", "server auth"] })), &a, json!({}), any()),
        row(
            "F06",
            profile(json!({ "name_whitelist": REGEX })),
            &request(&[("cn", "a.example.com"), ("dns", "a.example.com"), ("ip", "203.0.113.9")]),
            json!({}),
            Verdict::names(&["dns a.example.com", "ip 203.0.113.9"]),
        ),
        row("F09", profile(json!({})), &asking(true, None, &[]), json!({}), Verdict::Deny),
        row(
            "F10",
            profile(json!({ "ca_constraint": { "is_ca": true }, "usages": ["cert sign", "crl sign"] })),
            &asking(true, Some(1), &[]),
            json!({ "facts": { "issuerPathLength": 1 } }),
            Verdict::Deny,
        ),
        row(
            "F11",
            profile(ca),
            &asking(false, None, &[dns("a.example.com"), ip(&[10, 0, 0, 1])]),
            json!({}),
            Verdict::names(&["ip 10.0.0.1"]),
        ),
        row(
            "F12",
            profile(json!({ "name_whitelist": REGEX, "copy_extensions": true })),
            &request(&[("cn", "a.example.com"), ("dns", "evil.test")]),
            json!({ "parameters": { "hosts": ["a.example.com"] } }),
            Verdict::names(&["dns evil.test"]),
        ),
        row("F15", profile(json!({})), &broken, json!({}), Verdict::Deny),
        row(
            "F16",
            profile(json!({ "expiry": "87600h" })),
            &a,
            json!({ "facts": { "issuerNotAfter": "2027-01-01T00:00:00Z" } }),
            any(),
        ),
    ]
}

pub const EXCEPTIONS: &[Exception] = &[
    Exception { id: "F02", ours: Verdict::Refused, why: Stricter("a usage that is not known is a fault") },
    Exception { id: "F03", ours: Verdict::Refused, why: Stricter("a usage that is not known is a fault") },
    Exception { id: "F11", ours: Verdict::Deny, why: Stricter("a certificate of a CA must be asked for") },
    Exception { id: "F12", ours: Verdict::Deny, why: Stricter("every name of the request is judged") },
];
