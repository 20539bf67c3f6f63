//! Mailboxes (RFC 2821 4.1.2) as step-ca and the library that it follows read them.

use super::go;

/// A mailbox in its two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) domain: String,
}

impl Mailbox {
    /// The local part is a quoted string, or atoms with dots between them; anything with labels is a domain.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (local, rest) = match text.strip_prefix('"') {
            Some(quoted) => read_quoted(quoted)?,
            None => read_atoms(text)?,
        };
        let domain = rest.strip_prefix('@')?;
        go::reverse_labels(domain)?;
        Some(Self { local, domain: domain.to_owned() })
    }
}

/// The contents of a quoted string, and what stands behind it.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut local = String::new();
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return Some((local, text.get(index.checked_add(1)?..)?)),
            '\\' => {
                let (_, escaped) = chars.next()?;
                let fits = escaped.is_ascii() && !matches!(escaped, '\0' | '\n' | '\r');
                local.push(fits.then_some(escaped)?);
            }
            c if c.is_ascii() && !matches!(c, '\0' | '\t' | '\n' | '\r') => local.push(c),
            _ => return None,
        }
    }
    None
}

fn read_atoms(text: &str) -> Option<(String, &str)> {
    let mut local = String::new();
    let mut end = text.len();
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => local.push(chars.next().map(|(_, escaped)| escaped).filter(char::is_ascii)?),
            c if c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) => local.push(c),
            _ => {
                end = index;
                break;
            }
        }
    }
    let dotted = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    (!local.is_empty() && !dotted).then_some((local, text.get(end..)?))
}
