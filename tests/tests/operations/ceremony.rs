//! The way to an offline CA and back: neither file is a permission.

use certgate_tests::command::{Said, run};

use super::{folder, init, openssl};

const WEB: &str = "version: 1
id: web
names: { dns: { allow: [web.example.com] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

/// A certificate that cannot be read.
const BROKEN: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";

struct Ceremony {
    folder: tempfile::TempDir,
    fingerprint: String,
}

impl Ceremony {
    fn new() -> Self {
        Self::after(|_| {})
    }

    /// What is to be done with the hierarchy before the request.
    fn after(prepare: impl Fn(&std::path::Path)) -> Self {
        let folder = folder();
        let at = folder.path();
        init(at, "three-tier.yaml");
        prepare(at);
        std::fs::write(at.join("web.yaml"), WEB).expect("a file");
        let new = ["request", "new", "--key-output", "web.key", "-n", "web.example.com", "-o", "web.csr"];
        assert_eq!(run(at, &new, b"").exit, 0);
        let request = [
            "ceremony",
            "request",
            "-p",
            "web.yaml",
            "--ca",
            "ca-chain.pem",
            "-o",
            "request.json",
            "web.csr",
        ];
        let said = run(at, &request, b"");
        assert_eq!(said.exit, 0, "{said:?}");
        let fingerprint =
            said.stdout.lines().find_map(|line| line.strip_prefix("fingerprint: ")).expect("it").to_owned();
        assert_eq!(fingerprint.split(' ').count(), 8, "{fingerprint}");
        Self { folder, fingerprint }
    }

    fn sign(&self, request: &str, fingerprint: &str, key: &str, ca: &str) -> Said {
        let sign = ["ceremony", "sign", "--ca", ca, "--ca-key", key, "--fingerprint", fingerprint];
        run(self.folder.path(), &[&sign[..], &["-o", "answer.json", request]].concat(), b"")
    }

    fn import(&self, request: &str, answer: &str) -> Said {
        let import = ["ceremony", "import", "--request", request, "--chain", "-o", "web.pem", answer];
        run(self.folder.path(), &import, b"")
    }

    fn edit(&self, from: &str, to: &str, edit: impl Fn(&mut serde_json::Value)) {
        let text = std::fs::read_to_string(self.folder.path().join(from)).expect("a file");
        let mut value = serde_json::from_str(&text).expect("JSON");
        edit(&mut value);
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        std::fs::write(self.folder.path().join(to), text).expect("a file");
    }
}

#[test]
fn what_was_asked_comes_back_signed() {
    let ceremony = Ceremony::new();
    let at = ceremony.folder.path();
    let spoken = ceremony.fingerprint.to_uppercase().replace(' ', "-");
    let said = ceremony.sign("request.json", &spoken, "intermediate-ca.key", "intermediate-ca.pem");
    assert_eq!(said.exit, 0, "{said:?}");
    for part in ["names: web.example.com", "issuer: ", "lifetime: ", "to be signed, SHA-256: "] {
        assert!(said.stdout.contains(part), "{part}: {said:?}");
    }
    let said = ceremony.import("request.json", "answer.json");
    assert_eq!(said.exit, 0, "{said:?}");
    openssl(at, &["verify", "-x509_strict", "-CAfile", "root-ca.pem", "-untrusted", "web.pem", "web.pem"]);
    let log = std::fs::read_to_string(at.join("ceremony.log")).expect("the log");
    let steps: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let words: Vec<&str> = steps.iter().map(|step| step["step"].as_str().expect("a step")).collect();
    assert_eq!(words, ["request", "sign", "import"]);
    for (line, next) in log.lines().zip(steps.iter().skip(1)) {
        let digest = certgate::signature::HashFunction::Sha256.digest(line.as_bytes());
        let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(next["previous"], digest.as_str(), "each line has the digest of the one before");
    }
}

#[test]
fn a_file_that_was_changed_is_no_permission() {
    let ceremony = Ceremony::new();
    let at = ceremony.folder.path();
    let (key, ca) = ("intermediate-ca.key", "intermediate-ca.pem");
    let other = ceremony.sign("request.json", "0000 0000 0000 0000 0000 0000 0000 0000", key, ca);
    assert!(other.exit == 1 && other.stderr.contains("read aloud"), "{other:?}");
    // Each input, changed by someone who can also make the offline machine hear the new fingerprint.
    type Change = (&'static str, fn(&mut serde_json::Value));
    let changes: [Change; 5] = [
        ("policy", |file| file["policy"] = WEB.replace("90d", "365d").replace("24h", "300d").into()),
        ("serialNumber", |file| file["serialNumber"] = "4001".into()),
        ("at", |file| file["at"] = "2040-01-01T00:00:00Z".into()),
        ("crlUris", |file| file["crlUris"] = vec!["http://example.com/other.crl"].into()),
        ("context", |file| file["context"] = serde_json::json!({ "duration": "2h" })),
    ];
    for (what, change) in changes {
        ceremony.edit("request.json", "changed.json", change);
        let said = ceremony.sign("changed.json", &ceremony.fingerprint, key, ca);
        assert!(said.exit == 1, "{what}: {said:?}");
        assert!(!at.join("answer.json").exists(), "{what}: nothing was signed");
    }
    // A CA that cannot be read is not the one behind it.
    ceremony.edit("request.json", "changed.json", |file| {
        let chain = file["issuer"].as_str().expect("the issuer").to_owned();
        file["issuer"] = format!("{BROKEN}{chain}").into();
    });
    let said = ceremony.sign("changed.json", &ceremony.fingerprint, key, ca);
    assert!(said.exit != 0 && !at.join("answer.json").exists(), "{said:?}");
    let root = std::fs::read_to_string(at.join("root-ca.pem")).expect("a file");
    std::fs::write(at.join("broken.pem"), format!("{BROKEN}{root}")).expect("a file");
    let renew = ["request", "new", "--key-output", "new.key", "--renew", "broken.pem", "-o", "new.csr"];
    let said = run(at, &renew, b"");
    assert!(said.exit == 3 && said.stderr.contains("broken.pem"), "{said:?}");
    assert!(!at.join("new.csr").exists() && !at.join("new.key").exists());
    // A policy that denies: with a fitting digest or without, there is no approval.
    ceremony.edit("request.json", "changed.json", |file| {
        file["policy"] = WEB.replace("web.example.com", "other.example.com").into();
    });
    let said = ceremony.sign("changed.json", &ceremony.fingerprint, key, ca);
    assert!(said.exit == 1 && !at.join("answer.json").exists(), "{said:?}");
    let said = ceremony.sign("request.json", &ceremony.fingerprint, key, "root-ca.pem");
    assert!(said.exit == 1 && said.stderr.contains("not the CA of this machine"), "{said:?}");
    let said = ceremony.sign("request.json", &ceremony.fingerprint, "web.key", ca);
    assert!(said.exit == 1 && said.stderr.contains("issue/not-verified"), "another key: {said:?}");
    let unknown = std::fs::write(at.join("odd.json"), "{\"version\": 1, \"more\": 2}");
    unknown.expect("a file");
    assert_eq!(ceremony.sign("odd.json", &ceremony.fingerprint, key, ca).exit, 3);

    // On the way back: another certificate of the same CA, a certificate with another signature, another request.
    assert_eq!(ceremony.sign("request.json", &ceremony.fingerprint, key, ca).exit, 0);
    let server = std::fs::read_to_string(at.join("server.pem")).expect("a certificate");
    ceremony.edit("answer.json", "other.json", |file| file["certificate"] = server.as_str().into());
    let said = ceremony.import("request.json", "other.json");
    assert!(said.exit == 1 && !at.join("web.pem").exists(), "{said:?}");
    ceremony.edit("answer.json", "other.json", |file| file["request"] = "0000".into());
    let said = ceremony.import("request.json", "other.json");
    assert!(said.exit == 1 && said.stderr.contains("another request"), "{said:?}");
    assert_eq!(ceremony.import("request.json", "answer.json").exit, 0);
}

impl Ceremony {
    /// What the inventory `file` knows of the serial number of the request.
    fn entry(&self, file: &str) -> Option<serde_json::Value> {
        let at = self.folder.path();
        let request = std::fs::read_to_string(at.join("request.json")).expect("the request");
        let request: serde_json::Value = serde_json::from_str(&request).expect("JSON");
        let serial = request["serialNumber"].as_str().expect("a serial number");
        let said = run(at, &["inventory", "show", "--inventory", file, serial], b"");
        (said.exit == 0).then(|| serde_json::from_str(&said.stdout).expect("JSON"))
    }

    /// Step and outcome of each line of the log.
    fn steps(&self) -> Vec<(String, String)> {
        let log = std::fs::read_to_string(self.folder.path().join("ceremony.log")).expect("the log");
        let word = |line: &serde_json::Value, key: &str| line[key].as_str().expect("a text").to_owned();
        log.lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .map(|line| (word(&line, "step"), word(&line, "outcome")))
            .collect()
    }
}

#[test]
fn what_a_ceremony_issues_is_in_the_inventory() {
    let ceremony = Ceremony::new();
    let at = ceremony.folder.path();
    let sign = |fingerprint: &str| {
        ceremony.sign("request.json", fingerprint, "intermediate-ca.key", "intermediate-ca.pem")
    };
    let read = |name: &str| std::fs::read_to_string(at.join(name)).expect("a file");
    assert_eq!(sign("0000").exit, 1);
    assert_eq!(ceremony.entry("inventory.db"), None, "what is refused takes no serial number");
    assert_eq!(sign(&ceremony.fingerprint).exit, 0);
    let entry = ceremony.entry("inventory.db").expect("an entry");
    assert_eq!((entry["state"].as_str(), entry["policy"].as_str()), (Some("delivered"), Some("web")));
    assert_eq!(run(at, &["audit", "verify"], b"").exit, 0);
    // ECDSA signs differently each time: one serial number has one certificate all the same.
    let first = read("answer.json");
    assert_eq!(sign(&ceremony.fingerprint).exit, 0);
    assert_eq!(read("answer.json"), first, "the same certificate again");
    // The online machine has books of its own, if it wants to.
    let import = ["ceremony", "import", "--request", "request.json", "-o", "web.pem", "answer.json"];
    assert_eq!(run(at, &import, b"").exit, 0);
    let said = run(at, &[&import[..], &["--inventory", "online.db"]].concat(), b"");
    assert_eq!(said.exit, 0, "{said:?}");
    let there = ceremony.entry("online.db").expect("an entry");
    assert_eq!((&there["state"], &there["sha256"]), (&"delivered".into(), &entry["sha256"]));
    // It can be revoked by its file; after that it is not handed out again.
    assert_eq!(run(at, &["revoke", "--reason", "keyCompromise", "web.pem"], b"").exit, 0);
    let again = sign(&ceremony.fingerprint);
    assert!(again.exit == 1 && again.stderr.contains("is revoked (keyCompromise)"), "{again:?}");
}

#[test]
fn every_refused_step_is_in_the_log() {
    let ceremony = Ceremony::new();
    let at = ceremony.folder.path();
    let (key, ca) = ("intermediate-ca.key", "intermediate-ca.pem");
    ceremony.edit("request.json", "changed.json", |file| file["serialNumber"] = "4001".into());
    std::fs::write(at.join("odd.json"), "{}").expect("a file");
    std::fs::write(at.join("denies.yaml"), WEB.replace("web.example.com", "other.example.com"))
        .expect("a file");
    let refused: [(&str, Said, &str); 6] = [
        ("sign", ceremony.sign("changed.json", &ceremony.fingerprint, key, ca), "not those of the file"),
        ("sign", ceremony.sign("odd.json", &ceremony.fingerprint, key, ca), "odd.json"),
        ("sign", ceremony.sign("request.json", &ceremony.fingerprint, "absent.key", ca), "absent.key"),
        ("sign", ceremony.sign("request.json", &ceremony.fingerprint, "web.key", ca), "web.key"),
        ("import", ceremony.import("request.json", "absent.json"), "absent.json"),
        (
            "request",
            run(
                at,
                &["ceremony", "request", "-p", "denies.yaml", "--ca", "ca-chain.pem", "-o", "x", "web.csr"],
                b"",
            ),
            "web.csr: the policy web does not allow it",
        ),
    ];
    let steps = ceremony.steps();
    assert_eq!(steps.len(), 1 + refused.len(), "{steps:?}");
    for ((step, said, part), (logged, outcome)) in refused.iter().zip(&steps[1..]) {
        assert!(said.exit != 0, "{said:?}");
        assert!(step == logged && outcome.contains(part), "{step}, {part}: {logged}, {outcome}");
    }
}

/// After the rotation of a root, who trusts the old one needs the certificate that leads from the new one to it.
#[test]
fn a_chain_leads_to_the_old_root() {
    let ceremony = Ceremony::after(super::rotate::switched_root);
    let at = ceremony.folder.path();
    let said =
        ceremony.sign("request.json", &ceremony.fingerprint, "intermediate-ca.key", "intermediate-ca.pem");
    assert_eq!(said.exit, 0, "{said:?}");
    let said = ceremony.import("request.json", "answer.json");
    assert_eq!(said.exit, 0, "{said:?}");
    super::rotate::leads_to_the_old_root(at, "web.pem");
    // And what is issued without a ceremony.
    let issue =
        ["issue", "-p", "web.yaml", "--ca", "ca-chain.pem", "--ca-key", "intermediate-ca.key", "--chain"];
    let said = run(at, &[&issue[..], &["-o", "issued.pem", "web.csr"]].concat(), b"");
    assert_eq!(said.exit, 0, "{said:?}");
    super::rotate::leads_to_the_old_root(at, "issued.pem");
}
