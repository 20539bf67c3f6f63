use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::extension::{BasicConstraints, ExtensionValue};
use crate::oid;
use crate::policy::document::CaRules;
use crate::policy::evaluate::Judgement;

/// Whether the certificate is that of a CA.
#[derive(Debug)]
pub(in crate::policy) struct CaRule {
    max_path_length: Option<u32>,
}

impl CaRule {
    pub(in crate::policy) fn compile(rules: Option<&CaRules>) -> Self {
        Self { max_path_length: rules.map(|rules| rules.max_path_length) }
    }

    /// Whether this policy issues certificates of CAs.
    pub(super) fn is_ca(&self) -> bool {
        self.max_path_length.is_some()
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let request = judgement.request;
        let at = steps!["extensions", "basicConstraints"];
        let policy = judgement.policy;
        let in_request = match request.extension(&oid::BASIC_CONSTRAINTS).map(|extension| extension.value()) {
            Some(ExtensionValue::BasicConstraints(constraints)) => Some(*constraints),
            _ => None,
        };
        if let (Some(constraints), Some(ca)) = (in_request, judgement.context.ca())
            && constraints.ca != ca
        {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_CA_CONFLICT,
                    "the request and the parameters beside it differ on whether it is for a CA",
                )
                .at(at.join("cA"))
                .with_found(constraints.ca)
                .with_expected(ca)
                .with_help("make both say the same, or leave basicConstraints out of the request"),
            );
        }
        let mut requested = in_request.unwrap_or_default();
        requested.ca |= judgement.context.ca().unwrap_or_default();
        let Some(max_path_length) = self.max_path_length else {
            if requested.ca {
                judgement.deny(
                    Diagnostic::new(
                        codes::POLICY_CA_NOT_ALLOWED,
                        format!("a certificate of a CA is requested, and policy `{policy}` issues none"),
                    )
                    .at(at.join("cA"))
                    .with_rule(steps!["ca"])
                    .with_help("make the request with `basicConstraints=CA:FALSE`, or use a policy for CAs"),
                );
            } else if requested.path_length.is_some() {
                judgement.deny(
                    Diagnostic::new(codes::POLICY_PATH_LENGTH, "a path length is requested, and no CA")
                        .at(at.join("pathLenConstraint"))
                        .with_rule(steps!["ca"])
                        .with_help("make the request without pathlen"),
                );
            }
            return;
        };
        if !requested.ca {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_CA_MISSING,
                    format!("policy `{policy}` issues certificates of CAs, and none is requested"),
                )
                .at(at.join("cA"))
                .with_rule(steps!["ca"])
                .with_help("make the request with `basicConstraints=critical,CA:TRUE`"),
            );
        }
        judgement.pass(|| steps!["ca", "maxPathLength"]);
        let path_length = requested.path_length.unwrap_or(max_path_length);
        if path_length > max_path_length {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_PATH_LENGTH,
                    format!("the path length {path_length} is more than the {max_path_length} that policy `{policy}` allows"),
                )
                .at(at.join("pathLenConstraint"))
                .with_rule(steps!["ca", "maxPathLength"])
                .with_found(path_length)
                .with_expected(max_path_length)
                .with_help(format!("ask for `pathlen:{max_path_length}` or none")),
            );
        }
        judgement.basic_constraints = BasicConstraints { ca: true, path_length: Some(path_length) };
    }
}
