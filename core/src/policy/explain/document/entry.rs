//! Entries of a policy's lists: how the document writes them, and what they stand for.

use crate::diagnostic::quote;
use crate::policy::document::{
    CelRule, DnsPattern, EmailPattern, OidText, TextPattern, TextPatternKind, TextRule, UriPattern,
};

/// An entry of a list.
pub(super) trait Entry: Clone + PartialEq + 'static {
    /// The entry as the document has it: its text, or its mapping in JSON.
    fn written(&self) -> String;

    /// What it stands for, in words.
    fn scope(&self) -> String;
}

impl Entry for String {
    fn written(&self) -> String {
        self.clone()
    }

    /// Lists of texts are those of addresses and blocks.
    fn scope(&self) -> String {
        if is_template(self) {
            of_template(self)
        } else if self.contains('/') {
            format!("the addresses of the block {}", quote(self))
        } else {
            format!("the address {}", quote(self))
        }
    }
}

impl Entry for OidText {
    fn written(&self) -> String {
        self.0.label()
    }

    fn scope(&self) -> String {
        self.0.label()
    }
}

impl Entry for CelRule {
    fn written(&self) -> String {
        self.code.clone()
    }

    fn scope(&self) -> String {
        format!("what its rule {} denies", quote(&self.code))
    }
}

impl Entry for TextPattern {
    fn written(&self) -> String {
        let (key, text) = match &self.kind {
            TextPatternKind::Exact(text) if !self.ignore_case && !text.contains('*') => return text.clone(),
            TextPatternKind::Glob(text) if !self.ignore_case && text.contains('*') => return text.clone(),
            TextPatternKind::Exact(text) => ("exact", text),
            TextPatternKind::Glob(text) => ("glob", text),
            TextPatternKind::Regex(text) => ("regex", text),
        };
        let mut fields = vec![(key, json(text))];
        if self.ignore_case {
            fields.push(("ignoreCase", "true".to_owned()));
        }
        mapping(&fields)
    }

    fn scope(&self) -> String {
        let case = if self.ignore_case { " in any case" } else { "" };
        match &self.kind {
            TextPatternKind::Exact(text) | TextPatternKind::Glob(text) if is_template(text) => {
                of_template(text)
            }
            TextPatternKind::Exact(text) => format!("{}{case}", quote(text)),
            TextPatternKind::Glob(text) | TextPatternKind::Regex(text) => {
                format!("whatever {} matches{case}", quote(text))
            }
        }
    }
}

impl Entry for DnsPattern {
    fn written(&self) -> String {
        match self {
            Self::Exact(name) => name.clone(),
            Self::OneLabel(domain) => format!("*.{domain}"),
            Self::Under { domain, depth } => {
                let depth = depth.map(|depth| ("depth", depth.to_string()));
                let fields: Vec<(&str, String)> =
                    std::iter::once(("under", json(domain))).chain(depth).collect();
                mapping(&fields)
            }
            Self::Glob(glob) => mapping(&[("glob", json(glob))]),
            Self::Regex(regex) => mapping(&[("regex", json(regex))]),
        }
    }

    fn scope(&self) -> String {
        match self {
            Self::Exact(text)
            | Self::OneLabel(text)
            | Self::Under { domain: text, .. }
            | Self::Glob(text)
                if is_template(text) =>
            {
                of_template(text)
            }
            Self::Exact(name) => format!("{} and the wildcards that stand for it", quote(name)),
            Self::OneLabel(domain) => format!("names one label below {}", quote(domain)),
            Self::Under { domain, depth: None } => format!("names below {}", quote(domain)),
            Self::Under { domain, depth: Some(depth) } => {
                format!("names up to {depth} labels below {}", quote(domain))
            }
            Self::Glob(text) | Self::Regex(text) => format!("names that {} matches", quote(text)),
        }
    }
}

impl Entry for EmailPattern {
    fn written(&self) -> String {
        match self {
            Self::Exact(address) => address.clone(),
            Self::Host(host) => format!("*@{host}"),
            Self::Under(domain) => mapping(&[("under", json(domain))]),
            Self::Regex(regex) => mapping(&[("regex", json(regex))]),
        }
    }

    fn scope(&self) -> String {
        match self {
            Self::Exact(text) | Self::Host(text) | Self::Under(text) if is_template(text) => {
                of_template(text)
            }
            Self::Exact(address) => format!("the address {}", quote(address)),
            Self::Host(host) => format!("addresses at {}", quote(host)),
            Self::Under(domain) => format!("addresses at hosts below {}", quote(domain)),
            Self::Regex(regex) => format!("addresses that {} matches", quote(regex)),
        }
    }
}

impl Entry for UriPattern {
    fn written(&self) -> String {
        match self {
            Self::Text(pattern) => pattern.written(),
            Self::Parts { scheme, host, path } => {
                let host = host.as_ref().map(|host| match host {
                    DnsPattern::Exact(_) | DnsPattern::OneLabel(_) => ("host", json(&host.written())),
                    _ => ("host", host.written()),
                });
                let path = path.as_ref().map(|path| ("path", json(path)));
                let fields: Vec<(&str, String)> =
                    std::iter::once(("scheme", json(scheme))).chain(host).chain(path).collect();
                mapping(&fields)
            }
        }
    }

    fn scope(&self) -> String {
        match self {
            Self::Text(pattern) => pattern.scope(),
            Self::Parts { .. } => format!("URIs that {} matches", quote(&self.written())),
        }
    }
}

/// A condition as the document writes it.
pub(super) fn text_rule(rule: &TextRule) -> String {
    let lists = [("allow", &rule.allow), ("deny", &rule.deny)].into_iter();
    let fields: Vec<(&str, String)> = lists
        .filter(|(_, list)| !list.is_empty())
        .map(|(key, list)| {
            let items: Vec<String> = list.iter().map(item).collect();
            (key, format!("[{}]", items.join(",")))
        })
        .collect();
    mapping(&fields)
}

/// A pattern as an item of a list in JSON.
fn item(pattern: &TextPattern) -> String {
    let written = pattern.written();
    let is_text = match &pattern.kind {
        TextPatternKind::Exact(text) | TextPatternKind::Glob(text) => written == *text,
        TextPatternKind::Regex(_) => false,
    };
    if is_text { json(&written) } else { written }
}

/// A pattern for this text and for no other.
pub(super) fn exact(text: &str) -> TextPattern {
    let kind = if is_template(text) {
        TextPatternKind::Regex(anchored(text))
    } else {
        TextPatternKind::Exact(text.to_owned())
    };
    TextPattern { kind, ignore_case: false }
}

/// A pattern for this mail address and for no other.
pub(super) fn exact_email(address: &str) -> EmailPattern {
    if is_template(address) {
        EmailPattern::Regex(anchored(address))
    } else {
        EmailPattern::Exact(address.to_owned())
    }
}

/// A regular expression for one text.
fn anchored(text: &str) -> String {
    format!("^{}$", regex_syntax::escape(text))
}

fn is_template(text: &str) -> bool {
    text.contains("${")
}

fn of_template(text: &str) -> String {
    format!("whatever {} stands for, in any context", quote(text))
}

fn mapping(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// A text as JSON writes it (RFC 8259 7).
fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_pattern_is_for_one_text() {
        assert_eq!(exact("a").written(), "a");
        assert_eq!(exact("a*").written(), r#"{"exact":"a*"}"#);
        assert_eq!(exact("${namespace}").written(), r#"{"regex":"^\\$\\{namespace\\}$"}"#);
        assert_eq!(exact_email("a@b.example").written(), "a@b.example");
        assert_eq!(exact_email("${b}@c.example").written(), r#"{"regex":"^\\$\\{b\\}@c\\.example$"}"#);
    }

    #[test]
    fn entries_are_written_as_json_writes_them() {
        let under = DnsPattern::Under { domain: "a.example".to_owned(), depth: Some(2) };
        assert_eq!(under.written(), r#"{"under":"a.example","depth":2}"#);
        let parts = UriPattern::Parts {
            scheme: "spiffe".to_owned(),
            host: Some(under),
            path: Some("/a\"b".to_owned()),
        };
        assert_eq!(
            parts.written(),
            r#"{"scheme":"spiffe","host":{"under":"a.example","depth":2},"path":"/a\"b"}"#
        );
        let rule = TextRule { allow: vec![exact("a"), exact("b*")], deny: Vec::new() };
        assert_eq!(text_rule(&rule), r#"{"allow":["a",{"exact":"b*"}]}"#);
        assert_eq!(json("\u{1}\\"), r#""\u0001\\""#);
    }
}
