//! Policies of other programs and requests to them, at random: each case is one that is allowed, with two things changed.

use certgate_bindings::import::Peer;
use serde_json::{Value, json};

mod approver_policy;
mod cfssl;
mod kubernetes;
mod step_ca;
mod vault;

/// One case before it is bytes.
#[derive(Clone, Debug)]
pub struct Case {
    pub policy: Value,
    pub parts: Vec<(&'static str, &'static str)>,
    pub context: Value,
}

/// A change to a case, of one field and of what it judges.
type Change = fn(&mut Numbers, &mut Case);

/// The programs, each with the fields whose loss is counted.
pub const PEERS: [Peer; 6] = [
    Peer::OpenBaoRole,
    Peer::ApproverPolicy,
    Peer::StepCa,
    Peer::KubernetesSigner,
    Peer::KubeletCsrApprover,
    Peer::Cfssl,
];

/// A case of a program.
pub fn case(peer: Peer, numbers: &mut Numbers) -> Case {
    let (base, changes): (fn() -> Case, &[Change]) = match peer {
        Peer::OpenBaoRole | Peer::VaultRole => (vault::base, vault::CHANGES),
        Peer::ApproverPolicy => (approver_policy::base, approver_policy::CHANGES),
        Peer::StepCa => (step_ca::base, step_ca::CHANGES),
        Peer::KubernetesSigner => (kubernetes::signer, kubernetes::SIGNER_CHANGES),
        Peer::KubeletCsrApprover => (kubernetes::kubelet, kubernetes::KUBELET_CHANGES),
        Peer::Cfssl => (cfssl::base, cfssl::CHANGES),
    };
    let mut case = base();
    // The second change comes half of the time: one alone shows what a field decides.
    let more = usize::from(numbers.one_in(2));
    for _ in 0..1 + more {
        let change = numbers.pick(changes);
        change(numbers, &mut case);
    }
    case
}

/// The fields of a program that must each decide some cases, as JSON pointers into its policy.
pub fn fields(peer: Peer) -> &'static [&'static str] {
    match peer {
        Peer::OpenBaoRole | Peer::VaultRole => vault::FIELDS,
        Peer::ApproverPolicy => approver_policy::FIELDS,
        Peer::StepCa => step_ca::FIELDS,
        Peer::KubernetesSigner => kubernetes::SIGNER_FIELDS,
        Peer::KubeletCsrApprover => kubernetes::KUBELET_FIELDS,
        Peer::Cfssl => cfssl::FIELDS,
    }
}

/// Pseudo-random numbers that follow from a seed (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.word() % u64::try_from(bound).expect("a small number")).expect("a small number")
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

impl Case {
    /// Replaces all parts of a kind.
    fn set(&mut self, kind: &'static str, value: &'static str) {
        self.drop(kind);
        self.parts.push((kind, value));
    }

    fn drop(&mut self, kind: &str) {
        self.parts.retain(|(other, _)| *other != kind);
    }

    /// Sets a value in the context, whose first level is made if it is not there.
    fn tell(&mut self, group: &str, name: &str, value: Value) {
        if group.is_empty() {
            self.context[name] = value;
        } else {
            if self.context.get(group).is_none() {
                self.context[group] = json!({});
            }
            self.context[group][name] = value;
        }
    }
}
