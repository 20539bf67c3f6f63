//! Requests that are made to show a difference.

use std::collections::BTreeMap;

use crate::crypto::PrivateKey;
use crate::diagnostic::{Path, Step};
use crate::extension::NewExtension;
use crate::key::Curve;
use crate::name::{GeneralName, IpAddress, OtherName};
use crate::oid::{self, Oid};
use crate::policy::context::{Context, IssuerReference, Requester};
use crate::request::NewRequest;
use crate::time::{Duration, Timestamp};

/// The key that an example needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExampleKey {
    /// A key on a curve.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
    /// RSA with this many bits.
    Rsa(u32),
}

impl ExampleKey {
    /// The name of such a key, such as `P-256` or `RSA-2048`.
    pub fn name(self) -> String {
        match self {
            Self::Ec(curve) => curve.as_str().to_owned(),
            Self::Ed25519 => "Ed25519".to_owned(),
            Self::Rsa(bits) => format!("RSA-{bits}"),
        }
    }
}

/// Gives keys for examples. They sign requests that show a difference and nothing else, and may be known to everyone.
pub trait ExampleKeys {
    /// A key of this kind; `None` if there is none.
    fn key(&self, kind: ExampleKey) -> Option<PrivateKey>;
}

impl<F: Fn(ExampleKey) -> Option<PrivateKey>> ExampleKeys for F {
    fn key(&self, kind: ExampleKey) -> Option<PrivateKey> {
        self(kind)
    }
}

/// A request and its context, as far as they have been thought out.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Sketch {
    pub(in crate::policy) key: ExampleKey,
    pub(in crate::policy) request: NewRequest,
    pub(in crate::policy) at: Timestamp,
    pub(in crate::policy) username: Option<String>,
    pub(in crate::policy) groups: Vec<String>,
    pub(in crate::policy) namespace: Option<String>,
    pub(in crate::policy) signer_name: Option<String>,
    pub(in crate::policy) issuer: [Option<String>; 3],
    pub(in crate::policy) usages: Option<Vec<String>>,
    pub(in crate::policy) duration: Option<Duration>,
    pub(in crate::policy) not_after: Option<Timestamp>,
    pub(in crate::policy) ca: Option<bool>,
    pub(in crate::policy) facts: BTreeMap<String, Vec<String>>,
}

impl Sketch {
    pub(in crate::policy) fn new(key: ExampleKey, at: Timestamp) -> Self {
        Self {
            key,
            request: NewRequest::default(),
            at,
            username: None,
            groups: Vec::new(),
            namespace: None,
            signer_name: None,
            issuer: [None, None, None],
            usages: None,
            duration: None,
            not_after: None,
            ca: None,
            facts: BTreeMap::new(),
        }
    }

    pub(in crate::policy) fn context(&self) -> Context {
        let mut context = Context::new(self.at);
        if self.username.is_some() || !self.groups.is_empty() {
            context = context.with_requester(Requester {
                username: self.username.clone().unwrap_or_default(),
                groups: self.groups.clone(),
                extra: BTreeMap::new(),
            });
        }
        if let Some(namespace) = &self.namespace {
            context = context.with_namespace(namespace);
        }
        if let Some(signer_name) = &self.signer_name {
            context = context.with_signer_name(signer_name);
        }
        if self.issuer.iter().any(Option::is_some) {
            let [name, kind, group] = self.issuer.clone().map(Option::unwrap_or_default);
            context = context.with_issuer(IssuerReference { name, kind, group });
        }
        if let Some(usages) = &self.usages {
            context = context.with_usages(usages.clone());
        }
        if let Some(duration) = self.duration {
            context = context.with_duration(duration);
        }
        if let Some(not_after) = self.not_after {
            context = context.with_not_after(not_after);
        }
        if let Some(ca) = self.ca {
            context = context.with_ca(ca);
        }
        for (name, values) in &self.facts {
            context = context.with_fact(name, values.clone());
        }
        context
    }

    /// Says what a context says.
    pub(in crate::policy) fn take_context(&mut self, context: &Context) {
        self.username = context.username().map(str::to_owned);
        self.groups = context.requester().map(|requester| requester.groups.clone()).unwrap_or_default();
        self.namespace = context.namespace().map(str::to_owned);
        self.signer_name = context.signer_name().map(str::to_owned);
        self.issuer = match context.issuer() {
            Some(issuer) => [&issuer.name, &issuer.kind, &issuer.group].map(|text| Some(text.clone())),
            None => [None, None, None],
        };
        self.usages = context.usages().map(<[String]>::to_vec);
        self.duration = context.duration();
        self.not_after = context.not_after();
        self.ca = context.ca();
        self.facts = context.facts().map(|(name, values)| (name.to_owned(), values.to_vec())).collect();
    }

    /// The values of the field of the context that a path names.
    pub(in crate::policy) fn field(&self, path: &Path) -> Vec<String> {
        let name = |index: usize| match path.steps().get(index) {
            Some(Step::Field(field)) => field.as_ref(),
            _ => "",
        };
        let [issuer, kind, group] = &self.issuer;
        match (name(1), name(2)) {
            ("requester", "username") => self.username.iter().cloned().collect(),
            ("requester", _) => self.groups.clone(),
            ("namespace", _) => self.namespace.iter().cloned().collect(),
            ("signerName", _) => self.signer_name.iter().cloned().collect(),
            ("issuer", "name") => issuer.iter().cloned().collect(),
            ("issuer", "kind") => kind.iter().cloned().collect(),
            ("issuer", _) => group.iter().cloned().collect(),
            ("facts", fact) => self.facts.get(fact).cloned().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Takes the field of the context that a path names from another sketch.
    pub(in crate::policy) fn take_field(&mut self, path: &Path, other: &Self) {
        let name = |index: usize| match path.steps().get(index) {
            Some(Step::Field(field)) => field.as_ref(),
            _ => "",
        };
        let [issuer, kind, group] = &mut self.issuer;
        let [other_issuer, other_kind, other_group] = &other.issuer;
        match (name(1), name(2)) {
            ("requester", "username") => self.username.clone_from(&other.username),
            ("requester", _) => self.groups.clone_from(&other.groups),
            ("namespace", _) => self.namespace.clone_from(&other.namespace),
            ("signerName", _) => self.signer_name.clone_from(&other.signer_name),
            ("issuer", "name") => issuer.clone_from(other_issuer),
            ("issuer", "kind") => kind.clone_from(other_kind),
            ("issuer", _) => group.clone_from(other_group),
            ("facts", fact) => {
                self.facts.insert(fact.to_owned(), other.facts.get(fact).cloned().unwrap_or_default());
            }
            _ => {}
        }
    }

    /// The same with other names.
    pub(in crate::policy) fn with_names(&self, names: Vec<GeneralName>) -> Self {
        let mut sketch = self.clone();
        // A common name that had to be one of the names is now another one of them.
        let stale = |(oid, text): &(Oid, String)| {
            *oid == oid::COMMON_NAME && !names.iter().any(|name| name.display() == *text)
        };
        let was_name = |text: &str| self.request.names.iter().any(|name| name.display() == text);
        let replacement = names.iter().map(GeneralName::display).find(|text| text.chars().count() <= 64);
        for attribute in &mut sketch.request.subject {
            if stale(attribute)
                && was_name(&attribute.1)
                && let Some(text) = &replacement
            {
                attribute.1.clone_from(text);
            }
        }
        sketch.request.names = names;
        sketch
    }

    /// The same with other names, and that which is the common name besides.
    pub(in crate::policy) fn with_names_and_common_name(&self, mut names: Vec<GeneralName>) -> Self {
        let common = self.request.subject.iter().find(|(oid, _)| *oid == oid::COMMON_NAME);
        let named =
            common.and_then(|(_, text)| self.request.names.iter().find(|name| name.display() == *text));
        if let Some(named) = named.filter(|named| !names.contains(named)) {
            names.push(named.clone());
        }
        self.with_names(names)
    }

    /// The same with other values of one type of attribute.
    pub(in crate::policy) fn with_attribute(&self, oid: &Oid, values: &[String]) -> Self {
        let mut sketch = self.clone();
        sketch.request.subject.retain(|(own, _)| own != oid);
        sketch.request.subject.extend(values.iter().map(|value| (oid.clone(), value.clone())));
        sketch
    }

    pub(in crate::policy) fn with_extension(&self, oid: &Oid, critical: bool) -> Self {
        let mut sketch = self.clone();
        // NULL: what the extension says does not matter here.
        sketch.request.extensions.push(NewExtension { oid: oid.clone(), critical, value: vec![0x05, 0x00] });
        sketch
    }

    /// The text with references replaced by what the context says, and the context with values for those that it lacks.
    pub(in crate::policy) fn fill(&mut self, text: &str, default: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(&self.value(name, default));
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    fn value(&mut self, reference: &str, default: &str) -> String {
        const NODE: &str = "system:node:";
        match reference {
            "namespace" => self.namespace.get_or_insert_with(|| default.to_owned()).clone(),
            "signerName" => self.signer_name.get_or_insert_with(|| default.to_owned()).clone(),
            "requester.username" => self.username.get_or_insert_with(|| default.to_owned()).clone(),
            "requester.nodeName" => {
                let username = self.username.get_or_insert_with(|| format!("{NODE}{default}"));
                username.strip_prefix(NODE).unwrap_or(default).to_owned()
            }
            _ => {
                let name = reference.strip_prefix("facts.").unwrap_or(reference);
                let values = self.facts.entry(name.to_owned()).or_insert_with(|| vec![default.to_owned()]);
                values.first().cloned().unwrap_or_default()
            }
        }
    }
}

pub(in crate::policy) fn dns_name(text: &str) -> GeneralName {
    GeneralName::dns(text)
}

pub(in crate::policy) fn ip_name(address: IpAddress) -> GeneralName {
    GeneralName::ip(address)
}

pub(in crate::policy) fn email_name(text: &str) -> GeneralName {
    GeneralName::email(text)
}

pub(in crate::policy) fn uri_name(text: &str) -> GeneralName {
    GeneralName::uri(text)
}

/// An otherName with a UTF8String.
pub(in crate::policy) fn other_name(oid: &Oid, text: &str) -> Option<GeneralName> {
    let value = crate::extension::utf8_string(text).ok()?;
    let string = Some((crate::der::StringType::Utf8, text.to_owned()));
    Some(GeneralName::OtherName(OtherName { oid: oid.clone(), string, value }))
}
