use std::cell::OnceCell;

use super::Verdict;
use super::template::{Expansion, Template};
use crate::policy::context::Context;

/// A list of patterns, of which some may refer to the context.
pub(in crate::policy) trait PatternList: Default {
    /// What the patterns with references stand for.
    fn expand(&self, context: &Context) -> Expanded<Self>;

    /// The list in one context.
    fn in_context<'m>(&'m self, context: &'m Context) -> InContext<'m, Self> {
        InContext { fixed: self, context, expanded: OnceCell::new() }
    }
}

/// What the patterns of a list stand for that refer to the context.
#[derive(Debug, Default)]
pub(in crate::policy) struct Expanded<M> {
    /// Patterns without references, by the indices of those that they come from.
    pub(super) patterns: M,
    /// The references that the context has no value for.
    pub(super) missing: Vec<String>,
    /// For a deny list: the references without which it cannot be said what it denies.
    pub(super) undecided: Vec<String>,
}

impl<M> Expanded<M> {
    /// Notes which references of a template have no value, and which have none that it can be judged by.
    pub(super) fn note(
        &mut self,
        template: &Template,
        context: &Context,
        expansions: &[Expansion],
        fits: impl Fn(&Expansion) -> bool,
    ) {
        add(&mut self.missing, template.missing(context));
        add(&mut self.undecided, template.undecided(context, expansions, fits));
    }

    /// The same of other patterns.
    pub(super) fn with<N>(self, patterns: N) -> Expanded<N> {
        Expanded { patterns, missing: self.missing, undecided: self.undecided }
    }

    /// Notes what another list notes.
    pub(super) fn note_all<N>(&mut self, other: Expanded<N>) -> N {
        add(&mut self.missing, other.missing);
        add(&mut self.undecided, other.undecided);
        other.patterns
    }
}

/// Adds references: each stands once, in the order of their names.
fn add(references: &mut Vec<String>, more: Vec<String>) {
    references.extend(more);
    references.sort_unstable();
    references.dedup();
}

/// A list of patterns in one context. What its references stand for is worked out once, when the first name is asked about, however
/// many names follow.
#[derive(Debug)]
pub(in crate::policy) struct InContext<'m, M> {
    pub(super) fixed: &'m M,
    context: &'m Context,
    expanded: OnceCell<Expanded<M>>,
}

impl<M: PatternList> InContext<'_, M> {
    fn expanded(&self) -> &Expanded<M> {
        self.expanded.get_or_init(|| self.fixed.expand(self.context))
    }

    /// The references of the patterns that the context has no value for.
    pub(in crate::policy) fn missing(&self) -> &[String] {
        &self.expanded().missing
    }

    /// For a deny list: the references without which it cannot be said what it denies.
    pub(in crate::policy) fn undecided(&self) -> &[String] {
        &self.expanded().undecided
    }

    /// What the patterns say, those without references and those that the others stand for.
    pub(super) fn ask(&self, ask: impl Fn(&M) -> Verdict) -> Verdict {
        ask(self.fixed).or(ask(&self.expanded().patterns))
    }
}

#[cfg(test)]
mod tests {
    use crate::crypto::{KeyKind, PrivateKey};
    use crate::name::GeneralName;
    use crate::policy::matcher::template::count::EXPANDED;
    use crate::policy::{Context, Policy, PolicyDigest, PolicyDocument};
    use crate::request::NewRequest;
    use crate::time::Timestamp;

    const POLICY: &str = r#"{
        "version": 1,
        "id": "teams",
        "names": {
            "count": { "max": 1000 },
            "dns": {
                "allow": [{ "under": "${facts.team}.example.com" }, { "glob": "x-*.${facts.team}.test" }],
                "deny": ["${facts.secret}"]
            }
        },
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": ["serverAuth"] },
        "validity": { "default": "24h", "max": "90d" }
    }"#;

    #[test]
    fn references_are_worked_out_once_for_all_names() {
        let document: PolicyDocument = serde_json::from_str(POLICY).expect("a document");
        let policy = Policy::compile(document, PolicyDigest::of(POLICY)).expect("a policy");
        let names = (0..1_000).map(|n| GeneralName::dns(format!("a.team{n}.example.com"))).collect();
        let key = PrivateKey::generate(KeyKind::P256, [3; 32]).expect("a key");
        let request = NewRequest { names, ..NewRequest::default() }.sign(&key).expect("a request");
        let context = Context::new(Timestamp::from_rfc3339("2026-01-01T00:00:00Z").expect("a time"))
            .with_fact("team", (0..1_000).map(|n| format!("team{n}")).collect())
            .with_fact("secret", vec!["secret.example.com".to_owned()]);
        EXPANDED.set(0);
        let decision = policy.evaluate(&request, &context);
        assert!(decision.is_allowed(), "{:?}", decision.reasons());
        // Three patterns with references, each once.
        assert_eq!(EXPANDED.get(), 3);
    }
}
