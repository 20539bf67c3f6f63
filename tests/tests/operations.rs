//! What a team runs its PKI with, against the programs of others: keys, stores, tokens, servers, ceremonies, rotations.

use std::path::Path;

use certgate_tests::command::{Said, other, run};
use certgate_tests::root;

#[path = "operations/ceremony.rs"]
mod ceremony;
#[path = "operations/clocks.rs"]
mod clocks;
#[path = "operations/ends.rs"]
mod ends;
#[path = "operations/keys.rs"]
mod keys;
#[path = "operations/keystore.rs"]
mod keystore;
#[path = "operations/lost.rs"]
mod lost;
#[path = "operations/pkcs11.rs"]
mod pkcs11;
#[path = "operations/plans.rs"]
mod plans;
#[path = "operations/remote.rs"]
mod remote;
#[path = "operations/rotate.rs"]
mod rotate;
#[path = "operations/table.rs"]
mod table;

/// The kinds of keys.
const KINDS: [&str; 5] = ["P-256", "P-384", "P-521", "RSA-2048", "Ed25519"];

fn openssl(folder: &Path, arguments: &[&str]) -> Said {
    let said = other("openssl", folder, arguments).expect("openssl");
    assert_eq!(said.exit, 0, "openssl {arguments:?}: {said:?}");
    said
}

/// keytool in English; `None` if it is not installed.
fn keytool(folder: &Path, arguments: &[&str]) -> Option<Said> {
    other("keytool", folder, &[&["-J-Duser.language=en"], arguments].concat())
}

/// A folder with passphrases: `pass` has a second line that does not belong to it, `pass1` is the same without one.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("pass", "correct horse\nnot this line\n"),
        ("pass1", "correct horse"),
        ("wrong", "battery staple\n"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn init(folder: &Path, plan: &str) {
    let plan = root().join("apps/cli/plans").join(plan);
    let said = run(folder, &["pki", "init", plan.to_str().expect("a path")], b"");
    assert_eq!(said.exit, 0, "{said:?}");
}
