//! Keys within tokens, by SoftHSM: requests, issuing and revocation lists, checked by openssl.

use std::path::{Path, PathBuf};
use std::process::Command;

use certgate_tests::command::{Said, run_with};

use super::{folder, init, openssl};

const PIN: &str = "271828";

/// Where the module is on Debian and on Fedora.
fn module() -> Option<PathBuf> {
    [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
    ]
    .iter()
    .map(PathBuf::from)
    .find(|path| path.is_file())
}

struct Token {
    folder: tempfile::TempDir,
    module: PathBuf,
}

impl Token {
    fn new() -> Option<Self> {
        let module = module()?;
        let folder = folder();
        std::fs::create_dir(folder.path().join("tokens")).expect("a folder");
        let configuration = format!("directories.tokendir = {}\n", folder.path().join("tokens").display());
        std::fs::write(folder.path().join("softhsm2.conf"), configuration).expect("a file");
        std::fs::write(folder.path().join("pin"), format!("{PIN}\n")).expect("a file");
        let token = Self { folder, module };
        let made = token.tool(
            "softhsm2-util",
            &["--init-token", "--free", "--label", "My CA", "--pin", PIN, "--so-pin", PIN],
        );
        assert!(made.is_some_and(|made| made), "softhsm2-util makes a token");
        Some(token)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn configuration(&self) -> String {
        self.path().join("softhsm2.conf").display().to_string()
    }

    /// Whether a tool does it; `None` if it is not there.
    fn tool(&self, program: &str, arguments: &[&str]) -> Option<bool> {
        let output =
            Command::new(program).args(arguments).env("SOFTHSM2_CONF", self.configuration()).output().ok()?;
        if !output.status.success() {
            eprintln!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Some(output.status.success())
    }

    fn make_key(&self, kind: &str, label: &str, id: &str) -> bool {
        let module = self.module.to_str().expect("a path");
        let login = ["--module", module, "--token-label", "My CA", "--login", "--pin", PIN];
        let make = ["--keypairgen", "--key-type", kind, "--label", label, "--id", id];
        self.tool("pkcs11-tool", &[&login[..], &make].concat()).expect("pkcs11-tool")
    }

    fn uri(&self, object: &str) -> String {
        format!(
            "pkcs11:token=My%20CA;object={object}?module-path={}&pin-source=file:pin",
            self.module.display()
        )
    }

    fn run(&self, arguments: &[&str], stdin: &[u8]) -> Said {
        run_with(self.path(), arguments, stdin, &[("SOFTHSM2_CONF", &self.configuration())])
    }
}

const BELOW: &str = "version: 1
id: below
subject: { commonName: { allow: [HSM CA] } }
names: { presence: forbidden }
keys: { RSA: {}, EC: [P-256, P-384, P-521], Ed25519: {} }
validity: { default: 365d, max: 365d }
ca: { maxPathLength: 0 }
";

const WEB: &str = "version: 1
id: web
names: { dns: { allow: [web.example.com] } }
keys: { EC: [P-256] }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
";

#[test]
fn keys_of_a_token_ask_issue_and_revoke() {
    let Some(token) = Token::new() else { return eprintln!("absent, so not tested: SoftHSM") };
    let at = token.path();
    // The root stays a file; it may have one CA below.
    std::fs::write(
        at.join("plan.yaml"),
        "version: 1
id: hsm
authorities:
  root: { subject: [CN=Root], lifetime: 3650d, pathLength: 1, certificate: root.pem, privateKey: root.key }
",
    )
    .expect("a file");
    let made = token.run(&["pki", "init", "plan.yaml"], b"");
    assert_eq!(made.exit, 0, "{made:?}");
    std::fs::write(at.join("below.yaml"), BELOW).expect("a file");
    std::fs::write(at.join("hsm.yaml"), "subject: [CN=HSM CA]\nca: true\npathLength: 0\n").expect("a file");
    std::fs::write(at.join("web.yaml"), WEB).expect("a file");
    let web = token
        .run(&["request", "new", "--key-output", "web.key", "-n", "web.example.com", "-o", "web.csr"], b"");
    assert_eq!(web.exit, 0, "{web:?}");

    let mut done = Vec::new();
    for (number, (kind, label)) in [
        ("rsa:2048", "rsa"),
        ("EC:prime256v1", "p256"),
        ("EC:secp384r1", "p384"),
        ("EC:secp521r1", "p521"),
        ("EC:edwards25519", "ed25519"),
    ]
    .into_iter()
    .enumerate()
    {
        if !token.make_key(kind, label, &format!("0{}", number + 1)) {
            // SoftHSM makes Ed25519 keys only where it was built with them, and pkcs11-tool knows them by several names.
            assert_eq!(label, "ed25519", "{kind} cannot be made");
            eprintln!("absent, so not tested: {kind} in this SoftHSM");
            continue;
        }
        let uri = token.uri(label);
        let new = ["request", "new", "--from", "hsm.yaml", "--key-file", &uri, "-o", "hsm.csr"];
        let said = token.run(&new, b"");
        assert_eq!(said.exit, 0, "{kind}: {said:?}");
        openssl(at, &["req", "-in", "hsm.csr", "-verify", "-noout"]);
        let below = [
            "issue",
            "-p",
            "below.yaml",
            "--ca",
            "root.pem",
            "--ca-key",
            "root.key",
            "-o",
            "hsm.pem",
            "hsm.csr",
        ];
        let said = token.run(&below, b"");
        assert_eq!(said.exit, 0, "{kind}: {said:?}");
        let file = |name: &str| std::fs::read_to_string(at.join(name)).expect("a file");
        std::fs::write(at.join("chain.pem"), file("hsm.pem") + &file("root.pem")).expect("a file");
        let issue =
            ["issue", "-p", "web.yaml", "--ca", "chain.pem", "--ca-key", &uri, "-o", "web.pem", "web.csr"];
        let said = token.run(&issue, b"");
        assert_eq!(said.exit, 0, "{kind}: {said:?}");
        openssl(at, &["verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "hsm.pem", "web.pem"]);
        let list =
            ["crl", "new", "--ca", "chain.pem", "--ca-key", &uri, "--revoke", "web.pem", "-o", "hsm.crl"];
        let said = token.run(&list, b"");
        assert_eq!(said.exit, 0, "{kind}: {said:?}");
        openssl(at, &["crl", "-in", "hsm.crl", "-CAfile", "hsm.pem", "-noout", "-verify"]);
        done.push(label);
    }
    assert!(done.len() >= 4, "{done:?}");
    println!("keys of SoftHSM that signed: {done:?}");

    // The PIN by a descriptor, and a wrong one.
    let by_id = format!("pkcs11:token=My%20CA;id=%02;type=private?module-path={}", token.module.display());
    let request = ["request", "new", "-s", "CN=HSM CA", "--key-file", &by_id];
    let said = token.run(&[&request[..], &["--passphrase-fd", "0"]].concat(), format!("{PIN}\n").as_bytes());
    assert_eq!(said.exit, 0, "{said:?}");
    let said = token.run(&[&request[..], &["--passphrase-fd", "0"]].concat(), b"000000\n");
    assert!(said.exit == 3 && said.stderr.contains("does not take the PIN"), "{said:?}");
    for (uri, why) in [
        (token.uri("nobody"), "no private key"),
        (token.uri("p256").replace("My%20CA", "Other"), "no token"),
        (
            token.uri("p256").replace("pin-source=file:pin", &format!("pin-value={PIN}")),
            "does not belong in a URI",
        ),
        (token.uri("p256").replace("libsofthsm", "nothing"), "cannot be loaded"),
    ] {
        let said = token.run(&["request", "new", "-s", "CN=HSM CA", "--key-file", &uri], b"");
        assert!(said.exit == 3 && said.stderr.contains(why), "{why}: {said:?}");
        assert!(!said.stderr.contains(PIN), "no message repeats a PIN: {said:?}");
    }
}

/// The PIN of one token does not open what another module says.
#[test]
fn a_key_of_another_ca_does_not_sign() {
    let Some(token) = Token::new() else { return eprintln!("absent, so not tested: SoftHSM") };
    init(token.path(), "three-tier.yaml");
    assert!(token.make_key("EC:prime256v1", "other", "01"));
    std::fs::write(token.path().join("web.yaml"), WEB).expect("a file");
    token.run(&["request", "new", "--key-output", "web.key", "-n", "web.example.com", "-o", "web.csr"], b"");
    let uri = token.uri("other");
    let said = token.run(
        &["issue", "-p", "web.yaml", "--ca", "ca-chain.pem", "--ca-key", &uri, "-o", "web.pem", "web.csr"],
        b"",
    );
    assert!(said.exit == 1 && said.stderr.contains("issue/not-verified"), "{said:?}");
    assert!(!token.path().join("web.pem").exists());
}
