use std::collections::BTreeSet;
use std::path::Path;

use certgate_tests::command::{other, run};
use certgate_tests::crash::{copy, kill_at, leftovers, occurrence, points, rounds, tell};
use certgate_tests::root;

use super::{CA, entries, hierarchy, issue, ok, text};

/// The serial numbers of the inventory that were signed and recorded, as far as there is an inventory.
fn recorded(folder: &Path) -> BTreeSet<String> {
    if !folder.join("inventory.db").exists() {
        return BTreeSet::new();
    }
    let said = run(folder, &["inventory", "list", "--format", "json"], b"");
    if said.stderr.contains("no inventory") {
        return BTreeSet::new(); // killed before it had tables
    }
    let entries: Vec<serde_json::Value> = serde_json::from_str(&said.stdout).expect("JSON");
    let signed = entries.iter().filter(|entry| text(entry, "state") != "reserved");
    signed.map(|entry| text(entry, "serialNumber").to_owned()).collect()
}

/// The serial numbers of the certificates that stand as files, also in folders. Every file must be whole.
fn standing(folder: &Path) -> BTreeSet<String> {
    let mut serials = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let bytes = || std::fs::read(&path).expect("the file");
        if path.is_dir() {
            serials.extend(standing(&path));
        } else if name.ends_with(".pem") || name.ends_with(".crt") {
            let bundle = certgate_bindings::Bundle::parse(&bytes()).expect("a whole certificate");
            serials.extend(bundle.certificates().iter().map(|found| found.serial_number().to_string()));
        } else if name.ends_with(".key") {
            certgate_bindings::issue::PrivateKey::parse(&bytes()).expect("a whole key");
        }
    }
    serials
}

/// What must hold whenever the program was killed.
fn check(folder: &Path, place: &str) {
    let (standing, recorded) = (standing(folder), recorded(folder));
    let lost: Vec<_> = standing.difference(&recorded).collect();
    assert!(lost.is_empty(), "{place}: serial numbers that the inventory does not know: {lost:?}");
    if !recorded.is_empty() {
        let said = run(folder, &["audit", "verify"], b"");
        assert_eq!(said.exit, 0, "{place}: {said:?}");
    }
}

/// Kills `arguments` at every fail point that it passes in a copy of `base`; gives how often.
fn kill_everywhere(base: &Path, arguments: &[&str], complete: impl Fn(&Path, &str)) -> (usize, u32) {
    let trial = tempfile::tempdir().expect("a folder");
    copy(base, trial.path());
    let points = points(trial.path(), arguments);
    let mut kills = 0;
    for (point, hits) in &points {
        for round in 0..rounds() {
            let count = occurrence(round, rounds(), *hits);
            let place = format!("{point}#{count}");
            let folder = tempfile::tempdir().expect("a folder");
            copy(base, folder.path());
            kill_at(folder.path(), arguments, point, count);
            kills += 1;
            check(folder.path(), &place);
            let second = run(folder.path(), arguments, b"");
            assert_eq!(second.exit, 0, "{place}: {second:?}");
            check(folder.path(), &place);
            complete(folder.path(), &place);
            let left = leftovers(folder.path());
            assert!(left.is_empty(), "{place}: {left:?}");
            let audit = run(folder.path(), &["audit", "verify"], b"");
            assert!(audit.exit == 0 && audit.stderr.is_empty(), "{place}: {audit:?}");
        }
    }
    (points.len(), kills)
}

#[test]
fn a_plan_that_is_killed_anywhere_is_completed() {
    let plan = root().join("apps/cli/plans/three-tier.yaml");
    let arguments = ["pki", "init", plan.to_str().expect("a path")];
    let empty = tempfile::tempdir().expect("a folder");
    let (points, kills) = kill_everywhere(empty.path(), &arguments, |folder, place| {
        // What was signed and did not reach its place is delivered by the second run: nothing is signed twice.
        assert_eq!(recorded(folder), standing(folder), "{place}");
        assert_eq!(recorded(folder).len(), 3, "{place}");
        let entries = entries(folder);
        assert!(
            entries.iter().all(|entry| text(entry, "state") != "issued"),
            "{place}: everything was delivered: {entries:#?}"
        );
        let said =
            run(folder, &["verify", "-a", "root-ca.pem", "-n", "server.example.internal", "bundle.pem"], b"");
        assert_eq!(said.exit, 0, "{place}: {said:?}");
    });
    tell(&format!("pki init: {points} fail points, {kills} kills"));
    assert!(points >= 20);
}

/// Whether a private key is that of the first certificate of a file, as openssl sees it.
fn fits(folder: &Path, key: &str, certificate: &str) -> bool {
    let of = |arguments: &[&str]| other("openssl", folder, arguments).expect("openssl").stdout;
    let of_key = of(&["pkey", "-in", key, "-pubout"]);
    !of_key.is_empty() && of_key == of(&["x509", "-in", certificate, "-noout", "-pubkey"])
}

#[test]
fn a_rotation_that_is_killed_anywhere_is_completed() {
    let plan = root().join("apps/cli/plans/three-tier.yaml");
    let plan = plan.to_str().expect("a path");
    let base = tempfile::tempdir().expect("a folder");
    ok(base.path(), &["pki", "init", plan]);
    std::fs::copy(base.path().join("bundle.pem"), base.path().join("old-chain.pem")).expect("a copy");
    let mut all = (0, 0);
    for step in ["prepare", "switch", "retire"] {
        let arguments = ["pki", "rotate", "--authority", "root", "--step", step, plan];
        let (points, kills) = kill_everywhere(base.path(), &arguments, |folder, place| {
            let verifies = |chain: &str| {
                let name = ["-n", "server.example.internal"];
                let verify = [&["verify", "-a", "root-ca.trust.pem"], &name[..], &[chain]].concat();
                run(folder, &verify, b"").exit == 0
            };
            assert!(verifies("bundle.pem"), "{step}, {place}: what is issued now");
            assert_eq!(
                verifies("old-chain.pem"),
                step != "retire",
                "{step}, {place}: what was issued before"
            );
            assert!(fits(folder, "root-ca.key", "root-ca.pem"), "{step}, {place}: the key in use");
            let other = match step {
                "prepare" => Some(("root-ca.next.key", "root-ca.next.pem")),
                "switch" => Some(("root-ca.previous.key", "root-ca.previous.pem")),
                _ => None,
            };
            assert!(other.is_none_or(|(key, certificate)| fits(folder, key, certificate)), "{step}, {place}");
        });
        all = (all.0 + points, all.1 + kills);
        ok(base.path(), &arguments);
    }
    let (points, kills) = all;
    tell(&format!("pki rotate: {points} fail points, {kills} kills"));
    assert!(points >= 30, "{points}");
}

#[test]
fn issuing_that_is_killed_anywhere_loses_no_serial_number() {
    let folder = hierarchy();
    ok(
        folder.path(),
        &["request", "new", "-n", "web.example.internal", "--key-output", "web.key", "-o", "web.csr"],
    );
    let arguments = [&["issue", "-p", "policy.yaml", "-o", "web.pem"], &CA[..], &["web.csr"]].concat();
    let (points, kills) = kill_everywhere(folder.path(), &arguments, |folder, place| {
        assert!(folder.join("web.pem").is_file(), "{place}");
    });
    tell(&format!("issue: {points} fail points, {kills} kills"));
    assert!(points >= 14);
}

#[test]
fn issuing_for_a_folder_that_is_killed_anywhere_is_completed_and_signs_nothing_twice() {
    let folder = hierarchy();
    let before = recorded(folder.path()).len();
    std::fs::create_dir(folder.path().join("requests")).expect("a folder");
    for name in ["a", "b", "c"] {
        super::request(folder.path(), &format!("{name}.example.internal"), &format!("requests/{name}.csr"));
    }
    let command = ["issue", "-p", "policy.yaml", "--output-dir", "certificates"];
    let arguments = [&command[..], &CA[..], &["requests"]].concat();
    let (points, kills) = kill_everywhere(folder.path(), &arguments, |folder, place| {
        assert_eq!(recorded(folder), standing(folder), "{place}");
        assert_eq!(recorded(folder).len(), before + 3, "{place}");
        let entries = entries(folder);
        assert!(entries.iter().all(|entry| text(entry, "state") != "issued"), "{place}: {entries:#?}");
    });
    tell(&format!("issue --output-dir: {points} fail points, {kills} kills"));
    assert!(points >= 18);
}

#[test]
fn revoking_and_listing_that_is_killed_anywhere_goes_on() {
    let folder = hierarchy();
    issue(folder.path(), "web", &[]);
    let revoke = ["revoke", "web.pem", "--reason", "keyCompromise"];
    let (points, kills) = kill_everywhere(folder.path(), &revoke, |folder, place| {
        let shown = ok(folder, &["inventory", "show", "web.pem"]).stdout;
        assert!(shown.contains("keyCompromise"), "{place}: {shown}");
    });
    tell(&format!("revoke: {points} fail points, {kills} kills"));
    ok(folder.path(), &revoke);
    let list = [&["crl", "new", "-o", "ca.crl"], &CA[..]].concat();
    let (points, kills) = kill_everywhere(folder.path(), &list, |folder, place| {
        let said = ok(folder, &["inspect", "ca.crl"]).stdout;
        assert!(said.contains("keyCompromise"), "{place}: {said}");
    });
    tell(&format!("crl new: {points} fail points, {kills} kills"));
    assert!(points >= 12);
}
