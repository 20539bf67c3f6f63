//! PKCS #12 and JKS, against openssl and keytool in both directions.

use std::path::Path;

use certgate_tests::command::{other, run};
use certgate_tests::keys::fixed;

use super::{KINDS, folder, init, keytool, openssl};

const EXPORT: [&str; 2] = ["keystore", "export"];
const STORE: [&str; 2] = ["--store-passphrase-file", "pass"];

/// A key of every kind with a certificate of its own, written for openssl and Java.
#[test]
fn what_is_exported_opens_everywhere() {
    let folder = folder();
    let at = folder.path();
    for kind in KINDS {
        let _ = std::fs::remove_file(at.join("out.p12"));
        let _ = std::fs::remove_file(at.join("back.key"));
        make(at, kind);
        let export = ["--key", "a.key", "--certificate", "a.pem", "--alias", "web", "-o", "out.p12"];
        let said = run(at, &[&EXPORT[..], &STORE, &export].concat(), b"");
        assert_eq!(said.exit, 0, "{kind}: {said:?}");
        let again = run(at, &[&EXPORT[..], &STORE, &export].concat(), b"");
        assert_eq!(again.exit, 3, "a store is never overwritten: {again:?}");
        let info = openssl(at, &["pkcs12", "-in", "out.p12", "-passin", "file:pass", "-info", "-noout"]);
        for part in ["MAC: sha256", "PBES2, PBKDF2, AES-256-CBC", "hmacWithSHA256"] {
            assert!(info.stderr.contains(part), "{kind}: {part}: {info:?}");
        }
        openssl(
            at,
            &["pkcs12", "-in", "out.p12", "-passin", "file:pass", "-nocerts", "-nodes", "-out", "theirs.key"],
        );
        let public = |key: &str| openssl(at, &["pkey", "-in", key, "-pubout"]).stdout;
        assert_eq!(public("theirs.key"), public("a.key"), "{kind}");
        if let Some(listed) =
            keytool(at, &["-list", "-v", "-keystore", "out.p12", "-storepass:file", "pass1"])
        {
            assert!(listed.stdout.contains("PrivateKeyEntry"), "{kind}: {listed:?}");
            assert!(listed.stdout.contains("Alias name: web"), "{kind}: {listed:?}");
            // keytool gets at the private key: it changes its entry's passphrase-protected copy into another store.
            let copy = [
                "-importkeystore",
                "-srckeystore",
                "out.p12",
                "-srcstorepass:file",
                "pass1",
                "-destkeystore",
            ];
            let rest = ["copy.p12", "-deststorepass:file", "pass1", "-deststoretype", "pkcs12", "-noprompt"];
            let _ = std::fs::remove_file(at.join("copy.p12"));
            let copied = keytool(at, &[&copy[..], &rest].concat()).expect("keytool");
            assert_eq!(copied.exit, 0, "{kind}: {copied:?}");
            let import =
                ["keystore", "import", "copy.p12", "--key-output", "back.key", "--chain-output", "back.pem"];
            let said = run(at, &[&import[..], &STORE].concat(), b"");
            assert_eq!(said.exit, 0, "{kind}: {said:?}");
            assert_eq!(public("back.key"), public("a.key"), "{kind}: through Java and back");
        }
    }
}

fn make(at: &Path, kind: &str) {
    let pem = certgate::pem::encode("PRIVATE KEY", &fixed(kind).to_pkcs8_der().expect("DER"));
    std::fs::write(at.join("a.key"), pem).expect("a file");
    openssl(
        at,
        &["req", "-x509", "-key", "a.key", "-subj", "/CN=web.example.com", "-days", "30", "-out", "a.pem"],
    );
}

#[test]
fn what_openssl_writes_is_imported() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let export =
        ["pkcs12", "-export", "-inkey", "server.key", "-in", "server.pem", "-certfile", "ca-chain.pem"];
    let rest = ["-name", "web", "-passout", "file:pass", "-out", "theirs.p12"];
    openssl(at, &[&export[..], &rest].concat());
    let import = ["keystore", "import", "theirs.p12", "--chain-output", "chain.pem"];
    let encrypted = ["--key-output", "back.key", "--encrypt", "--passphrase-file", "pass"];
    let said = run(at, &[&import[..], &STORE, &encrypted].concat(), b"");
    assert_eq!(said.exit, 0, "{said:?}");
    assert!(said.stdout.contains("web") && said.stdout.contains("3 certificates"), "{said:?}");
    let public = openssl(at, &["pkey", "-in", "back.key", "-passin", "file:pass", "-pubout"]).stdout;
    assert_eq!(public, openssl(at, &["pkey", "-in", "server.key", "-pubout"]).stdout);
    openssl(
        at,
        &["verify", "-x509_strict", "-CAfile", "root-ca.pem", "-untrusted", "chain.pem", "chain.pem"],
    );

    let wrong = run(at, &["keystore", "import", "theirs.p12", "--store-passphrase-file", "wrong"], b"");
    assert!(wrong.exit == 3 && wrong.stderr.contains("key/passphrase"), "{wrong:?}");
    let old = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "SHA1"];
    openssl(at, &[&export[..], &old, &rest].concat());
    let said = run(at, &[&["keystore", "import", "theirs.p12"][..], &STORE].concat(), b"");
    assert!(said.exit == 3 && said.stderr.contains("key/encryption"), "{said:?}");
    // More iterations than are done for a file.
    openssl(at, &[&export[..], &["-iter", "1000001", "-nomac"], &rest].concat());
    let said = run(at, &[&["keystore", "import", "theirs.p12"][..], &STORE].concat(), b"");
    assert!(said.exit == 3 && said.stderr.contains("key/encryption-cost"), "{said:?}");
    let another = ["--key", "root-ca.key", "--certificate", "server.pem", "-o", "no.p12"];
    let said = run(at, &[&EXPORT[..], &STORE, &another].concat(), b"");
    assert!(said.exit == 2 && !at.join("no.p12").exists(), "a key with another certificate: {said:?}");
}

#[test]
fn trust_stores_of_java_go_in_and_out() {
    let folder = folder();
    let at = folder.path();
    if keytool(at, &["-help"]).is_none() {
        return eprintln!("absent, so not tested: keytool");
    }
    init(at, "three-tier.yaml");
    for form in ["pkcs12", "jks"] {
        let ours = format!("ours.{form}");
        let export = ["--format", form, "--trust", "ca-chain.pem", "-o", &ours];
        let said = run(at, &[&EXPORT[..], &STORE, &export].concat(), b"");
        assert_eq!(said.exit, 0, "{form}: {said:?}");
        let listed =
            keytool(at, &["-list", "-v", "-keystore", &ours, "-storepass:file", "pass1"]).expect("keytool");
        assert_eq!(listed.stdout.matches("trustedCertEntry").count(), 2, "{form}: {listed:?}");
        assert!(listed.stdout.contains("Alias name: example root ca"), "{form}: {listed:?}");

        let theirs = format!("theirs.{form}");
        for (alias, file) in [("root", "root-ca.pem"), ("below", "intermediate-ca.pem")] {
            let put = ["-importcert", "-noprompt", "-alias", alias, "-file", file, "-storetype", form];
            let rest = ["-keystore", &theirs, "-storepass:file", "pass1"];
            let said = keytool(at, &[&put[..], &rest].concat()).expect("keytool");
            assert_eq!(said.exit, 0, "{form}: {said:?}");
        }
        for store in [&ours, &theirs] {
            let import = ["keystore", "import", store, "--trust-output", "trusted.pem"];
            let said = run(at, &[&import[..], &STORE].concat(), b"");
            assert_eq!(said.exit, 0, "{store}: {said:?}");
            let text = std::fs::read_to_string(at.join("trusted.pem")).expect("the certificates");
            for file in ["root-ca.pem", "intermediate-ca.pem"] {
                let one = std::fs::read_to_string(at.join(file)).expect("a certificate");
                assert!(text.contains(one.trim()), "{store}: {file}");
            }
        }
    }
    let keys = ["--format", "jks", "--key", "server.key", "--certificate", "server.pem", "-o", "no.jks"];
    let said = run(at, &[&EXPORT[..], &STORE, &keys].concat(), b"");
    assert!(said.exit == 2 && !at.join("no.jks").exists(), "a JKS encrypts no keys: {said:?}");
}

#[test]
fn a_trust_store_verifies_in_java() {
    let folder = folder();
    let at = folder.path();
    if other("java", at, &["-version"]).is_none() {
        return eprintln!("absent, so not tested: java");
    }
    init(at, "three-tier.yaml");
    run(at, &[&EXPORT[..], &STORE, &["--trust", "root-ca.pem", "-o", "trust.p12"]].concat(), b"");
    // `keytool -printcert` says whether a chain is trusted only over TLS; `-importcert` without `-noprompt` builds the path.
    let said = keytool(
        at,
        &[
            "-importcert",
            "-alias",
            "below",
            "-file",
            "intermediate-ca.pem",
            "-keystore",
            "trust.p12",
            "-storepass:file",
            "pass1",
            "-trustcacerts",
        ],
    )
    .expect("keytool");
    assert_eq!(
        said.exit, 0,
        "the intermediate is added without a question, for the store trusts its issuer: {said:?}"
    );
}

/// Without a terminal nobody can be asked: the options that are named are those of the store.
#[cfg(unix)]
#[test]
fn the_passphrase_of_a_store_has_options_of_its_own() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let program = certgate_tests::command::certgate().to_str().expect("a path");
    let export = ["keystore", "export", "--trust", "root-ca.pem", "--output", "trust.p12"];
    match certgate_tests::command::other("setsid", at, &[&["--wait", program], &export[..]].concat()) {
        None => eprintln!("absent, so not tested: setsid"),
        Some(said) => {
            assert_eq!(said.exit, 3, "{said:?}");
            assert!(said.stderr.contains("--store-passphrase-file or --store-passphrase-fd"), "{said:?}");
        }
    }
}

/// Whatever order the files have, the store has the chain as servers send it, and a gap is told.
#[test]
fn a_chain_goes_in_in_its_order() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let read = |name: &str| std::fs::read_to_string(at.join(name)).expect("a file");
    let reversed = ["root-ca.pem", "intermediate-ca.pem", "server.pem"].map(read);
    std::fs::write(at.join("reversed.pem"), reversed.concat()).expect("a file");
    let export = |certificates: &[&str], output: &str| {
        run(at, &[&EXPORT[..], &STORE, &["--key", "server.key", "-o", output], certificates].concat(), b"")
    };
    let said = export(&["--certificate", "reversed.pem"], "whole.p12");
    assert!(said.exit == 0 && said.stderr.is_empty(), "{said:?}");
    let import = ["keystore", "import", "whole.p12", "--chain-output", "chain.pem"];
    let said = run(at, &[&import[..], &STORE].concat(), b"");
    assert_eq!(said.exit, 0, "{said:?}");
    assert_eq!(read("chain.pem"), read("server.pem") + &read("intermediate-ca.pem") + &read("root-ca.pem"));
    let said = export(&["--certificate", "server.pem", "--certificate", "root-ca.pem"], "gap.p12");
    assert!(said.exit == 0 && said.stderr.contains("a certificate between them is missing"), "{said:?}");
}
