//! Certificate policies and what constrains them.

use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Error, codes};
use crate::oid::{self, Oid};

/// One row of policyMappings (RFC 5280 4.2.1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyMapping {
    /// A policy of the issuer.
    pub issuer: Oid,
    /// The policy of the subject that counts as the same.
    pub subject: Oid,
}

/// When a path needs an explicit policy, and when mappings end.
///
/// ```text
/// PolicyConstraints ::= SEQUENCE {
///     requireExplicitPolicy  [0] SkipCerts OPTIONAL,
///     inhibitPolicyMapping   [1] SkipCerts OPTIONAL }
/// ```
///
/// RFC 5280 4.2.1.11.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// After how many more certificates a policy is required.
    pub require_explicit_policy: Option<u32>,
    /// After how many more certificates mappings end.
    pub inhibit_policy_mapping: Option<u32>,
}

/// `certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation`, qualifiers left out (RFC 5280 4.2.1.4).
pub(super) fn decode_certificate_policies(element: &Element<'_>) -> Result<Vec<Oid>, Error> {
    let mut contents = element.expect(tag::SEQUENCE, "certificatePolicies")?.contents()?;
    let mut policies: Vec<Oid> = Vec::new();
    while !contents.is_finished() {
        let information = contents.expect(tag::SEQUENCE, "PolicyInformation")?;
        let mut fields = information.contents()?;
        let policy = Oid::from_element(&fields.element()?).map_err(|error| error.within(policies.len()))?;
        if let Some(qualifiers) = fields.optional(tag::SEQUENCE)? {
            decode_qualifiers(&qualifiers).map_err(|error| error.within(policies.len()))?;
        }
        fields.finish()?;
        policies.push(policy);
    }
    if policies.is_empty() {
        return Err(element.error(codes::EXTENSION_EMPTY, "certificatePolicies names no policy"));
    }
    // RFC 5280 4.2.1.4: a policy must not come more than once.
    let mut sorted = policies.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(
            element.error(codes::EXTENSION_DUPLICATE_POLICY, "a certificate policy comes more than once")
        );
    }
    Ok(policies)
}

/// Only the form is checked: `SEQUENCE OF SEQUENCE { policyQualifierId OBJECT IDENTIFIER, qualifier ANY }`.
fn decode_qualifiers(element: &Element<'_>) -> Result<(), Error> {
    let mut contents = element.contents()?;
    while !contents.is_finished() {
        let mut fields = contents.sequence()?;
        Oid::from_element(&fields.element()?)?;
        fields.element()?;
        fields.finish()?;
    }
    Ok(())
}

/// Whether a policy has a qualifier of a type that RFC 5280 4.2.1.4 does not define, in the DER encoding of certificatePolicies.
pub(crate) fn has_unknown_qualifier(der: &[u8]) -> bool {
    let known = [oid::CPS, oid::USER_NOTICE];
    let look = || -> Result<bool, Error> {
        let mut contents = Decoder::new(der, 0)?.sequence()?;
        while !contents.is_finished() {
            let mut fields = contents.sequence()?;
            fields.element()?;
            let Some(qualifiers) = fields.optional(tag::SEQUENCE)? else { continue };
            let mut qualifiers = qualifiers.contents()?;
            while !qualifiers.is_finished() {
                if !known.contains(&Oid::from_element(&qualifiers.sequence()?.element()?)?) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    };
    look().unwrap_or(true)
}

/// `PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }`
pub(super) fn decode_policy_mappings(element: &Element<'_>) -> Result<Vec<PolicyMapping>, Error> {
    let mut contents = element.expect(tag::SEQUENCE, "PolicyMappings")?.contents()?;
    let mut mappings = Vec::new();
    while !contents.is_finished() {
        let mut fields = contents.sequence()?;
        let issuer = Oid::from_element(&fields.element()?)?;
        let subject = Oid::from_element(&fields.element()?)?;
        fields.finish()?;
        mappings.push(PolicyMapping { issuer, subject });
    }
    if mappings.is_empty() {
        return Err(element.error(codes::EXTENSION_EMPTY, "policyMappings is empty"));
    }
    Ok(mappings)
}

/// A count, which `field` is; larger ones than any path are all the same.
pub(super) fn decode_skip_certs(
    field: &'static str,
    value: &[u8],
    element: &Element<'_>,
) -> Result<u32, Error> {
    match value {
        [] => Err(element.error(codes::DER_INTEGER, "an INTEGER is empty")),
        [first, ..] if first & 0x80 != 0 => {
            Err(element.error(codes::DER_INTEGER, format!("{field} is negative")))
        }
        [0x00, second, ..] if second & 0x80 == 0 => {
            Err(element.error(codes::DER_INTEGER, "an INTEGER begins with a zero byte that is not needed"))
        }
        bytes => Ok(bytes
            .iter()
            .try_fold(0u32, |sum, byte| sum.checked_mul(256)?.checked_add(u32::from(*byte)))
            .unwrap_or(u32::MAX)),
    }
}

impl PolicyConstraints {
    pub(super) fn decode(element: &Element<'_>) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "PolicyConstraints")?.contents()?;
        let mut read = |number: u8, name: &'static str| match fields.optional(tag::context(number))? {
            Some(field) => decode_skip_certs(name, field.value, &field).map(Some),
            None => Ok(None),
        };
        let require_explicit_policy = read(0, "requireExplicitPolicy")?;
        let inhibit_policy_mapping = read(1, "inhibitPolicyMapping")?;
        fields.finish()?;
        if require_explicit_policy.is_none() && inhibit_policy_mapping.is_none() {
            return Err(element.error(codes::EXTENSION_EMPTY, "policyConstraints is empty"));
        }
        Ok(Self { require_explicit_policy, inhibit_policy_mapping })
    }
}
