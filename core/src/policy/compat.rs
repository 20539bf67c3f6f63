//! Policies of other programs, decided as those programs do. One file a program; what several have in common is in
//! [`seen`] (what a program in Go sees of a request), [`go`] (its text rules) and [`hard`] (what no policy switches off).
//!
//! A simulation gives an approval only if every hard rule holds for what the program would issue.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::{Context, Possession};
use super::decision::{Outcome, SubjectAttribute};
use super::document::{CompatRules, Quirk};
use super::matcher::Faults;
use crate::diagnostic::{Code, Diagnostic, Path, codes, path::steps};
use crate::extension::{BasicConstraints, Extension, KeyUsage};
use crate::name::GeneralName;
use crate::oid::Oid;
use crate::request::CertificationRequest;
use crate::signature::SignatureStatus;
use crate::time::Timestamp;

mod approver_policy;
mod cfssl;
mod go;
mod hard;
mod kubelet;
mod kubernetes;
#[cfg(feature = "planted")]
pub mod planted;
#[cfg(not(feature = "planted"))]
mod planted {
    pub(super) const fn is_planted(_: u32) -> bool {
        false
    }
}
mod seen;
mod step;
mod usages;
mod vault;

pub(super) use hard::judge_issued;

/// What a simulated program says of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    program: &'static str,
    outcome: Outcome,
    reasons: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    issued: Option<Issued>,
}

/// What a simulated program would issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The subject's attributes in order.
    pub subject: Vec<SubjectAttribute>,
    /// The subject alternative names, in the spelling of the program, without repetition.
    pub names: Vec<GeneralName>,
    /// keyUsage; no extension if empty.
    pub key_usage: KeyUsage,
    /// extendedKeyUsage; no extension if empty.
    pub extended_key_usage: Vec<Oid>,
    /// basicConstraints.
    pub basic_constraints: BasicConstraints,
    /// notBefore.
    pub not_before: Timestamp,
    /// notAfter.
    pub not_after: Timestamp,
    /// Extensions that are copied from the request.
    pub extensions: Vec<Extension>,
}

impl Simulation {
    /// The program, by the key of its policy in the document, such as `openbaoRole`.
    pub fn program(&self) -> &'static str {
        self.program
    }

    /// What the program decides.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why it denies the request or leaves it alone, sorted by path and code.
    pub fn reasons(&self) -> &[Diagnostic] {
        &self.reasons
    }

    /// What it does otherwise than asked.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// What it would issue; `None` unless it allows the request.
    pub fn issued(&self) -> Option<&Issued> {
        self.issued.as_ref()
    }
}

/// A compiled `compat` block.
#[derive(Debug)]
pub(super) struct CompatRule {
    program: &'static str,
    quirks: BTreeSet<Quirk>,
    rule: ProgramRule,
}

#[derive(Debug)]
enum ProgramRule {
    ApproverPolicy(Box<approver_policy::Rule>),
    Cfssl(Box<cfssl::Rule>),
    Kubelet(Box<kubelet::Rule>),
    Kubernetes(Box<kubernetes::Rule>),
    Step(Box<step::Rule>),
    Vault(Box<vault::Rule>),
}

/// Why a program issues nothing.
#[derive(Debug)]
enum Stop {
    Denied(Vec<Diagnostic>),
    NotApplicable(Vec<Diagnostic>),
}

/// One request before a program.
struct Case<'a> {
    request: &'a CertificationRequest,
    context: &'a Context,
    quirks: &'a BTreeSet<Quirk>,
    /// The policy's id.
    id: &'a str,
    warnings: Vec<Diagnostic>,
}

impl Case<'_> {
    fn keeps(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    fn altered(&mut self, message: impl Into<String>, at: Path) {
        self.warnings.push(Diagnostic::new(codes::COMPAT_ALTERED, message).at(at));
    }

    /// The first value of a parameter of the call.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.context.parameter(name).and_then(|values| values.first()).map(String::as_str)
    }

    /// All values of a parameter of the call, without empty ones; one text may hold several with commas.
    fn parameters(&self, name: &str) -> Vec<String> {
        let values = self.context.parameter(name).unwrap_or_default();
        let items = values.iter().flat_map(|value| value.split(','));
        items.map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// Whether a parameter of the call is set to true.
    fn is_set(&self, name: &str) -> bool {
        self.parameter(name) == Some("true")
    }

    /// A fact with one value.
    fn fact(&self, name: &str) -> Option<&str> {
        self.context.fact(name).and_then(|values| values.first()).map(String::as_str)
    }

    /// A fact or parameter that is a time.
    fn time(&self, text: Option<&str>) -> Option<Timestamp> {
        text.and_then(Timestamp::from_rfc3339)
    }

    /// The end of life of the issuer, if the host says it.
    fn issuer_end(&self) -> Option<Timestamp> {
        self.time(self.fact("issuerNotAfter"))
    }

    /// A program checks the signature of the request, as far as certgate can tell.
    fn check_possession(&self) -> Result<(), Stop> {
        match self.request.signature_status(self.context.crypto()) {
            SignatureStatus::Invalid(_) if self.context.possession == Possession::Proven => Err(denied(
                codes::COMPAT_REQUEST,
                "the signature of the request does not hold",
                steps!["signature"],
                steps!["compat"],
            )),
            _ => Ok(()),
        }
    }
}

/// A denial for one reason.
fn denied(code: Code, message: impl Into<String>, at: Path, rule: Path) -> Stop {
    Stop::Denied(vec![Diagnostic::new(code, message).at(at).with_rule(rule)])
}

/// A request that is left alone.
fn not_applicable(message: impl Into<String>, at: Path, rule: Path) -> Stop {
    Stop::NotApplicable(vec![Diagnostic::new(codes::COMPAT_NOT_APPLICABLE, message).at(at).with_rule(rule)])
}

/// A point in time so many seconds later, which may be earlier.
fn later(from: Timestamp, seconds: i64) -> Result<Timestamp, Stop> {
    from.as_unix().checked_add(seconds).and_then(Timestamp::from_unix).ok_or_else(|| {
        denied(
            codes::COMPAT_VALIDITY,
            "the lifetime lies outside of the years 1 to 9999",
            steps!["context", "at"],
            steps!["compat"],
        )
    })
}

impl CompatRule {
    pub(super) fn compile(rules: &CompatRules, faults: &mut Faults) -> Option<Self> {
        let at = steps!["compat"];
        let fault = |message: String| Diagnostic::new(codes::DOCUMENT_COMPAT, message);
        let programs = rules.programs();
        let [program] = programs.as_slice() else {
            let message =
                format!("a compat block has the policy of one program, and this has {}", programs.len());
            faults.error(fault(message), &at);
            return None;
        };
        let known = Quirk::of(program);
        let mut quirks = BTreeSet::new();
        for (index, quirk) in rules.quirks.iter().enumerate() {
            if !known.contains(quirk) {
                faults.error(
                    fault(format!("the quirk is not one of `{program}`")),
                    &at.join("quirks").join(index),
                );
            }
            quirks.insert(*quirk);
        }
        let at = at.join(*program);
        let rule = if let Some(policy) = &rules.approver_policy {
            ProgramRule::ApproverPolicy(Box::new(approver_policy::Rule::compile(policy, &at, faults)))
        } else if let Some(signing) = &rules.cfssl {
            ProgramRule::Cfssl(Box::new(cfssl::Rule::compile(signing, &quirks, &at, faults)))
        } else if let Some(options) = &rules.kubelet_csr_approver {
            ProgramRule::Kubelet(Box::new(kubelet::Rule::compile(options, &quirks, &at, faults)))
        } else if let Some(signer) = &rules.kubernetes_signer {
            ProgramRule::Kubernetes(Box::new(kubernetes::Rule::compile(signer, &at, faults)))
        } else if let Some(policy) = &rules.step_ca {
            ProgramRule::Step(Box::new(step::Rule::compile(policy, &at, faults)))
        } else if let Some(role) = &rules.openbao_role {
            ProgramRule::Vault(Box::new(vault::Rule::compile(
                role,
                vault::Flavour::OpenBao,
                &quirks,
                &at,
                faults,
            )))
        } else if let Some(role) = &rules.vault_role {
            ProgramRule::Vault(Box::new(vault::Rule::compile(
                role,
                vault::Flavour::Vault,
                &quirks,
                &at,
                faults,
            )))
        } else {
            return None;
        };
        Some(Self { program, quirks, rule })
    }

    /// What the program says of the request.
    pub(super) fn simulate(
        &self,
        id: &str,
        request: &CertificationRequest,
        context: &Context,
    ) -> Arc<Simulation> {
        let mut case = Case { request, context, quirks: &self.quirks, id, warnings: Vec::new() };
        let result = match &self.rule {
            ProgramRule::ApproverPolicy(rule) => rule.judge(&mut case),
            ProgramRule::Cfssl(rule) => rule.judge(&mut case),
            ProgramRule::Kubelet(rule) => rule.judge(&mut case),
            ProgramRule::Kubernetes(rule) => rule.judge(&mut case),
            ProgramRule::Step(rule) => rule.judge(&mut case),
            ProgramRule::Vault(rule) => rule.judge(&mut case),
        };
        let (outcome, mut reasons, issued) = match result {
            Ok(issued) => (Outcome::Allowed, Vec::new(), Some(issued)),
            Err(Stop::Denied(reasons)) => (Outcome::Denied, reasons, None),
            Err(Stop::NotApplicable(reasons)) => (Outcome::NotApplicable, reasons, None),
        };
        Diagnostic::sort(&mut reasons);
        Diagnostic::sort(&mut case.warnings);
        case.warnings.dedup();
        Arc::new(Simulation { program: self.program, outcome, reasons, warnings: case.warnings, issued })
    }
}
