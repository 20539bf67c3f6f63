//! CertificateRequestPolicies.

use certgate::key::{Curve, MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    ApproverAllowed, ApproverConstraints, ApproverIssuer, ApproverNamespace, ApproverPolicy,
    ApproverPrivateKey, ApproverSelector, ApproverSlice, ApproverSubject, ApproverText, DnsPattern,
    EmailPattern, KeyRules, Presence, Seconds, TextPattern, TextPatternKind, TextRule, UriPattern,
};
use serde::Serialize;

use super::to_yaml;
use crate::error::Error;

pub(super) fn write(document: &PolicyDocument) -> Result<String, Error> {
    let names = &document.names;
    let mut allowed = ApproverAllowed { subject: subject(document), ..ApproverAllowed::default() };
    let words = usages(document);
    allowed.dns_names =
        names.dns.as_ref().and_then(|dns| slice(dns.allow.iter().filter_map(host), dns.presence));
    allowed.ip_addresses =
        names.ip.as_ref().and_then(|ip| slice(addresses(&ip.allow).into_iter(), ip.presence));
    allowed.email_addresses =
        names.email.as_ref().and_then(|email| slice(email.allow.iter().filter_map(mail), email.presence));
    allowed.uris = names.uri.as_ref().and_then(|uri| {
        let texts = uri.allow.iter().filter_map(UriPattern::as_text).filter_map(text_of);
        slice(texts, uri.presence)
    });
    let common_name = &document.subject.common_name;
    if let [pattern] = common_name.allow.as_slice() {
        let required = (common_name.presence == Some(Presence::Required)).then_some(true);
        allowed.common_name = text_of(pattern).map(|value| ApproverText {
            value: Some(value),
            required,
            ..ApproverText::default()
        });
    }
    allowed.usages = (!words.is_empty()).then_some(words);
    let validity = &document.validity;
    let bounded = validity.default.is_none();
    let (algorithm, min_size, max_size) = keys(&document.keys);
    let private_key = ApproverPrivateKey { algorithm, min_size, max_size };
    let constraints = ApproverConstraints {
        min_duration: validity.min.as_ref().map(|text| Seconds(text.0.as_seconds())),
        max_duration: bounded.then(|| Seconds(validity.max.0.as_seconds())),
        private_key: (private_key != ApproverPrivateKey::default()).then_some(private_key),
    };
    let spec = ApproverPolicy {
        allowed: Some(allowed),
        constraints: (constraints != ApproverConstraints::default()).then_some(constraints),
        selector: Some(selector(document)),
        ..ApproverPolicy::default()
    };
    text(&document.id, &spec)
}

/// The whole object. Durations are texts.
pub(super) fn text(name: &str, spec: &ApproverPolicy) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Metadata<'a> {
        name: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Object<'a> {
        api_version: &'a str,
        kind: &'a str,
        metadata: Metadata<'a>,
        spec: serde_json::Value,
    }
    // Plain data: serialising it cannot fail.
    let mut value = serde_json::to_value(spec).unwrap_or_default();
    for field in ["minDuration", "maxDuration"] {
        if let Some(bound) = value.pointer_mut(&format!("/constraints/{field}"))
            && let Some(seconds) = bound.as_i64()
        {
            *bound = format!("{seconds}s").into();
        }
    }
    to_yaml(&Object {
        api_version: "policy.cert-manager.io/v1alpha1",
        kind: "CertificateRequestPolicy",
        metadata: Metadata { name },
        spec: value,
    })
}

fn slice(values: impl Iterator<Item = String>, presence: Option<Presence>) -> Option<ApproverSlice> {
    let values: Vec<String> = values.collect();
    let required = (presence == Some(Presence::Required)).then_some(true);
    (!values.is_empty()).then_some(ApproverSlice {
        values: Some(values),
        required,
        ..ApproverSlice::default()
    })
}

/// A text in which `*` stands for any characters; a star that is a star cannot be said.
fn text_of(pattern: &TextPattern) -> Option<String> {
    match &pattern.kind {
        TextPatternKind::Glob(glob) if !pattern.ignore_case => Some(glob.clone()),
        TextPatternKind::Exact(text) if !pattern.ignore_case && !text.contains('*') => Some(text.clone()),
        _ => None,
    }
}

fn host(pattern: &DnsPattern) -> Option<String> {
    match pattern {
        DnsPattern::Exact(name) => Some(name.clone()),
        DnsPattern::Under { domain, depth: None } => Some(format!("*.{domain}")),
        DnsPattern::Glob(glob) => Some(glob.clone()),
        _ => None,
    }
}

fn mail(pattern: &EmailPattern) -> Option<String> {
    match pattern {
        EmailPattern::Exact(address) => Some(address.clone()),
        EmailPattern::Host(host) => Some(format!("*@{host}")),
        _ => None,
    }
}

/// Addresses, and blocks that a text with a star at its end stands for.
fn addresses(blocks: &[String]) -> Vec<String> {
    if blocks == ["0.0.0.0/0", "::/0"] {
        return vec!["*".to_owned()];
    }
    let one = |block: &String| {
        let Some((network, length)) = block.split_once('/') else { return Some(block.clone()) };
        let length: usize = length.parse().ok()?;
        let (separator, width) = if network.contains(':') { (':', 16) } else { ('.', 8) };
        let count = length.checked_div(width)?;
        if length == 0 || count.checked_mul(width)? != length {
            return None;
        }
        let head: Vec<&str> = network.split(separator).take(count).collect();
        Some(format!("{}{separator}*", head.join(&separator.to_string())))
    };
    blocks.iter().filter_map(one).collect()
}

fn subject(document: &PolicyDocument) -> Option<ApproverSubject> {
    let mut subject = ApproverSubject::default();
    for (oid, rule) in &document.subject.attributes {
        let values: Vec<String> = rule.allow.iter().filter_map(text_of).collect();
        let required = (rule.presence == Some(Presence::Required)).then_some(true);
        let slice =
            Some(ApproverSlice { values: Some(values.clone()), required, ..ApproverSlice::default() });
        match oid.0.name() {
            Some("organizationName") => subject.organizations = slice,
            Some("countryName") => subject.countries = slice,
            Some("organizationalUnitName") => subject.organizational_units = slice,
            Some("localityName") => subject.localities = slice,
            Some("stateOrProvinceName") => subject.provinces = slice,
            Some("streetAddress") => subject.street_addresses = slice,
            Some("postalCode") => subject.postal_codes = slice,
            Some("serialNumber") => {
                subject.serial_number = Some(ApproverText {
                    value: values.into_iter().next(),
                    required,
                    ..ApproverText::default()
                });
            }
            _ => subject.other_attributes.push(certgate::policy::document::ApproverByOid {
                oid: Some(oid.0.to_string()),
                values: Some(values),
                required,
                ..Default::default()
            }),
        }
    }
    (subject != ApproverSubject::default()).then_some(subject)
}

/// The words of cert-manager for usages.
fn usages(document: &PolicyDocument) -> Vec<String> {
    let rules = [&document.usages.key, &document.usages.extended];
    let words = rules.into_iter().flatten().flat_map(|rule| rule.allow.iter());
    words.map(|word| crate::import::kubernetes_word(word).to_owned()).collect()
}

/// The algorithm and its bounds: one of the three, or all of them without bounds.
fn keys(keys: &KeyRules) -> (Option<String>, Option<u32>, Option<u32>) {
    match (&keys.rsa, &keys.ec, &keys.ed25519) {
        (Some(rsa), None, None) => {
            let min = rsa.min.filter(|min| *min > MIN_MODULUS_BITS);
            let max = Some(rsa.max.unwrap_or(4_096)).filter(|max| *max < MAX_MODULUS_BITS);
            (Some("RSA".to_owned()), min, max)
        }
        (None, Some(ec), None) => {
            let bits = ec.curves.iter().filter_map(|name| Curve::from_name(name)).map(Curve::bits);
            let (min, max) = (bits.clone().min(), bits.max());
            (Some("ECDSA".to_owned()), min.filter(|min| *min > 256), max.filter(|max| *max < 521))
        }
        (None, None, Some(_)) => (Some("Ed25519".to_owned()), None, None),
        _ => (None, None, None),
    }
}

fn selector(document: &PolicyDocument) -> ApproverSelector {
    let one = |rule: &Option<TextRule>| rule.as_ref().and_then(|rule| rule.allow.first()).and_then(text_of);
    let select = document.select.clone().unwrap_or_default();
    let issuer = select.issuer.as_ref();
    let namespace = select.namespace.as_ref().map(|rule| ApproverNamespace {
        match_names: Some(rule.allow.iter().filter_map(text_of).collect()),
        ..ApproverNamespace::default()
    });
    let issuer_ref = ApproverIssuer {
        name: issuer.and_then(|issuer| one(&issuer.name)),
        kind: issuer.and_then(|issuer| one(&issuer.kind)),
        group: issuer.and_then(|issuer| one(&issuer.group)),
    };
    let needed = namespace.is_none() || issuer_ref != ApproverIssuer::default();
    ApproverSelector { issuer_ref: needed.then_some(issuer_ref), namespace }
}
