//! Comparing distinguished names (RFC 5280 7.1).

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use super::distinguished::NameAttribute;
use crate::oid::Oid;

/// Bytes of text beyond ASCII that are prepared in one name. NFKC makes eleven of one, and subjects have fewer than 20 attributes
/// of at most 64 characters (RFC 5280 A.1).
const MOST_PREPARED: usize = 4_096;

/// The RDNs one after another, each with its length in front, so that the form of a name above is a prefix. Strings are
/// compared as text: whatever their ASN.1 type, lower-cased, spaces trimmed and runs of them made one (RFC 4518 2.6.1). Other values
/// are compared as their encoding, and so is text beyond [`MOST_PREPARED`].
///
/// Text is prepared as RFC 4518 2 says: characters that are mapped to nothing are left out, case is folded, and NFKC applied, so
/// that an excluded subtree meets a name however it is written.
pub(super) fn form(attributes: &[NameAttribute]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let mut left = MOST_PREPARED;
    for rdn in attributes.chunk_by(|a, b| a.rdn() == b.rdn()) {
        push_rdn(&mut out, rdn, &mut left);
    }
    out
}

/// A name in the form in which it is held against others of which only the beginning counts.
#[derive(Debug)]
pub(crate) struct ComparableName {
    rdns: Vec<ComparableRdn>,
}

#[derive(Debug)]
struct ComparableRdn {
    form: Vec<u8>,
    /// The types of its attributes, sorted.
    types: Vec<Oid>,
    certainty: Certainty,
}

/// Whether the form of an RDN tells it from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    /// All values are text that was prepared.
    Text,
    /// Some value is compared as its encoding, which tells it from values of its kind.
    Encoding,
    /// Some text has characters that RFC 4518 2.4 prohibits, or was too long to be prepared: whether it matches other text is
    /// undefined.
    None,
}

impl ComparableName {
    pub(super) fn new(attributes: &[NameAttribute]) -> Self {
        let mut left = MOST_PREPARED;
        let rdns = attributes.chunk_by(|a, b| a.rdn() == b.rdn()).map(|rdn| {
            let mut form = Vec::new();
            let certainty = push_rdn(&mut form, rdn, &mut left);
            let mut types: Vec<Oid> = rdn.iter().map(|attribute| attribute.oid().clone()).collect();
            types.sort_unstable();
            ComparableRdn { form, types, certainty }
        });
        Self { rdns: rdns.collect() }
    }

    /// How many bytes a comparison reads of it.
    pub(crate) fn size(&self) -> usize {
        self.rdns.iter().fold(0, |sum, rdn| sum.saturating_add(rdn.form.len()))
    }

    /// Whether it begins with `base`; `None` if that cannot be told.
    pub(crate) fn is_within(&self, base: &Self) -> Option<bool> {
        let mut is_certain = true;
        for (index, wanted) in base.rdns.iter().enumerate() {
            let Some(found) = self.rdns.get(index) else { return Some(false) };
            if found.form == wanted.form {
                continue;
            }
            if !found.may_be(wanted) {
                return Some(false);
            }
            is_certain = false;
        }
        is_certain.then_some(true)
    }
}

impl ComparableRdn {
    /// Whether the two may be one although their forms differ.
    fn may_be(&self, other: &Self) -> bool {
        let is_undefined = self.certainty.max(other.certainty) == Certainty::None;
        self.types == other.types && (is_undefined || self.certainty != other.certainty)
    }
}

/// Appends an RDN. `left` bytes of text beyond ASCII may still be prepared.
fn push_rdn(out: &mut Vec<u8>, rdn: &[NameAttribute], left: &mut usize) -> Certainty {
    let mut certainty = Certainty::Text;
    match rdn {
        [single] => push_sized(out, |out| certainty = push_attribute(out, single, left)),
        several => {
            let mut forms: Vec<Vec<u8>> = several
                .iter()
                .map(|attribute| {
                    let mut form = Vec::new();
                    certainty = certainty.max(push_attribute(&mut form, attribute, left));
                    form
                })
                .collect();
            forms.sort_unstable();
            push_sized(out, |out| forms.iter().for_each(|form| out.extend_from_slice(form)));
        }
    }
    certainty
}

fn push_attribute(out: &mut Vec<u8>, attribute: &NameAttribute, left: &mut usize) -> Certainty {
    push_sized(out, |out| out.extend_from_slice(attribute.oid().as_octets()));
    let mut certainty = Certainty::Text;
    push_sized(out, |out| {
        let cost = |text: &str| if text.is_ascii() { 0 } else { text.len() };
        match attribute.text().map(|text| (text, left.checked_sub(cost(text)))) {
            Some((text, Some(rest))) => {
                *left = rest;
                out.push(b's');
                certainty = push_folded(out, text);
            }
            found => {
                out.push(b'd');
                out.extend_from_slice(attribute.value_der());
                certainty = if found.is_some() { Certainty::None } else { Certainty::Encoding };
            }
        }
    });
    certainty
}

/// Puts the length of what `write` appends in front of it.
fn push_sized(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    let length = out.len().saturating_sub(start).saturating_sub(4);
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    if let Some(slot) = out.get_mut(start..start.saturating_add(4)) {
        slot.copy_from_slice(&length);
    }
}

fn push_folded(out: &mut Vec<u8>, text: &str) -> Certainty {
    if text.is_ascii() {
        push_words(out, text);
        return Certainty::Text;
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    // What NFKC makes of a character may have case again.
    let once = fold(text);
    let twice = fold(&normalizer.normalize(&once));
    let prepared = normalizer.normalize(&twice);
    push_words(out, &prepared);
    if prepared.chars().any(is_prohibited) { Certainty::None } else { Certainty::Text }
}

/// Trims spaces, makes runs of them one, and lower-cases ASCII.
fn push_words(out: &mut Vec<u8>, text: &str) {
    let mut pending_space = false;
    let mut is_first = true;
    for c in text.chars().filter(|c| !is_nothing(*c)) {
        if c.is_whitespace() {
            pending_space = true;
            continue;
        }
        if pending_space && !is_first {
            out.push(b' ');
        }
        pending_space = false;
        is_first = false;
        let mut buffer = [0; 4];
        out.extend_from_slice(c.to_ascii_lowercase().encode_utf8(&mut buffer).as_bytes());
    }
}

/// RFC 3454 B.2 by way of upper case, so that `ß` and `ss` are one, as are both small sigmas. The dotless `ı` is folded to nothing else.
fn fold(text: &str) -> String {
    let folded = |c: char| {
        let upper = if c == 'ı' { None } else { Some(c.to_uppercase()) };
        upper.into_iter().flatten().flat_map(char::to_lowercase).chain((c == 'ı').then_some(c))
    };
    text.chars().filter(|c| !is_nothing(*c)).flat_map(folded).collect()
}

/// What is mapped to nothing: the characters of RFC 4518 2.2, and all that are not seen (Default_Ignorable_Code_Point in
/// DerivedCoreProperties.txt of Unicode 17.0).
fn is_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{1806}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// RFC 4518 2.4: unassigned characters, those that are none, those of private use, and the replacement character. Surrogates are no
/// `char`, and those that change how others are shown are mapped to nothing or composed away.
fn is_prohibited(c: char) -> bool {
    let category = || CodePointMapData::<GeneralCategory>::new().get(c);
    !c.is_ascii()
        && !is_nothing(c)
        && (c == char::REPLACEMENT_CHARACTER
            || matches!(category(), GeneralCategory::Unassigned | GeneralCategory::PrivateUse))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::DistinguishedName;
    use crate::oid;

    fn prepared(text: &str) -> String {
        let mut out = Vec::new();
        push_folded(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_prepared_as_rfc_4518_says() {
        for (text, expected) in [
            ("  Evil \t Corp ", "evil corp"),
            ("Ev\u{7}il Corp", "evil corp"),
            ("Evil\u{a0}Corp", "evil corp"),
            ("Ev\u{ad}il Corp", "evil corp"),
            ("E\u{200b}vil Corp\u{feff}", "evil corp"),
            ("Ｅｖｉｌ\u{3000}Ｃｏｒｐ", "evil corp"),
            ("Mu\u{308}ller", "müller"),
            ("MÜLLER", "müller"),
            ("Straße", "strasse"),
            ("ΟΔΟΣ οδος οδοσ", "οδοσ οδοσ οδοσ"),
            ("\u{2121}", "tel"),
            ("ﬁx", "fix"),
            ("ıI", "ıi"),
            ("\u{ad}", ""),
            ("Evil\u{2065} \u{61c}C\u{2066}o\u{115f}r\u{e0100}p\u{3164}", "evil corp"),
        ] {
            assert_eq!(prepared(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_nothing() {
        use icu_properties::CodePointSetData;
        use icu_properties::props::DefaultIgnorableCodePoint;
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let seen: Vec<char> =
            ('\0'..=char::MAX).filter(|c| ignorable.contains(*c) && !is_nothing(*c)).collect();
        assert_eq!(seen, Vec::<char>::new());
    }

    #[test]
    fn text_that_rfc_4518_prohibits_is_not_certain() {
        let certainty = |text: &str| push_folded(&mut Vec::new(), text);
        for c in ['\u{e000}', '\u{fffd}', '\u{fdd0}', '\u{1ffff}', '\u{378}', '\u{f0000}'] {
            assert_eq!(certainty(&format!("Evil{c} Corp")), Certainty::None, "{c:?}");
        }
        for text in ["Müller", "Evil\u{2065} Corp", "日本", "\u{1f600}", "Corp"] {
            assert_eq!(certainty(text), Certainty::Text, "{text:?}");
        }
    }

    #[test]
    fn what_is_prepared_of_a_name_is_bounded() {
        use crate::der::encode::{any, encode, sequence};
        let name = |value: &str, count: usize| {
            let attribute = || {
                sequence(&[oid::ORGANIZATION_NAME.to_any()?, any(::der::Tag::Utf8String, value.as_bytes())?])
            };
            let rdn = || any(::der::Tag::Set, &encode(&attribute()?)?);
            let rdns: Result<Vec<_>, crate::diagnostic::Error> = (0..count).map(|_| rdn()).collect();
            DistinguishedName::from_der(&encode(&sequence(&rdns.unwrap()).unwrap()).unwrap()).unwrap()
        };
        // A character of three bytes that NFKC makes 33 of.
        let long = "\u{fdfa}".repeat(1_000);
        let form = name(&long, 90).normal_form();
        assert!(form.len() < 90 * 3_100 + 11 * MOST_PREPARED, "{}", form.len());
        assert!(form.starts_with(&name(&long, 30).normal_form()));
        // What was not prepared may be anything.
        let (evil, twice) = (name("Evil Corp", 2).comparable(), name(&long, 2).comparable());
        assert_eq!(twice.is_within(&evil), Some(false), "the first was prepared");
        assert_eq!(name(&"\u{fdfa}".repeat(2_000), 2).comparable().is_within(&evil), None);
        assert_eq!(name("Good Corp", 2).comparable().is_within(&evil), Some(false));
    }
}
