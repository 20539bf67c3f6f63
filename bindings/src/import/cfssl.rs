//! Signing profiles of cfssl: one of a configuration, `default` unless another is asked for.

use certgate::diagnostic::{Error, Path, codes, quote};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    AttributeRule, CaRules, CfsslProfile, CfsslSigning, DnsPattern, DnsRules, EmailPattern, EmailRules,
    InNames, Permission, Presence, TextPattern, TextPatternKind, UriPattern, UriRules, UsageRule,
};
use serde_json::Value;

use super::approver_policy::usage_words;
use super::exact::{read as read_part, refuse_unknown};
use super::value::attribute;
use super::{ImportOptions, Notes, blank, key, keys, names, validity};
use crate::document::{CodeFamily, SourceText};

/// How far before now lifetimes begin.
const BACKDATE: i64 = 300;

/// The `signing` part of a file, and where it stands.
pub(super) fn read(value: &Value, notes: &mut Notes) -> Result<(CfsslSigning, Path), Error> {
    match value.get("signing") {
        Some(signing) => {
            refuse_unknown(value, &["auth_keys", "ocsp", "remotes", "signing"], notes);
            Ok((read_part(signing.clone(), &key("signing"))?, key("signing")))
        }
        None => Ok((read_part(value.clone(), &Path::default())?, Path::default())),
    }
}

pub(super) fn import(
    source: &SourceText,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Result<PolicyDocument, Error> {
    let value: Value = source.read(&CodeFamily::IMPORT)?;
    let (signing, at) = read(&value, notes)?;
    let (profile, at) = match options.profile.as_deref() {
        None | Some("default") => (signing.default.clone(), at.join("default")),
        Some(name) => (signing.profiles.get(name).cloned(), at.join("profiles").join(name.to_owned())),
    };
    let mut document = blank(options.profile.as_deref().unwrap_or_default());
    let Some(profile) = profile else {
        notes.error(codes::IMPORT_VALUE, &at, "there is no such profile: say which one with --profile");
        return Ok(document);
    };
    let one = CfsslSigning { default: Some(profile.clone()), ..CfsslSigning::default() };
    super::exact::check_cfssl(&one, &at, notes);
    if options.profile.is_none() && !signing.profiles.is_empty() {
        notes.not_kept(&at, "this is the default profile alone: import the others with --profile");
    }
    let reader = Reader { profile: &profile, at };
    reader.names(&mut document, notes);
    reader.usages(&mut document, notes);
    reader.lifetime(&mut document, notes);
    reader.rest(&mut document, notes);
    document.keys.rsa = keys::rsa(0, u32::MAX);
    document.keys.ec = keys::ec(0, u32::MAX);
    document.keys.ed25519 = keys::ed25519();
    Ok(document)
}

struct Reader<'a> {
    profile: &'a CfsslProfile,
    at: Path,
}

impl Reader<'_> {
    /// Any name, or one that the regular expression matches as a whole.
    fn names(&self, document: &mut PolicyDocument, notes: &mut Notes) {
        let regex = self.profile.name_whitelist.as_deref().filter(|pattern| !pattern.is_empty());
        let regex = regex.map(|pattern| {
            let at = self.at.join("name_whitelist");
            notes.not_kept(&at, "the regular expression matches whole names, in lower case");
            anchored(pattern)
        });
        let parts = self.profile.csr_whitelist.clone();
        let used = |of: fn(&certgate::policy::document::CfsslCsrParts) -> Option<bool>| {
            parts.as_ref().is_none_or(|parts| of(parts) == Some(true))
        };
        if parts.is_some() {
            let message = "parts of the request that are not used are denied, not dropped";
            notes.not_kept(&self.at.join("CSRWhitelist"), message);
        }
        document.names.presence = Some(Presence::Optional);
        if used(|parts| parts.dns_names) {
            let allow = regex.clone().map_or_else(names::any_dns, DnsPattern::Regex);
            document.names.dns = Some(DnsRules {
                allow: vec![allow],
                wildcard: Permission::Allow,
                underscore: Permission::Allow,
                ..DnsRules::default()
            });
        }
        if used(|parts| parts.ip_addresses) {
            document.names.ip = Some(names::any_ip());
        }
        if used(|parts| parts.email_addresses) {
            let allow = regex.clone().map_or_else(names::any_email, EmailPattern::Regex);
            document.names.email = Some(EmailRules { allow: vec![allow], ..EmailRules::default() });
        }
        let text = |regex: Option<String>| {
            let kind = regex.map_or_else(|| TextPatternKind::Glob("*".to_owned()), TextPatternKind::Regex);
            TextPattern { kind, ignore_case: false }
        };
        if used(|parts| parts.uris) {
            let allow = vec![UriPattern::Text(text(regex.clone()))];
            document.names.uri = Some(UriRules { allow, ..UriRules::default() });
        }
        let common_name = &mut document.subject.common_name;
        if !used(|parts| parts.subject) {
            common_name.presence = Some(Presence::Forbidden);
            return;
        }
        common_name.allow = vec![text(regex)];
        common_name.in_names = Some(InNames::Optional);
        for name in [
            "countryName",
            "localityName",
            "organizationName",
            "organizationalUnitName",
            "postalCode",
            "serialNumber",
            "stateOrProvinceName",
            "streetAddress",
        ] {
            let rule = AttributeRule { allow: vec![text(None)], ..AttributeRule::default() };
            document.subject.attributes.extend(attribute(name).map(|oid| (oid, rule)));
        }
    }

    fn usages(&self, document: &mut PolicyDocument, notes: &mut Notes) {
        let at = self.at.join("usages");
        let ca = self.profile.ca_constraint.as_ref().is_some_and(|ca| ca.is_ca == Some(true));
        let (mut key, extended, unknown) = usage_words(&self.profile.usages);
        for index in unknown {
            let word = self.profile.usages.get(index).map(String::as_str).unwrap_or_default();
            notes.error(codes::IMPORT_VALUE, &at.join(index), format!("{} is no usage", quote(word)));
        }
        if self.profile.usages.is_empty() {
            notes.error(codes::IMPORT_REFUSED, &at, "a profile without usages signs nothing");
        }
        let for_ca = |word: &String| ["keyCertSign", "cRLSign"].contains(&word.as_str());
        if !ca && key.iter().any(for_ca) {
            key.retain(|word| !for_ca(word));
            notes.not_kept(&at, "cert sign and crl sign are for CAs only and are left out");
        }
        notes.not_kept(
            &at,
            "a request gets the usages that its key can have; one that asks for others is denied",
        );
        document.usages.key = Some(UsageRule { allow: key, ..UsageRule::default() });
        document.usages.extended = Some(UsageRule { force: Some(extended), ..UsageRule::default() });
        if ca {
            let constraint = self.profile.ca_constraint.clone().unwrap_or_default();
            let longest = constraint.max_path_len.unwrap_or(0);
            document.ca = Some(CaRules { max_path_length: longest });
            document.names.dns = None;
            document.names.email = None;
            document.names.uri = None;
            let at = self.at.join("ca_constraint");
            notes.not_kept(
                &at,
                "a request must ask for a certificate of a CA; names but addresses are denied, not dropped",
            );
        }
    }

    fn lifetime(&self, document: &mut PolicyDocument, notes: &mut Notes) {
        let expiry = self.profile.expiry.map_or(0, |seconds| seconds.0);
        document.validity = validity::up_to(expiry, Some(expiry));
        let backdate = self.profile.backdate.map_or(BACKDATE, |seconds| seconds.0);
        document.validity.backdate = Some(validity::duration(backdate));
        notes.not_kept(&self.at.join("expiry"), "a request for a longer lifetime is denied, not shortened");
        for (field, given) in
            [("not_before", &self.profile.not_before), ("not_after", &self.profile.not_after)]
        {
            if given.is_some() {
                let message = format!("a fixed {field} for all certificates cannot be said");
                notes.error(codes::IMPORT_UNSUPPORTED, &self.at.join(field), message);
            }
        }
    }

    fn rest(&self, document: &mut PolicyDocument, notes: &mut Notes) {
        let profile = self.profile;
        document.extensions.ignore.extend(super::kubernetes_signer::subject_key_identifier());
        if profile.copy_extensions == Some(true) {
            notes.not_kept(
                &self.at.join("copy_extensions"),
                "extensions of the request are judged as names and usages; others are denied",
            );
        }
        notes.not_kept(
            &self.at,
            "names that are not valid, weak keys and other attributes of the subject are denied",
        );
        for (field, _) in [
            ("auth_key", profile.auth_key.is_some()),
            ("prev_auth_key", profile.prev_auth_key.is_some()),
            ("auth_remote", profile.auth_remote.is_some()),
            ("remote", profile.remote.is_some()),
            ("allowed_extensions", !profile.allowed_extensions.is_empty()),
            ("issuer_urls", !profile.issuer_urls.is_empty()),
            ("ocsp_url", profile.ocsp_url.is_some()),
            ("crl_url", profile.crl_url.is_some()),
            ("policies", !profile.policies.is_empty()),
            ("ocsp_no_check", profile.ocsp_no_check == Some(true)),
            ("ct_log_servers", !profile.ct_log_servers.is_empty()),
            ("lint_error_level", profile.lint_error_level.is_some()),
            ("ClientProvidesSerialNumbers", profile.client_provides_serial_numbers == Some(true)),
        ]
        .into_iter()
        .filter(|(_, given)| *given)
        {
            notes.outside(&self.at.join(field), format!("{field} is a matter of the issuer"));
        }
    }
}

/// A regular expression that matches whole texts only. One that has its anchors keeps them.
pub(super) fn anchored(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}
