//! The table of rules: code, clause, the profiles that have the rule, and what it is about.

use super::profile::Profile;
use crate::certificate::Certificate;
use crate::diagnostic::{Code, Diagnostic, codes};

mod ca;
mod identifiers;
mod names;
mod usages;

/// Where a certificate stands in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The first: the one that is verified.
    Leaf,
    /// Between the leaf and the trust anchor.
    Intermediate,
    /// The last: trusted by the verifier.
    Anchor,
}

impl Role {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Intermediate => "intermediate",
            Self::Anchor => "anchor",
        }
    }
}

/// Whom a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Conforming CAs: a verifier need not look.
    Issuer,
    /// Verifiers.
    Verifier,
}

impl Side {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Verifier => "verifier",
        }
    }
}

/// One rule. What it says, and its clause, are those of its code.
#[derive(Debug)]
pub struct Rule {
    code: Code,
    side: Side,
    roles: &'static [Role],
    profiles: &'static [Profile],
    /// What one certificate must fulfil; `None` for what the search itself holds, which looks at several, or at lists.
    check: Option<Check>,
}

type Check = fn(&Subject<'_>) -> Option<Diagnostic>;

/// A certificate in its place.
pub(super) struct Subject<'c> {
    pub(super) certificate: &'c Certificate,
    pub(super) role: Role,
    /// Whether the certificate was signed with its own key (RFC 5280 3.2).
    pub(super) self_signed: bool,
}

impl Rule {
    /// The code of the diagnostic when the rule is broken; its summary and citation are the rule's.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whom it binds.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The certificates of a path that it looks at.
    pub fn roles(&self) -> &'static [Role] {
        self.roles
    }

    /// Whether a profile has it.
    pub fn is_in(&self, profile: Profile) -> bool {
        self.profiles.contains(&profile)
    }

    pub(super) fn check(&self, subject: &Subject<'_>) -> Option<Diagnostic> {
        if !self.roles.contains(&subject.role) {
            return None;
        }
        self.check.and_then(|check| check(subject))
    }
}

const ALL: &[Profile] = &[Profile::Rfc5280, Profile::WebPki, Profile::Private];
const PUBLIC: &[Profile] = &[Profile::Rfc5280, Profile::WebPki];
const RFC5280: &[Profile] = &[Profile::Rfc5280];
const WEBPKI: &[Profile] = &[Profile::WebPki];

const EVERYWHERE: &[Role] = &[Role::Leaf, Role::Intermediate, Role::Anchor];
const LEAF: &[Role] = &[Role::Leaf];
const CAS: &[Role] = &[Role::Intermediate, Role::Anchor];
const ISSUED: &[Role] = &[Role::Leaf, Role::Intermediate];
const ANCHOR: &[Role] = &[Role::Anchor];

/// Declares the rules: code, side, roles, profiles, check.
macro_rules! rules {
    ($($code:ident, $side:ident, $roles:expr, $profiles:expr, $check:expr;)*) => {
        /// All rules, sorted by code.
        pub(super) const RULES: &[Rule] = &[
            $(Rule {
                code: codes::$code,
                side: Side::$side,
                roles: $roles,
                profiles: $profiles,
                check: $check,
            }),*
        ];
    };
}

rules! {
    CRL_NUMBER_ABSENT, Issuer, ISSUED, PUBLIC, None;
    CRL_NUMBER_CRITICAL, Issuer, ISSUED, PUBLIC, None;
    VERIFY_ACCESS_CRITICAL, Issuer, EVERYWHERE, PUBLIC, Some(identifiers::access_critical);
    VERIFY_AUTHORITY_KEY_CRITICAL, Issuer, EVERYWHERE, PUBLIC, Some(identifiers::authority_key_critical);
    VERIFY_AUTHORITY_KEY_FORM, Issuer, ANCHOR, WEBPKI, Some(identifiers::authority_key_form);
    VERIFY_AUTHORITY_KEY_MISSING, Issuer, EVERYWHERE, PUBLIC, Some(identifiers::authority_key_missing);
    VERIFY_BASIC_CONSTRAINTS_MISSING, Verifier, CAS, ALL, Some(ca::basic_constraints_missing);
    VERIFY_BASIC_CONSTRAINTS_NOT_CRITICAL, Issuer, CAS, PUBLIC, Some(ca::basic_constraints_not_critical);
    VERIFY_CA_AS_LEAF, Verifier, LEAF, WEBPKI, Some(ca::ca_as_leaf);
    VERIFY_COMMON_NAME_NOT_IN_NAMES, Issuer, LEAF, WEBPKI, Some(names::common_name_not_in_names);
    VERIFY_CRITICAL_EXTENSION, Verifier, EVERYWHERE, ALL, Some(identifiers::critical_extension);
    VERIFY_DEPTH, Verifier, ISSUED, ALL, None;
    VERIFY_EXPIRED, Verifier, EVERYWHERE, ALL, None;
    VERIFY_EXTENDED_KEY_USAGE_ANY, Verifier, LEAF, WEBPKI, Some(usages::any);
    VERIFY_EXTENDED_KEY_USAGE_CRITICAL, Issuer, LEAF, WEBPKI, Some(usages::critical);
    VERIFY_EXTENDED_KEY_USAGE_IN_ROOT, Issuer, ANCHOR, WEBPKI, Some(usages::in_root);
    VERIFY_EXTENDED_KEY_USAGE_MISSING, Verifier, LEAF, WEBPKI, Some(usages::missing);
    VERIFY_ISSUER_EMPTY, Verifier, EVERYWHERE, ALL, Some(names::issuer_empty);
    VERIFY_ISSUER_UNKNOWN, Verifier, ISSUED, ALL, None;
    VERIFY_KEY_CERT_SIGN_IN_LEAF, Issuer, LEAF, PUBLIC, Some(ca::key_cert_sign_in_leaf);
    VERIFY_KEY_NOT_ACCEPTED, Verifier, EVERYWHERE, WEBPKI, Some(ca::key_not_accepted);
    VERIFY_KEY_USAGE, Verifier, LEAF, ALL, None;
    VERIFY_KEY_USAGE_NO_CERT_SIGN, Verifier, CAS, ALL, Some(ca::no_cert_sign);
    VERIFY_LOOP, Verifier, ISSUED, ALL, None;
    VERIFY_NAME_CONSTRAINTS_EMPTY, Issuer, CAS, PUBLIC, Some(names::constraints_empty);
    VERIFY_NAME_CONSTRAINTS_IN_LEAF, Issuer, LEAF, PUBLIC, Some(names::constraints_in_leaf);
    VERIFY_NAME_CONSTRAINTS_MALFORMED, Verifier, CAS, ALL, Some(names::constraints_malformed);
    VERIFY_NAME_CONSTRAINTS_MALFORMED, Issuer, CAS, PUBLIC, Some(names::constraints_leading_dot);
    VERIFY_NAME_CONSTRAINTS_NOT_CRITICAL, Issuer, CAS, RFC5280, Some(names::constraints_not_critical);
    VERIFY_NAME_EXCLUDED, Verifier, ISSUED, ALL, None;
    VERIFY_NAME_MALFORMED, Verifier, LEAF, WEBPKI, Some(names::malformed);
    VERIFY_NAME_MISMATCH, Verifier, LEAF, ALL, None;
    VERIFY_NAME_NOT_PERMITTED, Verifier, ISSUED, ALL, None;
    VERIFY_NAMES_CRITICAL, Issuer, LEAF, WEBPKI, Some(names::critical);
    VERIFY_NAMES_MISSING, Verifier, LEAF, WEBPKI, Some(names::missing);
    VERIFY_NAMES_NOT_CRITICAL, Issuer, LEAF, PUBLIC, Some(names::not_critical);
    VERIFY_NOT_A_CA, Verifier, CAS, ALL, Some(ca::not_a_ca);
    VERIFY_NOT_YET_VALID, Verifier, EVERYWHERE, ALL, None;
    VERIFY_PATH_LENGTH, Verifier, CAS, ALL, None;
    VERIFY_POLICY_CONSTRAINTS_NOT_CRITICAL, Issuer, CAS, PUBLIC, Some(ca::policy_constraints_not_critical);
    VERIFY_POLICY_MAPPING_ANY, Verifier, CAS, ALL, None;
    VERIFY_POLICY_REQUIRED, Verifier, ISSUED, ALL, None;
    VERIFY_PUBLIC_SUFFIX_WILDCARD, Verifier, LEAF, WEBPKI, Some(names::public_suffix_wildcard);
    VERIFY_PURPOSE, Verifier, EVERYWHERE, ALL, None;
    VERIFY_REVOCATION_UNKNOWN, Verifier, ISSUED, ALL, None;
    VERIFY_REVOKED, Verifier, ISSUED, ALL, None;
    VERIFY_SERIAL_NUMBER, Issuer, ISSUED, PUBLIC, Some(identifiers::serial_number);
    VERIFY_SIGNATURE, Verifier, ISSUED, ALL, None;
    VERIFY_SIGNATURE_NOT_ACCEPTED, Verifier, ISSUED, ALL, None;
    VERIFY_SUBJECT_EMPTY, Verifier, CAS, ALL, Some(names::subject_empty);
    VERIFY_SUBJECT_KEY_CRITICAL, Issuer, EVERYWHERE, PUBLIC, Some(identifiers::subject_key_critical);
    VERIFY_SUBJECT_KEY_MISSING, Issuer, CAS, PUBLIC, Some(identifiers::subject_key_missing);
    VERIFY_UNDERSCORE, Issuer, LEAF, PUBLIC, Some(names::underscore);
    VERIFY_VERSION, Verifier, EVERYWHERE, WEBPKI, Some(ca::version);
}
