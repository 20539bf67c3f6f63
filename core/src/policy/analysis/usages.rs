//! Key usage and extended key usage, which depend on each other and on the key.

use std::collections::BTreeMap;

use super::sketch::{ExampleKey, Sketch};
use super::{Analysis, keys};
use crate::diagnostic::path::steps;
use crate::extension::{KeyUsage, KeyUsageBit};
use crate::key::KeyAlgorithm;
use crate::oid::{self, Oid};
use crate::policy::rule::UsagesRule;

/// Lists of usages up to this length are taken with all their parts.
const ALL_PARTS: usize = 8;

/// What a request asks for; `None`: it has no such extension.
type Asked<T> = Option<Vec<T>>;

impl ExampleKey {
    fn algorithm(self) -> KeyAlgorithm {
        match self {
            Self::Ec(_) => KeyAlgorithm::Ec,
            Self::Ed25519 => KeyAlgorithm::Ed25519,
            Self::Rsa(_) => KeyAlgorithm::Rsa,
        }
    }
}

/// A purpose that nobody uses (RFC 5612).
fn unheard_of() -> Option<Oid> {
    Oid::parse("1.3.6.1.4.1.32473.1.1")
}

/// All sets of key usages.
fn all_key_usages() -> impl Iterator<Item = Asked<KeyUsageBit>> {
    std::iter::once(None).chain((0u16..512).map(|bits| {
        let has = |index: usize| {
            u32::try_from(index).is_ok_and(|index| bits.checked_shr(index).unwrap_or(0) & 1 == 1)
        };
        Some(
            KeyUsageBit::ALL
                .into_iter()
                .enumerate()
                .filter(|(index, _)| has(*index))
                .map(|(_, bit)| bit)
                .collect(),
        )
    }))
}

/// Purposes that a policy may be asked for: enough of them to tell it from another. `false`: they may not be enough.
fn purposes(rule: &UsagesRule, other: &UsagesRule) -> (Vec<Asked<Oid>>, bool) {
    let (items, sets) = rule.extended_words();
    let (other_items, other_sets) = other.extended_words();
    let mut asked: Vec<Asked<Oid>> = vec![None, Some(Vec::new())];
    asked.extend(sets.iter().cloned().map(Some));
    let known: Vec<Oid> = items.iter().chain(&other_items).cloned().chain(unheard_of()).collect();
    asked.extend(known.iter().map(|oid| Some(vec![oid.clone()])));
    asked.push(Some(items.clone()));
    asked.push(Some(known));
    let few = items.len() <= ALL_PARTS;
    if few {
        let subsets = u32::try_from(items.len()).ok().and_then(|count| 1u32.checked_shl(count)).unwrap_or(1);
        for bits in 0..subsets {
            let has = |index: usize| {
                u32::try_from(index).is_ok_and(|index| bits.checked_shr(index).unwrap_or(0) & 1 == 1)
            };
            asked.push(Some(
                items
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| has(*index))
                    .map(|(_, oid)| oid.clone())
                    .collect(),
            ));
        }
    } else {
        // What must be asked for, and that with one more, or all but one.
        let required = rule.extended_required();
        for oid in &items {
            let mut one_more = required.clone();
            if !one_more.contains(oid) {
                one_more.push(oid.clone());
            }
            asked.push(Some(one_more));
            asked.push(Some(items.iter().filter(|other| *other != oid).cloned().collect()));
        }
        asked.push(Some(required));
    }
    (asked, few || other_sets.is_empty())
}

fn same_set<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
}

/// Whether a request can ask so: no extension says that there are no purposes.
fn can_be_asked(purposes: &Asked<Oid>, usages: &Asked<KeyUsageBit>) -> bool {
    !purposes.as_ref().is_some_and(Vec::is_empty) || usages.is_some()
}

/// Asks for usages: by extensions where they can say it, else beside the request.
fn ask(sketch: &mut Sketch, purposes: &Asked<Oid>, usages: &Asked<KeyUsageBit>) {
    let (request, mut words) = (&mut sketch.request, None);
    request.extended_key_usage.clear();
    request.key_usage = None;
    match (purposes, usages) {
        (Some(purposes), Some(usages)) if purposes.is_empty() || usages.is_empty() => {
            let purposes = purposes.iter().map(Oid::label);
            words = Some(purposes.chain(usages.iter().map(|bit| bit.as_str().to_owned())).collect());
        }
        _ => {
            request.extended_key_usage = purposes.clone().unwrap_or_default();
            request.key_usage = usages.as_ref().map(|bits| bits.iter().copied().collect::<KeyUsage>());
        }
    }
    sketch.usages = words;
}

/// Makes the sketch ask for usages that the policy allows.
pub(in crate::policy) fn satisfy(rule: &UsagesRule, sketch: &mut Sketch) {
    let algorithm = Some(sketch.key.algorithm());
    for purposes in purposes(rule, rule).0 {
        let Some(issued) = rule.extended(purposes.as_deref()) else { continue };
        let for_servers = issued.contains(&oid::SERVER_AUTH);
        let fits = |usages: &Asked<KeyUsageBit>| {
            can_be_asked(&purposes, usages) && rule.key(usages.as_deref(), algorithm, for_servers).is_some()
        };
        if let Some(usages) = all_key_usages().find(fits) {
            return ask(sketch, &purposes, &usages);
        }
    }
}

impl Analysis<'_> {
    pub(super) fn compare_usages(&mut self) {
        let (new, old) = (&self.new.usages, &self.old.usages);
        let mut examples: BTreeMap<KeyAlgorithm, ExampleKey> = BTreeMap::new();
        for key in keys::allowed(&self.new.keys) {
            examples.entry(key.algorithm()).or_insert(key);
        }
        let (purposes, are_enough) = purposes(new, old);
        // Key usage depends on the purposes only by whether they are for servers.
        let mut by_servers: BTreeMap<(bool, bool), Vec<&Asked<Oid>>> = BTreeMap::new();
        let mut differences: Vec<(Asked<Oid>, bool)> = Vec::new();
        for asked in &purposes {
            let Some(issued) = new.extended(asked.as_deref()) else { continue };
            let Some(old_issued) = old.extended(asked.as_deref()) else {
                differences.push((asked.clone(), true));
                continue;
            };
            let old_would = same_set(&issued, &old_issued)
                || old.extended(Some(&issued)).is_some_and(|own| same_set(&own, &issued));
            if !old_would {
                differences.push((asked.clone(), false));
            }
            let servers = |issued: &[Oid]| issued.contains(&oid::SERVER_AUTH);
            by_servers.entry((servers(&issued), servers(&old_issued))).or_default().push(asked);
        }
        let mut denials = Vec::new();
        let mut others = Vec::new();
        for (asked, is_denied) in differences {
            let issued = new.extended(asked.as_deref()).unwrap_or_default();
            let for_servers = issued.contains(&oid::SERVER_AUTH);
            for key in examples.values() {
                let usages = all_key_usages().find(|usages| {
                    can_be_asked(&asked, usages)
                        && new.key(usages.as_deref(), Some(key.algorithm()), for_servers).is_some()
                });
                if let Some(usages) = usages {
                    let list = if is_denied { &mut denials } else { &mut others };
                    list.push((*key, asked.clone(), usages));
                }
            }
        }
        self.suspect_usages("extended", &denials, &others);
        if !are_enough && denials.is_empty() {
            self.suspect(steps!["usages", "extended", "oneOf"], Vec::new());
        }
        let (mut denials, mut others) = (Vec::new(), Vec::new());
        for ((for_servers, for_old_servers), asked) in &by_servers {
            for key in examples.values() {
                let algorithm = Some(key.algorithm());
                for usages in all_key_usages() {
                    let Some(asked) = asked.iter().find(|asked| can_be_asked(asked, &usages)) else {
                        continue;
                    };
                    let Some(issued) = new.key(usages.as_deref(), algorithm, *for_servers) else { continue };
                    let Some(old_issued) = old.key(usages.as_deref(), algorithm, *for_old_servers) else {
                        denials.push((*key, (*asked).clone(), usages));
                        continue;
                    };
                    let old_would = same_set(&issued, &old_issued)
                        || old
                            .key(Some(&issued), algorithm, *for_old_servers)
                            .is_some_and(|own| same_set(&own, &issued));
                    if !old_would {
                        others.push((*key, (*asked).clone(), usages));
                    }
                }
            }
        }
        self.suspect_usages("key", &denials, &others);
    }

    fn suspect_usages(&mut self, field: &'static str, denials: &[Example], others: &[Example]) {
        let sketches = |examples: &[Example]| -> Vec<Sketch> {
            let all = examples.iter().flat_map(|(key, purposes, usages)| {
                self.sketch(|sketch| {
                    if sketch.key.algorithm() != key.algorithm() {
                        sketch.key = *key;
                    }
                    ask(sketch, purposes, usages);
                })
            });
            // A few are enough: the rule knows each of them.
            all.take(8).collect()
        };
        let (denied, other) = (sketches(denials), sketches(others));
        if !denials.is_empty() {
            self.suspect(steps!["usages", field], denied);
        }
        if !others.is_empty() {
            self.suspect_certificate(steps!["usages", field], other);
        }
    }
}

/// A key, and the usages that are asked for.
type Example = (ExampleKey, Asked<Oid>, Asked<KeyUsageBit>);
