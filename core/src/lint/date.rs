use std::fmt;

use crate::time::Timestamp;

/// The day from which a rule binds, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    pub(super) const fn new(year: i64, month: i64, day: i64) -> Self {
        Self { year, month, day }
    }

    /// Whether the day has begun at `at`.
    pub fn has_come(self, at: Timestamp) -> bool {
        let (year, month, day, ..) = at.to_civil();
        Self { year, month, day } >= self
    }
}

impl fmt::Display for Date {
    /// `2026-03-15`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
