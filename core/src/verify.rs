//! Building and verifying certification paths (RFC 4158, RFC 5280 6.1).
//!
//! A [`Verifier`] holds trust anchors, intermediates and a profile, parsed and indexed once. Each verification is given a
//! time, a purpose and names; it gives a [`VerifiedPath`] or a [`VerificationError`], which cannot be taken for one
//! another.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::certificate::Certificate;
use crate::chain::Pool;
use crate::crypto::CryptoProvider;
use crate::diagnostic::Diagnostic;
use crate::oid::Oid;
use crate::signature::SignatureStatus;
use crate::time::Timestamp;

mod budget;
mod cache;
mod error;
mod mailbox;
mod name_constraints;
mod parameters;
mod path;
mod peer_name;
mod policy_graph;
mod profile;
mod purpose;
mod revocation;
mod rule;
mod signed;

pub use budget::{VerifyLimits, WorkDone};
pub use error::{TriedPath, VerificationError};
pub use parameters::VerifyParameters;
pub use peer_name::PeerName;
pub use policy_graph::{AnyPolicyMode, ExplicitPolicy, PolicyInputs, PolicyMappingMode};
pub use profile::{IssuerRules, Profile};
pub use purpose::Purpose;
pub use revocation::{RevocationInputs, RevocationScope, UnknownStatus};
pub use rule::{Role, Rule, Side};

use cache::{EdgeCache, KeyCache};
use profile::ActiveRules;

/// Verifies certificates against trust anchors. Immutable but for the edges and keys that it remembers; shared between threads.
pub struct Verifier {
    anchors: Pool,
    intermediates: Pool,
    /// Digests of the anchors that were signed with their own keys under another issuer's name.
    self_signed: HashSet<[u8; 32]>,
    profile: Profile,
    issuer_rules: IssuerRules,
    rules: ActiveRules,
    limits: VerifyLimits,
    crypto: &'static CryptoProvider,
    edges: EdgeCache,
    keys: KeyCache,
}

/// How many verified edges a [`Verifier`] remembers: 64 bytes each, so 1 MiB.
const REMEMBERED_EDGES: usize = 16_384;

/// How many keys of issuers a [`Verifier`] keeps ready: about 5 kB each for RSA, so 1.3 MB.
const READY_KEYS: usize = 256;

impl Verifier {
    /// A verifier that trusts `anchors`, knows `intermediates`, and holds paths to `profile`.
    pub fn new(
        anchors: impl IntoIterator<Item = Arc<Certificate>>,
        intermediates: impl IntoIterator<Item = Arc<Certificate>>,
        profile: Profile,
    ) -> Self {
        let anchors = Pool::new(anchors);
        let crypto = CryptoProvider::best();
        Self {
            self_signed: oddly_self_signed(&anchors, crypto),
            anchors,
            intermediates: Pool::new(intermediates),
            profile,
            issuer_rules: IssuerRules::Enforce,
            rules: ActiveRules::new(profile, IssuerRules::Enforce),
            limits: VerifyLimits::default(),
            crypto,
            edges: EdgeCache::new(REMEMBERED_EDGES),
            keys: KeyCache::new(READY_KEYS),
        }
    }

    /// Leaves out or keeps the rules that bind issuers only.
    #[must_use]
    pub fn with_issuer_rules(mut self, issuer_rules: IssuerRules) -> Self {
        self.issuer_rules = issuer_rules;
        self.rules = ActiveRules::new(self.profile, issuer_rules);
        self
    }

    /// Other bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: VerifyLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Other back ends. What the former ones verified is forgotten.
    #[must_use]
    pub fn with_crypto(mut self, crypto: &'static CryptoProvider) -> Self {
        self.crypto = crypto;
        self.self_signed = oddly_self_signed(&self.anchors, crypto);
        self.edges = EdgeCache::new(self.edges.capacity());
        self.keys = KeyCache::new(READY_KEYS);
        self
    }

    /// How many verified edges to remember; 0 for none.
    #[must_use]
    pub fn with_remembered_edges(mut self, capacity: usize) -> Self {
        self.edges = EdgeCache::new(capacity);
        self
    }

    /// The back ends that verify signatures.
    pub fn crypto(&self) -> &'static CryptoProvider {
        self.crypto
    }

    /// The trust anchors.
    pub fn anchors(&self) -> &Pool {
        &self.anchors
    }

    /// The intermediates that are known beside those that a peer presents.
    pub fn intermediates(&self) -> &Pool {
        &self.intermediates
    }

    /// The profile.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    fn active_rules(&self) -> &ActiveRules {
        &self.rules
    }

    /// Whether rules that bind issuers only are enforced.
    pub fn issuer_rules(&self) -> IssuerRules {
        self.issuer_rules
    }

    /// Builds and verifies a path from `leaf` to a trust anchor.
    ///
    /// # Errors
    /// The best reason, and each path that was tried with where it stopped.
    pub fn verify(
        &self,
        leaf: &Arc<Certificate>,
        parameters: &VerifyParameters<'_>,
    ) -> Result<VerifiedPath, VerificationError> {
        path::Search::new(self, leaf, parameters).run()
    }
}

/// Digests of the anchors that name another issuer, and no key of it, and were signed with their own key. One signature for each such
/// anchor, when the verifier is made.
fn oddly_self_signed(anchors: &Pool, crypto: &CryptoProvider) -> HashSet<[u8; 32]> {
    let odd = anchors.iter().filter(|anchor| is_oddly_self_signed(anchor, crypto));
    odd.map(|anchor| *anchor.digest()).collect()
}

fn is_oddly_self_signed(anchor: &Certificate, crypto: &CryptoProvider) -> bool {
    !anchor.is_self_issued()
        && anchor.authority_key_identifier().is_none()
        && anchor.signature_algorithm().verify(
            anchor.public_key(),
            anchor.signed_der(),
            anchor.signature(),
            crypto,
        ) == SignatureStatus::Valid
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("anchors", &self.anchors.len())
            .field("intermediates", &self.intermediates.len())
            .field("profile", &self.profile)
            .field("issuer_rules", &self.issuer_rules)
            .field("crypto", self.crypto)
            .finish_non_exhaustive()
    }
}

/// A path that holds, and what was proved.
#[derive(Clone, Debug)]
pub struct VerifiedPath {
    certificates: Vec<Arc<Certificate>>,
    policies: Vec<Oid>,
    warnings: Vec<Diagnostic>,
    at: Timestamp,
    work: WorkDone,
}

impl VerifiedPath {
    /// The certificates, leaf first, trust anchor last.
    pub fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// The trust anchor.
    pub fn anchor(&self) -> Option<&Arc<Certificate>> {
        self.certificates.last()
    }

    /// The user-constrained policy set (RFC 5280 6.1.6).
    pub fn policies(&self) -> &[Oid] {
        &self.policies
    }

    /// What is odd and stops nothing, such as an unknown revocation status that the caller allows.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Until when the whole path is valid: the earliest end of its certificates, the anchor's included.
    pub fn valid_until(&self) -> Timestamp {
        let ends = self.certificates.iter().map(|certificate| certificate.validity().not_after);
        ends.min().unwrap_or(self.at)
    }

    /// The time for which it was verified.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What the verification did.
    pub fn work(&self) -> WorkDone {
        self.work
    }
}
