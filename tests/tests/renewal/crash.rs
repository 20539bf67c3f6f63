use std::path::Path;

use certgate_tests::command::run;
use certgate_tests::crash::{copy, kill_at, leftovers, occurrence, points, rounds, tell};

use super::{LOCAL, pair, pair_of, prepared, renew, renewed, target};

/// What must hold whenever the program was killed: a pair that matches, and books that are right.
fn check(folder: &Path, pair: &dyn Fn(&Path) -> String, place: &str) -> String {
    let serial = pair(folder);
    let said = run(folder, &["audit", "verify"], b"");
    assert_eq!(said.exit, 0, "{place}: {said:?}");
    let said = run(folder, &["inventory", "show", &serial], b"");
    assert_eq!(said.exit, 0, "{place}: the inventory knows the certificate: {said:?}");
    serial
}

fn kill_everywhere(output: &str, pair: &dyn Fn(&Path) -> String) -> (usize, u32) {
    let hook = "hook: { command: [sh, -c, 'echo $CERTGATE_TARGET >> told'] }";
    let base = prepared(&target(LOCAL, output, hook));
    renewed(base.path(), "renewal/missing");
    // Another name makes it due until it is renewed, however often.
    let wanted = target(LOCAL, output, hook).replace("[web.", "[api.example.internal, web.");
    super::write(base.path(), "target.yaml", &wanted);
    let told = |folder: &Path| std::fs::read_to_string(folder.join("told")).expect("it").lines().count();
    assert_eq!(told(base.path()), 1);
    let arguments = ["renew", "target.yaml"];
    let trial = tempfile::tempdir().expect("a folder");
    copy(base.path(), trial.path());
    let points = points(trial.path(), &arguments);
    let mut kills = 0;
    for (point, hits) in &points {
        for round in 0..rounds() {
            let count = occurrence(round, rounds(), *hits);
            let place = format!("{output}: {point}#{count}");
            let folder = tempfile::tempdir().expect("a folder");
            copy(base.path(), folder.path());
            let before = pair(folder.path());
            kill_at(folder.path(), &arguments, point, count);
            kills += 1;
            check(folder.path(), pair, &place);
            let second = renew(folder.path(), &[]);
            assert_eq!(second.exit, 0, "{place}: {second:?}");
            let after = check(folder.path(), pair, &place);
            assert_ne!(before, after, "{place}: it was renewed by one of the runs");
            assert!(told(folder.path()) >= 2, "{place}: the server was told of it");
            let third = renew(folder.path(), &[]);
            assert!(third.exit == 0 && third.stdout.contains(": current, due"), "{place}: {third:?}");
            let left = leftovers(folder.path());
            assert!(left.is_empty(), "{place}: {left:?}");
        }
    }
    (points.len(), kills)
}

#[test]
fn a_renewal_that_is_killed_anywhere_leaves_a_pair_and_is_completed() {
    let (points, kills) = kill_everywhere("folder: tls", &pair_of);
    tell(&format!("renew in a folder: {points} fail points, {kills} kills"));
    assert!(points >= 40, "{points}");
    let combined = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("both.pem")).expect("the file");
        let (key, chain) = text.split_at(text.find("-----BEGIN CERTIFICATE").expect("a chain"));
        super::write(folder, "split.key", key);
        super::write(folder, "split.pem", chain);
        pair(&folder.join("split.key"), &folder.join("split.pem"))
    };
    let (points, kills) = kill_everywhere("combined: both.pem", &combined);
    tell(&format!("renew in one file: {points} fail points, {kills} kills"));
    assert!(points >= 25, "{points}");
}
