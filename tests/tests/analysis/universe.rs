//! Requests over small alphabets: every one that two aspects can tell apart.

use std::collections::HashMap;

use certgate::time::Timestamp;
use certgate_bindings::cases::RequestDescription;
use certgate_bindings::{ContextDocument, Policy, Request};
use serde_json::{Value, json};

use super::generator::Aspect;

/// Requests that have been made, by their descriptions: the signature is verified once.
#[derive(Default)]
pub struct Universe {
    requests: HashMap<String, Request>,
}

impl Universe {
    /// A request of the universe that `new` allows and `old` does not.
    pub fn difference(&mut self, aspects: &[Aspect; 2], new: &Policy, old: &Policy) -> Option<String> {
        let [first, second] = aspects;
        let seconds = if first == second { vec![json!({})] } else { values(*second) };
        for one in values(*first) {
            for two in &seconds {
                let mut all = json!({ "request": { "key": "P-256" }, "context": {} });
                overlay(&mut all, two);
                overlay(&mut all, &one);
                if all["request"]["dns"].is_null() && all["request"]["ip"].is_null() {
                    all["request"]["dns"] = json!(["a.x"]);
                }
                let text = all["request"].to_string();
                let request = self.requests.entry(text).or_insert_with_key(|text| {
                    let description: RequestDescription = serde_json::from_str(text).expect("a description");
                    Request::parse(&description.to_der().expect("a request")).expect("a request")
                });
                let context = ContextDocument::from_value(all["context"].clone()).expect("a context");
                let at = Timestamp::from_rfc3339(all["at"].as_str().unwrap_or("2026-01-01T00:00:00Z"));
                let context = context.to_context(at.expect("a time")).expect("a context");
                let by_new = new.as_core().evaluate(request.as_core(), &context);
                if by_new.is_allowed() && !old.as_core().evaluate(request.as_core(), &context).is_allowed() {
                    return Some(all.to_string());
                }
            }
        }
        None
    }
}

fn overlay(all: &mut Value, part: &Value) {
    for (section, values) in part.as_object().expect("a mapping") {
        if section == "at" {
            all["at"] = values.clone();
            continue;
        }
        for (key, value) in values.as_object().expect("a mapping") {
            all[section][key] = value.clone();
        }
    }
}

fn values(aspect: Aspect) -> Vec<Value> {
    match aspect {
        Aspect::Dns => {
            let names = [
                "a.x",
                "b.x",
                "ab.x",
                "z.x",
                "a.a.x",
                "b.a.x",
                "z.a.x",
                "a.b.x",
                "z.z.x",
                "z.a.a.x",
                "a.z.z.z.x",
                "aab.x",
                "a.z",
                "a",
                "z_.x",
                "a_.x",
                "*.x",
                "*.a.x",
                "*.b.x",
                "*.z.x",
                "*.a.a.x",
                "*.z.a.x",
            ];
            names.iter().map(|name| json!({ "request": { "dns": [name] } })).collect()
        }
        Aspect::Ip => {
            let addresses = [
                "10.0.0.0",
                "10.0.0.1",
                "10.0.0.2",
                "10.0.0.3",
                "10.0.0.4",
                "10.0.0.5",
                "10.0.0.7",
                "10.0.0.8",
                "fd00::",
                "fd00::1",
                "fd00::3",
                "fd00::4",
                "::ffff:10.0.0.1",
                "::ffff:10.0.0.2",
                "::ffff:10.0.0.5",
            ];
            addresses.iter().map(|address| json!({ "request": { "ip": [address] } })).collect()
        }
        Aspect::Count => (0..5).map(|count| json!({ "request": { "dns": vec!["a.x"; count] } })).collect(),
        Aspect::Keys => ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-3072", "RSA-4096"]
            .iter()
            .map(|key| json!({ "request": { "key": key } }))
            .collect(),
        Aspect::Purposes => subsets(&["serverAuth", "clientAuth", "codeSigning", "1.2.3.4"])
            .into_iter()
            .map(|set| json!({ "request": { "extendedKeyUsage": set } }))
            .collect(),
        Aspect::KeyUsage => {
            let bits = ["digitalSignature", "keyEncipherment", "keyAgreement", "dataEncipherment"];
            let mut all: Vec<Value> = subsets(&bits)
                .into_iter()
                .filter(|set| !set.is_empty())
                .map(|set| json!({ "request": { "keyUsage": set } }))
                .collect();
            all.push(json!({}));
            all
        }
        Aspect::Validity => {
            let mut all = vec![json!({})];
            for at in [
                "2026-01-01T00:00:00Z",
                "2026-01-01T12:00:00Z",
                "2026-06-01T00:00:00Z",
                "2026-12-31T12:00:00Z",
            ] {
                all.push(json!({ "at": at }));
                for duration in ["1s", "31s", "5m1s", "1h", "24h", "48h", "72h", "73h", "96h", "97h"] {
                    all.push(json!({ "at": at, "context": { "duration": duration } }));
                }
                for end in [
                    "2026-01-01T00:30:00Z",
                    "2026-01-01T12:30:00Z",
                    "2026-01-02T00:00:00Z",
                    "2026-01-03T00:00:00Z",
                ] {
                    all.push(json!({ "at": at, "context": { "notAfter": end } }));
                }
            }
            all
        }
        Aspect::Organization => {
            let lists: [&[&str]; 9] =
                [&[], &["A"], &["B"], &["AB"], &["AzB"], &["z"], &["A", "B"], &["A", "A"], &["B", "B"]];
            lists
                .iter()
                .map(|list| {
                    let subject: Vec<Value> = list.iter().map(|value| json!({ "O": value })).collect();
                    json!({ "request": { "subject": subject } })
                })
                .collect()
        }
        Aspect::CommonName => ["", "a.x", "b.x", "web", "az", "z.x"]
            .iter()
            .map(|name| match *name {
                "" => json!({}),
                name => json!({ "request": { "subject": [{ "CN": name }] } }),
            })
            .collect(),
        Aspect::Username => ["", "u1", "u2", "uz", "z1", "admin", "z"]
            .iter()
            .map(|name| match *name {
                "" => json!({}),
                name => json!({ "context": { "requester": { "username": name } } }),
            })
            .collect(),
        Aspect::Groups => subsets(&["g1", "g2", "z1", "other", "gz"])
            .into_iter()
            .map(|groups| json!({ "context": { "requester": { "username": "u1", "groups": groups } } }))
            .collect(),
    }
}

fn subsets<'a>(items: &[&'a str]) -> Vec<Vec<&'a str>> {
    (0u32..1 << items.len())
        .map(|bits| {
            let has = |index: usize| bits >> index & 1 == 1;
            items.iter().enumerate().filter(|(index, _)| has(*index)).map(|(_, item)| *item).collect()
        })
        .collect()
}
