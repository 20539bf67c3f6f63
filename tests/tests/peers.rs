//! Requests that other programs make during the test: valid and allowed as they are, invalid once a byte has changed.

use std::path::{Path, PathBuf};

use certgate::time::Timestamp;
use certgate_bindings::{ContextDocument, Policy, Request};
use certgate_tests::command::other;
use certgate_tests::root;
use certgate_tests::vector::AT;

/// What the requests of this file ask for, and nothing else.
const POLICY: &str = r#"
version: 1
id: peers
subject:
  commonName: { allow: [peer.example.com] }
  attributes: { organizationName: { allow: [Peers] } }
names:
  dns: { allow: [peer.example.com, "*.peer.example.com"], wildcard: allow }
  ip: { allow: [192.0.2.0/24, "2001:db8::/32"] }
keys: { RSA: { min: 2048 }, EC: [P-256, P-384, P-521], Ed25519: {} }
usages: { extended: [serverAuth] }
# keytool always asks for one
extensions: { ignore: [subjectKeyIdentifier] }
validity: { default: 24h, max: 90d }
"#;

const NAMES: &str = "DNS:peer.example.com,DNS:*.peer.example.com,IP:192.0.2.7,IP:2001:db8::7";

/// The request is valid and allowed with this key and algorithm; with a changed name or signature it is invalid.
fn hold(made_by: &str, input: &[u8], key: &str, algorithm: &str) {
    let policy = Policy::load(POLICY).expect("the policy");
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let context = ContextDocument::default().to_context(at).expect("a context");
    let request = Request::parse(input).unwrap_or_else(|error| panic!("{made_by}: {error}"));
    let view = request.view();
    assert_eq!(view.signature.status, "valid", "{made_by}");
    assert_eq!(
        (view.public_key.name.as_str(), view.signature.algorithm.as_str()),
        (key, algorithm),
        "{made_by}"
    );
    let names: Vec<&str> = view.subject_alt_names.iter().map(|name| name.value.as_str()).collect();
    assert_eq!(names, ["peer.example.com", "*.peer.example.com", "192.0.2.7", "2001:db8::7"], "{made_by}");
    let decision = policy.evaluate(&request, &context);
    assert!(decision.is_allowed(), "{made_by}: {:?}", decision.reasons());

    let der = request.der();
    let name = der.windows(16).position(|window| window == b"peer.example.com").expect("the name");
    // The last octet of a signature is within S, or within the number that RSA yields.
    for (what, at) in [("name", name), ("signature", der.len() - 1)] {
        let mut tampered = der.to_vec();
        tampered[at] ^= 1;
        let request = Request::parse(&tampered).unwrap_or_else(|error| panic!("{made_by}, {what}: {error}"));
        assert_eq!(request.view().signature.status, "invalid", "{made_by}: another {what}");
        let reasons = policy.evaluate(&request, &context).reasons();
        assert!(
            reasons.iter().any(|reason| reason.code == "signature/invalid"),
            "{made_by}, another {what}: {reasons:?}"
        );
    }
}

#[test]
fn requests_of_openssl() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let rsa = |bits: u32| {
        vec![
            "-algorithm".to_owned(),
            "RSA".to_owned(),
            "-pkeyopt".to_owned(),
            format!("rsa_keygen_bits:{bits}"),
        ]
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let curve = |name: &str| words(&format!("-algorithm EC -pkeyopt ec_paramgen_curve:{name}"));
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    let made = [
        (rsa(2048), "-sha256", "RSA-2048", "sha256WithRSAEncryption"),
        (rsa(3072), "-sha384", "RSA-3072", "sha384WithRSAEncryption"),
        (rsa(4096), "-sha512", "RSA-4096", "sha512WithRSAEncryption"),
        (rsa(2048), &format!("-sha256 {pss}"), "RSA-2048", "RSASSA-PSS"),
        (rsa(2048), &format!("-sha384 {pss}"), "RSA-2048", "RSASSA-PSS"),
        (rsa(2048), &format!("-sha512 {pss}"), "RSA-2048", "RSASSA-PSS"),
        (
            words("-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048"),
            &format!("-sha256 {pss}"),
            "RSA-2048",
            "RSASSA-PSS",
        ),
        (curve("P-256"), "-sha256", "P-256", "ecdsa-with-SHA256"),
        (curve("P-384"), "-sha384", "P-384", "ecdsa-with-SHA384"),
        (curve("P-521"), "-sha512", "P-521", "ecdsa-with-SHA512"),
        (words("-algorithm ED25519"), "", "Ed25519", "Ed25519"),
    ];
    for (key_options, options, key, algorithm) in &made {
        let mut arguments = vec!["genpkey", "-out", "key.pem"];
        arguments.extend(key_options.iter().map(String::as_str));
        let said = other("openssl", folder, &arguments).expect("openssl is installed");
        assert_eq!(said.exit, 0, "{}", said.stderr);
        let names = format!("subjectAltName={NAMES}");
        let mut arguments = vec![
            "req",
            "-new",
            "-key",
            "key.pem",
            "-subj",
            "/O=Peers/CN=peer.example.com",
            "-addext",
            &names,
        ];
        arguments.extend(["-out", "request.pem"]);
        arguments.extend(options.split(' ').filter(|word| !word.is_empty()));
        let said = other("openssl", folder, &arguments).expect("openssl is installed");
        assert_eq!(said.exit, 0, "{}", said.stderr);
        let input = std::fs::read(folder.join("request.pem")).expect("the request");
        hold(&format!("openssl {key} {options}"), &input, key, algorithm);
    }
    println!("openssl: {} requests", made.len());
}

#[test]
fn requests_of_keytool() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let made = [
        ("-keyalg RSA -keysize 2048", "SHA256withRSA", "RSA-2048", "sha256WithRSAEncryption"),
        ("-keyalg RSA -keysize 3072", "SHA384withRSA", "RSA-3072", "sha384WithRSAEncryption"),
        ("-keyalg EC -groupname secp256r1", "SHA256withECDSA", "P-256", "ecdsa-with-SHA256"),
        ("-keyalg EC -groupname secp384r1", "SHA384withECDSA", "P-384", "ecdsa-with-SHA384"),
        ("-keyalg EC -groupname secp521r1", "SHA512withECDSA", "P-521", "ecdsa-with-SHA512"),
        ("-keyalg Ed25519", "Ed25519", "Ed25519", "Ed25519"),
    ];
    for (index, (options, scheme, key, algorithm)) in made.iter().enumerate() {
        let store = format!("store-{index}.p12");
        let common = ["-keystore", &store, "-storepass", "password", "-alias", "peer"];
        let mut arguments = vec!["-genkeypair", "-dname", "CN=peer.example.com,O=Peers", "-validity", "1"];
        arguments.extend(common);
        arguments.extend(options.split(' '));
        let Some(said) = other("keytool", folder, &arguments) else {
            println!("not tested: keytool is not installed");
            return;
        };
        assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
        let names = format!("san={}", NAMES.to_lowercase());
        let mut arguments = vec!["-certreq", "-sigalg", scheme, "-ext", &names, "-file", "request.pem"];
        arguments.extend(common);
        let said = other("keytool", folder, &arguments).expect("keytool");
        assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
        let input = std::fs::read(folder.join("request.pem")).expect("the request");
        hold(&format!("keytool {options} {scheme}"), &input, key, algorithm);
    }
    println!("keytool: {} requests", made.len());
}

/// Makes one request for each key with pyca/cryptography.
const PYCA: &str = r#"
import ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

folder = sys.argv[1]
pss = lambda digest: padding.PSS(mgf=padding.MGF1(digest), salt_length=padding.PSS.DIGEST_LENGTH)
rsa_key = lambda bits: rsa.generate_private_key(65537, bits)
made = {
    "rsa": (rsa_key(2048), hashes.SHA256(), None),
    "pss-256": (rsa_key(2048), hashes.SHA256(), pss(hashes.SHA256())),
    "pss-384": (rsa_key(3072), hashes.SHA384(), pss(hashes.SHA384())),
    "pss-512": (rsa_key(4096), hashes.SHA512(), pss(hashes.SHA512())),
    "p256": (ec.generate_private_key(ec.SECP256R1()), hashes.SHA256(), None),
    "p384": (ec.generate_private_key(ec.SECP384R1()), hashes.SHA384(), None),
    "p521": (ec.generate_private_key(ec.SECP521R1()), hashes.SHA512(), None),
    "ed25519": (ed25519.Ed25519PrivateKey.generate(), None, None),
}
names = [
    x509.DNSName("peer.example.com"),
    x509.DNSName("*.peer.example.com"),
    x509.IPAddress(ipaddress.ip_address("192.0.2.7")),
    x509.IPAddress(ipaddress.ip_address("2001:db8::7")),
]
subject = x509.Name([
    x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Peers"),
    x509.NameAttribute(NameOID.COMMON_NAME, "peer.example.com"),
])
for name, (key, digest, rsa_padding) in made.items():
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    options = {"rsa_padding": rsa_padding} if rsa_padding else {}
    request = builder.sign(key, digest, **options)
    with open(f"{folder}/{name}.der", "wb") as file:
        file.write(request.public_bytes(serialization.Encoding.DER))
"#;

/// The Python of an environment with pyca/cryptography; `None` where no package can be had.
fn pyca() -> Option<PathBuf> {
    let environment = root().join("target/python/oracle");
    let python = environment.join("bin/python");
    let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    if !python.exists() {
        let said = other("python3", &root(), &["-m", "venv", &text(&environment)])?;
        assert_eq!(said.exit, 0, "{}{}", said.stdout, said.stderr);
    }
    let run =
        |arguments: &[&str]| other(&text(&python), &root(), arguments).expect("the environment's Python");
    if run(&["-c", "import cryptography"]).exit != 0 {
        let said = run(&["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "cryptography"]);
        if said.exit != 0 {
            println!("not tested: pip cannot install cryptography: {}", said.stderr.trim());
            return None;
        }
    }
    Some(python)
}

#[test]
fn requests_of_pyca() {
    let Some(python) = pyca() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let python = python.to_str().expect("UTF-8");
    let said = other(python, folder, &["-c", PYCA, folder.to_str().expect("UTF-8")]).expect("Python");
    assert_eq!(said.exit, 0, "{}", said.stderr);
    let made = [
        ("rsa", "RSA-2048", "sha256WithRSAEncryption"),
        ("pss-256", "RSA-2048", "RSASSA-PSS"),
        ("pss-384", "RSA-3072", "RSASSA-PSS"),
        ("pss-512", "RSA-4096", "RSASSA-PSS"),
        ("p256", "P-256", "ecdsa-with-SHA256"),
        ("p384", "P-384", "ecdsa-with-SHA384"),
        ("p521", "P-521", "ecdsa-with-SHA512"),
        ("ed25519", "Ed25519", "Ed25519"),
    ];
    for (name, key, algorithm) in made {
        let input = std::fs::read(folder.join(format!("{name}.der"))).expect("the request");
        hold(&format!("pyca {name}"), &input, key, algorithm);
    }
    println!("pyca/cryptography: {} requests", made.len());
}
