//! Who may ask, where and of whom.

use std::collections::{BTreeMap, BTreeSet};

use super::Analysis;
use super::language::{Lists, difference};
use super::pattern;
use super::sketch::Sketch;
use super::syntax::Syntax;
use crate::diagnostic::{Path, path::steps};
use crate::policy::document::{
    Conditions, GroupRule, IssuerConditions, PolicyDocument, TextPattern, TextPatternKind, TextRule,
};

/// A text of the context that conditions judge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Username,
    Namespace,
    SignerName,
    IssuerName,
    IssuerKind,
    IssuerGroup,
    Fact(String),
}

impl Field {
    fn rule(&self, at: &Path) -> Path {
        match self {
            Self::Username => at.join("username"),
            Self::Namespace => at.join("namespace"),
            Self::SignerName => at.join("signerName"),
            Self::IssuerName => at.join("issuer").join("name"),
            Self::IssuerKind => at.join("issuer").join("kind"),
            Self::IssuerGroup => at.join("issuer").join("group"),
            Self::Fact(name) => at.join("facts").join(name.clone()),
        }
    }

    fn set(&self, sketch: &mut Sketch, value: Option<String>) {
        let [name, kind, group] = &mut sketch.issuer;
        match self {
            Self::Username => sketch.username = value,
            Self::Namespace => sketch.namespace = value,
            Self::SignerName => sketch.signer_name = value,
            Self::IssuerName => *name = value,
            Self::IssuerKind => *kind = value,
            Self::IssuerGroup => *group = value,
            Self::Fact(fact) => {
                sketch.facts.remove(fact);
                if let Some(value) = value {
                    sketch.facts.insert(fact.clone(), vec![value]);
                }
            }
        }
    }
}

/// The conditions of a policy: `select` and `require`, which must both hold.
fn all(document: &PolicyDocument) -> Vec<(Path, &Conditions)> {
    let select = document.select.iter().map(|conditions| (steps!["select"], conditions));
    select.chain(document.require.iter().map(|conditions| (steps!["require"], conditions))).collect()
}

/// The rules for each text, with their places.
fn texts(document: &PolicyDocument) -> BTreeMap<Field, Vec<(Path, &TextRule)>> {
    let mut texts: BTreeMap<Field, Vec<(Path, &TextRule)>> = BTreeMap::new();
    for (at, conditions) in all(document) {
        let Conditions { username, groups: _, namespace, signer_name, issuer, facts } = conditions;
        let mut fields = vec![
            (Field::Username, username.as_ref()),
            (Field::Namespace, namespace.as_ref()),
            (Field::SignerName, signer_name.as_ref()),
        ];
        if let Some(IssuerConditions { name, kind, group }) = issuer {
            fields.push((Field::IssuerName, name.as_ref()));
            fields.push((Field::IssuerKind, kind.as_ref()));
            fields.push((Field::IssuerGroup, group.as_ref()));
        }
        fields.extend(facts.iter().map(|(name, rule)| (Field::Fact(name.clone()), Some(rule))));
        for (field, rule) in fields {
            if let Some(rule) = rule {
                texts.entry(field.clone()).or_default().push((field.rule(&at), rule));
            }
        }
    }
    texts
}

/// What the groups of a requester must be: one at least of each list, and none of the last.
struct Groups {
    wanted: Vec<(Path, Vec<TextPattern>)>,
    unwanted: Vec<TextPattern>,
    unwanted_at: Path,
}

impl Groups {
    fn of(document: &PolicyDocument) -> Self {
        let mut groups = Self { wanted: Vec::new(), unwanted: Vec::new(), unwanted_at: Path::default() };
        for (at, conditions) in all(document) {
            let Some(GroupRule { any_of, all_of, none_of }) = &conditions.groups else { continue };
            let at = at.join("groups");
            if !any_of.is_empty() {
                groups.wanted.push((at.join("anyOf"), any_of.clone()));
            }
            for (index, pattern) in all_of.iter().enumerate() {
                groups.wanted.push((at.join("allOf").join(index), vec![pattern.clone()]));
            }
            if !none_of.is_empty() {
                groups.unwanted.extend(none_of.iter().cloned());
                groups.unwanted_at = at.join("noneOf");
            }
        }
        groups
    }

    /// The groups of one list that may be there.
    fn lists(&self, wanted: &[TextPattern]) -> Lists {
        Lists { allow: Some(pattern::texts(wanted)), deny: pattern::texts(&self.unwanted) }
    }

    /// One group for each list, if possible none that `other` has.
    fn members(&self, other: Option<&Lists>) -> Option<Vec<String>> {
        let member = |(_, wanted): &(Path, Vec<TextPattern>)| {
            difference(&[&self.lists(wanted)], other, Syntax::Text, &|_| true).examples.into_iter().next()
        };
        self.wanted.iter().map(member).collect()
    }
}

/// Whether no context satisfies the conditions.
pub(super) fn is_impossible(document: &PolicyDocument) -> bool {
    let no_text = texts(document).values().any(|rules| {
        let lists: Vec<Lists> = rules.iter().map(|(_, rule)| pattern::text_rule(rule)).collect();
        difference(&lists.iter().collect::<Vec<_>>(), None, Syntax::Text, &|_| true).is_empty
    });
    let groups = Groups::of(document);
    let no_group = groups
        .wanted
        .iter()
        .any(|(_, wanted)| difference(&[&groups.lists(wanted)], None, Syntax::Text, &|_| true).is_empty);
    no_text || no_group
}

/// Gives the sketch a context that satisfies the conditions.
pub(in crate::policy) fn satisfy(document: &PolicyDocument, sketch: &mut Sketch) {
    for (field, rules) in texts(document) {
        let lists: Vec<Lists> = rules.iter().map(|(_, rule)| pattern::text_rule(rule)).collect();
        let found = difference(&lists.iter().collect::<Vec<_>>(), None, Syntax::Text, &|_| true);
        // A user name that is a node's serves references to the node too.
        let node = found.examples.iter().find(|text| **text == "system:node:");
        let value = match node {
            Some(_) if field == Field::Username => Some("system:node:node-1".to_owned()),
            _ => found.examples.iter().find(|text| !text.is_empty()).or(found.examples.first()).cloned(),
        };
        let value = value.or_else(|| {
            let template =
                rules.iter().flat_map(|(_, rule)| &rule.allow).find_map(|pattern| match &pattern.kind {
                    TextPatternKind::Exact(text) => Some(text.clone()),
                    TextPatternKind::Glob(text) => Some(text.replace('*', "a")),
                    TextPatternKind::Regex(_) => None,
                })?;
            Some(sketch.fill(&template, "fact"))
        });
        field.set(sketch, value);
    }
    let groups = Groups::of(document);
    sketch.groups = groups.members(None).unwrap_or_default();
    sketch.groups.sort();
    sketch.groups.dedup();
    // That groups are not there is known only of a requester who is.
    if sketch.groups.is_empty() && sketch.username.is_none() && !groups.unwanted.is_empty() {
        sketch.username = Some("system:node:node-1".to_owned());
    }
}

impl Analysis<'_> {
    pub(super) fn compare_conditions(&mut self) {
        let (new, old) = (texts(&self.new.document), texts(&self.old.document));
        for (field, old_rules) in old {
            let new_rules = new.get(&field).map(Vec::as_slice).unwrap_or_default();
            let new_lists: Vec<Lists> = new_rules.iter().map(|(_, rule)| pattern::text_rule(rule)).collect();
            for (at, rule) in old_rules {
                let everything = Lists::everything();
                let mut lists: Vec<&Lists> = new_lists.iter().collect();
                if lists.is_empty() {
                    lists.push(&everything);
                }
                let found = difference(&lists, Some(&pattern::text_rule(rule)), Syntax::Text, &|_| true);
                let mut sketches = Vec::new();
                if new_rules.is_empty() {
                    sketches.extend(self.sketch(|sketch| field.set(sketch, None)));
                }
                for text in &found.examples {
                    sketches.extend(self.sketch(|sketch| field.set(sketch, Some(text.clone()))));
                }
                if new_rules.is_empty() || !found.is_empty {
                    self.suspect(at, sketches);
                }
            }
        }
        self.compare_groups();
    }

    fn compare_groups(&mut self) {
        let (new, old) = (Groups::of(&self.new.document), Groups::of(&self.old.document));
        for (at, wanted) in &old.wanted {
            let old_lists = Lists { allow: Some(pattern::texts(wanted)), deny: Vec::new() };
            // One list of the new policy that lies within is enough.
            let within = new.wanted.iter().any(|(_, own)| {
                difference(&[&new.lists(own)], Some(&old_lists), Syntax::Text, &|_| true).is_empty
            });
            if !within {
                let groups = new.members(Some(&old_lists));
                let sketches = groups.map(|groups| self.sketch(|sketch| sketch.groups = groups));
                self.suspect(at.clone(), sketches.unwrap_or_default());
            }
        }
        if old.unwanted.is_empty() {
            return;
        }
        let unwanted =
            Lists { allow: Some(pattern::texts(&old.unwanted)), deny: pattern::texts(&new.unwanted) };
        let found = difference(&[&unwanted], None, Syntax::Text, &|_| true);
        // The old policy asks who it is, too.
        let asks = !new.unwanted.is_empty()
            || !new.wanted.is_empty()
            || texts(&self.new.document).contains_key(&Field::Username);
        if !found.is_empty || !asks {
            let groups: BTreeSet<String> = found.examples.into_iter().collect();
            let mut sketches: Vec<_> = groups
                .into_iter()
                .flat_map(|group| self.sketch(|sketch| sketch.groups.push(group)))
                .collect();
            if !asks {
                sketches.extend(self.sketch(|sketch| {
                    sketch.username = None;
                    sketch.groups.clear();
                }));
            }
            self.suspect(old.unwanted_at.clone(), sketches);
        }
    }
}
