//! Writing any TLV at all, also ones that no encoder would write.

/// One value: identifier octet, length in its shortest form, contents.
pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match contents.len() {
        len @ 0..=0x7f => out.push(len as u8),
        len @ 0x80..=0xff => out.extend([0x81, len as u8]),
        len @ 0x100..=0xffff => {
            out.push(0x82);
            out.extend((len as u16).to_be_bytes());
        }
        len => {
            out.push(0x83);
            out.extend(&(len as u32).to_be_bytes()[1..]);
        }
    }
    out.extend(contents);
    out
}

pub fn seq(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// Members in the order given.
pub fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &parts.concat())
}

pub fn int(octets: &[u8]) -> Vec<u8> {
    tlv(0x02, octets)
}

/// A non-negative number of any size.
pub fn uint(octets: &[u8]) -> Vec<u8> {
    let start = octets.iter().position(|byte| *byte != 0).unwrap_or(octets.len().saturating_sub(1));
    let mut contents = octets[start..].to_vec();
    if contents.first().is_none_or(|first| first & 0x80 != 0) {
        contents.insert(0, 0);
    }
    int(&contents)
}

pub fn boolean(value: u8) -> Vec<u8> {
    tlv(0x01, &[value])
}

pub fn bits(octets: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], octets].concat())
}

pub fn octets(contents: &[u8]) -> Vec<u8> {
    tlv(0x04, contents)
}

pub fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// An object identifier from dotted decimal.
pub fn oid(dotted: &str) -> Vec<u8> {
    let oid = certgate::oid::Oid::parse(dotted).expect("an object identifier");
    tlv(0x06, oid.as_octets())
}

pub fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0c, text.as_bytes())
}

pub fn printable(text: &str) -> Vec<u8> {
    tlv(0x13, text.as_bytes())
}

pub fn ia5(text: &str) -> Vec<u8> {
    tlv(0x16, text.as_bytes())
}

/// `[number]`, primitive.
pub fn context(number: u8, contents: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, contents)
}

/// `[number]`, constructed.
pub fn explicit(number: u8, contents: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, contents)
}

/// The contents of one value.
pub fn contents(value: &[u8]) -> &[u8] {
    let header = match value[1] {
        length @ 0x80.. => 2 + usize::from(length & 0x7f),
        _ => 2,
    };
    &value[header..]
}
