//! Running a private PKI from one plan: authorities, certificates, bundles, and the files in which others want them.

mod course;
mod files;
mod generation;
mod init;
mod issuing;
mod kubernetes;
mod lint;
mod member;
mod plan;
mod policy;
mod rotate;
mod scope;
mod stands;

pub use course::{init, init_all};
pub(crate) use files::kept;
pub use files::{Written, write_copy, write_private, write_private_bytes, write_public};
pub use generation::RotationState;
pub use init::{InitOptions, Report};
pub use plan::Plan;
pub use rotate::{RotationStep, rotate, rotation_state};

use certgate_bindings::certgate::issue::IssueInputs;
use certgate_bindings::certgate::time::Timestamp;

/// Octets of the system's randomness.
///
/// # Errors
/// A system that has none, in one sentence.
pub fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut octets = [0u8; N];
    getrandom::fill(&mut octets).map_err(|error| format!("the system has no randomness: {error}"))?;
    Ok(octets)
}

/// A serial number from the system's randomness.
///
/// # Errors
/// As [`random`].
pub fn inputs(at: Timestamp) -> Result<IssueInputs, String> {
    Ok(IssueInputs::new(at, random()?))
}

/// The seed of one key from the system's randomness.
///
/// # Errors
/// As [`random`].
pub fn seed() -> Result<[u8; 32], String> {
    random()
}
