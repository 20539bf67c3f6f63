//! Name constraints (RFC 5280 4.2.1.10 and 6.1.3 (b), (c); RFC 9598 6 for SmtpUTF8Mailbox).

mod comparable;

use super::budget::Work;
use super::mailbox::Mailbox;
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, quote};
use crate::extension::{GeneralSubtree, NameConstraints};
use crate::name::{DnsName, GeneralName, Named};

pub(super) use comparable::Prepared;
use comparable::{Comparable, Form, Pair, Subject, subjects};

/// How many constraints a diagnostic names.
const SHOWN: usize = 16;

/// Which way a subtree is read: a wildcard lies within it only with its whole set, and meets it with any member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Within,
    Meets,
}

/// Holds the names of `certificate` against the constraints of `authority`, a CA above it.
///
/// # Errors
/// The name that is excluded or not permitted, or cannot be compared with a constraint of its kind; or that the budget of
/// comparisons is spent.
pub(super) fn check(
    authority: &Certificate,
    certificate: &Certificate,
    prepared: &mut Prepared,
    work: &mut Work<'_>,
) -> Result<(), Diagnostic> {
    let Some(constraints) = authority.name_constraints() else { return Ok(()) };
    let names = subjects(certificate);
    let pair = prepared.pair(authority, constraints, certificate, names.len());
    for (index, (place, name)) in names.iter().enumerate() {
        check_name(constraints, &pair, index, name, work).map_err(|fault| fault.at(place.path()))?;
    }
    Ok(())
}

fn check_name(
    constraints: &NameConstraints,
    pair: &Pair<'_>,
    index: usize,
    name: &Subject<'_>,
    work: &mut Work<'_>,
) -> Result<(), Diagnostic> {
    // `None` if the subtree is about other names. Every one that is looked at is counted, whatever its kind, and those that are
    // compared by their bytes too.
    let mut look = |number: usize, subtree: &GeneralSubtree, reading: Reading| {
        if !is_about(subtree, name) {
            return work.compare(0).map(|()| None);
        }
        let (base, found) = (pair.base(number, subtree, work)?, pair.name(index, name, work)?);
        let (Some(base), Some(found)) = (base, found) else { return Err(incomparable(name)) };
        work.compare(base.size.saturating_add(found.size))?;
        applies(base, found, reading).map(Some).ok_or_else(|| incomparable(name))
    };
    let mut constrained = false;
    let mut within = false;
    for (number, subtree) in constraints.permitted.iter().enumerate() {
        let Some(applies) = look(number, subtree, Reading::Within)? else { continue };
        constrained = true;
        within = applies;
        if within {
            break;
        }
    }
    if constrained && !within {
        return Err(fault(
            codes::VERIFY_NAME_NOT_PERMITTED,
            name,
            "lies outside the names that",
            &constraints.permitted,
        ));
    }
    for (number, subtree) in constraints.excluded.iter().enumerate() {
        let number = number.saturating_add(constraints.permitted.len());
        if look(number, subtree, Reading::Meets)? == Some(true) {
            return Err(fault(
                codes::VERIFY_NAME_EXCLUDED,
                name,
                "is one of those that",
                std::slice::from_ref(subtree),
            ));
        }
    }
    Ok(())
}

/// Whether the subtree is about names of this kind; other names have as many kinds as types.
fn is_about(subtree: &GeneralSubtree, name: &Subject<'_>) -> bool {
    match (&subtree.base, name) {
        (GeneralName::OtherName(base), Subject::Alternative(GeneralName::OtherName(name))) => {
            base.oid == name.oid
        }
        (base, name) => base.kind() == name.kind(),
    }
}

/// Whether the subtree holds the name; `None` if the two cannot be compared, which refuses the name.
fn applies(base: &Comparable, name: &Comparable, reading: Reading) -> Option<bool> {
    match (&base.form, &name.form) {
        // What RFC 4518 leaves undefined lies within nothing, and may be what is excluded.
        (Form::Directory(base), Form::Directory(name)) => match reading {
            Reading::Within => Some(name.is_within(base) == Some(true)),
            Reading::Meets => name.is_within(base),
        },
        (Form::Domain(base), Form::Dns(name)) => name.as_ref().map(|name| dns_applies(base, name, reading)),
        (Form::Domain(base), Form::UriHost(name)) => name.as_ref().map(|name| host_applies(base, name)),
        (Form::Octets(base), Form::Octets(octets)) => {
            matches!(octets.len(), 4 | 16).then(|| ip_applies(base, octets))
        }
        (Form::Mailbox(base), Form::Mailbox(name)) => Some(base.as_ref()? == name.as_ref()?),
        (Form::Domain(base), Form::Mailbox(name)) => name.as_ref().map(|name| host_applies(base, &name.host)),
        // Kinds that certgate does not compare: refused where both a constraint and a name of the kind are there.
        _ => None,
    }
}

/// `example.com` holds itself and all below; a leading dot, which some CAs write, leaves the domain itself out.
fn dns_applies(base: &str, name: &DnsName, reading: Reading) -> bool {
    if base.is_empty() {
        return true;
    }
    let (domain, itself) = base.strip_prefix('.').map_or((base, true), |domain| (domain, false));
    let is_below = |host: &str| host.strip_suffix(domain).is_some_and(|head| head.ends_with('.'));
    if !name.is_wildcard() {
        return (itself && name.base() == domain) || is_below(name.base());
    }
    // `*.parent` stands for all names one label below its parent.
    let whole_set = name.base() == domain || is_below(name.base());
    match reading {
        Reading::Within => whole_set,
        Reading::Meets => {
            let member = domain.split_once('.').is_some_and(|(_, parent)| parent == name.base());
            whole_set || (itself && member)
        }
    }
}

fn ip_applies(base: &[u8], octets: &[u8]) -> bool {
    let Some((network, mask)) = base.split_at_checked(octets.len()) else { return false };
    mask.len() == octets.len()
        && octets.iter().zip(network).zip(mask).all(|((octet, network), mask)| octet & mask == network & mask)
}

/// The host itself, or with a leading dot any host below (RFC 5280 4.2.1.10: mail and URIs).
fn host_applies(base: &str, host: &DnsName) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => host.base().strip_suffix(domain).is_some_and(|head| head.ends_with('.')),
        None => base.is_empty() || host.base() == base,
    }
}

/// What about the constraints themselves cannot be applied.
pub(super) fn malformed(constraints: &NameConstraints) -> Option<String> {
    let subtrees = constraints.permitted.iter().chain(&constraints.excluded);
    for subtree in subtrees {
        if subtree.has_distance {
            return Some("a subtree has a minimum or maximum, which RFC 5280 forbids".to_owned());
        }
        let text = subtree.base.display();
        let is_host =
            |text: &str| text.is_empty() || DnsName::parse_ldh(text).is_ok_and(|name| !name.is_wildcard());
        let is_domain = |text: &str| match text.strip_prefix('.') {
            Some(domain) => !domain.is_empty() && is_host(domain),
            None => is_host(text),
        };
        let fits = match &subtree.base {
            GeneralName::DnsName(Named { text, .. }) => is_domain(text),
            GeneralName::Uri(Named { text, .. }) => is_domain(text),
            GeneralName::Rfc822Name(Named { text, .. }) => Mailbox::parse(text).is_some() || is_domain(text),
            GeneralName::IpAddress { octets, .. } => is_block(octets),
            _ => true,
        };
        if !fits {
            return Some(format!("the {} {} is no constraint", subtree.base.kind().as_str(), quote(&text)));
        }
    }
    None
}

/// Whether a dNSName constraint begins with a dot, which RFC 5280 does not provide for.
pub(super) fn leading_dot(constraints: &NameConstraints) -> Option<&str> {
    constraints.permitted.iter().chain(&constraints.excluded).find_map(|subtree| match &subtree.base {
        GeneralName::DnsName(Named { text, .. }) if text.starts_with('.') => Some(&**text),
        _ => None,
    })
}

/// An address and a mask of ones followed by zeros (RFC 4632).
fn is_block(octets: &[u8]) -> bool {
    let (8 | 32) = octets.len() else { return false };
    let mask = octets.get(octets.len().div_euclid(2)..).unwrap_or_default();
    let ones = mask.iter().take_while(|octet| **octet == 0xff).count();
    let mut rest = mask.iter().skip(ones);
    let partial =
        rest.next().is_none_or(|octet| octet.leading_ones().saturating_add(octet.trailing_zeros()) == 8);
    partial && rest.all(|octet| *octet == 0)
}

fn incomparable(name: &Subject<'_>) -> Diagnostic {
    Diagnostic::new(
        codes::VERIFY_NAME_MALFORMED,
        format!(
            "the {} {} cannot be compared with the name constraints of a CA above",
            name.kind().as_str(),
            quote(&name.text())
        ),
    )
    .with_found(name.text())
}

fn fault(
    code: crate::diagnostic::Code,
    name: &Subject<'_>,
    relation: &str,
    subtrees: &[GeneralSubtree],
) -> Diagnostic {
    let kind = name.kind();
    let verb = if code == codes::VERIFY_NAME_EXCLUDED { "excludes" } else { "permits" };
    let texts: Vec<String> = subtrees
        .iter()
        .filter(|subtree| subtree.base.kind() == kind)
        .take(SHOWN)
        .map(|subtree| constraint_text(&subtree.base))
        .collect();
    Diagnostic::new(
        code,
        format!("the {} {} {relation} a CA above {verb}", kind.as_str(), quote(&name.text())),
    )
    .with_found(name.text())
    .with_expected(texts)
}

/// An address block as `10.0.0.0/8`, everything else as it stands.
fn constraint_text(base: &GeneralName) -> String {
    let GeneralName::IpAddress { octets, .. } = base else { return base.display() };
    let (network, mask) = octets.split_at(octets.len().div_euclid(2));
    match crate::name::IpAddress::from_octets(network) {
        Some(network) => {
            let length: u32 = mask.iter().map(|octet| octet.count_ones()).fold(0, u32::saturating_add);
            format!("{network}/{length}")
        }
        None => base.display(),
    }
}
