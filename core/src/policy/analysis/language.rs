//! Sets of texts, and whether one lies within another.
//!
//! Every pattern is a few words of characters and runs. They are read together from the end of the text to its beginning,
//! where exact names and suffixes share no more than a few characters: one state is all places that a text can have reached
//! in all patterns. Each state is visited once, so that the search is complete, and what it finds first is short. States from
//! which nothing can be in the difference ([`Prospects`]) are left out.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::prospects::{End, Prospects};
use super::syntax::{Reading, Syntax};

/// Which characters may stand in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) enum Class {
    Char(char),
    /// A letter of ASCII in either case.
    EitherCase(char),
    Any,
    Not(char),
    /// A character outside of ASCII.
    NotAscii,
}

/// One place, or a run of any length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) enum Unit {
    One(Class),
    Many(Class),
}

/// A pattern that is read from its beginning to its end.
pub(in crate::policy) type Word = Vec<Unit>;

/// What one pattern of a policy stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::policy) enum Pattern {
    /// The texts that one of the words matches.
    Words(Vec<Word>),
    /// A set that is not known here: a regular expression, or a pattern with facts. Two with the same text are the same set.
    Opaque(String),
}

/// An allow list and a deny list; deny beats allow.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct Lists {
    /// `None`: everything.
    pub(in crate::policy) allow: Option<Vec<Pattern>>,
    pub(in crate::policy) deny: Vec<Pattern>,
}

/// The texts that some lists allow and another does not.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct Difference {
    /// Whether it is shown that there are none.
    pub(in crate::policy) is_empty: bool,
    /// A few of them, short ones first. Where sets are not known they may be wrong.
    pub(in crate::policy) examples: Vec<String>,
}

/// Most states of one search: lists of 200 patterns with 30 characters need 6,000 to 24,000.
const MAX_STATES: usize = 100_000;
/// Most places looked at in one search: some 100 for each state.
const MAX_WORK: usize = 20_000_000;
/// Most examples of one search.
const MAX_EXAMPLES: usize = 4;
/// Characters that stand for all that no pattern names in a state.
const OTHERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ,+";
/// And those that stand for all others outside of ASCII.
const FOREIGN: &str = "éßλж中";

/// The texts that every one of `new` allows and `old` does not; without `old` all that `new` allows. `fits` says whether a
/// text can be what it is meant to be, where the syntax does not say all.
pub(in crate::policy) fn difference(
    new: &[&Lists],
    old: Option<&Lists>,
    syntax: Syntax,
    fits: &dyn Fn(&str) -> bool,
) -> Difference {
    let mut search = Search::new(syntax);
    let new: Vec<Compiled> = new.iter().map(|lists| search.compile(lists)).collect();
    let old = old.map(|lists| search.compile(lists));
    search.run(&new, old.as_ref(), fits)
}

impl Lists {
    /// Lists that allow everything.
    pub(in crate::policy) fn everything() -> Self {
        Self::default()
    }

    /// Lists that allow nothing.
    pub(in crate::policy) fn nothing() -> Self {
        Self { allow: Some(Vec::new()), deny: Vec::new() }
    }
}

/// A text as a word.
pub(in crate::policy) fn literal(text: &str) -> Word {
    text.chars().map(|c| Unit::One(Class::Char(c))).collect()
}

/// Lists as sets of pattern numbers.
pub(super) struct Compiled {
    pub(super) allow: Option<BTreeSet<usize>>,
    pub(super) deny: BTreeSet<usize>,
    /// Patterns that are not known, by number.
    pub(super) opaque_allow: BTreeSet<usize>,
    pub(super) opaque_deny: BTreeSet<usize>,
}

/// Whether a text is in a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Verdict {
    /// It is in the difference.
    Certain,
    /// It may be, as far as is known.
    Possible,
    Outside,
}

struct Search {
    syntax: Syntax,
    /// Numbers of the patterns that are known.
    numbers: HashMap<Pattern, usize>,
    /// All words from their end to their beginning, each with the number of its pattern.
    words: Vec<(usize, Word)>,
}

/// A place in a word: the number of the word, and how many of its units have been read.
pub(super) type Place = (usize, usize);

impl Search {
    fn new(syntax: Syntax) -> Self {
        Self { syntax, numbers: HashMap::new(), words: Vec::new() }
    }

    fn compile(&mut self, lists: &Lists) -> Compiled {
        let (deny, opaque_deny) = self.number(&lists.deny);
        let allow = lists.allow.as_ref().map(|patterns| self.number(patterns));
        let (allow, opaque_allow) = allow.unzip();
        Compiled { allow, deny, opaque_allow: opaque_allow.unwrap_or_default(), opaque_deny }
    }

    fn number(&mut self, patterns: &[Pattern]) -> (BTreeSet<usize>, BTreeSet<usize>) {
        let (mut known, mut opaque) = (BTreeSet::new(), BTreeSet::new());
        for pattern in patterns {
            let next = self.numbers.len();
            let number = *self.numbers.entry(pattern.clone()).or_insert(next);
            match pattern {
                Pattern::Opaque(_) => {
                    opaque.insert(number);
                }
                Pattern::Words(words) => {
                    known.insert(number);
                    if number == next {
                        let reversed = words.iter().map(|word| word.iter().rev().copied().collect());
                        self.words.extend(reversed.map(|word| (number, word)));
                    }
                }
            }
        }
        (known, opaque)
    }

    fn run(&self, new: &[Compiled], old: Option<&Compiled>, fits: &dyn Fn(&str) -> bool) -> Difference {
        let mut found = Difference { is_empty: true, examples: Vec::new() };
        let prospects = Prospects::new(self.numbers.len(), new, old);
        let mut start: Vec<Place> = (0..self.words.len()).map(|word| (word, 0)).collect();
        self.close(&mut start);
        if prospects.are_none(&self.words, &start, self.end(&self.syntax.start())) {
            return found;
        }
        let start = (self.syntax.start(), start);
        // Each state with the one before it and the character between them.
        let mut before: Vec<Option<(usize, char)>> = vec![None];
        let mut seen = HashMap::from([(start.clone(), 0usize)]);
        let mut queue = VecDeque::from([(0usize, start)]);
        let mut work: usize = 0;
        while let Some((id, (reading, places))) = queue.pop_front() {
            if self.syntax.accepts(&reading) {
                let verdict = self.judge(&places, new, old);
                if verdict != Verdict::Outside {
                    found.is_empty = false;
                    let text = text_of(&before, id);
                    if fits(&text) {
                        found.examples.push(text);
                    }
                    if found.examples.len() >= MAX_EXAMPLES {
                        return found;
                    }
                }
            }
            for c in self.characters(&places) {
                let Some(next_reading) = self.syntax.step(&reading, c) else { continue };
                let next = (next_reading, self.step(&places, c));
                work = work.saturating_add(places.len());
                if work >= MAX_WORK {
                    found.is_empty = false;
                    return found;
                }
                if seen.contains_key(&next) || prospects.are_none(&self.words, &next.1, self.end(&next.0)) {
                    continue;
                }
                if seen.len() >= MAX_STATES {
                    found.is_empty = false;
                    return found;
                }
                let next_id = before.len();
                before.push(Some((id, c)));
                seen.insert(next.clone(), next_id);
                queue.push_back((next_id, next));
            }
        }
        found
    }

    fn end(&self, reading: &Reading) -> End {
        if self.syntax.accepts(reading) { End::Possible } else { End::Later }
    }

    /// The characters that make a difference: those that a pattern names here, those of the syntax, and one of all others.
    fn characters(&self, places: &[Place]) -> Vec<char> {
        let mut named = BTreeSet::new();
        let mut beyond_ascii = false;
        for (word, at) in places {
            let unit = self.words.get(*word).and_then(|(_, word)| word.get(*at));
            match unit {
                Some(
                    Unit::One(Class::Char(c) | Class::Not(c)) | Unit::Many(Class::Char(c) | Class::Not(c)),
                ) => {
                    named.insert(*c);
                }
                Some(Unit::One(Class::EitherCase(c)) | Unit::Many(Class::EitherCase(c))) => {
                    named.extend([c.to_ascii_lowercase(), c.to_ascii_uppercase()]);
                }
                Some(Unit::One(Class::NotAscii) | Unit::Many(Class::NotAscii)) => beyond_ascii = true,
                _ => {}
            }
        }
        let foreign = FOREIGN.chars().find(|c| !named.contains(c)).filter(|_| beyond_ascii);
        named.extend(foreign);
        let other = OTHERS.chars().find(|c| !named.contains(c));
        other
            .into_iter()
            .chain(named.iter().copied())
            .chain(self.syntax.marks().filter(|c| !named.contains(c)))
            .collect()
    }

    /// Adds the places that are reached without a character.
    fn close(&self, places: &mut Vec<Place>) {
        let mut index = 0;
        while let Some((word, at)) = places.get(index).copied() {
            let unit = self.words.get(word).and_then(|(_, word)| word.get(at));
            let next = (word, at.saturating_add(1));
            if matches!(unit, Some(Unit::Many(_))) {
                places.push(next);
            }
            index = index.saturating_add(1);
        }
        places.sort_unstable();
        places.dedup();
        // What an earlier place of a word accepts, a run of any characters that has been reached accepts too.
        let mut kept: Vec<Place> = Vec::with_capacity(places.len());
        for place in places.iter() {
            let unit = self.words.get(place.0).and_then(|(_, word)| word.get(place.1));
            if unit == Some(&Unit::Many(Class::Any)) {
                while kept.last().is_some_and(|last| last.0 == place.0) {
                    kept.pop();
                }
            }
            kept.push(*place);
        }
        *places = kept;
    }

    fn step(&self, places: &[Place], c: char) -> Vec<Place> {
        let mut next = Vec::new();
        for (word, at) in places {
            match self.words.get(*word).and_then(|(_, word)| word.get(*at)) {
                Some(Unit::One(class)) if class.holds(c) => next.push((*word, at.saturating_add(1))),
                Some(Unit::Many(class)) if class.holds(c) => next.push((*word, *at)),
                _ => {}
            }
        }
        self.close(&mut next);
        next
    }

    /// Whether a text that has reached these places is in the difference.
    fn judge(&self, places: &[Place], new: &[Compiled], old: Option<&Compiled>) -> Verdict {
        let matched: BTreeSet<usize> = places
            .iter()
            .filter_map(|(word, at)| {
                let (pattern, word) = self.words.get(*word)?;
                (*at == word.len()).then_some(*pattern)
            })
            .collect();
        let meets = |list: &BTreeSet<usize>| list.iter().any(|number| matched.contains(number));
        let said = |lists: &'_ Compiled| Said {
            allowed: lists.allow.as_ref().is_none_or(meets),
            denied: meets(&lists.deny),
            may_allow: lists.opaque_allow.clone(),
            may_deny: lists.opaque_deny.clone(),
        };
        let new: Vec<Said<usize>> = new.iter().map(said).collect();
        verdict(&new, old.map(said).as_ref())
    }
}

/// What lists say of one text.
pub(in crate::policy) struct Said<K> {
    pub(in crate::policy) allowed: bool,
    pub(in crate::policy) denied: bool,
    /// Sets that are not known and of which the text may be a part.
    pub(in crate::policy) may_allow: BTreeSet<K>,
    pub(in crate::policy) may_deny: BTreeSet<K>,
}

/// Whether a text of which the lists say this is allowed by all of `new` and not by `old`. Sets that are not known are
/// chosen so that it is, each the same in all lists.
pub(in crate::policy) fn verdict<K: Ord>(new: &[Said<K>], old: Option<&Said<K>>) -> Verdict {
    if new.iter().any(|lists| lists.denied) {
        return Verdict::Outside;
    }
    let denied_by_new = |set: &K| new.iter().any(|lists| lists.may_deny.contains(set));
    let can_allow = |excluded: &dyn Fn(&K) -> bool| {
        new.iter().all(|lists| {
            lists.allowed || lists.may_allow.iter().any(|set| !denied_by_new(set) && !excluded(set))
        })
    };
    let certain = new.iter().all(|lists| lists.allowed && lists.may_deny.is_empty());
    let possible = match old {
        None if certain => return Verdict::Certain,
        None => can_allow(&|_| false),
        Some(old) => {
            if certain && (old.denied || (!old.allowed && old.may_allow.is_empty())) {
                return Verdict::Certain;
            }
            let not_allowed = !old.allowed && can_allow(&|set| old.may_allow.contains(set));
            let may_be_denied = old.denied || old.may_deny.iter().any(|set| !denied_by_new(set));
            not_allowed || (may_be_denied && can_allow(&|_| false))
        }
    };
    if possible { Verdict::Possible } else { Verdict::Outside }
}

impl Class {
    fn holds(self, c: char) -> bool {
        match self {
            Self::Char(own) => own == c,
            Self::EitherCase(own) => own.eq_ignore_ascii_case(&c),
            Self::Any => true,
            Self::Not(own) => own != c,
            Self::NotAscii => !c.is_ascii(),
        }
    }
}

/// The text that leads to a state: it was read from its end.
fn text_of(before: &[Option<(usize, char)>], mut id: usize) -> String {
    let mut text = String::new();
    while let Some(Some((previous, c))) = before.get(id) {
        text.push(*c);
        id = *previous;
    }
    text
}
