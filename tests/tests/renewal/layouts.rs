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
