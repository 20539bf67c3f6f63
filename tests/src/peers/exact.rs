//! Rows that only the exact mode can show: parameters of the call, answers of the host, lifetimes to the second.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

use super::kubernetes_signer::row as signer;
use super::step_ca::{authority, row as step};
use super::vault::{role, with};
use super::{Row, Verdict, approver_policy, request};
use crate::der::{bits, null, oid, seq};
use crate::request::{Csr, extension, extension_request};

/// Names in the spelling of the program, where the row of the native mode has the canonical one.
pub const NAMES: &[(&str, &[&str])] = &[("B16", &["dns *.EXAMPLE.COM"])];

/// notBefore and notAfter, where the table says them.
pub const LIFETIMES: &[(&str, Option<&str>, &str)] = &[
    ("T03", None, "2026-01-05T04:00:00Z"),
    ("T04", None, "2026-01-03T00:00:00Z"),
    ("T05", None, "2026-02-02T00:00:00Z"),
    ("T07", None, "2026-07-28T08:00:00Z"),
    ("T15", None, "2026-01-03T02:00:00Z"),
    ("T19", None, "2025-12-31T19:00:00Z"),
    ("T21", Some("2025-12-31T23:30:00Z"), "2026-02-02T00:00:00Z"),
    ("T22", Some("2027-01-11T00:00:00Z"), "2026-02-02T00:00:00Z"),
    ("T25", None, "2025-12-31T19:00:00Z"),
    ("K23", None, "2026-01-01T01:00:00Z"),
    ("K8-34", None, "2026-01-01T00:10:00Z"),
    ("K8-35", Some("2025-12-31T23:55:00Z"), "2026-12-31T23:55:00Z"),
    ("V07", None, "2026-01-01T02:00:00Z"),
    ("F16", Some("2025-12-31T23:55:00Z"), "2035-12-29T23:55:00Z"),
];

/// Rows that warn, as the table says.
pub const WARNED: &[&str] = &["T04", "T05", "B58"];

fn vault(id: &'static str, policy: Value, parts: &[(&str, &str)], context: Value, theirs: Verdict) -> Row {
    Row { id, peer: Peer::OpenBaoRole, policy, request: request(parts).der(), context, theirs }
}

fn call(parameters: Value) -> Value {
    json!({ "parameters": parameters })
}

pub fn rows() -> Vec<Row> {
    let mut rows = vaults();
    rows.extend(others());
    rows
}

fn vaults() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let deny = || Verdict::Deny;
    let none = || Verdict::names(&[]);
    let alone = || call(json!({ "excludeCnFromSans": true }));
    let a = [("cn", "a.example.com")];
    let time = |id, fields: Value, context: Value, theirs| vault(id, with(fields), &a, context, theirs);
    let verbatim = {
        let purpose = seq(&[oid("1.3.6.1.5.5.7.3.3")]);
        let csr = Csr {
            attributes: Some(crate::request::attributes(&[extension_request(&[
                extension("2.5.29.37", false, &purpose),
                extension("1.3.6.1.4.1.99999.1", true, &null()),
            ])])),
            ..request(&[("o", "x")])
        };
        Row {
            request: csr.der(),
            ..vault("K22", role("R0"), &[], call(json!({ "path": "sign-verbatim" })), any())
        }
    };
    let p224 = || {
        let key = seq(&[
            seq(&[oid("1.2.840.10045.2.1"), oid("1.3.132.0.33")]),
            bits(&[&[4][..], &[0x11; 56]].concat()),
        ]);
        let csr = Csr::unsigned(key, seq(&[oid("1.2.840.10045.4.3.2")]), 64);
        Csr { subject: request(&a).subject, ..csr }.der()
    };
    let curve =
        |id, fields: Value, theirs| Row { request: p224(), ..vault(id, with(fields), &a, json!({}), theirs) };
    vec![
        vault("B39", role("D cnv[disabled]"), &[("cn", "evil.test")], alone(), none()),
        vault("B52", role("domains[münchen.de] bare"), &[("cn", "münchen.de")], alone(), none()),
        vault(
            "B58",
            role("D sub"),
            &[],
            call(
                json!({ "path": "issue", "keyType": "ec", "commonName": "a.example.com", "altNames": "w*.example.com" }),
            ),
            Verdict::names(&["dns a.example.com"]),
        ),
        time(
            "T16",
            json!({ "ttl": "100h" }),
            json!({ "facts": { "issuerNotAfter": "2026-01-03T02:00:00Z", "leafNotAfterBehavior": "err" } }),
            deny(),
        ),
        time(
            "T19",
            json!({ "ttl": "100h" }),
            json!({ "facts": { "issuerNotAfter": "2025-12-31T19:00:00Z", "leafNotAfterBehavior": "truncate" } }),
            any(),
        ),
        time(
            "T21",
            json!({ "not_before_bound": "duration", "not_before_duration": "1h" }),
            call(json!({ "notBefore": "2025-12-31T23:30:00Z" })),
            any(),
        ),
        time(
            "T22",
            json!({ "not_before_bound": "duration", "not_before_duration": "1h" }),
            call(json!({ "notBefore": "2027-01-11T00:00:00Z" })),
            any(),
        ),
        time(
            "T23",
            json!({ "not_before_bound": "forbid" }),
            call(json!({ "notBefore": "2025-12-31T23:00:00Z" })),
            deny(),
        ),
        curve("K07", json!({ "key_type": "ec" }), deny()),
        vault(
            "K15",
            with(json!({ "key_type": "any" })),
            &[],
            call(json!({ "path": "issue", "commonName": "a.example.com" })),
            deny(),
        ),
        verbatim,
        vault(
            "K23",
            json!({ "max_ttl": "1h" }),
            &a,
            json!({ "parameters": { "path": "sign-verbatim" }, "duration": "10h" }),
            any(),
        ),
        vault(
            "K27",
            role("any"),
            &a,
            json!({ "facts": { "issuerPermittedDns": "internal.test" } }),
            Verdict::names(&["dns a.example.com"]),
        ),
    ]
}

/// Rows with several keys, one each: K08 for P-224, P-256, P-384 and P-521.
pub fn curves() -> Vec<Row> {
    let all = vaults();
    let p224 = all.into_iter().find(|row| row.id == "K07").expect("a row with P-224").request;
    let policy = with(json!({ "key_type": "ec", "key_bits": 224 }));
    let row = |request| Row {
        request,
        ..vault("K08", policy.clone(), &[("cn", "a.example.com")], json!({}), Verdict::Allow(None))
    };
    let keys = ["P-256", "P-384", "P-521"].map(|key| request(&[("cn", "a.example.com"), ("key", key)]).der());
    std::iter::once(p224).chain(keys).map(row).collect()
}

fn others() -> Vec<Row> {
    let any = || Verdict::Allow(None);
    let deny = || Verdict::Deny;
    let a = [("dns", "a.example.com")];
    let jane = [("cn", "jane")];
    let n1 = [("o", "system:nodes"), ("cn", "system:node:n1")];
    let client = "kubernetes.io/kube-apiserver-client-kubelet";
    let ask = |row: Row, more: Value| {
        let mut context = row.context.clone();
        context.as_object_mut().expect("a map").extend(more.as_object().expect("a map").clone());
        Row { context, ..row }
    };
    let other = "example.com/x";
    let token = json!({ "facts": { "tokenSubject": "a", "tokenSans": ["a", "b"] } });
    let x5c = authority(json!({ "provisioners": [{ "type": "X5C", "name": "p" }] }));
    let ml_dsa = Csr {
        subject: request(&jane).subject,
        ..Csr::unsigned(
            seq(&[seq(&[oid("2.16.840.1.101.3.4.3.18")]), bits(&[0x17; 1952])]),
            seq(&[oid("2.16.840.1.101.3.4.3.18")]),
            3309,
        )
    };
    vec![
        Row {
            context: json!({ "usages": [], "facts": { "usablePolicies": "other" } }),
            ..approver_policy::allowed(
                "A38",
                json!({ "dnsNames": { "values": ["a.*"] } }),
                &[("dns", "a.x")],
                Verdict::Pending,
            )
        },
        signer("K8-28", other, &jane, "", deny()),
        signer("K8-29", other, &jane, "CA CA", deny()),
        ask(signer("K8-32", other, &jane, "CA", deny()), json!({ "signerName": "example.com/a/b" })),
        Row {
            request: ml_dsa.der(),
            ..signer("K8-38", "kubernetes.io/kube-apiserver-client", &jane, "DS KE CA", deny())
        },
        ask(
            signer("K8-40", client, &n1, "DS CA", Verdict::Pending),
            json!({ "requester": { "username": "system:node:n2" }, "facts": { "nodeclient": "denied" } }),
        ),
        step(
            "V03",
            authority(json!({})),
            &a,
            json!({ "duration": "24h59s", "parameters": { "notBefore": "2026-01-01T00:00:00Z" } }),
            any(),
        ),
        step("V07", x5c, &a, json!({ "facts": { "credentialNotAfter": "2026-01-01T02:00:00Z" } }), any()),
        step("V14", authority(json!({})), &[("cn", "b"), ("dns", "a"), ("dns", "b")], token, any()),
        step(
            "V16",
            authority(json!({})),
            &a,
            json!({ "facts": { "issuerPermittedDns": "internal.test" } }),
            deny(),
        ),
        step("V17", authority(json!({})), &a, json!({ "facts": { "templateFail": "no" } }), deny()),
    ]
}
