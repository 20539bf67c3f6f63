//! Constraints that are derived from policies: they hold all that the policy allows, and verifiers enforce them.

use std::sync::Arc;

use certgate::certificate::Certificate;
use certgate::extension::NewExtension;
use certgate::policy::Context;
use certgate::time::Timestamp;
use certgate::verify::{Profile, Purpose, Verifier, VerifyParameters};
use certgate_bindings::{Policy, Request};
use certgate_ops::pki::InitOptions;
use certgate_tests::certificate::*;
use certgate_tests::der::*;
use certgate_tests::keys::stream;
use certgate_tests::request::{Csr, dns, email, ip, uri};

const POLICY: &str = r#"
version: 1
id: team
names:
  dns:
    allow: [api.example.com, "*.web.example.com", { under: team.example.org }, { glob: "db-*.example.net" }, "${facts.team}.example.edu"]
    deny: [api.web.example.com, { under: secret.team.example.org }, secret.team.example.org, held.team.example.org]
    wildcard: allow
  ip: { allow: [10.0.0.0/8, "2001:db8::/32"], deny: [10.9.0.0/16] }
  email: { allow: ["*@example.com", { under: example.org }], deny: [root@example.com] }
  uri: { allow: [{ scheme: spiffe, host: example.com }, "https://example.net/*"] }
keys: { EC: [P-256] }
usages: { extended: { allow: [serverAuth, clientAuth], default: [serverAuth] } }
validity: { default: 24h, max: 90d }
"#;

/// A certificate below a CA with the constraints of the policy, and whether verifiers accept it.
struct Checker {
    verifier: Verifier,
    intermediate: Cert,
}

impl Checker {
    fn new(policy: &Policy) -> Self {
        let extension = NewExtension::name_constraints(&policy.constraints().names).expect("an extension");
        let intermediate = Cert::ca("ca", "root").with(NAME_CONSTRAINTS, true, &extension.value);
        let read = |cert: &Cert| Arc::new(Certificate::from_der(&cert.der()).expect("a certificate"));
        let verifier =
            Verifier::new([read(&Cert::root("root"))], vec![read(&intermediate)], Profile::Private);
        Self { verifier, intermediate }
    }

    fn leaf(names: &[Vec<u8>]) -> Cert {
        Cert::new("leaf", "ca").names(names).set(|cert| cert.subject = seq(&[])).with(
            SUBJECT_ALT_NAME,
            true,
            &seq(names),
        )
    }

    /// Whether our verifier finds a path.
    fn permits(&self, names: &[Vec<u8>]) -> bool {
        let leaf = Arc::new(Certificate::from_der(&Self::leaf(names).der()).expect("a certificate"));
        let at = Timestamp::from_rfc3339(AT).expect("a time");
        self.verifier.verify(&leaf, &VerifyParameters::new(at, Purpose::Any)).is_ok()
    }
}

fn allows(policy: &Policy, name: &[u8]) -> bool {
    let request = Csr::names(&[name.to_vec()]).der();
    let Ok(request) = Request::parse(&request) else { return false };
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let context = Context::new(at).with_fact("team", vec!["blue".to_owned(), "red".to_owned()]);
    policy.evaluate(&request, &context).is_allowed()
}

/// Names of every kind, near the policy and far from it, that follow from a seed.
fn random_name(seed: u32) -> Vec<u8> {
    let octets = stream(&format!("name {seed}"), 16);
    let pick = |index: usize, list: &[&str]| list[usize::from(octets[index]) % list.len()].to_owned();
    let domains = [
        "example.com",
        "api.example.com",
        "web.example.com",
        "api.web.example.com",
        "team.example.org",
        "secret.team.example.org",
        "x.secret.team.example.org",
        "held.team.example.org",
        "db-1.example.net",
        "example.net",
        "blue.example.edu",
        "green.example.edu",
        "example.org",
        "notexample.com",
        "evil.test",
    ];
    let heads = ["", "", "a.", "b.c.", "*."];
    let host = format!("{}{}", pick(1, &heads), pick(2, &domains));
    match octets[0] % 5 {
        0 | 1 => dns(&host),
        2 => match octets[3] % 3 {
            0 => ip(&[10, octets[4] % 12, octets[5], octets[6]]),
            1 => ip(&[octets[4], octets[5], octets[6], octets[7]]),
            _ => ip(&[&[0x20, 0x01, 0x0d, 0xb8 | (octets[4] & 1)], &octets[4..16]].concat()),
        },
        3 => {
            let user = pick(3, &["root", "jane", "Root"]);
            email(&format!("{user}@{}", host.trim_start_matches("*.")))
        }
        _ => {
            let scheme = pick(3, &["spiffe", "https", "http"]);
            uri(&format!("{scheme}://{}/{}", host.trim_start_matches("*."), pick(4, &["", "x", "x/y"])))
        }
    }
}

#[test]
fn what_the_policy_allows_the_constraints_permit() {
    let policy = Policy::load(POLICY).expect("a policy");
    let checker = Checker::new(&policy);
    let (mut allowed, mut forbidden) = (0, 0);
    for seed in 0..3_000 {
        let name = random_name(seed);
        let (allows, permits) = (allows(&policy, &name), checker.permits(std::slice::from_ref(&name)));
        assert!(!allows || permits, "the policy allows {name:02x?}, and the constraints do not");
        allowed += u32::from(allows);
        forbidden += u32::from(!permits);
    }
    assert!(allowed > 300 && forbidden > 1_000, "{allowed} allowed, {forbidden} not permitted");
    println!("{allowed} names of 3000 allowed by the policy, {forbidden} not permitted by the constraints");
}

#[test]
fn what_cannot_be_said_is_noted() {
    let notes = |text: &str| -> Vec<(String, String)> {
        let view = Policy::load(text).expect("a policy").constraints_view();
        view.notes.iter().map(|note| (note.code.clone(), note.path_text())).collect()
    };
    let has = |notes: &[(String, String)], code: &str, path: &str| {
        assert!(notes.iter().any(|(c, p)| c == code && p == path), "{code} at {path}: {notes:?}");
    };
    let found = notes(POLICY);
    has(&found, "constrain/wider", "names.dns.allow[0]");
    has(&found, "constrain/wider", "names.uri.allow[1]");
    has(&found, "constrain/wider", "names.dns.allow[2]");
    has(&found, "constrain/not-expressible", "names.dns.deny[3]");
    has(&found, "constrain/not-expressible", "keys");
    has(&found, "constrain/not-expressible", "validity");
    for index in 0..3 {
        let said = found.iter().any(|(_, path)| *path == format!("names.dns.deny[{index}]"));
        assert!(!said, "the policy allows nothing below deny[{index}]");
    }
    let clients = "version: 1
id: clients
subject: { commonName: { allow: ['*'], inNames: optional } }
names: { presence: optional, dns: { allow: [{ regex: '^[a-z]+$' }] } }
keys: { EC: [P-256] }
validity: { default: 24h, max: 90d }
";
    let found = notes(clients);
    has(&found, "constrain/common-name", "subject.commonName.allow");
    has(&found, "constrain/not-expressible", "names.dns.allow[0]");
    has(&found, "constrain/not-expressible", "usages.extended");
}

#[test]
fn a_kind_that_the_policy_does_not_have_is_shut_out() {
    let policy = Policy::load(
        "version: 1
id: web
names: { dns: { allow: [{ under: example.com }] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
",
    )
    .expect("a policy");
    let checker = Checker::new(&policy);
    assert!(checker.permits(&[dns("a.example.com")]));
    for name in [
        dns("a.example.org"),
        ip(&[10, 0, 0, 1]),
        ip(&[0; 16]),
        email("jane@example.com"),
        uri("https://example.com/"),
        uri("urn:example:x"),
    ] {
        assert!(!checker.permits(std::slice::from_ref(&name)), "{name:02x?}");
        assert!(!checker.permits(&[dns("a.example.com"), name.clone()]), "{name:02x?} beside a good one");
    }
    let view = policy.constraints_view();
    assert_eq!(view.purposes, ["serverAuth"]);
    assert_eq!(view.path_length, 0);
}

#[test]
fn openssl_agrees() {
    let policy = Policy::load(POLICY).expect("a policy");
    let checker = Checker::new(&policy);
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, cert: &Cert| {
        let path = folder.path().join(name);
        std::fs::write(&path, certgate_tests::request::pem("CERTIFICATE", &cert.der())).expect("written");
        path
    };
    let root = write("root.pem", &Cert::root("root"));
    let intermediate = write("ca.pem", &checker.intermediate);
    let (mut agreed, mut seed) = (0, 0);
    while agreed < 60 {
        let name = random_name(seed);
        seed += 1;
        // OpenSSL takes a wildcard as a name like any other, and mailboxes and hosts of URIs letter by letter.
        if name.contains(&b'*') {
            continue;
        }
        let leaf = write("leaf.pem", &Checker::leaf(std::slice::from_ref(&name)));
        let ran = std::process::Command::new("openssl")
            .args(["verify", "-attime", "1767225600", "-CAfile"])
            .arg(&root)
            .arg("-untrusted")
            .arg(&intermediate)
            .arg(&leaf)
            .output();
        let ran = ran.expect("openssl is installed");
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(
            ran.status.success(),
            checker.permits(std::slice::from_ref(&name)),
            "{}: {said}",
            String::from_utf8_lossy(&name)
        );
        agreed += 1;
    }
    println!("openssl agrees on {agreed} names");
}

#[test]
fn the_section_for_openssl_makes_the_same_extension() {
    let policy = Policy::load(POLICY).expect("a policy");
    let folder = tempfile::tempdir().expect("a folder");
    let section = policy.constraints_view().to_openssl();
    let config = format!(
        "[req]\ndistinguished_name = dn\nx509_extensions = ca\nprompt = no\n[dn]\nCN = ca\n[ca]\n{section}"
    );
    let path = folder.path().join("openssl.cnf");
    std::fs::write(&path, config).expect("written");
    let out = folder.path().join("ca.der");
    let ran = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
        ])
        .arg(folder.path().join("ca.key"))
        .args(["-outform", "DER", "-config"])
        .arg(&path)
        .arg("-out")
        .arg(&out)
        .output()
        .expect("openssl is installed");
    assert!(ran.status.success(), "{section}\n{}", String::from_utf8_lossy(&ran.stderr));
    let made = Certificate::from_der(&std::fs::read(&out).expect("a file")).expect("a certificate");
    assert_eq!(made.name_constraints(), Some(&policy.constraints().names));
}

/// A plan with a root, a CA below it that is held to `policy.yaml`, and a server of this name.
fn plan(folder: &std::path::Path, name: &str) -> certgate_ops::pki::Plan {
    let authority = |subject: &str, file: &str| {
        serde_json::json!({
            "subject": [subject], "lifetime": "365d", "pathLength": 1,
            "certificate": format!("{file}.pem"), "privateKey": format!("{file}.key"),
        })
    };
    let mut sub = authority("CN=Sub", "sub");
    sub["issuer"] = "root".into();
    sub["pathLength"] = 0.into();
    sub["constrain"] = "policy.yaml".into();
    let document = serde_json::json!({
        "version": 1,
        "id": "constrained",
        "authorities": { "root": authority("CN=Root", "root"), "sub": sub },
        "certificates": { "server": {
            "issuer": "sub", "names": [name], "purposes": ["serverAuth"], "lifetime": "90d",
            "certificate": "server.pem", "privateKey": "server.key",
        } },
    });
    let plan: certgate_ops::pki::Plan =
        certgate_bindings::read_document(&document.to_string()).expect("a plan");
    certgate_ops::pki::Plan { beside: folder.to_owned(), ..plan }
}

#[test]
fn a_plan_holds_a_ca_to_a_policy() {
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let run = |name: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("policy.yaml"), POLICY).expect("written");
        let plan = plan(folder.path(), name);
        let made = certgate_ops::pki::init(&plan, folder.path(), at, &InitOptions::default());
        let sub = std::fs::read(folder.path().join("sub.pem")).expect("the CA");
        let sub = Certificate::from_bytes(&sub).expect("a certificate");
        assert_eq!(
            sub.name_constraints(),
            Some(&Policy::load(POLICY).expect("a policy").constraints().names)
        );
        assert_eq!(sub.extended_key_usage().map(<[_]>::len), Some(2));
        made.map(|_| ())
    };
    run("a.web.example.com").expect("a name within the constraints");
    let message = run("a.example.invalid").expect_err("a name outside");
    assert!(message.contains("issue/not-verified"), "{message}");
}
