//! Lifetimes: the one that the request asks for, and none that is longer.

use super::{Case, Edit, Proposal, alone, field};
use crate::diagnostic::{Diagnostic, Path, Severity, path::steps};
use crate::policy::document::{DurationText, OverMax, TimeText};
use crate::policy::explain::{Action, number_of, try_out};
use crate::time::{Duration, Timestamp};

pub(super) fn proposals(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    let found = number_of(reason.found()).and_then(Duration::from_seconds);
    match (field(rule, 1), found) {
        ("max", Some(found)) => alone(Some(longest(case, found))),
        ("min", Some(found)) => {
            let edit = Edit::new(Action::Replace, rule.clone(), found.to_string(), move |document| {
                document.validity.min = Some(DurationText(found));
            });
            alone(Some(edit))
        }
        ("maxRequestedEnd", Some(found)) => {
            let edit = Edit::new(Action::Replace, rule.clone(), found.to_string(), move |document| {
                document.validity.max_requested_end = Some(DurationText(found));
            });
            // It is at most the longest lifetime.
            let longest = (found > case.document.validity.max.0).then(|| longest(case, found));
            vec![std::iter::once(edit).chain(longest).collect()]
        }
        ("default", _) => {
            let validity = &case.document.validity;
            let lengths = std::iter::once(&validity.max).chain(&validity.min);
            lengths.map(|length| vec![default(length.clone())]).collect()
        }
        ("notAfter" | "", _) => alone(last_end(case)),
        _ => Vec::new(),
    }
}

fn longest(case: &Case<'_>, found: Duration) -> Edit {
    let validity = &case.document.validity;
    let edit = Edit::new(Action::Replace, steps!["validity", "max"], found.to_string(), move |document| {
        document.validity.max = DurationText(found);
    });
    match validity.over_max {
        OverMax::Clamp => edit.noted(
            Severity::Notice,
            format!("what is longer is cut to {found}, and no longer to {}", validity.max),
        ),
        OverMax::Deny => edit,
    }
}

fn default(length: DurationText) -> Edit {
    let shown = length.to_string();
    Edit::new(Action::Add, steps!["validity", "default"], shown.clone(), move |document| {
        document.validity.default = Some(length.clone());
    })
    .noted(Severity::Notice, format!("every request that asks for no lifetime gets {shown}"))
}

/// The policy's end of life, put off to that of the certificate that is asked for.
fn last_end(case: &Case<'_>) -> Option<Edit> {
    let own = case.document.validity.not_after.as_ref()?.0;
    let end = end(case).filter(|end| *end > own)?;
    let edit = Edit::new(Action::Replace, steps!["validity", "notAfter"], end.to_string(), move |document| {
        document.validity.not_after = Some(TimeText(end));
    });
    Some(edit.noted(Severity::Notice, "every certificate of the policy may live until then"))
}

/// The last second of the certificate that is asked for (RFC 5280 4.1.2.5).
fn end(case: &Case<'_>) -> Option<Timestamp> {
    let context = case.context;
    if let Some(end) = context.not_after() {
        return context.duration().is_none().then_some(end);
    }
    let default = case.document.validity.default.as_ref().map(|length| length.0);
    let length = context.duration().or(default)?.as_seconds();
    let backdate = try_out(&case.document)?.compiled.validity.backdate_seconds();
    let begin = context.at().as_unix().checked_sub(backdate)?;
    Timestamp::from_unix(begin.checked_add(length)?.checked_sub(1)?)
}
