//! The mutual TLS set of a tutorial (common names only, a CA of version 1, no extensions), made by the openssl that is
//! installed, and what each profile says of it; and a real chain of a P-256 root over an RSA intermediate.

use std::path::Path;
use std::sync::Arc;

use certgate::certificate::{Certificate, Version};
use certgate::chain;
use certgate::time::Timestamp;
use certgate::verify::{
    IssuerRules, PeerName, Profile, Purpose, VerificationError, VerifiedPath, Verifier, VerifyParameters,
};
use certgate_tests::command::other;
use certgate_tests::shared;

const COMMANDS: [&str; 5] = [
    "genrsa -out ca.key 2048",
    "req -new -key ca.key -subj /CN=Tutorial -out ca.csr",
    "x509 -req -in ca.csr -signkey ca.key -days 365 -out ca.crt",
    "req -new -newkey rsa:2048 -nodes -keyout client.key -subj /CN=client -out client.csr",
    "x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out client.crt",
];

fn read(folder: &Path, file: &str) -> Arc<Certificate> {
    let bytes = std::fs::read(folder.join(file)).expect("a file of openssl");
    Arc::new(Certificate::from_bytes(&bytes).expect("a certificate"))
}

struct Set {
    ca: Arc<Certificate>,
    client: Arc<Certificate>,
}

impl Set {
    /// `None` without openssl.
    fn make() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        for command in COMMANDS {
            let words: Vec<&str> = command.split(' ').collect();
            let said = other("openssl", folder.path(), &words)?;
            assert_eq!(said.exit, 0, "{command}: {}", said.stderr);
        }
        Some(Self { ca: read(folder.path(), "ca.crt"), client: read(folder.path(), "client.crt") })
    }

    fn verify(
        &self,
        profile: Profile,
        rules: IssuerRules,
        name: Option<&str>,
    ) -> Result<VerifiedPath, VerificationError> {
        let verifier = Verifier::new([Arc::clone(&self.ca)], [], profile).with_issuer_rules(rules);
        let at = certgate_ops::now().expect("a clock");
        let parameters =
            VerifyParameters::new(at, Purpose::Client).with_names(name.and_then(PeerName::parse));
        verifier.verify(&self.client, &parameters)
    }
}

fn codes(result: Result<VerifiedPath, VerificationError>) -> Vec<&'static str> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) => error.reasons().iter().map(|reason| reason.code().as_str()).collect(),
    }
}

#[test]
fn each_profile_says_what_the_tutorial_lacks() {
    let Some(set) = Set::make() else {
        eprintln!("absent, so not tested: openssl");
        return;
    };
    let has_identifiers = set.client.authority_key_identifier().is_some();
    if set.ca.version() != Version::V1 || has_identifiers {
        eprintln!("absent, so not tested: an openssl that makes certificates of version 1");
        return;
    }
    // In-house PKI: a client by its common name, below a root of version 1.
    let path = set.verify(Profile::Private, IssuerRules::Enforce, None).expect("a path");
    assert_eq!(path.certificates(), [Arc::clone(&set.client), Arc::clone(&set.ca)]);
    // RFC 5280 binds CAs to key identifiers, by which paths are built; without rules for issuers the path holds.
    let said = codes(set.verify(Profile::Rfc5280, IssuerRules::Enforce, None));
    assert_eq!(said, ["verify/authority-key-missing"]);
    assert_eq!(codes(set.verify(Profile::Rfc5280, IssuerRules::Ignore, None)), [""; 0]);
    // The Web PKI wants version 3, purposes and names on top.
    assert_eq!(
        codes(set.verify(Profile::WebPki, IssuerRules::Enforce, None)),
        [
            "verify/authority-key-missing",
            "verify/common-name-not-in-names",
            "verify/extended-key-usage-missing",
            "verify/names-missing",
            "verify/version",
        ]
    );
    // No profile takes the common name for a host, and the help says so.
    for profile in Profile::ALL {
        let error = set.verify(profile, IssuerRules::Ignore, Some("client")).expect_err("no name");
        let first = &error.reasons()[0];
        assert_eq!(first.code().as_str(), "verify/name-mismatch");
        assert!(first.help().is_some_and(|help| help.contains("common name")), "{first:?}");
    }
}

#[test]
fn a_p256_root_over_an_rsa_intermediate_is_a_path_of_two() {
    let Some(file) = shared("vault-home-chain.pem") else { return };
    let contents = chain::read(&std::fs::read(file).expect("the chain")).expect("certificates");
    let [intermediate, root] = contents.certificates.as_slice() else { panic!("two certificates") };
    let at = Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time");
    for profile in [Profile::Rfc5280, Profile::Private] {
        let verifier = Verifier::new([Arc::clone(root)], [], profile);
        let path = verifier.verify(intermediate, &VerifyParameters::new(at, Purpose::Any)).expect("a path");
        assert_eq!(path.certificates(), contents.certificates);
        assert_eq!(path.valid_until().to_string(), "2029-06-18T12:29:09Z");
    }
}
