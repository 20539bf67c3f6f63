//! How to make a request that a policy allows: the one at hand without what was refused, as an `openssl` command and as a
//! cert-manager Certificate.

use certgate::policy::document::{DnsPattern, PolicyDocument, Presence, TextPattern};
use serde::Serialize;

use crate::policy::{Decision, Policy};
use crate::view::{DiagnosticView, RequestView, StepView};

/// A new request in two forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MendView {
    /// What the new request leaves out, in the words of the old one.
    pub left_out: Vec<String>,
    /// Whether a key must be made, because the old one is refused.
    pub new_key: bool,
    /// Texts in capitals that whoever makes the request must replace.
    pub to_replace: Vec<String>,
    /// An `openssl req` command in the syntax of POSIX shells.
    pub openssl: String,
    /// A cert-manager `Certificate` in YAML.
    pub cert_manager: String,
}

/// What the new request holds.
struct Plan {
    subject: Vec<(String, String)>,
    names: Vec<(String, String)>,
    extended_key_usage: Vec<String>,
    path_length: Option<u32>,
    key: Key,
    left_out: Vec<String>,
    to_replace: Vec<String>,
    hours: i64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The key of the request, which is none of the policy's concern.
    Kept(Algorithm),
    New(Algorithm),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rsa(u32),
    Ec(u32),
    Ed25519,
}

/// The request of a decision, mended.
pub fn mend(policy: &Policy, decision: &Decision) -> MendView {
    let plan = Plan::new(policy.as_core().document(), decision);
    MendView {
        openssl: plan.openssl(),
        cert_manager: plan.cert_manager(),
        new_key: matches!(plan.key, Key::New(_)),
        left_out: plan.left_out,
        to_replace: plan.to_replace,
    }
}

impl Plan {
    fn new(document: &PolicyDocument, decision: &Decision) -> Self {
        let request = decision.request().view();
        let mut reasons = decision.reasons();
        reasons.extend(request.findings.iter().filter(|finding| finding.severity == "error").cloned());
        let mut plan = Self {
            subject: Vec::new(),
            names: Vec::new(),
            extended_key_usage: Vec::new(),
            path_length: document.ca.as_ref().map(|ca| ca.max_path_length),
            key: key(document, &request, &reasons),
            left_out: Vec::new(),
            to_replace: Vec::new(),
            hours: hours(document),
        };
        plan.keep_names(document, &request, &reasons);
        plan.keep_subject(document, &request, &reasons);
        plan.keep_usages(document, &request, &reasons);
        plan
    }

    fn keep_names(&mut self, document: &PolicyDocument, request: &RequestView, reasons: &[DiagnosticView]) {
        let forbidden = document.names.presence == Some(Presence::Forbidden);
        for (index, name) in request.subject_alt_names.iter().enumerate() {
            let refused = forbidden || concerns(reasons, &["extensions", "subjectAltName"], index);
            let kind = openssl_kind(&name.kind).filter(|_| is_plain(&name.value));
            match kind {
                Some(_) if !refused => self.names.push((name.kind.clone(), name.value.clone())),
                _ => self.left_out.push(name.value.clone()),
            }
        }
        let optional = document.names.presence == Some(Presence::Optional);
        if self.names.is_empty() && !forbidden && !optional {
            let patterns = document.names.dns.iter().flat_map(|dns| &dns.allow);
            if let Some(name) = patterns.into_iter().find_map(example) {
                if name.contains("NAME") {
                    self.to_replace.push("NAME".to_owned());
                }
                self.names.push(("dNSName".to_owned(), name));
            }
        }
    }

    fn keep_subject(&mut self, document: &PolicyDocument, request: &RequestView, reasons: &[DiagnosticView]) {
        let among = |value: &str| self.names.iter().any(|(_, name)| name.eq_ignore_ascii_case(value));
        let was_name =
            |value: &str| request.subject_alt_names.iter().any(|name| name.value.eq_ignore_ascii_case(value));
        for (index, attribute) in request.subject.attributes.iter().enumerate() {
            let Some(value) = attribute.value.as_deref().filter(|value| is_shown(value)) else { continue };
            let orphan = attribute.kind == "commonName" && was_name(value) && !among(value);
            if concerns(reasons, &["subject"], index) || refused_type(reasons, &attribute.kind) || orphan {
                self.left_out.push(format!("{}={value}", attribute.kind));
            } else {
                self.subject.push((attribute.kind.clone(), value.to_owned()));
            }
        }
        let needs_name = document.subject.common_name.presence == Some(Presence::Required);
        if needs_name && !self.subject.iter().any(|(kind, _)| kind == "commonName") {
            let first = self.names.first().map(|(_, name)| name.clone());
            let exact = document.subject.common_name.allow.iter().find_map(exact_text);
            let value = first.or(exact).unwrap_or_else(|| "COMMON-NAME".to_owned());
            if value == "COMMON-NAME" {
                self.to_replace.push(value.clone());
            }
            self.subject.push(("commonName".to_owned(), value));
        }
        for (oid, rule) in &document.subject.attributes {
            let kind = oid.0.label();
            if rule.presence == Some(Presence::Required) && !self.subject.iter().any(|(of, _)| *of == kind) {
                let given = rule.exactly.clone();
                let values =
                    given.or_else(|| rule.allow.iter().find_map(exact_text).map(|value| vec![value]));
                let values = values.unwrap_or_else(|| {
                    self.to_replace.push(kind.to_uppercase());
                    vec![kind.to_uppercase()]
                });
                self.subject.extend(values.into_iter().map(|value| (kind.clone(), value)));
            }
        }
    }

    fn keep_usages(&mut self, document: &PolicyDocument, request: &RequestView, reasons: &[DiagnosticView]) {
        let refused =
            reasons.iter().any(|reason| starts_with(&reason.path, &["extensions", "extendedKeyUsage"]));
        let asked = request.extensions.iter().filter_map(|extension| extension.extended_key_usage.as_ref());
        if !refused {
            self.extended_key_usage = asked.flatten().cloned().collect();
        }
        let required = document.usages.extended.iter().flat_map(|rule| &rule.require);
        for purpose in required {
            if !self.extended_key_usage.contains(purpose) {
                self.extended_key_usage.push(purpose.clone());
            }
        }
        if refused {
            self.left_out.push("extendedKeyUsage".to_owned());
        }
        const UNDERSTOOD: [&str; 2] = ["subjectAltName", "extendedKeyUsage"];
        for extension in
            request.extensions.iter().filter(|extension| !UNDERSTOOD.contains(&extension.kind.as_str()))
        {
            let of_ca = extension.kind == "basicConstraints" && self.path_length.is_some();
            if !of_ca
                && reasons.iter().any(|reason| starts_with(&reason.path, &["extensions", &extension.kind]))
            {
                self.left_out.push(extension.kind.clone());
            }
        }
    }

    fn openssl(&self) -> String {
        let (key, output) = match self.key {
            Key::Kept(_) => ("-key request.key".to_owned(), "mended.pem"),
            Key::New(algorithm) => {
                (format!("{} -noenc -keyout request.key", algorithm.openssl()), "request.pem")
            }
        };
        let mut lines = vec![format!("openssl req -new {key} -out {output}")];
        let subject: String = self.subject.iter().map(|(kind, value)| relative_name(kind, value)).collect();
        let subject = if subject.is_empty() { "/".to_owned() } else { subject };
        let utf8 = if subject.is_ascii() { "" } else { "-utf8 " };
        lines.push(format!("  {utf8}-subj {}", quoted(&subject)));
        let names: Vec<String> = self
            .names
            .iter()
            .filter_map(|(kind, value)| Some(format!("{}:{value}", openssl_kind(kind)?)))
            .collect();
        if !names.is_empty() {
            lines.push(format!("  -addext {}", quoted(&format!("subjectAltName={}", names.join(",")))));
        }
        if !self.extended_key_usage.is_empty() {
            let purposes = self.extended_key_usage.join(",");
            lines.push(format!("  -addext {}", quoted(&format!("extendedKeyUsage={purposes}"))));
        }
        if let Some(length) = self.path_length {
            lines.push(format!(
                "  -addext {}",
                quoted(&format!("basicConstraints=critical,CA:TRUE,pathlen:{length}"))
            ));
        }
        lines.join(" \\\n")
    }

    fn cert_manager(&self) -> String {
        let text = |value: &str| serde_json::Value::from(value).to_string();
        let mut lines: Vec<String> = [
            "apiVersion: cert-manager.io/v1",
            "kind: Certificate",
            "metadata:",
            "  name: request",
            "spec:",
            "  secretName: request-tls",
            "  issuerRef: { name: ISSUER, kind: ClusterIssuer }",
        ]
        .map(str::to_owned)
        .to_vec();
        lines.push(format!("  duration: {}h", self.hours));
        let values_of = |wanted: &str, from: &[(String, String)]| -> Vec<String> {
            from.iter().filter(|(kind, _)| kind == wanted).map(|(_, value)| text(value)).collect()
        };
        if let Some(name) = values_of("commonName", &self.subject).first() {
            lines.push(format!("  commonName: {name}"));
        }
        let fields: Vec<String> = SUBJECT_FIELDS
            .iter()
            .filter_map(|(kind, field)| {
                let values = values_of(kind, &self.subject);
                (!values.is_empty()).then(|| format!("    {field}: [{}]", values.join(", ")))
            })
            .collect();
        if !fields.is_empty() {
            lines.push("  subject:".to_owned());
            lines.extend(fields);
        }
        for (kind, field) in NAME_FIELDS {
            let values = values_of(kind, &self.names);
            if !values.is_empty() {
                lines.push(format!("  {field}: [{}]", values.join(", ")));
            }
        }
        let usages: Vec<&str> =
            self.extended_key_usage.iter().filter_map(|usage| usage_word(usage)).collect();
        if !usages.is_empty() {
            lines.push(format!("  usages: [{}]", usages.join(", ")));
        }
        if self.path_length.is_some() {
            lines.push("  isCA: true".to_owned());
        }
        let (Key::Kept(algorithm) | Key::New(algorithm)) = self.key;
        lines.push(format!("  privateKey: {{ {}, rotationPolicy: Always }}", algorithm.cert_manager()));
        lines.push(String::new());
        lines.join("\n")
    }
}

impl Algorithm {
    fn openssl(self) -> String {
        match self {
            Self::Rsa(bits) => format!("-newkey rsa:{bits}"),
            Self::Ec(bits) => format!("-newkey ec -pkeyopt ec_paramgen_curve:P-{bits}"),
            Self::Ed25519 => "-newkey ed25519".to_owned(),
        }
    }

    fn cert_manager(self) -> String {
        match self {
            Self::Rsa(bits) => format!("algorithm: RSA, size: {bits}"),
            Self::Ec(bits) => format!("algorithm: ECDSA, size: {bits}"),
            Self::Ed25519 => "algorithm: Ed25519".to_owned(),
        }
    }
}

/// What `CertificateSpec.subject` of cert-manager calls attributes.
const SUBJECT_FIELDS: [(&str, &str); 7] = [
    ("organizationName", "organizations"),
    ("organizationalUnitName", "organizationalUnits"),
    ("countryName", "countries"),
    ("localityName", "localities"),
    ("stateOrProvinceName", "provinces"),
    ("streetAddress", "streetAddresses"),
    ("postalCode", "postalCodes"),
];

/// What `CertificateSpec` of cert-manager calls names.
const NAME_FIELDS: [(&str, &str); 4] = [
    ("dNSName", "dnsNames"),
    ("iPAddress", "ipAddresses"),
    ("rfc822Name", "emailAddresses"),
    ("uniformResourceIdentifier", "uris"),
];

fn openssl_kind(kind: &str) -> Option<&'static str> {
    match kind {
        "dNSName" => Some("DNS"),
        "iPAddress" => Some("IP"),
        "rfc822Name" => Some("email"),
        "uniformResourceIdentifier" => Some("URI"),
        _ => None,
    }
}

/// What cert-manager calls a purpose.
fn usage_word(purpose: &str) -> Option<&'static str> {
    match purpose {
        "serverAuth" => Some("server auth"),
        "clientAuth" => Some("client auth"),
        "codeSigning" => Some("code signing"),
        "emailProtection" => Some("email protection"),
        "timeStamping" => Some("timestamping"),
        "OCSPSigning" => Some("ocsp signing"),
        _ => None,
    }
}

/// The key that was sent if nothing is said against it, else the first of the policy's.
fn key(document: &PolicyDocument, request: &RequestView, reasons: &[DiagnosticView]) -> Key {
    const OF_KEY: [&str; 4] = ["subjectPublicKeyInfo", "signatureAlgorithm", "signature", "subjectPKInfo"];
    let refused = reasons.iter().any(|reason| OF_KEY.iter().any(|field| starts_with(&reason.path, &[field])));
    let key = &request.public_key;
    let found = match (key.algorithm.as_deref(), key.bits) {
        (Some("RSA"), Some(bits)) => Some(Algorithm::Rsa(bits)),
        (Some("EC"), Some(bits)) => Some(Algorithm::Ec(bits)),
        (Some("Ed25519"), _) => Some(Algorithm::Ed25519),
        _ => None,
    };
    match found {
        Some(algorithm) if !refused => Key::Kept(algorithm),
        _ => Key::New(first_key(document)),
    }
}

fn first_key(document: &PolicyDocument) -> Algorithm {
    let keys = &document.keys;
    let curve =
        keys.ec.iter().flat_map(|ec| &ec.curves).find_map(|curve| curve.strip_prefix("P-")?.parse().ok());
    if let Some(bits) = curve {
        return Algorithm::Ec(bits);
    }
    match &keys.rsa {
        Some(rsa) if keys.ed25519.is_none() => {
            Algorithm::Rsa(rsa.sizes.first().copied().or(rsa.min).unwrap_or(2048))
        }
        _ => Algorithm::Ed25519,
    }
}

/// Whole hours of the lifetime that the policy gives; cert-manager wants at least one.
fn hours(document: &PolicyDocument) -> i64 {
    let validity = &document.validity;
    let lifetime = validity.default.as_ref().unwrap_or(&validity.max);
    (lifetime.0.as_seconds() / 3600).max(1)
}

/// Whether a reason is about the item at `index` of what `path` names.
fn concerns(reasons: &[DiagnosticView], path: &[&str], index: usize) -> bool {
    reasons.iter().any(|reason| {
        starts_with(&reason.path, path)
            && matches!(reason.path.get(path.len()), Some(StepView::Index(found)) if *found == index)
    })
}

/// Whether all subject attributes of a type are refused together: they are forbidden, or not exactly what they must be.
fn refused_type(reasons: &[DiagnosticView], kind: &str) -> bool {
    reasons.iter().filter(|reason| starts_with(&reason.path, &["subject"]) && reason.path.len() == 1).any(
        |reason| {
            let rule = reason.rule.as_deref().unwrap_or_default();
            ["presence", "exactly"]
                .iter()
                .any(|field| starts_with(rule, &["subject", "attributes", kind, field]))
        },
    )
}

fn starts_with(path: &[StepView], fields: &[&str]) -> bool {
    fields.len() <= path.len()
        && path.iter().zip(fields).all(|(step, field)| matches!(step, StepView::Field(name) if name == field))
}

/// A name that the pattern allows, with `NAME` where anything may stand.
fn example(pattern: &DnsPattern) -> Option<String> {
    match pattern {
        DnsPattern::Exact(name) if !name.contains("${") => Some(name.clone()),
        DnsPattern::OneLabel(domain) | DnsPattern::Under { domain, .. } if !domain.contains("${") => {
            Some(format!("NAME.{domain}"))
        }
        _ => None,
    }
}

fn exact_text(pattern: &TextPattern) -> Option<String> {
    let text = serde_json::to_value(pattern).ok()?.as_str()?.to_owned();
    (!text.contains("${")).then_some(text)
}

/// Characters that mean nothing to openssl's configuration syntax, in names that it reads from there.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*:/@%?=&~+".contains(&byte))
}

/// Texts without characters that cannot be seen, or that turn the reading around.
fn is_shown(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}'))
}

/// One `/type=value` of `-subj`, in which `/`, `+` and `\` are escaped.
fn relative_name(kind: &str, value: &str) -> String {
    let mut text = format!("/{kind}=");
    for c in value.chars() {
        if matches!(c, '/' | '+' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// A word for POSIX shells.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
