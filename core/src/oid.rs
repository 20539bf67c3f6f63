//! Object identifiers: any that DER can carry, arcs up to 128 bits, with names for those that X.509 uses.
//!
//! `const_oid::ObjectIdentifier` holds 39 bytes and 32-bit arcs, so a UUID under 2.25 does not fit it. A request that
//! has one must still be shown and judged.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use ::der::Tag;
use ::der::asn1::Any;

use crate::der::{self, Element, tag};
use crate::diagnostic::{Error, Step};

mod known;

pub use known::*;

/// An object identifier.
#[derive(Clone)]
pub struct Oid {
    /// Contents octets of the DER encoding.
    octets: Cow<'static, [u8]>,
}

impl Oid {
    pub(crate) const fn from_static(octets: &'static [u8]) -> Self {
        Self { octets: Cow::Borrowed(octets) }
    }

    /// From an OBJECT IDENTIFIER that [`crate::der::check`] has accepted.
    pub(crate) fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        element.expect(tag::OBJECT_IDENTIFIER, "OBJECT IDENTIFIER")?;
        Ok(Self::from_octets(element.value))
    }

    /// The OBJECT IDENTIFIER.
    pub(crate) fn to_any(&self) -> Result<Any, Error> {
        der::encode::any(Tag::ObjectIdentifier, &self.octets)
    }

    pub(crate) fn from_octets(octets: &[u8]) -> Self {
        match known::find(octets) {
            Some(known) => known.oid.clone(),
            None => Self { octets: Cow::Owned(octets.to_vec()) },
        }
    }

    /// Reads dotted decimal text such as `2.5.29.17`; `None` if it is no object identifier or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let mut arcs = text.split('.').map(|arc| {
            let plain = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
            (plain && (arc == "0" || !arc.starts_with('0'))).then(|| arc.parse::<u128>().ok()).flatten()
        });
        let (first, second) = (arcs.next()??, arcs.next()??);
        if first > 2 || (first < 2 && second > 39) {
            return None;
        }
        let mut octets = Vec::new();
        push_arc(&mut octets, first.checked_mul(40)?.checked_add(second)?);
        for arc in arcs {
            push_arc(&mut octets, arc?);
        }
        (octets.len() <= 64).then(|| Self::from_octets(&octets))
    }

    /// Contents octets of the DER encoding.
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// The name that the standards give it, such as `subjectAltName` or `serverAuth`.
    pub fn name(&self) -> Option<&'static str> {
        known::find(&self.octets).map(|known| known.name)
    }

    /// Name if there is one, else dotted decimal: how paths and policies call it.
    pub fn label(&self) -> String {
        self.name().map_or_else(|| self.to_string(), str::to_owned)
    }

    /// The label as a step of a path.
    pub(crate) fn step(&self) -> Step {
        self.name().map_or_else(|| Step::from(self.to_string()), Step::from)
    }

    /// Looks a name up among those of `kind`, or reads dotted decimal text.
    pub fn from_label(label: &str, kind: OidKind) -> Option<Self> {
        known::find_name(label, kind).or_else(|| Self::parse(label))
    }
}

fn push_arc(octets: &mut Vec<u8>, arc: u128) {
    let mut groups: Vec<u8> = Vec::new();
    let mut rest = arc;
    loop {
        let group = u8::try_from(rest & 0x7f).unwrap_or_default();
        groups.push(if groups.is_empty() { group } else { group | 0x80 });
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    octets.extend(groups.into_iter().rev());
}

impl fmt::Display for Oid {
    /// Dotted decimal; an arc of more than 128 bits makes it `0x` and the contents octets in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arcs: Vec<u128> = Vec::new();
        let mut arc: u128 = 0;
        for byte in self.octets.iter() {
            if arc > u128::MAX >> 7 {
                f.write_str("0x")?;
                return self.octets.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
            }
            arc = (arc << 7) | u128::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                arcs.push(arc);
                arc = 0;
            }
        }
        let mut arcs = arcs.into_iter();
        let first = arcs.next().unwrap_or_default();
        let (root, second) = match first {
            0..=39 => (0, first),
            40..=79 => (1, first.saturating_sub(40)),
            _ => (2, first.saturating_sub(80)),
        };
        write!(f, "{root}.{second}")?;
        arcs.try_for_each(|arc| write!(f, ".{arc}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Oid {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for Oid {}

impl PartialOrd for Oid {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Oid {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.octets.cmp(&other.octets)
    }
}

impl Hash for Oid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.octets.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_agree() {
        for text in [
            "2.5.29.17",
            "0.0",
            "1.39",
            "2.999.1",
            "2.25.329800735698586629295641978511506172918",
            "1.2.840.113549.1.9.14",
        ] {
            assert_eq!(Oid::parse(text).map(|oid| oid.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "1",
            "3.1",
            "1.40",
            "1.2.",
            "1..2",
            "1.02",
            "-1.2",
            "a.b",
            "1.2.340282366920938463463374607431768211456",
        ] {
            assert_eq!(Oid::parse(text), None, "{text}");
        }
        let huge = Oid::from_octets(&[&[0x2a][..], &[0xff; 20], &[0x7f]].concat());
        assert!(huge.to_string().starts_with("0x2aff"));
    }

    #[test]
    fn known_names_are_unique_within_their_kind_and_match_their_text() {
        for (index, known) in known::TABLE.iter().enumerate() {
            assert_eq!(known::find(known.oid.as_octets()).map(|found| &found.oid), Some(&known.oid));
            let longer = [known.oid.as_octets(), &[0]].concat();
            assert!(known::find(&longer).is_none_or(|found| found.oid.as_octets() == longer));
            assert_eq!(Oid::parse(&known.oid.to_string()).as_ref(), Some(&known.oid));
            assert_eq!(Oid::from_label(known.name, known.kind).as_ref(), Some(&known.oid));
            assert!(
                known::TABLE.iter().skip(index + 1).all(|other| other.oid != known.oid),
                "{}",
                known.name
            );
        }
    }
}
