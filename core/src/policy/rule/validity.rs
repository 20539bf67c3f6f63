use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::policy::document::{OverMax, ValidityRules};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;
use crate::time::{Duration, Timestamp};

/// How long the certificate lives. All sums are of whole seconds, the last one included (RFC 5280 4.1.2.5).
#[derive(Debug)]
pub(in crate::policy) struct ValidityRule {
    default: Option<Duration>,
    min: Option<Duration>,
    max: Duration,
    over_max: OverMax,
    max_requested_end: Option<Duration>,
    backdate: Duration,
    not_after: Option<Timestamp>,
}

/// Backdating unless the policy says otherwise: enough for clocks that are a little behind.
const DEFAULT_BACKDATE_SECONDS: i64 = 30;

impl ValidityRule {
    pub(in crate::policy) fn compile(rules: &ValidityRules, faults: &mut Faults) -> Self {
        let default_backdate = || Duration::from_seconds(DEFAULT_BACKDATE_SECONDS);
        let rule = Self {
            default: rules.default.as_ref().map(|text| text.0),
            min: rules.min.as_ref().map(|text| text.0),
            max: rules.max.0,
            over_max: rules.over_max,
            max_requested_end: rules.max_requested_end.as_ref().map(|text| text.0),
            backdate: rules
                .backdate
                .as_ref()
                .map(|text| text.0)
                .or_else(default_backdate)
                .unwrap_or(rules.max.0),
            not_after: rules.not_after.as_ref().map(|text| text.0),
        };
        let mut never = |field: &'static str, message: String| {
            faults.error(Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, message), &steps!["validity", field]);
        };
        let max = rule.max;
        if max.is_zero() {
            never("max", "a longest lifetime of 0 allows nothing".to_owned());
        }
        if rule.max_requested_end.is_some_and(|bound| bound > max) {
            never("maxRequestedEnd", format!("it is above the longest lifetime, {max}"));
        }
        if rule.min.is_some_and(|min| min > max) {
            never("min", format!("the shortest lifetime is above the longest, {max}"));
        }
        match rule.default {
            Some(default) if default.is_zero() => {
                never("default", "a default lifetime of 0 allows nothing".to_owned())
            }
            Some(default) if default > max => {
                never("default", format!("the default lifetime is above the longest, {max}"))
            }
            Some(default) if rule.min.is_some_and(|min| default < min) => {
                never("default", "the default lifetime is below the shortest".to_owned());
            }
            _ => {}
        }
        if rule.backdate >= max && !max.is_zero() {
            never(
                "backdate",
                format!("the lifetime begins {} before now, and is at most {max}", rule.backdate),
            );
        }
        rule
    }

    /// The lengths that decide something, in seconds.
    pub(in crate::policy) fn lengths(&self) -> Vec<i64> {
        let given = [self.default, self.min, self.max_requested_end].into_iter().flatten();
        let own = [self.max, self.backdate];
        given.chain(own).map(Duration::as_seconds).collect()
    }

    pub(in crate::policy) fn backdate_seconds(&self) -> i64 {
        self.backdate.as_seconds()
    }

    /// The time beyond which no certificate lives.
    pub(in crate::policy) fn end(&self) -> Option<Timestamp> {
        self.not_after
    }

    /// The last second that a certificate of this time can have.
    pub(in crate::policy) fn latest(&self, at: Timestamp) -> Option<Timestamp> {
        let not_before = at.checked_sub(self.backdate)?;
        let longest = not_before.checked_add(self.max)?.as_unix().saturating_sub(1);
        Timestamp::from_unix(self.not_after.map_or(longest, |end| end.as_unix().min(longest)))
    }

    /// The lifetime that is issued, if what is asked for is allowed: what [`ValidityRule::judge`] does, without words.
    pub(in crate::policy) fn lifetime(
        &self,
        at: Timestamp,
        duration: Option<Duration>,
        not_after: Option<Timestamp>,
    ) -> Option<(Timestamp, Timestamp)> {
        let not_before = at.checked_sub(self.backdate)?;
        let requested = match (duration, not_after) {
            (Some(_), Some(_)) => return None,
            (Some(duration), None) => duration.as_seconds(),
            (None, Some(end)) if end <= at => return None,
            (None, Some(end)) => end.seconds_since(not_before).saturating_add(1),
            (None, None) => self.default?.as_seconds(),
        };
        let shortest =
            self.min.map_or(1, Duration::as_seconds).max(self.backdate.as_seconds().saturating_add(1));
        let max = self.max.as_seconds();
        let mut longest =
            self.not_after.map_or(max, |end| end.seconds_since(not_before).saturating_add(1).min(max));
        if requested < shortest || longest <= self.backdate.as_seconds() {
            return None;
        }
        let mut over_max = self.over_max;
        if let (Some(_), Some(bound)) = (not_after, self.max_requested_end) {
            over_max = OverMax::Deny;
            longest = longest.min(bound.as_seconds());
        }
        if requested > longest && over_max == OverMax::Deny {
            return None;
        }
        let issued = requested.min(longest);
        if issued < shortest {
            return None;
        }
        let last = issued.checked_sub(1).and_then(Duration::from_seconds)?;
        Some((not_before, not_before.checked_add(last)?))
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let context = judgement.context;
        let Some(not_before) = context.at().checked_sub(self.backdate) else {
            return self.deny_end(judgement, "the lifetime begins before the year 1");
        };
        let (requested, at) = match (context.duration(), context.not_after()) {
            (Some(_), Some(_)) => {
                judgement.deny(
                    Diagnostic::new(
                        codes::POLICY_VALIDITY_CONFLICT,
                        "both a duration and an end of life are asked for",
                    )
                    .at(steps!["context", "notAfter"])
                    .with_rule(steps!["validity"])
                    .with_help("ask for one of them"),
                );
                return;
            }
            (Some(duration), None) => (Some(duration.as_seconds()), steps!["context", "duration"]),
            (None, Some(not_after)) => {
                (Some(not_after.seconds_since(not_before).saturating_add(1)), steps!["context", "notAfter"])
            }
            (None, None) => {
                judgement.pass(|| steps!["validity", "default"]);
                (self.default.map(Duration::as_seconds), steps!["context", "duration"])
            }
        };
        let Some(requested) = requested else {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_VALIDITY_MISSING,
                    format!("no lifetime is asked for, and policy `{}` has no default", judgement.policy),
                )
                .at(at)
                .with_rule(steps!["validity", "default"])
                .with_help("ask for a duration, or set validity.default in the policy"),
            );
            return;
        };
        if context.not_after().is_some_and(|not_after| not_after <= context.at()) {
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_NOT_AFTER_PAST,
                    "the end of life that is asked for is in the past",
                )
                .at(at)
                .with_rule(steps!["validity"])
                .with_help("ask for a later end"),
            );
            return;
        }
        let shortest =
            self.min.map_or(1, Duration::as_seconds).max(self.backdate.as_seconds().saturating_add(1));
        if requested < shortest {
            let shown = |seconds: i64| {
                Duration::from_seconds(seconds).map_or_else(|| seconds.to_string(), |d| d.to_string())
            };
            judgement.deny(
                Diagnostic::new(
                    codes::POLICY_VALIDITY_TOO_SHORT,
                    format!(
                        "the lifetime {} is shorter than the {} that policy `{}` asks for",
                        shown(requested),
                        shown(shortest),
                        judgement.policy
                    ),
                )
                .at(at)
                .with_rule(steps!["validity", "min"])
                .with_found(requested)
                .with_expected(shortest)
                .with_help(format!("ask for {} or more", shown(shortest))),
            );
            return;
        }
        self.judge_longest(judgement, not_before, requested, at);
    }

    fn judge_longest(
        &self,
        judgement: &mut Judgement<'_>,
        not_before: Timestamp,
        requested: i64,
        at: crate::diagnostic::Path,
    ) {
        let until_end = self.not_after.map(|end| end.seconds_since(not_before).saturating_add(1));
        let mut longest = until_end.map_or(self.max.as_seconds(), |until| until.min(self.max.as_seconds()));
        let mut rule = if longest < self.max.as_seconds() { "notAfter" } else { "max" };
        let mut over_max = self.over_max;
        if longest <= self.backdate.as_seconds() {
            return self.deny_end(judgement, "the policy's end of life has passed");
        }
        if let (Some(_), Some(bound)) = (judgement.context.not_after(), self.max_requested_end) {
            over_max = OverMax::Deny;
            if bound.as_seconds() < longest {
                (longest, rule) = (bound.as_seconds(), "maxRequestedEnd");
            }
            judgement.pass(|| steps!["validity", "maxRequestedEnd"]);
        }
        let mut lifetime = requested;
        if requested > longest {
            let shown = |seconds: i64| {
                Duration::from_seconds(seconds).map_or_else(|| format!("{seconds}s"), |d| d.to_string())
            };
            let message = format!(
                "the lifetime {} is longer than the {} that policy `{}` allows",
                shown(requested),
                shown(longest),
                judgement.policy
            );
            let diagnostic = |code| {
                Diagnostic::new(code, message)
                    .at(at.clone())
                    .with_rule(steps!["validity", rule])
                    .with_found(requested)
                    .with_expected(longest)
                    .with_help(format!("ask for {} or less", shown(longest)))
            };
            match over_max {
                OverMax::Deny => {
                    judgement.deny(diagnostic(codes::POLICY_VALIDITY_TOO_LONG));
                    return;
                }
                // What is left is shortened to and not made longer: it may be too short.
                OverMax::Clamp if self.min.is_some_and(|min| longest < min.as_seconds()) => {
                    let shortest = self.min.map_or(0, Duration::as_seconds);
                    let message = format!(
                        "the longest lifetime that is left is {}, shorter than the {} that policy `{}` asks for",
                        shown(longest),
                        shown(shortest),
                        judgement.policy
                    );
                    judgement.deny(
                        Diagnostic::new(codes::POLICY_VALIDITY_TOO_SHORT, message)
                            .at(at)
                            .with_rule(steps!["validity", "min"])
                            .with_found(longest)
                            .with_expected(shortest)
                            .with_help(format!("set validity.{rule} of the policy to a later time")),
                    );
                    return;
                }
                OverMax::Clamp => {
                    judgement.pass(|| steps!["validity", "overMax"]);
                    judgement.warn(diagnostic(codes::POLICY_VALIDITY_CLAMPED));
                    lifetime = longest;
                }
            }
        }
        let last = lifetime.checked_sub(1).and_then(Duration::from_seconds);
        match last.and_then(|last| not_before.checked_add(last)) {
            Some(not_after) => {
                judgement.pass(|| steps!["validity", "min"]);
                judgement.pass(|| steps!["validity", "max"]);
                judgement.validity = Some((not_before, not_after));
            }
            None => self.deny_end(judgement, "the lifetime ends after the year 9999"),
        }
    }

    fn deny_end(&self, judgement: &mut Judgement<'_>, message: &str) {
        judgement.deny(
            Diagnostic::new(codes::POLICY_VALIDITY_RANGE, message)
                .at(steps!["context", "at"])
                .with_rule(steps!["validity"]),
        );
    }
}
