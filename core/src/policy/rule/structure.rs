//! Requests that say a thing twice, or in a form that could be read in two ways (hostile inputs 16 and 17).

use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::policy::evaluate::Judgement;
use crate::request::AttributeValue;

pub(in crate::policy) fn judge_structure(judgement: &mut Judgement<'_>) {
    let request = judgement.request;
    let attributes = request.attributes();
    let mut extension_requests: usize = 0;
    for (index, attribute) in attributes.iter().enumerate() {
        let label = || attribute.oid().label();
        let at = || steps!["attributes", index, attribute.oid().step()];
        if attributes.iter().take(index).any(|before| before.oid() == attribute.oid()) {
            judgement.deny(
                Diagnostic::new(
                    codes::REQUEST_DUPLICATE_ATTRIBUTE,
                    format!("the attribute {} comes more than once", label()),
                )
                .at(at())
                .with_help("make the request again with one attribute of each type"),
            );
        }
        match attribute.value() {
            AttributeValue::Malformed => {
                let found = attribute.values_der().len();
                let message = if found == 1 {
                    format!("the value of the attribute {} has the wrong type", label())
                } else {
                    format!("the attribute {} has {found} values, and must have one", label())
                };
                judgement.deny(
                    Diagnostic::new(codes::REQUEST_ATTRIBUTE_MALFORMED, message).at(at()).with_found(found),
                );
            }
            AttributeValue::ExtensionRequest | AttributeValue::MicrosoftExtensionRequest => {
                extension_requests = extension_requests.saturating_add(1);
                if extension_requests == 2 {
                    judgement.deny(
                        Diagnostic::new(
                            codes::REQUEST_TWO_EXTENSION_REQUESTS,
                            "extensions are requested by more than one attribute",
                        )
                        .at(at())
                        .with_help("put all requested extensions into one extensionRequest"),
                    );
                }
            }
            AttributeValue::ChallengePassword(..) | AttributeValue::Unknown => {}
        }
    }
    let extensions = request.extensions();
    for (index, extension) in extensions.iter().enumerate() {
        if extensions.iter().take(index).any(|before| before.oid() == extension.oid()) {
            let label = extension.oid().label();
            judgement.deny(
                Diagnostic::new(
                    codes::REQUEST_DUPLICATE_EXTENSION,
                    format!("the extension {label} comes more than once"),
                )
                .at(steps!["extensions", label])
                .with_help("make the request again with one extension of each type"),
            );
        }
    }
}
