//! Policies of other programs, requests to them, and their verdicts: the rows of the table of peers.

use certgate_bindings::import::{ImportMode, ImportOptions, Imported, Peer, import, import_with};
use certgate_bindings::view::SimulationView;
use certgate_bindings::{ContextDocument, Policy, Request};
use serde_json::Value;

use crate::vector::AT;

pub mod approver_policy;
pub mod cfssl;
pub mod exact;
pub mod kubelet_csr_approver;
pub mod kubernetes_signer;
pub mod naive;
pub mod random;
pub mod step_ca;
pub mod vault;

/// A verdict on a request, or on the policy itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed; with the names that are emitted, sorted, where the row says them.
    Allow(Option<Vec<String>>),
    Deny,
    /// The policy is not applicable.
    Pending,
    /// The policy is refused.
    Refused,
}

/// One row: a policy of another program, a request, and its verdict.
pub struct Row {
    pub id: &'static str,
    pub peer: Peer,
    /// The policy as the other program has it.
    pub policy: Value,
    pub request: Vec<u8>,
    pub context: Value,
    pub theirs: Verdict,
}

/// A row on which the imported policy differs, and why.
pub struct Exception {
    pub id: &'static str,
    pub ours: Verdict,
    pub why: Why,
}

/// Why an imported policy differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Ours is stricter, by the rule that is named.
    Stricter(&'static str),
    /// Names or usages are equal once they are normalised, in the way that is named.
    Normalised(&'static str),
}

impl Row {
    /// What the imported policy says, and what was noted when it was imported.
    pub fn ours(&self) -> (Verdict, Vec<String>) {
        let Ok(Imported { policy, notes }) = import(self.peer, &self.policy.to_string(), None) else {
            return (Verdict::Refused, Vec::new());
        };
        let codes = notes.iter().map(|note| note.code.clone()).collect();
        let at = certgate_bindings::parse_time(AT).expect("a time");
        let context = ContextDocument::from_value(self.context.clone()).expect("a context");
        let context = context.to_context(at).expect("a context");
        let request = Request::parse(&self.request).unwrap_or_else(|error| panic!("{}: {error}", self.id));
        let decision = policy.evaluate(&request, &context);
        let verdict = match decision.outcome().as_str() {
            "allowed" => {
                let template = decision.template().expect("a template");
                let names = template.subject_alt_names.iter();
                Verdict::Allow(Some(sorted(
                    names.map(|name| format!("{} {}", short(&name.kind), name.value)),
                )))
            }
            "denied" => Verdict::Deny,
            _ => Verdict::Pending,
        };
        (verdict, codes)
    }
}

impl Row {
    /// The policy that decides as the other program does.
    pub fn simulated(&self) -> Option<Policy> {
        let options = ImportOptions { mode: ImportMode::Exact, ..ImportOptions::default() };
        import_with(self.peer, &self.policy.to_string(), &options).ok().map(|imported| imported.policy)
    }

    /// What the simulation says under this policy, and whether the decision is to issue.
    pub fn simulation(&self, policy: &Policy) -> (SimulationView, bool) {
        let at = certgate_bindings::parse_time(AT).expect("a time");
        let context = ContextDocument::from_value(self.context.clone()).expect("a context");
        let context = context.to_context(at).unwrap_or_else(|error| panic!("{}: {error}", self.id));
        let request = Request::parse(&self.request).unwrap_or_else(|error| panic!("{}: {error}", self.id));
        let decision = policy.evaluate(&request, &context);
        (decision.simulation().expect("a simulation"), decision.is_allowed())
    }
}

/// The verdict of a simulated program, with the names in its own spelling.
pub fn verdict_of(simulation: &SimulationView) -> Verdict {
    match simulation.outcome.as_str() {
        "allowed" => {
            let issued = simulation.issued.as_ref().expect("what would be issued");
            let names = issued.subject_alt_names.iter();
            Verdict::Allow(Some(sorted(names.map(|name| format!("{} {}", short(&name.kind), name.value)))))
        }
        "denied" => Verdict::Deny,
        _ => Verdict::Pending,
    }
}

impl Verdict {
    /// Allowed with these names.
    pub fn names(names: &[&str]) -> Self {
        Self::Allow(Some(sorted(names.iter().map(|name| (*name).to_owned()))))
    }

    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    /// Whether what was found is what was expected; names are compared only where both say them.
    pub fn agrees(&self, found: &Self) -> bool {
        match (self, found) {
            (Self::Allow(None), Self::Allow(_)) => true,
            _ => self == found,
        }
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

fn short(kind: &str) -> &str {
    match kind {
        "dNSName" => "dns",
        "iPAddress" => "ip",
        "rfc822Name" => "email",
        "uniformResourceIdentifier" => "uri",
        "otherName" => "other",
        other => other,
    }
}

/// All rows.
pub fn rows() -> Vec<Row> {
    [
        vault::rows(),
        approver_policy::rows(),
        kubernetes_signer::rows(),
        kubelet_csr_approver::rows(),
        step_ca::rows(),
        cfssl::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All differences.
pub fn exceptions() -> impl Iterator<Item = &'static Exception> {
    [
        vault::EXCEPTIONS,
        approver_policy::EXCEPTIONS,
        kubernetes_signer::EXCEPTIONS,
        kubelet_csr_approver::EXCEPTIONS,
        step_ca::EXCEPTIONS,
        cfssl::EXCEPTIONS,
    ]
    .into_iter()
    .flatten()
}

/// Rows that no imported policy can show, with the reason.
pub fn elsewhere() -> impl Iterator<Item = (&'static str, &'static str)> {
    [vault::ELSEWHERE, approver_policy::ELSEWHERE, kubernetes_signer::ELSEWHERE, step_ca::ELSEWHERE]
        .into_iter()
        .flatten()
        .copied()
}

/// Rows of no table, each for a quirk that no row of the table shows.
pub fn quirk_row(id: &'static str) -> Row {
    use serde_json::json;
    let a = request(&[("dns", "a.b.example.com")]).der();
    match id {
        "A05-dots" => approver_policy::allowed(
            id,
            json!({ "dnsNames": { "values": ["*.example.com"] } }),
            &[("dns", "a.b.example.com")],
            Verdict::Allow(None),
        ),
        "K8-floor" => Row {
            policy: json!({ "signerName": "kubernetes.io/kube-apiserver-client", "clusterSigningDuration": "5m" }),
            ..kubernetes_signer::row(
                id,
                "kubernetes.io/kube-apiserver-client",
                &[("cn", "jane")],
                "CA",
                Verdict::Allow(None),
            )
        },
        _ => {
            let profile = json!({ "expiry": "1h", "usages": ["server auth"], "name_whitelist": "example" });
            let context =
                if id == "F-profile" { json!({ "parameters": { "profile": "no" } }) } else { json!({}) };
            Row {
                id,
                peer: Peer::Cfssl,
                policy: json!({ "signing": { "default": profile } }),
                request: a,
                context,
                theirs: Verdict::Allow(None),
            }
        }
    }
}

/// A request: kinds and values in order, such as `[("cn", "a"), ("dns", "a")]`.
pub fn request(parts: &[(&str, &str)]) -> crate::request::Csr {
    use crate::der::{ia5, utf8};
    use crate::request::{Csr, atv, cn, dns, email, ip, other_name, san, uri};
    let (mut subject, mut names) = (Vec::new(), Vec::new());
    let mut key = "P-256";
    for (kind, value) in parts {
        match *kind {
            "cn" => subject.push(cn(value)),
            "o" => subject.push(atv("2.5.4.10", utf8(value))),
            "ou" => subject.push(atv("2.5.4.11", utf8(value))),
            "serial" => subject.push(atv("2.5.4.5", utf8(value))),
            "mail" => subject.push(atv("1.2.840.113549.1.9.1", ia5(value))),
            "dns" => names.push(dns(value)),
            "ip" => names.push(ip(&octets(value))),
            "email" => names.push(email(value)),
            "uri" => names.push(uri(value)),
            "upn" => names.push(other_name("1.3.6.1.4.1.311.20.2.3", &utf8(value))),
            "upn-ia5" => names.push(other_name("1.3.6.1.4.1.311.20.2.3", &ia5(value))),
            "directory" => names.push(crate::der::explicit(4, &Csr::subject(&[cn(value)]).subject)),
            "key" => {
                key = ["P-256", "P-384", "P-521", "Ed25519", "RSA-1024", "RSA-2048", "RSA-3072"]
                    .into_iter()
                    .find(|name| name == value)
                    .expect("a fixed key")
            }
            other => panic!("no part {other}"),
        }
    }
    let attributes = (!names.is_empty()).then(|| crate::request::extension_request(&[san(&names)]));
    Csr {
        subject: Csr::subject(&subject).subject,
        attributes: Some(crate::request::attributes(&attributes.into_iter().collect::<Vec<_>>())),
        ..Csr::key(key)
    }
}

/// The octets of an address; one of IPv4 in IPv6 clothes keeps its 16.
fn octets(text: &str) -> Vec<u8> {
    match text.parse().expect("an address") {
        std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}
