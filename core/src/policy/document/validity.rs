use serde::{Deserialize, Serialize};

use super::scalar::{DurationText, TimeText};
use super::{given, is_default};
use crate::time::Duration;

/// How long a certificate lives: from notBefore to notAfter, both seconds included (RFC 5280 4.1.2.5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "validity rules")]
pub struct ValidityRules {
    /// What a request gets that asks for no lifetime. Left out: such a request is denied.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "DurationText"))]
    pub default: Option<DurationText>,
    /// The shortest lifetime.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "DurationText"))]
    pub min: Option<DurationText>,
    /// The longest lifetime.
    pub max: DurationText,
    /// What happens to a request for more than `max`. Left out: deny.
    #[serde(default, skip_serializing_if = "is_default")]
    pub over_max: OverMax,
    /// The longest lifetime for a request that asks for an end of life and not for a duration; more is denied, whatever
    /// `overMax` says. `0`: such requests are denied. Left out: `max`, as for durations.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "DurationText"))]
    pub max_requested_end: Option<DurationText>,
    /// How far before now the lifetime begins, for peers whose clocks are behind. It counts as a part of the lifetime.
    /// Left out: 30s.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "DurationText"))]
    pub backdate: Option<DurationText>,
    /// No certificate lives beyond this time.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "TimeText"))]
    pub not_after: Option<TimeText>,
}

impl ValidityRules {
    /// The value of a document that says nothing of lifetimes: one that no document can mean.
    pub(crate) fn left_out() -> Self {
        Self {
            default: Some(DurationText(Duration::ZERO)),
            min: Some(DurationText(Duration::ZERO)),
            max: DurationText(Duration::ZERO),
            over_max: OverMax::Deny,
            max_requested_end: None,
            backdate: None,
            not_after: None,
        }
    }

    /// Whether the document says nothing of lifetimes.
    pub(crate) fn is_left_out(&self) -> bool {
        *self == Self::left_out()
    }
}

/// What happens to a request for a longer lifetime than allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OverMax {
    /// It gets the longest lifetime that is allowed, with a warning.
    Clamp,
    /// It is denied.
    #[default]
    Deny,
}
