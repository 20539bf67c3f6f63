use std::path::Path;

use certgate_tests::command::{Said, other, run};

use super::{hierarchy, issue, ok};

fn verify(folder: &Path) -> Said {
    run(folder, &["audit", "verify"], b"")
}

#[test]
fn every_change_of_the_log_is_found() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "one", &[]);
    issue(path, "two", &[]);
    ok(path, &["revoke", "one.pem", "--reason", "superseded"]);
    let good = verify(path);
    assert!(good.exit == 0 && good.stdout.contains("6 entries"), "{good:?}");
    let head = good.stdout.trim().rsplit(' ').next().expect("a digest").to_owned();
    let log = path.join("audit.jsonl");
    let text = std::fs::read_to_string(&log).expect("the log");
    let lines: Vec<&str> = text.lines().collect();
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(1, 2);
        join(&lines)
    };
    let changes = [
        ("a changed entry", text.replacen("one.example", "uno.example", 1).replacen("servers", "serverz", 1)),
        ("a changed last entry", text.replacen("superseded", "keyCompromise", 1)),
        ("the last entry is cut off", join(&lines[..lines.len() - 1])),
        ("all is cut off", String::new()),
        ("half of the last entry is cut off", text[..text.len() - 20].to_owned()),
        ("an entry in the middle is gone", join(&[&lines[..2], &lines[3..]].concat())),
        ("two entries are swapped", swapped),
        ("an entry twice", format!("{text}{}\n", lines[lines.len() - 1])),
        ("no entry", format!("{text}not an entry\n")),
    ];
    for (what, changed) in &changes {
        std::fs::write(&log, changed).expect("the log");
        let said = verify(path);
        assert_eq!(said.exit, 1, "{what}: {said:?}");
        assert!(!said.stdout.trim().is_empty(), "{what}: {said:?}");
        // What goes beyond what is known, or is shorter, also stops the next change.
        if changed.len() != text.len() {
            let refused = run(path, &["revoke", "two.pem"], b"");
            assert_eq!(refused.exit, 1, "{what}: {refused:?}");
        }
    }
    std::fs::write(&log, &text).expect("the log");
    ok(path, &["audit", "verify", "--head", &head]);
    issue(path, "three", &[]);
    ok(path, &["audit", "verify", "--head", &head]);
    let wrong = run(path, &["audit", "verify", "--head", &"0".repeat(64)], b"");
    assert_eq!(wrong.exit, 1, "{wrong:?}");
    let shown = ok(path, &["audit", "show"]).stdout;
    assert_eq!(shown.lines().count(), 7, "{shown}");
    assert!(shown.contains("revoked") && shown.contains("superseded"), "{shown}");
}

#[test]
fn another_last_entry_stops_the_next_change() {
    let folder = hierarchy();
    let path = folder.path();
    issue(path, "one", &[]);
    issue(path, "two", &[]);
    ok(path, &["revoke", "one.pem", "--reason", "superseded"]);
    let log = path.join("audit.jsonl");
    let text = std::fs::read_to_string(&log).expect("the log");
    std::fs::write(&log, text.replace("superseded", "unimportan")).expect("the log");
    for command in [&["revoke", "two.pem"][..], &["revoke", "one.pem", "--reason", "keyCompromise"]] {
        let said = run(path, command, b"");
        assert!(said.exit == 1 && said.stderr.contains("audit verify"), "{said:?}");
    }
    std::fs::write(&log, &text).expect("the log");
    ok(path, &["revoke", "two.pem"]);
    ok(path, &["audit", "verify"]);
}

#[test]
fn revocations_that_only_one_of_log_and_inventory_knows_are_found() {
    let folder = hierarchy();
    let path = folder.path();
    for name in ["one", "two", "held"] {
        issue(path, name, &[]);
    }
    ok(path, &["revoke", "one.pem", "--reason", "superseded"]);
    ok(path, &["revoke", "held.pem", "--reason", "certificateHold"]);
    ok(path, &["revoke", "held.pem", "--reason", "keyCompromise"]);
    ok(path, &["revoke", "two.pem", "--reason", "certificateHold"]);
    ok(path, &["revoke", "two.pem", "--reason", "removeFromCRL"]);
    ok(path, &["audit", "verify"]);
    let change = |statement: &str| {
        let script =
            "import sqlite3, sys; c = sqlite3.connect('inventory.db'); c.execute(sys.argv[1]); c.commit()";
        other("python3", path, &["-c", script, statement])
    };
    for (statement, found) in [
        ("UPDATE revocation SET reason = 0 WHERE reason = 4", "no entry tells of the revocation"),
        ("DELETE FROM revocation WHERE reason = 0", "the inventory does not know the revocation"),
    ] {
        match change(statement) {
            Some(said) if said.exit == 0 => {}
            said => {
                eprintln!("absent, so not tested: python3 with sqlite3: {said:?}");
                return;
            }
        }
        let said = verify(path);
        assert!(said.exit == 1 && said.stdout.contains(found), "{statement}: {said:?}");
    }
}
