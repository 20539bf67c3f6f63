//! Names and subtrees in the form in which they are compared, each made once in a verification.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::Work;
use crate::certificate::Certificate;
use crate::diagnostic::{Diagnostic, Path, path::steps};
use crate::extension::{GeneralSubtree, NameConstraints};
use crate::name::{ComparableName, DistinguishedName, DnsName, GeneralName, GeneralNameKind, host_name};
use crate::oid;
use crate::verify::mailbox::Mailbox;

/// One name of a certificate that constraints may be about.
pub(super) enum Subject<'c> {
    /// The whole subject.
    Directory(&'c DistinguishedName),
    /// An emailAddress of the subject, or SmtpUTF8Mailbox.
    Mailbox(&'c str),
    /// A subject alternative name.
    Alternative(&'c GeneralName),
}

/// Where a name stands in its certificate.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Subject,
    Alternative(usize, GeneralNameKind),
}

impl Place {
    pub(super) fn path(self) -> Path {
        match self {
            Self::Subject => steps!["subject"],
            Self::Alternative(index, kind) => {
                steps!["extensions", "subjectAltName", index, kind.as_str()]
            }
        }
    }
}

/// All names of a certificate that constraints may be about, in a fixed order.
pub(super) fn subjects(certificate: &Certificate) -> Vec<(Place, Subject<'_>)> {
    let mut subjects = Vec::new();
    let subject = certificate.subject();
    let alternatives = certificate.subject_alt_names();
    if !subject.is_empty() {
        subjects.push((Place::Subject, Subject::Directory(subject)));
    }
    if alternatives.is_empty() {
        // RFC 5280 4.2.1.10: the mail addresses of a subject count where there are no alternative names.
        let addresses =
            subject.attributes().iter().filter(|attribute| *attribute.oid() == oid::EMAIL_ADDRESS);
        // One that is no string is no mailbox, which refuses it where mailboxes are constrained.
        subjects.extend(
            addresses.map(|address| (Place::Subject, Subject::Mailbox(address.text().unwrap_or_default()))),
        );
    }
    for (index, name) in alternatives.iter().enumerate() {
        let place = Place::Alternative(index, name.kind());
        subjects.push((place, Subject::Alternative(name)));
        if let GeneralName::OtherName(other) = name
            && other.oid == oid::SMTP_UTF8_MAILBOX
        {
            let mailbox = other.string.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
            subjects.push((place, Subject::Mailbox(mailbox)));
        }
    }
    subjects
}

impl Subject<'_> {
    pub(super) fn kind(&self) -> GeneralNameKind {
        match self {
            Self::Directory(_) => GeneralNameKind::DirectoryName,
            Self::Mailbox(_) => GeneralNameKind::Rfc822Name,
            Self::Alternative(name) => name.kind(),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Directory(name) => name.to_string(),
            Self::Mailbox(text) => (*text).to_owned(),
            Self::Alternative(name) => name.display(),
        }
    }

    fn comparable(&self) -> Comparable {
        match self {
            Self::Directory(name) => Comparable::of_directory(name),
            Self::Mailbox(text) => Comparable::of_mailbox(text),
            Self::Alternative(GeneralName::DirectoryName(name)) => Comparable::of_directory(name),
            Self::Alternative(GeneralName::Rfc822Name(name)) => Comparable::of_mailbox(&name.text),
            Self::Alternative(GeneralName::DnsName(name)) => {
                let host = name.compared().map(std::borrow::Cow::into_owned);
                Comparable { form: Form::Dns(host), size: name.text.len() }
            }
            // RFC 5280 4.2.1.10: a URI without a host name is refused where URIs are constrained.
            Self::Alternative(GeneralName::Uri(name)) => {
                Comparable { form: Form::UriHost(host_name(&name.text)), size: name.text.len() }
            }
            Self::Alternative(GeneralName::IpAddress { octets, .. }) => Comparable::of_octets(octets),
            Self::Alternative(_) => Comparable::OTHER,
        }
    }
}

/// A name or a subtree in the form in which it is compared.
pub(super) struct Comparable {
    pub(super) form: Form,
    /// How many bytes a comparison reads of it.
    pub(super) size: usize,
}

pub(super) enum Form {
    Directory(ComparableName),
    /// A dNSName; `None` if it is no name of a host.
    Dns(Option<DnsName>),
    /// The host of a URI; `None` if it has none that is a name.
    UriHost(Option<DnsName>),
    /// `None` for what is no mailbox.
    Mailbox(Option<Mailbox>),
    /// The host or domain of a subtree, in lower case.
    Domain(String),
    /// An address, or an address and a mask.
    Octets(Box<[u8]>),
    /// A kind that certgate does not compare.
    Other,
}

impl Comparable {
    const OTHER: Self = Self { form: Form::Other, size: 0 };

    fn of_directory(name: &DistinguishedName) -> Self {
        let form = name.comparable();
        Self { size: form.size().max(name.der().len()), form: Form::Directory(form) }
    }

    fn of_mailbox(text: &str) -> Self {
        Self { form: Form::Mailbox(Mailbox::parse(text)), size: text.len() }
    }

    /// Compared at once.
    fn of_octets(octets: &[u8]) -> Self {
        Self { form: Form::Octets(octets.into()), size: 0 }
    }

    fn of_base(base: &GeneralName) -> Self {
        let domain = |text: &str| Self { form: Form::Domain(text.to_ascii_lowercase()), size: text.len() };
        match base {
            GeneralName::DirectoryName(name) => Self::of_directory(name),
            GeneralName::DnsName(named) => domain(&named.text),
            GeneralName::Uri(named) => domain(&named.text),
            GeneralName::Rfc822Name(named) if named.text.contains('@') => Self::of_mailbox(&named.text),
            GeneralName::Rfc822Name(named) => domain(&named.text),
            GeneralName::IpAddress { octets, .. } => Self::of_octets(octets),
            _ => Self::OTHER,
        }
    }
}

type Cells = Vec<OnceCell<Comparable>>;

/// What a verification has made comparable, by the addresses of the certificates, which outlive it.
#[derive(Default)]
pub(in crate::verify) struct Prepared {
    names: HashMap<usize, Cells>,
    /// The permitted subtrees of a CA and then the excluded ones.
    bases: HashMap<usize, Cells>,
}

/// The names of one certificate, and the subtrees of a CA above it.
pub(super) struct Pair<'p> {
    names: &'p Cells,
    bases: &'p Cells,
}

impl Prepared {
    pub(super) fn pair(
        &mut self,
        authority: &Certificate,
        constraints: &NameConstraints,
        certificate: &Certificate,
        names: usize,
    ) -> Pair<'_> {
        let address = |certificate: &Certificate| std::ptr::from_ref(certificate).addr();
        let cells = |number: usize| (0..number).map(|_| OnceCell::new()).collect();
        let bases = constraints.permitted.len().saturating_add(constraints.excluded.len());
        Pair {
            names: self.names.entry(address(certificate)).or_insert_with(|| cells(names)),
            bases: self.bases.entry(address(authority)).or_insert_with(|| cells(bases)),
        }
    }
}

impl<'p> Pair<'p> {
    /// The name with this index; `None` for an index that there is not.
    pub(super) fn name(
        &self,
        index: usize,
        name: &Subject<'_>,
        work: &mut Work<'_>,
    ) -> Result<Option<&'p Comparable>, Diagnostic> {
        prepare(self.names.get(index), work, || name.comparable())
    }

    /// The subtree with this index.
    pub(super) fn base(
        &self,
        index: usize,
        subtree: &GeneralSubtree,
        work: &mut Work<'_>,
    ) -> Result<Option<&'p Comparable>, Diagnostic> {
        prepare(self.bases.get(index), work, || Comparable::of_base(&subtree.base))
    }
}

fn prepare<'p>(
    cell: Option<&'p OnceCell<Comparable>>,
    work: &mut Work<'_>,
    make: impl FnOnce() -> Comparable,
) -> Result<Option<&'p Comparable>, Diagnostic> {
    let Some(cell) = cell else { return Ok(None) };
    if cell.get().is_none() {
        let made = make();
        work.prepare(made.size)?;
        return Ok(Some(cell.get_or_init(|| made)));
    }
    Ok(cell.get())
}
