use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::oid::{self, Oid};
use crate::policy::document::{ExtensionRules, OidText};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;

/// Requested extensions that no other rule judges.
#[derive(Debug)]
pub(in crate::policy) struct ExtensionsRule {
    ignore: Vec<Oid>,
    copy: Vec<Oid>,
}

/// Extensions that other rules judge.
const JUDGED_ELSEWHERE: [Oid; 4] =
    [oid::BASIC_CONSTRAINTS, oid::EXTENDED_KEY_USAGE, oid::KEY_USAGE, oid::SUBJECT_ALT_NAME];

/// Extensions that only the issuer can know or that bind relying parties: never copied from a request (hostile inputs 79
/// and 81).
const NEVER_COPIED: [Oid; 13] = [
    oid::AUTHORITY_INFO_ACCESS,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::CT_POISON,
    oid::FRESHEST_CRL,
    oid::INHIBIT_ANY_POLICY,
    oid::ISSUER_ALT_NAME,
    oid::NAME_CONSTRAINTS,
    oid::POLICY_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::SCT_LIST,
    oid::SUBJECT_KEY_IDENTIFIER,
];

/// Whether a certificate may have the extension because a request does, in a simulation. One that other rules judge is
/// resolved there, and that a certificate is not to be asked about is for its issuer alone to say (RFC 6960 4.2.2.2.1).
pub(in crate::policy) fn is_copied(oid: &Oid) -> bool {
    !JUDGED_ELSEWHERE.contains(oid) && !NEVER_COPIED.contains(oid) && *oid != oid::OCSP_NO_CHECK
}

impl ExtensionsRule {
    pub(in crate::policy) fn compile(rules: &ExtensionRules, faults: &mut Faults) -> Self {
        let mut check = |list: &[OidText], field: &'static str, refused: &[&[Oid]], why: &str| -> Vec<Oid> {
            for (index, oid) in list.iter().enumerate() {
                if refused.iter().any(|refused| refused.contains(&oid.0)) {
                    let message = format!("the extension {} {why}", oid.0.label());
                    faults.error(
                        Diagnostic::new(codes::DOCUMENT_EXTENSION, message),
                        &steps!["extensions", field, index],
                    );
                }
            }
            list.iter().map(|oid| oid.0.clone()).collect()
        };
        let ignore = check(&rules.ignore, "ignore", &[&JUDGED_ELSEWHERE], "is judged by a rule of its own");
        let copy =
            check(&rules.copy, "copy", &[&JUDGED_ELSEWHERE, &NEVER_COPIED], "is never copied from a request");
        for (index, oid) in rules.copy.iter().enumerate() {
            if rules.ignore.contains(oid) {
                let message = format!("the extension {} is both copied and ignored", oid.0.label());
                faults.error(
                    Diagnostic::new(codes::DOCUMENT_CONTRADICTION, message),
                    &steps!["extensions", "copy", index],
                );
            }
        }
        Self { ignore, copy }
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let request = judgement.request;
        for extension in request.extensions() {
            if JUDGED_ELSEWHERE.contains(extension.oid()) {
                continue;
            }
            let label = extension.oid().label();
            let at = steps!["extensions", label.clone()];
            if self.copy.contains(extension.oid()) {
                let index = self.copy.iter().position(|oid| oid == extension.oid()).unwrap_or_default();
                judgement.pass(|| steps!["extensions", "copy", index]);
                judgement.extensions.push(extension.clone());
            } else if let Some(index) = self.ignore.iter().position(|oid| oid == extension.oid())
                && !extension.is_critical()
            {
                judgement.warn(
                    Diagnostic::new(
                        codes::POLICY_EXTENSION_IGNORED,
                        format!("the requested extension {label} is left out of the certificate"),
                    )
                    .at(at)
                    .with_rule(steps!["extensions", "ignore", index]),
                );
            } else {
                let critical = if extension.is_critical() { "critical " } else { "" };
                let message = format!(
                    "the requested {critical}extension {label} is not allowed by policy `{}`",
                    judgement.policy
                );
                // A critical extension is not ignored, and some are never copied.
                let lists = match (extension.is_critical(), NEVER_COPIED.contains(extension.oid())) {
                    (true, true) => "",
                    (true, false) => "extensions.copy",
                    (false, true) => "extensions.ignore",
                    (false, false) => "extensions.ignore or extensions.copy",
                };
                let help = if lists.is_empty() {
                    "make the request without it".to_owned()
                } else {
                    format!("make the request without it, or add {label} to {lists} of the policy")
                };
                judgement.deny(
                    Diagnostic::new(codes::POLICY_EXTENSION_NOT_ALLOWED, message)
                        .at(at)
                        .with_rule(steps!["extensions"])
                        .with_found(label.clone())
                        .with_help(help),
                );
            }
        }
    }
}
