//! Running all rules over one request.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::as_requested;
use super::compat::{self, CompatRule};
use super::compile::Compiled;
use super::context::Context;
use super::decision::{Decision, Outcome, SubjectAttribute, Template};
use super::rule;
use crate::diagnostic::{Diagnostic, Path};
use crate::extension::{BasicConstraints, Extension, KeyUsage};
use crate::name::GeneralName;
use crate::oid::Oid;
use crate::request::CertificationRequest;
use crate::time::Timestamp;

/// What the rules have found so far, and the parts of the template that they have resolved.
pub(super) struct Judgement<'a> {
    pub(super) policy: &'a str,
    pub(super) request: &'a CertificationRequest,
    pub(super) context: &'a Context,
    pub(super) reasons: Vec<Diagnostic>,
    pub(super) warnings: Vec<Diagnostic>,
    pub(super) subject: Vec<SubjectAttribute>,
    pub(super) names: Vec<GeneralName>,
    pub(super) key_usage: KeyUsage,
    pub(super) extended_key_usage: Vec<Oid>,
    pub(super) basic_constraints: BasicConstraints,
    pub(super) validity: Option<(Timestamp, Timestamp)>,
    pub(super) extensions: Vec<Extension>,
    /// Rules that let something pass, if anyone wants to know.
    pub(super) passed: Option<&'a mut BTreeSet<Path>>,
}

impl<'a> Judgement<'a> {
    fn new(policy: &'a str, request: &'a CertificationRequest, context: &'a Context) -> Self {
        Self {
            policy,
            request,
            context,
            reasons: Vec::new(),
            warnings: request.findings().to_vec(),
            subject: Vec::new(),
            names: Vec::new(),
            key_usage: KeyUsage::EMPTY,
            extended_key_usage: Vec::new(),
            basic_constraints: BasicConstraints::default(),
            validity: None,
            extensions: Vec::new(),
            passed: None,
        }
    }
}

impl Judgement<'_> {
    /// Whether anyone wants to know which rules let something pass.
    pub(super) fn is_traced(&self) -> bool {
        self.passed.is_some()
    }

    /// Notes that a rule let something pass.
    pub(super) fn pass(&mut self, rule: impl FnOnce() -> Path) {
        if let Some(passed) = &mut self.passed {
            passed.insert(rule());
        }
    }

    pub(super) fn deny(&mut self, diagnostic: Diagnostic) {
        self.reasons.push(diagnostic);
    }

    pub(super) fn warn(&mut self, diagnostic: Diagnostic) {
        self.warnings.push(diagnostic);
    }
}

pub(super) fn evaluate(
    policy: &Compiled,
    request: &CertificationRequest,
    context: &Context,
    mut passed: Option<&mut BTreeSet<Path>>,
) -> Decision {
    let context = &*as_requested::filled(policy, context);
    if let Some(compat) = &policy.compat {
        return simulate(policy, compat, request, context);
    }
    if let Some(select) = &policy.select {
        let mut reasons = select.unmet(context, rule::Purpose::Select, passed.as_deref_mut());
        if !reasons.is_empty() {
            Diagnostic::sort(&mut reasons);
            return decision(policy, Outcome::NotApplicable, reasons, Vec::new(), None);
        }
    }
    let mut judgement = Judgement { passed, ..Judgement::new(&policy.identity.id, request, context) };
    if let Some(require) = &policy.require {
        let unmet = require.unmet(context, rule::Purpose::Require, judgement.passed.as_deref_mut());
        judgement.reasons.extend(unmet);
    }
    rule::judge_proof(&mut judgement);
    rule::judge_structure(&mut judgement);
    policy.keys.judge(&mut judgement);
    policy.attributes.judge(&mut judgement);
    policy.extensions.judge(&mut judgement);
    policy.names.judge(policy.subject.added_name(request), &mut judgement);
    policy.subject.judge(&policy.names, &mut judgement);
    policy.ca.judge(&mut judgement);
    policy.usages.judge(&mut judgement);
    policy.validity.judge(&mut judgement);
    policy.cel.judge(&mut judgement);
    policy.exceptions.apply(&mut judgement);

    let Judgement { mut reasons, mut warnings, validity, .. } = judgement;
    Diagnostic::sort(&mut reasons);
    reasons.dedup();
    Diagnostic::sort(&mut warnings);
    warnings.dedup();
    let template = match validity {
        Some((not_before, not_after)) if reasons.is_empty() => Template {
            subject: judgement.subject,
            names: judgement.names,
            key_usage: judgement.key_usage,
            extended_key_usage: judgement.extended_key_usage,
            basic_constraints: judgement.basic_constraints,
            not_before,
            not_after,
            extensions: judgement.extensions,
            public_key: request.public_key().clone(),
        },
        _ => return decision(policy, Outcome::Denied, reasons, warnings, None),
    };
    allowed(policy, request, context, warnings, template)
}

/// The certificate of the template may be issued, if that is what the signer issues.
fn allowed(
    policy: &Compiled,
    request: &CertificationRequest,
    context: &Context,
    warnings: Vec<Diagnostic>,
    template: Template,
) -> Decision {
    let differences = as_requested::differences(policy, request, context, &template);
    if !differences.is_empty() {
        return decision(policy, Outcome::Denied, differences, warnings, None);
    }
    decision(policy, Outcome::Allowed, differences, warnings, Some(Arc::new(template)))
}

fn decision(
    policy: &Compiled,
    outcome: Outcome,
    reasons: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    template: Option<Arc<Template>>,
) -> Decision {
    let enforcement = policy.document.enforcement;
    Decision {
        policy: policy.identity.clone(),
        outcome,
        enforcement,
        reasons,
        warnings,
        template,
        simulation: None,
    }
}

/// Names in the form in which they are issued, each once.
fn each_once(names: &[GeneralName]) -> Vec<GeneralName> {
    let mut out: Vec<GeneralName> = Vec::with_capacity(names.len());
    for name in names.iter().map(GeneralName::canonical) {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// What another program decides, and beside it what no policy switches off, of the request and of what would be issued.
fn simulate(
    policy: &Compiled,
    compat: &CompatRule,
    request: &CertificationRequest,
    context: &Context,
) -> Decision {
    let simulation = compat.simulate(&policy.identity.id, request, context);
    let mut judgement = Judgement::new(&policy.identity.id, request, context);
    judgement.reasons.extend_from_slice(simulation.reasons());
    judgement.warnings.extend_from_slice(simulation.warnings());
    let not_applicable = simulation.outcome() == Outcome::NotApplicable;
    if !not_applicable {
        rule::judge_proof(&mut judgement);
        rule::judge_structure(&mut judgement);
    }
    if let Some(issued) = simulation.issued() {
        compat::judge_issued(issued, &mut judgement);
    }
    let Judgement { mut reasons, mut warnings, .. } = judgement;
    Diagnostic::sort(&mut reasons);
    reasons.dedup();
    Diagnostic::sort(&mut warnings);
    warnings.dedup();
    let decided = match simulation.issued() {
        _ if not_applicable => decision(policy, Outcome::NotApplicable, reasons, Vec::new(), None),
        Some(issued) if reasons.is_empty() => {
            let template = Template {
                subject: issued.subject.clone(),
                names: each_once(&issued.names),
                key_usage: issued.key_usage,
                extended_key_usage: issued.extended_key_usage.clone(),
                basic_constraints: issued.basic_constraints,
                not_before: issued.not_before,
                not_after: issued.not_after,
                extensions: issued.extensions.clone(),
                public_key: request.public_key().clone(),
            };
            allowed(policy, request, context, warnings, template)
        }
        _ => decision(policy, Outcome::Denied, reasons, warnings, None),
    };
    Decision { simulation: Some(simulation), ..decided }
}
