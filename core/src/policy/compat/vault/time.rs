//! Lifetimes of a role. Those of a mount that sets none are 768 hours. The facts `issuerNotAfter` and
//! `leafNotAfterBehavior` are what the host knows of the issuer.

use super::{Call, Flavour, Rule, parameter};
use crate::diagnostic::{Path, codes, path::steps};
use crate::policy::compat::{Case, Stop, denied, later, planted};
use crate::policy::document::Quirk;
use crate::time::Timestamp;

/// The longest lifetime of a mount, and the one that a request gets that asks for none.
const MOUNT_TTL: i64 = 768 * 3_600;
/// How far before now lifetimes begin.
const BACKDATE: i64 = 30;

fn stop(message: &str, at: Path, rule: Path) -> Stop {
    denied(codes::COMPAT_VALIDITY, message, at, rule)
}

pub(super) fn judge(rule: &Rule, call: Call, case: &mut Case<'_>) -> Result<(Timestamp, Timestamp), Stop> {
    let not_after = not_after(rule, case)?;
    let not_after = issuer_end(rule, not_after, case)?;
    let not_before = not_before(rule, case)?;
    if call == Call::Issue && not_after < not_before {
        return Err(stop("the lifetime ends before it begins", parameter("notBefore"), rule.at.clone()));
    }
    Ok((not_before, not_after))
}

/// What the field says, or the lifetime of the mount.
fn or_mount(seconds: Option<crate::policy::document::Seconds>) -> i64 {
    seconds.map(|seconds| seconds.0).filter(|seconds| *seconds > 0).unwrap_or(MOUNT_TTL)
}

fn not_after(rule: &Rule, case: &mut Case<'_>) -> Result<Timestamp, Stop> {
    let now = case.context.at();
    let (asked, end) = (case.context.duration(), case.context.not_after());
    let fixed = case.time(rule.role.not_after.as_deref());
    if asked.is_some() && (end.is_some() || fixed.is_some()) {
        return Err(stop(
            "both a duration and an end of life are given",
            steps!["context", "duration"],
            rule.at.clone(),
        ));
    }
    if let Some(fixed) = fixed {
        return Ok(fixed);
    }
    let longest = or_mount(rule.role.max_ttl);
    if let Some(end) = end {
        return bounded(rule, end, later(now, longest)?, case);
    }
    let mut seconds = asked.map(crate::time::Duration::as_seconds).filter(|seconds| *seconds > 0);
    if seconds.is_none() {
        seconds = Some(or_mount(rule.role.ttl));
    }
    let mut seconds = seconds.unwrap_or(MOUNT_TTL);
    if seconds > longest {
        case.altered(
            format!("the lifetime is cut from {seconds} to {longest} seconds"),
            steps!["context", "duration"],
        );
        seconds = longest;
    }
    later(now, seconds)
}

/// An end of life that is asked for, under the bound of the role.
fn bounded(rule: &Rule, end: Timestamp, longest: Timestamp, case: &mut Case<'_>) -> Result<Timestamp, Stop> {
    let at = steps!["context", "notAfter"];
    let bound = rule.rule("not_after_bound");
    match rule.role.not_after_bound.as_deref().unwrap_or_default() {
        "forbid" if !planted::is_planted(9) => Err(stop("the role takes no end of life", at, bound)),
        "ttl-limited" => {
            if end > later(case.context.at(), or_mount(rule.role.ttl))? {
                return Err(stop("the end of life lies beyond the lifetime of the role", at, bound));
            }
            Ok(end)
        }
        "" | "permit" | "forbid" if end <= longest || case.keeps(Quirk::EndBeyondMaxTtl) => Ok(end),
        "" | "permit" | "forbid" if rule.flavour == Flavour::Vault => {
            case.altered(format!("the end of life is cut to {longest}"), at);
            Ok(longest)
        }
        "" | "permit" | "forbid" => {
            Err(stop("the end of life lies beyond max_ttl", at, rule.rule("max_ttl")))
        }
        time => match Timestamp::from_rfc3339(time) {
            Some(last) if end <= last => Ok(end),
            _ => Err(stop("the end of life lies beyond the bound of the role", at, bound)),
        },
    }
}

/// The issuer lives no shorter, unless it is said to matter not.
pub(super) fn issuer_end(rule: &Rule, end: Timestamp, case: &mut Case<'_>) -> Result<Timestamp, Stop> {
    let Some(last) = case.issuer_end().filter(|last| *last < end) else { return Ok(end) };
    let at = steps!["context", "facts", "issuerNotAfter"];
    match case.fact("leafNotAfterBehavior").unwrap_or("err") {
        "permit" => Ok(end),
        "truncate" => {
            if last <= case.context.at() && !case.keeps(Quirk::TruncateExpiredIssuer) {
                return Err(stop("the issuer has expired", at, rule.at.clone()));
            }
            case.altered("the lifetime is cut to that of the issuer", at);
            Ok(last)
        }
        _ => Err(stop("the lifetime lies beyond that of the issuer", at, rule.at.clone())),
    }
}

fn not_before(rule: &Rule, case: &Case<'_>) -> Result<Timestamp, Stop> {
    let backdate = rule.role.not_before_duration.map_or(BACKDATE, |seconds| seconds.0);
    let earliest = later(case.context.at(), backdate.saturating_neg())?;
    if let Some(fixed) = case.time(rule.role.not_before.as_deref()) {
        return Ok(fixed);
    }
    let Some(text) = case.parameter("notBefore") else { return Ok(earliest) };
    let at = parameter("notBefore");
    let asked = Timestamp::from_rfc3339(text)
        .ok_or_else(|| stop("the beginning of life is no time in RFC 3339", at.clone(), rule.at.clone()))?;
    match rule.role.not_before_bound.as_deref().unwrap_or_default() {
        "forbid" => Err(stop("the role takes no beginning of life", at, rule.rule("not_before_bound"))),
        "duration" if asked < earliest => {
            Err(stop("the beginning of life lies too early", at, rule.rule("not_before_bound")))
        }
        _ => Ok(asked),
    }
}

/// The lifetime on `sign-verbatim`, which keeps only these fields of the role.
pub(super) fn verbatim(rule: &Rule, case: &mut Case<'_>) -> Result<(Timestamp, Timestamp), Stop> {
    let longest = or_mount(rule.role.max_ttl);
    let asked = case.context.duration().map(crate::time::Duration::as_seconds).filter(|seconds| *seconds > 0);
    let mut seconds = asked.unwrap_or_else(|| or_mount(rule.role.ttl));
    if seconds > longest {
        let message = format!("the lifetime is cut from {seconds} to {longest} seconds");
        case.altered(message, steps!["context", "duration"]);
        seconds = longest;
    }
    let end = match case.context.not_after() {
        Some(end) => end,
        None => later(case.context.at(), seconds)?,
    };
    let backdate = rule.role.not_before_duration.map_or(BACKDATE, |seconds| seconds.0);
    Ok((later(case.context.at(), backdate.saturating_neg())?, issuer_end(rule, end, case)?))
}
