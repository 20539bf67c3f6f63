//! Many requests at once: checked and issued from folders.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use certgate_tests::command::{Said, other, run};

use super::{CA, entries, hierarchy, ok, request, text};

/// A folder `requests` with what lies in such folders: requests that are allowed, one that is not, one that is none, and keys.
fn folder_of_requests() -> tempfile::TempDir {
    let folder = hierarchy();
    let path = folder.path();
    std::fs::create_dir(path.join("requests")).expect("a folder");
    for name in ["a", "b", "c"] {
        request(path, &format!("{name}.example.internal"), &format!("requests/{name}.csr"));
    }
    request(path, "d.example.org", "requests/d.csr");
    std::fs::write(path.join("requests/e.pem"), "nothing\n").expect("a file");
    std::fs::write(path.join("requests/notes.txt"), "of no concern\n").expect("a file");
    folder
}

fn issue(folder: &Path, requests: &[&str]) -> Said {
    let command = ["issue", "-p", "policy.yaml", "--output-dir", "certificates"];
    run(folder, &[&command[..], &CA[..], requests].concat(), b"")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_allowed_request_of_a_folder_gets_its_certificate() {
    let folder = folder_of_requests();
    let path = folder.path();
    let before = entries(path).len();
    let said = issue(path, &["requests"]);
    assert_eq!(said.exit, 3, "{said:?}");
    assert_eq!(said.stdout.trim(), "3 issued, 0 there already, 1 denied, 1 failed");
    assert!(said.stderr.contains("requests/d.csr: denied by policy servers"), "{said:?}");
    assert!(said.stderr.contains("policy/dns-not-allowed") && said.stderr.contains("requests/e.pem"));
    let certificates = path.join("certificates");
    assert_eq!(files(&certificates), ["a.crt", "b.crt", "c.crt"]);
    let all = entries(path);
    assert_eq!(all.len(), before + 3, "what is denied takes no serial number");
    assert!(all.iter().all(|entry| text(entry, "state") == "delivered"), "{all:#?}");
    for name in ["a", "b", "c"] {
        let host = format!("{name}.example.internal");
        let file = format!("certificates/{name}.crt");
        let intermediates = ["-i", "intermediate-ca.pem"];
        ok(path, &[&["verify", "-a", "root-ca.pem", "-n", &host][..], &intermediates, &[&file]].concat());
        // It is the certificate for the key of that request, as another program sees it.
        let of = |arguments: &[&str]| other("openssl", path, arguments).map(|said| said.stdout);
        assert_eq!(
            of(&["x509", "-in", &file, "-noout", "-pubkey"]),
            of(&["req", "-in", &format!("requests/{name}.csr"), "-noout", "-pubkey"]),
        );
    }

    // A second run issues nothing twice, and a third one only what is gone.
    assert_eq!(issue(path, &["requests"]).stdout.trim(), "0 issued, 3 there already, 1 denied, 1 failed");
    std::fs::remove_file(certificates.join("b.crt")).expect("the file");
    let again = issue(path, &["requests/a.csr", "requests/b.csr"]);
    assert_eq!((again.exit, again.stdout.trim()), (0, "1 issued, 1 there already, 0 denied, 0 failed"));
    assert_eq!(entries(path).len(), before + 4);
    ok(path, &["audit", "verify"]);
}

#[test]
fn nothing_is_overwritten_and_no_two_requests_share_a_file() {
    let folder = folder_of_requests();
    let path = folder.path();
    let certificates = path.join("certificates");
    std::fs::create_dir(&certificates).expect("a folder");
    std::fs::write(certificates.join("a.crt"), "mine\n").expect("a file");
    std::fs::copy(path.join("requests/c.csr"), path.join("requests/b.req")).expect("a copy");
    let said = issue(path, &["requests/a.csr", "requests/b.csr", "requests/b.req", "requests/c.csr"]);
    assert_eq!((said.exit, said.stdout.trim()), (3, "2 issued, 0 there already, 0 denied, 2 failed"));
    assert!(said.stderr.contains("a.crt is there, and is no certificate: move it away"), "{said:?}");
    assert!(said.stderr.contains("b.req") && said.stderr.contains("another request"), "{said:?}");
    assert_eq!(std::fs::read_to_string(certificates.join("a.crt")).expect("the file"), "mine\n");

    let refused = |arguments: &[&str]| run(path, &[arguments, &CA[..], &["requests"]].concat(), b"");
    let without = refused(&["issue", "-p", "policy.yaml"]);
    assert_eq!(without.exit, 2, "{without:?}");
    assert!(without.stderr.contains("--output-dir"), "{without:?}");
    assert_eq!(refused(&["issue", "-p", "policy.yaml", "-o", "x", "--output-dir", "y"]).exit, 2);
    std::fs::create_dir(path.join("empty")).expect("a folder");
    let empty = issue(path, &["empty"]);
    assert_eq!(empty.exit, 3, "{empty:?}");
    assert!(empty.stderr.contains("holds no request"), "{empty:?}");
}

/// What is there counts only if it is the certificate of this request, of this CA, and good.
#[test]
fn what_stands_is_looked_at_closely() {
    let folder = folder_of_requests();
    let path = folder.path();
    let again = |what: &str| {
        let said = issue(path, &["requests/a.csr"]);
        assert_eq!(
            (said.exit, said.stdout.trim()),
            (3, "0 issued, 0 there already, 0 denied, 1 failed"),
            "{what}"
        );
        assert!(said.stderr.contains(what), "{what}: {said:?}");
    };
    assert_eq!(issue(path, &["requests/a.csr"]).exit, 0);
    let certificate = path.join("certificates/a.crt");
    let first = std::fs::read(&certificate).expect("the certificate");

    // The same key asks for another name.
    let old = std::fs::read(path.join("requests/a.csr")).expect("the request");
    let key = "requests/a.csr.key";
    ok(path, &["request", "new", "-n", "other.example.internal", "--key-file", key, "-o", "requests/a.csr"]);
    again("is a certificate for another request");
    std::fs::write(path.join("requests/a.csr"), &old).expect("the request");

    let without = ["issue", "-p", "policy.yaml", "--no-inventory", "-o", "certificates/a.crt"];
    ok(path, &[&without[..], &CA[..], &["requests/a.csr"]].concat());
    again("is a certificate that the inventory does not know");
    std::fs::copy(path.join("server.pem"), &certificate).expect("a copy");
    again("is a certificate for another key");
    std::fs::write(&certificate, &first).expect("the certificate");
    ok(path, &["revoke", "certificates/a.crt", "--inventory", "inventory.db"]);
    again("is a certificate that was revoked");

    // A CA of the same name with another key.
    let other = hierarchy();
    let theirs = other.path();
    std::fs::create_dir(theirs.join("certificates")).expect("a folder");
    std::fs::write(theirs.join("certificates/a.crt"), &first).expect("the certificate");
    std::fs::write(theirs.join("a.csr"), &old).expect("the request");
    let said = issue(theirs, &["a.csr"]);
    assert!(said.exit == 3 && said.stderr.contains("is no certificate of this CA"), "{said:?}");
}

/// Before anything is signed it is known that the folder can be written to, and that nobody else writes there.
#[test]
fn nothing_is_signed_for_a_folder_that_cannot_be_used() {
    let folder = folder_of_requests();
    let path = folder.path();
    let before = entries(path).len();
    std::fs::write(path.join("certificates"), "a file").expect("a file");
    let said = issue(path, &["requests"]);
    assert!(said.exit == 3 && said.stderr.contains("cannot write to certificates"), "{said:?}");
    std::fs::remove_file(path.join("certificates")).expect("the file");
    std::fs::create_dir(path.join("certificates")).expect("a folder");
    let lock = std::fs::File::open(path.join("certificates")).expect("the folder");
    lock.try_lock().expect("a lock");
    let said = issue(path, &["requests"]);
    assert!(said.exit == 3 && said.stderr.contains("another run writes to certificates"), "{said:?}");
    assert_eq!(entries(path).len(), before, "no serial number was taken");
    drop(lock);
    assert_eq!(issue(path, &["requests/a.csr"]).exit, 0);
}

/// Two requests that are equal get a certificate each, also after a run that was killed in its second block.
#[test]
fn equal_requests_get_a_certificate_each() {
    let folder = folder_of_requests();
    let path = folder.path();
    let before = entries(path).len();
    std::fs::create_dir(path.join("many")).expect("a folder");
    for number in 0..100 {
        std::fs::copy(path.join("requests/a.csr"), path.join(format!("many/{number}.csr"))).expect("a copy");
    }
    let command = ["issue", "-p", "policy.yaml", "--output-dir", "certificates"];
    let arguments = [&command[..], &CA[..], &["many"]].concat();
    certgate_tests::crash::kill_at(path, &arguments, "record/synced", 2);
    let said = issue(path, &["many"]);
    assert_eq!(
        (said.exit, said.stdout.trim()),
        (0, "36 issued, 64 there already, 0 denied, 0 failed"),
        "{said:?}"
    );
    let all = entries(path);
    assert_eq!(all.len(), before + 100, "nothing was signed twice");
    assert!(all.iter().all(|entry| text(entry, "state") == "delivered"), "every certificate is in its file");
    let mut found: Vec<Vec<u8>> = files(&path.join("certificates"))
        .iter()
        .map(|name| std::fs::read(path.join("certificates").join(name)).expect("a certificate"))
        .collect();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 100, "no two files hold the same certificate");
}

/// The key of another CA is found out before a serial number is taken.
#[test]
fn the_key_of_another_ca_issues_nothing() {
    let folder = folder_of_requests();
    let path = folder.path();
    let before = entries(path).len();
    let command = ["issue", "-p", "policy.yaml", "--output-dir", "certificates", "--ca", "issuer.pem"];
    let said = run(path, &[&command[..], &["--ca-key", "root-ca.key", "requests"]].concat(), b"");
    assert_eq!(said.exit, 3, "{said:?}");
    assert!(said.stderr.contains("root-ca.key is not the key of issuer.pem"), "{said:?}");
    assert_eq!(entries(path).len(), before);
}

#[test]
fn the_objects_of_one_file_get_files_by_their_names() {
    let folder = folder_of_requests();
    let path = folder.path();
    let object = |name: &str, file: &str| {
        let pem = std::fs::read_to_string(path.join(file)).expect("the request");
        let request = STANDARD.encode(pem);
        serde_json::json!({
            "apiVersion": "cert-manager.io/v1",
            "kind": "CertificateRequest",
            "metadata": { "name": name, "namespace": "team" },
            "spec": { "request": request, "issuerRef": { "name": "ca" }, "usages": ["server auth"] },
        })
    };
    let items = [object("web", "requests/a.csr"), object("../../evil", "requests/b.csr")];
    let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": items });
    std::fs::write(path.join("objects.json"), list.to_string()).expect("a file");
    let said = issue(path, &["objects.json"]);
    assert_eq!(
        (said.exit, said.stdout.trim()),
        (0, "2 issued, 0 there already, 0 denied, 0 failed"),
        "{said:?}"
    );
    let names = files(&path.join("certificates"));
    assert_eq!(names, ["objects_team_evil.crt", "objects_team_web.crt"]);
    assert_eq!(run(path, &["audit", "verify"], b"").exit, 0);
}

#[test]
fn a_folder_of_requests_is_checked_in_order() {
    let folder = folder_of_requests();
    let said = run(folder.path(), &["check", "-p", "policy.yaml", "--format", "ndjson", "requests"], b"");
    assert_eq!(said.exit, 3, "{said:?}");
    let lines: Vec<serde_json::Value> =
        said.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seen: Vec<(&str, &str)> =
        lines.iter().map(|line| (text(line, "input"), text(line, "outcome"))).collect();
    assert_eq!(
        seen,
        [
            ("requests/a.csr", "allowed"),
            ("requests/b.csr", "allowed"),
            ("requests/c.csr", "allowed"),
            ("requests/d.csr", "denied"),
            ("requests/e.pem", "error"),
        ]
    );
}

/// On a terminal, which `script` makes, a bar shows how far many requests have come.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_how_far_many_requests_have_come() {
    let folder = folder_of_requests();
    let path = folder.path();
    std::fs::create_dir(path.join("many")).expect("a folder");
    for number in 0..150 {
        std::fs::copy(path.join("requests/a.csr"), path.join(format!("many/{number}.csr"))).expect("a copy");
    }
    let certgate = certgate_tests::command::certgate();
    let issue = format!(
        "{} issue -p policy.yaml --ca issuer.pem --ca-key intermediate-ca.key --output-dir certificates many",
        certgate.display()
    );
    let said = other("script", path, &["-qec", &issue, "/dev/null"]).expect("script, of bsdutils");
    assert!(said.stdout.contains("150 issued"), "{said:?}");
    assert!(said.stdout.contains("64 of 150") && said.stdout.contains("128 of 150"), "{said:?}");
    // Where nobody looks, there is none.
    let quiet = run(path, &["check", "-p", "policy.yaml", "-q", "many"], b"");
    assert_eq!((quiet.exit, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
}

/// A server that sends its chain in another order is not understood: such a file is no certificate that is there already.
#[test]
fn a_file_in_another_order_is_told() {
    let folder = folder_of_requests();
    let path = folder.path();
    let chained = ["issue", "-p", "policy.yaml", "--output-dir", "certificates", "--chain"];
    let chained = [&chained[..], &CA[..], &["requests/a.csr"]].concat();
    ok(path, &chained);
    let again = ok(path, &chained);
    assert_eq!(again.stdout.trim(), "0 issued, 1 there already, 0 denied, 0 failed");
    let file = path.join("certificates/a.crt");
    let text = std::fs::read_to_string(&file).expect("the certificate");
    let second = text.rfind("-----BEGIN").expect("two certificates");
    let (leaf, intermediate) = text.split_at(second);
    std::fs::write(&file, format!("{intermediate}{leaf}")).expect("a file");
    let said = run(path, &chained, b"");
    assert!(said.exit == 3 && said.stderr.contains("in the order of the chain"), "{said:?}");
    // With that of another it is not known whose file it is.
    ok(path, &[&["issue", "-p", "policy.yaml", "-o", "b.pem"], &CA[..], &["requests/b.csr"]].concat());
    let other = std::fs::read_to_string(path.join("b.pem")).expect("a certificate");
    std::fs::write(&file, format!("{text}{other}")).expect("a file");
    let said = run(path, &chained, b"");
    assert!(said.exit == 3 && said.stderr.contains("of several chains"), "{said:?}");
}
