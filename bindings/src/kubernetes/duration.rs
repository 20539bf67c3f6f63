use certgate::time::Duration;

/// Nanoseconds of the units of Go. Both characters that stand for a micro are read.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The most that a duration of Go holds: 63 bits of nanoseconds, some 292 years.
const LONGEST: u128 = 0x7fff_ffff_ffff_ffff;

/// Reads a duration in the words of Go's `time.ParseDuration`, such as `1.5h` or `24h0m0.5s`, which all fields of Kubernetes
/// and cert-manager have; and whole days and weeks besides, as [`Duration::parse`] does. A part of a second counts as one. `None` for
/// other text, for what is negative, and for more than a field can hold.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if let Some(duration) = Duration::parse(text) {
        let nanoseconds = u128::try_from(duration.as_seconds()).ok()?.checked_mul(1_000_000_000)?;
        return Some(duration).filter(|_| nanoseconds <= LONGEST);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Duration::from_seconds(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (part, after) = after.strip_prefix('.').map_or(("", after), digits);
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let (_, nanoseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        total = total.checked_add(number(whole)?.checked_mul(*nanoseconds)?)?;
        total = total.checked_add(fraction(part, *nanoseconds)?)?;
        if total > LONGEST {
            return None;
        }
        rest = after;
    }
    Duration::from_seconds(i64::try_from(total.div_ceil(1_000_000_000)).ok()?)
}

/// The digits that a text begins with, and what follows them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn number(digits: &str) -> Option<u128> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

/// What the digits behind the point stand for, rounded up. Those beyond the eighteenth change nothing but that.
fn fraction(part: &str, nanoseconds: u128) -> Option<u128> {
    let kept: String = part.chars().take(18).collect();
    let scale = 10u128.checked_pow(u32::try_from(kept.len()).ok()?)?;
    let value = number(&kept)?.checked_mul(nanoseconds)?;
    // What is cut off counts for less than one of the last digit that is kept.
    let is_more = part.chars().skip(18).any(|digit| digit != '0');
    let whole = value.checked_div(scale)?;
    let is_exact = value.checked_rem(scale)? == 0 && !is_more;
    Some(if is_exact { whole } else { whole.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_durations_of_go_are_read() {
        for (text, seconds) in [
            ("0", 0),
            ("+0", 0),
            ("1.5h", 5_400),
            (".5m", 30),
            ("1.m", 60),
            ("24h0m0.5s", 86_401),
            ("60s24h", 86_460),
            ("1h60m", 7_200),
            ("1h1h", 7_200),
            ("2160h0m0s1ms", 7_776_001),
            ("1µs", 1),
            ("1μs", 1),
            ("1us1ns", 1),
            ("1000ms", 1),
            ("+90m", 5_400),
            ("0.9999999999999999999999s", 1),
            // Not of Go, and read all the same.
            ("90d", 7_776_000),
        ] {
            assert_eq!(parse_duration(text).map(Duration::as_seconds), Some(seconds), "{text}");
        }
        for text in [
            "", "+", "-", "-24h", "-0.5h", "24", "h", ".h", "1e3h", "1 h", "1H", "1.2.3h", "3000000h",
            "1.5d", "++1h",
        ] {
            assert!(parse_duration(text).is_none(), "{text}");
        }
    }
}
