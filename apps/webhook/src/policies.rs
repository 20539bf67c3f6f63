//! The policies of a folder, loaded as one set: all of them, or none.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(feature = "server")]
use std::path::Path;

use certgate_bindings::Policy;
#[cfg(feature = "server")]
use sha2::{Digest, Sha256};

use crate::config::{self, Config, Mode};
#[cfg(feature = "server")]
use crate::folder;

/// What is judged by, at one moment. Immutable; a reload makes another one.
pub(crate) struct PolicySet {
    pub(crate) policies: Vec<Policy>,
    pub(crate) config: Config,
}

impl PolicySet {
    /// The hardest mode that any of the policies has.
    pub(crate) fn hardest_mode(&self) -> Mode {
        let mode =
            |policy: &Policy| self.config.mode(policy.id()).at_most(policy.as_core().document().enforcement);
        self.policies.iter().map(mode).max().unwrap_or(Mode::Audit)
    }
}

/// The files of a folder as they were at one moment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    files: BTreeMap<String, Vec<u8>>,
}

impl Snapshot {
    /// The files of a folder that is none.
    pub(crate) fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self { files }
    }

    /// The files of a folder, of one version.
    ///
    /// # Errors
    /// As [`folder::read`].
    #[cfg(feature = "server")]
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        folder::read(folder).map(Self::new)
    }

    /// A digest of names and contents.
    #[cfg(feature = "server")]
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (name, bytes) in &self.files {
            for part in [name.as_bytes(), bytes] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }

    /// The bytes of one file.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The policies and the configuration among the files.
    ///
    /// # Errors
    /// Every fault of every file: nothing is loaded if one of them is not as it should be.
    pub(crate) fn load(&self) -> Result<PolicySet, Vec<String>> {
        let mut faults = Vec::new();
        let config = match self.file(config::FILE) {
            None => Ok(Config::default()),
            Some(bytes) => std::str::from_utf8(bytes)
                .map_err(|_| format!("{} is not UTF-8", config::FILE))
                .and_then(|text| Config::from_text(text, |name| self.beside(name))),
        };
        let mut policies: Vec<Policy> = Vec::new();
        for (name, bytes) in self.files.iter().filter(|(name, _)| is_policy(name)) {
            match Policy::load_bytes(bytes) {
                Err(error) => {
                    faults
                        .extend(error.diagnostics().iter().map(|diagnostic| format!("{name}: {diagnostic}")));
                }
                Ok(policy) if policies.iter().any(|other| other.id() == policy.id()) => {
                    faults.push(format!("{name}: there is another policy of the id `{}`", policy.id()));
                }
                Ok(policy) => policies.push(policy),
            }
        }
        match config {
            Err(fault) => faults.push(fault),
            Ok(config) if faults.is_empty() => {
                let ids: BTreeSet<&str> = policies.iter().map(Policy::id).collect();
                let unknown = config.named_policies().filter(|name| !ids.contains(name));
                faults.extend(unknown.map(|name| format!("{}: there is no policy `{name}`", config::FILE)));
                if policies.is_empty() {
                    faults.push("there is no policy".to_owned());
                }
                if faults.is_empty() {
                    return Ok(PolicySet { policies, config });
                }
            }
            Ok(_) => {}
        }
        Err(faults)
    }

    fn beside(&self, name: &str) -> Result<Vec<u8>, String> {
        self.file(name)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| format!("{}: there is no file {name}", config::FILE))
    }
}

/// Policies are documents; their cases and the webhook's own configuration lie beside them.
fn is_policy(name: &str) -> bool {
    let is_document = [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending));
    is_document && name != config::FILE && !name.contains(".cases.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "version: 1\nid: web\nnames: { dns: { allow: [a.example] } }\nkeys: { EC: [P-256] }\nusages: { extended: [serverAuth] }\nvalidity: { default: 1h, max: 1d }\n";

    fn snapshot(files: &[(&str, &str)]) -> Snapshot {
        Snapshot {
            files: files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect(),
        }
    }

    #[test]
    fn a_folder_is_loaded_as_one() {
        let set =
            snapshot(&[("web.yaml", WEB), ("web.cases.yaml", "x"), ("roots.pem", "x")]).load().ok().unwrap();
        assert_eq!(set.policies.len(), 1);
        let config = "version: 1\nmodes: { web: warn }\n";
        assert!(snapshot(&[("web.yaml", WEB), ("webhook.yaml", config)]).load().is_ok());
    }

    #[test]
    fn one_fault_refuses_all() {
        let faults = |files: &[(&str, &str)]| snapshot(files).load().err().unwrap_or_default().join("; ");
        assert!(faults(&[]).contains("no policy"));
        assert!(
            faults(&[("web.yaml", WEB), ("bad.yaml", "version: 1\nid: b\nname: x")]).contains("bad.yaml")
        );
        assert!(faults(&[("a.yaml", WEB), ("b.yaml", WEB)]).contains("`web`"));
        assert!(
            faults(&[("web.yaml", WEB), ("webhook.yaml", "version: 1\nmodes: { wub: warn }")])
                .contains("`wub`")
        );
    }

    #[test]
    #[cfg(feature = "server")]
    fn the_digest_knows_where_a_file_ends() {
        assert_ne!(snapshot(&[("a", "bc")]).digest(), snapshot(&[("ab", "c")]).digest());
        assert_ne!(snapshot(&[("a", "b")]).digest(), snapshot(&[("a", "c")]).digest());
    }
}
