//! pkilint, a linter of others, has nothing of severity error against what certgate issues; and it agrees on what is wrong.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use certgate::certificate::{Certificate, SerialNumber};
use certgate::crypto::{PrivateKey, Signer};
use certgate::extension::{BasicConstraints, ReasonCode};
use certgate::issue::{IssueInputs, Issuer, NewAuthority, NewRevocationList, Revocation};
use certgate::oid::{COMMON_NAME, COUNTRY_NAME, ORGANIZATION_NAME};
use certgate::policy::Context;
use certgate::request::NewRequest;
use certgate::time::Timestamp;
use certgate_bindings::issue::parse_names;
use certgate_bindings::{Policy, Request};
use certgate_tests::command::other;
use certgate_tests::keys::fixed;
use certgate_tests::request::pem;
use certgate_tests::{lint, root};

/// The folder of programs of an environment with pkilint; `None` where no package can be had. Tests run at once: the first one makes it.
fn environment() -> Option<PathBuf> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(make_environment).clone()
}

fn make_environment() -> Option<PathBuf> {
    let environment = root().join("target/python/pkilint");
    let python = environment.join("bin/python");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    if !python.exists() {
        let said = other("python3", &root(), &["-m", "venv", &text(&environment)])?;
        assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
    }
    let run =
        |arguments: &[&str]| other(&text(&python), &root(), arguments).expect("the environment's Python");
    if run(&["-c", "import pkilint"]).exit != 0 {
        let said = run(&["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pkilint"]);
        if said.exit != 0 {
            println!("not tested: pip cannot install pkilint: {}", said.stderr.trim());
            return None;
        }
    }
    Some(environment.join("bin"))
}

/// What a linter says of severity error and worse; empty if nothing.
fn errors(programs: &Path, folder: &Path, program: &str, words: &[&str], label: &str, der: &[u8]) -> String {
    std::fs::write(folder.join("input.pem"), pem(label, der)).expect("written");
    let words = [&["lint"], words, &["-s", "ERROR", "-f", "TEXT", "input.pem"]].concat();
    let program = programs.join(program);
    let said = other(program.to_str().expect("UTF-8"), folder, &words).expect("the linter");
    assert!(!said.stderr.contains("Traceback"), "{}", said.stderr);
    if said.exit == 0 { String::new() } else { format!("{}{}", said.stdout, said.stderr) }
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).expect("a time")
}

fn inputs(number: u8) -> IssueInputs {
    IssueInputs::new(at("2026-01-01T00:00:00Z"), [number; 20])
}

fn named(common: &str) -> Vec<(certgate::oid::Oid, String)> {
    vec![
        (COUNTRY_NAME, "CH".to_owned()),
        (ORGANIZATION_NAME, "Example".to_owned()),
        (COMMON_NAME, common.to_owned()),
    ]
}

const SUBJECT: &str = "subject:
  commonName: { allow: ['*'], inNames: optional }
  attributes: { countryName: { allow: [CH] }, organizationName: { allow: [Example] } }
keys: { RSA: {}, EC: [P-256, P-384, P-521], Ed25519: {} }
";

/// One certificate of a policy, in the way of every other.
fn issue(
    policy: &str,
    request: &NewRequest,
    key: &PrivateKey,
    issuer: &Issuer,
    ca: &PrivateKey,
) -> Arc<Certificate> {
    let request = request.sign(key).expect("a request");
    let request = Request::parse(request.der()).expect("a request");
    let text = format!("version: 1\nid: made\n{SUBJECT}{policy}");
    let context = Context::new(at("2026-01-01T00:00:00Z"));
    let decision = Policy::load(&text).expect("a policy").evaluate(&request, &context);
    assert!(decision.is_allowed(), "{:?}", decision.reasons());
    let approval = decision.as_core().approval().expect("an approval");
    let prepared = issuer.prepare(approval, &inputs(7), ca.scheme()).expect("prepared");
    Arc::clone(prepared.sign(ca).expect("a certificate").certificate())
}

#[test]
fn what_is_issued_has_no_errors() {
    let Some(programs) = environment() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (top, sub) = (fixed("P-384"), fixed("P-256"));
    let authority = NewAuthority {
        subject: named("Root"),
        not_before: at("2025-12-01T00:00:00Z"),
        not_after: at("2040-11-30T23:59:59Z"),
        path_length: None,
    };
    let anchor = authority
        .prepare(top.public_key(), top.scheme(), &inputs(1))
        .and_then(|prepared| prepared.sign(&top))
        .expect("a root");
    let web = "names: { dns: { allow: [{ under: example.com }] }, ip: { allow: [10.0.0.0/8] } }
usages: { extended: [serverAuth] }
validity: { default: 90d, max: 90d }
";
    let constraints =
        Policy::load(&format!("version: 1\nid: web\n{SUBJECT}{web}")).expect("a policy").constraints();
    let uris = |issuer: Issuer| {
        issuer
            .with_distribution_points(vec!["http://crl.example.com/ca.crl".to_owned()])
            .with_information_access(
                vec!["http://ca.example.com/ca.crt".to_owned()],
                vec!["http://ocsp.example.com/".to_owned()],
            )
    };
    let issuer = uris(Issuer::new(Arc::clone(&anchor), Vec::new()).expect("an issuer"));
    let request = NewRequest {
        subject: named("Sub"),
        basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(0) }),
        ..NewRequest::default()
    };
    let cas = "names: { presence: forbidden }\nvalidity: { default: 1800d, max: 1800d }\nca: { maxPathLength: 0 }\n";
    let intermediate = issue(cas, &request, &sub, &issuer.with_constraints(constraints), &top);
    let below = uris(Issuer::new(Arc::clone(&intermediate), vec![Arc::clone(&anchor)]).expect("an issuer"));
    let mut made = vec![("root", anchor), ("intermediate", intermediate)];
    for key in ["RSA-2048", "P-256", "P-384", "P-521", "Ed25519"] {
        let names = parse_names(&["a.example.com".to_owned(), "10.1.2.3".to_owned()]).expect("names");
        let request = NewRequest { names, ..NewRequest::default() };
        made.push((key, issue(web, &request, &fixed(key), &below, &sub)));
    }
    let clients = "names: { presence: forbidden }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";
    let request = NewRequest { subject: named("Jane"), ..NewRequest::default() };
    made.push(("client", issue(clients, &request, &sub, &below, &sub)));
    for (name, certificate) in &made {
        let found = errors(&programs, folder.path(), "lint_pkix_cert", &[], "CERTIFICATE", certificate.der());
        assert!(found.is_empty(), "{name}: {found}");
    }
    let list = NewRevocationList {
        number: SerialNumber::from_octets(&[7]),
        this_update: at("2026-01-01T00:00:00Z"),
        next_update: at("2026-01-08T00:00:00Z"),
        revocations: vec![Revocation {
            serial_number: SerialNumber::from_octets(&[0x40; 16]),
            at: at("2025-12-01T00:00:00Z"),
            reason: ReasonCode::Superseded,
        }],
    };
    let list = list.prepare(&below, sub.scheme()).and_then(|prepared| prepared.sign(&sub)).expect("a list");
    let words = ["-t", "CRL", "-p", "PKIX"];
    let found = errors(&programs, folder.path(), "lint_crl", &words, "X509 CRL", list.der());
    assert!(found.is_empty(), "list: {found}");
    println!("pkilint has no error on {} certificates and a list", made.len());
}

/// The server that breaks no rule of ours breaks none of theirs, and what breaks one of ours breaks one of theirs.
#[test]
fn both_linters_agree_on_servers() {
    let Some(programs) = environment() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let judge = |der: &[u8]| {
        let words = ["-t", "DV-FINAL-CERTIFICATE"];
        errors(&programs, folder.path(), "lint_cabf_serverauth_cert", &words, "CERTIFICATE", der)
    };
    let clean = judge(&lint::server().der());
    assert!(clean.is_empty(), "{clean}");
    let wanted = [
        "lint/access-critical",
        "lint/authority-key-missing",
        "lint/extended-key-usage-any",
        "lint/key-usage-cert-sign",
        "lint/names-missing",
        "lint/policies-reserved",
        "lint/serial-not-positive",
        "lint/validity-too-long",
    ];
    for code in wanted {
        let vector = lint::all().into_iter().find(|vector| vector.code == code).expect("a vector");
        assert!(!judge(&vector.input).is_empty(), "{}: pkilint says nothing", vector.id);
    }
    println!("pkilint agrees on {} servers", wanted.len() + 1);
}
