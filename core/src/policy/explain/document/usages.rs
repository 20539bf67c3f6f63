//! Usages: the words that the request asks for, and what is issued to requests that ask for nothing stays as it was.

use super::{Case, Edit, Proposal, field};
use crate::diagnostic::{Data, Diagnostic, Path, Severity, codes, path::steps};
use crate::extension::KeyUsageBit;
use crate::key::KeyAlgorithm;
use crate::oid::{Oid, OidKind};
use crate::policy::document::{PolicyDocument, UsageRule};
use crate::policy::explain::{Action, text_of};
use crate::policy::rule::{fits_key, usage_label};

/// Which of the two lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Key,
    Extended,
}

impl List {
    fn field(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Extended => "extended",
        }
    }

    fn at(self, field: &'static str) -> Path {
        steps!["usages", self.field(), field]
    }

    fn of(self, document: &PolicyDocument) -> Option<&UsageRule> {
        match self {
            Self::Key => document.usages.key.as_ref(),
            Self::Extended => document.usages.extended.as_ref(),
        }
    }

    fn of_mut(self, document: &mut PolicyDocument) -> &mut UsageRule {
        let rule = match self {
            Self::Key => &mut document.usages.key,
            Self::Extended => &mut document.usages.extended,
        };
        rule.get_or_insert_with(UsageRule::default)
    }

    /// Whether a policy can say the usage.
    fn knows(self, label: &str) -> bool {
        match self {
            Self::Key => KeyUsageBit::from_name(label).is_some(),
            Self::Extended => Oid::from_label(label, OidKind::ExtendedKeyUsage).is_some(),
        }
    }

    fn add(self, field: &'static str, words: Vec<String>) -> Edit {
        Edit::new(Action::Add, self.at(field), words.clone(), move |document| {
            let rule = self.of_mut(document);
            match field {
                "default" => rule.default = Some(words.clone()),
                _ => rule.one_of.push(words.clone()),
            }
        })
    }

    fn allow(self, word: String) -> Edit {
        Edit::new(Action::Add, self.at("allow"), word.clone(), move |document| {
            self.of_mut(document).allow.push(word.clone());
        })
    }
}

pub(super) fn proposals(case: &Case<'_>, reason: &Diagnostic, rule: &Path) -> Vec<Proposal> {
    let list = if field(rule, 1) == "key" { List::Key } else { List::Extended };
    match (field(rule, 2), reason.expected()) {
        ("require", Some(Data::Text(word))) => required(case, list, word),
        ("oneOf", _) => {
            let asked = texts(reason.found());
            let is_known = !asked.is_empty() && asked.iter().all(|label| list.knows(label));
            if is_known { vec![vec![list.add("oneOf", asked)]] } else { Vec::new() }
        }
        ("", Some(expected)) if reason.code() == codes::POLICY_EXTENDED_KEY_USAGE_MISSING => {
            chosen(case, expected)
        }
        ("", expected) => {
            let found = text_of(reason).filter(|word| list.knows(word)).map(str::to_owned);
            found.map(|word| allowed(case, list, word, &texts(expected))).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn texts(data: Option<&Data>) -> Vec<String> {
    let items = match data {
        Some(Data::List(items)) => items.as_slice(),
        _ => &[],
    };
    let texts = items.iter().filter_map(|item| match item {
        Data::Text(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// One usage more.
fn allowed(case: &Case<'_>, list: List, word: String, derived: &[String]) -> Vec<Proposal> {
    match list.of(&case.document) {
        None if list == List::Key => sets(case, word, derived),
        // The first entry decides what is issued to a request that asks for nothing.
        rule if rule.is_none_or(|rule| rule.default.is_none()) => {
            let kept = issued(case, list);
            let add = list.allow(word.clone());
            let keep = kept.map(|kept| vec![add.clone(), list.add("default", kept)]);
            let others = format!("a request that asks for none may get {word} too");
            keep.into_iter().chain([vec![add.noted(Severity::Warning, others)]]).collect()
        }
        _ => vec![vec![list.allow(word)]],
    }
}

/// Key usage that followed from key and purpose: the set that is asked for, beside the smallest that followed.
fn sets(case: &Case<'_>, word: String, derived: &[String]) -> Vec<Proposal> {
    let encipherment = KeyUsageBit::KeyEncipherment.as_str();
    let smallest: Vec<String> = derived.iter().filter(|label| *label != encipherment).cloned().collect();
    let mut asked: Vec<String> = asked_key_usage(case);
    if !asked.contains(&word) {
        asked.push(word);
    }
    if smallest.is_empty() || !asked.iter().all(|label| List::Key.knows(label)) {
        return Vec::new();
    }
    let shown = smallest.join(", ");
    let follows = List::Key.add("oneOf", smallest).noted(
        Severity::Warning,
        format!("key usage no longer follows from key and purpose: a request that asks for none gets {shown}, and other sets are denied"),
    );
    vec![vec![follows, List::Key.add("oneOf", asked)]]
}

/// The key usage that is asked for, beside the request or in it.
fn asked_key_usage(case: &Case<'_>) -> Vec<String> {
    use crate::extension::ExtensionValue;
    if let Some(words) = case.context.usages() {
        let labels = words.iter().filter_map(|word| usage_label(word));
        let mut asked: Vec<String> = Vec::new();
        for label in labels.filter(|label| List::Key.knows(label)) {
            if !asked.contains(&label) {
                asked.push(label);
            }
        }
        return asked;
    }
    let usage = case.request.extensions().iter().find_map(|extension| match extension.value() {
        ExtensionValue::KeyUsage(usage) => Some(usage.iter().map(|bit| bit.as_str().to_owned()).collect()),
        _ => None,
    });
    usage.unwrap_or_default()
}

/// What is issued to a request that asks for nothing, with every key that is allowed; `None` if that depends on the key.
fn issued(case: &Case<'_>, list: List) -> Option<Vec<String>> {
    let rule = list.of(&case.document);
    let words = rule.into_iter().flat_map(|rule| rule.allow.iter().chain(&rule.require));
    let mut all: Vec<String> = Vec::new();
    for label in words.filter_map(|word| usage_label(word)) {
        if !all.contains(&label) {
            all.push(label);
        }
    }
    match list {
        List::Extended => (all.len() < 2).then_some(all),
        List::Key => {
            let keys = &case.document.keys;
            let kinds = [
                (keys.rsa.is_some(), KeyAlgorithm::Rsa),
                (keys.ec.is_some(), KeyAlgorithm::Ec),
                (keys.ed25519.is_some(), KeyAlgorithm::Ed25519),
            ];
            let fits = |label: &String| {
                let bit = KeyUsageBit::from_name(label);
                let mut kinds = kinds.iter().filter(|(is_allowed, _)| *is_allowed);
                bit.is_some_and(|bit| kinds.all(|(_, key)| fits_key(bit, Some(*key))))
            };
            let fitting: Vec<String> = all.iter().filter(|label| fits(label)).cloned().collect();
            (all.is_empty() || !fitting.is_empty()).then_some(fitting)
        }
    }
}

/// A usage that need not be asked for any more, and may be.
fn required(case: &Case<'_>, list: List, label: &str) -> Vec<Proposal> {
    let Some(rule) = list.of(&case.document) else { return Vec::new() };
    let is_it = |word: &String| usage_label(word).as_deref() == Some(label);
    let Some(place) = rule.require.iter().position(is_it) else { return Vec::new() };
    let at = list.at("require").join(place);
    let removed = case.entry_removed(&at, move |document| Some(&mut list.of_mut(document).require));
    let Some((word, remove)) = removed else { return Vec::new() };
    let remove = remove.noted(Severity::Warning, format!("no request has to ask for {label} any more"));
    let add = (!rule.allow.iter().any(is_it)).then(|| list.allow(word));
    vec![std::iter::once(remove).chain(add).collect()]
}

/// Purposes for requests that name none: the first that is allowed, and what must be there.
fn chosen(case: &Case<'_>, expected: &Data) -> Vec<Proposal> {
    let Some(rule) = List::Extended.of(&case.document).filter(|rule| rule.default.is_none()) else {
        return Vec::new();
    };
    let words = match (rule.one_of.first(), rule.require.as_slice()) {
        (Some(set), _) => set.clone(),
        (None, []) => texts(Some(expected)).into_iter().take(1).collect(),
        (None, required) => required.to_vec(),
    };
    let shown = words.join(", ");
    let edit = List::Extended
        .add("default", words)
        .noted(Severity::Notice, format!("every request that names no purpose gets {shown}"));
    vec![vec![edit]]
}
