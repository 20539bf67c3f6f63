//! Policies of step-ca: `ca.json`, or a policy for names alone. The certificate is that of the default template.

use certgate::diagnostic::{Error, Path, codes, quote};
use certgate::name::DnsName;
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    DnsPattern, DnsRules, EmailPattern, EmailRules, InNames, IpRules, Permission, Presence, StepClaims,
    StepNames, StepPolicy, StepProvisioner, StepX509, TextPattern, TextPatternKind, UriPattern, UriRules,
    UsageRule,
};
use serde_json::Value;

use super::exact::{read as read_part, refuse_unknown};
use super::{ImportOptions, Notes, blank, key, keys, names, validity};
use crate::document::{CodeFamily, SourceText};

/// Keys of `ca.json` that say nothing of which certificates may exist.
const CONFIGURATION: [&str; 26] = [
    "address",
    "authority",
    "commonName",
    "crl",
    "crt",
    "db",
    "dnsNames",
    "federatedRoots",
    "insecureAddress",
    "intermediateKey",
    "key",
    "kms",
    "logger",
    "metricsAddress",
    "monitoring",
    "password",
    "root",
    "roots",
    "skipValidation",
    "ssh",
    "templates",
    "tls",
    "traceHeader",
    "acme",
    "policy",
    "version",
];
const AUTHORITY: [&str; 12] = [
    "backdate",
    "claims",
    "claimsSSH",
    "deploymentType",
    "disableGetSSHHosts",
    "disableIssuedAtCheck",
    "enableAdmin",
    "linkedca",
    "policy",
    "provisioners",
    "template",
    "type",
];
const CLAIMS: [&str; 3] = ["minTLSCertDuration", "maxTLSCertDuration", "defaultTLSCertDuration"];
const OTHER_CLAIMS: [&str; 11] = [
    "allowRenewalAfterExpiry",
    "defaultHostSSHCertDuration",
    "defaultUserSSHCertDuration",
    "disableRenewal",
    "disableSmallstepExtensions",
    "enableSSHCA",
    "maxHostSSHCertDuration",
    "maxUserSSHCertDuration",
    "minHostSSHCertDuration",
    "minUserSSHCertDuration",
    "requireEAB",
];
const PROVISIONER: [&str; 30] = [
    "accounts",
    "admins",
    "attestationFormats",
    "attestationRoots",
    "challenges",
    "claims",
    "clientID",
    "clientSecret",
    "configurationEndpoint",
    "disableCustomSANs",
    "disableTrustOnFirstUse",
    "domains",
    "encryptedKey",
    "forceCN",
    "groups",
    "iidRoots",
    "instanceAge",
    "key",
    "listenAddress",
    "name",
    "options",
    "policy",
    "projectIDs",
    "pubKeys",
    "requireEAB",
    "roots",
    "serviceAccounts",
    "tenantID",
    "termsOfService",
    "type",
];

/// What a file says, and where its parts stand.
pub(super) struct Found {
    pub(super) policy: StepPolicy,
    pub(super) places: Vec<(Path, Path)>,
}

/// Reads a file; of several provisioners `name` chooses one.
pub(super) fn read(value: &Value, name: Option<&str>, notes: &mut Notes) -> Result<Found, Error> {
    let Some(authority) = value.get("authority") else {
        let (part, at) = match value.get("x509") {
            Some(part) => (part, key("x509")),
            None => (value, Path::default()),
        };
        let policy = StepPolicy { authority: Some(read_part(part.clone(), &at)?), ..StepPolicy::default() };
        return Ok(Found { policy, places: vec![(key("authority"), at)] });
    };
    refuse_unknown(value, &CONFIGURATION, notes);
    let at = key("authority");
    refuse_unknown_at(authority, &AUTHORITY, &at, notes);
    let mut found = Found { policy: StepPolicy::default(), places: Vec::new() };
    if let Some(x509) = authority.pointer("/policy/x509") {
        let there = at.join("policy").join("x509");
        found.policy.authority = Some(read_part(x509.clone(), &there)?);
        found.places.push((key("authority"), there));
    }
    found.policy.claims = claims(authority.get("claims"), &at.join("claims"), notes)?;
    found.places.push((key("claims"), at.join("claims")));
    let at = at.join("provisioners");
    let all = authority.get("provisioners").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    let chosen: Vec<(usize, &Value)> = all
        .iter()
        .enumerate()
        .filter(|(_, value)| name.is_none() || named(value).as_deref() == name)
        .collect();
    match (chosen.as_slice(), name) {
        ([], None) => {}
        ([(index, value)], _) => provisioner(value, &at.join(*index), &mut found, notes)?,
        ([], Some(name)) => {
            notes.error(codes::IMPORT_VALUE, &at, format!("there is no provisioner {}", quote(name)));
        }
        _ => {
            let message = "there are several provisioners: say which one with --profile";
            notes.error(codes::IMPORT_UNSUPPORTED, &at, message);
        }
    }
    Ok(found)
}

fn refuse_unknown_at(value: &Value, known: &[&str], at: &Path, notes: &mut Notes) {
    for unknown in value.as_object().into_iter().flat_map(|map| map.keys()) {
        if !known.contains(&unknown.as_str()) {
            let message = format!("the key {} is not known", quote(unknown));
            notes.error(codes::IMPORT_UNKNOWN_KEY, &at.join(unknown.clone()), message);
        }
    }
}

fn claims(value: Option<&Value>, at: &Path, notes: &mut Notes) -> Result<Option<StepClaims>, Error> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let all: Vec<&str> = CLAIMS.into_iter().chain(OTHER_CLAIMS).collect();
    refuse_unknown_at(value, &all, at, notes);
    let own = value.as_object().into_iter().flatten();
    let own = own.filter(|(name, _)| CLAIMS.contains(&name.as_str()));
    let own: serde_json::Map<String, Value> =
        own.map(|(name, value)| (name.clone(), value.clone())).collect();
    read_part(own.into(), at).map(Some)
}

fn provisioner(value: &Value, at: &Path, found: &mut Found, notes: &mut Notes) -> Result<(), Error> {
    refuse_unknown_at(value, &PROVISIONER, at, notes);
    let mut provisioner = StepProvisioner {
        kind: value.get("type").and_then(Value::as_str).map(str::to_owned),
        claims: claims(value.get("claims"), &at.join("claims"), notes)?,
        ..StepProvisioner::default()
    };
    if let Some(x509) = value.pointer("/policy/x509") {
        let there = at.join("policy").join("x509");
        provisioner.policy = Some(read_part(x509.clone(), &there)?);
        found.places.push((key("provisioner").join("policy"), there));
    }
    if value.pointer("/options/x509").is_some_and(|options| !options.is_null()) {
        let message =
            "certificates are taken to be those of the default template: see to templates of your own";
        notes.outside(&at.join("options").join("x509"), message);
    }
    found.places.push((key("provisioner"), at.clone()));
    found.policy.provisioner = Some(provisioner);
    Ok(())
}

/// Claims of an authority that sets none, and how far before now lifetimes begin.
const MIN: i64 = 300;
const DAY: i64 = 24 * validity::HOUR;
const BACKDATE: i64 = 60;

pub(super) fn import(
    source: &SourceText,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Result<PolicyDocument, Error> {
    let value: Value = source.read(&CodeFamily::IMPORT)?;
    let found = read(&value, options.profile.as_deref(), notes)?;
    super::exact::check(&found.policy, &found.places, notes);
    let policy = found.policy;
    let mut document = blank("");
    let place = |own: &'static str| {
        let place = found.places.iter().find(|(path, _)| *path == key(own));
        place.map_or_else(Path::default, |(_, there)| there.clone())
    };
    let provisioner = policy.provisioner.clone().unwrap_or_default();
    let levels: Vec<&StepX509> =
        policy.authority.iter().chain(&provisioner.policy).chain(&provisioner.account_policy).collect();
    let at = place("authority");
    names_of(&levels, &at, notes, &mut document);
    document.names.presence = Some(Presence::Optional);
    document.keys.rsa = keys::rsa(0, u32::MAX);
    document.keys.ec = keys::ec(0, u32::MAX);
    document.keys.ed25519 = keys::ed25519();
    let purposes = vec!["serverAuth".to_owned(), "clientAuth".to_owned()];
    document.usages.extended = Some(UsageRule { force: Some(purposes), ..UsageRule::default() });
    lifetimes(&policy, &provisioner, &mut document);
    document.extensions.ignore.extend(super::kubernetes_signer::subject_key_identifier());
    notes.not_kept(&at, "names are compared without regard to case, and U-labels as A-labels");
    notes.not_kept(
        &at,
        "a common name is one of the names, or one that allow.cn names; addresses as common names, attributes of the subject and otherNames are denied",
    );
    notes.outside(&at, "whether a token names what is asked for is for the host to find out");
    Ok(document)
}

fn lifetimes(policy: &StepPolicy, provisioner: &StepProvisioner, document: &mut PolicyDocument) {
    let claim = |of: fn(&StepClaims) -> Option<certgate::policy::document::Seconds>, default: i64| {
        let own = provisioner.claims.as_ref().and_then(of);
        own.or_else(|| policy.claims.as_ref().and_then(of)).map_or(default, |seconds| seconds.0)
    };
    let max = claim(|claims| claims.max_tls_cert_duration, DAY);
    document.validity = validity::up_to(max, Some(claim(|claims| claims.default_tls_cert_duration, DAY)));
    document.validity.min = Some(validity::duration(claim(|claims| claims.min_tls_cert_duration, MIN)));
    document.validity.backdate = Some(validity::duration(BACKDATE));
}

/// The names of all levels: what is denied by one is denied; what is allowed is said by one level only.
fn names_of(levels: &[&StepX509], at: &Path, notes: &mut Notes, document: &mut PolicyDocument) {
    let empty = StepNames::default();
    let says = |level: &StepX509| level.allow.as_ref().is_some_and(|allow| *allow != empty);
    let allowing: Vec<&StepX509> = levels.iter().copied().filter(|level| says(level)).collect();
    if allowing.len() > 1 {
        let message = "more than one level has allowed names: import each, and have all of them agree";
        notes.error(codes::IMPORT_UNSUPPORTED, &at.join("allow"), message);
        return;
    }
    let allow = allowing.first().and_then(|level| level.allow.as_ref()).unwrap_or(&empty);
    let closed = !allowing.is_empty();
    let mut deny = StepNames::default();
    for names in levels.iter().filter_map(|level| level.deny.as_ref()) {
        deny.cn.extend(names.cn.iter().cloned());
        deny.dns.extend(names.dns.iter().cloned());
        deny.ip.extend(names.ip.iter().cloned());
        deny.email.extend(names.email.iter().cloned());
        deny.uri.extend(names.uri.iter().cloned());
    }
    let kinds = [
        ("dns", allow.dns.is_empty(), deny.dns.is_empty()),
        ("ip", allow.ip.is_empty(), deny.ip.is_empty()),
        ("email", allow.email.is_empty(), deny.email.is_empty()),
        ("uri", allow.uri.is_empty(), deny.uri.is_empty()),
    ];
    for (kind, _, _) in kinds.iter().filter(|(_, allowed, denied)| closed && *allowed && !denied) {
        let message = format!("names of the kind {kind} are denied: no entry of allow names any");
        notes.not_kept(&at.join("deny").join(*kind), message);
    }
    let constrained = closed || deny != StepNames::default();
    let wildcards =
        if constrained { levels.iter().all(|level| level.allow_wildcard_names == Some(true)) } else { true };
    if !wildcards && !deny.dns.is_empty() && !closed {
        notes.not_kept(&at.join("deny").join("dns"), "wildcards are denied: allowWildcardNames is not set");
    }
    let open = |empty: bool| empty && !closed;
    let deny_at = at.join("deny");
    if open(allow.dns.is_empty()) || !allow.dns.is_empty() {
        let any = open(allow.dns.is_empty()).then(names::any_dns);
        document.names.dns = Some(DnsRules {
            allow: any.into_iter().chain(allow.dns.iter().filter_map(|text| dns(text))).collect(),
            deny: denied(&deny.dns, &deny_at.join("dns"), notes, dns),
            wildcard: if wildcards { Permission::Allow } else { Permission::Deny },
            public_suffix_wildcard: if wildcards && !allow.dns.is_empty() {
                Permission::Allow
            } else {
                Permission::Deny
            },
            ..DnsRules::default()
        });
    }
    if open(allow.ip.is_empty()) || !allow.ip.is_empty() {
        let given: Vec<String> = allow.ip.iter().filter_map(|text| names::block(text)).collect();
        document.names.ip = Some(IpRules {
            allow: if open(allow.ip.is_empty()) { names::any_ip().allow } else { given },
            deny: denied(&deny.ip, &deny_at.join("ip"), notes, names::block),
            mapped: Permission::Allow,
            ..IpRules::default()
        });
    }
    if open(allow.email.is_empty()) || !allow.email.is_empty() {
        let any = open(allow.email.is_empty()).then(names::any_email);
        document.names.email = Some(EmailRules {
            allow: any.into_iter().chain(allow.email.iter().filter_map(|text| email(text))).collect(),
            deny: denied(&deny.email, &deny_at.join("email"), notes, email),
            ..EmailRules::default()
        });
    }
    if open(allow.uri.is_empty()) || !allow.uri.is_empty() {
        let any = if open(allow.uri.is_empty()) { any_uri(!deny.uri.is_empty()) } else { None };
        document.names.uri = Some(UriRules {
            allow: any.into_iter().chain(allow.uri.iter().filter_map(|text| uri(text))).collect(),
            deny: denied(&deny.uri, &deny_at.join("uri"), notes, uri),
            ..UriRules::default()
        });
    }
    // A level that only denies takes a common name for a name of some kind, and denies what is none.
    let judged_elsewhere = levels
        .iter()
        .any(|level| !says(level) && level.deny.as_ref().is_some_and(|deny| *deny != StepNames::default()));
    // Where no rules of host names are written, none would hold what that level denies against it.
    let are_hosts_judged = document.names.dns.is_some();
    let stands =
        |text: &&String| !judged_elsewhere || (are_hosts_judged && DnsName::parse(text.trim()).is_ok());
    if !allow.cn.iter().all(|text| stands(&text)) {
        let message = "a common name that another level takes for a name is denied, unless it is a host name and host names are allowed";
        notes.not_kept(&at.join("allow").join("cn"), message);
    }
    let common_name = &mut document.subject.common_name;
    let allowed = allow.cn.iter().filter(stands);
    common_name.allow = allowed.filter_map(|text| names::text_ignoring_case(text.trim())).collect();
    common_name.deny =
        denied(&deny.cn, &deny_at.join("cn"), notes, |text| names::text_ignoring_case(text.trim()));
    if common_name.allow.is_empty() {
        common_name.in_names = Some(InNames::Required);
    }
    if !deny.cn.is_empty() {
        notes.not_kept(&at.join("deny").join("cn"), "a common name that is denied is denied as a name too");
    }
}

/// The patterns of entries that are denied: one that cannot be said would deny nothing.
fn denied<T>(texts: &[String], at: &Path, notes: &mut Notes, pattern: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut patterns = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match pattern(text) {
            Some(pattern) => patterns.push(pattern),
            None => {
                let message = format!("{} cannot be said, and is denied by step-ca", quote(text));
                notes.error(codes::IMPORT_UNSUPPORTED, &at.join(index), message);
            }
        }
    }
    patterns
}

/// A domain, or exactly one label below one.
fn dns(text: &str) -> Option<DnsPattern> {
    let text = text.trim();
    match text.strip_prefix("*.") {
        Some(domain) => names::domain(domain).map(DnsPattern::OneLabel),
        None => names::domain(text).map(DnsPattern::Exact),
    }
}

/// `@` and a host, or a mailbox; the entry is lower-cased, and its local part compared with regard to case.
fn email(text: &str) -> Option<EmailPattern> {
    let text = text.trim().to_lowercase();
    match text.strip_prefix('@') {
        Some(host) => names::domain(host).map(EmailPattern::Host),
        None => names::email(&text),
    }
}

/// URIs at a host, of any scheme, port and path.
fn uri(text: &str) -> Option<UriPattern> {
    let text = text.trim();
    let (label, host) = match text.strip_prefix("*.") {
        Some(host) => ("[a-z0-9-]+[.]", host),
        None => ("", text),
    };
    let host = names::domain(host)?.replace('.', "[.]");
    regex(format!("^[a-z][a-z0-9+.-]*://{label}{host}(:[0-9]+)?([/?].*)?$"))
}

/// Any URI; if some are denied, one with a host that is a name, because the others cannot be matched.
fn any_uri(matched: bool) -> Option<UriPattern> {
    if !matched {
        return names::text("*").map(UriPattern::Text);
    }
    regex("^[a-z][a-z0-9+.-]*://[a-z0-9.-]*[a-z][a-z0-9.-]*(:[0-9]+)?([/?].*)?$".to_owned())
}

fn regex(regex: String) -> Option<UriPattern> {
    Some(UriPattern::Text(TextPattern { kind: TextPatternKind::Regex(regex), ignore_case: false }))
}
