use std::path::Path;

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
