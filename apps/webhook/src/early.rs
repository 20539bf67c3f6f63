//! What cert-manager will ask for, judged before it does: its Certificates, and Gateways for whose listeners it makes some.
//!
//! The request itself comes later, with a key of its own, and is judged then; the answer here only comes early, to who can still
//! change the object. So what cannot be foreseen (a `literalSubject`, a size of key that certgate has no sample of, annotations
//! that versions of cert-manager read differently) is let through.

use std::collections::BTreeMap;

use certgate_bindings::cases::RequestDescription;
use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::policy::document::DurationText;
use certgate_bindings::kubernetes::{CERT_SIGN, KubernetesRequest, check_usages, given, parse_duration};
use certgate_bindings::view::DiagnosticView;
use certgate_bindings::{ContextDocument, IssuerDocument, RequesterDocument};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Early;

/// The lifetime and the usages of a Certificate that names none.
const DURATION: &str = "2160h";
const USAGES: [&str; 2] = ["digital signature", "key encipherment"];

/// Most requests of one Gateway that are looked at. The API has at most 64 listeners, each with at most 64 Secrets, and every
/// request is signed.
const REQUESTS: usize = 64;

type Faults = Vec<DiagnosticView>;

/// A request that will be made.
pub(crate) struct Foreseen {
    /// The Secret that it is for, where an object leads to more than one.
    pub(crate) secret: Option<String>,
    pub(crate) request: KubernetesRequest,
}

/// Why there is no request to be foreseen.
pub(crate) struct Unforeseen {
    pub(crate) faults: Vec<DiagnosticView>,
    /// Who would ask for it and where, if that can be read.
    pub(crate) context: Option<Box<ContextDocument>>,
}

impl From<Faults> for Unforeseen {
    fn from(faults: Faults) -> Self {
        Self { faults, context: None }
    }
}

#[derive(Deserialize)]
struct Certificate {
    #[serde(default)]
    metadata: Metadata,
    spec: CertificateSpec,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CertificateSpec {
    common_name: Option<String>,
    subject: Subject,
    literal_subject: Option<String>,
    dns_names: Vec<String>,
    ip_addresses: Vec<String>,
    uris: Vec<String>,
    email_addresses: Vec<String>,
    other_names: Vec<OtherName>,
    #[serde(rename = "isCA")]
    is_ca: bool,
    duration: Option<String>,
    usages: Vec<String>,
    issuer_ref: IssuerRef,
    private_key: Key,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Subject {
    countries: Vec<String>,
    organizations: Vec<String>,
    organizational_units: Vec<String>,
    localities: Vec<String>,
    provinces: Vec<String>,
    street_addresses: Vec<String>,
    postal_codes: Vec<String>,
    serial_number: Option<String>,
}

#[derive(Deserialize)]
struct OtherName {
    oid: String,
    #[serde(rename = "utf8Value")]
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IssuerRef {
    name: String,
    kind: Option<String>,
    group: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Key {
    algorithm: Option<String>,
    size: u32,
}

#[derive(Deserialize)]
struct Gateway {
    #[serde(default)]
    metadata: Metadata,
    spec: GatewaySpec,
}

#[derive(Deserialize)]
struct GatewaySpec {
    #[serde(default)]
    listeners: Vec<Listener>,
}

#[derive(Deserialize)]
struct Listener {
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    tls: Option<ListenerTls>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListenerTls {
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    certificate_refs: Vec<SecretRef>,
}

#[derive(Deserialize)]
struct SecretRef {
    #[serde(default)]
    group: String,
    #[serde(default)]
    kind: Option<String>,
    name: String,
    #[serde(default)]
    namespace: Option<String>,
}

/// The request that a Certificate leads to.
///
/// # Errors
/// An object that is no Certificate, or names no request can have.
pub(crate) fn of_certificate(text: &str, early: &Early) -> Result<Vec<Foreseen>, Unforeseen> {
    let Certificate { metadata, spec } = read(text)?;
    let request = foresee(&metadata.name, metadata.namespace.as_deref(), spec, early)?;
    Ok(request.into_iter().map(|request| Foreseen { secret: None, request }).collect())
}

/// The requests that cert-manager makes for the listeners of an annotated Gateway, one for each Secret.
///
/// # Errors
/// An object that is no Gateway, or names no request can have.
pub(crate) fn of_gateway(text: &str, early: &Early) -> Result<Vec<Foreseen>, Unforeseen> {
    let Gateway { metadata, spec } = read(text)?;
    if issuer(&metadata.annotations).is_none() {
        return Ok(Vec::new());
    }
    let mut hosts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for listener in spec.listeners {
        let Some(host) = listener.hostname.filter(|host| !host.is_empty()) else { continue };
        let tls = listener.tls.filter(|tls| tls.mode.as_deref() != Some("Passthrough"));
        for secret in tls.into_iter().flat_map(|tls| tls.certificate_refs) {
            let is_secret = secret.group.is_empty() && secret.kind.as_deref().unwrap_or("Secret") == "Secret";
            let is_here = secret.namespace.is_none() || secret.namespace == metadata.namespace;
            let is_looked_at = hosts.len() < REQUESTS || hosts.contains_key(&secret.name);
            if is_secret && is_here && is_looked_at {
                let names = hosts.entry(secret.name).or_default();
                if !names.contains(&host) {
                    names.push(host.clone());
                }
            }
        }
    }
    let mut foreseen = Vec::new();
    for (secret, dns_names) in hosts {
        let spec = of_annotations(&metadata.annotations, dns_names);
        if let Some(request) = foresee(&secret, metadata.namespace.as_deref(), spec, early)? {
            foreseen.push(Foreseen { secret: Some(secret), request });
        }
    }
    Ok(foreseen)
}

fn issuer(annotations: &BTreeMap<String, String>) -> Option<IssuerRef> {
    let value = |key: &str| annotations.get(&format!("cert-manager.io/{key}")).cloned();
    let (name, kind) = match (value("issuer"), value("cluster-issuer")) {
        (Some(name), _) => (name, "Issuer"),
        (None, Some(name)) => (name, "ClusterIssuer"),
        (None, None) => return None,
    };
    let kind = value("issuer-kind").unwrap_or_else(|| kind.to_owned());
    Some(IssuerRef { name, kind: Some(kind), group: value("issuer-group") })
}

fn of_annotations(annotations: &BTreeMap<String, String>, dns_names: Vec<String>) -> CertificateSpec {
    let value = |key: &str| annotations.get(&format!("cert-manager.io/{key}")).cloned();
    let listed = |key: &str| -> Vec<String> {
        let text = value(key).unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let size = value("private-key-size").and_then(|size| size.parse().ok()).unwrap_or_default();
    CertificateSpec {
        common_name: value("common-name"),
        subject: Subject {
            countries: listed("subject-countries"),
            organizations: listed("subject-organizations"),
            organizational_units: listed("subject-organizationalunits"),
            localities: listed("subject-localities"),
            provinces: listed("subject-provinces"),
            street_addresses: listed("subject-streetaddresses"),
            postal_codes: listed("subject-postalcodes"),
            serial_number: value("subject-serialnumber"),
        },
        literal_subject: cannot_be_read(annotations).then(String::new),
        dns_names,
        email_addresses: listed("email-sans"),
        duration: value("duration"),
        usages: listed("usages"),
        issuer_ref: issuer(annotations).unwrap_or_default(),
        private_key: Key { algorithm: value("private-key-algorithm"), size },
        ..CertificateSpec::default()
    }
}

/// Whether annotations say what depends on the version of cert-manager: names of other kinds, and lists with quotes, blanks or
/// empty entries.
fn cannot_be_read(annotations: &BTreeMap<String, String>) -> bool {
    annotations.iter().any(|(key, value)| match key.strip_prefix("cert-manager.io/") {
        Some("alt-names" | "ip-sans" | "uri-sans") => true,
        Some(key) if key.starts_with("subject-") || key == "email-sans" => {
            value.contains('"') || value.split(',').any(|entry| entry.is_empty() || entry.trim() != entry)
        }
        Some(_) => false,
        None => false,
    })
}

/// `None` if the request cannot be foreseen.
fn foresee(
    name: &str,
    namespace: Option<&str>,
    spec: CertificateSpec,
    early: &Early,
) -> Result<Option<KubernetesRequest>, Unforeseen> {
    let Some(key) = key(&spec.private_key).filter(|_| spec.literal_subject.is_none()) else {
        return Ok(None);
    };
    let described = describe(key, &spec);
    check_usages(&spec.usages).map_err(|fault| vec![DiagnosticView::new(&fault.at(["spec", "usages"]))])?;
    let mut usages = match spec.usages {
        usages if usages.is_empty() => USAGES.map(str::to_owned).to_vec(),
        usages => usages,
    };
    if spec.is_ca && !usages.iter().any(|usage| usage == CERT_SIGN) {
        usages.push(CERT_SIGN.to_owned());
    }
    let issuer = IssuerDocument {
        name: spec.issuer_ref.name,
        kind: given(spec.issuer_ref.kind).unwrap_or_else(|| "Issuer".to_owned()),
        group: given(spec.issuer_ref.group).unwrap_or_else(|| "cert-manager.io".to_owned()),
    };
    // The first request of a Certificate has its name and a 1.
    let facts = (!name.is_empty()).then(|| ("requestName".to_owned(), format!("{name}-1").into()));
    let mut context = ContextDocument {
        requester: Some(requester(&early.requester)),
        namespace: namespace.map(str::to_owned),
        issuer: Some(issuer),
        usages: Some(usages),
        parameters: [("isCA".to_owned(), Value::Bool(spec.is_ca))].into(),
        facts: facts.into_iter().collect(),
        as_requested: Some(true),
        ..ContextDocument::default()
    };
    match described {
        Err(faults) => Err(Unforeseen { faults, context: Some(Box::new(context)) }),
        Ok((request, duration)) => {
            context.duration = Some(duration);
            Ok(Some(KubernetesRequest { name: format!("Certificate/{name}"), request, context }))
        }
    }
}

/// The request itself, and the lifetime that is asked for beside it.
fn describe(key: &str, spec: &CertificateSpec) -> Result<(Vec<u8>, DurationText), Faults> {
    let other_names: Vec<Value> =
        spec.other_names.iter().map(|other| json!({ other.oid.as_str(): other.value })).collect();
    let description = json!({
        "key": key,
        "subject": subject(spec),
        "dns": spec.dns_names,
        "ip": spec.ip_addresses,
        "email": spec.email_addresses,
        "uri": spec.uris,
        "otherName": other_names,
        "ca": spec.is_ca.then_some(true),
    });
    let description: RequestDescription =
        serde_json::from_value(description).map_err(|error| fault(error.to_string()))?;
    let request = description.to_der().map_err(|error| error.diagnostics().to_vec())?;
    let duration = parse_duration(spec.duration.as_deref().unwrap_or(DURATION));
    let duration = duration.ok_or_else(|| fault("`spec.duration` is no duration".to_owned()))?;
    Ok((request, DurationText(duration)))
}

/// The sample of a key that cert-manager would make.
fn key(key: &Key) -> Option<&'static str> {
    match (key.algorithm.as_deref().unwrap_or("RSA"), key.size) {
        ("RSA", 0 | 2_048) => Some("RSA-2048"),
        ("RSA", 3_072) => Some("RSA-3072"),
        ("RSA", 4_096) => Some("RSA-4096"),
        ("ECDSA", 0 | 256) => Some("P-256"),
        ("ECDSA", 384) => Some("P-384"),
        ("ECDSA", 521) => Some("P-521"),
        ("Ed25519", _) => Some("Ed25519"),
        _ => None,
    }
}

fn subject(spec: &CertificateSpec) -> Vec<Value> {
    let from = &spec.subject;
    let attributes: [(&str, &[String]); 9] = [
        ("countryName", &from.countries),
        ("organizationName", &from.organizations),
        ("organizationalUnitName", &from.organizational_units),
        ("localityName", &from.localities),
        ("stateOrProvinceName", &from.provinces),
        ("streetAddress", &from.street_addresses),
        ("postalCode", &from.postal_codes),
        ("commonName", spec.common_name.as_slice()),
        ("serialNumber", from.serial_number.as_slice()),
    ];
    let of_type = |(name, values): (&str, &[String])| {
        let values = values.iter().filter(|value| !value.is_empty());
        values.map(|value| json!({ name: value })).collect::<Vec<_>>()
    };
    attributes.into_iter().flat_map(of_type).collect()
}

/// A service account with the groups that the API server gives it.
fn requester(username: &str) -> RequesterDocument {
    let namespace = username.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split(':').next());
    let of_account = namespace.map(|namespace| {
        ["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")]
    });
    let groups = of_account.into_iter().flatten().chain(["system:authenticated".to_owned()]);
    RequesterDocument { username: username.to_owned(), groups: groups.collect(), extra: BTreeMap::new() }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Faults> {
    serde_json::from_str(text).map_err(|error| fault(format!("the object cannot be read: {error}")))
}

fn fault(message: String) -> Faults {
    vec![DiagnosticView::new(&Diagnostic::new(codes::CONTEXT_OBJECT, message).at(["spec"]))]
}
