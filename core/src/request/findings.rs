//! What is odd about a request, allowed or not: sent along with every decision.

use super::{AttributeValue, CertificationRequest};
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::name::{DistinguishedName, GeneralName, mixed_script};
use crate::oid;

pub(super) fn add(request: &mut CertificationRequest) {
    let mut findings = Vec::new();
    for (index, attribute) in request.attributes.iter().enumerate() {
        match attribute.value() {
            AttributeValue::ChallengePassword(..) => findings.push(
                Diagnostic::new(
                    codes::REQUEST_CHALLENGE_PASSWORD,
                    "the request carries a challenge password, which anyone who sees the request can read",
                )
                .at(steps!["attributes", index, attribute.oid().label()])
                .with_help("leave the challenge password empty when `openssl req` asks for it"),
            ),
            AttributeValue::MicrosoftExtensionRequest => findings.push(
                Diagnostic::new(
                    codes::REQUEST_MICROSOFT_EXTENSIONS,
                    "the extensions are requested by Microsoft's attribute 1.3.6.1.4.1.311.2.1.14",
                )
                .at(steps!["attributes", index, attribute.oid().label()]),
            ),
            _ => {}
        }
    }
    subject_findings(&request.subject, &mut findings);
    for (index, name) in request.subject_alt_names().iter().enumerate() {
        name_findings(name, index, &mut findings);
    }
    request.findings.extend(findings);
}

fn subject_findings(subject: &DistinguishedName, findings: &mut Vec<Diagnostic>) {
    for (index, attribute) in subject.attributes().iter().enumerate() {
        let Some(text) = attribute.text() else { continue };
        let at = || steps!["subject", index, attribute.oid().label()];
        if has_misleading_characters(text) {
            findings.push(
                Diagnostic::new(
                    codes::NAME_MISLEADING_CHARACTER,
                    format!(
                        "the value {} has characters that do not show or that change the direction of text",
                        quote(text)
                    ),
                )
                .at(at()),
            );
        } else if looks_like_mojibake(text) {
            findings.push(
                Diagnostic::new(
                    codes::NAME_MOJIBAKE,
                    format!(
                        "the value {} looks like text that was decoded with the wrong character set",
                        quote(text)
                    ),
                )
                .at(at()),
            );
        }
        if *attribute.oid() == oid::COMMON_NAME
            && let Some((first, second)) = mixed_script(text)
        {
            findings.push(homograph(text, first, second).at(at()));
        }
    }
}

fn name_findings(name: &GeneralName, index: usize, findings: &mut Vec<Diagnostic>) {
    if let GeneralName::DnsName(named) = name
        && let Some(unicode) = named.value.as_ref().ok().and_then(|name| name.to_unicode())
        && let Some((first, second)) = mixed_script(&unicode)
    {
        let at = steps!["extensions", "subjectAltName", index, name.kind().as_str()];
        findings.push(homograph(&unicode, first, second).at(at));
    }
}

fn homograph(text: &str, first: &str, second: &str) -> Diagnostic {
    Diagnostic::new(
        codes::NAME_MIXED_SCRIPT,
        format!("the name {} mixes {first} and {second} letters, which look alike", quote(text)),
    )
}

/// Bidirectional controls, zero-width characters and other format characters (hostile input 30).
fn has_misleading_characters(text: &str) -> bool {
    text.chars().any(|c| {
        let mut shown = String::new();
        crate::diagnostic::push_visible(&mut shown, c);
        !c.is_control() && shown.len() > c.len_utf8()
    })
}

/// UTF-8 that was read as Latin-1 and encoded again: `Ã` or `Â` before a character from 80 to bf (hostile input 34).
fn looks_like_mojibake(text: &str) -> bool {
    let mut previous = '\0';
    text.chars().any(|c| {
        let hit = matches!(previous, '\u{c2}' | '\u{c3}' | '\u{e2}')
            && matches!(c, '\u{80}'..='\u{bf}' | '\u{20ac}');
        previous = c;
        hit || c == '\u{fffd}'
    })
}
