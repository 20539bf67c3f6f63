//! From a policy to the constraints of a CA: what any verifier of RFC 5280 can enforce of what the policy says.
//!
//! A constraint never forbids what the policy allows: where the two cannot be the same, the constraint is the wider one, and
//! a note says so.

use super::Policy;
use super::decision::PolicyIdentity;
use super::document::{PolicyDocument, Presence};
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps};
use crate::extension::encode::encode_subject;
use crate::extension::{GeneralSubtree, NameConstraints};
use crate::name::{DistinguishedName, GeneralName};
use crate::oid::{self, Oid};

mod dns;
mod email;
mod host;
mod ip;
mod uri;

/// What a CA's own certificate says of the certificates below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraints {
    /// The policy that they were derived from.
    pub policy: PolicyIdentity,
    /// nameConstraints (RFC 5280 4.2.1.10).
    pub names: NameConstraints,
    /// extendedKeyUsage of the CA; empty if it says nothing.
    pub purposes: Vec<Oid>,
    /// pathLenConstraint (RFC 5280 4.2.1.9).
    pub path_length: u32,
    /// What the constraints let through and the policy does not, sorted by path and code.
    pub notes: Vec<Diagnostic>,
}

/// Subtrees and notes in the making.
#[derive(Default)]
struct Draft {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
    notes: Vec<Diagnostic>,
}

impl Draft {
    /// The constraint lets more through than this part of the policy.
    fn wider(&mut self, rule: Path, message: impl Into<String>) {
        self.note(codes::CONSTRAIN_WIDER, rule, message);
    }

    /// The constraint says nothing of this part of the policy.
    fn not_expressible(&mut self, rule: Path, message: impl Into<String>) {
        self.note(codes::CONSTRAIN_NOT_EXPRESSIBLE, rule, message);
    }

    fn note(&mut self, code: Code, rule: Path, message: impl Into<String>) {
        self.notes.push(Diagnostic::new(code, message).at(rule.clone()).with_rule(rule));
    }
}

impl Policy {
    /// The constraints that a CA which issues by this policy can carry in its own certificate.
    pub fn constraints(&self) -> Constraints {
        let document = &self.compiled.document;
        let mut draft = Draft::default();
        let names = &document.names;
        let forbidden = names.presence == Some(Presence::Forbidden);
        dns::derive(names.dns.as_ref().filter(|_| !forbidden), &mut draft);
        ip::derive(names.ip.as_ref().filter(|_| !forbidden), &mut draft);
        if self.subject_has(&oid::EMAIL_ADDRESS) {
            // OpenSSL and others hold the mail addresses of subjects against constraints on rfc822Name.
            draft.not_expressible(
                steps!["names", "email"],
                "the policy allows mail addresses in subjects, which constraints on rfc822Name are about too",
            );
        } else {
            email::derive(names.email.as_ref().filter(|_| !forbidden), &mut draft);
        }
        let hosts = names.dns.as_ref().is_some_and(|dns| dns.presence == Some(Presence::Required));
        if !hosts && !document.subject.common_name.allow.is_empty() {
            draft.note(
                codes::CONSTRAIN_COMMON_NAME,
                steps!["subject", "commonName", "allow"],
                "some verifiers take a common name with a dot for a host name where there is no dNSName",
            );
        }
        uri::derive(names.uri.as_ref().filter(|_| !forbidden), &mut draft);
        self.directory(&mut draft);
        if !names.other_name.is_empty() {
            draft.not_expressible(
                steps!["names", "otherName"],
                "RFC 5280 has no meaning for constraints on otherName",
            );
        }
        let purposes = self.compiled.usages.purposes();
        if purposes.is_empty() {
            draft.not_expressible(
                steps!["usages", "extended"],
                "the policy issues no purposes, and a CA without purposes is for all",
            );
        }
        others(document, &mut draft);
        let subtrees = |mut names: Vec<GeneralName>| -> Vec<GeneralSubtree> {
            names.sort_by_cached_key(|name| (name.kind(), name.display()));
            names.dedup();
            names.into_iter().map(|base| GeneralSubtree { base, has_distance: false }).collect()
        };
        let (permitted, excluded) = (subtrees(draft.permitted), subtrees(draft.excluded));
        let is_empty = permitted.is_empty() && excluded.is_empty();
        let mut notes = draft.notes;
        Diagnostic::sort(&mut notes);
        Constraints {
            policy: self.identity().clone(),
            names: NameConstraints { permitted, excluded, is_empty },
            purposes,
            path_length: document.ca.as_ref().map_or(0, |ca| ca.max_path_length.saturating_add(1)),
            notes,
        }
    }

    /// Whether subjects may have an attribute of this type.
    fn subject_has(&self, oid: &Oid) -> bool {
        let subject = &self.compiled.document.subject;
        subject.attributes.keys().chain(subject.write.keys()).any(|known| known.0 == *oid)
    }

    /// directoryName is about the subject too: what every subject begins with, or that there is none.
    fn directory(&self, draft: &mut Draft) {
        let subject = &self.compiled.document.subject;
        let written = self.compiled.subject.written();
        if !written.is_empty() {
            let attributes: Vec<(Oid, String)> =
                written.iter().map(|attribute| (attribute.oid.clone(), attribute.value.clone())).collect();
            match encode_subject(&attributes) {
                Ok(name) => draft.permitted.push(GeneralName::DirectoryName(name)),
                Err(_) => {
                    draft.not_expressible(steps!["subject", "write"], "the attributes have no encoding")
                }
            }
            return;
        }
        let nameless =
            subject.common_name.presence == Some(Presence::Forbidden) && subject.attributes.is_empty();
        match DistinguishedName::from_der(&[crate::der::tag::SEQUENCE, 0]) {
            Ok(everything) if nameless => draft.excluded.push(GeneralName::DirectoryName(everything)),
            _ => draft.not_expressible(
                steps!["subject"],
                "a constraint on directoryName is about how a subject begins, and this policy writes no beginning",
            ),
        }
    }
}

/// What no constraint is about.
fn others(document: &PolicyDocument, draft: &mut Draft) {
    let conditions = document.select.is_some() || document.require.is_some();
    if conditions {
        let rule = if document.require.is_some() { steps!["require"] } else { steps!["select"] };
        draft.not_expressible(rule, "constraints know nothing of who asks");
    }
    draft.not_expressible(steps!["keys"], "constraints know nothing of the keys of certificates below");
    draft.not_expressible(
        steps!["validity"],
        "constraints know nothing of lifetimes, but for the CA's own end",
    );
    if document.usages.key.is_some() {
        draft.not_expressible(steps!["usages", "key"], "constraints know nothing of key usage");
    }
}
