//! Block lists in each form that `certgate keys blocklist import` reads, made here from the fixed keys.

use certgate::key::{KeyMaterial, PublicKey};
use certgate_tests::command::run;
use certgate_tests::keys;
use certgate_tests::request::Csr;
use sha2::{Digest, Sha256};

use crate::{check, folder, write};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn rsa_modulus() -> Vec<u8> {
    let key = PublicKey::from_der(&keys::spki("RSA-2048")).expect("a key");
    let KeyMaterial::Rsa { key, .. } = key.material() else { panic!("an RSA key") };
    key.modulus().to_vec()
}

/// The line of openssl-blacklist: the last 20 of the 40 digits of the SHA-1 of what `openssl rsa -modulus` prints.
fn openssl_blacklist(folder: &std::path::Path) -> String {
    write(folder, "modulus", format!("Modulus={}\n", hex(&rsa_modulus()).to_uppercase()));
    let said = certgate_tests::command::other("openssl", folder, &["dgst", "-sha1", "-r", "modulus"]);
    let said = said.expect("openssl is installed");
    let digest = said.stdout.split(' ').next().expect("a digest").to_owned();
    assert_eq!(digest.len(), 40);
    format!("# openssl-blacklist\n{}\n", &digest[20..])
}

#[test]
fn every_form_is_imported_and_denies_its_key() {
    let folder = folder();
    let folder = folder.path();
    let p256 = keys::spki("P-256");
    let x = &p256[p256.len() - 64..p256.len() - 32];
    for (kind, text, key, code) in [
        ("openssl-blacklist", openssl_blacklist(folder), "RSA-2048", "key/debian-weak"),
        ("dwklint-modulus", hex(&Sha256::digest(rsa_modulus())) + ",2048\n", "RSA-2048", "key/debian-weak"),
        ("dwklint-xcoord", hex(&Sha256::digest(x)) + "\n", "P-256", "key/debian-weak"),
        ("spki-sha256", hex(&Sha256::digest(&p256)) + "\n", "P-256", "key/blocked"),
    ] {
        let (list, stored) = (format!("{kind}.txt"), format!("{kind}.list"));
        write(folder, &list, text);
        let said =
            run(folder, &["keys", "blocklist", "import", "--kind", kind, "--output", &stored, &list], b"");
        assert_eq!(said.exit, 0, "{said:?}");
        assert_eq!(said.stdout, format!("{stored}: 1 digests read, 1 keys in the list\n"));
        for own in ["P-256", "RSA-2048"] {
            write(folder, "request.pem", Csr::key(own).pem());
            assert_eq!(check(folder, &["request.pem"]).exit, 0, "without a list");
            let said = check(folder, &["--blocklist", &stored, "--format", "json", "request.pem"]);
            assert_eq!(said.exit, i32::from(own == key), "{kind}, {own}: {said:?}");
            assert_eq!(said.stdout.contains(code), own == key, "{kind}, {own}: {said:?}");
        }
    }
}

#[test]
fn lists_are_added_to_and_checked() {
    let folder = folder();
    let folder = folder.path();
    let import = |file: &str| {
        run(folder, &["keys", "blocklist", "import", "--kind", "spki-sha256", "-o", "keys.list", file], b"")
    };
    write(folder, "one.txt", format!("{}\n", "ab".repeat(32)));
    write(folder, "two.txt", format!("{0}\n{0}\n{1}\n", "cd".repeat(32), "ab".repeat(32)));
    write(folder, "wrong.txt", "abcd\n");
    assert_eq!(import("one.txt").stdout, "keys.list: 1 digests read, 1 keys in the list\n");
    assert_eq!(import("two.txt").stdout, "keys.list: 3 digests read, 2 keys in the list\n");
    let said = import("wrong.txt");
    assert_eq!(said.exit, 3);
    assert!(said.stderr.contains("key/blocklist-format") && said.stderr.contains("line 1"), "{said:?}");
    let said =
        run(folder, &["keys", "blocklist", "import", "--kind", "md5", "-o", "keys.list", "one.txt"], b"");
    assert_eq!(said.exit, 2);
    // A list that nobody has written is no list.
    let said = check(folder, &["--blocklist", "one.txt", "good.pem"]);
    assert_eq!(said.exit, 3);
    assert!(said.stderr.contains("key/blocklist-format"), "{said:?}");
}
