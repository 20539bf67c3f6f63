//! Lifetimes. What a policy says of them is a matter of sums of a few numbers, so that a difference shows where two of
//! them meet, or a second beside it.

use std::collections::BTreeSet;

use super::sketch::Sketch;
use super::{Analysis, TIME};
use crate::diagnostic::path::steps;
use crate::policy::rule::ValidityRule;
use crate::time::{Duration, Timestamp};

/// A time, and what is asked for: nothing, a duration, or an end.
type Asked = (Timestamp, Option<Duration>, Option<Timestamp>);

/// Everything that has to be asked to tell the policies apart.
fn questions(rules: &[&ValidityRule]) -> Vec<Asked> {
    let lengths: BTreeSet<i64> = rules.iter().flat_map(|rule| rule.lengths()).chain([0, 1, 86_400]).collect();
    let backdates: BTreeSet<i64> = rules.iter().map(|rule| rule.backdate_seconds()).chain([0]).collect();
    let ends: Vec<i64> = rules.iter().filter_map(|rule| rule.end()).map(Timestamp::as_unix).collect();
    let beside = |value: i64| [-1, 0, 1].map(|step| value.saturating_add(step));
    let mut times = BTreeSet::from([TIME]);
    for end in &ends {
        for length in &lengths {
            for backdate in &backdates {
                times.extend(beside(end.saturating_sub(*length).saturating_add(*backdate)));
                times.extend(beside(end.saturating_add(*backdate)));
            }
        }
    }
    let mut asked = Vec::new();
    for time in times {
        let Some(at) = Timestamp::from_unix(time) else { continue };
        asked.push((at, None, None));
        let mut seconds: BTreeSet<i64> = lengths.iter().flat_map(|length| beside(*length)).collect();
        for end in &ends {
            for backdate in &backdates {
                seconds.extend(beside(end.saturating_sub(time).saturating_add(*backdate).saturating_add(1)));
            }
        }
        asked.extend(seconds.iter().filter_map(|s| Some((at, Some(Duration::from_seconds(*s)?), None))));
        let after: BTreeSet<i64> = seconds
            .iter()
            .flat_map(|length| backdates.iter().map(move |backdate| length.saturating_sub(*backdate)))
            .flat_map(beside)
            .collect();
        asked.extend(
            after
                .iter()
                .filter_map(|s| Some((at, None, Some(Timestamp::from_unix(time.saturating_add(*s))?)))),
        );
    }
    asked
}

fn ask(sketch: &mut Sketch, (at, duration, not_after): Asked) {
    sketch.at = at;
    sketch.duration = duration;
    sketch.not_after = not_after;
}

/// Makes the sketch ask for a lifetime that the policy allows.
pub(in crate::policy) fn satisfy(rule: &ValidityRule, sketch: &mut Sketch) {
    let fits = |(at, duration, not_after): &Asked| rule.lifetime(*at, *duration, *not_after).is_some();
    if let Some(asked) = questions(&[rule]).into_iter().find(fits) {
        ask(sketch, asked);
    }
}

impl Analysis<'_> {
    pub(super) fn compare_validity(&mut self) {
        let (new, old) = (&self.new.validity, &self.old.validity);
        let (mut denied, mut others) = (None, None);
        for asked in questions(&[new, old]) {
            let (at, duration, not_after) = asked;
            let Some((begin, end)) = new.lifetime(at, duration, not_after) else { continue };
            match old.lifetime(at, duration, not_after) {
                None => denied = denied.or(Some(asked)),
                Some((old_begin, _)) => {
                    let latest = old.latest(at);
                    if begin < old_begin || latest.is_none_or(|latest| end > latest) {
                        others = others.or(Some(asked));
                    }
                }
            }
        }
        if let Some(asked) = denied {
            let sketches = self.sketch(|sketch| ask(sketch, asked));
            self.suspect(steps!["validity"], sketches);
        }
        if let Some(asked) = others {
            let sketches = self.sketch(|sketch| ask(sketch, asked));
            self.suspect_certificate(steps!["validity"], sketches);
        }
    }
}
