use serde::{Deserialize, Serialize};

use super::conditions::Conditions;
use super::given;
use super::pattern::TextPattern;
use super::scalar::TimeText;

/// What follows from a denial. A certificate is never issued against the rules, whatever this says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Enforcement {
    /// Nothing is stopped; it is recorded what would have been.
    Audit,
    /// Nothing is stopped; who asks is warned.
    Warn,
    /// The request is stopped.
    #[default]
    Enforce,
}

impl Enforcement {
    /// The word of the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Warn => "warn",
            Self::Enforce => "enforce",
        }
    }
}

/// An exception from some rules, for a time. What no policy switches off stays on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an exception")]
pub struct ExceptionRule {
    /// What it is for.
    #[serde(rename = "match")]
    pub matches: ExceptionMatch,
    /// The last moment at which it holds. From then on the rules hold again, and the policy is reported by lint.
    pub until: TimeText,
    /// Who answers for it.
    pub owner: String,
    /// Why it is there.
    pub reason: String,
}

/// What an exception is for: denials by these codes, of these values, in this context.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "what an exception is for")]
pub struct ExceptionMatch {
    /// The codes of the denials that it takes away, such as `policy/key-size`.
    pub codes: Vec<String>,
    /// The values that were found, such as a name or a key; left out: any value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<TextPattern>,
    /// Who asks, where and of whom; left out: anyone.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Conditions"))]
    pub context: Option<Conditions>,
}
