//! Certificate policies (RFC 5280 6.1 with the graph of RFC 9618 in place of the tree): at each depth one node a policy, so
//! that mappings cannot make it grow exponentially.

use std::collections::{BTreeMap, BTreeSet};

use super::budget::Work;
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, path::steps};
use crate::extension::{Extension, ExtensionValue, PolicyConstraints, PolicyMapping};
use crate::oid::{self, Oid};

/// Which certificate policies a verification asks for (RFC 5280 6.1.1 (c), (e) to (g)). The default asks for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyInputs {
    /// The policies that are acceptable; empty for any.
    pub acceptable: Vec<Oid>,
    /// Whether the path must be valid for one of them at least.
    pub explicit: ExplicitPolicy,
    /// Whether policies may be mapped.
    pub mapping: PolicyMappingMode,
    /// Whether anyPolicy stands for all policies.
    pub any_policy: AnyPolicyMode,
}

/// initial-explicit-policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExplicitPolicy {
    /// Only where a CA asks for it.
    #[default]
    IfConstrained,
    /// Always.
    Required,
}

/// initial-policy-mapping-inhibit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyMappingMode {
    /// Unless a CA forbids it.
    #[default]
    Allowed,
    /// Never.
    Inhibited,
}

/// initial-any-policy-inhibit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnyPolicyMode {
    /// Unless a CA forbids it.
    #[default]
    Allowed,
    /// Never.
    Inhibited,
}

/// A node of one depth: the policies that certificates below may name for it, and the nodes above that led to it.
#[derive(Clone, Debug)]
struct Node {
    expected: BTreeSet<Oid>,
    parents: BTreeSet<Oid>,
}

type Level = BTreeMap<Oid, Node>;

struct State {
    /// The depths of the graph, from the anchor's; `None` when no policy holds any more.
    graph: Option<Vec<Level>>,
    explicit: usize,
    mapping: usize,
    any: usize,
}

/// Processes the policies of a path, leaf first, anchor not included, and gives the user-constrained policy set: the
/// policies of `inputs.acceptable` for which the path holds, or `anyPolicy`.
///
/// # Errors
/// With the index of the certificate: a required policy that does not hold, a mapping of anyPolicy, or the budget.
pub(super) fn process(
    path: &[&Certificate],
    inputs: &PolicyInputs,
    work: &mut Work<'_>,
) -> Result<Vec<Oid>, (usize, Diagnostic)> {
    let length = path.len();
    let unless = |inhibited: bool| if inhibited { 0 } else { length.saturating_add(1) };
    let root = Node { expected: [oid::ANY_POLICY].into(), parents: BTreeSet::new() };
    let mut state = State {
        graph: Some(vec![Level::from([(oid::ANY_POLICY, root)])]),
        explicit: unless(inputs.explicit == ExplicitPolicy::Required),
        mapping: unless(inputs.mapping == PolicyMappingMode::Inhibited),
        any: unless(inputs.any_policy == AnyPolicyMode::Inhibited),
    };
    for (index, certificate) in path.iter().enumerate().rev() {
        let is_last = index == 0;
        let fail = |diagnostic| (index, diagnostic);
        state.add_level(certificate, is_last, work).map_err(fail)?;
        if state.explicit == 0 && state.graph.is_none() {
            return Err(fail(required("no certificate policy holds for the path")));
        }
        if !is_last {
            state.prepare(certificate, work).map_err(fail)?;
        }
    }
    let leaf = path.first();
    // RFC 5280 6.1.5 (a), (b).
    state.explicit = state.explicit.saturating_sub(1);
    if leaf.is_some_and(|leaf| policy_constraints(leaf).require_explicit_policy == Some(0)) {
        state.explicit = 0;
    }
    let constrained = state.user_constrained(&inputs.acceptable);
    if state.explicit == 0 && constrained.is_empty() {
        let diagnostic = required("the path holds for none of the policies that are acceptable")
            .with_expected(inputs.acceptable.iter().map(Oid::to_string).collect::<Vec<_>>());
        return Err((0, diagnostic));
    }
    Ok(constrained)
}

impl State {
    /// RFC 5280 6.1.3 (d), (e), as RFC 9618 5.3 words them.
    fn add_level(
        &mut self,
        certificate: &Certificate,
        is_last: bool,
        work: &mut Work<'_>,
    ) -> Result<(), Diagnostic> {
        let Some(policies) = policies(certificate) else {
            self.graph = None;
            return Ok(());
        };
        let Some(levels) = &mut self.graph else { return Ok(()) };
        let Some(above) = levels.last() else { return Ok(()) };
        // Which nodes above expect a policy.
        let mut expecting: BTreeMap<&Oid, Vec<&Oid>> = BTreeMap::new();
        for (policy, node) in above {
            for expected in &node.expected {
                work.edge()?;
                expecting.entry(expected).or_default().push(policy);
            }
        }
        let mut level = Level::new();
        let mut add = |policy: &Oid, parents: &[&Oid], work: &mut Work<'_>| -> Result<(), Diagnostic> {
            parents.iter().try_for_each(|_| work.edge())?;
            let node = Node {
                expected: [policy.clone()].into(),
                parents: parents.iter().map(|parent| (*parent).clone()).collect(),
            };
            level.insert(policy.clone(), node);
            Ok(())
        };
        for policy in policies.iter().filter(|policy| **policy != oid::ANY_POLICY) {
            if let Some(parents) = expecting.get(policy) {
                add(policy, parents, work)?;
            } else if above.contains_key(&oid::ANY_POLICY) {
                add(policy, &[&oid::ANY_POLICY], work)?;
            }
        }
        let any_counts = self.any > 0 || (!is_last && certificate.is_self_issued());
        if policies.contains(&oid::ANY_POLICY) && any_counts {
            let named: BTreeSet<&Oid> = policies.iter().collect();
            for (expected, parents) in &expecting {
                if !named.contains(*expected) || **expected == oid::ANY_POLICY {
                    add(expected, parents, work)?;
                }
            }
        }
        levels.push(level);
        self.prune();
        Ok(())
    }

    /// RFC 5280 6.1.4 (a), (b), (h) to (j), with RFC 9618 5.4.
    fn prepare(&mut self, certificate: &Certificate, work: &mut Work<'_>) -> Result<(), Diagnostic> {
        let mappings = mappings(certificate);
        if mappings.iter().any(|row| row.issuer == oid::ANY_POLICY || row.subject == oid::ANY_POLICY) {
            return Err(Diagnostic::new(
                codes::VERIFY_POLICY_MAPPING_ANY,
                "a policy mapping maps from or to anyPolicy",
            )
            .at(steps!["extensions", "policyMappings"]));
        }
        self.map(mappings, work)?;
        if !certificate.is_self_issued() {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any = self.any.saturating_sub(1);
        }
        let narrow = |counter: &mut usize, limit: Option<u32>| {
            if let Some(limit) = limit {
                *counter = (*counter).min(usize::try_from(limit).unwrap_or(usize::MAX));
            }
        };
        let constraints = policy_constraints(certificate);
        narrow(&mut self.explicit, constraints.require_explicit_policy);
        narrow(&mut self.mapping, constraints.inhibit_policy_mapping);
        narrow(&mut self.any, inhibit_any(certificate));
        Ok(())
    }

    fn map(&mut self, mappings: &[PolicyMapping], work: &mut Work<'_>) -> Result<(), Diagnostic> {
        let Some(level) = self.graph.as_mut().and_then(|levels| levels.last_mut()) else { return Ok(()) };
        let mut by_issuer: BTreeMap<&Oid, BTreeSet<Oid>> = BTreeMap::new();
        for row in mappings {
            work.edge()?;
            by_issuer.entry(&row.issuer).or_default().insert(row.subject.clone());
        }
        let any_parents = level.get(&oid::ANY_POLICY).map(|node| node.parents.clone());
        for (issuer, subjects) in by_issuer {
            if self.mapping == 0 {
                level.remove(issuer);
            } else if let Some(node) = level.get_mut(issuer) {
                node.expected = subjects;
            } else if let Some(parents) = &any_parents {
                level.insert(issuer.clone(), Node { expected: subjects, parents: parents.clone() });
            }
        }
        self.prune();
        Ok(())
    }

    /// Removes nodes above that have no children, from below upwards; without any node left there is no graph.
    fn prune(&mut self) {
        let Some(levels) = &mut self.graph else { return };
        let mut wanted: Option<BTreeSet<Oid>> = None;
        for level in levels.iter_mut().rev() {
            if let Some(wanted) = &wanted {
                level.retain(|policy, _| wanted.contains(policy));
            }
            wanted = Some(level.values().flat_map(|node| node.parents.iter().cloned()).collect());
        }
        if levels.last().is_none_or(BTreeMap::is_empty) {
            self.graph = None;
        }
    }

    /// RFC 9618 5.5: the policies of the anchor's domain, those whose parent is anyPolicy, that reach the leaf; of them those
    /// that are acceptable.
    fn user_constrained(&self, acceptable: &[Oid]) -> Vec<Oid> {
        let Some(levels) = &self.graph else { return Vec::new() };
        let any_reaches = levels.last().is_some_and(|level| level.contains_key(&oid::ANY_POLICY));
        let authority: BTreeSet<&Oid> = levels
            .iter()
            .skip(1)
            .flatten()
            .filter(|(policy, node)| **policy != oid::ANY_POLICY && node.parents.contains(&oid::ANY_POLICY))
            .map(|(policy, _)| policy)
            .collect();
        let accepts_any = acceptable.is_empty() || acceptable.contains(&oid::ANY_POLICY);
        if accepts_any {
            let any = any_reaches.then_some(oid::ANY_POLICY);
            return authority.into_iter().cloned().chain(any).collect();
        }
        let mut held: Vec<Oid> =
            acceptable.iter().filter(|policy| any_reaches || authority.contains(policy)).cloned().collect();
        held.sort_unstable();
        held.dedup();
        held
    }
}

fn required(message: &str) -> Diagnostic {
    Diagnostic::new(codes::VERIFY_POLICY_REQUIRED, message).at(steps!["extensions", "certificatePolicies"])
}

fn value<'c>(certificate: &'c Certificate, oid: &Oid) -> Option<&'c ExtensionValue> {
    certificate.extension(oid).map(Extension::value)
}

fn policies(certificate: &Certificate) -> Option<&[Oid]> {
    match value(certificate, &oid::CERTIFICATE_POLICIES)? {
        ExtensionValue::CertificatePolicies(policies) => Some(policies),
        _ => None,
    }
}

fn mappings(certificate: &Certificate) -> &[PolicyMapping] {
    match value(certificate, &oid::POLICY_MAPPINGS) {
        Some(ExtensionValue::PolicyMappings(mappings)) => mappings,
        _ => &[],
    }
}

fn policy_constraints(certificate: &Certificate) -> PolicyConstraints {
    match value(certificate, &oid::POLICY_CONSTRAINTS) {
        Some(ExtensionValue::PolicyConstraints(constraints)) => *constraints,
        _ => PolicyConstraints::default(),
    }
}

fn inhibit_any(certificate: &Certificate) -> Option<u32> {
    match value(certificate, &oid::INHIBIT_ANY_POLICY)? {
        ExtensionValue::InhibitAnyPolicy(count) => Some(*count),
        _ => None,
    }
}
