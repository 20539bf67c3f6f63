use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::given;

/// Declares a pattern that is written as a string in simple cases and as a mapping with one key in others.
macro_rules! pattern {
    ($name:ident, $what:literal, $map:ident, $from_text:expr, $from_map:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct TextOrMap;
                impl<'de> Visitor<'de> for TextOrMap {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        let from_text: fn(&str) -> $name = $from_text;
                        Ok(from_text(text))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        let from_map: fn($map) -> Option<$name> = $from_map;
                        let map = $map::deserialize(MapAccessDeserializer::new(map))?;
                        from_map(map).ok_or_else(|| de::Error::custom(concat!("expected ", $what)))
                    }
                }
                deserializer.deserialize_any(TextOrMap)
            }
        }
    };
}

/// A pattern for DNS names. Case does not matter, and a pattern never matches a name with `*` unless it covers all names
/// that the `*` stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DnsPattern {
    /// `"api.example.com"`: this name.
    Exact(String),
    /// `"*.example.com"`: any one label below the domain.
    OneLabel(String),
    /// `{under: example.com}`: any number of labels below the domain, or at most `depth`.
    Under {
        /// The domain; it is not matched itself.
        domain: String,
        /// The largest number of labels below the domain.
        depth: Option<u32>,
    },
    /// `{glob: "web-*.example.com"}`: `*` stands for any characters, dots included.
    Glob(String),
    /// `{regex: "^n[0-9]+\\.example\\.com$"}`: anchored at both ends.
    Regex(String),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "dns map")]
struct DnsMap {
    /// This name.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    exact: Option<String>,
    /// Names below this domain, at any depth; the domain itself is not matched.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    under: Option<String>,
    /// With `under`: the largest number of labels below the domain.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    depth: Option<u32>,
    /// Names of this form; `*` stands for any characters, dots included.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    glob: Option<String>,
    /// Names that this regular expression matches; it must be anchored at both ends.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    regex: Option<String>,
}

impl DnsPattern {
    fn from_text(text: &str) -> Self {
        match text.strip_prefix("*.") {
            Some(domain) => Self::OneLabel(domain.to_owned()),
            None => Self::Exact(text.to_owned()),
        }
    }
}

pattern!(
    DnsPattern,
    "a DNS name, `*.` and a domain, or one of exact, under (with depth), glob and regex",
    DnsMap,
    DnsPattern::from_text,
    |map| match map {
        DnsMap { exact: Some(name), under: None, depth: None, glob: None, regex: None } =>
            Some(DnsPattern::from_text(&name)),
        DnsMap { exact: None, under: Some(domain), depth, glob: None, regex: None } => {
            Some(DnsPattern::Under { domain, depth })
        }
        DnsMap { exact: None, under: None, depth: None, glob: Some(glob), regex: None } =>
            Some(DnsPattern::Glob(glob)),
        DnsMap { exact: None, under: None, depth: None, glob: None, regex: Some(regex) } =>
            Some(DnsPattern::Regex(regex)),
        _ => None,
    }
);

impl Serialize for DnsPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(name) => serializer.serialize_str(name),
            Self::OneLabel(domain) => serializer.collect_str(&format_args!("*.{domain}")),
            Self::Under { domain, depth } => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("under", domain)?;
                if let Some(depth) = depth {
                    map.serialize_entry("depth", depth)?;
                }
                map.end()
            }
            Self::Glob(glob) => one_entry(serializer, "glob", glob),
            Self::Regex(regex) => one_entry(serializer, "regex", regex),
        }
    }
}

/// A pattern for text such as user names, common names and subject attributes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextPattern {
    /// How the text is compared.
    pub kind: TextPatternKind,
    /// Whether the case of ASCII letters is ignored.
    pub ignore_case: bool,
}

/// How a text is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextPatternKind {
    /// `"dev"` or `{exact: "a*b"}`: this text.
    Exact(String),
    /// `"team-*"` or `{glob: "team-*"}`: `*` stands for any characters.
    Glob(String),
    /// `{regex: "^a+$"}`: anchored at both ends.
    Regex(String),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "text map")]
struct TextMap {
    /// This text; a `*` in it is a `*`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    exact: Option<String>,
    /// Text of this form; `*` stands for any characters.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    glob: Option<String>,
    /// Text that this regular expression matches; it must be anchored at both ends.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    regex: Option<String>,
    /// Whether the case of ASCII letters is ignored.
    #[serde(default)]
    ignore_case: bool,
}

impl TextPattern {
    pub(crate) fn from_text(text: &str) -> Self {
        let kind = if text.contains('*') {
            TextPatternKind::Glob(text.to_owned())
        } else {
            TextPatternKind::Exact(text.to_owned())
        };
        Self { kind, ignore_case: false }
    }
}

pattern!(
    TextPattern,
    "a text, where `*` stands for any characters, or one of exact, glob and regex (with ignoreCase)",
    TextMap,
    TextPattern::from_text,
    |map| {
        let kind = match (map.exact, map.glob, map.regex) {
            (Some(text), None, None) => TextPatternKind::Exact(text),
            (None, Some(glob), None) => TextPatternKind::Glob(glob),
            (None, None, Some(regex)) => TextPatternKind::Regex(regex),
            _ => return None,
        };
        Some(TextPattern { kind, ignore_case: map.ignore_case })
    }
);

impl Serialize for TextPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, text) = match &self.kind {
            TextPatternKind::Exact(text) if !self.ignore_case && !text.contains('*') => {
                return serializer.serialize_str(text);
            }
            TextPatternKind::Glob(text) if !self.ignore_case && text.contains('*') => {
                return serializer.serialize_str(text);
            }
            TextPatternKind::Exact(text) => ("exact", text),
            TextPatternKind::Glob(text) => ("glob", text),
            TextPatternKind::Regex(text) => ("regex", text),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(key, text)?;
        if self.ignore_case {
            map.serialize_entry("ignoreCase", &true)?;
        }
        map.end()
    }
}

/// A pattern for mail addresses. The host's case does not matter, the local part's does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmailPattern {
    /// `"jane@example.com"`: this address.
    Exact(String),
    /// `"*@example.com"` or `{host: example.com}`: any address at the host.
    Host(String),
    /// `{under: example.com}`: any address at a host below the domain.
    Under(String),
    /// `{regex: "^[a-z]+@example\\.com$"}`: anchored at both ends.
    Regex(String),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "email map")]
struct EmailMap {
    /// This address.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    exact: Option<String>,
    /// Any address at this host.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    host: Option<String>,
    /// Any address at a host below this domain.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    under: Option<String>,
    /// Addresses that this regular expression matches; it must be anchored at both ends.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    regex: Option<String>,
}

impl EmailPattern {
    fn from_text(text: &str) -> Self {
        match text.strip_prefix("*@") {
            Some(host) => Self::Host(host.to_owned()),
            None => Self::Exact(text.to_owned()),
        }
    }
}

pattern!(
    EmailPattern,
    "a mail address, `*@` and a host, or one of exact, host, under and regex",
    EmailMap,
    EmailPattern::from_text,
    |map| match (map.exact, map.host, map.under, map.regex) {
        (Some(address), None, None, None) => Some(EmailPattern::from_text(&address)),
        (None, Some(host), None, None) => Some(EmailPattern::Host(host)),
        (None, None, Some(domain), None) => Some(EmailPattern::Under(domain)),
        (None, None, None, Some(regex)) => Some(EmailPattern::Regex(regex)),
        _ => None,
    }
);

impl Serialize for EmailPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(address) => serializer.serialize_str(address),
            Self::Host(host) => serializer.collect_str(&format_args!("*@{host}")),
            Self::Under(domain) => one_entry(serializer, "under", domain),
            Self::Regex(regex) => one_entry(serializer, "regex", regex),
        }
    }
}

/// A pattern for URIs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UriPattern {
    /// A pattern for the whole text: `"spiffe://td/ns/*"`, where `*` stands for any characters.
    Text(TextPattern),
    /// `{scheme: spiffe, host: td, path: "/ns/*/sa/*"}`: by part.
    Parts {
        /// The scheme.
        scheme: String,
        /// The host; left out: any host.
        host: Option<DnsPattern>,
        /// The path; `*` stands for any characters of one segment, `**` for any characters. Left out: any path.
        path: Option<String>,
    },
}

impl UriPattern {
    /// The pattern for the whole text; `None` for one of another form.
    pub fn as_text(&self) -> Option<&TextPattern> {
        match self {
            Self::Text(pattern) => Some(pattern),
            Self::Parts { .. } => None,
        }
    }
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "uri map")]
struct UriMap {
    /// The scheme, such as `spiffe`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    scheme: Option<String>,
    /// With `scheme`: the host; left out: any host.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "DnsPattern"))]
    host: Option<DnsPattern>,
    /// With `scheme`: the path; `*` stands for any characters of one segment, `**` for any characters.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    path: Option<String>,
    /// This URI; a `*` in it is a `*`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    exact: Option<String>,
    /// URIs of this form; `*` stands for any characters.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    glob: Option<String>,
    /// URIs that this regular expression matches; it must be anchored at both ends.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    regex: Option<String>,
}

pattern!(
    UriPattern,
    "a URI, where `*` stands for any characters, or scheme (with host and path), or one of exact, glob and regex",
    UriMap,
    |text| UriPattern::Text(TextPattern::from_text(text)),
    |map| {
        let kind = match map {
            UriMap { scheme: Some(scheme), host, path, exact: None, glob: None, regex: None } => {
                return Some(UriPattern::Parts { scheme, host, path });
            }
            UriMap { scheme: None, host: None, path: None, exact: Some(text), glob: None, regex: None } => {
                TextPatternKind::Exact(text)
            }
            UriMap { scheme: None, host: None, path: None, exact: None, glob: Some(glob), regex: None } => {
                TextPatternKind::Glob(glob)
            }
            UriMap { scheme: None, host: None, path: None, exact: None, glob: None, regex: Some(regex) } => {
                TextPatternKind::Regex(regex)
            }
            _ => return None,
        };
        Some(UriPattern::Text(TextPattern { kind, ignore_case: false }))
    }
);

impl Serialize for UriPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(pattern) => pattern.serialize(serializer),
            Self::Parts { scheme, host, path } => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("scheme", scheme)?;
                if let Some(host) = host {
                    map.serialize_entry("host", host)?;
                }
                if let Some(path) = path {
                    map.serialize_entry("path", path)?;
                }
                map.end()
            }
        }
    }
}

/// Which texts are allowed and denied. A plain list is `allow`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = allow_list))]
#[serde(rename_all = "camelCase")]
pub struct TextRule {
    /// The text must match one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<TextPattern>,
    /// The text may match none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<TextPattern>,
}

impl<'de> Deserialize<'de> for TextRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "map")]
        struct Map {
            #[serde(default)]
            allow: Vec<TextPattern>,
            #[serde(default)]
            deny: Vec<TextPattern>,
        }
        struct ListOrMap;
        impl<'de> Visitor<'de> for ListOrMap {
            type Value = TextRule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of texts, or allow and deny")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                let allow = Vec::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(TextRule { allow, deny: Vec::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let Map { allow, deny } = Map::deserialize(MapAccessDeserializer::new(map))?;
                Ok(TextRule { allow, deny })
            }
        }
        deserializer.deserialize_any(ListOrMap)
    }
}

fn one_entry<S: Serializer>(serializer: S, key: &str, text: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, text)?;
    map.end()
}

#[cfg(feature = "schema")]
mod schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{DnsMap, DnsPattern, EmailMap, EmailPattern, TextMap, TextPattern, UriMap, UriPattern};

    /// A schema that takes a string or the mapping `M`.
    macro_rules! text_or_map {
        ($name:ident, $map:ident, $schema:literal, $description:literal) => {
            impl JsonSchema for $name {
                fn schema_name() -> std::borrow::Cow<'static, str> {
                    $schema.into()
                }

                fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                    let map = $map::json_schema(generator);
                    json_schema!({ "description": $description, "anyOf": [{ "type": "string" }, map] })
                }
            }
        };
    }

    text_or_map!(
        DnsPattern,
        DnsMap,
        "DnsPattern",
        "A DNS name, `*.` and a domain for any one label below it, or a mapping with one of exact, under, glob and regex."
    );
    text_or_map!(
        TextPattern,
        TextMap,
        "TextPattern",
        "A text, where `*` stands for any characters, or a mapping with one of exact, glob and regex."
    );
    text_or_map!(
        EmailPattern,
        EmailMap,
        "EmailPattern",
        "A mail address, `*@` and a host for any address there, or a mapping with one of exact, host, under and regex."
    );
    text_or_map!(
        UriPattern,
        UriMap,
        "UriPattern",
        "A URI, where `*` stands for any characters, or a mapping with scheme, or one of exact, glob and regex."
    );
}

/// Lets a schema of a mapping take a plain list of patterns too.
#[cfg(feature = "schema")]
pub(super) fn allow_list(schema: &mut schemars::Schema) {
    let map = std::mem::take(schema);
    let list = schemars::json_schema!({ "type": "array", "items": { "$ref": "#/$defs/TextPattern" } });
    *schema = schemars::json_schema!({ "anyOf": [list, map] });
}
