//! Private keys under passphrases and requests for them, against openssl.

use std::path::Path;

use certgate::crypto::{DerivationLimits, KeyDerivation, PrivateKey, Signer};
use certgate_tests::command::{Said, other, run};
use certgate_tests::keys::fixed;

use super::{KINDS, folder, openssl};

#[test]
fn openssl_opens_every_kind_that_is_written() {
    let folder = folder();
    let at = folder.path();
    for kind in KINDS {
        for derivation in ["scrypt", "pbkdf2"] {
            let (key, csr) = (format!("{kind}-{derivation}.key"), format!("{kind}-{derivation}.csr"));
            let new = [
                "request",
                "new",
                "--key",
                kind,
                "--key-output",
                &key,
                "--encrypt",
                "--key-derivation",
                derivation,
            ];
            let rest = ["--passphrase-file", "pass", "-s", "CN=web", "-n", "web.example.com", "-o", &csr];
            let said = run(at, &[&new[..], &rest].concat(), b"");
            assert_eq!(said.exit, 0, "{said:?}");
            let text = std::fs::read_to_string(at.join(&key)).expect("the key");
            assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{text}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(at.join(&key)).expect("the key").permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
            let public = openssl(at, &["pkey", "-in", &key, "-passin", "file:pass", "-pubout"]).stdout;
            let of_request = openssl(at, &["req", "-in", &csr, "-verify", "-noout", "-pubkey"]);
            assert_eq!(public, of_request.stdout, "{kind}");
            openssl(at, &["pkcs8", "-in", &key, "-passin", "file:pass", "-out", "clear.key"]);
            let wrong = other("openssl", at, &["pkey", "-in", &key, "-passin", "file:wrong", "-noout"]);
            assert_ne!(wrong.expect("openssl").exit, 0, "{kind}: openssl opens it with another passphrase");
            // And it is never overwritten, nor does a second run print anything of it.
            let again = run(at, &[&new[..], &rest].concat(), b"");
            assert_eq!(again.exit, 3, "{again:?}");
            assert_eq!(text, std::fs::read_to_string(at.join(&key)).expect("the key"));
            assert!(!again.stderr.contains("correct horse"), "{again:?}");
        }
    }
}

#[test]
fn what_openssl_encrypts_is_opened() {
    let folder = folder();
    let at = folder.path();
    for kind in KINDS {
        let clear = certgate_bindings::certgate::pem::encode(
            "PRIVATE KEY",
            &fixed(kind).to_pkcs8_der().expect("DER"),
        );
        std::fs::write(at.join("clear.key"), clear).expect("a file");
        let topk8 = ["pkcs8", "-topk8", "-in", "clear.key", "-passout", "file:pass", "-out", "key.pem"];
        let forms: [&[&str]; 5] = [
            &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"],
            &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512", "-iter", "10000"],
            &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA384"],
            &["-scrypt"],
            &["-v2", "aes-256-cbc", "-outform", "DER"],
        ];
        for form in forms {
            openssl(at, &[&topk8[..], form].concat());
            let said = request(at, "pass");
            assert_eq!(said.exit, 0, "{kind} {form:?}: {said:?}");
            let public = std::fs::write(at.join("made.csr"), &said.stdout)
                .map(|()| openssl(at, &["req", "-in", "made.csr", "-verify", "-noout", "-pubkey"]).stdout)
                .expect("a file");
            assert_eq!(public, openssl(at, &["pkey", "-in", "clear.key", "-pubout"]).stdout);
            let wrong = request(at, "wrong");
            assert!(wrong.exit == 3 && wrong.stderr.contains("key/passphrase"), "{kind} {form:?}: {wrong:?}");
            assert!(!wrong.stderr.contains("staple"), "no message repeats a passphrase: {wrong:?}");
        }
    }
}

fn request(at: &Path, passphrase: &str) -> Said {
    run(
        at,
        &["request", "new", "--key-file", "key.pem", "--passphrase-file", passphrase, "-s", "CN=web"],
        b"",
    )
}

#[test]
fn old_encryptions_are_refused_by_name() {
    let folder = folder();
    let at = folder.path();
    openssl(at, &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "clear.key"]);
    let topk8 = ["pkcs8", "-topk8", "-in", "clear.key", "-passout", "file:pass", "-out", "key.pem"];
    for (form, name) in [
        (&["-v1", "PBE-SHA1-3DES"][..], "pbeWithSHAAnd3-KeyTripleDES-CBC"),
        (&["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"], "PBKDF2"),
        (&["-v2", "des3", "-v2prf", "hmacWithSHA256"], "PBES2"),
    ] {
        openssl(at, &[&topk8[..], form].concat());
        let said = request(at, "pass");
        assert!(said.exit == 3 && said.stderr.contains("key/encryption"), "{form:?}: {said:?}");
        assert!(said.stderr.contains(name), "{form:?}: {said:?}");
    }
    openssl(
        at,
        &["rsa", "-in", "clear.key", "-aes128", "-traditional", "-passout", "file:pass", "-out", "key.pem"],
    );
    let said = request(at, "pass");
    assert!(said.exit == 3 && said.stderr.contains("key/encryption"), "{said:?}");
}

#[test]
fn a_passphrase_comes_by_descriptor_and_its_absence_is_said() {
    let folder = folder();
    let at = folder.path();
    let new = ["request", "new", "--key-output", "key.pem", "--encrypt", "-s", "CN=web", "-o", "web.csr"];
    let said = run(at, &[&new[..], &["--passphrase-fd", "0"]].concat(), b"correct horse\n");
    assert_eq!(said.exit, 0, "{said:?}");
    assert_eq!(request(at, "pass").exit, 0);
    #[cfg(unix)]
    {
        let script = format!(
            "exec 7<pass; '{}' request new --key-file key.pem --passphrase-fd 7 -s CN=web",
            certgate_tests::command::certgate().display()
        );
        let said = other("sh", at, &["-c", &script]).expect("sh");
        assert_eq!(said.exit, 0, "{said:?}");
    }
    std::fs::write(at.join("empty"), "\n").expect("a file");
    let said = request(at, "empty");
    assert!(said.exit == 3 && said.stderr.contains("is empty"), "{said:?}");
    let argument = run(at, &["request", "new", "--key-file", "key.pem", "--passphrase", "x"], b"");
    assert_eq!(argument.exit, 2, "no argument takes a passphrase itself: {argument:?}");
}

/// What a file asks for is bounded before the work begins.
#[test]
fn the_cost_of_a_derivation_is_bounded() {
    let key = fixed("P-256");
    for derivation in KeyDerivation::ALL {
        let der = key.to_encrypted_der(b"correct horse", derivation, [7; 32]).expect("DER");
        assert_eq!(der, key.to_encrypted_der(b"correct horse", derivation, [7; 32]).expect("the same bytes"));
        let open = |limits: &DerivationLimits| PrivateKey::from_encrypted_der(&der, b"correct horse", limits);
        let mut limits = DerivationLimits::default();
        assert_eq!(open(&limits).expect("the key").public_key().der(), key.public_key().der());
        limits.pbkdf2_iterations = 599_999;
        limits.scrypt_memory = (128 << 14) * 8 - 1;
        assert_eq!(open(&limits).expect_err("too much").code().as_str(), "key/encryption-cost");
        limits.scrypt_memory += 1;
        limits.scrypt_work = (8 << 14) - 1;
        assert_eq!(open(&limits).expect_err("too much").code().as_str(), "key/encryption-cost");
        assert_eq!(PrivateKey::from_der(&der).expect_err("locked").code().as_str(), "key/encrypted");
    }
    let empty = key.to_encrypted_der(b"", KeyDerivation::Scrypt, [7; 32]).expect_err("no passphrase");
    assert_eq!(empty.code().as_str(), "key/passphrase");
}

#[test]
fn requests_come_from_files_and_from_certificates_to_renew() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(
        at.join("web.yaml"),
        "subject: [O=Example, CN=web.example.com]
names: [web.example.com, 192.0.2.1, 'spiffe://example.com/web', mail@example.com]
keyUsage: [digitalSignature]
purposes: [serverAuth, clientAuth]
key: P-384
",
    )
    .expect("a file");
    let new =
        run(at, &["request", "new", "--from", "web.yaml", "--key-output", "web.key", "-o", "web.csr"], b"");
    assert_eq!(new.exit, 0, "{new:?}");
    let text = openssl(at, &["req", "-in", "web.csr", "-verify", "-noout", "-text"]).stdout;
    for part in ["O = Example, CN = web.example.com", "DNS:web.example.com", "IP Address:192.0.2.1", "P-384"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    openssl(
        at,
        &[
            "x509",
            "-req",
            "-in",
            "web.csr",
            "-signkey",
            "web.key",
            "-copy_extensions",
            "copyall",
            "-out",
            "web.pem",
        ],
    );
    let asked = |csr: &str| {
        let said = openssl(at, &["req", "-in", csr, "-verify", "-noout", "-text"]).stdout;
        let (_, extensions) = said.split_once("Requested Extensions:").expect("extensions");
        extensions.split("Signature Algorithm").next().expect("extensions").to_owned()
    };
    let renew = ["request", "new", "--renew", "web.pem", "-o"];
    let same = run(at, &[&renew[..], &["same.csr", "--key-file", "web.key"]].concat(), b"");
    assert_eq!(same.exit, 0, "{same:?}");
    let other_key = run(at, &[&renew[..], &["new.csr", "--key-output", "new.key"]].concat(), b"");
    assert_eq!(other_key.exit, 0, "{other_key:?}");
    assert_eq!(asked("web.csr"), asked("same.csr"));
    assert_eq!(asked("web.csr"), asked("new.csr"));
    let key = |csr: &str| openssl(at, &["req", "-in", csr, "-noout", "-pubkey"]).stdout;
    assert_eq!(key("web.csr"), key("same.csr"));
    assert_ne!(key("web.csr"), key("new.csr"));
    assert!(openssl(at, &["pkey", "-in", "new.key", "-noout", "-text"]).stdout.contains("P-384"));
}
