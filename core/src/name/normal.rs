//! Comparing distinguished names (RFC 5280 7.1).

use super::distinguished::NameAttribute;

/// The RDNs one after another, each with its length in front, so that the form of a name above is a prefix. Strings are
/// compared as text: whatever their ASN.1 type, lower-cased, spaces trimmed and runs of them made one (RFC 4518 2.3,
/// 2.6.1). Other values are compared as their encoding.
///
/// NOTE: of RFC 4518's preparation the normalisation NFKC is left out: names that differ only in compatibility characters
/// are taken as different. For the names of issuers that refuses a path. An excluded subtree does not meet such a name
/// either: RFC 5280 7.1 has CAs encode names in one way, and a CA that must not be trusted to do so needs permitted
/// subtrees.
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
    let mut pending_space = false;
    let mut is_first = true;
    for c in text.chars() {
        if c.is_whitespace() {
            pending_space = true;
            continue;
        }
        if pending_space && !is_first {
            out.push(b' ');
        }
        pending_space = false;
        is_first = false;
        if c.is_ascii() {
            out.extend(u8::try_from(c).map(|byte| byte.to_ascii_lowercase()));
        } else {
            let mut buffer = [0; 4];
            for lower in c.to_lowercase() {
                out.extend_from_slice(lower.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}
