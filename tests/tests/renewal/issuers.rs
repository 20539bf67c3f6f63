use std::path::Path;

use certgate_tests::command::{certgate, run};

use super::server::{Server, Signer, kubernetes, vault};
use super::{LOCAL, pair_of, prepared, renew, renewed, target, write};

fn certgate_path() -> String {
    certgate().to_str().expect("a path").to_owned()
}

#[test]
fn a_program_signs_the_request_on_its_standard_input() {
    let command = format!(
        "exec: {{ command: [{}, issue, -p, policy.yaml, --ca, issuer.pem, --ca-key, intermediate-ca.key, --chain] }}",
        certgate_path()
    );
    let folder = prepared(&target(&command, "folder: tls", ""));
    renewed(folder.path(), "renewal/missing");
    pair_of(folder.path());
}

#[test]
fn a_ca_that_cannot_be_read_is_not_the_one_behind_it() {
    let folder = prepared(&target(LOCAL, "folder: tls", ""));
    let path = folder.path();
    let chain = std::fs::read_to_string(path.join("issuer.pem")).expect("a file");
    let broken = "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n";
    write(path, "issuer.pem", &format!("{broken}{chain}"));
    let said = renew(path, &[]);
    assert!(said.exit != 0 && said.stderr.contains("issuer.pem"), "{said:?}");
    assert!(!path.join("tls/current").exists(), "nothing was put in place");
}

#[test]
fn what_an_issuer_should_not_give_is_not_put_in_place() {
    let folder = prepared(&target(LOCAL, "folder: tls", ""));
    let path = folder.path();
    renewed(path, "renewal/missing");
    let stands = pair_of(path);
    let issue = |policy: &str, ca: &str, key: &str| {
        format!(
            "exec: {{ command: [{}, issue, -p, {policy}, --ca, {ca}, --ca-key, {key}, --chain] }}",
            certgate_path()
        )
    };
    // A CA that nobody trusts, a policy that allows a year, and one with another purpose.
    let other = path.join("other");
    std::fs::create_dir(&other).expect("a folder");
    assert_eq!(run(&other, &["dev-ca", "--dir", "."], b"").exit, 0);
    let loose = super::POLICY.replace("24h", "300d");
    write(path, "loose.yaml", &loose);
    write(path, "client.yaml", &super::POLICY.replace("serverAuth", "clientAuth"));
    for (what, issuer, code) in [
        ("another CA", issue("policy.yaml", "other/ca.pem", "other/ca.key"), "renewal/not-trusted"),
        (
            "a lifetime that the policy denies",
            issue("loose.yaml", "issuer.pem", "intermediate-ca.key"),
            "renewal/not-allowed",
        ),
        ("another purpose", issue("client.yaml", "issuer.pem", "intermediate-ca.key"), "renewal/not-trusted"),
        ("another key", "exec: { command: [cat, server.pem] }".to_owned(), "another key"),
        ("nothing", "exec: { command: [cat, /dev/null] }".to_owned(), "cannot be read"),
        ("the request", "exec: { command: [cat] }".to_owned(), "target.yaml"),
        (
            "a failure",
            "exec: { command: [sh, -c, 'echo no more paper >&2; exit 3'] }".to_owned(),
            "no more paper",
        ),
        ("no such program", "exec: { command: [no-such-program] }".to_owned(), "cannot run"),
        ("no end", "exec: { command: [sleep, '30'], timeout: 1s }".to_owned(), "longer than 1 s"),
    ] {
        write(path, "target.yaml", &target(&issuer, "folder: tls", ""));
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains(code), "{what}: {said:?}");
        assert_eq!(pair_of(path), stands, "{what}: what stood stands");
    }
}

/// A target whose server is `server`, which has a certificate of the root of the plan.
fn remote(folder: &Path, issuer: &str) {
    write(folder, "token", "s.secret\n");
    write(folder, "target.yaml", &target(issuer, "folder: tls", "lifetime: 12h"));
}

#[test]
fn vault_signs() {
    let folder = prepared("");
    let path = folder.path();
    let signer = Signer::new(path);
    for tls in [true, false] {
        let server = Server::start(path, tls, vault(signer.clone(), "s.secret"));
        let issuer = |role: &str| {
            format!(
                "vault: {{ address: '{}', role: {role}, tokenFile: token, caFile: root-ca.pem, namespace: team }}",
                server.url()
            )
        };
        remote(path, &issuer("web"));
        let said = renew(path, &["--force"]);
        assert_eq!(said.exit, 0, "{said:?}");
        let stands = pair_of(path);
        remote(path, &issuer("nobody"));
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains("unknown role: nobody"), "{said:?}");
        remote(path, &issuer("web"));
        write(path, "token", "wrong");
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains("403: permission denied"), "{said:?}");
        assert_eq!(pair_of(path), stands);
    }
    // A server with a certificate of nobody whom the target trusts.
    let server = Server::start(path, true, vault(signer, "s.secret"));
    assert_eq!(run(path, &["dev-ca"], b"").exit, 0);
    let issuer = format!(
        "vault: {{ address: '{}', role: web, tokenFile: token, caFile: dev-ca/ca.pem }}",
        server.url()
    );
    remote(path, &issuer);
    let said = renew(path, &["--force"]);
    assert!(said.exit == 1 && said.stderr.contains("certificate"), "{said:?}");
    remote(path, "vault: { address: 'http://vault.example.internal:8200', role: web, tokenFile: token }");
    let said = renew(path, &["--force"]);
    assert!(said.exit == 1 && said.stderr.contains("is not https"), "{said:?}");
}

#[test]
fn a_kubernetes_signer_signs_what_was_approved() {
    let folder = prepared("");
    let path = folder.path();
    let signer = Signer::new(path);
    let server = Server::start(path, true, kubernetes(signer, "s.secret"));
    let issuer = |name: &str, timeout: &str| {
        format!(
            "kubernetes: {{ server: '{}', signerName: {name}, tokenFile: token, caFile: root-ca.pem, timeout: {timeout} }}",
            server.url()
        )
    };
    remote(path, &issuer("example.internal/web", "60s"));
    renewed(path, "renewal/missing");
    let stands = pair_of(path);
    for (name, timeout, what) in [
        ("example.internal/denied", "60s", "is denied: NotToday ask tomorrow"),
        ("example.internal/failed", "60s", "is failed: SignerBroke"),
        ("example.internal/never", "2s", "nobody approved and signed"),
        ("unqualified", "60s", "422"),
    ] {
        remote(path, &issuer(name, timeout));
        let said = renew(path, &["--force"]);
        assert!(said.exit == 1 && said.stderr.contains(what), "{name}: {said:?}");
        assert_eq!(pair_of(path), stands, "{name}");
    }
    write(path, "token", "wrong");
    let said = renew(path, &["--force"]);
    assert!(said.exit == 1 && said.stderr.contains("401"), "{said:?}");
}

/// After the rotation of a root, who trusts the old one needs the certificate that leads from the new one to it; what is judged is
/// the chain that is written, so nothing is due at once.
#[test]
fn a_chain_leads_to_the_root_before() {
    let text = target(LOCAL, "folder: tls", "").replace("trust: [root-ca.pem]", "trust: [old-trust.pem]");
    let folder = prepared(&text);
    let path = folder.path();
    std::fs::copy(path.join("root-ca.pem"), path.join("old-trust.pem")).expect("a copy");
    let plan = certgate_tests::root().join("apps/cli/plans/three-tier.yaml");
    for word in ["prepare", "switch"] {
        let rotate = ["pki", "rotate", "--authority", "root", "--step", word, plan.to_str().expect("a path")];
        let said = run(path, &rotate, b"");
        assert_eq!(said.exit, 0, "{word}: {said:?}");
    }
    let read = |name: &str| std::fs::read_to_string(path.join(name)).expect("a file");
    let above = ["intermediate-ca.pem", "root-ca.new-by-old.pem", "root-ca.previous.pem"];
    write(path, "issuer.pem", &above.map(read).concat());
    renewed(path, "renewal/missing");
    let chain = read("tls/current/tls.crt");
    assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 3, "the leaf, the intermediate and the bridge");
    // Without the bridge it leads nowhere, and is not put in place.
    let without = [read("intermediate-ca.pem"), read("root-ca.pem")].concat();
    write(path, "issuer.pem", &without);
    let said = renew(path, &["--force"]);
    assert!(said.exit == 1 && said.stderr.contains("renewal/not-trusted"), "{said:?}");
    assert_eq!(read("tls/current/tls.crt"), chain);
}
