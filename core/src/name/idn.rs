//! IDNA2008 (RFC 5891) on top of UTS #46 non-transitional processing, with the registrable categories of RFC 5892.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// A-labels of a name with U-labels; `None` if it is not valid.
pub(crate) fn to_ascii(name: &str) -> Option<String> {
    let uts46 = Uts46::new();
    let ascii = uts46
        .to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
        .ok()?
        .into_owned();
    to_unicode(&ascii).filter(|unicode| is_registrable(unicode)).map(|_| ascii)
}

/// U-labels of a lower-case name with A-labels; `None` if one is not valid.
pub(crate) fn to_unicode(name: &str) -> Option<String> {
    let (unicode, result) = Uts46::new().to_unicode(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
    result.ok().map(|()| unicode.into_owned())
}

/// Whether each A-label of a lower-case name is what its U-label encodes to (hostile input 73). Underscores are
/// replaced first: UTS #46 with STD3 rules has none.
pub(super) fn is_round_trip(name: &str) -> bool {
    name.split('.').filter(|label| label.starts_with("xn--")).all(|label| {
        let Some(unicode) = to_unicode(label) else { return false };
        !unicode.is_ascii() && is_registrable(&unicode) && to_ascii_label(&unicode).as_deref() == Some(label)
    })
}

fn to_ascii_label(label: &str) -> Option<String> {
    Uts46::new()
        .to_ascii(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
        .ok()
        .map(|ascii| ascii.into_owned())
}

/// RFC 5892 2 lets letters, marks and decimal digits into a label, and no symbols, punctuation or emoji, which UTS #46
/// lets in.
fn is_registrable(name: &str) -> bool {
    const LETTERS_MARKS_DIGITS: GeneralCategoryGroup = GeneralCategoryGroup::LowercaseLetter
        .union(GeneralCategoryGroup::OtherLetter)
        .union(GeneralCategoryGroup::ModifierLetter)
        .union(GeneralCategoryGroup::NonspacingMark)
        .union(GeneralCategoryGroup::SpacingMark)
        .union(GeneralCategoryGroup::DecimalNumber);
    let categories = CodePointMapData::<GeneralCategory>::new();
    name.chars().all(|c| {
        c.is_ascii()
            || LETTERS_MARKS_DIGITS.contains(categories.get(c))
            // RFC 5892 2.6 and appendix A: exceptions and contextual characters, whose context UTS #46 has checked.
            || matches!(c, '\u{b7}' | '\u{375}' | '\u{5f3}' | '\u{5f4}' | '\u{f0b}' | '\u{3007}' | '\u{30fb}' | '\u{200c}' | '\u{200d}')
    })
}

/// Names the two scripts of a label that mixes Latin with letters that look like Latin ones, or those with one another
/// (hostile input 74).
pub(crate) fn mixed_script(name: &str) -> Option<(&'static str, &'static str)> {
    name.split('.').find_map(|label| {
        let mut first: Option<&'static str> = None;
        label.chars().find_map(|c| {
            let script = lookalike_script(c)?;
            match first {
                None => {
                    first = Some(script);
                    None
                }
                Some(known) => (known != script).then_some((known, script)),
            }
        })
    })
}

fn lookalike_script(c: char) -> Option<&'static str> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{df}'..='\u{24f}' => Some("Latin"),
        '\u{370}'..='\u{3ff}' => Some("Greek"),
        '\u{400}'..='\u{52f}' => Some("Cyrillic"),
        '\u{531}'..='\u{58f}' => Some("Armenian"),
        '\u{13a0}'..='\u{13ff}' => Some("Cherokee"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_and_emoji_are_not_registrable() {
        assert_eq!(to_ascii("münchen.de").as_deref(), Some("xn--mnchen-3ya.de"));
        assert_eq!(to_ascii("straße.de").as_deref(), Some("xn--strae-oqa.de"));
        assert_eq!(to_ascii("例え.jp").as_deref(), Some("xn--r8jz45g.jp"));
        assert_eq!(to_ascii("भारत.in").as_deref(), Some("xn--h2brj9c.in"));
        for name in ["☃.net", "i♥ny.com", "😀.com", "a\u{202e}b.com", "-ü.de", "a_ü.de"] {
            assert_eq!(to_ascii(name), None, "{name}");
        }
    }

    #[test]
    fn a_labels_must_come_back() {
        assert!(is_round_trip("www.xn--mnchen-3ya.de"));
        for name in ["xn--a.b", "xn--.b", "xn--n3h.net", "xn--80ak6aa92e-.com"] {
            assert!(!is_round_trip(name), "{name}");
        }
    }

    #[test]
    fn lookalikes_are_named() {
        assert_eq!(mixed_script("p\u{430}ypal.com"), Some(("Latin", "Cyrillic")));
        assert_eq!(mixed_script("\u{43c}\u{43e}\u{441}.com"), None);
        assert_eq!(mixed_script("münchen.de"), None);
    }
}
