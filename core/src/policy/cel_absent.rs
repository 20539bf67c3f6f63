//! Rules in CEL where they are not compiled in: a policy that has one is refused.

use crate::diagnostic::{Diagnostic, Path, codes, path::steps};
use crate::policy::context::Context;
use crate::policy::document::{ApproverValidation, PolicyDocument};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;

/// No rules.
#[derive(Debug)]
pub(super) struct CelRules;

impl CelRules {
    pub(super) fn compile(document: &PolicyDocument, faults: &mut Faults) -> Self {
        if !document.rules.is_empty() {
            refuse(&steps!["rules"], faults);
        }
        Self
    }

    /// A policy with rules has not been loaded.
    #[expect(clippy::unused_self, reason = "the interface is that of the rules that are compiled in")]
    pub(super) fn judge(&self, _: &mut Judgement<'_>) {}
}

/// No validations.
#[derive(Debug, Default)]
pub(super) struct Validations {}

/// No variables.
#[derive(Debug)]
pub(super) struct RequestVariables;

impl Validations {
    #[expect(clippy::unused_self, reason = "the interface is that of the rules that are compiled in")]
    pub(super) fn add(&mut self, rules: &[ApproverValidation], at: &Path, faults: &mut Faults) {
        if !rules.is_empty() {
            refuse(at, faults);
        }
    }

    #[expect(clippy::unused_self, reason = "the interface is that of the rules that are compiled in")]
    pub(super) fn bind(&self, _: &Context) -> RequestVariables {
        RequestVariables
    }

    /// A policy with validations has not been loaded; were it so, every value would break them.
    #[expect(clippy::unused_self, reason = "the interface is that of the rules that are compiled in")]
    pub(super) fn violations(
        &self,
        rules: &[ApproverValidation],
        _: &str,
        _: &mut RequestVariables,
    ) -> Vec<String> {
        rules.iter().map(ApproverValidation::text).collect()
    }
}

fn refuse(at: &Path, faults: &mut Faults) {
    let message = "this build of certgate runs no rules in CEL";
    faults.error(Diagnostic::new(codes::DOCUMENT_CEL_UNSUPPORTED, message), at);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::document::{CelRule, CompatRules};

    #[test]
    fn a_policy_with_rules_is_refused() {
        let mut document = PolicyDocument::of_compat("p".to_owned(), CompatRules::default());
        let mut faults = Faults::default();
        CelRules::compile(&document, &mut faults);
        assert!(faults.errors.is_empty());
        let text = || "true".to_owned();
        document.rules.push(CelRule { code: text(), each: None, cel: text(), message: text() });
        CelRules::compile(&document, &mut faults);
        let rule = ApproverValidation { rule: text(), message: None };
        (Validations {}).add(std::slice::from_ref(&rule), &steps!["compat"], &mut faults);
        let codes: Vec<_> = faults.errors.iter().map(Diagnostic::code).collect();
        assert_eq!(codes, [codes::DOCUMENT_CEL_UNSUPPORTED; 2]);
    }
}
