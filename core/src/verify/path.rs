//! The search: from the leaf upwards, most likely issuer first, back to the next one when a path does not hold.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::Work;
use super::error::{TriedPath, VerificationError};
use super::name_constraints::Prepared;
use super::rule::{Role, Subject};
use super::{VerifiedPath, Verifier, VerifyParameters, name_constraints, policy_graph, revocation};
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::ocsp::ResponderId;
use crate::oid::{self, Oid};
use crate::time::Timestamp;

/// One verification.
pub(super) struct Search<'v> {
    pub(super) verifier: &'v Verifier,
    parameters: &'v VerifyParameters<'v>,
    pub(super) path: Vec<Arc<Certificate>>,
    pub(super) work: Work<'v>,
    aim: Aim,
    tried: Vec<TriedPath>,
    paths: usize,
    /// Signatures of this verification, by the addresses of certificate and issuer; both outlive the search.
    pub(super) signatures: HashMap<(usize, usize), Result<(), Diagnostic>>,
    /// What the rules say of a certificate in its place, by its address.
    rules: HashMap<(usize, Role), Option<Diagnostic>>,
    /// Names and constraints in comparable form.
    prepared: Prepared,
    purpose: Option<Oid>,
    found: Found,
}

/// Whose path is searched.
enum Aim {
    /// That of the certificate that the caller gave.
    Leaf,
    /// That of who signed a revocation list, to the anchor of the path that the list is for (RFC 5280 6.3.3 (f)).
    ListIssuer {
        anchor: Arc<Certificate>,
        /// Digests of the list issuers whose paths are being searched: none waits for itself.
        waiting: Vec<[u8; 32]>,
    },
}

/// What was proved of a path.
#[derive(Default)]
struct Found {
    policies: Vec<Oid>,
    warnings: Vec<Diagnostic>,
}

/// Whether the search below a certificate may go on with the next issuer.
enum Step {
    Found,
    Next,
}

impl<'v> Search<'v> {
    pub(super) fn new(
        verifier: &'v Verifier,
        leaf: &Arc<Certificate>,
        parameters: &'v VerifyParameters<'v>,
    ) -> Self {
        Self {
            verifier,
            parameters,
            path: vec![Arc::clone(leaf)],
            work: Work::new(&verifier.limits),
            tried: Vec::new(),
            paths: 0,
            signatures: HashMap::new(),
            rules: HashMap::new(),
            prepared: Prepared::default(),
            purpose: parameters.purpose.oid(),
            found: Found::default(),
            aim: Aim::Leaf,
        }
    }

    /// The time of the verification.
    pub(super) fn at(&self) -> Timestamp {
        self.parameters.at
    }

    /// All certificates at hand with a subject, anchors first.
    pub(super) fn named(&self, subject_form: &[u8], wanted: Option<&[u8]>) -> Vec<Arc<Certificate>> {
        let presented =
            self.parameters.presented.iter().filter(|certificate| certificate.subject_form() == subject_form);
        let anchors = self.verifier.anchors.named(subject_form, wanted);
        anchors
            .chain(self.verifier.intermediates.named(subject_form, wanted))
            .chain(presented)
            .cloned()
            .collect()
    }

    /// The certificates at hand that a responder ID names, anchors first.
    pub(super) fn responders(&self, responder: &ResponderId) -> Vec<Arc<Certificate>> {
        let mut found = match responder {
            ResponderId::Name(name) => self.named(&name.normal_form(), None),
            ResponderId::Key(hash) => {
                let Verifier { anchors, intermediates, .. } = self.verifier;
                let known = anchors.with_key_hash(hash).chain(intermediates.with_key_hash(hash));
                known.chain(self.parameters.presented).cloned().collect()
            }
        };
        found.retain(|certificate| responder.is(certificate));
        found
    }

    /// Whether a path from the issuer of a revocation list to the anchor of `path` holds.
    pub(super) fn trusts_list_issuer(
        &mut self,
        candidate: &Arc<Certificate>,
        path: &[Arc<Certificate>],
    ) -> Result<bool, Diagnostic> {
        let Some(anchor) = path.last() else { return Ok(false) };
        if candidate == anchor {
            return Ok(true);
        }
        let mut waiting = match &self.aim {
            Aim::Leaf => Vec::new(),
            Aim::ListIssuer { waiting, .. } => waiting.clone(),
        };
        if waiting.len() >= self.work.limits().list_issuers || waiting.contains(candidate.digest()) {
            return Ok(false);
        }
        waiting.push(*candidate.digest());
        let mut nested = Search::new(self.verifier, candidate, self.parameters);
        nested.purpose = None;
        nested.aim = Aim::ListIssuer { anchor: Arc::clone(anchor), waiting };
        std::mem::swap(&mut nested.work, &mut self.work);
        std::mem::swap(&mut nested.prepared, &mut self.prepared);
        let found = nested.check_leaf().is_empty() && matches!(nested.extend(), Ok(Step::Found));
        std::mem::swap(&mut nested.work, &mut self.work);
        std::mem::swap(&mut nested.prepared, &mut self.prepared);
        match self.work.spent() {
            Some(limit) => Err(limit.clone()),
            None => Ok(found),
        }
    }

    pub(super) fn run(mut self) -> Result<VerifiedPath, VerificationError> {
        let presented = self.parameters.presented.len();
        let limit = self.work.limits().presented;
        if presented > limit {
            let message = format!("the peer presents {presented} certificates, more than {limit}");
            let diagnostic = Diagnostic::new(codes::LIMIT_PRESENTED_CERTIFICATES, message)
                .with_found(presented)
                .with_expected(limit);
            return Err(VerificationError::new(Some(diagnostic), Vec::new(), 0, self.work.done));
        }
        let mut faults = self.check_leaf().into_iter();
        if let (Some(first), Some(leaf)) = (faults.next(), self.path.first().cloned()) {
            return Err(VerificationError::of_leaf(leaf, first, faults.collect(), self.work.done));
        }
        if let Ok(Step::Found) = self.extend() {
            return Ok(VerifiedPath {
                certificates: self.path,
                policies: self.found.policies,
                warnings: self.found.warnings,
                at: self.parameters.at,
                work: self.work.done,
            });
        }
        let ended_by = self.work.spent().cloned();
        Err(VerificationError::new(ended_by, self.tried, self.paths, self.work.done))
    }

    /// Tries the issuers of the last certificate of the path. `Err` ends the whole search: a limit was reached.
    fn extend(&mut self) -> Result<Step, ()> {
        let verifier = self.verifier;
        let Some(child) = self.path.last().cloned() else { return Ok(Step::Next) };
        let mut any = false;
        for anchor in verifier.anchors.issuers(&child) {
            if let Aim::ListIssuer { anchor: wanted, .. } = &self.aim
                && wanted != anchor
            {
                continue;
            }
            any = true;
            if let Step::Found = self.attempt(&child, anchor, Role::Anchor)? {
                return Ok(Step::Found);
            }
        }
        let known = verifier.intermediates.issuers(&child);
        let presented = self.parameters.presented.iter();
        let wanted = child.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
        let mut presented: Vec<&Arc<Certificate>> =
            presented.filter(|candidate| candidate.subject_form() == child.issuer_form()).collect();
        presented.sort_by_key(|candidate| {
            // Those that the authority key identifier names come first, those that it rules out last.
            match (wanted, candidate.subject_key_identifier()) {
                (Some(wanted), Some(found)) if wanted == found => 0u8,
                (Some(_), Some(_)) => 2,
                _ => 1,
            }
        });
        // What is trusted has been tried as an anchor; where others issued it, a path may go on through it.
        let is_known = |candidate: &&Arc<Certificate>| !verifier.anchors.contains(candidate);
        let trusted = verifier.anchors.issuers(&child).filter(|anchor| self.has_other_issuers(anchor));
        let trusted: Vec<&Arc<Certificate>> = trusted.collect();
        for candidate in presented.into_iter().chain(known).filter(is_known).chain(trusted) {
            any = true;
            if let Step::Found = self.attempt(&child, candidate, Role::Intermediate)? {
                return Ok(Step::Found);
            }
        }
        if !any {
            let issuer = child.issuer().to_string();
            let message = if child.is_self_issued() {
                format!("{} is self-issued and not among the trust anchors", quote(&issuer))
            } else {
                format!("no certificate of the issuer {} is at hand", quote(&issuer))
            };
            self.record_at_tip(
                Diagnostic::new(codes::VERIFY_ISSUER_UNKNOWN, message)
                    .at(steps!["issuer"])
                    .with_found(issuer),
            );
        }
        Ok(Step::Next)
    }

    /// Whether somebody else who may have issued the certificate is at hand. One that is self-issued and names no other key is taken
    /// to be signed with its own, unless another key has the identifier that it names: certificates that share a name are no issuers
    /// of one another.
    fn has_other_issuers(&self, certificate: &Arc<Certificate>) -> bool {
        let own = certificate.subject_key_identifier();
        let named = certificate.authority_key_identifier().and_then(|aki| aki.key_identifier.as_deref());
        let is_self_signed = certificate.is_self_issued() && (named.is_none() || named == own);
        let is_other = |candidate: &Arc<Certificate>| {
            candidate.public_key().der() != certificate.public_key().der()
                && (!is_self_signed || (named.is_some() && candidate.subject_key_identifier() == named))
        };
        let Verifier { anchors, intermediates, .. } = self.verifier;
        let presented = self.parameters.presented.iter();
        anchors.issuers(certificate).chain(intermediates.issuers(certificate)).any(is_other)
            || presented
                .filter(|candidate| candidate.subject_form() == certificate.issuer_form())
                .any(is_other)
    }

    /// Tries one issuer of `child`, and what lies above it.
    fn attempt(
        &mut self,
        child: &Arc<Certificate>,
        candidate: &Arc<Certificate>,
        role: Role,
    ) -> Result<Step, ()> {
        if let Err(limit) = self.work.step() {
            self.record(limit);
            return Err(());
        }
        self.path.push(Arc::clone(candidate));
        let result = self.check_candidate(child, candidate, role);
        let step = match result {
            Err(fault) => {
                self.record_at_tip(fault);
                Step::Next
            }
            Ok(()) if role == Role::Anchor => match self.complete() {
                Ok(found) => {
                    self.found = found;
                    return Ok(Step::Found);
                }
                Err(fault) => {
                    self.record(fault);
                    Step::Next
                }
            },
            Ok(()) => {
                if let Step::Found = self.extend()? {
                    return Ok(Step::Found);
                }
                Step::Next
            }
        };
        self.path.pop();
        if self.work.spent().is_some() { Err(()) } else { Ok(step) }
    }

    /// What the leaf must fulfil whatever is above it.
    fn check_leaf(&mut self) -> Vec<Diagnostic> {
        let Some(leaf) = self.path.first().cloned() else { return Vec::new() };
        let mut faults: Vec<Diagnostic> = Vec::new();
        if let Aim::ListIssuer { .. } = self.aim {
            // Rules for leaves are about peers; one that signs lists must only be understood.
            faults.extend(
                self.check_rules(&leaf, Role::Leaf)
                    .filter(|fault| fault.code() == codes::VERIFY_CRITICAL_EXTENSION),
            );
            faults.extend(self.check_time(&leaf));
            return faults;
        }
        faults.extend(self.check_time(&leaf));
        faults.extend(self.check_purpose(&leaf));
        if let Some(usage) = leaf.key_usage() {
            let missing: Vec<&str> =
                self.parameters.key_usage.difference(usage).iter().map(|bit| bit.as_str()).collect();
            if !missing.is_empty() {
                faults.push(
                    Diagnostic::new(
                        codes::VERIFY_KEY_USAGE,
                        format!("the key usage lacks {}", missing.join(", ")),
                    )
                    .at(steps!["extensions", "keyUsage"])
                    .with_expected(missing),
                );
            }
        }
        for name in &self.parameters.names {
            if !name.is_named_by(&leaf) {
                faults.push(name.mismatch(&leaf));
            }
        }
        faults.extend(self.check_rules(&leaf, Role::Leaf));
        faults.into_iter().map(|fault| fault.within(0usize).within("path")).collect()
    }

    /// Whether `candidate` may stand above the path as it is, and signed `child`. The cheap checks come first.
    fn check_candidate(
        &mut self,
        child: &Arc<Certificate>,
        candidate: &Arc<Certificate>,
        role: Role,
    ) -> Result<(), Diagnostic> {
        let below = self.path.len().saturating_sub(1);
        if role == Role::Intermediate {
            self.check_loop(candidate, below)?;
        }
        if self.path.len() > self.work.limits().path {
            return Err(too_deep(self.work.limits().path.saturating_sub(2)));
        }
        // RFC 5280 6.1.4 (l), (m): self-issued certificates are not counted, the leaf never is.
        let intermediates =
            self.path.iter().take(below).skip(1).filter(|certificate| !certificate.is_self_issued()).count();
        let own = usize::from(role == Role::Intermediate && !candidate.is_self_issued());
        let depth = self.parameters.depth.filter(|_| matches!(self.aim, Aim::Leaf));
        if let Some(depth) = depth.map(|depth| usize::try_from(depth).unwrap_or(usize::MAX))
            && intermediates.saturating_add(own) > depth
        {
            return Err(too_deep(depth));
        }
        // A certificate that many paths go through is held to the rules once.
        let key = (Arc::as_ptr(candidate).addr(), role);
        if !self.rules.contains_key(&key) {
            let fault = self.check_rules(candidate, role).next();
            self.rules.insert(key, fault);
        }
        if let Some(Some(fault)) = self.rules.get(&key) {
            return Err(fault.clone());
        }
        if let Some(fault) = self.check_time(candidate) {
            return Err(fault);
        }
        if let Some(fault) = self.check_purpose(candidate) {
            return Err(fault);
        }
        let length = candidate.basic_constraints().and_then(|constraints| constraints.path_length);
        if let Some(length) = length.map(|length| usize::try_from(length).unwrap_or(usize::MAX))
            && intermediates > length
        {
            let message = format!("{intermediates} intermediates follow, and the path length is {length}");
            return Err(Diagnostic::new(codes::VERIFY_PATH_LENGTH, message)
                .at(steps!["extensions", "basicConstraints", "pathLenConstraint"])
                .with_found(intermediates)
                .with_expected(length));
        }
        self.check_signature(child, candidate)?;
        self.check_name_constraints(candidate, below)
    }

    fn check_rules<'a>(
        &self,
        certificate: &'a Certificate,
        role: Role,
    ) -> impl Iterator<Item = Diagnostic> + use<'a, 'v> {
        let self_signed = role == Role::Anchor && self.verifier.self_signed.contains(certificate.digest());
        let subject = Subject { certificate, role, self_signed };
        self.verifier.rules.iter().filter_map(move |rule| rule.check(&subject))
    }

    /// The same name with the same key must not come twice (RFC 4158 2.4.2).
    fn check_loop(&self, candidate: &Certificate, below: usize) -> Result<(), Diagnostic> {
        let repeats = self.path.iter().take(below).any(|earlier| {
            earlier.subject_form() == candidate.subject_form()
                && earlier.public_key().der() == candidate.public_key().der()
        });
        if repeats {
            let name = candidate.subject().to_string();
            let message = format!("the path would go through {} twice", quote(&name));
            return Err(Diagnostic::new(codes::VERIFY_LOOP, message).at(steps!["subject"]).with_found(name));
        }
        Ok(())
    }

    /// RFC 5280 4.1.2.5: both ends are included.
    fn check_time(&self, certificate: &Certificate) -> Option<Diagnostic> {
        let validity = certificate.validity();
        let at = self.parameters.at;
        let (code, end, word, field) = if at < validity.not_before {
            (codes::VERIFY_NOT_YET_VALID, validity.not_before, "is not valid before", "notBefore")
        } else if at > validity.not_after {
            (codes::VERIFY_EXPIRED, validity.not_after, "expired at", "notAfter")
        } else {
            return None;
        };
        Some(
            Diagnostic::new(code, format!("the certificate {word} {end}, and the check is for {at}"))
                .at(steps!["validity", field])
                .with_found(end.to_string())
                .with_expected(at.to_string()),
        )
    }

    /// RFC 5280 4.2.1.12: without the extension any purpose is allowed, in a CA it bounds those below.
    fn check_purpose(&self, certificate: &Certificate) -> Option<Diagnostic> {
        let wanted = self.purpose.as_ref()?;
        let purposes = certificate.extended_key_usage()?;
        if purposes.contains(wanted) || purposes.contains(&oid::ANY_EXTENDED_KEY_USAGE) {
            return None;
        }
        let found: Vec<String> = purposes.iter().map(Oid::label).collect();
        let message = format!("the certificate is for {}, and not for {}", found.join(", "), wanted.label());
        Some(
            Diagnostic::new(codes::VERIFY_PURPOSE, message)
                .at(steps!["extensions", "extendedKeyUsage"])
                .with_found(found)
                .with_expected(wanted.label()),
        )
    }

    /// Constraints of `candidate` on all names below: those of the leaf, and of intermediates that are not self-issued (RFC
    /// 5280 6.1.3 (b), (c)).
    fn check_name_constraints(&mut self, candidate: &Certificate, below: usize) -> Result<(), Diagnostic> {
        if candidate.name_constraints().is_none() {
            return Ok(());
        }
        for index in 0..below {
            let Some(certificate) = self.path.get(index).map(Arc::clone) else { continue };
            if index > 0 && certificate.is_self_issued() {
                continue;
            }
            if let Err(fault) =
                name_constraints::check(candidate, &certificate, &mut self.prepared, &mut self.work)
            {
                return Err(fault.within(index).within("below"));
            }
        }
        Ok(())
    }

    /// The path has reached an anchor: what is judged from the anchor downwards.
    fn complete(&mut self) -> Result<Found, Diagnostic> {
        let path = self.path.clone();
        let policies = match &self.aim {
            Aim::ListIssuer { .. } => Vec::new(),
            Aim::Leaf => {
                let below = path.len().saturating_sub(1);
                let certificates: Vec<&Certificate> = path.iter().take(below).map(AsRef::as_ref).collect();
                policy_graph::process(&certificates, &self.parameters.policies, &mut self.work)
                    .map_err(|(index, fault)| fault.within(index).within("path"))?
            }
        };
        let warnings = match &self.parameters.revocation {
            None => Vec::new(),
            Some(inputs) => revocation::check(self, inputs, &path)?,
        };
        Ok(Found { policies, warnings })
    }

    /// Records a fault of the last certificate of the path; `below` names one further down.
    fn record_at_tip(&mut self, fault: Diagnostic) {
        let is_below = fault.path().steps().first() == Some(&"below".into());
        let tip = self.path.len().saturating_sub(1);
        let fault = if is_below { fault.renamed_first("path") } else { fault.within(tip).within("path") };
        self.record(fault);
    }

    fn record(&mut self, diagnostic: Diagnostic) {
        self.paths = self.paths.saturating_add(1);
        if self.tried.len() < self.work.limits().reported_paths {
            self.tried.push(TriedPath { certificates: self.path.clone(), diagnostic });
        }
    }
}

fn too_deep(depth: usize) -> Diagnostic {
    Diagnostic::new(codes::VERIFY_DEPTH, format!("the path would have more than {depth} intermediates"))
        .with_expected(depth)
}
