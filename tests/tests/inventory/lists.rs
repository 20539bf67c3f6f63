use std::path::Path;

use certgate::certificate::SerialNumber;
use certgate::crl::CertificateList;
use certgate::crypto::{PrivateKey, Signer};
use certgate::extension::ReasonCode;
use certgate::issue::{Issuer, NewRevocationList, Revocation};
use certgate::limits::Limits;
use certgate::pem;
use certgate::time::{Duration, Timestamp};
use certgate_bindings::Bundle;
use certgate_tests::command::{other, run};

use super::{CA, hierarchy, issue, ok};

/// Signs a list; gives its number, in decimal as it goes up from 1.
fn list(folder: &Path, output: &str, more: &[&str]) -> String {
    let arguments = [&["crl", "new", "-o", output], &CA[..], more].concat();
    ok(folder, &arguments).stdout
}

fn verify(folder: &Path, lists: &[&str], certificate: &str) -> (i32, String) {
    let mut arguments = vec![
        "verify",
        "-a",
        "root-ca.pem",
        "--intermediates",
        "intermediate-ca.pem",
        "--revocation-leaf-only",
        "--format",
        "json",
    ];
    for list in lists {
        arguments.extend(["--crl", *list]);
    }
    arguments.push(certificate);
    let said = run(folder, &arguments, b"");
    (said.exit, said.stdout)
}

#[test]
fn lists_hold_what_was_revoked_and_their_numbers_go_up() {
    let folder = hierarchy();
    let path = folder.path();
    for name in ["good", "bad", "held"] {
        issue(path, name, &[]);
    }
    assert!(list(path, "ca.crl", &[]).contains("number 01, 0 entries"));
    ok(path, &["revoke", "bad.pem", "--reason", "keyCompromise"]);
    ok(path, &["revoke", "held.pem", "--reason", "certificateHold"]);
    let again = ok(path, &["revoke", "bad.pem", "--reason", "superseded"]).stdout;
    assert!(again.starts_with("unchanged"), "{again}");
    assert!(list(path, "ca.crl", &[]).contains("number 02, 2 entries"));
    // A list that is given is gone beyond; the numbers never go back after that.
    ok(path, &["revoke", "held.pem", "--reason", "removeFromCRL"]);
    assert_eq!(run(path, &["revoke", "good.pem", "--reason", "removeFromCRL"], b"").exit, 1);
    assert!(list(path, "ca.crl", &[]).contains("number 03, 1 entries"));
    assert_eq!(verify(path, &["ca.crl"], "good.pem").0, 0);
    assert_eq!(verify(path, &["ca.crl"], "held.pem").0, 0);
    let (exit, said) = verify(path, &["ca.crl"], "bad.pem");
    assert!(exit == 1 && said.contains("verify/revoked"), "{said}");

    let openssl = |arguments: &[&str]| other("openssl", path, arguments);
    let chain = ["verify", "-x509_strict", "-crl_check", "-CAfile", "root-ca.pem", "-untrusted"];
    let check = |certificate| {
        openssl(&[&chain[..], &["intermediate-ca.pem", "-CRLfile", "ca.crl", certificate]].concat())
    };
    match check("good.pem") {
        None => eprintln!("absent, so not tested: openssl"),
        Some(said) => {
            assert_eq!(said.exit, 0, "{said:?}");
            let bad = check("bad.pem").expect("openssl");
            assert!(bad.exit != 0 && format!("{bad:?}").contains("revoked"), "{bad:?}");
            let text =
                openssl(&["crl", "-in", "ca.crl", "-CAfile", "intermediate-ca.pem", "-noout", "-crlnumber"])
                    .expect("openssl");
            assert!(text.stdout.contains("crlNumber=0x03") && text.stderr.contains("verify OK"), "{text:?}");
        }
    }
    let certtool = ["--verify-crl", "--load-ca-certificate", "intermediate-ca.pem", "--infile", "ca.crl"];
    match other("certtool", path, &certtool) {
        None => eprintln!("absent, so not tested: certtool"),
        Some(said) => assert!(said.exit == 0 && format!("{said:?}").contains("Verified"), "{said:?}"),
    }
    ok(path, &["audit", "verify"]);
    let metrics = ok(path, &["inventory", "list", "--format", "prometheus"]).stdout;
    assert!(metrics.contains("x509_crl_next_update{") && metrics.contains("x509_crl_stale{"), "{metrics}");
}

#[test]
fn a_delta_list_adds_to_the_full_one() {
    let folder = hierarchy();
    let path = folder.path();
    for name in ["first", "second", "held"] {
        issue(path, name, &[]);
    }
    let early = [&["crl", "new", "--delta", "-o", "d.crl"], &CA[..]].concat();
    assert_eq!(run(path, &early, b"").exit, 1, "there is nothing to add to");
    ok(path, &["revoke", "first.pem"]);
    ok(path, &["revoke", "held.pem", "--reason", "certificateHold"]);
    assert!(
        list(path, "full.crl", &["--freshest-uri", "http://crl.example.internal/d.crl"])
            .contains("number 01, 2 entries")
    );
    ok(path, &["revoke", "second.pem", "--reason", "keyCompromise"]);
    ok(path, &["revoke", "held.pem", "--reason", "removeFromCRL"]);
    let said = list(path, "delta.crl", &["--delta"]);
    assert!(said.contains("number 02, 2 entries"), "one new, one removed: {said}");
    assert_eq!(verify(path, &["full.crl"], "second.pem").0, 0, "the full list does not know yet");
    for (certificate, exit) in [("first.pem", 1), ("second.pem", 1), ("held.pem", 0)] {
        let (found, said) = verify(path, &["full.crl", "delta.crl"], certificate);
        assert_eq!(found, exit, "{certificate}: {said}");
    }
    let Some(text) = other("openssl", path, &["crl", "-in", "delta.crl", "-noout", "-text"]) else {
        eprintln!("absent, so not tested: openssl");
        return;
    };
    for part in ["Delta CRL Indicator: critical", "Remove From CRL", "Key Compromise"] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let delta = [
        "verify",
        "-crl_check",
        "-use_deltas",
        "-extended_crl",
        "-CAfile",
        "root-ca.pem",
        "-untrusted",
        "intermediate-ca.pem",
        "-CRLfile",
        "full.crl",
        "-CRLfile",
        "delta.crl",
    ];
    let check =
        |certificate| other("openssl", path, &[&delta[..], &[certificate]].concat()).expect("openssl");
    for (certificate, good) in [("first.pem", false), ("second.pem", false), ("held.pem", true)] {
        let said = check(certificate);
        assert_eq!(said.exit == 0, good, "{certificate}: {said:?}");
    }
}

#[test]
fn lists_are_partitioned_by_distribution_point() {
    let folder = hierarchy();
    let path = folder.path();
    let uri = "http://crl.example.internal/{partition}.crl";
    let spread = ["--crl-uri", uri, "--crl-partitions", "2"];
    let alone = [&["issue", "-p", "policy.yaml", "--crl-uri", uri], &CA[..], &["server.csr"]].concat();
    assert_eq!(run(path, &alone, b"").exit, 2, "both or none");
    let mut by_point = [Vec::new(), Vec::new()];
    for index in 0..64 {
        let name = format!("n{index}");
        issue(path, &name, &spread);
        let file = format!("{name}.pem");
        let said = ok(path, &["inspect", &file]).stdout;
        // The extension is shown in hexadecimal: `/0.crl` or `/1.crl`.
        let point = usize::from(said.contains("2f312e63726c"));
        assert!(point == 1 || said.contains("2f302e63726c"), "{said}");
        by_point[point].push(file);
        if by_point.iter().all(|files| files.len() >= 2) {
            break;
        }
    }
    let [zero, one] = &by_point;
    ok(path, &["revoke", &zero[0]]);
    ok(path, &["revoke", &one[0]]);
    for index in ["0", "1"] {
        let uri = format!("http://crl.example.internal/{index}.crl");
        let said = list(path, &format!("{index}.crl"), &["--distribution-point", &uri, "--only", "users"]);
        assert!(said.contains("1 entries"), "{said}");
    }
    for (lists, certificate, exit) in [
        (["0.crl"].as_slice(), &zero[0], 1),
        (&["0.crl"], &zero[1], 0),
        (&["1.crl"], &one[0], 1),
        (&["1.crl"], &one[1], 0),
        // The list of another point says nothing, and nothing said is no good.
        (&["1.crl"], &zero[1], 1),
        (&["0.crl", "1.crl"], &zero[1], 0),
        (&["0.crl", "1.crl"], &one[0], 1),
    ] {
        let (found, said) = verify(path, lists, certificate);
        assert_eq!(found, exit, "{lists:?} {certificate}: {said}");
    }
    let chain = ["verify", "-crl_check", "-extended_crl", "-CAfile", "root-ca.pem", "-untrusted"];
    let check = |certificate: &str| {
        let lists = ["intermediate-ca.pem", "-CRLfile", "0.crl", "-CRLfile", "1.crl", certificate];
        other("openssl", path, &[&chain[..], &lists].concat())
    };
    match check(&zero[1]) {
        None => eprintln!("absent, so not tested: openssl"),
        Some(said) => {
            assert_eq!(said.exit, 0, "{said:?}");
            assert_ne!(check(&zero[0]).expect("openssl").exit, 0);
            assert_ne!(check(&one[0]).expect("openssl").exit, 0);
        }
    }
}

/// A list that the intermediate signs past the command line: of a number and serial numbers that others give.
fn foreign_list(folder: &Path, output: &str, number: &[u8], entries: &[(&[u8], ReasonCode)]) {
    let bundle = Bundle::parse(&std::fs::read(folder.join("issuer.pem")).expect("it")).expect("a bundle");
    let [certificate, above @ ..] = bundle.certificates() else { panic!("no certificate") };
    let issuer = Issuer::new(certificate.clone(), above.to_vec()).expect("a CA");
    let text = std::fs::read_to_string(folder.join("intermediate-ca.key")).expect("the key");
    let der = pem::blocks(&text, &Limits::default()).expect("PEM")[0].decode().expect("base64").octets;
    let key = PrivateKey::from_der(&der).expect("a key");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let at = Timestamp::from_unix(i64::try_from(now.as_secs()).expect("seconds")).expect("a time");
    let list = NewRevocationList {
        number: SerialNumber::from_unsigned(number),
        this_update: at,
        next_update: at.checked_add(Duration::parse("1d").expect("a day")).expect("a time"),
        revocations: entries
            .iter()
            .map(|(serial, reason)| Revocation {
                serial_number: SerialNumber::from_octets(serial),
                at,
                reason: *reason,
            })
            .collect(),
    };
    let list = list.prepare(&issuer, key.scheme()).and_then(|list| list.sign(&key)).expect("a list");
    std::fs::write(folder.join(output), pem::encode("X509 CRL", list.der())).expect("a file");
}

fn read_list(folder: &Path, file: &str) -> CertificateList {
    CertificateList::from_bytes(&std::fs::read(folder.join(file)).expect("a file")).expect("a list")
}

#[test]
fn what_the_inventory_did_not_issue_is_on_lists_about_some_certificates_too() {
    let folder = hierarchy();
    let path = folder.path();
    for name in ["old", "listed"] {
        issue(path, name, &["--no-inventory"]);
    }
    ok(path, &["revoke", "--reason", "keyCompromise", "--ca", "issuer.pem", "old.pem"]);
    assert!(list(path, "users.crl", &["--only", "users"]).contains("1 entries"));
    assert!(list(path, "cas.crl", &["--only", "cas"]).contains("0 entries"), "it is that of no CA");
    let (exit, said) = verify(path, &["users.crl"], "old.pem");
    assert!(exit == 1 && said.contains("verify/revoked"), "{said}");
    // What is on a list that is given stays on the next one, whether the inventory has the certificate or not.
    list(path, "before.crl", &["--no-inventory", "--only", "users", "--revoke", "listed.pem"]);
    let fresh = ["--inventory", "fresh.db", "--only", "users", "--previous", "before.crl"];
    let said = list(path, "after.crl", &fresh);
    assert!(said.contains("number 02, 1 entries"), "{said}");
    assert_eq!(verify(path, &["after.crl"], "listed.pem").0, 1);
    let point = ["--inventory", "fresh.db", "--distribution-point", "http://crl.example.internal/0.crl"];
    assert!(list(path, "0.crl", &point).contains("1 entries"));
}

#[test]
fn negative_serial_numbers_stay_what_they_are() {
    let folder = hierarchy();
    let path = folder.path();
    let reason = ReasonCode::KeyCompromise;
    foreign_list(path, "before.crl", &[1], &[(&[0xfb], reason), (&[0, 0xfb], reason), (&[5], reason)]);
    assert!(list(path, "after.crl", &["--previous", "before.crl"]).contains("3 entries"));
    let after = read_list(path, "after.crl");
    for serial in [&[0xfb][..], &[0, 0xfb], &[5]] {
        assert_eq!(after.entries_of(&SerialNumber::from_octets(serial)).count(), 1, "{serial:?}");
    }
}

#[test]
fn a_list_before_is_believed_if_the_ca_signed_it_and_says_nothing_newer() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "held", &[]);
    ok(path, &["revoke", "held.pem", "--reason", "certificateHold"]);
    list(path, "before.crl", &[]);
    ok(path, &["revoke", "held.pem", "--reason", "removeFromCRL"]);
    let said = list(path, "after.crl", &["--previous", "before.crl"]);
    assert!(said.contains("0 entries"), "the hold has ended: {said}");
    assert_eq!(verify(path, &["after.crl"], "held.pem").0, 0);
    // A hold does not hide that the key is lost.
    let lost = ["--no-inventory", "--previous", "before.crl", "--revoke", "held.pem", "--reason"];
    list(path, "lost.crl", &[&lost[..], &["keyCompromise"]].concat());
    assert_eq!(read_list(path, "lost.crl").entries()[0].reason(), ReasonCode::KeyCompromise);
    // The same names, and another key.
    let other = hierarchy();
    list(other.path(), "forged.crl", &[]);
    std::fs::copy(other.path().join("forged.crl"), path.join("forged.crl")).expect("a copy");
    for more in [&[][..], &["--no-inventory"]] {
        let arguments = [&["crl", "new", "-o", "no.crl", "--previous", "forged.crl"], &CA[..], more].concat();
        let said = run(path, &arguments, b"");
        assert_eq!(said.exit, 3, "{said:?}");
        assert!(said.stderr.contains("[crl/issuer-unknown]"), "{said:?}");
        assert!(!path.join("no.crl").exists());
    }
}

/// RFC 5280 5.2.3: numbers have up to 20 octets, and never come twice.
#[test]
fn numbers_go_on_beyond_63_bits() {
    let folder = hierarchy();
    let path = folder.path();
    foreign_list(path, "before.crl", &i64::MAX.to_be_bytes(), &[]);
    let said = list(path, "after.crl", &["--no-inventory", "--previous", "before.crl"]);
    assert!(said.contains("number 8000000000000000,"), "{said}");
    let arguments = [&["crl", "new", "-o", "no.crl", "--previous", "before.crl"], &CA[..]].concat();
    assert_eq!(run(path, &arguments, b"").exit, 1, "the inventory has no larger number");
    foreign_list(path, "last.crl", &[&[0x7f][..], &[0xff; 19]].concat(), &[]);
    let arguments = ["crl", "new", "-o", "no.crl", "--no-inventory", "--previous", "last.crl"];
    let said = run(path, &[&arguments[..], &CA].concat(), b"");
    assert!(said.exit == 1 && said.stderr.contains("[issue/serial-number]"), "{said:?}");
    assert!(!path.join("no.crl").exists());
}

/// Neither a number nor a serial number is taken for a key that cannot sign.
#[test]
fn the_key_of_another_ca_is_refused_before_anything_is_taken() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let before = super::entries(path).len();
    let wrong = ["--ca", "issuer.pem", "--ca-key", "web.key"];
    for command in [
        &["crl", "new", "-o", "no.crl"][..],
        &["issue", "--policy", "policy.yaml", "web.csr"],
        &["ocsp", "sign", "-o", "ocsp"],
    ] {
        let said = run(path, &[command, &wrong].concat(), b"");
        assert_eq!(said.exit, 1, "{command:?}: {said:?}");
        assert!(said.stderr.contains("[issue/not-verified]"), "{command:?}: {said:?}");
    }
    assert_eq!(super::entries(path).len(), before);
    assert!(list(path, "ca.crl", &[]).contains("number 01,"));
}

/// As with every other output, `-` is standard output.
#[test]
fn a_list_goes_to_standard_output() {
    let folder = hierarchy();
    let path = folder.path();
    let said = ok(path, &[&["crl", "new", "-o", "-"], &CA[..]].concat());
    assert!(said.stdout.starts_with("-----BEGIN X509 CRL-----\n"), "{said:?}");
    assert!(
        said.stdout.ends_with("-----END X509 CRL-----\n") && said.stderr.contains("0 entries"),
        "{said:?}"
    );
    assert!(!path.join("-").exists());
}
