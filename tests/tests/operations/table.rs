//! Every kind of object by every tool: accepted, or the reason why the tool is not asked.

use std::path::Path;

use certgate_tests::command::{other, run};

use super::{KINDS, folder, openssl};

/// Whether a tool takes an object.
enum Cell {
    Accepted,
    Absent(String),
    Refused(String),
}

const TOOLS: [&str; 5] = ["openssl", "gnutls", "pyca", "rustls-webpki", "certgate"];

/// A root, an intermediate and a server, all with keys of one kind; then the intermediate's revocation list.
fn make(at: &Path, kind: &str) {
    let plan = format!(
        "version: 1
id: table
authorities:
  root: {{ subject: [O=Table, CN=Root], key: {kind}, lifetime: 3650d, pathLength: 1, certificate: root.pem, privateKey: root.key }}
  below: {{ issuer: root, subject: [O=Table, CN=Below], key: {kind}, lifetime: 1000d, certificate: below.pem, privateKey: below.key }}
certificates:
  web: {{ issuer: below, names: [web.example.com], purposes: [serverAuth], key: {kind}, lifetime: 90d, certificate: web.pem, privateKey: web.key }}
  old: {{ issuer: below, names: [old.example.com], purposes: [serverAuth], key: {kind}, lifetime: 90d, certificate: old.pem, privateKey: old.key }}
bundles: {{ chain.pem: [below, root] }}
"
    );
    std::fs::write(at.join("plan.yaml"), plan).expect("a file");
    let said = run(at, &["pki", "init", "plan.yaml"], b"");
    assert_eq!(said.exit, 0, "{kind}: {said:?}");
    let crl = [
        "crl",
        "new",
        "--ca",
        "chain.pem",
        "--ca-key",
        "below.key",
        "--revoke",
        "old.pem",
        "-o",
        "below.crl",
    ];
    assert_eq!(run(at, &crl, b"").exit, 0, "{kind}");
    let crl = ["crl", "new", "--ca", "root.pem", "--ca-key", "root.key", "-o", "root.crl"];
    assert_eq!(run(at, &crl, b"").exit, 0, "{kind}");
    let all = ["below.crl", "root.crl"]
        .map(|name| std::fs::read_to_string(at.join(name)).expect("a list"))
        .concat();
    std::fs::write(at.join("all.crl"), all).expect("a file");
}

fn verdict(
    program: &str,
    at: &Path,
    arguments: &[&str],
    good: impl Fn(&certgate_tests::command::Said) -> bool,
) -> Cell {
    match other(program, at, arguments) {
        None => Cell::Absent(format!("{program} is not installed")),
        Some(said) if good(&said) => Cell::Accepted,
        Some(said) => Cell::Refused(format!("{said:?}")),
    }
}

fn certificates(tool: &str, at: &Path) -> Cell {
    match tool {
        "openssl" => verdict(
            "openssl",
            at,
            &[
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-verify_hostname",
                "web.example.com",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "below.pem",
                "web.pem",
            ],
            |said| said.exit == 0,
        ),
        "gnutls" => {
            let all = ["web.pem", "below.pem"]
                .map(|name| std::fs::read_to_string(at.join(name)).expect("it"))
                .concat();
            std::fs::write(at.join("presented.pem"), all).expect("a file");
            let verify =
                ["--verify", "--verify-hostname", "web.example.com", "--load-ca-certificate", "root.pem"];
            verdict("certtool", at, &[&verify[..], &["--infile", "presented.pem"]].concat(), |said| {
                said.exit == 0 && said.stdout.contains("Verified")
            })
        }
        "pyca" => verdict("python3", at, &["-c", PYCA], |said| said.exit == 0),
        "rustls-webpki" => webpki(at),
        _ => {
            let ours = run(
                at,
                &["verify", "-a", "root.pem", "-i", "below.pem", "-n", "web.example.com", "web.pem"],
                b"",
            );
            if ours.exit == 0 { Cell::Accepted } else { Cell::Refused(format!("{ours:?}")) }
        }
    }
}

const PYCA: &str = "
import datetime
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store
load = lambda name: x509.load_pem_x509_certificate(open(name, 'rb').read())
builder = PolicyBuilder().store(Store([load('root.pem')])).time(datetime.datetime.now(datetime.timezone.utc))
chain = builder.build_server_verifier(x509.DNSName('web.example.com')).verify(load('web.pem'), [load('below.pem')])
assert len(chain) == 3
";

const PYCA_CRL: &str = "
from cryptography import x509
load = lambda name: x509.load_pem_x509_certificate(open(name, 'rb').read())
crl = x509.load_pem_x509_crl(open('below.crl', 'rb').read())
assert crl.is_signature_valid(load('below.pem').public_key())
assert crl.get_revoked_certificate_by_serial_number(load('old.pem').serial_number) is not None
assert crl.get_revoked_certificate_by_serial_number(load('web.pem').serial_number) is None
";

fn der(at: &Path, name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(at.join(name)).expect("a file");
    let blocks = certgate::pem::blocks(&text, &certgate::limits::Limits::default()).expect("PEM");
    blocks[0].decode().expect("base64").octets
}

fn webpki_path(
    at: &Path,
    leaf: &str,
    revocation: Option<webpki::RevocationOptions<'_>>,
) -> Result<(), webpki::Error> {
    let (root, below, leaf) = (der(at, "root.pem"), der(at, "below.pem"), der(at, leaf));
    let (root, below, leaf) = (root.into(), rustls::pki_types::CertificateDer::from(below), leaf.into());
    let anchor = webpki::anchor_from_trusted_cert(&root)?.to_owned();
    let end = webpki::EndEntityCert::try_from(&leaf)?;
    end.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &[anchor],
        &[below],
        rustls::pki_types::UnixTime::now(),
        webpki::KeyUsage::server_auth(),
        revocation,
        None,
    )
    .map(drop)
}

fn webpki(at: &Path) -> Cell {
    match webpki_path(at, "web.pem", None) {
        Ok(()) => Cell::Accepted,
        Err(error) => Cell::Refused(format!("{error:?}")),
    }
}

fn lists(tool: &str, at: &Path) -> Cell {
    match tool {
        "openssl" => {
            let verify = [
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-CRLfile",
                "all.crl",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "below.pem",
            ];
            let good = other("openssl", at, &[&verify[..], &["web.pem"]].concat()).expect("openssl");
            let bad = other("openssl", at, &[&verify[..], &["old.pem"]].concat()).expect("openssl");
            let holds = good.exit == 0 && bad.exit != 0 && bad.stderr.contains("certificate revoked");
            if holds { Cell::Accepted } else { Cell::Refused(format!("{good:?} {bad:?}")) }
        }
        "gnutls" => verdict(
            "certtool",
            at,
            &["--verify-crl", "--load-ca-certificate", "below.pem", "--infile", "below.crl"],
            |said| said.exit == 0 && said.stdout.contains("Verified"),
        ),
        "pyca" => verdict("python3", at, &["-c", PYCA_CRL], |said| said.exit == 0),
        "rustls-webpki" => {
            let owned = [der(at, "below.crl"), der(at, "root.crl")].map(|list| {
                webpki::OwnedCertRevocationList::from_der(&list).map(webpki::CertRevocationList::from)
            });
            let lists: Result<Vec<_>, _> = owned.into_iter().collect();
            let lists = match lists {
                Ok(lists) => lists,
                Err(error) => return Cell::Refused(format!("{error:?}")),
            };
            let lists: Vec<&webpki::CertRevocationList<'_>> = lists.iter().collect();
            let options = || webpki::RevocationOptionsBuilder::new(&lists).expect("lists").build();
            let good = webpki_path(at, "web.pem", Some(options()));
            let bad = webpki_path(at, "old.pem", Some(options()));
            match (good, bad) {
                (Ok(()), Err(webpki::Error::CertRevoked)) => Cell::Accepted,
                other => Cell::Refused(format!("{other:?}")),
            }
        }
        _ => {
            let verify =
                ["verify", "-a", "root.pem", "-i", "below.pem", "--crl", "all.crl", "--format", "json"];
            let good = run(at, &[&verify[..], &["web.pem"]].concat(), b"");
            let bad = run(at, &[&verify[..], &["old.pem"]].concat(), b"");
            let holds = good.exit == 0 && bad.stdout.contains("verify/revoked");
            if holds { Cell::Accepted } else { Cell::Refused(format!("{good:?} {bad:?}")) }
        }
    }
}

/// Cells that are empty, with the reason. One that is accepted after all must leave this list.
const EMPTY: &[(&str, &str, &str)] = &[
    ("P-521 certificate", "rustls-webpki", "its back end ring has no P-521"),
    ("P-521 list", "rustls-webpki", "its back end ring has no P-521"),
    (
        "Ed25519 certificate",
        "pyca",
        "its verifier holds to the CA/Browser Forum's algorithms, which leave Ed25519 out",
    ),
];

#[test]
fn every_kind_is_accepted_by_every_tool() {
    let mut faults = Vec::new();
    println!("{:<24}{}", "", TOOLS.map(|tool| format!("{tool:<16}")).concat());
    for kind in KINDS {
        let folder = folder();
        let at = folder.path();
        make(at, kind);
        openssl(at, &["x509", "-in", "web.pem", "-noout"]);
        for (what, judge) in [("certificate", certificates as fn(&str, &Path) -> Cell), ("list", lists)] {
            let row = format!("{kind} {what}");
            let mut line = format!("{row:<24}");
            for tool in TOOLS {
                let excepted = EMPTY.iter().find(|(of, by, _)| *of == row && *by == tool);
                let word = match (judge(tool, at), excepted) {
                    (Cell::Accepted, None) => "accepted",
                    (Cell::Absent(why), _) => {
                        eprintln!("absent, so not tested: {why}");
                        "absent"
                    }
                    (Cell::Refused(_), Some(_)) => "-",
                    (Cell::Accepted, Some(_)) => {
                        faults.push(format!(
                            "{row}, {tool}: accepted, so it must leave the list of empty cells"
                        ));
                        "accepted"
                    }
                    (Cell::Refused(why), None) => {
                        faults.push(format!("{row}, {tool}: {why}"));
                        "REFUSED"
                    }
                };
                line.push_str(&format!("{word:<16}"));
            }
            println!("{line}");
        }
    }
    for (row, tool, why) in EMPTY {
        println!("- {row}, {tool}: {why}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
