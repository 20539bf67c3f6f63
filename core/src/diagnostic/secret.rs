//! Private keys in text that a message would repeat. It stands below everything that reads: it looks at headers alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Tags of the elements before a key (X.690 8).
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// What the lines around keys say: PEM (RFC 7468, RFC 1421), OpenPGP (RFC 9580), SSH (RFC 4716) and PuTTY.
pub(crate) const LABELS: [&str; 4] = [
    "PRIVATE KEY-----",
    "PRIVATE KEY BLOCK-----",
    "BEGIN SSH2 ENCRYPTED PRIVATE KEY",
    "PuTTY-User-Key-File-",
];

/// How base64 of a PEM key begins, as in the data of a Kubernetes Secret: `PRIVATE KEY`, `RSA`, `EC`, `DSA`, `ENCRYPTED`
/// and `OPENSSH` behind `-----BEGIN `.
pub(crate) const IN_BASE64: [&str; 6] = [
    "LS0tLS1CRUdJTiBQUklWQVRFIEtF",
    "LS0tLS1CRUdJTiBSU0EgUFJJVkFU",
    "LS0tLS1CRUdJTiBFQyBQUklWQVRF",
    "LS0tLS1CRUdJTiBEU0EgUFJJVkFU",
    "LS0tLS1CRUdJTiBFTkNSWVBURUQg",
    "LS0tLS1CRUdJTiBPUEVOU1NIIFBS",
];

/// Whether a text holds a private key, whole or begun: by what stands around it, as JSON Web Key, in XML, or as base64 or
/// hexadecimal among other things.
pub(crate) fn holds_key(text: &str) -> bool {
    LABELS.iter().chain(&IN_BASE64).any(|start| text.contains(start))
        || is_json_web_key(text)
        || is_xml_key(text)
        || is_within(text)
        || is_in_hexadecimal(text)
}

/// A JSON Web Key with a private part: `d` of RSA, EC and OKP keys, `k` of symmetric ones (RFC 7518 6).
pub(crate) fn is_json_web_key(text: &str) -> bool {
    has_member(text, "kty") && (has_member(text, "d") || has_member(text, "k"))
}

/// Whether a member of this name stands anywhere in JSON, or in JSON that is a string of JSON.
fn has_member(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text.get(..start).unwrap_or_default();
        let behind = text.get(start..).and_then(|rest| rest.strip_prefix(name)).unwrap_or_default();
        let behind = behind.strip_prefix('\\').unwrap_or(behind).strip_prefix('"');
        before.ends_with('"') && behind.is_some_and(|behind| behind.trim_start().starts_with(':'))
    })
}

/// The form of XML signatures in .NET: `RSAKeyValue` with the private exponent.
pub(crate) fn is_xml_key(text: &str) -> bool {
    text.contains("KeyValue>") && text.contains("<D>")
}

/// The shortest base64 within a text that is looked into, and how much of it is decoded, in characters: in every form of
/// private keys enough for what stands before the key itself.
const RUN: std::ops::Range<usize> = 40..88;

/// Whether base64 anywhere in a text begins a private key. Its first lines are enough, as in a block of YAML, however short they
/// are.
pub(crate) fn is_within(text: &str) -> bool {
    // SEQUENCE is `M`, and the name of OpenSSH's form begins with `b`.
    text.match_indices(['M', 'b']).any(|(start, _)| {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        // White space between four characters and the next is nothing that people write.
        let first = rest.get(..4).and_then(|first| STANDARD.decode(first).ok());
        if !matches!(first.as_deref(), Some([SEQUENCE, 0x14..=0x83, _] | b"ope")) {
            return false;
        }
        let mut run = unfolded(rest, RUN.end, |byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            _ => (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).then_some(byte),
        });
        if run.len() < RUN.start {
            return false;
        }
        run.truncate(run.len().saturating_sub(run.len().checked_rem(4).unwrap_or(0)));
        STANDARD.decode(&run).is_ok_and(|octets| begins_key(&octets).is_some())
    })
}

/// The digits at the beginning of a text, at most `longest`: white space between them is skipped, and line breaks as JSON writes
/// them.
fn unfolded(text: &[u8], longest: usize, digit: impl Fn(u8) -> Option<u8>) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut rest = text;
    while let [byte, behind @ ..] = rest
        && digits.len() < longest
    {
        rest = match (digit(*byte), byte, behind) {
            (Some(digit), ..) => {
                digits.push(digit);
                behind
            }
            (None, b'\\', [b'n' | b'r' | b't', behind @ ..]) => behind,
            (None, byte, _) if byte.is_ascii_whitespace() => behind,
            _ => break,
        };
    }
    digits
}

/// How much hexadecimal is decoded, and how much of it there must be, in digits.
const DIGITS: std::ops::Range<usize> = 32..96;

/// Whether hexadecimal anywhere in a text begins a private key, with or without colons, hyphens and white space in it.
fn is_in_hexadecimal(text: &str) -> bool {
    // SEQUENCE, and the first letters of OpenSSH's form.
    let starts = text.match_indices("30").chain(text.match_indices("6f")).chain(text.match_indices("6F"));
    let starts = starts.map(|(start, _)| text.as_bytes().get(start..).unwrap_or_default());
    starts.into_iter().any(|rest| {
        // Separators and line breaks are in the text beside the digits.
        let digits = unfolded(rest, DIGITS.end.saturating_mul(2), |byte| {
            (byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-')).then_some(byte)
        });
        let digits = digits.iter().filter(|byte| byte.is_ascii_hexdigit()).take(DIGITS.end);
        let mut digits: String = digits.map(|byte| char::from(*byte)).collect();
        if !digits.len().is_multiple_of(2) {
            digits.pop();
        }
        digits.len() >= DIGITS.start
            && hexadecimal(&digits).is_some_and(|octets| begins_key(&octets).is_some())
    })
}

/// Whether octets begin a private key, an encrypted one, or a PKCS #12 key store: by the headers before the secret.
fn begins_key(octets: &[u8]) -> Option<()> {
    /// What the identifiers of PKCS #5 (RFC 8018) and of the encryption of PKCS #12 (RFC 7292 C) begin with.
    const ENCRYPTIONS: [&[u8]; 2] =
        [b"\x2a\x86\x48\x86\xf7\x0d\x01\x05", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01"];
    let holds = |condition: bool| condition.then_some(());
    if octets.starts_with(b"openssh-key-v1\0") {
        return Some(());
    }
    let (SEQUENCE, _, inner) = header(octets)? else { return None };
    if let [INTEGER, 1, version @ (0 | 1 | 3), fields @ ..] = inner {
        let (next, length, contents) = header(fields)?;
        return match (version, next) {
            (3, SEQUENCE) => holds(contents.first() == Some(&OBJECT_IDENTIFIER)),
            // Behind the algorithm stands the key; in a revocation list, a name.
            (0 | 1, SEQUENCE) => holds(
                contents.first() == Some(&OBJECT_IDENTIFIER)
                    && contents.get(length).is_none_or(|behind| *behind == OCTET_STRING),
            ),
            (1, OCTET_STRING) => holds(length >= 16),
            (0 | 1, INTEGER) => holds(length >= 32),
            _ => None,
        };
    }
    let (SEQUENCE, _, algorithm) = header(inner)? else { return None };
    let (OBJECT_IDENTIFIER, _, identifier) = header(algorithm)? else { return None };
    holds(ENCRYPTIONS.iter().any(|start| identifier.starts_with(start)))
}

/// Tag and length of an element of which the end may be missing, and what stands behind them.
fn header(octets: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, length, rest) = match octets {
        [tag, length @ 0..=0x7f, rest @ ..] => (tag, u32::from(*length), rest),
        [tag, 0x81, length, rest @ ..] => (tag, u32::from(*length), rest),
        [tag, 0x82, high, low, rest @ ..] => (tag, u32::from_be_bytes([0, 0, *high, *low]), rest),
        [tag, 0x83, high, middle, low, rest @ ..] => {
            (tag, u32::from_be_bytes([0, *high, *middle, *low]), rest)
        }
        _ => return None,
    };
    Some((*tag, usize::try_from(length).ok()?, rest))
}

/// Octets of hexadecimal text; white space and colons are skipped.
pub(crate) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::new();
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b':') {
        digits.push(u8::try_from(char::from(byte).to_digit(16)?).ok()?);
    }
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| (high << 4) | low).collect())
}
