use serde::{Deserialize, Serialize};

use super::scalar::OidText;

/// A rule in CEL, for what a table cannot say. It can deny what the other rules allow, and never the other way round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a rule in CEL")]
pub struct CelRule {
    /// The rule's name in decisions: lower-case letters, digits and `_`, at most 64 of them.
    pub code: String,
    /// The values that the rule is run for, each as `self`. Left out: it is run once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<CelEach>,
    /// The expression, which must be true: at most 2 KiB, over `cert`, `request`, `requester`, `facts`, `factValues`, `cr` and, with
    /// `each`, `self`.
    pub cel: String,
    /// What a denial says: one line of at most 512 bytes.
    pub message: String,
}

/// Values of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum CelEach {
    /// Each dNSName.
    Dns,
    /// Each iPAddress, as text.
    Ip,
    /// Each rfc822Name.
    Email,
    /// Each uniformResourceIdentifier.
    Uri,
    /// Each otherName of a type: its text, or its DER encoding in hexadecimal.
    OtherName(OidText),
    /// Each attribute of the subject of a type, such as `commonName`.
    Subject(OidText),
}
