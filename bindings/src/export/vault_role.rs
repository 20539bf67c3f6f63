//! Roles of Vault.

use std::collections::BTreeSet;

use certgate::diagnostic::{Diagnostic, codes};
use certgate::key::{Curve, MIN_MODULUS_BITS};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    DnsPattern, EmailPattern, Presence, Seconds, TextList, TextPattern, TextPatternKind, UriPattern,
    VaultRole,
};

use crate::error::Error;

const LOCAL: [&str; 2] = ["localhost", "localdomain"];

pub(super) fn write(document: &PolicyDocument) -> Result<String, Error> {
    let mut role = VaultRole::default();
    names(document, &mut role);
    subject(document, &mut role);
    keys(document, &mut role);
    usages(document, &mut role);
    let validity = &document.validity;
    role.ttl = validity.default.as_ref().map(|text| Seconds(text.0.as_seconds()));
    role.max_ttl = Some(Seconds(validity.max.0.as_seconds()));
    role.not_before_duration = validity.backdate.as_ref().map(|text| Seconds(text.0.as_seconds()));
    text(&role)
}

pub(super) fn text(role: &VaultRole) -> Result<String, Error> {
    serde_json::to_string_pretty(role).map_err(|error| {
        Diagnostic::new(codes::INTERNAL_UNEXPECTED, format!("the role cannot be written: {error}")).into()
    })
}

fn names(document: &PolicyDocument, role: &mut VaultRole) {
    let names = &document.names;
    let (mut bare, mut below, mut globs) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut any = false;
    for pattern in names.dns.iter().flat_map(|dns| &dns.allow) {
        match pattern {
            DnsPattern::Exact(name) => _ = bare.insert(name.clone()),
            DnsPattern::Under { domain, depth: None } => _ = below.insert(domain.clone()),
            DnsPattern::Glob(glob) if glob == "*" => any = true,
            DnsPattern::Glob(glob) => globs.push(glob.clone()),
            _ => {}
        }
    }
    let addresses = names.email.iter().flat_map(|email| &email.allow).filter_map(|pattern| match pattern {
        EmailPattern::Exact(address) => Some(address.clone()),
        _ => None,
    });
    let addresses: Vec<String> = addresses.collect();
    let local = LOCAL.iter().all(|host| bare.contains(*host));
    role.allow_localhost = Some(local);
    role.allow_any_name = Some(any);
    role.allow_subdomains = Some(!below.is_empty());
    for host in LOCAL.iter().filter(|_| local) {
        bare.remove(*host);
        below.remove(*host);
    }
    role.allow_bare_domains = Some(!bare.is_empty() || !addresses.is_empty());
    role.allow_glob_domains = Some(!globs.is_empty());
    let mut domains: Vec<String> = bare.union(&below).cloned().collect();
    domains.extend(addresses);
    domains.extend(globs);
    role.allowed_domains = Some(TextList(domains));
    role.allow_wildcard_certificates = names.dns.as_ref().map(|dns| dns.wildcard.is_allowed());
    role.enforce_hostnames = names.dns.as_ref().map(|dns| !dns.underscore.is_allowed());
    role.allow_ip_sans = Some(names.ip.is_some());
    let uris = names.uri.iter().flat_map(|uri| &uri.allow).filter_map(UriPattern::as_text);
    role.allowed_uri_sans = list(uris.filter_map(text_of).collect());
    let others = names.other_name.iter().flat_map(|(oid, rules)| {
        rules.allow.iter().filter_map(move |p| Some(format!("{};UTF8:{}", dotted(&oid.0), text_of(p)?)))
    });
    role.allowed_other_sans = list(others.collect());
}

/// Dotted decimal, whatever name the type has.
fn dotted(oid: &certgate::oid::Oid) -> String {
    oid.to_string()
}

fn subject(document: &PolicyDocument, role: &mut VaultRole) {
    let subject = &document.subject;
    role.require_cn = Some(subject.common_name.presence == Some(Presence::Required));
    let mailbox = |patterns: &[TextPattern]| patterns.iter().any(|p| text_of(p).as_deref() == Some("*@*"));
    role.cn_validations = if mailbox(&subject.common_name.deny) {
        Some(TextList(vec!["hostname".to_owned()]))
    } else if mailbox(&subject.common_name.allow) {
        Some(TextList(vec!["email".to_owned()]))
    } else {
        None
    };
    for (oid, rule) in &subject.attributes {
        let values = list(rule.allow.iter().filter_map(text_of).collect());
        match oid.0.name() {
            Some("serialNumber") => role.allowed_serial_numbers = values,
            Some("userId") => role.allowed_user_ids = list(rule.allow.iter().filter_map(any_case).collect()),
            _ => {}
        }
    }
    for (oid, values) in &subject.write {
        let values = list(values.clone());
        match oid.0.name() {
            Some("countryName") => role.country = values,
            Some("organizationName") => role.organization = values,
            Some("organizationalUnitName") => role.ou = values,
            Some("localityName") => role.locality = values,
            Some("stateOrProvinceName") => role.province = values,
            Some("streetAddress") => role.street_address = values,
            Some("postalCode") => role.postal_code = values,
            _ => {}
        }
    }
}

fn list(values: Vec<String>) -> Option<TextList> {
    (!values.is_empty()).then_some(TextList(values))
}

fn text_of(pattern: &TextPattern) -> Option<String> {
    if pattern.ignore_case { None } else { any_case(pattern) }
}

fn any_case(pattern: &TextPattern) -> Option<String> {
    match &pattern.kind {
        TextPatternKind::Glob(glob) => Some(glob.clone()),
        TextPatternKind::Exact(text) if !text.contains('*') => Some(text.clone()),
        _ => None,
    }
}

fn keys(document: &PolicyDocument, role: &mut VaultRole) {
    let keys = &document.keys;
    let (kind, bits) = match (&keys.rsa, &keys.ec, &keys.ed25519) {
        (Some(rsa), None, None) => ("rsa", rsa.min.unwrap_or(MIN_MODULUS_BITS)),
        (None, Some(ec), None) => {
            let bits = ec.curves.iter().filter_map(|name| Curve::from_name(name)).map(Curve::bits);
            ("ec", bits.min().unwrap_or(0))
        }
        (None, None, Some(_)) => ("ed25519", 0),
        _ => ("any", 0),
    };
    role.key_type = Some(kind.to_owned());
    role.key_bits = Some(bits);
}

fn usages(document: &PolicyDocument, role: &mut VaultRole) {
    let key = document.usages.key.as_ref();
    let bits = key.and_then(|rule| rule.force.clone()).or_else(|| key.map(|rule| rule.allow.clone()));
    role.key_usage = bits.map(TextList);
    let extended = document.usages.extended.as_ref().and_then(|rule| rule.force.clone()).unwrap_or_default();
    let extended: Vec<String> = extended.iter().map(|word| crate::import::x509_word(word)).collect();
    let has = |word: &str| extended.iter().any(|other| other == word);
    role.server_flag = Some(has("serverAuth"));
    role.client_flag = Some(has("clientAuth"));
    role.code_signing_flag = Some(has("codeSigning"));
    role.email_protection_flag = Some(has("emailProtection"));
    let flags = ["serverAuth", "clientAuth", "codeSigning", "emailProtection"];
    let others = extended.iter().filter(|word| !flags.contains(&word.as_str()));
    let (oids, words): (Vec<String>, Vec<String>) =
        others.cloned().partition(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    role.ext_key_usage = list(words);
    role.ext_key_usage_oids = list(oids);
}
