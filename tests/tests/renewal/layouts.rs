use std::sync::atomic::{AtomicBool, Ordering};

use super::{LOCAL, pair, pair_of, prepared, renew, renewed, target};

#[test]
fn a_combined_file_and_files_apart_hold_a_pair() {
    let folder = prepared(&target(LOCAL, "combined: both.pem", ""));
    let path = folder.path();
    renewed(path, "renewal/missing");
    let text = std::fs::read_to_string(path.join("both.pem")).expect("the file");
    assert!(text.starts_with("-----BEGIN PRIVATE KEY-----"), "the key comes first");
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2, "leaf and intermediate");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path.join("both.pem")).expect("it").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let apart = target(LOCAL, "files: { privateKey: a.key, certificate: a.pem, ca: a.ca }", "");
    super::write(path, "target.yaml", &apart);
    renewed(path, "renewal/missing");
    pair(&path.join("a.key"), &path.join("a.pem"));
    let ca = std::fs::read_to_string(path.join("a.ca")).expect("the anchors");
    assert_eq!(ca, std::fs::read_to_string(path.join("root-ca.pem")).expect("the root"));
}

#[test]
fn a_key_is_kept_if_the_target_says_so() {
    let folder = prepared(&target(LOCAL, "folder: tls", "key: { reuse: true }"));
    let path = folder.path();
    let key = || std::fs::read(path.join("tls/tls.key")).expect("the key");
    renewed(path, "renewal/missing");
    let first = (pair_of(path), key());
    assert_eq!(renew(path, &["--force"]).exit, 0);
    assert_ne!(pair_of(path), first.0);
    assert!(key() == first.1, "the same key");
    super::write(path, "target.yaml", &target(LOCAL, "folder: tls", ""));
    assert_eq!(renew(path, &["--force"]).exit, 0);
    assert!(key() != first.1, "a new key");
}

#[test]
fn a_reader_never_sees_a_key_and_a_certificate_that_do_not_match() {
    let folder = prepared(&target(LOCAL, "folder: tls", ""));
    let path = folder.path();
    renewed(path, "renewal/missing");
    let stop = AtomicBool::new(false);
    let (seen, serials) = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            let mut serials = std::collections::BTreeSet::new();
            while !stop.load(Ordering::Relaxed) {
                serials.insert(pair_of(path));
                seen += 1;
            }
            (seen, serials)
        });
        for _ in 0..12 {
            let said = renew(path, &["--force"]);
            assert_eq!(said.exit, 0, "{said:?}");
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().expect("every pair matched")
    });
    println!("{seen} readings saw {} pairs", serials.len());
    assert!(serials.len() > 1);
    let versions = std::fs::read_dir(path.join("tls/versions")).expect("the versions").count();
    assert_eq!(versions, 3, "the current one and two before");
}

#[test]
fn what_is_not_of_the_pair_is_not_replaced() {
    let folder = prepared("");
    let path = folder.path();
    std::fs::create_dir(path.join("tls")).expect("a folder");
    std::fs::copy(path.join("root-ca.key"), path.join("tls/tls.key")).expect("a copy");
    std::fs::write(path.join("store.jks"), [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]).expect("a file");
    for (output, file) in [
        ("combined: root-ca.key", "root-ca.key"),
        ("combined: store.jks", "store.jks"),
        ("files: { privateKey: root-ca.key, certificate: a.pem }", "root-ca.key"),
        ("files: { privateKey: root-ca.key, certificate: server.pem }", "root-ca.key"),
        ("files: { privateKey: a.key, certificate: a.pem, ca: root-ca.key }", "root-ca.key"),
        ("folder: tls", "tls/tls.key"),
    ] {
        let before = std::fs::read(path.join(file)).expect("a file");
        super::write(path, "target.yaml", &target(LOCAL, output, ""));
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains("move it away"), "{output}: {said:?}");
        assert_eq!(std::fs::read(path.join(file)).expect("it"), before, "{output}");
    }
    #[cfg(unix)]
    if certgate_tests::command::other("mkfifo", path, &["pipe"]).is_some() {
        use std::os::unix::fs::FileTypeExt;
        let output = "files: { privateKey: a.key, certificate: a.pem, ca: pipe }";
        super::write(path, "target.yaml", &target(LOCAL, output, ""));
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains("pipe is no file"), "{said:?}");
        assert!(path.join("pipe").symlink_metadata().expect("it").file_type().is_fifo());
        assert!(!path.join("a.key").exists());
    }
    // A pair that stands there is what renewals are for.
    super::write(
        path,
        "target.yaml",
        &target(LOCAL, "files: { privateKey: server.key, certificate: server.pem }", ""),
    );
    assert_eq!(renew(path, &["--force"]).exit, 0);
    pair(&path.join("server.key"), &path.join("server.pem"));
}

/// Between the renames of files apart a run may end: the key that it has put there is ours.
#[test]
fn files_apart_are_completed_after_an_end_in_between() {
    let folder = prepared(&target(LOCAL, "files: { privateKey: a.key, certificate: a.pem }", ""));
    let path = folder.path();
    renewed(path, "renewal/missing");
    for point in ["renewed-key/done", "hook-note/done", "renewed-key/done"] {
        certgate_tests::crash::kill_at(path, &["renew", "--force", "target.yaml"], point, 1);
    }
    let said = renew(path, &["--force"]);
    assert_eq!(said.exit, 0, "{said:?}");
    pair(&path.join("a.key"), &path.join("a.pem"));
}

/// The pair stays, and what stands beside it is put right: a link that someone removed, and trust anchors that are others now.
#[test]
fn what_stands_beside_a_pair_is_put_right() {
    let hook = "hook: { command: [sh, -c, \"echo again >> hooks\"] }";
    let folder = prepared(&target(LOCAL, "folder: tls", hook));
    let path = folder.path();
    let hooks = || std::fs::read_to_string(path.join("hooks")).unwrap_or_default().lines().count();
    renewed(path, "renewal/missing");
    let (serial, version) = (pair_of(path), std::fs::canonicalize(path.join("tls/current")).expect("it"));
    assert_eq!(hooks(), 1);

    std::fs::remove_file(path.join("tls/tls.key")).expect("the link");
    let said = renew(path, &[]);
    assert!(said.exit == 0 && said.stdout.contains("hook run"), "{said:?}");
    pair(&path.join("tls/tls.key"), &path.join("tls/tls.crt"));
    super::current(path);
    assert_eq!(hooks(), 2);

    // As in a rotation: the next CA is trusted before anything is issued by it.
    let both =
        ["root-ca.pem", "server.pem"].map(|name| std::fs::read_to_string(path.join(name)).expect("it"));
    super::write(path, "both.pem", &both.concat());
    super::write(
        path,
        "target.yaml",
        &target(LOCAL, "folder: tls", hook).replace("trust: [root-ca.pem]", "trust: [both.pem]"),
    );
    let said = renew(path, &[]);
    assert!(said.exit == 0 && said.stdout.contains("hook run"), "{said:?}");
    assert_eq!(std::fs::read_to_string(path.join("tls/ca.crt")).expect("the anchors"), both.concat());
    assert_eq!((pair_of(path), hooks()), (serial, 3), "the same pair");
    assert_eq!(std::fs::canonicalize(path.join("tls/current")).expect("it"), version);
    super::current(path);

    // A private key that took the place of a link is nobody's to replace.
    std::fs::remove_file(path.join("tls/ca.crt")).expect("the link");
    std::fs::copy(path.join("root-ca.key"), path.join("tls/ca.crt")).expect("a copy");
    let said = renew(path, &[]);
    assert!(said.exit == 1 && said.stderr.contains("move it away"), "{said:?}");
}
