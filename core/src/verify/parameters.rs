use std::sync::Arc;

use super::{PeerName, PolicyInputs, Purpose, RevocationInputs};
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::extension::KeyUsage;
use crate::time::Timestamp;

/// What one verification is about: the time, the purpose, and what the peer sent.
#[derive(Clone, Debug)]
pub struct VerifyParameters<'a> {
    pub(super) at: Timestamp,
    pub(super) purpose: Purpose,
    pub(super) names: Vec<PeerName>,
    pub(super) presented: &'a [Arc<Certificate>],
    pub(super) key_usage: KeyUsage,
    pub(super) depth: Option<u32>,
    pub(super) policies: PolicyInputs,
    pub(super) revocation: Option<RevocationInputs<'a>>,
}

impl<'a> VerifyParameters<'a> {
    /// Verify for `purpose` at a time; nothing else is asked for.
    pub fn new(at: Timestamp, purpose: Purpose) -> Self {
        Self {
            at,
            purpose,
            names: Vec::new(),
            presented: &[],
            key_usage: KeyUsage::EMPTY,
            depth: None,
            policies: PolicyInputs::default(),
            revocation: None,
        }
    }

    /// The certificate must be for each of these names.
    #[must_use]
    pub fn with_names(mut self, names: impl IntoIterator<Item = PeerName>) -> Self {
        self.names = names.into_iter().collect();
        self
    }

    /// Certificates that the peer sent beside its own, in any order.
    #[must_use]
    pub fn with_presented(mut self, presented: &'a [Arc<Certificate>]) -> Self {
        self.presented = presented;
        self
    }

    /// Bits that the leaf's keyUsage must have, if it has one.
    #[must_use]
    pub fn with_key_usage(mut self, key_usage: KeyUsage) -> Self {
        self.key_usage = key_usage;
        self
    }

    /// Most intermediates between leaf and anchor, self-issued ones not counted (RFC 5280 6.1.1).
    #[must_use]
    pub fn with_depth(mut self, depth: u32) -> Self {
        self.depth = Some(depth);
        self
    }

    /// Look at revocation, with what is known about it.
    #[must_use]
    pub fn with_revocation(mut self, revocation: RevocationInputs<'a>) -> Self {
        self.revocation = Some(revocation);
        self
    }

    /// Look at revocation by these lists alone; a status that they do not tell refuses the path.
    #[must_use]
    pub fn with_revocation_lists(self, lists: &'a [Arc<CertificateList>]) -> Self {
        self.with_revocation(RevocationInputs { lists, ..RevocationInputs::default() })
    }

    /// Which certificate policies are acceptable.
    #[must_use]
    pub fn with_policies(mut self, policies: PolicyInputs) -> Self {
        self.policies = policies;
        self
    }
}
