//! What no policy switches off, for what a program would issue: names that are names, one common name, a lifetime that
//! lies ahead, usages that the key and the kind of certificate can have, and no extension that is the issuer's alone to write.

use super::Issued;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::extension::KeyUsageBit;
use crate::name::{GeneralName, OtherName};
use crate::oid;
use crate::policy::evaluate::Judgement;
use crate::policy::rule::{fits_key, is_copied, text_fault, upper_bound};

pub(in crate::policy) fn judge_issued(issued: &Issued, judgement: &mut Judgement<'_>) {
    for (index, name) in issued.names.iter().enumerate() {
        judge_name(index, name, judgement);
    }
    let common_names = issued.subject.iter().filter(|attribute| attribute.oid == oid::COMMON_NAME).count();
    if common_names > 1 {
        judgement.deny(
            Diagnostic::new(codes::POLICY_COMMON_NAME_DUPLICATE, "the subject has more than one common name")
                .at(steps!["subject"])
                .with_help("make the request with one common name"),
        );
    }
    for attribute in &issued.subject {
        let (label, value) = (attribute.oid.label(), &attribute.value);
        let code = if value.is_empty() {
            codes::NAME_EMPTY_VALUE
        } else if value.chars().any(char::is_control) {
            codes::NAME_CONTROL_CHARACTER
        } else if value.chars().count() > upper_bound(&attribute.oid) {
            codes::NAME_VALUE_LENGTH
        } else {
            continue;
        };
        let message = format!("{} is no value for the subject attribute {label}", quote(value));
        judgement
            .deny(Diagnostic::new(code, message).at(steps!["subject", label]).with_found(value.as_str()));
    }
    judge_lifetime(issued, judgement);
    judge_usages(issued, judgement);
    for extension in issued.extensions.iter().filter(|extension| !is_copied(extension.oid())) {
        let label = extension.oid().label();
        let message = format!("the extension {label} is never copied from a request");
        judgement.deny(
            Diagnostic::new(codes::POLICY_EXTENSION_NOT_ALLOWED, message)
                .at(steps!["extensions", label.clone()])
                .with_found(label.as_str())
                .with_help("make the request without it: the issuer writes it itself, where it is wanted"),
        );
    }
}

fn judge_name(index: usize, name: &GeneralName, judgement: &mut Judgement<'_>) {
    let at = || steps!["template", "subjectAltName", index, name.kind().as_str()];
    let shown = quote(&name.display());
    let diagnostic = match name {
        GeneralName::DnsName(named) => match &named.value {
            Ok(_) => return,
            Err(fault) => Diagnostic::new(fault.code(), format!("the dns name {shown} {}", fault.reason())),
        },
        GeneralName::Rfc822Name(named) => match &named.value {
            Ok(_) => return,
            Err(fault) => {
                let message = format!("the mail address {shown} {}", fault.reason());
                Diagnostic::new(codes::NAME_EMAIL_FORM, message)
            }
        },
        GeneralName::Uri(named) => match &named.value {
            Ok(_) => return,
            Err(fault) => {
                Diagnostic::new(codes::NAME_URI_FORM, format!("the uri {shown} {}", fault.reason()))
            }
        },
        GeneralName::IpAddress { address: Some(_), .. } => return,
        GeneralName::OtherName(OtherName { oid, string: Some((_, text)), .. }) => match text_fault(oid, text)
        {
            None => return,
            Some(fault) => fault,
        },
        _ => {
            let message = format!("a name of the kind {} is not issued", name.kind().as_str());
            Diagnostic::new(codes::POLICY_NAME_KIND_NOT_ALLOWED, message)
        }
    };
    judgement.deny(diagnostic.at(at()).with_found(name.display()));
}

fn judge_lifetime(issued: &Issued, judgement: &mut Judgement<'_>) {
    let at = steps!["context", "notAfter"];
    if issued.not_after < issued.not_before {
        judgement.deny(
            Diagnostic::new(codes::POLICY_VALIDITY_RANGE, "the lifetime ends before it begins")
                .at(at)
                .with_found(issued.not_after.to_string()),
        );
    } else if issued.not_after <= judgement.context.at() {
        judgement.deny(
            Diagnostic::new(codes::POLICY_NOT_AFTER_PAST, "the end of life is in the past")
                .at(at)
                .with_found(issued.not_after.to_string()),
        );
    }
}

fn judge_usages(issued: &Issued, judgement: &mut Judgement<'_>) {
    let algorithm = judgement.request.public_key().algorithm();
    for bit in issued.key_usage.iter() {
        let for_ca = [KeyUsageBit::KeyCertSign, KeyUsageBit::CrlSign].contains(&bit);
        let message = if for_ca && !issued.basic_constraints.ca {
            format!("{bit} is for CAs only")
        } else if !fits_key(bit, algorithm) {
            format!("the key cannot be used for {bit}")
        } else {
            continue;
        };
        judgement.deny(
            Diagnostic::new(codes::POLICY_KEY_USAGE_NOT_ALLOWED, message)
                .at(steps!["template", "keyUsage"])
                .with_found(bit.as_str()),
        );
    }
}
