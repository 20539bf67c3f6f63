//! Where results go: devices, pipes and links stay what they are, nothing of worth is replaced, and what could not be
//! written was not delivered.

use std::path::Path;
use std::process::{Command, Stdio};

use certgate_tests::command::{Said, certgate, other, run};
use certgate_tests::der::{explicit, int, octets, oid, seq};

use super::{CA, entries, hierarchy, issue, ok, text};

/// Makes a request whose file is `output`.
fn request(folder: &Path, number: usize, output: &str) -> Said {
    let key = format!("{number}.key");
    run(folder, &["request", "new", "-n", "a.example.internal", "--key-output", &key, "-o", output], b"")
}

#[cfg(unix)]
#[test]
fn devices_pipes_and_links_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let is_link = |name: &str| path.join(name).symlink_metadata().expect("it").is_symlink();
    std::fs::write(path.join("real.csr"), "before").expect("a file");
    for (number, (link, target)) in
        [("link.csr", "real.csr"), ("early.csr", "later.csr"), ("null", "/dev/null")].iter().enumerate()
    {
        symlink(target, path.join(link)).expect("a link");
        let said = request(path, number, link);
        assert_eq!(said.exit, 0, "{link}: {said:?}");
        assert!(is_link(link), "{link}");
    }
    for file in ["real.csr", "later.csr"] {
        let found = std::fs::read_to_string(path.join(file)).expect("a file");
        assert!(found.starts_with("-----BEGIN CERTIFICATE REQUEST"), "{file}: {found}");
        assert!(!is_link(file), "{file}");
    }
    assert!(std::fs::metadata("/dev/null").expect("it").file_type().is_char_device());

    let Some(made) = other("mkfifo", path, &["pipe"]) else {
        eprintln!("absent, so not tested: mkfifo");
        return;
    };
    assert_eq!(made.exit, 0, "{made:?}");
    let (sender, receiver) = std::sync::mpsc::channel();
    let pipe = path.join("pipe");
    // No scope: without a writer it would wait for ever.
    std::thread::spawn(move || sender.send(std::fs::read_to_string(pipe)));
    let said = request(path, 10, "pipe");
    assert_eq!(said.exit, 0, "{said:?}");
    let read = receiver.recv_timeout(std::time::Duration::from_secs(60)).expect("a reading").expect("a text");
    assert!(read.starts_with("-----BEGIN CERTIFICATE REQUEST"), "{read}");
    assert!(path.join("pipe").symlink_metadata().expect("it").file_type().is_fifo());
}

#[test]
fn a_folder_is_no_output_and_a_dash_is_standard_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    std::fs::create_dir(path.join("there")).expect("a folder");
    let said = request(path, 0, "there");
    assert!(said.exit == 3 && said.stderr.contains("[input/file]"), "{said:?}");
    let said = request(path, 1, "-");
    assert!(said.exit == 0 && said.stdout.starts_with("-----BEGIN CERTIFICATE REQUEST"), "{said:?}");
    assert!(!path.join("-").exists());
}

#[test]
fn keys_stores_and_inventories_are_never_replaced() {
    let folder = hierarchy();
    let path = folder.path();
    std::fs::write(path.join("pass"), "correct horse\n").expect("a file");
    let number: Vec<u8> = (1..=32u8).collect();
    let key = seq(&[int(&[1]), octets(&number), explicit(0, &oid("1.2.840.10045.3.1.7"))]);
    std::fs::write(path.join("key.der"), &key).expect("a file");
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &key);
    std::fs::write(path.join("key.base64"), encoded).expect("a file");
    let export = ["keystore", "export", "--key", "server.key", "--certificate", "bundle.pem"];
    ok(path, &[&export[..], &["--store-passphrase-file", "pass", "--output", "store.p12"]].concat());
    let export = ["keystore", "export", "--format", "jks", "--trust", "root-ca.pem"];
    ok(path, &[&export[..], &["--store-passphrase-file", "pass", "--output", "store.jks"]].concat());
    let request = ["request", "new", "-n", "b.example.internal", "--key-output", "locked.key", "--encrypt"];
    ok(path, &[&request[..], &["--passphrase-file", "pass"]].concat());
    let files =
        ["server.key", "key.der", "key.base64", "store.p12", "store.jks", "locked.key", "inventory.db"];
    for (number, file) in files.iter().enumerate() {
        let before = std::fs::read(path.join(file)).expect("a file");
        let said = self::request(path, number, file);
        assert_eq!(said.exit, 3, "{file}: {said:?}");
        assert!(said.stderr.contains("never overwritten [input/file]"), "{file}: {said:?}");
        assert_eq!(std::fs::read(path.join(file)).expect("it"), before, "{file}");
    }
}

/// Runs certgate with a standard output that has no room.
#[cfg(target_os = "linux")]
fn full(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let device = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let output = Command::new(certgate())
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(device)
        .output()
        .expect("the program starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_not_written_was_not_delivered() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let (exit, said) = full(path, &[&["issue", "--policy", "policy.yaml"], &CA[..], &["web.csr"]].concat());
    assert_eq!(exit, Some(3), "{said}");
    assert!(said.contains("cannot write standard output") && said.contains("[input/file]"), "{said}");
    let all = entries(path);
    assert_eq!(text(all.last().expect("an entry"), "state"), "issued", "{all:#?}");
    for arguments in [&["man"][..], &["policy", "list"], &["inventory", "list"], &["inspect", "web.csr"]] {
        let (exit, said) = full(path, arguments);
        assert_eq!(exit, Some(3), "{arguments:?}: {said}");
        assert_eq!(said.matches("cannot write standard output").count(), 1, "{arguments:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn who_may_only_read_may_look() {
    use std::os::unix::fs::PermissionsExt;
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "web", &[]);
    let set = |mode: u32, files: u32| {
        for entry in std::fs::read_dir(path).expect("the folder").flatten() {
            std::fs::set_permissions(entry.path(), PermissionsExt::from_mode(files)).expect("rights");
        }
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("rights");
    };
    set(0o555, 0o444);
    let program = certgate().to_str().expect("a path");
    // Root may write everywhere: nobody looks in its place.
    let is_root = std::fs::write(path.join("probe"), "").is_ok();
    let looks = [
        &["inventory", "list"][..],
        &["inventory", "export", "--format", "json"],
        &["inventory", "expiring", "--within", "1h"],
        &["audit", "verify"],
        &["audit", "show"],
    ];
    for look in looks {
        let said = if is_root {
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", program];
            match other("setpriv", path, &[&nobody[..], look].concat()) {
                // It cannot start the program, or is not there.
                None => break,
                Some(said) if matches!(said.exit, 126 | 127) => break,
                Some(said) => said,
            }
        } else {
            run(path, look, b"")
        };
        assert_eq!(said.exit, 0, "{look:?}: {said:?}");
    }
    set(0o755, 0o644);
}
