use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::oid::Oid;
use crate::policy::document::RequestAttributeRules;
use crate::policy::evaluate::Judgement;
use crate::request::AttributeValue;

/// Attributes of the request that certgate has no meaning for.
#[derive(Debug)]
pub(in crate::policy) struct AttributesRule {
    ignore: Vec<Oid>,
}

impl AttributesRule {
    pub(in crate::policy) fn compile(rules: &RequestAttributeRules) -> Self {
        Self { ignore: rules.ignore.iter().map(|oid| oid.0.clone()).collect() }
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let request = judgement.request;
        for (index, attribute) in request.attributes().iter().enumerate() {
            if *attribute.value() != AttributeValue::Unknown {
                continue;
            }
            let label = attribute.oid().label();
            let at = steps!["attributes", index, label.clone()];
            if let Some(ignored) = self.ignore.iter().position(|oid| oid == attribute.oid()) {
                judgement.warn(
                    Diagnostic::new(
                        codes::POLICY_ATTRIBUTE_IGNORED,
                        format!("the attribute {label} has no effect"),
                    )
                    .at(at)
                    .with_rule(steps!["attributes", "ignore", ignored]),
                );
            } else {
                let message =
                    format!("the attribute {label} is not allowed by policy `{}`", judgement.policy);
                judgement.deny(
                    Diagnostic::new(codes::POLICY_ATTRIBUTE_NOT_ALLOWED, message)
                        .at(at)
                        .with_rule(steps!["attributes", "ignore"])
                        .with_found(label.clone())
                        .with_help(format!(
                            "make the request without it, or add {label} to attributes.ignore of the policy"
                        )),
                );
            }
        }
    }
}
