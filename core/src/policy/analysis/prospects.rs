//! Whether any text that goes on from a state can still be in a difference.
//!
//! What a text matches in the end are patterns that its places are in now. So a state is left out when all patterns of one
//! new list that it is in are allowed by the old list too, or when the old list allows whatever follows. Two policies that
//! share most of their patterns are then compared in the time that their differences take.

use std::collections::BTreeSet;

use super::language::{Class, Compiled, Place, Unit, Word};

/// What the lists say of every known pattern, by its number.
pub(super) struct Prospects {
    patterns: Vec<Standing>,
    /// For each new list, what it takes to be allowed by it.
    new: Vec<NewList>,
    /// Whether the sets of the old deny list that are not known are denied by a new one too.
    denials_are_shared: bool,
    /// Whether there is an old list that allows all that it does not deny.
    old_allows_all: bool,
}

/// Whether a text may end where it has been read to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Possible,
    Later,
}

/// Where one pattern stands.
#[derive(Clone, Default)]
struct Standing {
    /// The old list allows what it matches.
    old_allows: bool,
    /// The old list denies what it matches, and no new one does.
    only_old_denies: bool,
}

struct NewList {
    /// By the number of the pattern; `None` if the list allows everything.
    allows: Option<Vec<bool>>,
    /// It has sets in its allow list that are not known.
    has_opaque: bool,
    /// The old list allows them as well.
    old_allows_opaque: bool,
}

impl Prospects {
    pub(super) fn new(patterns: usize, new: &[Compiled], old: Option<&Compiled>) -> Self {
        let denied_by_new = |number: &usize| new.iter().any(|lists| lists.deny.contains(number));
        let standing = |number: usize| match old {
            None => Standing::default(),
            Some(old) => Standing {
                old_allows: old.allow.as_ref().is_none_or(|allow| allow.contains(&number)),
                only_old_denies: old.deny.contains(&number) && !denied_by_new(&number),
            },
        };
        let list = |lists: &Compiled| NewList {
            allows: lists
                .allow
                .as_ref()
                .map(|allow| (0..patterns).map(|number| allow.contains(&number)).collect()),
            has_opaque: !lists.opaque_allow.is_empty(),
            old_allows_opaque: old
                .is_some_and(|old| old.allow.is_none() || lists.opaque_allow.is_subset(&old.opaque_allow)),
        };
        let unknown_denials: BTreeSet<usize> =
            new.iter().flat_map(|lists| lists.opaque_deny.iter().copied()).collect();
        Self {
            patterns: (0..patterns).map(standing).collect(),
            new: new.iter().map(list).collect(),
            denials_are_shared: old.is_some_and(|old| old.opaque_deny.is_subset(&unknown_denials)),
            old_allows_all: old.is_some_and(|old| old.allow.is_none()),
        }
    }

    /// Whether no text that goes on from these places is in the difference, nor, if it may end here, the one that does.
    pub(super) fn are_none(&self, words: &[(usize, Word)], places: &[Place], end: End) -> bool {
        self.nothing_is_allowed(words, places) || self.all_is_old(words, places, end)
    }

    /// Whether a new list allows nothing from here.
    fn nothing_is_allowed(&self, words: &[(usize, Word)], places: &[Place]) -> bool {
        self.new.iter().any(|list| match &list.allows {
            Some(allows) if !list.has_opaque => {
                !patterns(words, places).any(|number| allows.get(number).copied().unwrap_or(true))
            }
            _ => false,
        })
    }

    /// Whether the old list allows whatever a new one allows from here, and denies nothing that the new ones do not.
    fn all_is_old(&self, words: &[(usize, Word)], places: &[Place], end: End) -> bool {
        if !self.denials_are_shared {
            return false;
        }
        let of = |number: usize| self.patterns.get(number);
        if patterns(words, places).any(|number| of(number).is_none_or(|pattern| pattern.only_old_denies)) {
            return false;
        }
        let old_allows = |number: usize| of(number).is_some_and(|pattern| pattern.old_allows);
        let is_shared = |list: &NewList| {
            list.old_allows_opaque
                && list.allows.as_ref().is_some_and(|allows| {
                    patterns(words, places)
                        .filter(|number| allows.get(*number).copied().unwrap_or(true))
                        .all(old_allows)
                })
        };
        self.old_allows_all
            || self.new.iter().any(is_shared)
            || places.iter().any(|(word, at)| {
                words.get(*word).is_some_and(|(number, word)| {
                    old_allows(*number)
                        && match word.get(*at..) {
                            Some([Unit::Many(Class::Any)]) => true,
                            Some([Unit::Many(Class::Any), Unit::One(Class::Any)]) => end == End::Later,
                            _ => false,
                        }
                })
            })
    }
}

/// The patterns that the places are in.
fn patterns(words: &[(usize, Word)], places: &[Place]) -> impl Iterator<Item = usize> {
    places.iter().filter_map(|(word, _)| words.get(*word).map(|(number, _)| *number))
}
