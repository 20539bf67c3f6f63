//! NIST PKITS 1.0.1: paths with revocation lists, certificate policies and name constraints.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use certgate::certificate::Certificate;
use certgate::crl::CertificateList;
use certgate::oid::{ANY_POLICY, Oid};
use certgate::time::Timestamp;
use certgate::verify::{
    AnyPolicyMode, ExplicitPolicy, IssuerRules, PolicyInputs, PolicyMappingMode, Profile, Purpose, Verifier,
    VerifyParameters,
};
use serde::Deserialize;

/// All certificates of the suite are valid at this time.
pub const AT: &str = "2022-05-01T00:00:00Z";

/// One row of the table.
#[derive(Clone, Deserialize)]
pub struct Row {
    pub number: String,
    pub title: String,
    /// The trust anchor first, the certificate that is verified last.
    pub certs: Vec<String>,
    pub crls: Vec<String>,
    pub should_validate: bool,
    pub initial_policy_set: Vec<String>,
    pub initial_explicit_policy: bool,
    pub initial_policy_mapping_inhibit: bool,
    pub initial_inhibit_any_policy: bool,
    #[serde(default)]
    pub user_constrained_policy_set: Vec<String>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    Wrong(String),
    /// A row that needs DSA, which certgate does not verify.
    Unsupported(String),
}

/// The package of PyPI with the suite's files.
const PACKAGE: &str = "cryptography-vectors==50.0.2";

/// The folder with the suite's files, fetched once; says so when it cannot be fetched.
pub fn data() -> Option<PathBuf> {
    let target = crate::root().join("target/python/pkits");
    let folder = target.join("cryptography_vectors/x509/PKITS_data");
    if !folder.join("crls").is_dir() {
        let fetched = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"])
            .arg(&target)
            .arg(PACKAGE)
            .status();
        if !fetched.is_ok_and(|status| status.success()) {
            eprintln!("absent, so not tested: PKITS ({PACKAGE} of PyPI)");
            return None;
        }
    }
    Some(folder)
}

/// Reads a table.
pub fn read(path: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

impl Row {
    /// Puts the row to the verifier; `data` has the folders `certs` and `crls`.
    pub fn run(&self, data: &Path) -> Outcome {
        let files = self.certs.iter().map(|name| data.join("certs").join(name));
        let mut files = files.chain(self.crls.iter().map(|name| data.join("crls").join(name)));
        if let Some(missing) = files.find(|file| !file.is_file()) {
            return Outcome::Wrong(format!("{} is missing", missing.display()));
        }
        match self.verify(data) {
            Ok(policies) if self.should_validate => {
                let mut expected: Vec<Oid> =
                    self.user_constrained_policy_set.iter().map(|name| policy(name)).collect();
                expected.sort_unstable();
                if policies == expected {
                    Outcome::Right
                } else {
                    Outcome::Wrong(format!("policies {policies:?} instead of {expected:?}"))
                }
            }
            Ok(_) => Outcome::Wrong("false accept".to_owned()),
            Err(_) if !self.should_validate => Outcome::Right,
            Err(why) if why.starts_with("verify/signature-not-accepted") && why.contains("id-dsa") => {
                Outcome::Unsupported(why)
            }
            Err(why) => Outcome::Wrong(format!("false reject: {why}")),
        }
    }

    /// The policies for which the path holds, or why it does not.
    pub fn verify(&self, data: &Path) -> Result<Vec<Oid>, String> {
        let read = |folder: &str, name: &str| {
            let path = data.join(folder).join(name);
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let mut certificates = Vec::new();
        for name in &self.certs {
            let parsed =
                Certificate::from_der(&read("certs", name)?).map_err(|error| format!("{name}: {error}"))?;
            certificates.push(Arc::new(parsed));
        }
        let mut lists = Vec::new();
        for name in &self.crls {
            let bytes = read("crls", name)?;
            // A list that cannot be read tells nothing.
            if let Ok(list) = CertificateList::from_der(&bytes) {
                lists.push(Arc::new(list));
            }
        }
        let [anchor, pool @ .., leaf] = certificates.as_slice() else {
            return Err("a row has two certificates at least".to_owned());
        };
        let acceptable: Vec<Oid> = self.initial_policy_set.iter().map(|name| policy(name)).collect();
        let policies = PolicyInputs {
            acceptable,
            explicit: if self.initial_explicit_policy {
                ExplicitPolicy::Required
            } else {
                ExplicitPolicy::IfConstrained
            },
            mapping: if self.initial_policy_mapping_inhibit {
                PolicyMappingMode::Inhibited
            } else {
                PolicyMappingMode::Allowed
            },
            any_policy: if self.initial_inhibit_any_policy {
                AnyPolicyMode::Inhibited
            } else {
                AnyPolicyMode::Allowed
            },
        };
        let verifier = Verifier::new([Arc::clone(anchor)], pool.iter().cloned(), Profile::Rfc5280)
            .with_issuer_rules(IssuerRules::Ignore);
        let at = Timestamp::from_rfc3339(AT).expect("a time");
        let parameters =
            VerifyParameters::new(at, Purpose::Any).with_policies(policies).with_revocation_lists(&lists);
        let path = verifier.verify(leaf, &parameters).map_err(|error| {
            let related = error.reasons().iter().flat_map(|one| one.related()).map(ToString::to_string);
            let deeper = error
                .reasons()
                .iter()
                .flat_map(|one| one.related())
                .flat_map(|one| one.related())
                .map(ToString::to_string);
            format!("{error} [{}]", related.chain(deeper).collect::<Vec<_>>().join("; "))
        })?;
        let mut policies = path.policies().to_vec();
        policies.sort_unstable();
        Ok(policies)
    }
}

/// `NIST-test-policy-N` is 2.16.840.1.101.3.2.1.48.N.
fn policy(name: &str) -> Oid {
    match name.strip_prefix("NIST-test-policy-") {
        Some(number) => Oid::parse(&format!("2.16.840.1.101.3.2.1.48.{number}")).expect("an identifier"),
        None if name == "anyPolicy" => ANY_POLICY,
        None => Oid::parse(name).expect("an identifier"),
    }
}
