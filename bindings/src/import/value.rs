//! Values as other programs write them.

use certgate::diagnostic::quote;
use certgate::oid::{Oid, OidKind};
use certgate::policy::document::OidText;
use serde::Deserialize;

/// A list of texts, or one text with commas.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a list of texts, or one text with commas")]
pub(super) enum TextList {
    List(Vec<String>),
    Text(String),
}

impl TextList {
    pub(super) fn into_list(self) -> Vec<String> {
        match self {
            Self::List(list) => list,
            Self::Text(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
        }
    }
}

/// A length of time: seconds, or a text such as `72h`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a number of seconds, or a text such as 72h")]
pub(super) enum Time {
    Seconds(i64),
    Text(String),
}

impl Time {
    /// Whole seconds; `Err` has what was written.
    pub(super) fn seconds(&self) -> Result<i64, String> {
        match self {
            Self::Seconds(seconds) => Ok(*seconds),
            Self::Text(text) => seconds(text).ok_or_else(|| quote(text)),
        }
    }
}

/// Reads a duration in the form of Go or of Vault: `72h`, `1h30m0s`, `30d`, or a bare number of seconds.
pub(super) fn seconds(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    certgate::time::Duration::parse(text).map(certgate::time::Duration::as_seconds)
}

/// The object identifier of a subject attribute, by the name that the standards give it.
pub(super) fn attribute(name: &str) -> Option<OidText> {
    Oid::from_label(name, OidKind::Attribute).map(OidText)
}

/// An object identifier in dotted decimal, of a type of attribute, otherName or purpose.
pub(super) fn dotted(text: &str) -> Option<OidText> {
    let dotted = text.starts_with(|c: char| c.is_ascii_digit());
    dotted.then(|| Oid::from_label(text, OidKind::Attribute).map(OidText)).flatten()
}

/// A regular expression that matches what the glob does, `*` standing for any characters.
pub(super) fn glob_to_regex(glob: &str) -> String {
    let mut regex = "^".to_owned();
    for c in glob.chars() {
        match c {
            '*' => regex.push_str(".*"),
            c if c.is_ascii_alphanumeric() || "@_-".contains(c) => regex.push(c),
            '.' => regex.push_str(r"\."),
            c => {
                regex.push('[');
                if "^\\]-[&~".contains(c) {
                    regex.push('\\');
                }
                regex.push(c);
                regex.push(']');
            }
        }
    }
    regex.push('$');
    regex
}
