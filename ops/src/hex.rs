pub(crate) use base16ct::lower::encode_string as encode;

/// The octets that hexadecimal digits stand for; colons and white space between them are passed over.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != ':' && !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    if digits.is_empty() || digits.len().rem_euclid(2) != 0 {
        return None;
    }
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0u8, |octet, digit| (octet << 4) | digit)).collect())
}
