//! Texts with private keys: they are refused, and nothing of them is shown again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_tests::command::run;
use certgate_tests::der::{explicit, int, octets, oid, seq};
use certgate_tests::request::{Csr, cn};
use certgate_tests::vector::{AT, OPEN};

use crate::{folder, write};

/// A private key of SEC 1 as base64 on one line.
fn key() -> String {
    let number: Vec<u8> = (1..=32u8).map(|octet| octet.wrapping_mul(37)).collect();
    let curve = explicit(0, &oid("1.2.840.10045.3.1.7"));
    STANDARD.encode(seq(&[int(&[1]), octets(&number), curve]))
}

/// A request may have a key for its common name: reports, annotations, logs for code scanning and explanations show nothing of it.
#[test]
fn nothing_of_a_private_key_in_a_request_is_shown() {
    // PKCS #8 of Ed25519 has 64 characters, as many as a common name may have.
    let number: Vec<u8> = (1..=32u8).map(|octet| octet.wrapping_mul(37)).collect();
    let key = STANDARD.encode(seq(&[int(&[0]), seq(&[oid("1.3.101.112")]), octets(&octets(&number))]));
    assert_eq!(key.len(), 64);
    let folder = folder();
    let folder = folder.path();
    write(folder, "request.csr", Csr::subject(&[cn(&key)]).pem());
    write(folder, "denying.yaml", OPEN);
    let allowing = OPEN.replace("subject:\n", "subject:\n  commonName: { allow: [\"*\"] }\n");
    write(folder, "allowing.yaml", allowing);
    for (policy, exit) in [("denying.yaml", 1), ("allowing.yaml", 0)] {
        let request = ["--policy", policy, "--at", AT, "request.csr"];
        for command in [
            &["check"][..],
            &["check", "--format", "sarif"],
            &["check", "--format", "github"],
            &["policy", "explain"],
        ] {
            let said = run(folder, &[command, &request].concat(), b"");
            assert_eq!(said.exit, exit, "{command:?}: {said:?}");
            let shown = format!("{}{}", said.stdout, said.stderr);
            let piece = key.as_bytes().windows(16).find(|piece| {
                let piece = std::str::from_utf8(piece).expect("base64");
                shown.contains(piece)
            });
            assert_eq!(piece, None, "{policy}: {command:?}: {shown}");
        }
        let said = run(folder, &[&["check"][..], &request].concat(), b"");
        assert!(said.stdout.contains("[private key]"), "{policy}: {said:?}");
    }
}

#[test]
fn nothing_of_a_private_key_is_shown() {
    let key = key();
    let lines = [&key[..32], &key[32..]];
    let label = "-----BEGIN EC PRIVATE KEY-----";
    let end = "-----END EC PRIVATE KEY-----";
    let escaped = format!("{label}\\n{}\\n{}\\n{end}\\n", lines[0], lines[1]);
    let folder = folder();
    let folder = folder.path();
    write(folder, "request.csr", Csr::default().pem());
    for text in [
        key.clone(),
        format!("{label}\n{key}\n{end}\n"),
        format!("{{\"version\":1,\"id\":\"x\",\"facts\":{{\"key\":\"{escaped}\"}}}}"),
        format!("{{ version: 1, id: x, facts: {{ key: \"{escaped}\" }} }}\n"),
        format!("version: 1\nid: x\nkeyz: {key}\n"),
        format!("version: 1\nid: x\nkeyz: [\"{key}\"\n"),
    ] {
        write(folder, "text", &text);
        for arguments in [
            &["policy", "lint", "text"][..],
            &["policy", "lint", "--format", "json", "text"],
            &["policy", "show", "text"],
            &["policy", "digest", "text"],
            &["policy", "import", "vault-role", "text"],
            &["check", "--policy", "text", "--at", AT, "request.csr"],
            &["check", "--policy", "policy.yaml", "--context", "text", "--at", AT, "request.csr"],
            &["request", "new", "--from", "text", "--key-output", "new.key"],
            &["pki", "init", "text"],
        ] {
            let said = run(folder, arguments, b"");
            assert_ne!(said.exit, 0, "{arguments:?}: {said:?}");
            let shown = format!("{}{}", said.stdout, said.stderr);
            assert!(shown.contains("input/private-key"), "{arguments:?}: {shown}");
            let piece = key.as_bytes().windows(16).find(|piece| {
                let piece = std::str::from_utf8(piece).expect("base64");
                shown.contains(piece)
            });
            assert_eq!(piece, None, "{arguments:?}: {shown}");
        }
        assert!(!folder.join("new.key").exists());
        let said = run(folder, &["policy", "lint", "text"], b"");
        assert!(said.stdout.contains("in: text:1:1"), "{said:?}");
    }
}
