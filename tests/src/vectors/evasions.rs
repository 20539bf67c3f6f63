//! Ways around a policy that a reviewer found: names in another spelling, facts that cannot be used, conditions without
//! anything in them, usages that nobody asked for, and what a simulated program would copy.

use serde_json::{Value, json};

use crate::der::*;
use crate::request::*;
use crate::vector::{Expect, OPEN, Vector};

pub(super) fn vectors() -> Vec<Vector> {
    [
        spellings(),
        common_names(),
        contexts(),
        documents(),
        facts(),
        usages(),
        texts(),
        simulated(),
        lifetimes(),
    ]
    .concat()
}

const DNS: &str = "extensions.subjectAltName[0].dNSName";
const IP: &str = "extensions.subjectAltName[0].iPAddress";
const EMAIL: &str = "extensions.subjectAltName[0].rfc822Name";
const URI: &str = "extensions.subjectAltName[0].uniformResourceIdentifier";
const OTHER: &str = "extensions.subjectAltName[0].otherName";
const CN: &str = "subject[0].commonName";
const UPN: &str = "1.3.6.1.4.1.311.20.2.3";

/// The open policy with one part replaced.
fn changed(from: &str, to: &str) -> String {
    assert!(OPEN.contains(from), "{from}");
    OPEN.replacen(from, to, 1)
}

/// Rules in CEL are told what would be issued, and a name in several spellings is one name.
fn spellings() -> Vec<Vector> {
    let rule = |each: &str, source: &str| {
        format!("{OPEN}rules:\n  - {{ code: a, {each}cel: {source:?}, message: m }}\n")
    };
    let admin = Csr::names(&[dns("Admin.example.com")]).der();
    let denied = |id: &str, input: Vec<u8>, policy: &str, path: &'static str| {
        Vector::denied(id, input, "policy/cel-rule", path).by(policy)
    };
    vec![
        denied(
            "cel-name-in-another-case",
            admin.clone(),
            &rule("", "!cert.dns.exists(d, d == 'admin.example.com')"),
            "",
        ),
        denied(
            "cel-requested-name-in-another-case",
            admin.clone(),
            &rule("", "!request.dns.exists(d, d == 'admin.example.com')"),
            "",
        ),
        denied(
            "cel-each-name-in-another-case",
            admin,
            &rule("each: dns, ", "self != 'admin.example.com'"),
            DNS,
        ),
        denied(
            "cel-mail-in-another-case",
            Csr::names(&[email("root@EXAMPLE.com")]).der(),
            &rule("", "!cert.email.exists(e, e == 'root@example.com')"),
            "",
        ),
        denied(
            "cel-each-mail-in-another-case",
            Csr::names(&[email("root@EXAMPLE.com")]).der(),
            &rule("each: email, ", "self != 'root@example.com'"),
            EMAIL,
        ),
        Vector::warned(
            "row78-duplicate-in-another-case",
            Csr::names(&[dns("a.example.com"), dns("A.example.com"), dns("A.EXAMPLE.com")]).der(),
            "name/duplicate",
        ),
    ]
}

/// A common name is judged as every name that it may be read as.
fn common_names() -> Vec<Vector> {
    let by = |rule: &str, names: &[(&str, &str)]| {
        let policy = changed("subject:\n", &format!("subject:\n  commonName: {rule}\n"));
        names.iter().fold(policy, |policy, (from, to)| {
            assert!(policy.contains(from), "{from}");
            policy.replacen(from, to, 1)
        })
    };
    let any = "{ allow: [\"*\"] }";
    let denied = |id: &str, text: &str, policy: &str| {
        Vector::denied(id, Csr::subject(&[cn(text)]).der(), "policy/common-name-denied", CN).by(policy)
    };
    let listed = by("{ allow: [\"*\"], deny: [admin.example.com] }", &[]);
    let address = by(any, &[("ip: { allow: [10.0.0.0/8, ", "ip: { deny: [10.0.0.1], allow: [10.0.0.0/8, ")]);
    let mail = by(any, &[("email: { ", "email: { deny: [ceo@example.com], ")]);
    let single = by(any, &[("wildcard: allow", "wildcard: deny")]);
    let unknown = by(any, &[("secret.example.com", "\"${facts.secret}\"")]);
    let no_wildcard = |id: &str, text: &str| {
        Vector::denied(id, Csr::subject(&[cn(text)]).der(), "policy/wildcard-not-allowed", CN).by(&single)
    };
    let nobody = by(
        any,
        &[("deny: [secret.example.com], wildcard: allow", "wildcard: allow, publicSuffixWildcard: allow")],
    );
    vec![
        no_wildcard("common-name-partial-wildcard", "w*.example.org"),
        no_wildcard("common-name-star", "*"),
        no_wildcard("common-name-two-stars", "*.*"),
        no_wildcard("common-name-star-at-the-end", "www.*"),
        no_wildcard("common-name-two-stars-in-a-label", "**.example.org"),
        no_wildcard("common-name-star-in-a-text", "Team * Blue"),
        denied("common-name-partial-wildcard-of-a-denied-name", "S*.example.com", &by(any, &[])),
        denied("common-name-partial-wildcard-with-a-dot", "s*.example.com.", &by(any, &[])),
        Vector::allowed(
            "common-name-partial-wildcard-of-another-name",
            Csr::subject(&[cn("s*.example.org")]).der(),
        )
        .by(&by(any, &[])),
        Vector::denied(
            "common-name-partial-public-suffix-wildcard",
            Csr::subject(&[cn("w*.com")]).der(),
            "policy/public-suffix-wildcard",
            CN,
        )
        .by(&by(any, &[])),
        Vector::new(
            "common-name-star-for-any-name",
            Csr::subject(&[cn("www.*")]).der(),
            Expect::Denied(vec![("policy/common-name-denied", CN), ("policy/public-suffix-wildcard", CN)]),
        )
        .by(&by(any, &[])),
        Vector::allowed("common-name-star-and-nobody-denied", Csr::subject(&[cn("www.*")]).der()).by(&nobody),
        denied("common-name-denied-in-another-case", "ADMIN.example.com", &listed),
        denied("common-name-denied-with-a-dot", "admin.example.com.", &listed),
        denied("common-name-denied-as-a-name-with-a-dot", "Secret.example.com.", &by(any, &[])),
        denied("common-name-denied-as-an-address", "10.0.0.1", &address),
        denied("common-name-denied-as-mail", "ceo@Example.com", &mail),
        Vector::allowed("common-name-other-mail", Csr::subject(&[cn("cto@example.com")]).der()).by(&mail),
        Vector::new(
            "common-name-wildcard",
            Csr::subject(&[cn("*.com")]).der(),
            Expect::Denied(vec![("policy/public-suffix-wildcard", CN), ("policy/wildcard-not-allowed", CN)]),
        )
        .by(&single),
        Vector::denied(
            "common-name-public-suffix-wildcard",
            Csr::subject(&[cn("*.com")]).der(),
            "policy/public-suffix-wildcard",
            CN,
        )
        .by(&by(any, &[])),
        Vector::denied(
            "common-name-issued-in-another-case",
            Csr::subject(&[cn("A.example.com")]).der(),
            "policy/common-name-not-allowed",
            CN,
        )
        .by(&by("{ allow: [\"A*\"] }", &[])),
        Vector::allowed("common-name-of-nobody-in-another-case", Csr::subject(&[cn("Anna")]).der())
            .by(&by("{ allow: [\"A*\"] }", &[])),
        Vector::new(
            "common-name-without-facts",
            Csr::subject(&[cn("b.example.com")]).der(),
            Expect::Denied(vec![("policy/fact-missing", DNS), ("policy/fact-missing", CN)]),
        )
        .by(&unknown),
    ]
}

/// What the context does not say does not hold.
fn contexts() -> Vec<Vector> {
    let good = Csr::default().der();
    let by = |conditions: &str| format!("{OPEN}{conditions}\n");
    let jane = json!({ "requester": { "username": "jane", "groups": ["dev"] }, "namespace": "web" });
    let requirement = |id: &str, conditions: &str, context: Value, path: &'static str| {
        Vector::denied(id, good.clone(), "policy/requirement", path).by(&by(conditions)).with(context)
    };
    let user = "require: { username: { deny: [\"${facts.blockedUser}\"] } }";
    let groups = "require: { groups: { noneOf: [contractors] } }";
    let group_fact = "require: { groups: { noneOf: [\"${facts.blockedGroup}\"] } }";
    let frozen = by("select: { namespace: { deny: [\"${facts.frozen}\"] } }");
    let with = |fact: &str, value: Value| {
        let mut context = jane.clone();
        context["facts"] = json!({ fact: value });
        context
    };
    vec![
        requirement("require-deny-without-fact", user, jane.clone(), "context.requester.username"),
        requirement(
            "require-deny-with-an-empty-fact",
            user,
            with("blockedUser", json!("")),
            "context.requester.username",
        ),
        requirement(
            "require-deny-with-facts-one-empty",
            user,
            with("blockedUser", json!(["eve", ""])),
            "context.requester.username",
        ),
        requirement(
            "require-deny-with-too-many-facts",
            user,
            with("blockedUser", (0..1_025).map(|number| format!("user-{number}")).collect()),
            "context.requester.username",
        ),
        Vector::allowed("require-deny-with-fact", good.clone())
            .by(&by(user))
            .with(with("blockedUser", json!("eve"))),
        Vector::new("select-deny-without-fact", good.clone(), Expect::NotApplicable)
            .by(&frozen)
            .with(jane.clone()),
        Vector::allowed("select-deny-with-fact", good.clone())
            .by(&frozen)
            .with(with("frozen", json!("bank"))),
        requirement("require-none-of-nobody", groups, json!({}), "context.requester.groups"),
        Vector::allowed("require-none-of-somebody", good.clone()).by(&by(groups)).with(jane.clone()),
        requirement("require-none-of-without-fact", group_fact, jane.clone(), "context.requester.groups"),
        Vector::allowed("require-none-of-with-fact", good.clone())
            .by(&by(group_fact))
            .with(with("blockedGroup", json!("ops"))),
    ]
}

/// Documents that look as if they said something.
fn documents() -> Vec<Vector> {
    let good = Csr::default().der();
    let fault = |id: &str, policy: &str, code: &'static str, path: &'static str| {
        Vector::new(id, good.clone(), Expect::PolicyError(vec![(code, path)])).by(policy)
    };
    let more = |id: &str, text: &str, code: &'static str, path: &'static str| {
        fault(id, &format!("{OPEN}{text}\n"), code, path)
    };
    let null = |id: &str, from: &str, to: &str, path: &'static str| {
        fault(&format!("row108-null-{id}"), &changed(from, to), "document/value", path)
    };
    let (value, never, twice) = ("document/value", "document/never-matches", "document/duplicate-key");
    let exception = "exceptions:\n  - match: { codes: [policy/key-size], context: {} }\n    until: 2027-01-01T00:00:00Z\n    owner: web\n    reason: keys";
    vec![
        more("row108-null-condition", "require: { username: }", value, "require.username"),
        more("row108-null-groups", "require: { groups: ~ }", value, "require.groups"),
        more("row108-null-issuer", "select: { issuer: { name: ~ } }", value, "select.issuer.name"),
        more("row108-null-select", "select:", value, "select"),
        more("row108-null-require", "require: null", value, "require"),
        more("row108-empty-require", "require: {}", never, "require"),
        more("row108-empty-facts", "require: { facts: {} }", never, "require"),
        more("row108-empty-issuer", "select: { issuer: {} }", never, "select.issuer"),
        more("row108-empty-context", exception, never, "exceptions[0].match.context"),
        null("depth", "{ under: example.com }", "{ under: example.com, depth: }", "names.dns.allow[1].depth"),
        null("uri-host", "host: example.com }", "host: , path: / }", "names.uri.allow[0].host"),
        null("uri-path", "host: example.com }", "host: example.com, path: }", "names.uri.allow[0].path"),
        null(
            "exactly",
            "organizationName: { allow: [\"*\"] }",
            "organizationName: { allow: [\"*\"], exactly: }",
            "subject.attributes.organizationName.exactly",
        ),
        null(
            "attribute-presence",
            "organizationName: { allow: [\"*\"] }",
            "organizationName: { allow: [\"*\"], presence: }",
            "subject.attributes.organizationName.presence",
        ),
        null(
            "common-name-presence",
            "subject:\n",
            "subject:\n  commonName: { presence: }\n",
            "subject.commonName.presence",
        ),
        null(
            "in-names",
            "subject:\n",
            "subject:\n  commonName: { inNames: }\n",
            "subject.commonName.inNames",
        ),
        null(
            "force",
            "extended: [serverAuth]",
            "extended: { allow: [serverAuth], force: }",
            "usages.extended.force",
        ),
        null(
            "default",
            "extended: [serverAuth]",
            "extended: { allow: [serverAuth], default: }",
            "usages.extended.default",
        ),
        null("key-usage", "extended: [serverAuth]", "key: , extended: [serverAuth]", "usages.key"),
        null("extended", "extended: [serverAuth]", "extended: ", "usages.extended"),
        null("names-presence", "names:\n", "names:\n  presence:\n", "names.presence"),
        null("dns-presence", "wildcard: allow", "wildcard: allow, presence: ", "names.dns.presence"),
        null("ip", "ip: { allow: [10.0.0.0/8, \"2001:db8::/32\"] }", "ip: ", "names.ip"),
        null("key-size", "max: 8192", "min: , max: 8192", "keys.RSA.min"),
        null("largest-key-size", "max: 8192", "max: ", "keys.RSA.max"),
        null("key-kind", "Ed25519: {}", "Ed25519: ", "keys.Ed25519"),
        more("row108-null-ca", "ca:", value, "ca"),
        more("row108-null-description", "description:", value, "description"),
        fault("row108-null-end", &changed("max: 90d", "max: 90d, notAfter: ~"), value, "validity.notAfter"),
        fault(
            "row108-null-count",
            &changed("wildcard: allow", "wildcard: allow, count: { max: ~ }"),
            value,
            "names.dns.count.max",
        ),
        fault(
            "row108-attribute-in-two-spellings",
            &changed(
                "organizationName: { allow: [\"*\"] }",
                "O: { allow: [Acme] }, organizationName: { allow: [\"*\"] }",
            ),
            twice,
            "subject.attributes.organizationName",
        ),
        fault(
            "row108-written-in-two-spellings",
            &changed("subject:\n", "subject:\n  write: { OU: [a], 2.5.4.11: [b] }\n"),
            twice,
            "subject.write.2.5.4.11",
        ),
        fault(
            "row108-other-name-in-two-spellings",
            &changed(
                "otherName: { userPrincipalName: { allow: [\"*@example.com\"] } }",
                "otherName: { userPrincipalName: { allow: [\"*@example.com\"] }, 1.3.6.1.4.1.311.20.2.3: { allow: [\"*\"] } }",
            ),
            twice,
            "names.otherName.1.3.6.1.4.1.311.20.2.3",
        ),
    ]
}

/// A fact that a deny list cannot use denies, and one that an allow list cannot use allows nothing.
fn facts() -> Vec<Vector> {
    let name = || Csr::names(&[dns("a.example.com")]).der();
    let address = || Csr::names(&[ip(&[10, 0, 0, 1])]).der();
    let mail = || Csr::names(&[email("a@example.com")]).der();
    let fact = |values: Value| json!({ "facts": { "x": values } });
    let deny_dns = changed("deny: [secret.example.com]", "deny: [\"${facts.x}\"]");
    let deny_glob = changed("deny: [secret.example.com]", "deny: [{ glob: \"*.${facts.x}\" }]");
    let addresses = "ip: { allow: [10.0.0.0/8, \"2001:db8::/32\"] }";
    let deny_ip = changed(addresses, "ip: { allow: [10.0.0.0/8], deny: [\"${facts.x}\"] }");
    let allow_ip = changed(addresses, "ip: { allow: [\"${facts.x}\"] }");
    let allow_block = changed(addresses, "ip: { allow: [\"${facts.x}/8\"] }");
    let deny_mail = changed("email: { ", "email: { deny: [\"${facts.x}\"], ");
    let any_suffix =
        changed("allow: [example.com, { under: example.com }]", "allow: [{ glob: \"*${facts.x}\" }]");
    let uris = "uri: { allow: [{ scheme: spiffe, host: example.com }, \"https://example.com/*\"] }";
    let deny_path = changed(
        uris,
        "uri: { allow: [\"https:*\"], deny: [{ scheme: https, host: a.example.com, path: \"/${facts.x}\" }] }",
    );
    let deny_host =
        changed(uris, "uri: { allow: [\"https:*\"], deny: [{ scheme: https, host: evil.example.com }] }");
    let missing = |id: &str, input: Vec<u8>, path: &'static str, policy: &str, values: Value| {
        Vector::denied(id, input, "policy/fact-missing", path).by(policy).with(fact(values))
    };
    let deny_uri =
        |pattern: &str| changed(uris, &format!("uri: {{ allow: [\"https:*\"], deny: [\"{pattern}\"] }}"));
    let in_host = deny_uri("https://${facts.x}/*");
    let in_longer_host = deny_uri("https://*.${facts.x}/*");
    let in_path = deny_uri("https://evil.example.com/*/${facts.x}");
    let whole = deny_uri("${facts.x}");
    let anywhere = deny_uri("*${facts.x}*");
    let evil = || Csr::names(&[uri("https://evil.example.com/x")]).der();
    let in_uri = |id: &str, policy: &str, value: &str| missing(id, evil(), URI, policy, json!(value));
    let many: Value = (0..1_025).map(|number| format!("n{number}.example.org")).collect();
    let at_uri = |id: &str, text: &str| {
        Vector::denied(id, Csr::names(&[uri(text)]).der(), "policy/uri-denied", URI).by(&deny_host)
    };
    vec![
        missing("deny-fact-with-a-dot", name(), DNS, &deny_dns, json!(["a.example.com."])),
        missing("deny-fact-with-a-star", name(), DNS, &deny_dns, json!(["b.example.com", "*.example.com"])),
        missing("deny-fact-empty", name(), DNS, &deny_dns, json!("")),
        missing("deny-facts-too-many", name(), DNS, &deny_dns, many.clone()),
        missing("deny-fact-too-long", name(), DNS, &deny_dns, json!("x".repeat(1_025))),
        missing("deny-glob-fact-with-a-dot", name(), DNS, &deny_glob, json!("example.com.")),
        missing("deny-glob-facts-too-many", name(), DNS, &deny_glob, many),
        Vector::allowed("deny-fact-of-another", name()).by(&deny_dns).with(fact(json!(["b.example.com"]))),
        missing("deny-fact-with-host-bits", address(), IP, &deny_ip, json!("10.0.0.1/8")),
        missing("deny-fact-mapped", address(), IP, &deny_ip, json!("::ffff:10.0.0.0/104")),
        in_uri("deny-uri-fact-in-upper-case", &in_host, "EVIL.example.com"),
        in_uri("deny-uri-fact-with-a-dot-behind", &in_host, "evil.example.com."),
        in_uri("deny-uri-fact-with-a-space", &in_host, " evil.example.com"),
        in_uri("deny-uri-fact-in-a-longer-host", &in_longer_host, "EVIL.example.com"),
        in_uri("deny-uri-fact-that-is-no-segment", &in_path, "a b"),
        in_uri("deny-uri-fact-with-dots", &deny_path, ".."),
        in_uri("deny-uri-fact-that-is-no-uri", &whole, "https://EVIL.example.com/x"),
        Vector::denied("deny-uri-fact", evil(), "policy/uri-denied", URI)
            .by(&in_host)
            .with(fact(json!("evil.example.com"))),
        Vector::denied("deny-uri-fact-in-any-place", evil(), "policy/uri-denied", URI)
            .by(&anywhere)
            .with(fact(json!("evil.example"))),
        Vector::allowed("deny-uri-fact-of-another", evil()).by(&in_path).with(fact(json!("y"))),
        Vector::allowed("deny-uri-fact-of-another-host", evil())
            .by(&in_longer_host)
            .with(fact(json!("good.example.com"))),
        Vector::denied("deny-fact-block", address(), "policy/ip-denied", IP)
            .by(&deny_ip)
            .with(fact(json!("10.0.0.0/8"))),
        missing("deny-fact-no-mail", mail(), EMAIL, &deny_mail, json!("nobody")),
        missing(
            "deny-fact-empty-path",
            Csr::names(&[uri("https://a.example.com/")]).der(),
            URI,
            &deny_path,
            json!(""),
        ),
        Vector::denied("allow-fact-block", address(), "policy/ip-not-allowed", IP)
            .by(&allow_ip)
            .with(fact(json!("0.0.0.0/0"))),
        Vector::allowed("allow-fact-address", address()).by(&allow_ip).with(fact(json!("10.0.0.1"))),
        Vector::allowed("allow-fact-address-in-a-block", address())
            .by(&allow_block)
            .with(fact(json!("10.0.0.0"))),
        Vector::denied("allow-fact-empty", name(), "policy/dns-not-allowed", DNS)
            .by(&any_suffix)
            .with(fact(json!(""))),
        at_uri("deny-host-of-an-address", "https://10.0.0.1/x"),
        at_uri("deny-host-left-out", "https:evil.example.com/x"),
        at_uri("deny-host-with-a-port", "https://evil.example.com:8443/x"),
        Vector::allowed("deny-host-of-another", Csr::names(&[uri("https://www.example.com/x")]).der())
            .by(&deny_host),
    ]
}

/// Usages that nobody asked for, and those that a key cannot have.
fn usages() -> Vec<Vector> {
    let rule = |rule: &str| changed("usages: { extended: [serverAuth] }", rule);
    let missing = |id: &str, policy: &str| {
        Vector::denied(
            id,
            Csr::default().der(),
            "policy/extended-key-usage-missing",
            "extensions.extendedKeyUsage",
        )
        .by(&rule(policy))
    };
    let bits = |bits: &[u8]| Csr::more(&[extension("2.5.29.15", true, &tlv(0x03, bits))]).der();
    let both = rule("usages: { key: [digitalSignature, keyEncipherment], extended: [serverAuth] }");
    let unfit = |id: &str, policy: &str, input: Vec<u8>| {
        Vector::denied(id, input, "policy/key-usage-not-allowed", "extensions.keyUsage.keyEncipherment")
            .by(&rule(policy))
    };
    let silent = |id: &str, policy: &str, key: &'static str| {
        Vector::denied(
            id,
            Csr::key(key).der(),
            "policy/key-usage-not-allowed",
            "extensions.keyUsage.keyEncipherment",
        )
        .by(&rule(policy))
    };
    let only = "usages: { key: [keyEncipherment], extended: [serverAuth] }";
    let required =
        "usages: { key: { require: [keyEncipherment], allow: [digitalSignature] }, extended: [serverAuth] }";
    let one_set = "usages: { key: { oneOf: [[keyEncipherment]] }, extended: [serverAuth] }";
    let default = "usages: { key: { allow: [digitalSignature, keyEncipherment], default: [keyEncipherment] }, extended: [serverAuth] }";
    let forced = "usages: { key: { force: [keyEncipherment] }, extended: [serverAuth] }";
    let two_sets =
        rule("usages: { key: { oneOf: [[keyEncipherment], [digitalSignature]] }, extended: [serverAuth] }");
    let not_encipherment =
        "rules: [{ code: a, cel: \"cert.keyUsage == ['digitalSignature']\", message: m }]\n";
    vec![
        silent("usage-not-asked-for-and-unfit", only, "P-256"),
        silent("usage-not-asked-for-and-unfit-for-ed25519", only, "Ed25519"),
        Vector::allowed("usage-not-asked-for-and-fit", Csr::key("RSA-2048").der()).by(&rule(only)),
        silent("usage-required-and-unfit", required, "P-256"),
        Vector::allowed("usage-required-and-fit", Csr::key("RSA-2048").der()).by(&rule(required)),
        silent("usage-of-a-set-and-unfit", one_set, "P-256"),
        Vector::allowed("usage-of-the-first-set-that-fits", Csr::key("P-256").der())
            .by(&format!("{two_sets}{not_encipherment}")),
        silent("usage-by-default-and-unfit", default, "P-256"),
        silent("usage-forced-and-unfit", forced, "P-256"),
        Vector::allowed("usage-forced-and-fit", Csr::key("RSA-2048").der()).by(&rule(forced)),
        Vector::warned(
            "usage-forced-and-partly-unfit",
            Csr::key("P-256").der(),
            "policy/usage-replaced",
        )
        .by(&format!(
            "{}{not_encipherment}",
            rule("usages: { key: { force: [digitalSignature, keyEncipherment] }, extended: [serverAuth] }")
        )),
        Vector::warned(
            "usage-by-default-and-partly-unfit",
            Csr::key("P-256").der(),
            "policy/usage-replaced",
        )
        .by(&format!(
            "{}{not_encipherment}",
            rule("usages: { key: { allow: [digitalSignature, keyEncipherment], default: [digitalSignature, keyEncipherment] }, extended: [serverAuth] }")
        )),
        missing(
            "usage-required-and-not-asked-for",
            "usages: { extended: { allow: [serverAuth, clientAuth, codeSigning], require: [serverAuth] } }",
        ),
        missing("usage-one-of-several", "usages: { extended: { oneOf: [[serverAuth], [clientAuth]] } }"),
        Vector::allowed("usage-one-of-one", Csr::default().der())
            .by(&rule("usages: { extended: { oneOf: [[serverAuth, clientAuth]] } }")),
        Vector::allowed("usage-required-alone", Csr::default().der())
            .by(&rule("usages: { extended: { require: [clientAuth] } }")),
        Vector::warned("usage-that-the-key-cannot-have", bits(&[5, 0xa0]), "policy/usage-replaced").by(&both),
        unfit(
            "usage-that-the-key-cannot-have-alone",
            "usages: { key: [digitalSignature, keyEncipherment], extended: [serverAuth] }",
            bits(&[5, 0x20]),
        ),
        unfit(
            "usage-required-that-the-key-cannot-have",
            "usages: { key: { require: [digitalSignature, keyEncipherment] }, extended: [serverAuth] }",
            bits(&[5, 0xa0]),
        ),
        unfit(
            "usage-set-that-the-key-cannot-have",
            "usages: { key: { oneOf: [[digitalSignature, keyEncipherment]] }, extended: [serverAuth] }",
            bits(&[5, 0xa0]),
        ),
    ]
}

/// Texts of otherNames that are read in two ways.
fn texts() -> Vec<Vector> {
    let upn = |text: &str| Csr::names(&[other_name(UPN, &utf8(text))]).der();
    let any =
        changed("userPrincipalName: { allow: [\"*@example.com\"] }", "userPrincipalName: { allow: [\"*\"] }");
    vec![
        Vector::denied("row26-upn", upn("victim@corp.local\0x@example.com"), "name/control-character", OTHER),
        Vector::denied("row26-upn-line", upn("a\n@example.com"), "name/control-character", OTHER),
        Vector::denied("row26-upn-empty", upn(""), "name/empty-value", OTHER).by(&any),
    ]
}

/// What a simulated program copies and no issuer should.
fn simulated() -> Vec<Vector> {
    let policy = "version: 1\nid: copies\ncompat: { cfssl: { default: { usages: [server auth], expiry: 24h, copy_extensions: true } } }\n";
    let denied = |id: &str, oid: &str, value: Vec<u8>, path: &'static str| {
        let input = Csr::more(&[extension(oid, false, &value)]).der();
        Vector::denied(id, input, "policy/extension-not-allowed", path).by(policy)
    };
    let upn = |text: &str| Csr::names(&[other_name(UPN, &utf8(text))]).der();
    let at_upn = |id: &str, text: &str, code: &'static str| {
        Vector::denied(id, upn(text), code, "template.subjectAltName[0].otherName").by(policy)
    };
    vec![
        Vector::allowed(
            "row81-copied-must-staple",
            Csr::more(&[extension("1.3.6.1.5.5.7.1.24", false, &seq(&[int(&[5])]))]).der(),
        )
        .by(policy),
        denied(
            "row81-copied-aia",
            "1.3.6.1.5.5.7.1.1",
            seq(&[seq(&[oid("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.test/")])]),
            "extensions.authorityInfoAccess",
        ),
        denied("row81-copied-no-check", "1.3.6.1.5.5.7.48.1.5", null(), "extensions.ocspNoCheck"),
        denied(
            "row79-copied-name-constraints",
            "2.5.29.30",
            seq(&[explicit(0, &seq(&[dns("example.com")]))]),
            "extensions.nameConstraints",
        ),
        denied("row81-copied-ski", "2.5.29.14", octets(&[1; 20]), "extensions.subjectKeyIdentifier"),
        at_upn("row26-copied-upn", "victim@corp.local\0x@example.com", "name/control-character"),
        at_upn("row26-copied-upn-empty", "", "name/empty-value"),
    ]
}

/// What is shortened may become too short.
fn lifetimes() -> Vec<Vector> {
    let ended =
        "validity: { default: 24h, min: 12h, max: 90d, overMax: clamp, notAfter: 2026-01-01T06:00:00Z }";
    vec![
        Vector::denied(
            "validity-clamped-too-short",
            Csr::default().der(),
            "policy/validity-too-short",
            "context.duration",
        )
        .by(&changed("validity: { default: 24h, max: 90d }", ended)),
        Vector::warned("validity-clamped-to-the-end", Csr::default().der(), "policy/validity-clamped")
            .by(&changed("validity: { default: 24h, max: 90d }", &ended.replace("min: 12h", "min: 5h"))),
    ]
}
