use base64::Engine;
use certgate::diagnostic::{Diagnostic, codes, quote};
use certgate::extension::{BasicConstraints, KeyUsage, KeyUsageBit, NewExtension};
use certgate::name::{GeneralName, IpAddress, OtherName};
use certgate::oid::{Oid, OidKind};
use certgate::policy::document::OidText;
use certgate::request::NewRequest;
use serde::Deserialize;

use super::keys::case_key;
use crate::error::{Error, ErrorKind};

/// What a request says, to make one for a case.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "request description")]
pub struct RequestDescription {
    /// The key: `P-256` (if left out), `P-384`, `P-521`, `Ed25519`, `RSA-1024`, `RSA-2048`, `RSA-3072` or `RSA-4096`.
    #[serde(default)]
    pub key: Option<String>,
    /// Subject attributes in order, each a mapping of one type and its value: `[{O: Acme}, {CN: api}]`.
    #[serde(default)]
    pub subject: Vec<std::collections::BTreeMap<OidText, String>>,
    /// dNSNames.
    #[serde(default)]
    pub dns: Vec<String>,
    /// iPAddresses.
    #[serde(default)]
    pub ip: Vec<String>,
    /// rfc822Names.
    #[serde(default)]
    pub email: Vec<String>,
    /// uniformResourceIdentifiers.
    #[serde(default)]
    pub uri: Vec<String>,
    /// otherNames with UTF8String values, each a mapping of its type and its value.
    #[serde(default)]
    pub other_name: Vec<std::collections::BTreeMap<OidText, String>>,
    /// keyUsage by name.
    #[serde(default)]
    pub key_usage: Option<Vec<String>>,
    /// extendedKeyUsage by name or object identifier.
    #[serde(default)]
    pub extended_key_usage: Vec<String>,
    /// Whether the request is for a CA; left out: basicConstraints is left out.
    #[serde(default)]
    pub ca: Option<bool>,
    /// pathLenConstraint.
    #[serde(default)]
    pub path_length: Option<u32>,
    /// Further extensions.
    #[serde(default)]
    pub extensions: Vec<DescribedExtension>,
    /// Further attributes, each a mapping of its type and a UTF8String value.
    #[serde(default)]
    pub attributes: Vec<std::collections::BTreeMap<OidText, String>>,
}

/// An extension by its encoding.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "described extension")]
pub struct DescribedExtension {
    /// The type.
    #[serde(rename = "type")]
    pub kind: OidText,
    /// Whether it is marked critical.
    #[serde(default)]
    pub critical: bool,
    /// The contents of extnValue in base64.
    pub value: String,
}

impl RequestDescription {
    /// Makes the request and signs it with the fixed key of that name.
    ///
    /// # Errors
    /// `case/syntax` for values that make no request.
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        let key = case_key(self.key.as_deref().unwrap_or("P-256"))?;
        let request = self.to_new_request()?;
        request
            .sign(&key)
            .map(|request| request.der().to_vec())
            .map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    fn to_new_request(&self) -> Result<NewRequest, Error> {
        let mut request = NewRequest::default();
        for attribute in &self.subject {
            request.subject.extend(attribute.iter().map(|(oid, text)| (oid.0.clone(), text.clone())));
        }
        request.names = self.names()?;
        if let Some(usages) = &self.key_usage {
            let bits = usages.iter().map(|name| {
                KeyUsageBit::from_name(name).ok_or_else(|| fault(format!("{} is no key usage", quote(name))))
            });
            request.key_usage = Some(bits.collect::<Result<KeyUsage, Error>>()?);
        }
        for name in &self.extended_key_usage {
            let purpose = Oid::from_label(name, OidKind::ExtendedKeyUsage);
            request
                .extended_key_usage
                .push(purpose.ok_or_else(|| fault(format!("{} is no purpose", quote(name))))?);
        }
        if self.ca.is_some() || self.path_length.is_some() {
            let ca = self.ca.unwrap_or_default();
            request.basic_constraints = Some(BasicConstraints { ca, path_length: self.path_length });
        }
        for extension in &self.extensions {
            let value = base64::engine::general_purpose::STANDARD
                .decode(&extension.value)
                .map_err(|_| fault("the value of an extension is not base64".to_owned()))?;
            request.extensions.push(NewExtension {
                oid: extension.kind.0.clone(),
                critical: extension.critical,
                value,
            });
        }
        for attribute in self.attributes.iter().flatten() {
            request.attributes.push((attribute.0.0.clone(), vec![utf8(attribute.1)?]));
        }
        Ok(request)
    }

    fn names(&self) -> Result<Vec<GeneralName>, Error> {
        let mut names = Vec::new();
        for text in &self.dns {
            names.push(GeneralName::dns(text.as_str()));
        }
        for text in &self.ip {
            let address =
                IpAddress::parse(text).ok_or_else(|| fault(format!("{} is no IP address", quote(text))))?;
            names.push(GeneralName::ip(address));
        }
        for text in &self.email {
            names.push(GeneralName::email(text.as_str()));
        }
        for text in &self.uri {
            names.push(GeneralName::uri(text.as_str()));
        }
        for (oid, text) in self.other_name.iter().flatten() {
            let value = utf8(text)?;
            names.push(GeneralName::OtherName(OtherName { oid: oid.0.clone(), string: None, value }));
        }
        Ok(names)
    }
}

/// A UTF8String in DER.
fn utf8(text: &str) -> Result<Vec<u8>, Error> {
    certgate::extension::utf8_string(text).map_err(|error| Error::new(ErrorKind::Argument, &error))
}

fn fault(message: String) -> Error {
    Diagnostic::new(codes::CASE_SYNTAX, message).into()
}
