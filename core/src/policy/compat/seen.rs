//! What a program in Go sees of a request.

use crate::diagnostic::{Path, path::steps};
use crate::extension::{BasicConstraints, ExtensionValue, KeyUsage};
use crate::name::{GeneralName, IpAddress, OtherName};
use crate::oid::{self, Oid};
use crate::policy::decision::SubjectAttribute;
use crate::request::CertificationRequest;

/// Labels from the last to the first.
pub(super) type Labels<'a> = Vec<&'a str>;

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: String,
    pub(super) at: Path,
}

impl Placed {
    pub(super) fn new(text: impl Into<String>, at: Path) -> Self {
        Self { text: text.into(), at }
    }
}

/// The subject alternative names of a request by kind. Kinds that programs in Go do not read are in `unseen`.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) dns: Vec<Placed>,
    pub(super) email: Vec<Placed>,
    pub(super) uri: Vec<Placed>,
    pub(super) ip: Vec<(IpAddress, Path)>,
    pub(super) other: Vec<(OtherName, Path)>,
    /// Paths of names of other kinds, and of addresses that are none.
    pub(super) unseen: Vec<Path>,
}

impl Names {
    pub(super) fn of(request: &CertificationRequest) -> Self {
        let mut names = Self::default();
        for (index, name) in request.subject_alt_names().iter().enumerate() {
            let at = steps!["extensions", "subjectAltName", index, name.kind().as_str()];
            match name {
                GeneralName::DnsName(named) => names.dns.push(Placed::new(&*named.text, at)),
                GeneralName::Rfc822Name(named) => names.email.push(Placed::new(&*named.text, at)),
                GeneralName::Uri(named) => names.uri.push(Placed::new(&*named.text, at)),
                GeneralName::IpAddress { address: Some(address), .. } => {
                    names.ip.push((address.unmapped(), at));
                }
                GeneralName::OtherName(other) => names.other.push((other.clone(), at)),
                _ => names.unseen.push(at),
            }
        }
        names
    }

    /// All names as they would be issued.
    pub(super) fn issued(&self) -> Vec<GeneralName> {
        let mut out = Emitted::default();
        self.dns.iter().for_each(|name| out.push(dns(&name.text)));
        self.email.iter().for_each(|name| out.push(email(&name.text)));
        self.ip.iter().for_each(|(address, _)| out.push(ip(*address)));
        self.uri.iter().for_each(|name| out.push(uri(&name.text)));
        out.0
    }

    /// Whether there is no name that programs in Go read.
    pub(super) fn is_empty(&self) -> bool {
        self.dns.is_empty() && self.email.is_empty() && self.uri.is_empty() && self.ip.is_empty()
    }
}

/// Names in order, each once.
#[derive(Default)]
pub(super) struct Emitted(pub(super) Vec<GeneralName>);

impl Emitted {
    pub(super) fn push(&mut self, name: GeneralName) {
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }
}

pub(super) fn dns(text: &str) -> GeneralName {
    GeneralName::dns(text)
}

pub(super) fn email(text: &str) -> GeneralName {
    GeneralName::email(text)
}

pub(super) fn uri(text: &str) -> GeneralName {
    GeneralName::uri(text)
}

pub(super) fn ip(address: IpAddress) -> GeneralName {
    let address = address.unmapped();
    GeneralName::ip(address)
}

/// The values of an attribute of the subject, with their places; one that is no string is `None`.
pub(super) fn values<'a>(
    request: &'a CertificationRequest,
    wanted: &'a Oid,
) -> impl Iterator<Item = (Option<&'a str>, Path)> + 'a {
    let attributes = request.subject().attributes().iter().enumerate();
    attributes
        .filter(move |(_, attribute)| attribute.oid() == wanted)
        .map(|(index, attribute)| (attribute.text(), steps!["subject", index, attribute.oid().label()]))
}

/// The last value of an attribute: programs in Go keep one.
pub(super) fn last_value(request: &CertificationRequest, wanted: &Oid) -> Option<Placed> {
    let last = values(request, wanted).filter_map(|(text, at)| text.map(|text| (text, at))).last();
    last.filter(|(text, _)| !text.is_empty()).map(|(text, at)| Placed::new(text, at))
}

/// The attributes that programs in Go write of a parsed subject, in their order: of several common names and serial
/// numbers the last.
pub(super) fn reencoded_subject(request: &CertificationRequest) -> Vec<SubjectAttribute> {
    let mut out = Vec::new();
    for name in [
        "countryName",
        "organizationName",
        "organizationalUnitName",
        "localityName",
        "stateOrProvinceName",
        "streetAddress",
        "postalCode",
    ] {
        let Some(oid) = attribute(name) else { continue };
        for (text, _) in values(request, &oid) {
            out.extend(text.map(|text| SubjectAttribute { oid: oid.clone(), value: text.to_owned() }));
        }
    }
    for oid in [Some(oid::COMMON_NAME), attribute("serialNumber")].into_iter().flatten() {
        out.extend(last_value(request, &oid).map(|value| SubjectAttribute { oid, value: value.text }));
    }
    out
}

/// All attributes that are strings.
pub(super) fn whole_subject(request: &CertificationRequest) -> Vec<SubjectAttribute> {
    let attributes = request.subject().attributes().iter();
    let value = |text: &str, oid: &Oid| SubjectAttribute { oid: oid.clone(), value: text.to_owned() };
    attributes.filter_map(|attribute| attribute.text().map(|text| value(text, attribute.oid()))).collect()
}

/// An attribute by the name that the standards give it.
pub(super) fn attribute(name: &str) -> Option<Oid> {
    Oid::from_label(name, oid::OidKind::Attribute)
}

/// basicConstraints of the request.
pub(super) fn basic_constraints(request: &CertificationRequest) -> Option<BasicConstraints> {
    match request.extension(&oid::BASIC_CONSTRAINTS).map(|extension| extension.value()) {
        Some(ExtensionValue::BasicConstraints(constraints)) => Some(*constraints),
        _ => None,
    }
}

/// keyUsage of the request.
pub(super) fn key_usage(request: &CertificationRequest) -> Option<KeyUsage> {
    match request.extension(&oid::KEY_USAGE).map(|extension| extension.value()) {
        Some(ExtensionValue::KeyUsage(usage)) => Some(*usage),
        _ => None,
    }
}

/// extendedKeyUsage of the request.
pub(super) fn extended_key_usage(request: &CertificationRequest) -> Option<Vec<Oid>> {
    match request.extension(&oid::EXTENDED_KEY_USAGE).map(|extension| extension.value()) {
        Some(ExtensionValue::ExtendedKeyUsage(purposes)) => Some(purposes.clone()),
        _ => None,
    }
}
