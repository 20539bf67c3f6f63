//! The narrowest change to a policy with which it allows a request.
//!
//! A change is shown as it is made: one edit is one place of the document, and what else follows from it stands beside it.

use std::rc::Rc;

use super::{Action, Change, Note, PolicyChange, smallest, text_of, try_out};
use crate::diagnostic::{Data, Diagnostic, Path, Severity, Step, codes, path::steps};
use crate::extension::ExtensionValue;
use crate::oid::Oid;
use crate::policy::context::Context;
use crate::policy::decision::Decision;
use crate::policy::document::{CaRules, OidText, PolicyDocument};
use crate::request::CertificationRequest;
use entry::Entry;

mod conditions;
mod entry;
mod keys;
mod names;
mod subject;
mod usages;
mod validity;

/// Most changes of one proposal.
const MOST_CHANGES: usize = 40;

/// One change to a document, and how it is shown.
#[derive(Clone)]
struct Edit {
    change: Change,
    apply: Rc<dyn Fn(&mut PolicyDocument)>,
}

/// Edits that are made together or not at all.
type Proposal = Vec<Edit>;

impl Edit {
    fn new(
        action: Action,
        path: Path,
        value: impl Into<Data>,
        apply: impl Fn(&mut PolicyDocument) + 'static,
    ) -> Self {
        Self { change: Change::new(action, path, value), apply: Rc::new(apply) }
    }

    /// The edit with what else follows from it.
    fn noted(mut self, severity: Severity, message: impl Into<String>) -> Self {
        self.change.note = Some(Note { severity, message: message.into() });
        self
    }

    /// Whether all that it does is to take something out.
    fn removes(&self) -> bool {
        self.change.action == Action::Remove
    }
}

/// A change with which the policy allows the request; `None` if none was found.
pub(super) fn find(
    document: &PolicyDocument,
    request: &CertificationRequest,
    context: &Context,
    decision: &Decision,
) -> Option<PolicyChange> {
    let search = Search { document, request, context };
    let mut proposals: Vec<Proposal> = Vec::new();
    let mut judged = decision.clone();
    while !judged.is_allowed() {
        let next = search.next(&proposals, &judged);
        (proposals, judged) = next.filter(|(proposals, _)| proposals.len() <= MOST_CHANGES)?;
    }
    let is_enough =
        |proposals: &[Proposal]| search.judge(proposals).is_some_and(|decision| decision.is_allowed());
    let kept = smallest(proposals, is_enough);
    let document = search.applied(&kept);
    Some(PolicyChange { changes: kept.into_iter().flatten().map(|edit| edit.change).collect(), document })
}

/// The document as it was, and the request that it is to allow.
struct Search<'a> {
    document: &'a PolicyDocument,
    request: &'a CertificationRequest,
    context: &'a Context,
}

impl<'a> Search<'a> {
    fn applied(&self, proposals: &[Proposal]) -> PolicyDocument {
        let mut changed = self.document.clone();
        for edit in proposals.iter().flatten() {
            (edit.apply)(&mut changed);
        }
        changed
    }

    fn judge(&self, proposals: &[Proposal]) -> Option<Decision> {
        Some(try_out(&self.applied(proposals))?.evaluate(self.request, self.context))
    }

    fn case(&self, proposals: &[Proposal]) -> Case<'a> {
        let document = self.applied(proposals);
        Case { original: self.document, document, request: self.request, context: self.context }
    }

    /// One proposal more, and what is decided with it.
    fn next(&self, before: &[Proposal], judged: &Decision) -> Option<(Vec<Proposal>, Decision)> {
        let case = self.case(before);
        let mut reasons = judged.reasons().iter();
        reasons.find_map(|reason| {
            let mut proposals = case.proposals(reason).into_iter();
            proposals.find_map(|proposal| self.attempt(before, proposal, reason, judged))
        })
    }

    /// The proposal, if it helps. Where another entry of a list denies the same, that is taken out too.
    fn attempt(
        &self,
        before: &[Proposal],
        mut proposal: Proposal,
        reason: &Diagnostic,
        judged: &Decision,
    ) -> Option<(Vec<Proposal>, Decision)> {
        loop {
            let all: Vec<Proposal> = before.iter().cloned().chain([proposal.clone()]).collect();
            let now = self.judge(&all)?;
            // A policy that has become applicable has reasons of its own.
            let helps = now.is_allowed()
                || now.reasons().len() < judged.reasons().len()
                || now.outcome() != judged.outcome();
            if helps {
                return Some((all, now));
            }
            if proposal.len() >= MOST_CHANGES || !proposal.iter().all(Edit::removes) {
                return None;
            }
            let again = now
                .reasons()
                .iter()
                .find(|other| other.code() == reason.code() && other.path() == reason.path())?;
            proposal.extend(self.case(&all).proposals(again).into_iter().next()?);
        }
    }
}

/// A request, and a policy on its way to allow it.
struct Case<'a> {
    /// The document as it was.
    original: &'a PolicyDocument,
    /// The document with what has been changed so far.
    document: PolicyDocument,
    request: &'a CertificationRequest,
    context: &'a Context,
}

impl Case<'_> {
    /// Changes that could answer a reason, narrow ones first.
    fn proposals(&self, reason: &Diagnostic) -> Vec<Proposal> {
        let Some(rule) = reason.rule() else { return Vec::new() };
        match (field(rule, 0), field(rule, 1)) {
            ("names", _) => names::proposals(self, reason, rule),
            ("subject", "commonName") => subject::common_name(self, reason, rule),
            ("subject", _) => subject::attributes(self, reason, rule),
            ("keys", _) => keys::proposals(self, rule),
            ("usages", _) => usages::proposals(self, reason, rule),
            ("validity", _) => validity::proposals(self, reason, rule),
            ("select" | "require", _) => conditions::proposals(self, reason, rule),
            ("extensions", _) => self.extension(reason),
            ("attributes", _) => alone(self.attribute(reason)),
            ("ca", _) => alone(self.ca(reason)),
            // What else an expression could say is not known.
            ("rules", _) => alone(self.denial_removed(rule, |document| Some(&mut document.rules))),
            _ => Vec::new(),
        }
    }

    /// Takes out the entry of a list that a path ends with. Its place is shown as it was at first.
    fn entry_removed<T: Entry>(
        &self,
        rule: &Path,
        list: impl for<'d> Fn(&'d mut PolicyDocument) -> Option<&'d mut Vec<T>> + 'static,
    ) -> Option<(T, Edit)> {
        let (Step::Index(index), at) = rule.steps().split_last()? else { return None };
        let mut document = self.document.clone();
        let left = list(&mut document)?;
        let entry = left.get(*index)?.clone();
        let is_equal = |own: &&T| **own == entry;
        let still = left.iter().filter(is_equal).count();
        let mut original = self.original.clone();
        let all = list(&mut original)?;
        // Of entries that are equal, the first is taken out first.
        let gone = all.iter().filter(is_equal).count().saturating_sub(still);
        let (place, _) = all.iter().enumerate().filter(|(_, own)| is_equal(own)).nth(gone)?;
        let at = Path::from(at.to_vec()).join(place);
        let removed = entry.clone();
        let edit = Edit::new(Action::Remove, at, entry.written(), move |document| {
            if let Some(list) = list(document)
                && let Some(place) = list.iter().position(|own| *own == removed)
            {
                list.remove(place);
            }
        });
        Some((entry, edit))
    }

    /// As [`Case::entry_removed`], of a list that denies, and says what is denied no longer.
    fn denial_removed<T: Entry>(
        &self,
        rule: &Path,
        list: impl for<'d> Fn(&'d mut PolicyDocument) -> Option<&'d mut Vec<T>> + 'static,
    ) -> Option<Edit> {
        let (entry, edit) = self.entry_removed(rule, list)?;
        Some(edit.noted(Severity::Warning, format!("the policy no longer denies {}", entry.scope())))
    }

    fn extension(&self, reason: &Diagnostic) -> Vec<Proposal> {
        let label = text_of(reason).unwrap_or_default();
        let mut extensions = self.request.extensions().iter().map(|extension| extension.oid());
        let Some(oid) = extensions.find(|oid| oid.label() == label).filter(|oid| is_sayable(oid)) else {
            return Vec::new();
        };
        let oid = OidText(oid.clone());
        let ignored = self.document.extensions.ignore.iter().position(|own| *own == oid);
        let not_ignored = ignored.and_then(|place| {
            let rule = steps!["extensions", "ignore", place];
            Some(self.entry_removed(&rule, |document| Some(&mut document.extensions.ignore))?.1)
        });
        let ignore = ignored.is_none().then(|| {
            let oid = oid.clone();
            vec![Edit::new(Action::Add, steps!["extensions", "ignore"], label, move |document| {
                document.extensions.ignore.push(oid.clone());
            })]
        });
        let copy = Edit::new(Action::Add, steps!["extensions", "copy"], label, move |document| {
            document.extensions.copy.push(oid.clone());
        });
        let copy = copy.noted(
            Severity::Warning,
            format!("every certificate gets the {label} that its request has, whatever that says"),
        );
        ignore.into_iter().chain([not_ignored.into_iter().chain([copy]).collect()]).collect()
    }

    fn attribute(&self, reason: &Diagnostic) -> Option<Edit> {
        let label = text_of(reason)?;
        let mut attributes = self.request.attributes().iter().map(|attribute| attribute.oid());
        let oid = attributes.find(|oid| oid.label() == label).filter(|oid| is_sayable(oid))?;
        let oid = OidText(oid.clone());
        Some(Edit::new(Action::Add, steps!["attributes", "ignore"], label, move |document| {
            document.attributes.ignore.push(oid.clone());
        }))
    }

    fn ca(&self, reason: &Diagnostic) -> Option<Edit> {
        let requested = self.request.extensions().iter().find_map(|extension| match extension.value() {
            ExtensionValue::BasicConstraints(constraints) => constraints.path_length,
            _ => None,
        });
        let length = requested.unwrap_or(0);
        let at = steps!["ca", "maxPathLength"];
        let set = move |document: &mut PolicyDocument| {
            document.ca = Some(CaRules { max_path_length: length });
        };
        let code = reason.code();
        match &self.document.ca {
            Some(ca) if code == codes::POLICY_CA_MISSING => {
                let remove = Edit::new(Action::Remove, at, ca.max_path_length, |document| document.ca = None);
                Some(remove.noted(
                    Severity::Warning,
                    "the policy is no longer one for CAs: requests for them are denied",
                ))
            }
            Some(_) if code == codes::POLICY_PATH_LENGTH => Some(Edit::new(Action::Replace, at, length, set)),
            None if code == codes::POLICY_CA_NOT_ALLOWED => {
                Some(Edit::new(Action::Add, at, length, set).noted(
                    Severity::Warning,
                    "every certificate of the policy is one of a CA: requests for others are denied",
                ))
            }
            _ => None,
        }
    }
}

/// A proposal of one edit, if there is one.
fn alone(edit: Option<Edit>) -> Vec<Proposal> {
    edit.map(|edit| vec![edit]).into_iter().collect()
}

/// The field at a place of a path; empty if there is none.
fn field(path: &Path, place: usize) -> &str {
    match path.steps().get(place) {
        Some(Step::Field(field)) => field,
        _ => "",
    }
}

/// Whether a policy can say this object identifier: one with an arc of more than 128 bits has no dotted form.
fn is_sayable(oid: &Oid) -> bool {
    Oid::parse(&oid.to_string()).as_ref() == Some(oid)
}
