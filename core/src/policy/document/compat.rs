//! What another program's policy says, in the words of that program, to decide exactly as it does.

use serde::{Deserialize, Serialize};

use super::given;

mod approver_policy;
mod cfssl;
mod kubernetes;
mod scalar;
mod step;
mod vault;

pub use approver_policy::{
    ApproverAllowed, ApproverByOid, ApproverConstraints, ApproverIssuer, ApproverNamespace, ApproverPolicy,
    ApproverPrivateKey, ApproverSelector, ApproverSlice, ApproverSubject, ApproverText, ApproverValidation,
};
pub use cfssl::{CfsslCaConstraint, CfsslCsrParts, CfsslPolicy, CfsslProfile, CfsslSigning};
pub use kubernetes::{KubeletCsrApprover, KubernetesSigner};
pub use scalar::{Seconds, TextList};
pub use step::{StepClaims, StepNames, StepPolicy, StepProvisioner, StepX509};
pub use vault::VaultRole;

/// The policy of another program, decided exactly as that program does. It is a simulation: what breaks a rule that no
/// policy of certgate switches off is denied all the same. A policy with `compat` has no rules of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a compat block")]
pub struct CompatRules {
    /// The quirks that are kept. One that is left out is decided as certgate does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Quirk>,
    /// A CertificateRequestPolicy of approver-policy: its `spec`.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<ApproverPolicy>"))]
    pub approver_policy: Option<Box<ApproverPolicy>>,
    /// The `signing` part of a configuration of cfssl.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<CfsslSigning>"))]
    pub cfssl: Option<Box<CfsslSigning>>,
    /// The options of kubelet-csr-approver.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<KubeletCsrApprover>"))]
    pub kubelet_csr_approver: Option<Box<KubeletCsrApprover>>,
    /// A signer of Kubernetes.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<KubernetesSigner>"))]
    pub kubernetes_signer: Option<Box<KubernetesSigner>>,
    /// A role of OpenBao's PKI secrets engine.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<VaultRole>"))]
    pub openbao_role: Option<Box<VaultRole>>,
    /// The policies and claims of a step-ca.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<StepPolicy>"))]
    pub step_ca: Option<Box<StepPolicy>>,
    /// A role of Vault's PKI secrets engine.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Box<VaultRole>"))]
    pub vault_role: Option<Box<VaultRole>>,
}

/// A way in which a program decides otherwise than certgate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Quirk {
    /// cfssl: names that are addresses are not held to `name_whitelist`.
    AddressesUnseen,
    /// Kubernetes: from 8 hours on, the time before now at which a lifetime begins is taken off its end.
    BackdateFromEnd,
    /// Vault, OpenBao: the common name is compared as it is typed, and the name that is made of it as an A-label.
    CommonNameBeforeIdna,
    /// step-ca: a common name that is denied as such is tried as the kind of name that it looks like.
    CommonNameDenyFallsThrough,
    /// step-ca: a kind of name with denied entries only is open, whatever the other kinds say.
    DenyOnlyKindsOpen,
    /// Vault, OpenBao: a name in the parameter `alt_names` that is no host is left out.
    DropUnfitAltNames,
    /// approver-policy: keys of Ed25519 have no size, which is below every smallest size.
    Ed25519SizeUnknown,
    /// Vault, OpenBao: an end of life may lie beyond the longest lifetime.
    EndBeyondMaxTtl,
    /// Kubernetes: a lifetime below 10 minutes becomes one of 10 minutes.
    LifetimeFloor,
    /// Vault, OpenBao: a dNSName may be a mail address, and a mail address may be a host alone.
    MailboxRuleForHosts,
    /// approver-policy: names are compared without IDNA and with regard to case.
    NoIdna,
    /// step-ca: a name that cannot be read is a fault of the server, status 500.
    ParseFaultIsServerFault,
    /// approver-policy: `*` stands for dots too.
    StarSpansDots,
    /// Vault, OpenBao: suffixes and globs are compared with regard to case, whole wildcards without.
    SuffixCaseSensitive,
    /// OpenBao: with an issuer that has expired, a certificate is born expired.
    TruncateExpiredIssuer,
    /// cfssl, kubelet-csr-approver: a regular expression may match a part of a name.
    UnanchoredRegex,
    /// cfssl: an unknown profile is the default one.
    UnknownProfileIsDefault,
    /// Vault, OpenBao, cfssl: words for usages that are not known are left out.
    UnknownUsagesIgnored,
    /// approver-policy, Kubernetes: usages are compared as words.
    UsagesAsText,
    /// step-ca: a literal wildcard matches no denied entry unless wildcards are allowed.
    WildcardUnseenByDeny,
}

impl Quirk {
    /// All quirks in the order of their names.
    pub const ALL: [Self; 20] = [
        Self::AddressesUnseen,
        Self::BackdateFromEnd,
        Self::CommonNameBeforeIdna,
        Self::CommonNameDenyFallsThrough,
        Self::DenyOnlyKindsOpen,
        Self::DropUnfitAltNames,
        Self::Ed25519SizeUnknown,
        Self::EndBeyondMaxTtl,
        Self::LifetimeFloor,
        Self::MailboxRuleForHosts,
        Self::NoIdna,
        Self::ParseFaultIsServerFault,
        Self::StarSpansDots,
        Self::SuffixCaseSensitive,
        Self::TruncateExpiredIssuer,
        Self::UnanchoredRegex,
        Self::UnknownProfileIsDefault,
        Self::UnknownUsagesIgnored,
        Self::UsagesAsText,
        Self::WildcardUnseenByDeny,
    ];

    /// The quirks of a program, by the key of its policy in [`CompatRules`].
    pub fn of(program: &str) -> Vec<Self> {
        let vault = [
            Self::CommonNameBeforeIdna,
            Self::DropUnfitAltNames,
            Self::EndBeyondMaxTtl,
            Self::MailboxRuleForHosts,
            Self::SuffixCaseSensitive,
            Self::UnknownUsagesIgnored,
        ];
        match program {
            "approverPolicy" => {
                vec![Self::Ed25519SizeUnknown, Self::NoIdna, Self::StarSpansDots, Self::UsagesAsText]
            }
            "cfssl" => vec![
                Self::AddressesUnseen,
                Self::UnanchoredRegex,
                Self::UnknownProfileIsDefault,
                Self::UnknownUsagesIgnored,
            ],
            "kubeletCsrApprover" => vec![Self::UnanchoredRegex],
            "kubernetesSigner" => vec![Self::BackdateFromEnd, Self::LifetimeFloor, Self::UsagesAsText],
            "openbaoRole" => {
                let mut all = vault.to_vec();
                all.insert(5, Self::TruncateExpiredIssuer);
                all
            }
            "stepCa" => vec![
                Self::CommonNameDenyFallsThrough,
                Self::DenyOnlyKindsOpen,
                Self::ParseFaultIsServerFault,
                Self::WildcardUnseenByDeny,
            ],
            "vaultRole" => vault.to_vec(),
            _ => Vec::new(),
        }
    }
}

impl CompatRules {
    /// The keys of the programs whose policies are given: one, unless the document is at fault.
    pub fn programs(&self) -> Vec<&'static str> {
        [
            ("approverPolicy", self.approver_policy.is_some()),
            ("cfssl", self.cfssl.is_some()),
            ("kubeletCsrApprover", self.kubelet_csr_approver.is_some()),
            ("kubernetesSigner", self.kubernetes_signer.is_some()),
            ("openbaoRole", self.openbao_role.is_some()),
            ("stepCa", self.step_ca.is_some()),
            ("vaultRole", self.vault_role.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect()
    }
}
