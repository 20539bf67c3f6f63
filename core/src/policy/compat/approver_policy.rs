//! CertificateRequestPolicies of approver-policy: every violation is told. The facts `usablePolicies` (names of policies that
//! the requester may use), `namespaceLabel-NAME` and `plugin-NAME` are what the host knows.

use super::seen::{self, Names, Placed};
use super::{Case, Issued, Stop, go, later, not_applicable, planted, usages};
use crate::diagnostic::{Code, Diagnostic, Path, Step, codes, path::steps, quote};
use crate::extension::{BasicConstraints, KeyUsage, KeyUsageBit};
use crate::key::KeyMaterial;
use crate::oid::{self, Oid};
use crate::policy::cel::{RequestVariables, Validations};
use crate::policy::document::{
    ApproverAllowed, ApproverByOid, ApproverPolicy, ApproverSlice, ApproverText, ApproverValidation, Quirk,
};
use crate::policy::matcher::Faults;
use crate::policy::rule::normal_usage;

/// A compiled policy.
#[derive(Debug)]
pub(super) struct Rule {
    spec: ApproverPolicy,
    validations: Validations,
    at: Path,
}

/// Subject attributes with a field of their own.
const FIELDS: [(&str, &str); 8] = [
    ("organizations", "organizationName"),
    ("countries", "countryName"),
    ("organizationalUnits", "organizationalUnitName"),
    ("localities", "localityName"),
    ("provinces", "stateOrProvinceName"),
    ("streetAddresses", "streetAddress"),
    ("postalCodes", "postalCode"),
    ("serialNumber", "serialNumber"),
];

/// cert-manager's lifetime for a request that asks for none: 90 days.
const DEFAULT_DURATION: i64 = 90 * 86_400;

/// What is allowed of one field.
#[derive(Clone, Debug, Default)]
struct Slice {
    values: Option<Vec<String>>,
    required: bool,
    validations: Vec<ApproverValidation>,
}

impl Slice {
    /// Neither values nor validations: nothing is allowed.
    fn says_nothing(&self) -> bool {
        self.values.is_none() && self.validations.is_empty()
    }
}

impl From<&ApproverSlice> for Slice {
    fn from(slice: &ApproverSlice) -> Self {
        Self {
            values: slice.values.clone(),
            required: slice.required.unwrap_or(false),
            validations: slice.validations.clone(),
        }
    }
}

impl From<&ApproverByOid> for Slice {
    fn from(slice: &ApproverByOid) -> Self {
        Self {
            values: slice.values.clone(),
            required: slice.required.unwrap_or(false),
            validations: slice.validations.clone(),
        }
    }
}

impl From<&ApproverText> for Slice {
    /// An empty value matches nothing.
    fn from(text: &ApproverText) -> Self {
        let one = |value: &String| if value.is_empty() { Vec::new() } else { vec![value.clone()] };
        Self {
            values: text.value.as_ref().map(one),
            required: text.required.unwrap_or(false),
            validations: text.validations.clone(),
        }
    }
}

/// How values are compared with patterns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Host,
    Text,
}

impl Rule {
    pub(super) fn compile(spec: &ApproverPolicy, at: &Path, faults: &mut Faults) -> Self {
        let mut fault =
            |at: Path, message: String| faults.error(Diagnostic::new(codes::DOCUMENT_COMPAT, message), &at);
        match &spec.selector {
            Some(selector) if selector.issuer_ref.is_some() || selector.namespace.is_some() => {}
            _ => fault(at.join("selector"), "a selector has issuerRef or namespace".to_owned()),
        }
        let allowed = spec.allowed.clone().unwrap_or_default();
        let here = at.join("allowed");
        for (name, slice) in fields(&allowed) {
            if slice.as_ref().is_some_and(|slice| slice.required && slice.says_nothing()) {
                fault(here.join(name).join("required"), "required asks for values or validations".to_owned());
            }
        }
        let subject = allowed.subject.clone().unwrap_or_default();
        let others = allowed.other_names.iter().map(|other| ("otherNames", other));
        let attributes = subject.other_attributes.iter().map(|other| ("otherAttributes", other));
        for (field, other) in others.chain(attributes) {
            let at = here.join(field);
            let Some(oid) = other.oid.as_deref().and_then(Oid::parse) else {
                let message =
                    format!("{} is no object identifier", quote(other.oid.as_deref().unwrap_or("")));
                fault(at, message);
                continue;
            };
            if other.required == Some(true) && Slice::from(other).says_nothing() {
                fault(at.clone(), "required asks for values or validations".to_owned());
            }
            if field == "otherAttributes" && (oid == oid::COMMON_NAME || named(&oid).is_some()) {
                fault(at, format!("the attribute {oid} has a field of its own"));
            }
        }
        let constraints = spec.constraints.clone().unwrap_or_default();
        let here = at.join("constraints");
        if let (Some(min), Some(max)) = (constraints.min_duration, constraints.max_duration)
            && min.0 > max.0
        {
            fault(here.join("minDuration"), "minDuration is above maxDuration".to_owned());
        }
        let key = constraints.private_key.unwrap_or_default();
        let here = here.join("privateKey");
        if let Some(unknown) =
            key.algorithm.as_deref().filter(|name| !["RSA", "ECDSA", "Ed25519"].contains(name))
        {
            fault(here.join("algorithm"), format!("{} is no algorithm", quote(unknown)));
        }
        let sized = key.min_size.is_some() || key.max_size.is_some();
        if key.algorithm.as_deref() == Some("Ed25519") && sized {
            fault(here.clone(), "keys of Ed25519 have one size".to_owned());
        }
        if let (Some(min), Some(max)) = (key.min_size, key.max_size)
            && min > max
        {
            fault(here.join("minSize"), "minSize is above maxSize".to_owned());
        }
        let validations = compile_validations(&allowed, &at.join("allowed"), faults);
        Self { spec: spec.clone(), validations, at: at.clone() }
    }

    pub(super) fn judge(&self, case: &mut Case<'_>) -> Result<Issued, Stop> {
        self.select(case)?;
        let mut found = Violations {
            at: self.at.join("allowed"),
            list: Vec::new(),
            validations: &self.validations,
            variables: self.validations.bind(case.context),
        };
        let allowed = self.spec.allowed.clone().unwrap_or_default();
        judge_names(&allowed, case, &mut found);
        judge_subject(&allowed, case, &mut found);
        if case.context.ca() == Some(true) && allowed.is_ca != Some(true) && !planted::is_planted(10) {
            let at = steps!["context", "parameters", "isCA"];
            found.add(codes::COMPAT_REQUEST, "a certificate of a CA is asked for", at, "isCA");
        }
        judge_usages(&allowed, case, &mut found);
        found.at = self.at.join("constraints");
        self.judge_constraints(case, &mut found);
        for plugin in self.spec.plugins.keys() {
            if case.fact(&format!("plugin-{plugin}")) != Some("allowed") {
                found.at = self.at.join("plugins");
                let message = format!("the plugin {} does not agree", quote(plugin));
                found.add(codes::COMPAT_REQUEST, message, steps!["context", "facts"], plugin.clone());
            }
        }
        if found.list.is_empty() { self.issued(case) } else { Err(Stop::Denied(found.list)) }
    }

    /// What cert-manager's issuers make of the request.
    fn issued(&self, case: &Case<'_>) -> Result<Issued, Stop> {
        let words = case.context.usages().unwrap_or_default();
        let (mut key_usage, extended_key_usage) = usages::resolve(words.iter().map(String::as_str));
        let ca = case.context.ca() == Some(true);
        if words.is_empty() {
            key_usage = [KeyUsageBit::DigitalSignature, KeyUsageBit::KeyEncipherment]
                .into_iter()
                .collect::<KeyUsage>();
        }
        if ca {
            key_usage = key_usage.union([KeyUsageBit::KeyCertSign].into_iter().collect());
        }
        let now = case.context.at();
        let seconds = case.context.duration().map_or(DEFAULT_DURATION, crate::time::Duration::as_seconds);
        Ok(Issued {
            subject: seen::whole_subject(case.request),
            names: case.request.subject_alt_names().to_vec(),
            key_usage,
            extended_key_usage,
            basic_constraints: BasicConstraints { ca, path_length: None },
            not_before: now,
            not_after: later(now, seconds)?,
            extensions: Vec::new(),
        })
    }

    fn select(&self, case: &Case<'_>) -> Result<(), Stop> {
        let selector = self.spec.selector.clone().unwrap_or_default();
        let at = self.at.join("selector");
        if let Some(usable) = case.context.fact("usablePolicies")
            && !usable.iter().any(|name| name == case.id)
        {
            let message = format!("the requester may not use the policy {}", quote(case.id));
            return Err(not_applicable(
                message,
                steps!["context", "facts", "usablePolicies"],
                self.at.clone(),
            ));
        }
        if let Some(issuer) = &selector.issuer_ref {
            let asked = case.context.issuer().cloned().unwrap_or_default();
            let or = |text: &str, default: &str| {
                if text.is_empty() { default.to_owned() } else { text.to_owned() }
            };
            for (field, pattern, value) in [
                ("name", &issuer.name, asked.name.clone()),
                ("kind", &issuer.kind, or(&asked.kind, "Issuer")),
                ("group", &issuer.group, or(&asked.group, "cert-manager.io")),
            ] {
                let misses = pattern.as_ref().is_some_and(|pattern| !go::glob(pattern, &value));
                if misses && !planted::is_planted(11) {
                    let message = format!("the issuer's {field} {} is not selected", quote(&value));
                    let rule = at.join("issuerRef").join(field);
                    return Err(not_applicable(message, steps!["context", "issuer", field], rule));
                }
            }
        }
        if let Some(namespace) = &selector.namespace {
            let value = case.context.namespace().unwrap_or_default();
            let names = namespace.match_names.as_deref().unwrap_or_default();
            if !names.is_empty() && !names.iter().any(|pattern| go::glob(pattern, value)) {
                let message = format!("the namespace {} is not selected", quote(value));
                let rule = at.join("namespace").join("matchNames");
                return Err(not_applicable(message, steps!["context", "namespace"], rule));
            }
            for (label, wanted) in &namespace.match_labels {
                if case.fact(&format!("namespaceLabel-{label}")) != Some(wanted.as_str()) {
                    let message = format!("the namespace has no label {}={}", quote(label), quote(wanted));
                    let rule = at.join("namespace").join("matchLabels").join(label.clone());
                    return Err(not_applicable(message, steps!["context", "facts"], rule));
                }
            }
        }
        Ok(())
    }

    fn judge_constraints(&self, case: &Case<'_>, found: &mut Violations<'_>) {
        let Some(constraints) = &self.spec.constraints else { return };
        let asked = case.context.duration().map(crate::time::Duration::as_seconds);
        let at = steps!["context", "duration"];
        let bounds = [
            ("minDuration", constraints.min_duration, std::cmp::Ordering::Less),
            ("maxDuration", constraints.max_duration, std::cmp::Ordering::Greater),
        ];
        for (field, bound, wrong) in bounds {
            let Some(bound) = bound else { continue };
            match asked {
                None => found.add(codes::COMPAT_VALIDITY, "no duration is asked for", at.clone(), field),
                Some(asked) if asked.cmp(&bound.0) == wrong => {
                    let message = format!("the duration of {asked} seconds breaks {field}, {}", bound.0);
                    found.add(codes::COMPAT_VALIDITY, message, at.clone(), field);
                }
                Some(_) => {}
            }
        }
        let Some(wanted) = &constraints.private_key else { return };
        found.at = found.at.join("privateKey");
        let key = case.request.public_key();
        let (algorithm, size): (&str, i64) = match key.material() {
            KeyMaterial::Rsa { key, .. } => ("RSA", i64::from(key.bits())),
            KeyMaterial::Ec { curve, .. } => ("ECDSA", i64::from(curve.bits())),
            KeyMaterial::Ed25519(_) if case.keeps(Quirk::Ed25519SizeUnknown) => ("Ed25519", -1),
            KeyMaterial::Ed25519(_) => ("Ed25519", 256),
            KeyMaterial::Unsupported { name } if name.ends_with("P-224") => ("ECDSA", 224),
            KeyMaterial::Unsupported { .. } => ("", -1),
        };
        let at = steps!["subjectPublicKeyInfo"];
        if let Some(other) = wanted.algorithm.as_deref().filter(|wanted| *wanted != algorithm) {
            let message = format!("the key is {}, and {other} is asked for", key.name());
            found.add(codes::COMPAT_KEY, message, at.clone(), "algorithm");
        }
        if let Some(min) = wanted.min_size.filter(|min| size < i64::from(*min)) {
            found.add(
                codes::COMPAT_KEY,
                format!("the key is smaller than {min} bits"),
                at.clone(),
                "minSize",
            );
        }
        if let Some(max) = wanted.max_size.filter(|max| size > i64::from(*max))
            && !planted::is_planted(12)
        {
            found.add(codes::COMPAT_KEY, format!("the key is larger than {max} bits"), at, "maxSize");
        }
    }
}

/// The fields whose slices may be required.
fn fields(allowed: &ApproverAllowed) -> Vec<(&'static str, Option<Slice>)> {
    let subject = allowed.subject.clone().unwrap_or_default();
    let slice = |slice: &Option<ApproverSlice>| slice.as_ref().map(Slice::from);
    vec![
        ("commonName", allowed.common_name.as_ref().map(Slice::from)),
        ("dnsNames", slice(&allowed.dns_names)),
        ("ipAddresses", slice(&allowed.ip_addresses)),
        ("uris", slice(&allowed.uris)),
        ("emailAddresses", slice(&allowed.email_addresses)),
        ("organizations", slice(&subject.organizations)),
        ("countries", slice(&subject.countries)),
        ("organizationalUnits", slice(&subject.organizational_units)),
        ("localities", slice(&subject.localities)),
        ("provinces", slice(&subject.provinces)),
        ("streetAddresses", slice(&subject.street_addresses)),
        ("postalCodes", slice(&subject.postal_codes)),
        ("serialNumber", subject.serial_number.as_ref().map(Slice::from)),
    ]
}

/// The validations of all fields.
fn compile_validations(allowed: &ApproverAllowed, at: &Path, faults: &mut Faults) -> Validations {
    let mut compiled = Validations::default();
    let in_subject = |name: &str| FIELDS.iter().any(|(field, _)| *field == name);
    for (name, slice) in fields(allowed) {
        let at = if in_subject(name) { at.join("subject").join(name) } else { at.join(name) };
        compiled.add(&slice.unwrap_or_default().validations, &at.join("validations"), faults);
    }
    for (index, other) in allowed.other_names.iter().enumerate() {
        let at = at.join("otherNames").join(index).join("validations");
        compiled.add(&other.validations, &at, faults);
    }
    let subject = allowed.subject.as_ref();
    let attributes = subject.map(|subject| subject.other_attributes.as_slice()).unwrap_or_default();
    for (index, other) in attributes.iter().enumerate() {
        let at = at.join("subject").join("otherAttributes").join(index).join("validations");
        compiled.add(&other.validations, &at, faults);
    }
    compiled
}

/// The field of a subject attribute.
fn named(oid: &Oid) -> Option<&'static str> {
    let name = oid.name()?;
    FIELDS.iter().find(|(_, attribute)| *attribute == name).map(|(field, _)| *field)
}

struct Violations<'a> {
    at: Path,
    list: Vec<Diagnostic>,
    validations: &'a Validations,
    variables: RequestVariables,
}

impl Violations<'_> {
    fn add(&mut self, code: Code, message: impl Into<String>, at: Path, field: impl Into<Step>) {
        self.list.push(Diagnostic::new(code, message).at(at).with_rule(self.at.join(field)));
    }

    /// The values of one field against what is allowed of it.
    fn judge(
        &mut self,
        code: Code,
        field: &'static str,
        slice: Option<&Slice>,
        values: &[Placed],
        fits: &Fits<'_>,
    ) {
        let required = slice.is_some_and(|slice| slice.required) && !planted::is_planted(13);
        if values.is_empty() && required {
            self.add(code, format!("{field} is required"), steps!["subject"], field);
        }
        for value in values {
            let allowed = slice.is_some_and(|slice| match &slice.values {
                Some(values) => values.iter().any(|pattern| fits(pattern, &value.text)),
                None => !slice.says_nothing(),
            });
            if !allowed {
                let message = format!("{} is not allowed by {field}", quote(&value.text));
                self.add(code, message, value.at.clone(), field);
            }
            let rules = slice.map(|slice| slice.validations.as_slice()).unwrap_or_default();
            if rules.is_empty() {
                continue;
            }
            for message in self.validations.violations(rules, &value.text, &mut self.variables) {
                self.add(code, message, value.at.clone(), field);
            }
        }
    }
}

/// Whether a pattern matches a value.
type Fits<'a> = dyn Fn(&str, &str) -> bool + 'a;

fn judge_names(allowed: &ApproverAllowed, case: &Case<'_>, found: &mut Violations<'_>) {
    let names = Names::of(case.request);
    let slices = fields(allowed);
    let slice =
        |field: &str| slices.iter().find(|(name, _)| *name == field).and_then(|(_, slice)| slice.as_ref());
    let matcher = |kind: Kind| {
        move |pattern: &str, value: &str| {
            let normal = |text: &str| go::to_ascii(&text.to_lowercase()).unwrap_or_else(|| text.to_owned());
            let (pattern, value) = if kind == Kind::Host && !case.keeps(Quirk::NoIdna) {
                (normal(pattern), normal(value))
            } else {
                (pattern.to_owned(), value.to_owned())
            };
            if kind == Kind::Host && !case.keeps(Quirk::StarSpansDots) {
                return go::glob_in_label(&pattern, &value);
            }
            go::glob(&pattern, &value)
        }
    };
    let (host, text) = (matcher(Kind::Host), matcher(Kind::Text));
    let code = codes::COMPAT_NAME;
    found.judge(code, "dnsNames", slice("dnsNames"), &names.dns, &host);
    let addresses: Vec<Placed> =
        names.ip.iter().map(|(address, at)| Placed::new(address.to_string(), at.clone())).collect();
    found.judge(code, "ipAddresses", slice("ipAddresses"), &addresses, &text);
    found.judge(code, "uris", slice("uris"), &names.uri, &text);
    found.judge(code, "emailAddresses", slice("emailAddresses"), &names.email, &text);
    for (other, at) in &names.other {
        let rule = allowed.other_names.iter().find(|rule| has_oid(rule, &other.oid)).map(Slice::from);
        let shown = match &other.string {
            Some((_, text)) => text.clone(),
            None => crate::name::hex(&other.value),
        };
        found.judge(code, "otherNames", rule.as_ref(), &[Placed::new(shown, at.clone())], &text);
    }
    for rule in &allowed.other_names {
        if rule.required == Some(true) && !names.other.iter().any(|(other, _)| has_oid(rule, &other.oid)) {
            found.add(code, "an otherName is required", steps!["extensions", "subjectAltName"], "otherNames");
        }
    }
    for at in &names.unseen {
        found.add(code, "a name of this kind is never allowed", at.clone(), "otherNames");
    }
}

fn has_oid(rule: &ApproverByOid, oid: &Oid) -> bool {
    rule.oid.as_deref().and_then(Oid::parse).as_ref() == Some(oid)
}

fn judge_subject(allowed: &ApproverAllowed, case: &Case<'_>, found: &mut Violations<'_>) {
    let slices = fields(allowed);
    let slice =
        |field: &str| slices.iter().find(|(name, _)| *name == field).and_then(|(_, slice)| slice.as_ref());
    let fits = |pattern: &str, value: &str| go::glob(pattern, value);
    let code = codes::COMPAT_SUBJECT;
    let subject = allowed.subject.clone().unwrap_or_default();
    let known: Vec<(&str, Oid)> = std::iter::once(("commonName", Some(oid::COMMON_NAME)))
        .chain(FIELDS.iter().map(|(field, name)| (*field, seen::attribute(name))))
        .filter_map(|(field, oid)| oid.map(|oid| (field, oid)))
        .collect();
    for (field, oid) in &known {
        // An empty value counts as absent.
        let values: Vec<Placed> = seen::values(case.request, oid)
            .filter_map(|(text, at)| text.filter(|text| !text.is_empty()).map(|text| Placed::new(text, at)))
            .collect();
        found.judge(code, field, slice(field), &values, &fits);
    }
    for (index, attribute) in case.request.subject().attributes().iter().enumerate() {
        let oid = attribute.oid();
        let at = steps!["subject", index, oid.label()];
        let Some(text) = attribute.text() else {
            found.add(code, "an attribute of the subject is no string", at, "subject");
            continue;
        };
        if known.iter().any(|(_, known)| known == oid) {
            continue;
        }
        let rule = subject.other_attributes.iter().find(|rule| has_oid(rule, oid)).map(Slice::from);
        found.judge(code, "otherAttributes", rule.as_ref(), &[Placed::new(text, at)], &fits);
    }
    for rule in subject.other_attributes.iter().filter(|rule| rule.required == Some(true)) {
        let mut attributes = case.request.subject().attributes().iter();
        if !attributes.any(|attribute| has_oid(rule, attribute.oid())) {
            found.add(code, "an attribute of the subject is required", steps!["subject"], "otherAttributes");
        }
    }
}

fn judge_usages(allowed: &ApproverAllowed, case: &Case<'_>, found: &mut Violations<'_>) {
    let patterns = allowed.usages.as_deref().unwrap_or_default();
    for (index, word) in case.context.usages().unwrap_or_default().iter().enumerate() {
        let fits = |pattern: &String| {
            if case.keeps(Quirk::UsagesAsText) {
                go::glob(pattern, word)
            } else {
                go::glob(normal_usage(pattern), normal_usage(word)) || go::glob(pattern, word)
            }
        };
        if !patterns.iter().any(fits) {
            let message = format!("the usage {} is not allowed", quote(word));
            found.add(codes::COMPAT_USAGE, message, steps!["context", "usages", index], "usages");
        }
    }
}
