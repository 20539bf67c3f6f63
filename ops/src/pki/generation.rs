//! The files of a rotation, beside those of the authority: which generations there are, and who is trusted meanwhile.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use certgate_bindings::Bundle;
use certgate_bindings::certgate::certificate::Certificate;

use super::plan::AuthorityPlan;
use crate::input::read_file;

/// Where the generations of one authority are.
pub(super) struct Generations {
    certificate: PathBuf,
    key: PathBuf,
}

/// How far a rotation has come, as the files tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationState {
    /// There is one CA.
    None,
    /// The next CA is there and trusted; the old one issues.
    Prepared,
    /// The new CA issues; the old one is still trusted.
    Switched,
}

impl RotationState {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "no rotation",
            Self::Prepared => "prepared: the next CA is trusted, and the old one issues",
            Self::Switched => "switched: the new CA issues, and the old one is still trusted",
        }
    }
}

impl Generations {
    pub(super) fn new(folder: &Path, plan: &AuthorityPlan) -> Self {
        Self { certificate: folder.join(&plan.certificate), key: folder.join(&plan.private_key) }
    }

    /// Removes what an interrupted run left beside any of the files.
    pub(super) fn sweep(&self) {
        let (next, previous) = (self.next(), self.previous());
        let bridges = [self.new_by_old(), self.old_by_new(), self.trust()];
        let own = [self.certificate().to_owned(), self.key().to_owned()];
        let all = own.into_iter().chain([next.0, next.1, previous.0, previous.1]).chain(bridges);
        all.for_each(|path| crate::durable::sweep(&path));
    }

    pub(super) fn certificate(&self) -> &Path {
        &self.certificate
    }

    pub(super) fn key(&self) -> &Path {
        &self.key
    }

    pub(super) fn next(&self) -> (PathBuf, PathBuf) {
        self.named("next")
    }

    pub(super) fn previous(&self) -> (PathBuf, PathBuf) {
        self.named("previous")
    }

    /// Where certificate and key of a CA go that is trusted no more.
    pub(super) fn retired(&self, certificate: &Certificate) -> (PathBuf, PathBuf) {
        self.named(&format!("retired-{}", certificate.serial_number()))
    }

    /// The new key, certified by the old CA: for those who trust the old one alone.
    pub(super) fn new_by_old(&self) -> PathBuf {
        infix(&self.certificate, "new-by-old")
    }

    /// The old key, certified by the new CA: for those who trust the new one alone.
    pub(super) fn old_by_new(&self) -> PathBuf {
        infix(&self.certificate, "old-by-new")
    }

    /// Everyone who is to be trusted.
    pub(super) fn trust(&self) -> PathBuf {
        infix(&self.certificate, "trust")
    }

    pub(super) fn state(&self) -> RotationState {
        if self.next().0.exists() {
            RotationState::Prepared
        } else if self.previous().0.exists() {
            RotationState::Switched
        } else {
            RotationState::None
        }
    }

    /// The other generation that is trusted at present.
    pub(super) fn also_trusted(&self) -> Result<Option<Arc<Certificate>>, String> {
        match self.state() {
            RotationState::None => Ok(None),
            RotationState::Prepared => read(&self.next().0).map(Some),
            RotationState::Switched => read(&self.previous().0).map(Some),
        }
    }

    /// What is sent behind a chain, so that it leads to the old CA too.
    pub(super) fn bridge(&self) -> Result<Option<Arc<Certificate>>, String> {
        let path = self.new_by_old();
        if self.state() == RotationState::Switched && path.exists() {
            read(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    fn named(&self, generation: &str) -> (PathBuf, PathBuf) {
        (infix(&self.certificate, generation), infix(&self.key, generation))
    }
}

/// The one certificate of a file.
pub(super) fn read(path: &Path) -> Result<Arc<Certificate>, String> {
    let bundle = Bundle::parse(&read_file(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    match bundle.certificates() {
        [certificate] => Ok(Arc::clone(certificate)),
        _ => Err(format!("{} does not hold exactly one certificate", path.display())),
    }
}

/// `ca.pem` with `next` is `ca.next.pem`.
fn infix(path: &Path, word: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}.{word}.{}", extension.to_string_lossy()),
        None => format!("{stem}.{word}"),
    };
    path.with_file_name(name)
}
