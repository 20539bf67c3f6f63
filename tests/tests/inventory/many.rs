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
    assert!(said.stderr.contains("a.crt is there, and is no certificate of this CA"), "{said:?}");
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
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("objects-") && name.ends_with(".crt")), "{names:?}");
    assert!(names.iter().any(|name| name.contains("web")), "{names:?}");
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
    for number in 0..40 {
        std::fs::copy(path.join("requests/a.csr"), path.join(format!("many/{number}.csr"))).expect("a copy");
    }
    let certgate = certgate_tests::command::certgate();
    let issue = format!(
        "{} issue -p policy.yaml --ca issuer.pem --ca-key intermediate-ca.key --output-dir certificates many",
        certgate.display()
    );
    let said = other("script", path, &["-qec", &issue, "/dev/null"]).expect("script, of bsdutils");
    assert!(said.stdout.contains("40 issued"), "{said:?}");
    assert!(said.stdout.contains("of 40"), "{said:?}");
    // Where nobody looks, there is none.
    let quiet = run(path, &["check", "-p", "policy.yaml", "-q", "many"], b"");
    assert_eq!((quiet.exit, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
}
