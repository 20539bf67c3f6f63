use certgate::diagnostic::Diagnostic;
use certgate::extension::{Extension, ExtensionValue};
use certgate::key::{KeyMaterial, PublicKey};
use certgate::name::{DistinguishedName, GeneralName};
use certgate::request::{Attribute, AttributeValue, CertificationRequest};
use certgate::signature::SignatureStatus;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::diagnostic::DiagnosticView;
use super::template::BasicConstraintsView;
use super::{SCHEMA_VERSION, hex};

/// A certification request, every field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// The subject.
    pub subject: SubjectView,
    /// The subject alternative names in order.
    pub subject_alt_names: Vec<NameView>,
    /// The public key.
    pub public_key: PublicKeyView,
    /// The signature by the key itself: proof that the sender holds it.
    pub signature: SignatureView,
    /// Every attribute in order. Challenge passwords are not shown.
    pub attributes: Vec<AttributeView>,
    /// Every requested extension in order.
    pub extensions: Vec<ExtensionView>,
    /// Digests.
    pub fingerprints: FingerprintsView,
    /// What is wrong or odd under any policy, sorted by path and code.
    pub findings: Vec<DiagnosticView>,
}

/// A distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubjectView {
    /// The name in the form of RFC 4514.
    pub text: String,
    /// Every attribute in order.
    pub attributes: Vec<SubjectAttributeView>,
}

/// One attribute of a distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubjectAttributeView {
    /// Name or dotted decimal of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Dotted decimal of the type.
    pub oid: String,
    /// Index of the RDN that it belongs to.
    pub rdn: usize,
    /// String type of the value; null if it is no string.
    pub string_type: Option<String>,
    /// Text of the value; null if it is no string.
    pub value: Option<String>,
    /// The value in DER and hexadecimal, if it is no string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub der: Option<String>,
}

/// One general name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NameView {
    /// `dNSName`, `iPAddress` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name as it stands in the request; hexadecimal where it is no text.
    pub value: String,
    /// The name with U-labels, where it has A-labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unicode: Option<String>,
    /// For an otherName: its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
    /// For an otherName: the string type of its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_type: Option<String>,
    /// Why the name cannot be issued under any policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicKeyView {
    /// `RSA-2048`, `P-256`, `Ed25519`, or what the key is called.
    pub name: String,
    /// `RSA`, `EC`, `Ed25519`; null if it is not supported.
    pub algorithm: Option<String>,
    /// Size in bits.
    pub bits: Option<u32>,
    /// For RSA: the public exponent, if it is below 2^32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<u32>,
    /// For RSA: the modulus in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modulus: Option<String>,
    /// For EC and Ed25519: the point in hexadecimal, EC uncompressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<String>,
    /// Dotted decimal of the algorithm.
    pub oid: String,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignatureView {
    /// Name or dotted decimal of the algorithm.
    pub algorithm: String,
    /// Dotted decimal of the algorithm.
    pub oid: String,
    /// `valid`, `invalid`, `refused` or `not-checked`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["valid", "invalid", "refused", "not-checked"])))]
    pub status: String,
}

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignatureStatusView {
    /// `valid`, `invalid`, `refused` or `not-checked`.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["valid", "invalid", "refused", "not-checked"])))]
    pub status: String,
    /// Why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostic: Option<DiagnosticView>,
}

/// One attribute of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AttributeView {
    /// Name or dotted decimal of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Dotted decimal of the type.
    pub oid: String,
    /// `challengePassword`, `extensionRequest`, `malformed` or `unknown`.
    pub meaning: String,
    /// The values in DER and hexadecimal; left out where they are secret or shown elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

/// One requested extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExtensionView {
    /// Name or dotted decimal of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Dotted decimal of the type.
    pub oid: String,
    /// Whether it is marked critical.
    pub critical: bool,
    /// For keyUsage: the bits by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_usage: Option<Vec<String>>,
    /// For extendedKeyUsage: the purposes by name, or dotted decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_key_usage: Option<Vec<String>>,
    /// For basicConstraints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_constraints: Option<BasicConstraintsView>,
    /// The contents of extnValue, in hexadecimal.
    pub der: String,
}

/// Digests, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FingerprintsView {
    /// SHA-256 of the request.
    pub sha256: String,
    /// SHA-256 of the SubjectPublicKeyInfo.
    pub public_key_sha256: String,
}

impl RequestView {
    pub(crate) fn new(request: &CertificationRequest) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            subject: SubjectView::new(request.subject()),
            subject_alt_names: NameView::all(request),
            public_key: PublicKeyView::new(request.public_key()),
            signature: SignatureView::new(request),
            attributes: AttributeView::all(request),
            extensions: ExtensionView::all(request),
            fingerprints: FingerprintsView::new(request),
            findings: findings(request),
        }
    }
}

/// What is wrong or odd under any policy: with the encoding, the key and the signature.
pub(crate) fn findings(request: &CertificationRequest) -> Vec<DiagnosticView> {
    let mut findings = request.findings().to_vec();
    findings.extend(
        request
            .public_key()
            .check(None)
            .into_iter()
            .map(|diagnostic| diagnostic.within("subjectPublicKeyInfo")),
    );
    match request.signature_status(crate::crypto()) {
        SignatureStatus::Invalid(diagnostic) | SignatureStatus::Refused(diagnostic) => {
            findings.push(*diagnostic);
        }
        SignatureStatus::Valid | SignatureStatus::NotChecked(_) => {}
    }
    Diagnostic::sort(&mut findings);
    findings.dedup();
    findings.iter().map(|finding| DiagnosticView::with_span(finding, |path| request.span(path))).collect()
}

impl SignatureView {
    pub(crate) fn new(request: &CertificationRequest) -> Self {
        let algorithm = request.signature_algorithm();
        Self {
            algorithm: algorithm.name().to_owned(),
            oid: algorithm.identifier().oid().to_string(),
            status: request.signature_status(crate::crypto()).as_str().to_owned(),
        }
    }
}

impl SignatureStatusView {
    /// Whether the signature verified.
    pub fn is_valid(&self) -> bool {
        self.status == SignatureStatus::Valid.as_str()
    }
}

impl FingerprintsView {
    pub(crate) fn new(request: &CertificationRequest) -> Self {
        Self {
            sha256: hex(&Sha256::digest(request.der())),
            public_key_sha256: hex(&Sha256::digest(request.public_key().der())),
        }
    }
}

impl SubjectView {
    pub(crate) fn new(name: &DistinguishedName) -> Self {
        Self {
            text: name.to_string(),
            attributes: name
                .attributes()
                .iter()
                .map(|attribute| SubjectAttributeView {
                    kind: attribute.oid().label(),
                    oid: attribute.oid().to_string(),
                    rdn: attribute.rdn(),
                    string_type: attribute.string_type().map(|string_type| string_type.as_str().to_owned()),
                    value: attribute.text().map(str::to_owned),
                    der: attribute.text().is_none().then(|| hex(attribute.value_der())),
                })
                .collect(),
        }
    }
}

impl NameView {
    pub(crate) fn all(request: &CertificationRequest) -> Vec<Self> {
        request.subject_alt_names().iter().map(Self::new).collect()
    }

    pub(crate) fn new(name: &GeneralName) -> Self {
        let mut view = Self {
            kind: name.kind().as_str().to_owned(),
            value: name.display(),
            unicode: None,
            oid: None,
            string_type: None,
            fault: None,
        };
        match name {
            GeneralName::DnsName(named) => match &named.value {
                Ok(name) => view.unicode = name.to_unicode(),
                Err(fault) => view.fault = Some(fault.reason().to_owned()),
            },
            GeneralName::Rfc822Name(named) => {
                view.fault = named.value.as_ref().err().map(|f| f.reason().to_owned())
            }
            GeneralName::Uri(named) => view.fault = named.value.as_ref().err().map(|f| f.reason().to_owned()),
            GeneralName::IpAddress { octets, address: None } => {
                view.fault = Some(format!("has {} octets, not 4 or 16", octets.len()));
            }
            GeneralName::OtherName(other) => {
                view.oid = Some(other.oid.to_string());
                view.string_type =
                    other.string.as_ref().map(|(string_type, _)| string_type.as_str().to_owned());
            }
            _ => {}
        }
        view
    }
}

impl PublicKeyView {
    pub(crate) fn new(key: &PublicKey) -> Self {
        let mut view = Self {
            name: key.name(),
            algorithm: key.algorithm().map(|algorithm| algorithm.as_str().to_owned()),
            bits: key.bits(),
            exponent: None,
            modulus: None,
            point: None,
            oid: key.algorithm_identifier().oid().to_string(),
        };
        match key.material() {
            KeyMaterial::Rsa { key, .. } => {
                view.exponent = key.exponent_u32();
                view.modulus = Some(hex(key.modulus()));
            }
            KeyMaterial::Ec { point, .. } => view.point = Some(hex(point)),
            KeyMaterial::Ed25519(point) => view.point = Some(hex(point)),
            _ => {}
        }
        view
    }
}

impl AttributeView {
    pub(crate) fn all(request: &CertificationRequest) -> Vec<Self> {
        request.attributes().iter().map(Self::new).collect()
    }

    fn new(attribute: &Attribute) -> Self {
        let (meaning, shown) = match attribute.value() {
            AttributeValue::ChallengePassword(..) => ("challengePassword", false),
            AttributeValue::ExtensionRequest | AttributeValue::MicrosoftExtensionRequest => {
                ("extensionRequest", false)
            }
            AttributeValue::Malformed => ("malformed", *attribute.oid() != certgate::oid::CHALLENGE_PASSWORD),
            _ => ("unknown", true),
        };
        Self {
            kind: attribute.oid().label(),
            oid: attribute.oid().to_string(),
            meaning: meaning.to_owned(),
            values: shown.then(|| attribute.values_der().iter().map(|value| hex(value)).collect()),
        }
    }
}

impl ExtensionView {
    pub(crate) fn all(request: &CertificationRequest) -> Vec<Self> {
        request.extensions().iter().map(Self::new).collect()
    }

    pub(crate) fn new(extension: &Extension) -> Self {
        let mut view = Self {
            kind: extension.oid().label(),
            oid: extension.oid().to_string(),
            critical: extension.is_critical(),
            key_usage: None,
            extended_key_usage: None,
            basic_constraints: None,
            der: hex(extension.value_der()),
        };
        match extension.value() {
            ExtensionValue::BasicConstraints(constraints) => {
                view.basic_constraints =
                    Some(BasicConstraintsView { ca: constraints.ca, path_length: constraints.path_length });
            }
            ExtensionValue::ExtendedKeyUsage(purposes) => {
                view.extended_key_usage = Some(purposes.iter().map(certgate::oid::Oid::label).collect());
            }
            ExtensionValue::KeyUsage(usage) => {
                view.key_usage = Some(usage.iter().map(|bit| bit.as_str().to_owned()).collect());
            }
            _ => {}
        }
        view
    }
}
