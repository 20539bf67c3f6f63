//! The policy language: what each rule allows and denies beyond the catalogue.

use serde_json::json;

use crate::der::*;
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    [subjects(), keys(), counts(), usages(), validity(), conditions(), authorities(), imported()].concat()
}

fn with_subject(attributes: &[Vec<u8>]) -> Vec<u8> {
    Csr::subject(attributes).der()
}

fn organization(text: &str) -> Vec<u8> {
    atv("2.5.4.10", utf8(text))
}

fn subjects() -> Vec<Vector> {
    let rule = |rule: &str| {
        OPEN.replace("subject:\n  attributes: { organizationName: { allow: [\"*\"] }, countryName: { allow: [\"*\"] } }", rule)
    };
    let exactly = rule("subject: { attributes: { O: { presence: required, exactly: [Acme, Dev] } } }");
    let listed = rule(
        "subject: { attributes: { O: { allow: [Acme, { glob: \"team-*\", ignoreCase: true }], deny: [team-x] } } }",
    );
    let ignored = rule("subject: { ignore: [O] }");
    let forbidden =
        rule("subject: { attributes: { O: { presence: forbidden } }, commonName: { presence: forbidden } }");
    let common_name = rule(
        "subject: { commonName: { presence: required, allow: [\"${requester.username}\"], deny: [root] } }",
    );
    let both = rule("subject: { commonName: { allow: [\"a.*\"], inNames: required } }");
    let jane = json!({ "requester": { "username": "jane" } });
    let multi =
        rule("subject: { multiValued: allow, attributes: { O: { allow: [\"*\"] }, C: { allow: [\"*\"] } } }");
    vec![
        Vector::allowed("subject-exactly", with_subject(&[organization("Dev"), organization("Acme")]))
            .by(&exactly),
        Vector::denied("subject-exactly-missing", with_subject(&[]), "policy/subject-missing", "subject")
            .by(&exactly),
        Vector::denied(
            "subject-exactly-other",
            with_subject(&[organization("Acme")]),
            "policy/subject-not-allowed",
            "subject",
        )
        .by(&exactly),
        Vector::allowed("subject-list", with_subject(&[organization("Acme"), organization("TEAM-a")]))
            .by(&listed),
        Vector::denied(
            "subject-list-other",
            with_subject(&[organization("Evil")]),
            "policy/subject-not-allowed",
            "subject[0].organizationName",
        )
        .by(&listed),
        Vector::denied(
            "subject-list-denied",
            with_subject(&[organization("team-x")]),
            "policy/subject-denied",
            "subject[0].organizationName",
        )
        .by(&listed),
        Vector::warned("subject-ignored", with_subject(&[organization("Acme")]), "policy/subject-ignored")
            .by(&ignored),
        Vector::denied(
            "subject-forbidden",
            with_subject(&[organization("Acme")]),
            "policy/subject-not-allowed",
            "subject",
        )
        .by(&forbidden)
        .clone_with(Expect::Denied(vec![
            ("policy/subject-not-allowed", "subject"),
            ("policy/subject-not-allowed", "subject[0].organizationName"),
        ])),
        Vector::denied(
            "common-name-forbidden",
            with_subject(&[cn("a.example.com")]),
            "policy/common-name-forbidden",
            "subject[0].commonName",
        )
        .by(&forbidden),
        Vector::allowed("common-name-is-requester", with_subject(&[cn("jane")]))
            .by(&common_name)
            .with(jane.clone()),
        Vector::denied(
            "common-name-is-other",
            with_subject(&[cn("joe")]),
            "policy/common-name-not-allowed",
            "subject[0].commonName",
        )
        .by(&common_name)
        .with(jane.clone()),
        Vector::denied("common-name-missing", with_subject(&[]), "policy/common-name-missing", "subject")
            .by(&common_name)
            .with(jane),
        Vector::denied(
            "common-name-denied",
            with_subject(&[cn("root")]),
            "policy/common-name-denied",
            "subject[0].commonName",
        )
        .by(&common_name)
        .with(json!({ "requester": { "username": "root" } })),
        Vector::allowed("common-name-both", with_subject(&[cn("a.example.com")])).by(&both),
        Vector::denied(
            "common-name-both-pattern",
            Csr {
                subject: Csr::subject(&[cn("b.example.com")]).subject,
                ..Csr::names(&[dns("b.example.com")])
            }
            .der(),
            "policy/common-name-not-allowed",
            "subject[0].commonName",
        )
        .by(&both),
        Vector::new(
            "common-name-denied-as-a-name",
            Csr {
                subject: Csr::subject(&[cn("secret.example.com")]).subject,
                ..Csr::names(&[dns("secret.example.com")])
            }
            .der(),
            Expect::Denied(vec![
                ("policy/common-name-denied", "subject[0].commonName"),
                ("policy/dns-denied", "extensions.subjectAltName[0].dNSName"),
            ]),
        ),
        Vector::allowed(
            "multi-valued-allowed",
            Csr {
                subject: seq(&[set(&[atv("2.5.4.6", printable("CH")), organization("Acme")])]),
                ..Csr::default()
            }
            .der(),
        )
        .by(&multi),
    ]
}

fn keys() -> Vec<Vector> {
    let rule = |rule: &str| {
        OPEN.replace("keys: { RSA: { max: 8192 }, EC: [P-256, P-384, P-521], Ed25519: {} }", rule)
    };
    let algorithm = "subjectPublicKeyInfo.algorithm";
    let denied = |id: &str, key: &'static str, path: &'static str| {
        Vector::denied(id, Csr::key(key).der(), "policy/key-not-allowed", path)
    };
    vec![
        denied("key-rsa-not-allowed", "RSA-2048", algorithm).by(&rule("keys: { EC: [P-256] }")),
        denied("key-curve-not-allowed", "P-384", "subjectPublicKeyInfo.algorithm.parameters")
            .by(&rule("keys: { EC: [P-256] }")),
        denied("key-ec-not-allowed", "P-256", algorithm).by(&rule("keys: { Ed25519: {} }")),
        denied("key-ed25519-not-allowed", "Ed25519", algorithm).by(&rule("keys: { EC: [P-256] }")),
        Vector::allowed("key-ed25519-allowed", Csr::key("Ed25519").der()).by(&rule("keys: { Ed25519: {} }")),
        Vector::denied(
            "key-rsa-size",
            Csr::key("RSA-3072").der(),
            "policy/key-size",
            "subjectPublicKeyInfo.subjectPublicKey.modulus",
        )
        .by(&rule("keys: { RSA: { sizes: [2048, 4096] } }")),
        Vector::allowed("key-rsa-size-listed", Csr::key("RSA-4096").der())
            .by(&rule("keys: { RSA: { sizes: [2048, 4096] } }")),
    ]
}

fn counts() -> Vec<Vector> {
    let rule = |rule: &str| OPEN.replace("names:\n", &format!("names:\n  {rule}\n"));
    let dns_rule = |rule: &str| OPEN.replace("wildcard: allow }", &format!("wildcard: allow, {rule} }}"));
    let two = Csr::names(&[dns("a.example.com"), dns("b.example.com")]).der();
    let same = [dns("a.example.com"), dns("A.example.com")];
    let too_few = |id: &str, names: &[Vec<u8>]| {
        Vector::denied(id, Csr::names(names).der(), "policy/too-few-names", "extensions.subjectAltName")
    };
    let elsewhere = ["a.test", "b.test", "c.test", "d.test"].map(dns);
    let elsewhere = Csr::names(&elsewhere).der();
    let too_many = ("policy/too-many-names", "extensions.subjectAltName");
    let not_allowed = [
        ("policy/dns-not-allowed", "extensions.subjectAltName[0].dNSName"),
        ("policy/dns-not-allowed", "extensions.subjectAltName[1].dNSName"),
        ("policy/dns-not-allowed", "extensions.subjectAltName[2].dNSName"),
        ("policy/dns-not-allowed", "extensions.subjectAltName[3].dNSName"),
    ];
    let address = Csr::names(&[ip(&[10, 0, 0, 1])]).der();
    let forbidden = "version: 1\nid: x\nnames: { presence: forbidden }\nkeys: { EC: [P-256] }\nvalidity: { default: 1h, max: 1h }\n";
    vec![
        Vector::allowed("count-in-range", two.clone()).by(&rule("count: { min: 2, max: 2 }")),
        Vector::denied(
            "count-too-few",
            Csr::default().der(),
            "policy/too-few-names",
            "extensions.subjectAltName",
        )
        .by(&rule("count: { min: 2 }")),
        too_few("count-of-one-name-twice", &same).by(&rule("count: { min: 2 }")),
        too_few("count-of-a-kind-and-one-name-twice", &same).by(&dns_rule("count: { min: 2 }")),
        Vector::denied(
            "count-too-many-and-one-name-twice",
            Csr::names(&same).der(),
            "policy/too-many-names",
            "extensions.subjectAltName",
        )
        .by(&rule("count: { max: 1 }")),
        Vector::new(
            "count-names-beyond-are-not-judged",
            elsewhere.clone(),
            Expect::Denied(vec![too_many, not_allowed[0], not_allowed[1]]),
        )
        .by(&rule("count: { max: 2 }")),
        Vector::new("count-excepted-and-all-are-judged", elsewhere, Expect::Denied(not_allowed.to_vec())).by(
            &format!(
                "{}exceptions:\n  - match: {{ codes: [policy/too-many-names] }}\n    until: 2026-06-01T00:00:00Z\n    owner: web team\n    reason: moving\n",
                rule("count: { max: 2 }")
            ),
        ),
        Vector::denied("count-too-many", two.clone(), "policy/too-many-names", "extensions.subjectAltName")
            .by(&rule("count: { max: 1 }")),
        Vector::denied("count-of-a-kind", two, "policy/too-many-names", "extensions.subjectAltName")
            .by(&dns_rule("count: { max: 1 }")),
        Vector::denied(
            "presence-of-a-kind",
            address.clone(),
            "policy/name-kind-missing",
            "extensions.subjectAltName",
        )
        .by(&dns_rule("presence: required")),
        Vector::allowed("presence-of-a-kind-met", Csr::default().der()).by(&dns_rule("presence: required")),
        Vector::new(
            "presence-of-a-kind-forbidden",
            Csr::names(&[dns("a.example.com"), ip(&[10, 0, 0, 1])]).der(),
            Expect::Denied(vec![("policy/name-kind-forbidden", "extensions.subjectAltName")]),
        )
        .by(&OPEN.replace("ip: { allow", "ip: { presence: forbidden, allow")),
        Vector::new(
            "names-forbidden",
            Csr::default().der(),
            Expect::Denied(vec![
                ("policy/name-kind-not-allowed", "extensions.subjectAltName[0].dNSName"),
                ("policy/names-forbidden", "extensions.subjectAltName"),
            ]),
        )
        .by(forbidden),
        Vector::allowed(
            "names-forbidden-none",
            Csr { attributes: Some(attributes(&[])), ..Csr::default() }.der(),
        )
        .by(forbidden),
    ]
}

fn usages() -> Vec<Vector> {
    let rule = |rule: &str| OPEN.replace("usages: { extended: [serverAuth] }", rule);
    let eku = |purposes: &[&str]| {
        extension("2.5.29.37", false, &seq(&purposes.iter().map(|purpose| oid(purpose)).collect::<Vec<_>>()))
    };
    let (server, client) = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    let both = rule("usages: { extended: [serverAuth, clientAuth] }");
    let required = rule(
        "usages: { key: { allow: [keyAgreement], require: [digitalSignature] }, extended: { allow: [serverAuth], require: [clientAuth] } }",
    );
    let forced = rule("usages: { key: { force: [digitalSignature] }, extended: { force: [serverAuth] } }");
    let one_of = rule(
        "usages: { extended: { oneOf: [[serverAuth], [serverAuth, 1.3.6.1.5.5.7.3.17]], default: [serverAuth] } }",
    );
    let usage = |bits: &[u8]| extension("2.5.29.15", true, &tlv(0x03, bits));
    vec![
        Vector::denied(
            "usage-ambiguous",
            Csr::default().der(),
            "policy/extended-key-usage-missing",
            "extensions.extendedKeyUsage",
        )
        .by(&both),
        Vector::allowed("usage-chosen", Csr::more(&[eku(&[client])]).der()).by(&both),
        Vector::allowed("usage-required", Csr::more(&[eku(&[client, server]), usage(&[7, 0x80])]).der())
            .by(&required),
        Vector::new(
            "usage-required-missing",
            Csr::more(&[eku(&[server]), usage(&[3, 0x08])]).der(),
            Expect::Denied(vec![
                ("policy/extended-key-usage-missing", "extensions.extendedKeyUsage"),
                ("policy/key-usage-missing", "extensions.keyUsage"),
            ]),
        )
        .by(&required),
        Vector::warned("usage-forced", Csr::more(&[eku(&[client])]).der(), "policy/usage-replaced")
            .by(&forced),
        Vector::allowed("usage-one-of", Csr::more(&[eku(&["1.3.6.1.5.5.7.3.17", server])]).der()).by(&one_of),
        Vector::allowed("usage-one-of-default", Csr::default().der()).by(&one_of),
        Vector::denied(
            "usage-one-of-other",
            Csr::more(&[eku(&["1.3.6.1.5.5.7.3.17"])]).der(),
            "policy/extended-key-usage-not-allowed",
            "extensions.extendedKeyUsage",
        )
        .by(&one_of),
        Vector::denied(
            "usage-context-without-purpose",
            Csr::default().der(),
            "policy/extended-key-usage-missing",
            "context.usages",
        )
        .with(json!({ "usages": ["digital signature"] })),
        Vector::allowed("usage-context", Csr::default().der())
            .with(json!({ "usages": ["digitalSignature", "serverAuth"] })),
    ]
}

fn validity() -> Vec<Vector> {
    let rule = |rule: &str| OPEN.replace("validity: { default: 24h, max: 90d }", rule);
    let good = Csr::default().der();
    let denied = |id: &str, context: serde_json::Value, code: &'static str, path: &'static str| {
        Vector::denied(id, good.clone(), code, path).with(context)
    };
    vec![
        Vector::allowed("validity-inclusive", good.clone()).with(json!({ "duration": "90d" })),
        denied(
            "validity-one-second-more",
            json!({ "duration": "90d1s" }),
            "policy/validity-too-long",
            "context.duration",
        ),
        Vector::allowed("validity-not-after", good.clone())
            .with(json!({ "notAfter": "2026-03-31T23:59:29Z" })),
        denied(
            "validity-not-after-more",
            json!({ "notAfter": "2026-03-31T23:59:30Z" }),
            "policy/validity-too-long",
            "context.notAfter",
        ),
        denied(
            "validity-not-after-past",
            json!({ "notAfter": "2025-12-31T00:00:00Z" }),
            "policy/not-after-past",
            "context.notAfter",
        ),
        denied(
            "validity-conflict",
            json!({ "duration": "1h", "notAfter": "2026-01-02T00:00:00Z" }),
            "policy/validity-conflict",
            "context.notAfter",
        ),
        denied("validity-zero", json!({ "duration": "0" }), "policy/validity-too-short", "context.duration"),
        Vector::denied("validity-missing", good.clone(), "policy/validity-missing", "context.duration")
            .by(&rule("validity: { max: 90d }")),
        Vector::warned("validity-clamped", good.clone(), "policy/validity-clamped")
            .by(&rule("validity: { max: 1h, overMax: clamp }"))
            .with(json!({ "duration": "2h" })),
        Vector::denied("validity-too-short", good.clone(), "policy/validity-too-short", "context.duration")
            .by(&rule("validity: { min: 1h, max: 90d }"))
            .with(json!({ "duration": "59m" })),
        Vector::denied("validity-policy-end", good.clone(), "policy/validity-too-long", "context.duration")
            .by(&rule("validity: { default: 24h, max: 90d, notAfter: 2026-01-01T12:00:00Z }")),
        Vector::denied("validity-policy-ended", good.clone(), "policy/validity-range", "context.at")
            .by(&rule("validity: { default: 24h, max: 90d, notAfter: 2025-01-01T12:00:00Z }")),
        Vector::error("context-unknown-key", good.clone(), "context/unknown-key", "durations")
            .with(json!({ "durations": "1h" })),
        Vector::error("context-bad-duration", good.clone(), "context/value", "duration")
            .with(json!({ "duration": "1 hour" })),
        Vector::error("context-bad-fact", good.clone(), "context/value", "facts.x")
            .with(json!({ "facts": { "x": { "y": 1 } } })),
    ]
}

fn conditions() -> Vec<Vector> {
    let good = Csr::default().der();
    let select = format!(
        "{OPEN}select: {{ signerName: [\"example.com/*\"], issuer: {{ name: [\"vault-*\"], kind: [ClusterIssuer] }} }}\n"
    );
    let require = format!(
        "{OPEN}require: {{ username: {{ allow: [\"*\"], deny: [root] }}, groups: {{ anyOf: [dev, ops], noneOf: [\"system:*\"] }}, namespace: [\"team-*\"], facts: {{ env: [prod] }} }}\n"
    );
    let context = |username: &str, groups: &[&str], namespace: &str, env: &str| json!({ "requester": { "username": username, "groups": groups }, "namespace": namespace, "facts": { "env": env } });
    let denied = |id: &str, context: serde_json::Value, path: &'static str| {
        Vector::denied(id, good.clone(), "policy/requirement", path).by(&require).with(context)
    };
    vec![
        Vector::allowed("select-fits", good.clone()).by(&select).with(json!({ "signerName": "example.com/x", "issuer": { "name": "vault-1", "kind": "ClusterIssuer" } })),
        Vector::new("select-other-issuer", good.clone(), Expect::NotApplicable)
            .by(&select)
            .with(json!({ "signerName": "example.com/x", "issuer": { "name": "ca" } })),
        Vector::new("select-nothing-known", good.clone(), Expect::NotApplicable).by(&select),
        Vector::allowed("require-holds", good.clone()).by(&require).with(context("jane", &["dev"], "team-a", "prod")),
        denied("require-username", context("root", &["dev"], "team-a", "prod"), "context.requester.username"),
        denied("require-groups", context("jane", &["guests"], "team-a", "prod"), "context.requester.groups"),
        denied("require-no-group", context("jane", &["dev", "system:masters"], "team-a", "prod"), "context.requester.groups"),
        denied("require-namespace", context("jane", &["dev"], "default", "prod"), "context.namespace"),
        denied("require-fact", context("jane", &["dev"], "team-a", "test"), "context.facts.env"),
    ]
}

fn authorities() -> Vec<Vector> {
    let policy = "version: 1\nid: ca\nsubject: { commonName: { presence: required, allow: [\"*\"] } }\nnames: { presence: forbidden }\nkeys: { EC: [P-256] }\nvalidity: { default: 8760h, max: 87600h }\nca: { maxPathLength: 0 }\n";
    let constraints = |value: Vec<u8>| {
        Csr {
            subject: Csr::subject(&[cn("Issuing CA")]).subject,
            ..Csr::extensions(&[extension("2.5.29.19", true, &value)])
        }
        .der()
    };
    let is_ca = json!({ "parameters": { "isCA": true } });
    vec![
        Vector::allowed("ca", constraints(seq(&[boolean(0xff)]))).by(policy),
        Vector::denied(
            "ca-path-length",
            constraints(seq(&[boolean(0xff), int(&[1])])),
            "policy/path-length",
            "extensions.basicConstraints.pathLenConstraint",
        )
        .by(policy),
        Vector::denied(
            "ca-missing",
            Csr { attributes: Some(attributes(&[])), ..Csr::subject(&[cn("Issuing CA")]) }.der(),
            "policy/ca-missing",
            "extensions.basicConstraints.cA",
        )
        .by(policy),
        Vector::allowed(
            "ca-by-parameter",
            Csr { attributes: Some(attributes(&[])), ..Csr::subject(&[cn("Issuing CA")]) }.der(),
        )
        .by(policy)
        .with(is_ca.clone()),
        Vector::new(
            "ca-conflict",
            Csr::more(&[extension("2.5.29.19", true, &seq(&[]))]).der(),
            Expect::Denied(vec![
                ("policy/ca-conflict", "extensions.basicConstraints.cA"),
                ("policy/ca-not-allowed", "extensions.basicConstraints.cA"),
            ]),
        )
        .with(is_ca),
    ]
}

/// What policies of other programs need: names that the common name adds, attributes that the issuer writes, bounds on
/// identifiers, string types and requested ends.
fn imported() -> Vec<Vector> {
    let added = OPEN.replace("subject:\n", "subject:\n  commonName: { inNames: add }\n");
    let no_names = |common_name: &str| {
        let none = Csr { attributes: Some(attributes(&[])), ..Csr::subject(&[cn(common_name)]) };
        none.der()
    };
    let written = OPEN.replace("subject:\n", "subject:\n  write: { OU: [Web] }\n");
    let clash = OPEN.replace("subject:\n", "subject:\n  write: { O: [Acme] }\n");
    let long = OPEN.replace("subject:\n", "subject:\n  write: { ST: [\"\"] }\n");
    let plain = OPEN.replace("RSA: { max: 8192 }", "RSA: { max: 8192, identifiers: [rsaEncryption] }");
    let bound = OPEN.replace("RSA: { max: 8192 }", "RSA: { max: 8192, identifiers: [RSASSA-PSS] }");
    let utf8_only = OPEN.replace(
        "userPrincipalName: { allow: [\"*@example.com\"] }",
        "userPrincipalName: { allow: [\"*@example.com\"], stringTypes: [UTF8String] }",
    );
    let no_type = utf8_only.replace("[UTF8String]", "[Text]");
    let upn = |value: Vec<u8>| Csr::names(&[other_name("1.3.6.1.4.1.311.20.2.3", &value)]).der();
    let clamped = |end: &str| {
        let rule = format!("validity: {{ default: 24h, max: 90d, overMax: clamp, maxRequestedEnd: {end} }}");
        OPEN.replace("validity: { default: 24h, max: 90d }", &rule)
    };
    let ending = |end: &str| json!({ "notAfter": end });
    let san_path = "extensions.subjectAltName[0].otherName";
    vec![
        Vector::allowed("common-name-added", no_names("a.example.com")).by(&added),
        Vector::allowed("common-name-added-wildcard", no_names("*.app.Example.com")).by(&added),
        Vector::allowed("common-name-added-mail", no_names("a@example.com")).by(&added),
        Vector::allowed("common-name-there", Csr::subject(&[cn("A.example.com")]).der()).by(&added),
        Vector::denied(
            "common-name-added-not-allowed",
            no_names("a.example.org"),
            "policy/dns-not-allowed",
            "subject[0].commonName",
        )
        .by(&added),
        Vector::new(
            "common-name-added-denied",
            no_names("secret.example.com"),
            Expect::Denied(vec![
                ("policy/common-name-denied", "subject[0].commonName"),
                ("policy/dns-denied", "subject[0].commonName"),
            ]),
        )
        .by(&added),
        Vector::new(
            "common-name-added-no-name",
            no_names("My Service"),
            Expect::Denied(vec![
                ("policy/names-missing", "extensions.subjectAltName"),
                ("policy/common-name-not-in-names", "subject[0].commonName"),
            ]),
        )
        .by(&added),
        Vector::denied(
            "common-name-added-address",
            Csr { subject: Csr::subject(&[cn("10.0.0.1")]).subject, ..Csr::names(&[ip(&[10, 0, 0, 1])]) }
                .der(),
            "policy/common-name-not-in-names",
            "subject[0].commonName",
        )
        .by(&added),
        Vector::allowed("subject-written", Csr::default().der()).by(&written),
        Vector::denied(
            "subject-written-and-asked-for",
            with_subject(&[atv("2.5.4.11", utf8("Web"))]),
            "policy/subject-not-allowed",
            "subject[0].organizationalUnitName",
        )
        .by(&written),
        Vector::new(
            "subject-written-clash",
            Csr::default().der(),
            Expect::PolicyError(vec![("document/contradiction", "subject.write.organizationName")]),
        )
        .by(&clash),
        Vector::new(
            "subject-written-empty",
            Csr::default().der(),
            Expect::PolicyError(vec![("document/value", "subject.write.stateOrProvinceName[0]")]),
        )
        .by(&long),
        Vector::allowed("rsa-identifier", Csr::key("RSA-2048").der()).by(&plain),
        Vector::denied(
            "rsa-identifier-other",
            Csr::key("RSA-2048").der(),
            "policy/key-not-allowed",
            "subjectPublicKeyInfo.algorithm",
        )
        .by(&bound),
        Vector::allowed("other-name-utf8", upn(utf8("a@example.com"))).by(&utf8_only),
        Vector::denied("other-name-ia5", upn(ia5("a@example.com")), "policy/string-type", san_path)
            .by(&utf8_only),
        Vector::new(
            "other-name-no-string-type",
            Csr::default().der(),
            Expect::PolicyError(vec![(
                "document/string-type",
                "names.otherName.userPrincipalName.stringTypes[0]",
            )]),
        )
        .by(&no_type),
        Vector::warned("requested-end-duration", Csr::default().der(), "policy/validity-clamped")
            .by(&clamped("48h"))
            .with(json!({ "duration": "100d" })),
        Vector::allowed("requested-end", Csr::default().der())
            .by(&clamped("48h"))
            .with(ending("2026-01-02T12:00:00Z")),
        Vector::denied(
            "requested-end-late",
            Csr::default().der(),
            "policy/validity-too-long",
            "context.notAfter",
        )
        .by(&clamped("48h"))
        .with(ending("2026-01-04T00:00:00Z")),
        Vector::denied(
            "requested-end-none",
            Csr::default().der(),
            "policy/validity-too-long",
            "context.notAfter",
        )
        .by(&clamped("0"))
        .with(ending("2026-01-01T01:00:00Z")),
        Vector::new(
            "requested-end-above-max",
            Csr::default().der(),
            Expect::PolicyError(vec![("document/never-matches", "validity.maxRequestedEnd")]),
        )
        .by(&clamped("91d")),
    ]
}
