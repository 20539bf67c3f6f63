//! Plans: what is kept, what is made anew, keys under passphrases and keys elsewhere, and the files of Kubernetes.

use std::path::Path;

use base64::Engine;
use certgate_bindings::read_object;
use certgate_tests::command::run;
use serde_json::Value;

use super::{folder, init, openssl};

const PLAN: &str = "version: 1
id: small
authorities:
  root: { subject: [CN=Root], lifetime: 3650d, pathLength: 1, encrypt: true, certificate: root.pem, privateKey: root.key }
  below: { issuer: root, subject: [CN=Below], lifetime: 1000d, certificate: below.pem, privateKey: below.key }
certificates:
  web: { issuer: below, names: [web.example.com], purposes: [serverAuth], lifetime: 90d, certificate: web.pem, privateKey: web.key, chain: web-chain.pem }
";

fn read(at: &Path, name: &str) -> String {
    std::fs::read_to_string(at.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn verify(at: &Path) {
    openssl(
        at,
        &["verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "web-chain.pem", "web-chain.pem"],
    );
}

#[test]
fn a_root_under_a_passphrase_is_opened_only_to_sign() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("plan.yaml"), PLAN).expect("a file");
    let unattended = ["pki", "init", "--passphrase-file-of", "root=pass", "plan.yaml"];
    let made = run(at, &unattended, b"");
    assert_eq!(made.exit, 0, "{made:?}");
    assert!(read(at, "root.key").contains("BEGIN ENCRYPTED PRIVATE KEY"));
    assert!(read(at, "below.key").contains("BEGIN PRIVATE KEY"));
    verify(at);
    // Nothing is to be signed, so nobody is asked: there is no terminal here.
    let kept = run(at, &["pki", "init", "plan.yaml"], b"");
    assert_eq!(kept.exit, 0, "{kept:?}");
    assert!(kept.stdout.lines().all(|line| line.starts_with("kept")), "{kept:?}");
    let wrong = run(at, &["pki", "init", "--passphrase-file", "wrong", "plan.yaml"], b"");
    assert!(wrong.exit == 1 && wrong.stderr.contains("key/passphrase"), "{wrong:?}");
    // Kept in a safe: the rest goes on, and what the root would have to sign says so.
    std::fs::rename(at.join("root.key"), at.join("safe")).expect("a rename");
    std::fs::remove_file(at.join("web.pem")).expect("a file");
    let renewed = run(at, &["pki", "init", "plan.yaml"], b"");
    assert_eq!(renewed.exit, 0, "{renewed:?}");
    assert!(!at.join("root.key").exists(), "no other root comes into being");
    verify(at);
    std::fs::remove_file(at.join("below.pem")).expect("a file");
    let refused = run(at, &["pki", "init", "plan.yaml"], b"");
    assert!(refused.exit == 1 && refused.stderr.contains("root.key is not here"), "{refused:?}");
    let unknown = run(at, &["pki", "init", "--passphrase-file-of", "nobody=pass", "plan.yaml"], b"");
    assert!(unknown.exit == 1 && unknown.stderr.contains("`nobody`"), "{unknown:?}");
}

#[test]
fn what_does_not_stand_any_more_is_made_anew_for_the_same_key() {
    let folder = folder();
    let at = folder.path();
    let plan = PLAN.replace(" encrypt: true,", "");
    std::fs::write(at.join("plan.yaml"), &plan).expect("a file");
    let init = ["pki", "init", "plan.yaml"];
    assert_eq!(run(at, &init, b"").exit, 0);
    let key = read(at, "web.key");
    // Another root of the same name: what hangs on the old one is made anew, and nothing else.
    for file in ["root.key", "root.pem"] {
        std::fs::remove_file(at.join(file)).expect("a file");
    }
    let said = run(at, &init, b"");
    assert_eq!(said.exit, 0, "{said:?}");
    assert!(said.stdout.contains("replaced  ./below.pem") || said.stdout.contains("below.pem"), "{said:?}");
    assert!(said.stderr.contains("below.pem is made anew"), "{said:?}");
    verify(at);
    assert_eq!(read(at, "web.key"), key, "keys are kept");
    // The plan says something else of the server.
    std::fs::write(
        at.join("plan.yaml"),
        plan.replace("[web.example.com]", "[web.example.com, www.example.com]"),
    )
    .expect("a file");
    let said = run(at, &init, b"");
    assert!(said.exit == 0 && said.stderr.contains("subjectAltName"), "{said:?}");
    verify(at);
    assert_eq!(read(at, "web.key"), key);
    // A CA keeps its name, and a root is nobody's to replace in passing.
    for (from, to) in [("CN=Below", "CN=Other"), ("CN=Root", "CN=Other")] {
        std::fs::write(at.join("plan.yaml"), plan.replace(from, to)).expect("a file");
        let said = run(at, &init, b"");
        assert!(said.exit == 1 && said.stderr.contains("subject"), "{from}: {said:?}");
    }
}

fn decoded(value: &Value) -> String {
    let text = value.as_str().expect("base64");
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).expect("base64")).expect("PEM")
}

#[test]
fn secrets_are_yaml_in_the_layouts_of_istio_and_the_gateway_api() {
    let folder = folder();
    let at = folder.path();
    init(at, "mutual-tls.yaml");
    for (file, kind, keys) in [
        ("istio-gateway.yaml", "Opaque", ["key", "cert", "cacert"]),
        ("gateway-api.yaml", "kubernetes.io/tls", ["tls.key", "tls.crt", "ca.crt"]),
    ] {
        let text = read(at, file);
        assert!(text.starts_with("apiVersion: v1\n"), "YAML as people write it: {text}");
        let secret: Value = read_object(&text).expect("a Secret");
        assert_eq!((secret["kind"].as_str(), secret["type"].as_str()), (Some("Secret"), Some(kind)));
        let data = secret["data"].as_object().expect("data");
        assert_eq!(data.len(), keys.len(), "{file}");
        assert_eq!(decoded(&data[keys[0]]), read(at, "server.key"), "{file}");
        assert_eq!(decoded(&data[keys[1]]), read(at, "server.pem"), "{file}");
        assert_eq!(decoded(&data[keys[2]]), read(at, "ca.pem"), "{file}");
        let python = "import sys, yaml, base64\nd = yaml.safe_load(open(sys.argv[1]))['data']\nprint(sum(len(base64.b64decode(v, validate=True)) for v in d.values()))";
        match certgate_tests::command::other("python3", at, &["-c", python, file]) {
            Some(said) if said.stderr.contains("No module named 'yaml'") => {
                eprintln!("absent, so not tested: PyYAML")
            }
            Some(said) => assert_eq!(said.exit, 0, "{said:?}"),
            None => eprintln!("absent, so not tested: python3"),
        }
    }
    let verified = run(at, &["verify", "-n", "gateway.example.internal", "gateway-api.yaml"], b"");
    assert_eq!(verified.exit, 0, "{verified:?}");
}

/// "PKI certificates and requirements" of the Kubernetes documentation: CA, subject and usages of each certificate.
#[test]
fn a_cluster_has_the_certificates_that_kubernetes_documents() {
    let folder = folder();
    let at = folder.path();
    init(at, "kubernetes.yaml");
    let (server, client) = ("TLS Web Server Authentication", "TLS Web Client Authentication");
    let rows: [(&str, &str, &str, &[&str]); 15] = [
        ("etcd/server.crt", "etcd/ca.crt", "CN = kube-etcd", &[server, client]),
        ("etcd/peer.crt", "etcd/ca.crt", "CN = kube-etcd-peer", &[server, client]),
        ("etcd/healthcheck-client.crt", "etcd/ca.crt", "CN = kube-etcd-healthcheck-client", &[client]),
        (
            "control-plane/apiserver-etcd-client.crt",
            "etcd/ca.crt",
            "CN = kube-apiserver-etcd-client",
            &[client],
        ),
        ("control-plane/apiserver.crt", "control-plane/ca.crt", "CN = kube-apiserver", &[server]),
        (
            "control-plane/apiserver-kubelet-client.crt",
            "kubelet/ca.crt",
            "O = kubeadm:cluster-admins, CN = kube-apiserver-kubelet-client",
            &[client],
        ),
        (
            "control-plane/controller-manager.crt",
            "control-plane/ca.crt",
            "CN = system:kube-controller-manager",
            &[client],
        ),
        ("control-plane/scheduler.crt", "control-plane/ca.crt", "CN = system:kube-scheduler", &[client]),
        (
            "operators/admin.crt",
            "operators/ca.crt",
            "O = kubeadm:cluster-admins, CN = kubernetes-admin",
            &[client],
        ),
        (
            "operators/super-admin.crt",
            "operators/ca.crt",
            "O = system:masters, CN = kubernetes-super-admin",
            &[client],
        ),
        ("operators/operator.crt", "operators/ca.crt", "O = platform:operators, CN = operator", &[client]),
        ("kubelet/server.crt", "kubelet/ca.crt", "O = system:nodes, CN = system:node:node-0", &[server]),
        ("kubelet/client.crt", "kubelet/ca.crt", "O = system:nodes, CN = system:node:node-0", &[client]),
        ("front-proxy/client.crt", "front-proxy/ca.crt", "CN = front-proxy-client", &[client]),
        ("etcd/server.crt", "etcd/ca.crt", "CN = kube-etcd", &[server, client]),
    ];
    for (file, ca, subject, usages) in rows {
        openssl(at, &["verify", "-x509_strict", "-CAfile", ca, file]);
        let shown =
            openssl(at, &["x509", "-in", file, "-noout", "-subject", "-ext", "extendedKeyUsage"]).stdout;
        assert_eq!(shown.lines().next(), Some(format!("subject={subject}").as_str()), "{file}");
        for usage in [server, client] {
            assert_eq!(shown.contains(usage), usages.contains(&usage), "{file}: {usage}: {shown}");
        }
    }
    let names =
        openssl(at, &["x509", "-in", "control-plane/apiserver.crt", "-noout", "-ext", "subjectAltName"])
            .stdout;
    for name in [
        "DNS:kubernetes,",
        "DNS:kubernetes.default,",
        "DNS:kubernetes.default.svc,",
        "DNS:kubernetes.default.svc.cluster,",
    ] {
        assert!(names.contains(name), "{name}: {names}");
    }
    let pair = openssl(at, &["pkey", "-in", "control-plane/sa.key", "-pubout"]).stdout;
    assert_eq!(pair, read(at, "control-plane/sa.pub"));
    for file in [
        "control-plane/controller-manager.conf",
        "control-plane/scheduler.conf",
        "operators/admin.conf",
        "operators/super-admin.conf",
        "kubelet/kubelet.conf",
    ] {
        let config: Value = read_object(&read(at, file)).expect("a kubeconfig");
        assert_eq!(config["kind"], "Config", "{file}");
        let cluster = &config["clusters"][0]["cluster"];
        assert_eq!(
            decoded(&cluster["certificate-authority-data"]),
            read(at, "control-plane/ca.crt"),
            "{file}"
        );
        let user = &config["users"][0];
        assert_eq!(config["contexts"][0]["context"]["user"], user["name"], "{file}");
        std::fs::write(at.join("user.pem"), decoded(&user["user"]["client-certificate-data"]))
            .expect("a file");
        openssl(
            at,
            &[
                "verify",
                "-x509_strict",
                "-purpose",
                "sslclient",
                "-CAfile",
                "control-plane/client-ca.crt",
                "user.pem",
            ],
        );
    }
}

/// A pipe gives its first line once, and a plan has many keys.
#[cfg(unix)]
#[test]
fn one_passphrase_of_a_pipe_is_for_every_key() {
    let folder = folder();
    let at = folder.path();
    std::fs::write(at.join("plan.yaml"), PLAN).expect("a file");
    let program = certgate_tests::command::certgate().display();
    let script = format!(
        "printf 'correct horse\\nnot this line\\n' | '{program}' pki init --encrypt --passphrase-fd 3 plan.yaml 3<&0 </dev/null"
    );
    let said = certgate_tests::command::other("sh", at, &["-c", &script]).expect("sh");
    assert_eq!(said.exit, 0, "{said:?}");
    for key in ["root.key", "below.key", "web.key"] {
        assert!(read(at, key).contains("BEGIN ENCRYPTED PRIVATE KEY"), "{key}");
    }
    let kept = run(at, &["pki", "init", "--passphrase-file", "pass", "plan.yaml"], b"");
    assert!(kept.exit == 0 && kept.stdout.lines().all(|line| line.starts_with("kept")), "{kept:?}");
}

/// The Secrets of Istio's gateways and of istiod: their certificates are read, and no private key is looked at.
#[test]
fn secrets_of_istio_are_verified_and_shown() {
    let folder = folder();
    let at = folder.path();
    init(at, "mutual-tls.yaml");
    let said = run(at, &["verify", "-n", "gateway.example.internal", "istio-gateway.yaml"], b"");
    assert_eq!(said.exit, 0, "{said:?}");
    for part in ["Secret/istio-system/gateway-credential, cert: verified", "trust: cacert"] {
        assert!(said.stdout.contains(part), "{part}: {said:?}");
    }
    let shown = run(at, &["inspect", "istio-gateway.yaml"], b"");
    assert!(shown.exit == 0 && shown.stdout.contains("gateway-credential, cert: certificate"), "{shown:?}");
    let row = run(at, &["inspect", "--format", "view-cert", "istio-gateway.yaml"], b"");
    assert!(row.stdout.contains("\"SecretName\": \"gateway-credential\""), "{row:?}");

    let folder = super::folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let text = |name: &str| base64::engine::general_purpose::STANDARD.encode(read(at, name));
    let secret = |fields: &[(&str, String)]| {
        let fields: Vec<String> =
            fields.iter().map(|(key, value)| format!("  {key}: \"{value}\"\n")).collect();
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{ name: cacerts, namespace: istio-system }}\ndata:\n{}",
            fields.concat()
        )
    };
    // `cacerts` as Istio documents it, and what istiod makes by itself, with empty fields.
    let plugged = secret(&[
        ("ca-key.pem", "not looked at".to_owned()),
        ("ca-cert.pem", text("intermediate-ca.pem")),
        ("cert-chain.pem", text("ca-chain.pem")),
        ("root-cert.pem", text("root-ca.pem")),
    ]);
    let own = secret(&[
        ("ca-cert.pem", text("root-ca.pem")),
        ("cert-chain.pem", String::new()),
        ("root-cert.pem", String::new()),
    ]);
    std::fs::write(at.join("plugged.yaml"), plugged).expect("a file");
    std::fs::write(at.join("own.yaml"), own).expect("a file");
    let said = run(at, &["verify", "--purpose", "any", "plugged.yaml"], b"");
    assert!(said.exit == 0 && said.stdout.contains("trust: root-cert.pem"), "{said:?}");
    assert!(said.stdout.contains("0: CN=Example Intermediate CA"), "{said:?}");
    let said = run(at, &["verify", "--purpose", "any", "-a", "root-ca.pem", "own.yaml"], b"");
    assert!(said.exit == 0 && said.stdout.contains("cacerts, ca-cert.pem: verified"), "{said:?}");
    // A Secret of something else is named, and its values are not shown.
    let other = secret(&[("password", "aHVudGVyMg==".to_owned())]);
    let said = run(at, &["inspect", "-"], other.as_bytes());
    assert!(said.exit == 3 && said.stderr.contains("context/object"), "{said:?}");
    assert!(!said.stderr.contains("aHVudGVyMg"), "{said:?}");
}
