//! Roles of the PKI secrets engine of Vault and OpenBao, for what `sign/:role` does with a request.

use certgate::diagnostic::{Error, Path, codes, quote};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    AttributeRule, DnsPattern, DnsRules, EmailRules, InNames, OtherNameRules, Permission, Presence,
    UriPattern, UriRules,
};

use super::value::{TextList, attribute, dotted};
use super::{Notes, blank, key, names};
use crate::document::{CodeFamily, SourceText};

mod field;
mod issued;

use field::Role;

/// Which of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    Vault,
    OpenBao,
}

/// Attributes that a role writes, by its field; those of a request are dropped.
const DROPPED: [&str; 9] = [
    "countryName",
    "domainComponent",
    "emailAddress",
    "localityName",
    "organizationName",
    "organizationalUnitName",
    "postalCode",
    "stateOrProvinceName",
    "streetAddress",
];

pub(super) fn import(
    source: &SourceText,
    flavour: Flavour,
    notes: &mut Notes,
) -> Result<PolicyDocument, Error> {
    // What the programs print has the role below `data`.
    let wrapped = source.as_str().contains("request_id") || source.as_str().contains("lease_id");
    let (role, at) = if wrapped {
        (source.read::<field::Answer>(&CodeFamily::IMPORT)?.data, key("data"))
    } else {
        (source.read::<Role>(&CodeFamily::IMPORT)?, Path::default())
    };
    field::check_flavour(&role, flavour, &at, notes);
    let mut reader = Reader { role, at, notes };
    let mut document = blank("");
    document.names.presence = Some(Presence::Optional);
    reader.host_names(&mut document);
    reader.addresses(&mut document);
    reader.uris(&mut document);
    reader.other_names(&mut document);
    reader.subject(&mut document);
    issued::keys(&mut reader, &mut document);
    issued::usages(&mut reader, &mut document);
    issued::validity(&mut reader, flavour, &mut document);
    issued::outside(&mut reader);
    document.extensions.ignore.extend(super::kubernetes_signer::subject_key_identifier());
    Ok(document)
}

/// A role, where it stands in the file, and what is noted.
struct Reader<'n> {
    role: Role,
    at: Path,
    notes: &'n mut Notes,
}

impl Reader<'_> {
    fn path(&self, field: &'static str) -> Path {
        self.at.join(field)
    }

    /// dNSName and rfc822Name.
    fn host_names(&mut self, document: &mut PolicyDocument) {
        let role = &self.role;
        let flag = |flag: Option<bool>, default: bool| flag.unwrap_or(default);
        let any = flag(role.allow_any_name, false);
        let subdomains = flag(role.allow_subdomains, false);
        let wildcard = flag(role.allow_wildcard_certificates, true);
        let mut rules = Hosts::default();
        if any {
            rules.dns.push(names::any_dns());
            rules.email.push(names::any_email());
            self.notes.not_kept(
                &self.path("allow_any_name"),
                "`*` alone, wildcards below a public suffix, IP addresses as common names and common names that are no host \
                 are denied",
            );
        }
        if flag(role.allow_localhost, true) {
            for host in ["localhost", "localdomain"] {
                rules.exact(host);
                if subdomains {
                    rules.below(host);
                }
            }
            if wildcard && !subdomains {
                self.notes.not_kept(
                    &self.path("allow_localhost"),
                    "`*.localhost` is denied: it stands for names that the role does not allow one by one",
                );
            }
        }
        if flag(role.allow_token_displayname, false) {
            rules.dns.push(DnsPattern::Exact("${facts.tokenDisplayName}".to_owned()));
            if subdomains {
                rules
                    .dns
                    .push(DnsPattern::Under { domain: "${facts.tokenDisplayName}".to_owned(), depth: None });
            }
            self.notes.outside(
                &self.path("allow_token_displayname"),
                "the host gives the token's display name as the fact `tokenDisplayName`",
            );
        }
        let domains = self.role.allowed_domains.clone().map(TextList::into_list).unwrap_or_default();
        for (index, entry) in domains.iter().enumerate() {
            self.domain(entry, &self.path("allowed_domains").join(index), &mut rules);
        }
        if !rules.dns.is_empty() {
            document.names.dns = Some(DnsRules {
                allow: rules.dns,
                wildcard: if wildcard { Permission::Allow } else { Permission::Deny },
                underscore: if self.role.enforce_hostnames.unwrap_or(true) {
                    Permission::Deny
                } else {
                    Permission::Allow
                },
                ..DnsRules::default()
            });
            self.notes.not_kept(
                &self.path("allowed_domains"),
                "names are compared without regard to case, and U-labels as A-labels",
            );
        }
        if !rules.email.is_empty() {
            document.names.email = Some(EmailRules { allow: rules.email, ..EmailRules::default() });
        }
        if self.role.enforce_hostnames == Some(false) {
            self.notes.not_kept(
                &self.path("enforce_hostnames"),
                "names may have underscores; a common name that is neither a host nor a mail address is denied",
            );
        }
    }

    /// One entry of `allowed_domains` under the three flags.
    fn domain(&mut self, entry: &str, at: &Path, rules: &mut Hosts) {
        let role = &self.role;
        let bare = role.allow_bare_domains.unwrap_or(false);
        let subdomains = role.allow_subdomains.unwrap_or(false);
        let templated = role.allowed_domains_template.unwrap_or(false) && entry.contains("{{");
        if templated {
            let Some((filled, facts)) = field::template(entry) else {
                self.notes
                    .not_kept(at, format!("the template {} cannot be said and allows nothing", quote(entry)));
                return;
            };
            if filled.contains('*') {
                if !self.has_globs(entry, at) {
                    return;
                }
                match names::template_glob(&filled) {
                    Some(pattern) => rules.dns.push(pattern),
                    None => {
                        return self.notes.not_kept(
                            at,
                            format!("the glob {} cannot be said and allows nothing", quote(entry)),
                        );
                    }
                }
            } else {
                if bare {
                    rules.dns.push(DnsPattern::Exact(filled.clone()));
                }
                if subdomains {
                    rules.dns.push(DnsPattern::Under { domain: filled.clone(), depth: None });
                }
            }
            self.notes.outside(
                at,
                format!("the host gives the facts {}; stars in them are literal", facts.join(", ")),
            );
            return;
        }
        if entry.contains('*') {
            self.glob(entry, at, rules);
            return;
        }
        if bare && entry.contains('@') {
            match names::email(entry) {
                Some(pattern) => rules.email.push(pattern),
                None => {
                    self.notes.not_kept(at, format!("{} is no mail address and allows nothing", quote(entry)))
                }
            }
            return;
        }
        match names::domain(entry) {
            Some(domain) => {
                if bare {
                    rules.exact(&domain);
                }
                if subdomains {
                    rules.below(&domain);
                }
            }
            None => self.notes.not_kept(at, format!("{} is no domain and allows nothing", quote(entry))),
        }
    }

    /// Whether stars in domains stand for something; if not, an entry with one says nothing, and that is noted.
    fn has_globs(&mut self, entry: &str, at: &Path) -> bool {
        let has_globs = self.role.allow_glob_domains.unwrap_or(false);
        if !has_globs {
            self.notes.not_kept(
                at,
                format!(
                    "{} without allow_glob_domains allows no name but itself, and that is denied",
                    quote(entry)
                ),
            );
        }
        has_globs
    }

    fn glob(&mut self, entry: &str, at: &Path, rules: &mut Hosts) {
        if !self.has_globs(entry, at) {
            return;
        }
        match names::dns(entry) {
            Some(pattern) => rules.dns.push(pattern),
            None if entry.contains('@') => {}
            None => self.notes.not_kept(at, format!("the glob {} matches no DNS name", quote(entry))),
        }
        rules.email.extend(names::email_glob(entry));
    }

    fn addresses(&mut self, document: &mut PolicyDocument) {
        if !self.role.allow_ip_sans.unwrap_or(true) {
            return;
        }
        let mut rules = names::any_ip();
        let blocks = self.role.allowed_ip_sans_cidr.clone().map(TextList::into_list).unwrap_or_default();
        if !blocks.is_empty() {
            rules.allow.clear();
        }
        for (index, text) in blocks.iter().enumerate() {
            match names::block(text) {
                Some(block) => rules.allow.push(block),
                None => self.notes.error(
                    codes::IMPORT_REFUSED,
                    &self.path("allowed_ip_sans_cidr").join(index),
                    format!("{} is no block of addresses", quote(text)),
                ),
            }
        }
        document.names.ip = Some(rules);
    }

    fn uris(&mut self, document: &mut PolicyDocument) {
        let list = self.role.allowed_uri_sans.clone().map(TextList::into_list).unwrap_or_default();
        let at = self.path("allowed_uri_sans");
        let mut allow = Vec::new();
        for (index, glob) in list.iter().enumerate() {
            let at = at.join(index);
            let pattern = if self.role.allowed_uri_sans_template.unwrap_or(false) && glob.contains("{{") {
                field::template(glob).map(|(text, facts)| {
                    self.notes.outside(&at, format!("the host gives the facts {}", facts.join(", ")));
                    names::template_text(&text)
                })
            } else {
                names::text(glob)
            };
            match pattern {
                Some(pattern) => allow.push(UriPattern::Text(pattern)),
                None => self
                    .notes
                    .not_kept(&at, format!("the pattern {} cannot be said and allows nothing", quote(glob))),
            }
        }
        if !allow.is_empty() {
            document.names.uri = Some(UriRules { allow, ..UriRules::default() });
        }
    }

    fn other_names(&mut self, document: &mut PolicyDocument) {
        let list = self.role.allowed_other_sans.clone().map(TextList::into_list).unwrap_or_default();
        for (index, entry) in list.iter().enumerate() {
            let at = self.path("allowed_other_sans").join(index);
            if entry == "*" {
                self.notes.not_kept(&at, "otherNames are denied: they are allowed by type only");
                continue;
            }
            let parts = entry.split_once(';').and_then(|(oid, rest)| Some((oid, rest.split_once(':')?)));
            let Some((oid, (word, glob))) = parts else {
                self.notes.error(
                    codes::IMPORT_REFUSED,
                    &at,
                    format!("{} is not of the form OID;UTF8:PATTERN", quote(entry)),
                );
                continue;
            };
            let Some(oid) = dotted(oid) else {
                self.notes.error(
                    codes::IMPORT_REFUSED,
                    &at,
                    format!("{} is no object identifier", quote(oid)),
                );
                continue;
            };
            if !["utf8", "utf-8"].contains(&word.to_ascii_lowercase().as_str()) {
                self.notes.error(codes::IMPORT_REFUSED, &at, format!("{} is no type but UTF8", quote(word)));
                continue;
            }
            match names::text(glob) {
                Some(pattern) => {
                    let rules = document.names.other_name.entry(oid).or_insert_with(|| OtherNameRules {
                        string_types: vec!["UTF8String".to_owned()],
                        ..OtherNameRules::default()
                    });
                    rules.allow.push(pattern);
                }
                None => self
                    .notes
                    .not_kept(&at, format!("the pattern {} cannot be said and allows nothing", quote(glob))),
            }
        }
    }

    fn subject(&mut self, document: &mut PolicyDocument) {
        let subject = &mut document.subject;
        subject.common_name.in_names = Some(InNames::Add);
        subject.common_name.presence =
            Some(if self.role.require_cn.unwrap_or(true) { Presence::Required } else { Presence::Optional });
        let validations = self.role.cn_validations.clone().map(TextList::into_list).unwrap_or_default();
        let words: Vec<&str> = validations.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] | ["email", "hostname"] | ["hostname", "email"] => {}
            ["hostname"] => subject.common_name.deny.extend(names::text("*@*")),
            ["email"] => subject.common_name.allow.extend(names::text("*@*")),
            ["disabled"] => self.notes.not_kept(
                &self.path("cn_validations"),
                "a common name is held to the rules for names: it is issued as one",
            ),
            _ => self.notes.error(
                codes::IMPORT_REFUSED,
                &self.path("cn_validations"),
                "cn_validations is email, hostname, both, or disabled alone",
            ),
        }
        for (field, list, oid, fold) in [
            ("allowed_serial_numbers", &self.role.allowed_serial_numbers, "serialNumber", false),
            ("allowed_user_ids", &self.role.allowed_user_ids, "userId", true),
        ] {
            let list = list.clone().map(TextList::into_list).unwrap_or_default();
            let mut allow = Vec::new();
            for (index, value) in list.iter().enumerate() {
                let exact = fold && !value.contains('*');
                match if exact { names::text_ignoring_case(value) } else { names::text(value) } {
                    Some(pattern) => allow.push(pattern),
                    None => self.notes.not_kept(
                        &self.at.join(field).join(index),
                        format!("{} cannot be said and allows nothing", quote(value)),
                    ),
                }
            }
            if let (Some(oid), false) = (attribute(oid), allow.is_empty()) {
                subject.attributes.insert(oid, AttributeRule { allow, ..AttributeRule::default() });
            }
        }
        subject.ignore.extend(DROPPED.into_iter().filter_map(attribute));
        for (list, oid) in [
            (&self.role.country, "countryName"),
            (&self.role.organization, "organizationName"),
            (&self.role.ou, "organizationalUnitName"),
            (&self.role.locality, "localityName"),
            (&self.role.province, "stateOrProvinceName"),
            (&self.role.street_address, "streetAddress"),
            (&self.role.postal_code, "postalCode"),
        ] {
            let values = list.clone().map(TextList::into_list).unwrap_or_default();
            if let (Some(oid), false) = (attribute(oid), values.is_empty()) {
                subject.write.insert(oid, values);
            }
        }
        for (field, given) in
            [("use_csr_common_name", self.role.use_csr_common_name), ("use_csr_sans", self.role.use_csr_sans)]
        {
            if given == Some(false) {
                self.notes.not_kept(&self.at.join(field), "the names of the request are judged and issued");
            }
        }
    }
}

/// The patterns for hosts and for mailboxes at them.
#[derive(Default)]
struct Hosts {
    dns: Vec<DnsPattern>,
    email: Vec<certgate::policy::document::EmailPattern>,
}

impl Hosts {
    fn exact(&mut self, host: &str) {
        self.dns.push(DnsPattern::Exact(host.to_owned()));
        self.email.push(certgate::policy::document::EmailPattern::Host(host.to_owned()));
    }

    fn below(&mut self, domain: &str) {
        self.dns.push(DnsPattern::Under { domain: domain.to_owned(), depth: None });
        self.email.push(certgate::policy::document::EmailPattern::Under(domain.to_owned()));
    }
}
