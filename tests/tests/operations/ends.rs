//! Plans whose CAs come to their ends: at every time there is a way on, and it is said what people have to do.

use std::path::Path;

use certgate_bindings::certgate::time::{Duration, Timestamp};
use certgate_bindings::read_document;
use certgate_ops::cli::Terminal;
use certgate_ops::pki::Plan;
use certgate_tests::command::Said;
use certgate_tests::root;

use super::folder;

/// `certgate` as it runs `days` after the first of January 2027; `FOLDER` stands for the folder.
pub(super) fn after(days: u16, folder: &Path, arguments: &[&str]) -> Said {
    let start = Timestamp::from_rfc3339("2027-01-01T00:00:00Z").expect("a time");
    let folder = folder.to_str().expect("a path");
    let arguments = arguments.iter().map(|argument| argument.replace("FOLDER", folder));
    let arguments = std::iter::once("certgate".to_owned()).chain(arguments).map(std::ffi::OsString::from);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut terminal = Terminal {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        color: false,
        progress: false,
        now: start.checked_add(Duration::from_days(days)),
    };
    let exit = certgate_ops::cli::run(arguments, &mut terminal).into();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { exit, stdout: text(stdout), stderr: text(stderr) }
}

pub(super) fn init(days: u16, at: &Path, plan: &str) -> Said {
    after(days, at, &["pki", "init", "--dir", "FOLDER", plan])
}

pub(super) fn rotate(days: u16, at: &Path, plan: &str, authority: &str, step: &str) -> Said {
    let said = after(
        days,
        at,
        &["pki", "rotate", "--dir", "FOLDER", "--authority", authority, "--step", step, plan],
    );
    assert_eq!(said.exit, 0, "{authority}, {step}: {said:?}");
    said
}

/// A step, twice: the second time nothing changes.
fn step(days: u16, at: &Path, plan: &str, authority: &str, word: &str) -> Said {
    let first = rotate(days, at, plan, authority, word);
    let second = rotate(days, at, plan, authority, word);
    let changes = |line: &&str| line.starts_with("created") || line.starts_with("replaced");
    assert_eq!(second.stdout.lines().find(changes), None, "{word}, again: {second:?}");
    first
}

pub(super) fn verifies(days: u16, at: &Path, trust: &str, chain: &str) -> bool {
    let (trust, chain) = (format!("FOLDER/{trust}"), format!("FOLDER/{chain}"));
    after(days, at, &["verify", "-a", &trust, &chain]).exit == 0
}

pub(super) fn read(at: &Path, name: &str) -> String {
    std::fs::read_to_string(at.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn shipped(name: &str) -> String {
    root().join("apps/cli/plans").join(name).to_str().expect("a path").to_owned()
}

pub(super) fn written(at: &Path, text: &str) -> String {
    let path = at.join("plan.yaml");
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn a_root_that_ended_gets_a_successor() {
    let folder = folder();
    let at = folder.path();
    let plan = shipped("three-tier.yaml");
    assert_eq!(init(0, at, &plan).exit, 0);
    let old = read(at, "root-ca.pem");
    let over = init(3_651, at, &plan);
    assert!(over.exit == 1, "a root is not replaced in passing: {over:?}");
    assert!(over.stderr.contains("pki rotate --authority root --step prepare"), "{over:?}");
    let folder_and_plan = format!("--dir {} {plan}`", at.display());
    assert!(over.stderr.contains(&folder_and_plan), "the command can be run as it is: {over:?}");

    let prepared = step(3_651, at, &plan, "root", "prepare");
    for part in ["root-ca.trust.pem", "everyone who verifies", "--step switch"] {
        assert!(prepared.stderr.contains(part), "what is to be done: {part}: {prepared:?}");
    }
    assert_eq!(read(at, "root-ca.trust.pem"), read(at, "root-ca.next.pem"), "the old one is of no use");
    let over = init(3_651, at, &plan);
    assert!(over.exit == 1 && over.stderr.contains("--step switch"), "the next step is named: {over:?}");
    for bridge in ["root-ca.new-by-old.pem", "root-ca.old-by-new.pem"] {
        assert!(!at.join(bridge).exists(), "nobody verifies by {bridge}");
    }
    step(3_651, at, &plan, "root", "switch");
    assert_ne!(read(at, "root-ca.pem"), old);
    assert!(verifies(3_651, at, "root-ca.trust.pem", "bundle.pem"), "all below was made anew");
    step(3_651, at, &plan, "root", "retire");
    assert!(verifies(3_651, at, "root-ca.trust.pem", "bundle.pem"));
    assert_eq!(init(3_652, at, &plan).exit, 0);
}

#[test]
fn an_intermediate_that_ended_gets_a_successor_or_goes_on() {
    let plan = shipped("three-tier.yaml");
    let folder = folder();
    let at = folder.path();
    assert_eq!(init(0, at, &plan).exit, 0);
    let key = read(at, "intermediate-ca.key");
    assert!(!verifies(1_801, at, "root-ca.pem", "bundle.pem"), "it has ended");
    let prepared = step(1_801, at, &plan, "intermediate", "prepare");
    assert!(prepared.stderr.contains("--step switch"), "{prepared:?}");
    step(1_801, at, &plan, "intermediate", "switch");
    assert!(verifies(1_801, at, "root-ca.pem", "bundle.pem"));
    assert_ne!(read(at, "intermediate-ca.key"), key, "a new key");
    step(1_801, at, &plan, "intermediate", "retire");

    // Without a rotation it is made anew for its key; and once more, as long as the root lives.
    let folder = super::folder();
    let at = folder.path();
    assert_eq!(init(0, at, &plan).exit, 0);
    for days in [1_801, 3_605] {
        let said = init(days, at, &plan);
        assert_eq!(said.exit, 0, "{said:?}");
        assert_eq!(said.stderr.contains("issue/beyond-issuer"), days == 3_605, "{said:?}");
        assert!(verifies(days, at, "root-ca.pem", "bundle.pem"), "{days}");
    }
    let below = after(
        3_651,
        at,
        &["pki", "rotate", "--dir", "FOLDER", "--authority", "intermediate", "--step", "prepare", &plan],
    );
    assert!(below.exit == 1 && below.stderr.contains("--authority root"), "first the root: {below:?}");
}

const TWO: &str = "version: 1
id: two
authorities:
  brief: { subject: [CN=Brief], lifetime: 30d, certificate: brief.pem, privateKey: brief.key }
  long: { subject: [CN=Long], lifetime: 3650d, certificate: long.pem, privateKey: long.key }
certificates:
  one: { issuer: brief, names: [one.example], purposes: [serverAuth], lifetime: 10d, certificate: one.pem, privateKey: one.key }
  two: { issuer: long, names: [two.example], purposes: [serverAuth], lifetime: 90d, certificate: two.pem, privateKey: two.key }
bundles:
  both.pem: [brief, long]
";

#[test]
fn a_ca_that_ended_keeps_no_other_from_its_rotation() {
    let folder = folder();
    let at = folder.path();
    let plan = written(at, TWO);
    assert_eq!(init(0, at, &plan).exit, 0);
    let others = ["brief.pem", "brief.key", "one.pem"].map(|name| read(at, name));
    let cas = || read(at, "both.pem").matches("BEGIN CERTIFICATE").count();
    for (word, count) in [("prepare", 3), ("switch", 3), ("retire", 2)] {
        step(31, at, &plan, "long", word);
        assert_eq!(cas(), count, "{word}");
        assert!(verifies(31, at, "long.trust.pem", "two.pem"), "{word}");
    }
    assert_eq!(others, ["brief.pem", "brief.key", "one.pem"].map(|name| read(at, name)), "as they were");
    assert_eq!(init(31, at, &plan).exit, 1, "that one is to be rotated too");
}

const SHORT: &str = "version: 1
id: short
authorities:
  ca: { subject: [CN=CA], lifetime: 100d, certificate: ca.pem, privateKey: ca.key }
certificates:
  web: { issuer: ca, names: [web.example], purposes: [serverAuth], lifetime: 60d, certificate: web.pem, privateKey: web.key }
";

#[test]
fn a_lifetime_that_cannot_be_had_is_cut_and_told() {
    let folder = folder();
    let at = folder.path();
    let plan = written(at, SHORT);
    let made = init(0, at, &plan);
    assert_eq!(made.exit, 0, "{made:?}");
    for part in ["warning[issue/beyond-issuer]", "plan.yaml:6", "at most 49d"] {
        assert!(made.stderr.contains(part), "the plan leads to a cut: {part}: {made:?}");
    }
    // Sixty days are asked for, and the CA has 39.
    let renewed = init(61, at, &plan);
    assert_eq!(renewed.exit, 0, "{renewed:?}");
    assert!(renewed.stderr.contains("its issuer `ca` ends then"), "{renewed:?}");
    assert!(verifies(99, at, "ca.pem", "web.pem"));
    // A lifetime beyond the issuer's.
    let folder = super::folder();
    let at = folder.path();
    let plan = written(at, &SHORT.replace("60d", "200d"));
    let made = init(0, at, &plan);
    assert_eq!((made.exit, made.stderr.matches("issue/beyond-issuer").count()), (0, 1), "{made:?}");
    assert!(verifies(99, at, "ca.pem", "web.pem"));
}

#[test]
fn the_plans_of_certgate_leave_room() {
    for name in ["three-tier.yaml", "mutual-tls.yaml", "kubernetes.yaml", "kubeconfig.yaml"] {
        let text = std::fs::read_to_string(shipped(name)).expect("a plan");
        let plan: Plan = read_document(&text).expect("a plan");
        assert_eq!(plan.lint(), [], "{name}");
    }
    let tight = read_document::<Plan>(&SHORT.replace("60d", "50d")).expect("a plan").lint();
    assert_eq!(tight.len(), 1, "there is no second one of its length");
    assert_eq!(tight[0].path().to_string(), "certificates.web.lifetime");
    assert_eq!(read_document::<Plan>(&SHORT.replace("60d", "49d")).expect("a plan").lint(), []);
}
