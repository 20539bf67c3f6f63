use std::path::Path;

use base64::Engine;
use certgate_tests::command::{other, run};

use super::{CA, hierarchy, issue, ok};

/// The certificate of a delegated responder: `responder.pem` and `responder.key`.
fn responder(folder: &Path) {
    let request =
        ["request", "new", "-s", "CN=responder", "--key-output", "responder.key", "-o", "responder.csr"];
    ok(folder, &request);
    let arguments =
        [&["issue", "-p", "responders.yaml", "-o", "responder.pem"], &CA[..], &["responder.csr"]].concat();
    ok(folder, &arguments);
}

fn serial(folder: &Path, certificate: &str) -> String {
    let said = ok(folder, &["inventory", "show", certificate]).stdout;
    let entry: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    entry["serialNumber"].as_str().expect("a serial number").to_owned()
}

#[test]
fn responses_by_the_ca_and_by_a_delegate_are_believed() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "good", &[]);
    issue(path, "bad", &[]);
    responder(path);
    ok(path, &["revoke", "bad.pem", "--reason", "keyCompromise"]);
    let by_ca = [&["ocsp", "sign", "--layout", "serial", "-o", "ca"], &CA[..]].concat();
    let by_delegate = [
        "ocsp",
        "sign",
        "--layout",
        "serial",
        "-o",
        "delegate",
        "--ca",
        "issuer.pem",
        "--responder",
        "responder.pem",
        "--responder-key",
        "responder.key",
    ];
    for (signer, arguments) in [("ca", by_ca.as_slice()), ("delegate", &by_delegate)] {
        // Of the intermediate: the server of the plan, good, bad and the responder.
        let said = ok(path, arguments).stdout;
        assert!(said.contains("4 responses"), "{said}");
        for (certificate, exit) in [("good.pem", 0), ("bad.pem", 1)] {
            let file = format!("{signer}/{}.der", serial(path, certificate));
            let verify = [
                "verify",
                "-a",
                "root-ca.pem",
                "--intermediates",
                "intermediate-ca.pem",
                "--revocation-leaf-only",
                "--format",
                "json",
                "--ocsp",
                &file,
                certificate,
            ];
            let said = run(path, &verify, b"");
            assert_eq!(said.exit, exit, "{signer} {certificate}: {said:?}");
            assert!(exit == 0 || said.stdout.contains("verify/revoked"), "{said:?}");
            let chain = ["-issuer", "intermediate-ca.pem", "-cert", certificate];
            let openssl = [
                "ocsp",
                "-no_nonce",
                "-respin",
                &file,
                "-CAfile",
                "root-ca.pem",
                "-verify_other",
                "intermediate-ca.pem",
            ];
            match other("openssl", path, &[&openssl[..], &chain].concat()) {
                None => eprintln!("absent, so not tested: openssl"),
                Some(said) => {
                    let both = format!("{}{}", said.stdout, said.stderr);
                    let word = if exit == 0 { ": good" } else { ": revoked" };
                    assert!(
                        said.exit == 0 && both.contains("Response verify OK") && both.contains(word),
                        "{both}"
                    );
                }
            }
            let ocsptool = [
                "--verify-response",
                "--load-response",
                &file,
                "--load-trust",
                "root-ca.pem",
                "--load-issuer",
                "intermediate-ca.pem",
            ];
            match other("ocsptool", path, &ocsptool) {
                None => eprintln!("absent, so not tested: ocsptool"),
                Some(said) => assert!(format!("{said:?}").contains("Success") || said.exit == 0, "{said:?}"),
            }
        }
    }
    ok(path, &["audit", "verify"]);
}

#[test]
fn responses_stand_where_a_get_request_looks() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let request =
        ["ocsp", "-no_nonce", "-issuer", "intermediate-ca.pem", "-cert", "web.pem", "-reqout", "web.req"];
    if other("openssl", path, &request).is_none() {
        eprintln!("absent, so not tested: openssl");
        return;
    }
    let text = base64::engine::general_purpose::STANDARD
        .encode(std::fs::read(path.join("web.req")).expect("the request"));
    for (layout, name) in [
        ("encoded", text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
        ("decoded", text.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")),
    ] {
        ok(path, &[&["ocsp", "sign", "--layout", layout, "-o", layout], &CA[..]].concat());
        assert!(path.join(layout).join(&name).is_file(), "{layout}/{name}");
    }
}

#[test]
fn who_was_not_named_signs_no_responses() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let sign = |certificate: &str, key: &str| {
        let arguments = [
            "ocsp",
            "sign",
            "-o",
            "out",
            "--ca",
            "issuer.pem",
            "--responder",
            certificate,
            "--responder-key",
            key,
        ];
        run(path, &arguments, b"")
    };
    let server = sign("web.pem", "web.key");
    assert!(server.exit == 1 && server.stderr.contains("OCSPSigning"), "{server:?}");
    let other_ca = sign("root-ca.pem", "root-ca.key");
    assert_eq!(other_ca.exit, 1, "{other_ca:?}");
    responder(path);
    let other_key = sign("responder.pem", "web.key");
    assert_eq!(other_key.exit, 1, "{other_key:?}");
    assert!(!path.join("out").exists());
}

/// After the end of the responder's certificate nobody believes its responses: they do not promise to hold longer.
#[test]
fn responses_end_with_their_responder() {
    let folder = hierarchy();
    let path = folder.path();
    responder(path);
    let delegate = ["--ca", "issuer.pem", "--responder", "responder.pem", "--responder-key", "responder.key"];
    let sign = ["ocsp", "sign", "--layout", "serial", "-o", "long", "--lifetime", "7d"];
    let said = ok(path, &[&sign[..], &delegate].concat());
    assert!(said.stderr.contains("responder.pem ends at"), "{said:?}");
    let file = format!("long/{}.der", serial(path, "server.pem"));
    let of = |arguments: &[&str]| other("openssl", path, arguments).map(|said| said.stdout);
    let Some(shown) = of(&["ocsp", "-respin", &file, "-noverify", "-text"]) else {
        return eprintln!("absent, so not tested: openssl");
    };
    let next = shown.lines().find_map(|line| line.trim().strip_prefix("Next Update: ")).expect("a time");
    let end = of(&["x509", "-in", "responder.pem", "-noout", "-enddate"]).expect("openssl");
    assert_eq!(end.trim(), format!("notAfter={next}"));
    // By the CA itself they hold as long as is asked for.
    let said = ok(path, &[&sign[..], &CA].concat());
    assert!(!said.stderr.contains("ends at"), "{said:?}");
}

/// A responder that was revoked signs nothing any more.
#[test]
fn a_revoked_responder_signs_no_responses() {
    let folder = hierarchy();
    let path = folder.path();
    responder(path);
    let sign = ["ocsp", "sign", "-o", "out", "--ca", "issuer.pem", "--responder", "responder.pem"];
    let sign = [&sign[..], &["--responder-key", "responder.key"]].concat();
    ok(path, &["revoke", "responder.pem", "--reason", "keyCompromise"]);
    let said = run(path, &sign, b"");
    assert!(said.exit == 1 && said.stderr.contains("[verify/revoked]"), "{said:?}");
    assert!(said.stderr.contains("responder.pem is revoked (keyCompromise)"), "{said:?}");
    assert!(!path.join("out").exists());
    // The CA itself still answers for it.
    assert!(ok(path, &[&["ocsp", "sign", "-o", "out"], &CA[..]].concat()).stdout.contains("2 responses"));
}
