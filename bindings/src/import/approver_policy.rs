//! CertificateRequestPolicy of cert-manager's approver-policy (policy.cert-manager.io/v1alpha1).

use std::collections::BTreeSet;

use certgate::diagnostic::{Error, Path, codes, quote};
use certgate::policy::PolicyDocument;
use certgate::policy::document::{
    AttributeRule, CaRules, CelEach, CelRule, Conditions, DnsRules, EmailRules, IpRules, IssuerConditions,
    OidText, OtherNameRules, Permission, Presence, TextRule, UriPattern, UriRules,
};

use super::value::{attribute, dotted, seconds};
use super::{Notes, blank, exact, key, keys, names, validity};
use crate::document::{CodeFamily, SourceText};

mod field;
mod usages;

pub(super) use usages::usage_words;
pub(crate) use usages::{kubernetes_word, x509_word};

use field::{Allowed, ByOid, Constraints, Object, Selector, Slice, Text};

/// cert-manager's lifetime for a request that asks for none.
const DEFAULT_DURATION: i64 = 90 * 24 * validity::HOUR;

pub(super) fn import(source: &SourceText, notes: &mut Notes) -> Result<PolicyDocument, Error> {
    let object: Object = source.read(&CodeFamily::IMPORT)?;
    if object.kind != "CertificateRequestPolicy" {
        let message = format!("{} is no CertificateRequestPolicy", quote(&object.kind));
        notes.error(codes::IMPORT_VALUE, &key("kind"), message);
    }
    if object.api_version != "policy.cert-manager.io/v1alpha1" {
        let message = format!("{} is not policy.cert-manager.io/v1alpha1", quote(&object.api_version));
        notes.error(codes::IMPORT_VALUE, &key("apiVersion"), message);
    }
    let spec = object.spec;
    let at = key("spec");
    let name = object.metadata.get("name").and_then(serde_json::Value::as_str).unwrap_or_default();
    let mut document = blank(name);
    document.names.presence = Some(Presence::Optional);
    let allowed = spec.allowed.unwrap_or_default();
    let mut reader = Reader { notes, at: at.join("allowed"), rules: Vec::new() };
    reader.names(&allowed, &mut document);
    reader.subject(&allowed, &mut document);
    reader.authority(&allowed, &mut document);
    usages::import(&allowed, &reader.at, reader.notes, &mut document);
    document.rules = reader.rules;
    constraints(&spec.constraints.unwrap_or_default(), &at.join("constraints"), notes, &mut document);
    select(&spec.selector, &at.join("selector"), notes, &mut document);
    for plugin in spec.plugins.keys() {
        let fact = format!("plugin-{plugin}");
        let rule = TextRule { allow: names::text("allowed").into_iter().collect(), deny: Vec::new() };
        document.require.get_or_insert_with(Conditions::default).facts.insert(fact.clone(), rule);
        let message = format!(
            "the host runs the plugin, and gives the fact `{fact}` with the value allowed if it agrees"
        );
        notes.outside(&at.join("plugins").join(plugin.clone()), message);
    }
    notes.outside(&at, "whether the requester may use the policy (the verb use) is for the host to find out");
    document.extensions.ignore.extend(super::kubernetes_signer::subject_key_identifier());
    Ok(document)
}

struct Reader<'n> {
    notes: &'n mut Notes,
    at: Path,
    /// The validations so far.
    rules: Vec<CelRule>,
}

impl Reader<'_> {
    /// The values of one field; `None` if the field allows nothing. Its validations become rules for `each` value.
    fn values(
        &mut self,
        slice: Option<&Slice>,
        at: &Path,
        each: &CelEach,
    ) -> Option<(Vec<String>, Option<Presence>)> {
        let slice = slice?;
        let validated = self.validations(slice, at, each);
        let required = slice.required.unwrap_or(false);
        if required && slice.values.is_none() && slice.validations.is_empty() {
            self.notes.error(
                codes::IMPORT_REFUSED,
                &at.join("required"),
                "required asks for values or validations",
            );
        } else if required && slice.values.as_ref().is_some_and(Vec::is_empty) {
            self.never(at);
        }
        // Validations alone say what is allowed.
        let any = || if validated { vec!["*".to_owned()] } else { Vec::new() };
        let values = slice.values.clone().unwrap_or_else(any);
        (!values.is_empty()).then_some((values, required.then_some(Presence::Required)))
    }

    /// Another entry for a type that has one: values are held to the first, and only that one must be there is taken from the others.
    fn again(&mut self, other: &ByOid, at: &Path, presence: Option<&mut Option<Presence>>) {
        if other.slice().required == Some(true) {
            match presence {
                Some(presence) => *presence = Some(Presence::Required),
                None => self.never(at),
            }
        }
        let message = format!(
            "{} has an entry already, which decides alone: this one allows nothing",
            quote(&other.oid)
        );
        self.notes.not_kept(at, message);
    }

    /// What is required and matches nothing denies every request, which no policy of certgate says.
    fn never(&mut self, at: &Path) {
        let message = "no request has what is required here, so that the policy denies every request";
        self.notes.error(codes::IMPORT_UNSUPPORTED, at, message);
    }

    /// Takes over the validations of a field; whether there are any, and all can be said.
    fn validations(&mut self, slice: &Slice, at: &Path, each: &CelEach) -> bool {
        let at = at.join("validations");
        if slice.validations.is_empty() {
            return false;
        }
        if !cfg!(feature = "cel") {
            self.notes.error(codes::IMPORT_UNSUPPORTED, &at, exact::NO_CEL);
            return false;
        }
        let mut all = true;
        for (index, validation) in slice.validations.iter().enumerate() {
            if let Err(message) = exact::check_validation(validation) {
                self.notes.error(codes::IMPORT_UNSUPPORTED, &at.join(index).join("rule"), message);
                all = false;
                continue;
            }
            self.rules.push(CelRule {
                code: format!("validation_{}", self.rules.len().saturating_add(1)),
                each: Some(each.clone()),
                cel: validation.rule.clone(),
                message: one_line(&validation.text()),
            });
        }
        self.notes
            .not_kept(&at, "what a validation reads of `cr` and is not known denies, and is no empty text");
        all
    }

    /// The patterns for the values; what cannot be said allows nothing.
    fn patterns<T>(&mut self, values: &[String], at: &Path, pattern: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut out = Vec::new();
        for (index, value) in values.iter().enumerate() {
            match pattern(value) {
                Some(pattern) => out.push(pattern),
                None => self.notes.not_kept(
                    &at.join("values").join(index),
                    format!(
                        "the value {} cannot be said as a pattern for this kind and allows nothing",
                        quote(value)
                    ),
                ),
            }
        }
        out
    }

    fn names(&mut self, allowed: &Allowed, document: &mut PolicyDocument) {
        let at = self.at.join("dnsNames");
        if let Some((values, presence)) = self.values(allowed.dns_names.as_ref(), &at, &CelEach::Dns) {
            let allow = self.patterns(&values, &at, names::dns);
            let wildcard = values.iter().any(|value| value.contains('*'));
            if wildcard {
                self.notes.not_kept(
                    &at,
                    "a wildcard is allowed if every name that it stands for is: set names.dns.wildcard to deny for single names only",
                );
            }
            self.notes.not_kept(&at, "names are compared without regard to case, and U-labels as A-labels");
            document.names.dns = Some(DnsRules {
                allow,
                presence,
                wildcard: if wildcard { Permission::Allow } else { Permission::Deny },
                ..DnsRules::default()
            });
        }
        let at = self.at.join("ipAddresses");
        if let Some((values, presence)) = self.values(allowed.ip_addresses.as_ref(), &at, &CelEach::Ip) {
            let blocks = self.patterns(&values, &at, names::blocks_of_glob);
            if blocks.is_empty() && presence == Some(Presence::Required) {
                self.never(&at);
            }
            self.notes.not_kept(&at, "addresses are compared by value, not as text");
            let allow = blocks.into_iter().flatten().collect();
            document.names.ip = Some(IpRules { allow, presence, ..IpRules::default() });
        }
        let at = self.at.join("emailAddresses");
        if let Some((values, presence)) = self.values(allowed.email_addresses.as_ref(), &at, &CelEach::Email)
        {
            let allow = self.patterns(&values, &at, names::email);
            document.names.email = Some(EmailRules { allow, presence, ..EmailRules::default() });
        }
        let at = self.at.join("uris");
        if let Some((values, presence)) = self.values(allowed.uris.as_ref(), &at, &CelEach::Uri) {
            let allow = self.patterns(&values, &at, |value| names::text(value).map(UriPattern::Text));
            document.names.uri = Some(UriRules { allow, presence, ..UriRules::default() });
        }
        let mut seen: BTreeSet<OidText> = BTreeSet::new();
        for (index, other) in allowed.other_names.iter().enumerate() {
            let at = self.at.join("otherNames").join(index);
            let Some(oid) = dotted(&other.oid) else {
                let message = format!("{} is no object identifier", quote(&other.oid));
                self.notes.error(codes::IMPORT_REFUSED, &at.join("oid"), message);
                continue;
            };
            if !seen.insert(oid.clone()) {
                let rules = document.names.other_name.get_mut(&oid);
                self.again(other, &at, rules.map(|rules| &mut rules.presence));
                continue;
            }
            let each = CelEach::OtherName(oid.clone());
            if let Some((values, presence)) = self.values(Some(&other.slice()), &at, &each) {
                let allow = self.patterns(&values, &at, names::text);
                let rules = OtherNameRules { allow, presence, ..OtherNameRules::default() };
                document.names.other_name.insert(oid, rules);
            }
        }
    }

    fn subject(&mut self, allowed: &Allowed, document: &mut PolicyDocument) {
        let at = self.at.join("commonName");
        let common_name = &mut document.subject.common_name;
        let each = CelEach::Subject(OidText(certgate::oid::COMMON_NAME));
        match self.values(allowed.common_name.as_ref().map(Text::slice).as_ref(), &at, &each) {
            Some((values, presence)) => {
                common_name.allow = self.patterns(&values, &at, names::text);
                common_name.presence = presence;
                if common_name.allow.is_empty() {
                    if presence == Some(Presence::Required) {
                        self.never(&at);
                    }
                    common_name.presence = Some(Presence::Forbidden);
                }
            }
            None => common_name.presence = Some(Presence::Forbidden),
        }
        let Some(subject) = &allowed.subject else { return };
        let at = self.at.join("subject");
        let serial_number = subject.serial_number.as_ref().map(Text::slice);
        let fields = [
            ("organizations", "organizationName", subject.organizations.as_ref()),
            ("countries", "countryName", subject.countries.as_ref()),
            ("organizationalUnits", "organizationalUnitName", subject.organizational_units.as_ref()),
            ("localities", "localityName", subject.localities.as_ref()),
            ("provinces", "stateOrProvinceName", subject.provinces.as_ref()),
            ("streetAddresses", "streetAddress", subject.street_addresses.as_ref()),
            ("postalCodes", "postalCode", subject.postal_codes.as_ref()),
            ("serialNumber", "serialNumber", serial_number.as_ref()),
        ];
        for (field, name, slice) in fields {
            let at = at.join(field);
            let Some(oid) = attribute(name) else { continue };
            if let Some((values, presence)) = self.values(slice, &at, &CelEach::Subject(oid.clone())) {
                self.attribute(&values, presence, &at, oid, document);
            }
        }
        let mut seen: BTreeSet<OidText> = BTreeSet::new();
        for (index, other) in subject.other_attributes.iter().enumerate() {
            let at = at.join("otherAttributes").join(index);
            let Some(oid) = dotted(&other.oid) else {
                let message = format!("{} is no object identifier", quote(&other.oid));
                self.notes.error(codes::IMPORT_REFUSED, &at.join("oid"), message);
                continue;
            };
            let named = fields.iter().filter_map(|(_, name, _)| attribute(name));
            if named.chain(attribute("commonName")).any(|named| named == oid) {
                let message = format!("the attribute {oid} has a field of its own");
                self.notes.error(codes::IMPORT_REFUSED, &at.join("oid"), message);
                continue;
            }
            if !seen.insert(oid.clone()) {
                let rule = document.subject.attributes.get_mut(&oid);
                self.again(other, &at, rule.map(|rule| &mut rule.presence));
                continue;
            }
            let each = CelEach::Subject(oid.clone());
            if let Some((values, presence)) = self.values(Some(&other.slice()), &at, &each) {
                self.attribute(&values, presence, &at, oid, document);
            }
        }
    }

    fn attribute(
        &mut self,
        values: &[String],
        presence: Option<Presence>,
        at: &Path,
        oid: certgate::policy::document::OidText,
        document: &mut PolicyDocument,
    ) {
        let allow = self.patterns(values, at, names::text);
        // A required attribute without a pattern that can be said denies every request, and says so when it is loaded.
        if !allow.is_empty() || presence.is_some() {
            document
                .subject
                .attributes
                .insert(oid, AttributeRule { presence, allow, ..AttributeRule::default() });
        }
    }

    /// `isCA` lets requests ask for either; a policy of certgate is for CAs or for others.
    fn authority(&mut self, allowed: &Allowed, document: &mut PolicyDocument) {
        if allowed.is_ca != Some(true) {
            return;
        }
        let at = self.at.join("isCA");
        if allowed.usages.iter().flatten().any(|usage| usage == "cert sign") {
            document.ca = Some(CaRules { max_path_length: 0 });
            self.notes.not_kept(&at, "every certificate is that of a CA, and none has a path length above 0");
        } else {
            self.notes
                .not_kept(&at, "requests for certificates of CAs are denied: the usages have no cert sign");
        }
    }
}

/// A message without line breaks, of at most 512 bytes.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 512;
    let mut out = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if out.len().saturating_add(c.len_utf8()) > LONGEST {
            break;
        }
        out.push(c);
    }
    out
}

fn constraints(constraints: &Constraints, at: &Path, notes: &mut Notes, document: &mut PolicyDocument) {
    let mut bound = |field: &'static str, text: &Option<String>| {
        let text = text.as_ref()?;
        let bound = seconds(text);
        if bound.is_none() {
            let message = format!("{} is no duration in whole seconds", quote(text));
            notes.error(codes::IMPORT_VALUE, &at.join(field), message);
        }
        bound
    };
    let (min, max) =
        (bound("minDuration", &constraints.min_duration), bound("maxDuration", &constraints.max_duration));
    let bounded = min.is_some() || max.is_some();
    document.validity =
        validity::up_to(max.unwrap_or(validity::UNBOUNDED), (!bounded).then_some(DEFAULT_DURATION));
    document.validity.min = min.map(validity::duration);
    if max.is_none() {
        notes.not_kept(at, "no certificate lives longer than 100 years: set validity.max to what you want");
    }

    let key = constraints.private_key.clone().unwrap_or_default();
    let at = at.join("privateKey");
    let min = key.min_size.unwrap_or(0);
    let max = key.max_size.unwrap_or(u32::MAX);
    let sized = key.min_size.is_some() || key.max_size.is_some();
    let algorithm = key.algorithm.as_deref();
    if let Some(unknown) = algorithm.filter(|name| !["RSA", "ECDSA", "Ed25519"].contains(name)) {
        let message = format!("{} is no algorithm: RSA, ECDSA or Ed25519", quote(unknown));
        notes.error(codes::IMPORT_REFUSED, &at.join("algorithm"), message);
    }
    if algorithm == Some("Ed25519") && sized {
        notes.error(
            codes::IMPORT_REFUSED,
            &at,
            "keys of Ed25519 have one size: minSize and maxSize do not go with it",
        );
    }
    let wanted = |name: &str| algorithm.is_none_or(|algorithm| algorithm == name);
    document.keys.rsa = wanted("RSA").then(|| keys::rsa(min, max)).flatten();
    document.keys.ec = wanted("ECDSA").then(|| keys::ec(min, max)).flatten();
    // The size of Ed25519 counts as below every minimum.
    document.keys.ed25519 = (wanted("Ed25519") && key.min_size.is_none()).then(keys::ed25519).flatten();
    if document.keys.rsa.is_some() && min < certgate::key::MIN_MODULUS_BITS {
        notes.not_kept(&at, "RSA keys below 2048 bits and above 8192, and curves other than P-256, P-384 and P-521 are denied");
    }
}

fn select(selector: &Selector, at: &Path, notes: &mut Notes, document: &mut PolicyDocument) {
    if selector.issuer_ref.is_none() && selector.namespace.is_none() {
        notes.error(codes::IMPORT_REFUSED, at, "a selector has issuerRef or namespace");
    }
    let mut rule = |field: Path, values: &[String]| {
        let mut allow = Vec::new();
        for value in values {
            match names::text(value) {
                Some(pattern) => allow.push(pattern),
                None => {
                    notes.error(codes::IMPORT_UNSUPPORTED, &field, format!("{} cannot be said", quote(value)))
                }
            }
        }
        (!allow.is_empty()).then_some(TextRule { allow, deny: Vec::new() })
    };
    let mut conditions = Conditions::default();
    if let Some(issuer) = &selector.issuer_ref {
        let at = at.join("issuerRef");
        let mut one = |field: &'static str, value: &Option<String>| {
            value.as_ref().and_then(|value| rule(at.join(field), std::slice::from_ref(value)))
        };
        let issuer = IssuerConditions {
            name: one("name", &issuer.name),
            kind: one("kind", &issuer.kind),
            group: one("group", &issuer.group),
        };
        if issuer != IssuerConditions::default() {
            conditions.issuer = Some(issuer);
        }
    }
    if let Some(namespace) = &selector.namespace {
        let at = at.join("namespace");
        conditions.namespace =
            rule(at.join("matchNames"), namespace.match_names.as_deref().unwrap_or_default());
        for (label, value) in &namespace.match_labels {
            let exact = rule(at.join("matchLabels").join(label.clone()), std::slice::from_ref(value));
            if let Some(exact) = exact {
                conditions.facts.insert(format!("namespaceLabel-{label}"), exact);
            }
        }
        for label in namespace.match_labels.keys() {
            let message =
                format!("the host gives the namespace's label as the fact `namespaceLabel-{label}`");
            notes.outside(&at.join("matchLabels").join(label.clone()), message);
        }
    }
    document.select = (conditions != Conditions::default()).then_some(conditions);
}
