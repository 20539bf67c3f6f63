use std::fmt;

use super::DAY;

/// A length of time in whole seconds, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

/// Nothing in a PKI lasts longer than 1,000 years; hostile input 90 has `10000000000d`.
const LONGEST: i64 = 1_000 * 365 * DAY;

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From seconds; `None` if negative or longer than 1,000 years.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (0..=LONGEST).contains(&seconds).then_some(Self(seconds))
    }

    /// From a number of days; 65,535 are 179 years.
    pub const fn from_days(days: u16) -> Self {
        #[expect(clippy::as_conversions, reason = "widening, and `From` is not const")]
        Self((days as i64).saturating_mul(DAY))
    }

    /// The number of seconds.
    pub fn as_seconds(self) -> i64 {
        self.0
    }

    /// Whether it is no time at all.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Reads numbers with units, the largest first: `90d`, `24h`, `1h30m`, `2160h0m0s`, `30s`, `52w`. A bare `0` is
    /// allowed, any other number needs a unit.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self(0));
        }
        let mut rest = text;
        let mut total: i64 = 0;
        let mut smallest = i64::MAX;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at_checked(end)?;
            let number: i64 = number.parse().ok()?;
            let mut chars = tail.chars();
            let unit = match chars.next()? {
                'w' => 7 * DAY,
                'd' => DAY,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            if unit >= smallest {
                return None;
            }
            smallest = unit;
            total = total.checked_add(number.checked_mul(unit)?)?;
            rest = chars.as_str();
        }
        (!text.is_empty()).then(|| Self::from_seconds(total)).flatten()
    }
}

impl fmt::Display for Duration {
    /// The shortest form that [`Duration::parse`] reads back: whole days as `90d`, else hours, minutes and seconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut left = self.0;
        let units = if left > DAY && left.rem_euclid(DAY) == 0 {
            &[(DAY, 'd')][..]
        } else {
            &[(3_600, 'h'), (60, 'm'), (1, 's')]
        };
        for (seconds, unit) in units {
            let count = left.div_euclid(*seconds);
            left = left.rem_euclid(*seconds);
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, shown) in [
            ("24h", 86_400, "24h"),
            ("90d", 7_776_000, "90d"),
            ("1h30m", 5_400, "1h30m"),
            ("2160h0m0s", 7_776_000, "90d"),
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
            ("1w1d", 691_200, "8d"),
            ("25h", 90_000, "25h"),
        ] {
            let duration = Duration::parse(text).unwrap();
            assert_eq!((duration.as_seconds(), duration.to_string().as_str()), (seconds, shown));
            assert_eq!(Duration::parse(shown), Some(duration));
        }
        for text in [
            "",
            "24",
            "h",
            "-1h",
            "1.5h",
            "10000000000d",
            "9223372036854775807s",
            "1m1h",
            "1h1h",
            "1y",
            "24H",
            " 1h",
        ] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
    }
}
