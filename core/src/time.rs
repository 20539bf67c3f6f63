//! Points in time and durations in whole seconds; no clock.
//!
//! Certificates carry UTCTime and GeneralizedTime (RFC 5280 4.1.2.5), hosts carry RFC 3339 text in UTC. Years 0001 to
//! 9999 are representable: PKITS has certificates from 1950, which `der::DateTime` has no value for.

use std::fmt;

use crate::der::{Element, tag};
use crate::diagnostic::{Error, codes};

mod duration;

pub use duration::Duration;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

const DAY: i64 = 86_400;

impl Timestamp {
    /// 9999-12-31T23:59:59Z: "no well-defined expiration date" (RFC 5280 4.1.2.5).
    pub const NO_EXPIRY: Self = Self(253_402_300_799);

    /// From seconds since the epoch; `None` outside the years 1 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        RANGE.contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since the epoch.
    pub fn as_unix(self) -> i64 {
        self.0
    }

    /// `self` later by `duration`; `None` past the year 9999.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        self.0.checked_add(duration.as_seconds()).and_then(Self::from_unix)
    }

    /// `self` earlier by `duration`; `None` before the year 1.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        self.0.checked_sub(duration.as_seconds()).and_then(Self::from_unix)
    }

    /// Seconds from `earlier` to `self`; negative if `self` comes first.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// From a UTC calendar date and time of day; `None` for a 30 February or a second 60.
    pub fn from_civil(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Option<Self> {
        if !(1..=9999).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=days_in_month(year, month)).contains(&day)
        {
            return None;
        }
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..60).contains(&second) {
            return None;
        }
        let of_day = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
        days_from_civil(year, month, day)?.checked_mul(DAY)?.checked_add(of_day).and_then(Self::from_unix)
    }

    /// Year, month, day, hour, minute and second in UTC.
    pub fn to_civil(self) -> (i64, i64, i64, i64, i64, i64) {
        let of_day = self.0.rem_euclid(DAY);
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY)).unwrap_or((1, 1, 1));
        (
            year,
            month,
            day,
            of_day.div_euclid(3600),
            of_day.rem_euclid(3600).div_euclid(60),
            of_day.rem_euclid(60),
        )
    }

    /// Reads RFC 3339 text such as `2026-11-23T12:00:00Z`, `2026-11-23T13:00:00+01:00` or with a fraction, which is cut off.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (date_time, rest) = bytes.split_at_checked(19)?;
        for (index, expected) in [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')] {
            if date_time.get(index) != Some(&expected) {
                return None;
            }
        }
        if !matches!(date_time.get(10), Some(b'T' | b't' | b' ')) {
            return None;
        }
        let number = |from: usize, to: usize| date_time.get(from..to).and_then(digits);
        let civil = Self::from_civil(
            number(0, 4)?,
            number(5, 7)?,
            number(8, 10)?,
            number(11, 13)?,
            number(14, 16)?,
            number(17, 19)?,
        )?;
        let rest = match rest.strip_prefix(b".") {
            Some(fraction) => {
                let end = fraction.iter().position(|byte| !byte.is_ascii_digit())?;
                if end == 0 {
                    return None;
                }
                fraction.get(end..)?
            }
            None => rest,
        };
        let offset = match rest {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), hour @ .., b':', m1, m2] if hour.len() == 2 => {
                let (hour, minute) = (digits(hour)?, digits(&[*m1, *m2])?);
                if hour > 23 || minute > 59 {
                    return None;
                }
                let seconds = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?;
                if *sign == b'+' { seconds } else { seconds.checked_neg()? }
            }
            _ => return None,
        };
        civil.0.checked_sub(offset).and_then(Self::from_unix)
    }

    /// Reads a UTCTime or GeneralizedTime element (RFC 5280 4.1.2.5.1 and .2): `YYMMDDHHMMSSZ` for the years 1950 to
    /// 2049, `YYYYMMDDHHMMSSZ` without a fraction for the others.
    pub(crate) fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        let fault = |message: &str| Err(element.error(codes::DER_TIME, message));
        let Some((b'Z', text)) = element.value.split_last() else {
            return fault("a time does not end in Z");
        };
        let (year, rest) = match (element.tag, text.len()) {
            (tag::UTC_TIME, 12) => {
                let (year, rest) = text.split_at(2);
                let year = digits(year).map(|year| {
                    if year < 50 { year.saturating_add(2000) } else { year.saturating_add(1900) }
                });
                (year, rest)
            }
            (tag::GENERALIZED_TIME, 14) => {
                let (year, rest) = text.split_at(4);
                (digits(year), rest)
            }
            (tag::UTC_TIME, _) => return fault("a UTCTime is not of the form YYMMDDHHMMSSZ"),
            (tag::GENERALIZED_TIME, _) => {
                return fault("a GeneralizedTime is not of the form YYYYMMDDHHMMSSZ");
            }
            _ => {
                return Err(element.error(codes::DER_UNEXPECTED_TYPE, "expected UTCTime or GeneralizedTime"));
            }
        };
        let number = |index: usize| rest.get(index..index.saturating_add(2)).and_then(digits);
        let civil =
            (|| Self::from_civil(year?, number(0)?, number(2)?, number(4)?, number(6)?, number(8)?))();
        match civil {
            Some(time) => Ok(time),
            None => fault("a time is not a date and time of the calendar"),
        }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.to_civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0i64, |sum, byte| {
        byte.is_ascii_digit().then_some(())?;
        sum.checked_mul(10)?.checked_add(i64::from(byte.checked_sub(b'0')?))
    })
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, by eras of 400 years that begin on 1 March.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let year = if month <= 2 { year.checked_sub(1)? } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = month.checked_add(9)?.rem_euclid(12);
    let day_of_year =
        month_from_march.checked_mul(153)?.checked_add(2)?.div_euclid(5).checked_add(day)?.checked_sub(1)?;
    let leap_days = year_of_era.div_euclid(4).checked_sub(year_of_era.div_euclid(100))?;
    let day_of_era = year_of_era.checked_mul(365)?.checked_add(leap_days)?.checked_add(day_of_year)?;
    era.checked_mul(146_097)?.checked_add(day_of_era)?.checked_sub(719_468)
}

fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    let days = days.checked_add(719_468)?;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let skipped = day_of_era
        .div_euclid(1_460)
        .checked_sub(day_of_era.div_euclid(36_524))?
        .checked_add(day_of_era.div_euclid(146_096))?;
    let year_of_era = day_of_era.checked_sub(skipped)?.div_euclid(365);
    let before = year_of_era
        .checked_mul(365)?
        .checked_add(year_of_era.div_euclid(4))?
        .checked_sub(year_of_era.div_euclid(100))?;
    let day_of_year = day_of_era.checked_sub(before)?;
    let month_from_march = day_of_year.checked_mul(5)?.checked_add(2)?.div_euclid(153);
    let first = month_from_march.checked_mul(153)?.checked_add(2)?.div_euclid(5);
    let day = day_of_year.checked_sub(first)?.checked_add(1)?;
    let month = month_from_march.checked_add(2)?.rem_euclid(12).checked_add(1)?;
    let year = era.checked_mul(400)?.checked_add(year_of_era)?;
    Some((if month <= 2 { year.checked_add(1)? } else { year }, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip_over_every_day() {
        let (first, last) =
            (Timestamp::from_unix(*RANGE.start()).unwrap(), Timestamp::from_unix(*RANGE.end()).unwrap());
        assert_eq!(first.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
        let mut expected = (1, 1, 1);
        for seconds in RANGE.step_by(DAY.try_into().unwrap()) {
            let time = Timestamp::from_unix(seconds).unwrap();
            let (year, month, day, ..) = time.to_civil();
            assert_eq!((year, month, day), expected);
            assert_eq!(Timestamp::from_civil(year, month, day, 0, 0, 0), Some(time));
            expected = match (day == days_in_month(year, month), month) {
                (false, _) => (year, month, day + 1),
                (true, 12) => (year + 1, 1, 1),
                (true, _) => (year, month + 1, 1),
            };
        }
    }

    #[test]
    fn rfc3339_is_read_in_any_offset() {
        let noon = Timestamp::from_civil(2026, 11, 23, 12, 0, 0);
        for text in [
            "2026-11-23T12:00:00Z",
            "2026-11-23T13:30:00+01:30",
            "2026-11-23T04:00:00-08:00",
            "2026-11-23 12:00:00.999Z",
            "2026-11-23t12:00:00z",
        ] {
            assert_eq!(Timestamp::from_rfc3339(text), noon, "{text}");
        }
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T12:00:00",
            "2026-02-30T12:00:00Z",
            "2026-11-23T12:00:60Z",
            "2026-11-23T24:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T12:00:00.Z",
            "2026-11-23T12:00:00+1:00",
            "0000-01-01T00:00:00Z",
            "+026-11-23T12:00:00Z",
            "2026-11-23T12:00:00Zx",
            "2026-11-23T12:00:00+24:00",
        ] {
            assert_eq!(Timestamp::from_rfc3339(text), None, "{text}");
        }
    }
}
