use certgate::extension::GeneralSubtree;
use certgate::name::{GeneralName, IpAddress};
use certgate::oid::Oid;
use certgate::policy::Constraints;
use serde::Serialize;

use super::{DiagnosticView, PolicyIdentityView, SCHEMA_VERSION};

/// What a CA's own certificate can say of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConstraintsView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// The policy.
    pub policy: PolicyIdentityView,
    /// Subtrees in one of which a name of their kind must lie.
    pub permitted: Vec<SubtreeView>,
    /// Subtrees in which no name may lie.
    pub excluded: Vec<SubtreeView>,
    /// extendedKeyUsage of the CA; empty if it says nothing.
    pub purposes: Vec<String>,
    /// pathLenConstraint.
    pub path_length: u32,
    /// What the constraints let through and the policy does not, sorted by path and code.
    pub notes: Vec<DiagnosticView>,
}

/// One subtree of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SubtreeView {
    /// The kind of name in ASN.1.
    pub kind: String,
    /// The subtree: a domain, a host, a mailbox, a block of addresses, or a distinguished name. Empty for all names.
    pub value: String,
}

impl ConstraintsView {
    pub(crate) fn new(constraints: &Constraints) -> Self {
        let subtrees = |list: &[GeneralSubtree]| list.iter().map(SubtreeView::new).collect();
        Self {
            schema_version: SCHEMA_VERSION,
            policy: PolicyIdentityView {
                id: constraints.policy.id.to_string(),
                digest: constraints.policy.digest.to_string(),
            },
            permitted: subtrees(&constraints.names.permitted),
            excluded: subtrees(&constraints.names.excluded),
            purposes: constraints.purposes.iter().map(Oid::label).collect(),
            path_length: constraints.path_length,
            notes: constraints.notes.iter().map(DiagnosticView::new).collect(),
        }
    }

    /// The same as lines of an extension section of `openssl.cnf`.
    pub fn to_openssl(&self) -> String {
        let names: Vec<String> = [("permitted", &self.permitted), ("excluded", &self.excluded)]
            .into_iter()
            .flat_map(|(word, list)| {
                list.iter().filter_map(move |subtree| Some(format!("{word};{}", subtree.to_openssl()?)))
            })
            .collect();
        let mut text = format!("basicConstraints = critical, CA:TRUE, pathlen:{}\n", self.path_length);
        text.push_str("keyUsage = critical, digitalSignature, keyCertSign, cRLSign\n");
        if !self.purposes.is_empty() {
            text.push_str(&format!("extendedKeyUsage = {}\n", self.purposes.join(", ")));
        }
        if !names.is_empty() {
            text.push_str("nameConstraints = critical, @names\n\n[names]\n");
            for (index, name) in names.iter().enumerate() {
                let (key, value) = name.split_once(':').unwrap_or((name, ""));
                text.push_str(&format!("{key}.{index} = {value}\n"));
            }
        }
        text
    }
}

impl SubtreeView {
    fn new(subtree: &GeneralSubtree) -> Self {
        Self { kind: subtree.base.kind().as_str().to_owned(), value: value(&subtree.base) }
    }

    /// `DNS:example.com`, with an address block as address and mask; a distinguished name would need a section of its own.
    fn to_openssl(&self) -> Option<String> {
        Some(match self.kind.as_str() {
            "dNSName" => format!("DNS:{}", self.value),
            "iPAddress" => format!("IP:{}", with_mask(&self.value)),
            "rfc822Name" => format!("email:{}", self.value),
            "uniformResourceIdentifier" => format!("URI:{}", self.value),
            _ => return None,
        })
    }
}

/// An address block as `10.0.0.0/8`, everything else as it stands.
fn value(base: &GeneralName) -> String {
    let GeneralName::IpAddress { octets, .. } = base else { return base.display() };
    let (network, mask) = octets.split_at(octets.len().div_euclid(2));
    let length = mask.iter().map(|octet| octet.count_ones()).fold(0, u32::saturating_add);
    IpAddress::from_octets(network).map_or_else(|| base.display(), |network| format!("{network}/{length}"))
}

fn with_mask(block: &str) -> String {
    let Some((network, length)) = block.split_once('/') else { return block.to_owned() };
    let width = if network.contains(':') { 16 } else { 4 };
    let mut left: u32 = length.parse().unwrap_or_default();
    let mut mask = Vec::new();
    for _ in 0..width {
        let ones = left.min(8);
        left = left.saturating_sub(ones);
        mask.push(u8::MAX.checked_shl(8u32.saturating_sub(ones)).unwrap_or(0));
    }
    match IpAddress::from_octets(&mask) {
        Some(mask) => format!("{network}/{mask}"),
        None => block.to_owned(),
    }
}
