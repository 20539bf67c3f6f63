//! Lifetimes.

use certgate::policy::document::{DurationText, OverMax, ValidityRules};
use certgate::time::Duration;

pub(super) const HOUR: i64 = 3_600;
/// For programs that set no longest lifetime: 100 years, which ends before the year 9999 for a while.
pub(super) const UNBOUNDED: i64 = 36_500 * 24 * HOUR;

/// A duration; what is negative or above 1,000 years is put at the bound.
pub(super) fn duration(seconds: i64) -> DurationText {
    let seconds = seconds.clamp(0, UNBOUNDED.saturating_mul(10));
    DurationText(Duration::from_seconds(seconds).unwrap_or(Duration::ZERO))
}

/// Lifetimes up to a bound.
pub(super) fn up_to(max: i64, default: Option<i64>) -> ValidityRules {
    ValidityRules {
        default: default.map(duration),
        min: None,
        max: duration(max),
        over_max: OverMax::Deny,
        max_requested_end: None,
        backdate: None,
        not_after: None,
    }
}
