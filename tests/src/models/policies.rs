//! The policy tree of RFC 5280 6.1, written down as the RFC words it.

use std::collections::BTreeSet;

use certgate::oid::Oid;
use certgate::time::Timestamp;
use certgate::verify::{
    AnyPolicyMode, ExplicitPolicy, PolicyInputs, PolicyMappingMode, Profile, Purpose, Verifier,
    VerifyParameters,
};

use super::read;
use crate::certificate::{
    ANY_POLICY, AT, Cert, INHIBIT_ANY, MAPPINGS, POLICIES, POLICY_CONSTRAINTS, mappings, policies,
    policy_constraints,
};
use crate::der::int;

/// anyPolicy.
pub const ANY: u8 = 0;

fn dotted(policy: u8) -> String {
    if policy == ANY { ANY_POLICY.to_owned() } else { format!("1.3.6.1.4.1.99999.{policy}") }
}

/// What the engine says of a path from the anchor's child down to the leaf: its policies, or the code of its refusal.
pub fn verify(path: &[Extensions], inputs: &Inputs) -> Result<BTreeSet<Oid>, &'static str> {
    let mut certificates: Vec<_> = chain(path).iter().map(read).collect();
    let leaf = certificates.pop().expect("a leaf");
    let root = read(&Cert::root(&name(0)).key("key 0").set(|cert| cert.signer = "key 0".to_owned()));
    let verifier = Verifier::new([root], certificates, Profile::Private);
    let asked = PolicyInputs {
        acceptable: inputs.acceptable.iter().map(|policy| oid(*policy)).collect(),
        explicit: if inputs.explicit { ExplicitPolicy::Required } else { ExplicitPolicy::IfConstrained },
        mapping: if inputs.mapping { PolicyMappingMode::Inhibited } else { PolicyMappingMode::Allowed },
        any_policy: if inputs.any { AnyPolicyMode::Inhibited } else { AnyPolicyMode::Allowed },
    };
    let at = Timestamp::from_rfc3339(AT).expect("a time");
    let parameters = VerifyParameters::new(at, Purpose::Server).with_policies(asked);
    match verifier.verify(&leaf, &parameters) {
        Ok(found) => Ok(found.policies().iter().cloned().collect()),
        Err(error) => Err(error.code().as_str()),
    }
}

/// Fails unless the engine says what the tree says.
pub fn agrees(
    found: &Result<BTreeSet<Oid>, &'static str>,
    expected: Option<BTreeSet<u8>>,
) -> Result<(), String> {
    let right = match (found, &expected) {
        (Ok(found), Some(expected)) => *found == expected.iter().map(|policy| oid(*policy)).collect(),
        (Err(code), None) => ["verify/policy-required", "verify/policy-mapping-any"].contains(code),
        _ => false,
    };
    if right { Ok(()) } else { Err(format!("{found:?} in place of {expected:?}")) }
}

fn oid(policy: u8) -> Oid {
    Oid::parse(&dotted(policy)).expect("an identifier")
}

/// The policy extensions of one certificate.
#[derive(Clone, Debug)]
pub struct Extensions {
    pub policies: Option<BTreeSet<u8>>,
    /// Policies of the issuer and of the subject.
    pub mappings: Vec<(u8, u8)>,
    pub explicit: Option<u8>,
    pub mapping: Option<u8>,
    pub any: Option<u8>,
    pub self_issued: bool,
}

#[derive(Clone, Debug)]
pub struct Inputs {
    pub acceptable: BTreeSet<u8>,
    pub explicit: bool,
    pub mapping: bool,
    pub any: bool,
}

#[derive(Clone, Debug)]
struct Node {
    depth: usize,
    policy: u8,
    expected: BTreeSet<u8>,
    parent: Option<usize>,
}

/// Nodes that were deleted are `None`.
struct Tree {
    nodes: Vec<Option<Node>>,
}

impl Tree {
    fn at(&self, depth: usize) -> Vec<usize> {
        let is_at = |node: &Option<Node>| node.as_ref().is_some_and(|node| node.depth == depth);
        (0..self.nodes.len()).filter(|index| is_at(&self.nodes[*index])).collect()
    }

    fn node(&self, index: usize) -> &Node {
        self.nodes[index].as_ref().expect("a node")
    }

    fn add(&mut self, parent: usize, policy: u8, expected: BTreeSet<u8>) {
        let depth = self.node(parent).depth + 1;
        self.nodes.push(Some(Node { depth, policy, expected, parent: Some(parent) }));
    }

    fn children(&self, parent: usize) -> Vec<&Node> {
        self.nodes.iter().flatten().filter(|node| node.parent == Some(parent)).collect()
    }

    /// Deletes nodes above `depth` without children, again and again.
    fn prune(&mut self, depth: usize) {
        for above in (0..depth).rev() {
            for index in self.at(above) {
                if self.children(index).is_empty() {
                    self.nodes[index] = None;
                }
            }
        }
    }

    fn is_null(&self) -> bool {
        self.nodes.iter().all(Option::is_none)
    }
}

/// RFC 5280 6.1.2 to 6.1.5; certificates from the anchor's down to the leaf. The user-constrained policy set, or `None` if
/// the path does not hold.
pub fn tree(path: &[Extensions], inputs: &Inputs) -> Option<BTreeSet<u8>> {
    let n = path.len();
    let start = |inhibited: bool| if inhibited { 0 } else { n + 1 };
    let (mut explicit, mut mapping, mut any) =
        (start(inputs.explicit), start(inputs.mapping), start(inputs.any));
    let root = Node { depth: 0, policy: ANY, expected: [ANY].into(), parent: None };
    let mut tree = Tree { nodes: vec![Some(root)] };
    for (i, certificate) in path.iter().enumerate().map(|(index, one)| (index + 1, one)) {
        match &certificate.policies {
            Some(policies) if !tree.is_null() => {
                for policy in policies.iter().filter(|policy| **policy != ANY) {
                    let above = tree.at(i - 1);
                    let matching: Vec<usize> =
                        above.iter().copied().filter(|at| tree.node(*at).expected.contains(policy)).collect();
                    let parents = if matching.is_empty() {
                        above.into_iter().filter(|at| tree.node(*at).policy == ANY).collect()
                    } else {
                        matching
                    };
                    for parent in parents {
                        tree.add(parent, *policy, [*policy].into());
                    }
                }
                if policies.contains(&ANY) && (any > 0 || (i < n && certificate.self_issued)) {
                    for parent in tree.at(i - 1) {
                        let had: BTreeSet<u8> =
                            tree.children(parent).iter().map(|child| child.policy).collect();
                        for value in tree.node(parent).expected.clone().difference(&had) {
                            tree.add(parent, *value, [*value].into());
                        }
                    }
                }
                tree.prune(i);
                if tree.at(i).is_empty() {
                    tree.nodes.clear();
                }
            }
            _ => tree.nodes.clear(),
        }
        if explicit == 0 && tree.is_null() {
            return None;
        }
        if i == n {
            break;
        }
        if certificate.mappings.iter().any(|(issuer, subject)| *issuer == ANY || *subject == ANY) {
            return None;
        }
        let issuers: BTreeSet<u8> = certificate.mappings.iter().map(|(issuer, _)| *issuer).collect();
        for issuer in issuers {
            let rows = certificate.mappings.iter().filter(|(from, _)| *from == issuer);
            let subjects: BTreeSet<u8> = rows.map(|(_, subject)| *subject).collect();
            let of_issuer: Vec<usize> =
                tree.at(i).into_iter().filter(|at| tree.node(*at).policy == issuer).collect();
            if mapping == 0 {
                of_issuer.into_iter().for_each(|at| tree.nodes[at] = None);
                continue;
            }
            if of_issuer.is_empty() {
                let of_any = tree.at(i).into_iter().find(|at| tree.node(*at).policy == ANY);
                if let Some(parent) = of_any.and_then(|at| tree.node(at).parent) {
                    tree.add(parent, issuer, subjects);
                }
                continue;
            }
            for at in of_issuer {
                tree.nodes[at].as_mut().expect("a node").expected = subjects.clone();
            }
        }
        tree.prune(i);
        if !certificate.self_issued {
            explicit = explicit.saturating_sub(1);
            mapping = mapping.saturating_sub(1);
            any = any.saturating_sub(1);
        }
        let narrow = |counter: &mut usize, limit: Option<u8>| {
            *counter = limit.map_or(*counter, |limit| (*counter).min(usize::from(limit)));
        };
        narrow(&mut explicit, certificate.explicit);
        narrow(&mut mapping, certificate.mapping);
        narrow(&mut any, certificate.any);
    }
    explicit = explicit.saturating_sub(1);
    if path.last().is_some_and(|leaf| leaf.explicit == Some(0)) {
        explicit = 0;
    }
    let found = user_constrained(&tree, n, &inputs.acceptable);
    (explicit > 0 || !found.is_empty()).then_some(found)
}

/// RFC 5280 6.1.5 (g), and what the RFC calls valid_policy_node_set.
fn user_constrained(tree: &Tree, n: usize, acceptable: &BTreeSet<u8>) -> BTreeSet<u8> {
    let of_authority = tree.nodes.iter().flatten().filter(|node| {
        node.parent.is_some_and(|parent| tree.node(parent).policy == ANY) && node.policy != ANY
    });
    let authority: BTreeSet<u8> = of_authority.map(|node| node.policy).collect();
    let any_reaches = tree.at(n).into_iter().any(|at| tree.node(at).policy == ANY);
    if acceptable.is_empty() {
        return authority.into_iter().chain(any_reaches.then_some(ANY)).collect();
    }
    acceptable.iter().copied().filter(|policy| any_reaches || authority.contains(policy)).collect()
}

fn name(index: usize) -> String {
    format!("ca {index}")
}

/// The certificates, the anchor's own not among them: the leaf is the last.
fn chain(path: &[Extensions]) -> Vec<Cert> {
    let mut issuer = (name(0), "key 0".to_owned());
    let mut made = Vec::new();
    for (index, extensions) in path.iter().enumerate() {
        let is_leaf = index + 1 == path.len();
        let subject = match (is_leaf, extensions.self_issued) {
            (true, _) => "a.example.com".to_owned(),
            (false, true) => issuer.0.clone(),
            (false, false) => name(index + 1),
        };
        let key = format!("key {}", index + 1);
        let cert =
            if is_leaf { Cert::leaf(&subject, &issuer.0) } else { Cert::ca(&subject, &issuer.0).key(&key) };
        made.push(extended(cert.signed_by(&issuer.1), extensions));
        issuer = (subject, key);
    }
    made
}

fn extended(mut cert: Cert, extensions: &Extensions) -> Cert {
    if let Some(found) = &extensions.policies {
        let dotted: Vec<String> = found.iter().map(|policy| dotted(*policy)).collect();
        cert = cert.with(POLICIES, false, &policies(&dotted.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    if !extensions.mappings.is_empty() {
        let rows: Vec<(String, String)> =
            extensions.mappings.iter().map(|(one, other)| (dotted(*one), dotted(*other))).collect();
        let rows: Vec<(&str, &str)> =
            rows.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
        cert = cert.with(MAPPINGS, true, &mappings(&rows));
    }
    if extensions.explicit.is_some() || extensions.mapping.is_some() {
        cert =
            cert.with(POLICY_CONSTRAINTS, true, &policy_constraints(extensions.explicit, extensions.mapping));
    }
    match extensions.any {
        Some(count) => cert.with(INHIBIT_ANY, true, &int(&[count])),
        None => cert,
    }
}
