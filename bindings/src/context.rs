use std::collections::BTreeMap;

use certgate::content;
use certgate::diagnostic::{Diagnostic, ELIDED, Path, codes, quote};
use certgate::policy::document::{DurationText, TimeText};
use certgate::policy::{Context, IssuerReference, Requester};
use certgate::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::document::{CodeFamily, SourceText, read_value};
use crate::error::{Error, ErrorKind};

/// Reads another document in YAML or JSON, such as a plan, as strictly as a policy: no unknown key, no key twice.
///
/// # Errors
/// Every fault with code, path, line and column.
pub fn read_document<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    let source = SourceText::new(text);
    source
        .read(&CodeFamily::CONTEXT)
        .map_err(|error| Error::in_document(ErrorKind::Argument, &error, &source))
}

/// As [`read_document`], an object of Kubernetes that may hold private keys: a Secret or a kubeconfig.
///
/// # Errors
/// As those of [`read_document`], with the code `context/object`.
pub fn read_object<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    let source = SourceText::new(text);
    source
        .read(&CodeFamily::KUBERNETES)
        .map_err(|error| Error::in_document(ErrorKind::Argument, &error, &source))
}

/// Writes plain data as YAML.
///
/// # Errors
/// `internal/unexpected`: data that YAML cannot say.
#[cfg(feature = "yaml")]
pub fn to_yaml(value: &serde_json::Value) -> Result<String, Error> {
    serde_saphyr::to_string(value).map_err(|error| {
        let message = format!("the document cannot be written as YAML: {error}");
        certgate::diagnostic::Diagnostic::new(certgate::diagnostic::codes::INTERNAL_UNEXPECTED, message)
            .into()
    })
}

/// What is known besides the request: who asks, where, of whom, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a context")]
pub struct ContextDocument {
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<RequesterDocument>,
    /// The namespace of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The Kubernetes signer that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer_name: Option<String>,
    /// The issuer that is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerDocument>,
    /// Usages that are asked for beside the request: words of Kubernetes or of X.509.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usages: Option<Vec<String>>,
    /// The lifetime that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<DurationText>,
    /// The end of life that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<TimeText>,
    /// The lifetime that the signer gives where none is asked for, judged as one that is asked for. A Kubernetes object has
    /// that of its signer: 2160h of cert-manager's own issuers, 8760h of `kubernetes.io` (`--cluster-signing-duration`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_duration: Option<DurationText>,
    /// Whether the signer issues the request as it stands, and not the template: what the policy would change of it is then a
    /// reason. It is so for Kubernetes objects, unless this says `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_requested: Option<bool>,
    /// Parameters of the call beside the request. `isCA` says whether a certificate of a CA is asked for; the others are for
    /// policies that decide as another program does: a text, a number, true or false, or a list of those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Facts that the host supplies: a text, a number, true or false, or a list of those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a requester")]
pub struct RequesterDocument {
    /// User name.
    pub username: String,
    /// Groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Further attributes that the authenticator gave.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Vec<String>>,
}

/// The issuer that is asked, as cert-manager's issuerRef names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an issuer")]
pub struct IssuerDocument {
    /// Name.
    pub name: String,
    /// Kind. Left out: `Issuer`.
    #[serde(default = "issuer_kind")]
    pub kind: String,
    /// API group. Left out: `cert-manager.io`.
    #[serde(default = "issuer_group")]
    pub group: String,
}

fn issuer_kind() -> String {
    "Issuer".to_owned()
}

fn issuer_group() -> String {
    "cert-manager.io".to_owned()
}

impl ContextDocument {
    /// Reads a context in JSON or YAML.
    ///
    /// # Errors
    /// Text that is neither, unknown keys, and values of the wrong form, with line and column.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let source = SourceText::new(text);
        source
            .read(&CodeFamily::CONTEXT)
            .map_err(|error| Error::in_document(ErrorKind::Argument, &error, &source))
    }

    /// Reads a context from a value that a host has converted.
    ///
    /// # Errors
    /// As [`ContextDocument::from_text`], without lines.
    pub fn from_value(value: serde_json::Value) -> Result<Self, Error> {
        read_value(value, &CodeFamily::CONTEXT).map_err(|error| Error::new(ErrorKind::Argument, &error))
    }

    /// The context that an object brings, overruled by what is given beside it.
    #[must_use]
    pub fn overruled_by(mut self, given: &Self) -> Self {
        self.requester = given.requester.clone().or(self.requester);
        self.namespace = given.namespace.clone().or(self.namespace);
        self.signer_name = given.signer_name.clone().or(self.signer_name);
        self.issuer = given.issuer.clone().or(self.issuer);
        self.usages = given.usages.clone().or(self.usages);
        if given.duration.is_some() || given.not_after.is_some() {
            self.duration = given.duration.clone();
            self.not_after = given.not_after.clone();
        }
        self.default_duration = given.default_duration.clone().or(self.default_duration);
        self.as_requested = given.as_requested.or(self.as_requested);
        self.parameters.extend(given.parameters.clone());
        self.facts.extend(given.facts.clone());
        self
    }

    /// The same for a template that is issued: by certgate itself, whoever is asked.
    #[must_use]
    pub fn issued_by_template(self) -> Self {
        Self { default_duration: None, as_requested: None, ..self }
    }

    /// What an engine's context says, its time aside.
    pub fn from_context(context: &Context) -> Self {
        let text = |text: &str| serde_json::Value::String(text.to_owned());
        let fact = |values: &[String]| match values {
            [one] => text(one),
            several => several.iter().map(|value| text(value)).collect(),
        };
        Self {
            requester: context.requester().map(|requester| RequesterDocument {
                username: requester.username.clone(),
                groups: requester.groups.clone(),
                extra: requester.extra.clone(),
            }),
            namespace: context.namespace().map(str::to_owned),
            signer_name: context.signer_name().map(str::to_owned),
            issuer: context.issuer().map(|issuer| IssuerDocument {
                name: issuer.name.clone(),
                kind: issuer.kind.clone(),
                group: issuer.group.clone(),
            }),
            usages: context.usages().map(<[String]>::to_vec),
            duration: context.duration().map(DurationText),
            not_after: context.not_after().map(TimeText),
            default_duration: context.default_duration().map(DurationText),
            as_requested: Some(true).filter(|_| context.is_as_requested()),
            parameters: context
                .ca()
                .map(|ca| ("isCA".to_owned(), serde_json::Value::Bool(ca)))
                .into_iter()
                .collect(),
            facts: context.facts().map(|(name, values)| (name.to_owned(), fact(values))).collect(),
        }
    }

    /// The engine's context at the time `at`.
    ///
    /// # Errors
    /// A fact that is a mapping or empty, and a parameter of the wrong type.
    pub fn to_context(&self, at: Timestamp) -> Result<Context, Error> {
        let mut context = Context::new(at).with_crypto(crate::crypto());
        if let Some(requester) = &self.requester {
            context = context.with_requester(Requester {
                username: requester.username.clone(),
                groups: requester.groups.clone(),
                extra: requester.extra.clone(),
            });
        }
        if let Some(namespace) = &self.namespace {
            context = context.with_namespace(namespace);
        }
        if let Some(signer_name) = &self.signer_name {
            context = context.with_signer_name(signer_name);
        }
        if let Some(issuer) = &self.issuer {
            context = context.with_issuer(IssuerReference {
                name: issuer.name.clone(),
                kind: issuer.kind.clone(),
                group: issuer.group.clone(),
            });
        }
        if let Some(usages) = &self.usages {
            context = context.with_usages(usages.clone());
        }
        if let Some(duration) = &self.duration {
            context = context.with_duration(duration.0);
        }
        if let Some(not_after) = &self.not_after {
            context = context.with_not_after(not_after.0);
        }
        if let Some(duration) = &self.default_duration {
            context = context.with_default_duration(duration.0);
        }
        context = context.with_as_requested(self.as_requested.unwrap_or_default());
        match self.parameters.get("isCA") {
            None | Some(serde_json::Value::Null) => {}
            Some(serde_json::Value::Bool(ca)) => context = context.with_ca(*ca),
            Some(_) => return Err(value_fault("parameters", "isCA", "true or false")),
        }
        for (name, value) in
            self.parameters.iter().filter(|(name, value)| *name != "isCA" && !value.is_null())
        {
            let values = fact_values(value).ok_or_else(|| {
                value_fault("parameters", name, "a text, number or boolean, or a list of those")
            })?;
            context = context.with_parameter(name, values);
        }
        for (name, value) in &self.facts {
            let values = fact_values(value)
                .ok_or_else(|| value_fault("facts", name, "a text, number or boolean, or a list of those"))?;
            context = context.with_fact(name, values);
        }
        Ok(context)
    }
}

/// A time in RFC 3339, such as `2027-01-01T00:00:00Z`.
///
/// # Errors
/// `context/value`: a text of another form.
pub fn parse_time(text: &str) -> Result<Timestamp, Error> {
    Timestamp::from_rfc3339(text).ok_or_else(|| {
        Diagnostic::new(codes::CONTEXT_VALUE, format!("{} is no time in RFC 3339", quote(text)))
            .at(["at"])
            .with_help("write it as 2027-01-01T00:00:00Z")
            .into()
    })
}

/// The error of a host whose clock is not set.
pub fn no_time() -> Error {
    Diagnostic::new(codes::CONTEXT_VALUE, "the clock of this machine is not set")
        .at(["at"])
        .with_help("give the time of the evaluation")
        .into()
}

/// The texts of a fact: one for a scalar, one for each item of a list.
fn fact_values(value: &serde_json::Value) -> Option<Vec<String>> {
    match value {
        serde_json::Value::Array(items) => items.iter().map(scalar).collect(),
        other => scalar(other).map(|text| vec![text]),
    }
}

fn scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn value_fault(field: &'static str, name: &str, wanted: &str) -> Error {
    // The name is input: one that is a private key is named nowhere.
    let shown = if content::holds_private_key(name) { ELIDED } else { name };
    Diagnostic::new(codes::CONTEXT_VALUE, format!("the value of {} is not {wanted}", quote(name)))
        .at(Path::from([field]).join(shown.to_owned()))
        .into()
}
