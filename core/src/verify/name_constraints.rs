//! Name constraints (RFC 5280 4.2.1.10 and 6.1.3 (b), (c); RFC 9598 6 for SmtpUTF8Mailbox).

use std::cell::OnceCell;

use super::budget::Work;
use super::mailbox::Mailbox;
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::extension::{GeneralSubtree, NameConstraints};
use crate::name::{DistinguishedName, DnsName, GeneralName, GeneralNameKind, Named, host_name};
use crate::oid;

/// How many constraints a diagnostic names.
const SHOWN: usize = 16;

/// One name of a certificate that constraints may be about.
enum Subject<'c> {
    /// The whole subject.
    Directory(&'c DistinguishedName),
    /// An emailAddress of the subject, or SmtpUTF8Mailbox.
    Mailbox(&'c str),
    /// A subject alternative name.
    Alternative(&'c GeneralName),
}

impl Subject<'_> {
    /// How many bytes a comparison reads of it.
    fn size(&self) -> usize {
        match self {
            Self::Directory(name) => name.der().len(),
            Self::Mailbox(text) => text.len(),
            Self::Alternative(name) => size(name),
        }
    }

    fn kind(&self) -> GeneralNameKind {
        match self {
            Self::Directory(_) => GeneralNameKind::DirectoryName,
            Self::Mailbox(_) => GeneralNameKind::Rfc822Name,
            Self::Alternative(name) => name.kind(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Directory(name) => name.to_string(),
            Self::Mailbox(text) => (*text).to_owned(),
            Self::Alternative(name) => name.display(),
        }
    }
}

/// Which way a subtree is read: a wildcard lies within it only with its whole set, and meets it with any member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Within,
    Meets,
}

/// Holds the names of `certificate` against the constraints of a CA above it.
///
/// # Errors
/// The name that is excluded or not permitted, or cannot be compared with a constraint of its kind; or that the budget of
/// comparisons is spent.
pub(super) fn check(
    constraints: &NameConstraints,
    certificate: &Certificate,
    work: &mut Work<'_>,
) -> Result<(), Diagnostic> {
    let subject = certificate.subject();
    let alternatives = certificate.subject_alt_names();
    if !subject.is_empty() {
        check_name(constraints, &Subject::Directory(subject), work)
            .map_err(|fault| fault.at(steps!["subject"]))?;
    }
    if alternatives.is_empty() {
        // RFC 5280 4.2.1.10: the mail addresses of a subject count where there are no alternative names.
        let addresses =
            subject.attributes().iter().filter(|attribute| *attribute.oid() == oid::EMAIL_ADDRESS);
        for address in addresses {
            // One that is no string is no mailbox, which refuses it where mailboxes are constrained.
            check_name(constraints, &Subject::Mailbox(address.text().unwrap_or_default()), work)
                .map_err(|fault| fault.at(steps!["subject"]))?;
        }
    }
    for (index, name) in alternatives.iter().enumerate() {
        let at = || steps!["extensions", "subjectAltName", index, name.kind().as_str()];
        check_name(constraints, &Subject::Alternative(name), work).map_err(|fault| fault.at(at()))?;
        if let GeneralName::OtherName(other) = name
            && other.oid == oid::SMTP_UTF8_MAILBOX
        {
            let mailbox = other.string.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
            check_name(constraints, &Subject::Mailbox(mailbox), work).map_err(|fault| fault.at(at()))?;
        }
    }
    Ok(())
}

fn check_name(
    constraints: &NameConstraints,
    name: &Subject<'_>,
    work: &mut Work<'_>,
) -> Result<(), Diagnostic> {
    // Every subtree that is looked at is counted, whatever its kind, and those that are compared by their bytes too.
    let bytes = |subtree: &GeneralSubtree| {
        if is_about(subtree, name) { size(&subtree.base).saturating_add(name.size()) } else { 0 }
    };
    // The comparable form of a directory name, made once for all subtrees.
    let form = OnceCell::new();
    let mut constrained = false;
    let mut within = false;
    for subtree in &constraints.permitted {
        work.compare(bytes(subtree))?;
        if !is_about(subtree, name) {
            continue;
        }
        constrained = true;
        within = applies(&subtree.base, name, &form, Reading::Within).ok_or_else(|| incomparable(name))?;
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
    for subtree in &constraints.excluded {
        work.compare(bytes(subtree))?;
        if !is_about(subtree, name) {
            continue;
        }
        if applies(&subtree.base, name, &form, Reading::Meets).ok_or_else(|| incomparable(name))? {
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

/// How many bytes a comparison reads of a name.
fn size(name: &GeneralName) -> usize {
    match name {
        GeneralName::DirectoryName(name) => name.der().len(),
        GeneralName::DnsName(named) => named.text.len(),
        GeneralName::Rfc822Name(named) => named.text.len(),
        GeneralName::Uri(named) => named.text.len(),
        // Compared at once, or not at all.
        _ => 0,
    }
}

/// Whether the subtree holds the name; `None` if the two cannot be compared, which refuses the name.
fn applies(
    base: &GeneralName,
    name: &Subject<'_>,
    form: &OnceCell<Vec<u8>>,
    reading: Reading,
) -> Option<bool> {
    match (base, name) {
        (GeneralName::DirectoryName(base), Subject::Directory(name)) => {
            Some(form.get_or_init(|| name.normal_form()).starts_with(&base.normal_form()))
        }
        (GeneralName::DirectoryName(base), Subject::Alternative(GeneralName::DirectoryName(name))) => {
            Some(form.get_or_init(|| name.normal_form()).starts_with(&base.normal_form()))
        }
        (GeneralName::DnsName(base), Subject::Alternative(GeneralName::DnsName(name))) => {
            name.compared().map(|name| dns_applies(&base.text, &name, reading))
        }
        (
            GeneralName::IpAddress { octets: base, .. },
            Subject::Alternative(GeneralName::IpAddress { octets, .. }),
        ) => matches!(octets.len(), 4 | 16).then(|| ip_applies(base, octets)),
        (GeneralName::Rfc822Name(base), Subject::Mailbox(text)) => mailbox_applies(&base.text, text),
        (GeneralName::Rfc822Name(base), Subject::Alternative(GeneralName::Rfc822Name(name))) => {
            mailbox_applies(&base.text, &name.text)
        }
        (GeneralName::Uri(base), Subject::Alternative(GeneralName::Uri(name))) => {
            // RFC 5280 4.2.1.10: a URI without a host name is refused where URIs are constrained.
            host_name(&name.text).map(|host| host_applies(&base.text, &host))
        }
        // Kinds that certgate does not compare: refused where both a constraint and a name of the kind are there.
        _ => None,
    }
}

/// `example.com` holds itself and all below; a leading dot, which some CAs write, leaves the domain itself out.
fn dns_applies(base: &str, name: &DnsName, reading: Reading) -> bool {
    if base.is_empty() {
        return true;
    }
    let base = base.to_ascii_lowercase();
    let (domain, itself) = base.strip_prefix('.').map_or((base.as_str(), true), |domain| (domain, false));
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

/// A mailbox, a host, or `.domain` for all hosts below it.
fn mailbox_applies(base: &str, text: &str) -> Option<bool> {
    let mailbox = Mailbox::parse(text)?;
    if base.contains('@') {
        return Mailbox::parse(base).map(|base| base == mailbox);
    }
    Some(host_applies(base, &mailbox.host))
}

/// The host itself, or with a leading dot any host below (RFC 5280 4.2.1.10: mail and URIs).
fn host_applies(base: &str, host: &DnsName) -> bool {
    let base = base.to_ascii_lowercase();
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
