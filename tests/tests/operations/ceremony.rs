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
        let folder = folder();
        let at = folder.path();
        init(at, "three-tier.yaml");
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
