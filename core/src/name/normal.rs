//! Comparing distinguished names (RFC 5280 7.1).

use icu_normalizer::ComposingNormalizerBorrowed;

use super::distinguished::NameAttribute;

/// The RDNs one after another, each with its length in front, so that the form of a name above is a prefix. Strings are
/// compared as text: whatever their ASN.1 type, lower-cased, spaces trimmed and runs of them made one (RFC 4518 2.6.1). Other values are compared as their encoding.
///
/// Text is prepared as RFC 4518 2 says: characters that are mapped to nothing are left out, case is folded, and NFKC applied, so
/// that an excluded subtree meets a name however it is written.
pub(super) fn form(attributes: &[NameAttribute]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    for rdn in attributes.chunk_by(|a, b| a.rdn() == b.rdn()) {
        match rdn {
            [single] => push_sized(&mut out, |out| push_attribute(out, single)),
            several => {
                let mut forms: Vec<Vec<u8>> = several
                    .iter()
                    .map(|attribute| {
                        let mut form = Vec::new();
                        push_attribute(&mut form, attribute);
                        form
                    })
                    .collect();
                forms.sort_unstable();
                push_sized(&mut out, |out| forms.iter().for_each(|form| out.extend_from_slice(form)));
            }
        }
    }
    out
}

fn push_attribute(out: &mut Vec<u8>, attribute: &NameAttribute) {
    push_sized(out, |out| out.extend_from_slice(attribute.oid().as_octets()));
    match attribute.text() {
        Some(text) => push_sized(out, |out| {
            out.push(b's');
            push_folded(out, text);
        }),
        None => push_sized(out, |out| {
            out.push(b'd');
            out.extend_from_slice(attribute.value_der());
        }),
    }
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

fn push_folded(out: &mut Vec<u8>, text: &str) {
    if text.is_ascii() {
        return push_words(out, text);
    }
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    // What NFKC makes of a character may have case again.
    let once = fold(text);
    let twice = fold(&normalizer.normalize(&once));
    push_words(out, &normalizer.normalize(&twice));
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

/// RFC 4518 2.2: what is mapped to nothing.
fn is_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}' | '\u{206a}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert_eq!(prepared(text), expected, "{text:?}");
        }
    }
}
