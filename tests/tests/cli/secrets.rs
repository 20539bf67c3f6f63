//! Texts with private keys: they are refused, and nothing of them is shown again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_tests::command::run;
use certgate_tests::der::{explicit, int, octets, oid, seq};
use certgate_tests::request::Csr;
use certgate_tests::vector::AT;

use crate::{folder, write};

/// A private key of SEC 1 as base64 on one line.
fn key() -> String {
    let number: Vec<u8> = (1..=32u8).map(|octet| octet.wrapping_mul(37)).collect();
    let curve = explicit(0, &oid("1.2.840.10045.3.1.7"));
    STANDARD.encode(seq(&[int(&[1]), octets(&number), curve]))
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
