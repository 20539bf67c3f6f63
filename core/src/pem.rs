//! Textual encodings (RFC 7468): PEM blocks and bare base64, read by line in linear time.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::diagnostic::{Diagnostic, Error, Span, codes, quote};
use crate::limits::Limits;

/// Padding may be missing, trailing bits must be zero (RFC 4648 3.5).
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, CONFIG);

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One PEM block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemBlock<'a> {
    /// The label, such as `CERTIFICATE REQUEST`.
    pub label: &'a str,
    /// Line of the BEGIN line, from 1.
    pub line: usize,
    /// Whether RFC 1421 headers say that the contents are encrypted.
    pub encrypted: bool,
    body: &'a str,
    span: Span,
}

/// What base64 text stood for, and what was odd about its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The octets.
    pub octets: Vec<u8>,
    /// Notices about the form.
    pub findings: Vec<Diagnostic>,
}

impl<'a> PemBlock<'a> {
    /// Decodes the block's base64.
    pub fn decode(&self) -> Result<Decoded, Error> {
        decode_base64(self.body).map_err(|error| error.map(|diagnostic| diagnostic.with_span(self.span)))
    }
}

/// One PEM block with lines of 64 characters (RFC 7468 2).
pub fn encode(label: &str, der: &[u8]) -> String {
    // A private key must not stay behind in memory.
    let base64 = zeroize::Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(der));
    let lines = base64.len().div_euclid(64).saturating_add(3);
    let mut out = String::with_capacity(
        base64.len().saturating_add(lines).saturating_add(label.len().saturating_mul(2)).saturating_add(40),
    );
    out.push_str(BEGIN);
    out.push_str(label);
    out.push_str(DASHES);
    out.push('\n');
    let mut rest = base64.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    if !rest.is_empty() {
        out.push_str(rest);
        out.push('\n');
    }
    out.push_str(END);
    out.push_str(label);
    out.push_str(DASHES);
    out.push('\n');
    out
}

/// Finds the PEM blocks of a text. Text around the blocks is ignored; a damaged block is an error.
pub fn blocks<'a>(text: &'a str, limits: &Limits) -> Result<Vec<PemBlock<'a>>, Error> {
    check_size(text.len(), limits)?;
    let mut blocks = Vec::new();
    let mut open: Option<Open<'a>> = None;
    for (number, (start, line)) in lines(text).enumerate() {
        let number = number.saturating_add(1);
        let trimmed = line.trim();
        if let Some(label) = boundary(trimmed, BEGIN) {
            if let Some(open) = open {
                return Err(damaged(format!(
                    "the block {} of line {} has no END line",
                    quote(open.label),
                    open.line
                )));
            }
            if blocks.len() >= limits.pem_blocks {
                return Err(Error::new(
                    codes::LIMIT_PEM_BLOCKS,
                    format!("the text has more than {} PEM blocks", limits.pem_blocks),
                ));
            }
            let body_start = start.saturating_add(line.len());
            open = Some(Open { label, line: number, start, body_start, headers: Headers::default() });
        } else if let Some(label) = boundary(trimmed, END) {
            let Some(block) = open.take() else {
                return Err(damaged(format!("the END line {number} has no BEGIN line before it")));
            };
            if block.label != label {
                return Err(damaged(format!(
                    "the block of line {} begins as {} and ends as {}",
                    block.line,
                    quote(block.label),
                    quote(label)
                )));
            }
            let body_start = block.headers.end.unwrap_or(block.body_start);
            blocks.push(PemBlock {
                label,
                line: block.line,
                encrypted: block.headers.encrypted,
                body: text.get(body_start..start).unwrap_or_default(),
                span: Span { start: block.start, end: start.saturating_add(line.len()) },
            });
        } else if let Some(block) = &mut open {
            block.headers.read(trimmed, start.saturating_add(line.len()));
        } else if trimmed.starts_with(DASHES) && trimmed.contains("BEGIN ") {
            return Err(damaged(format!("line {number} looks like a BEGIN line, and is not one")));
        }
    }
    match open {
        Some(open) => {
            Err(damaged(format!("the block {} of line {} has no END line", quote(open.label), open.line)))
        }
        None => Ok(blocks),
    }
}

/// Decodes base64 text as it stands in a file: white space is skipped.
pub fn decode_base64(text: &str) -> Result<Decoded, Error> {
    let mut findings = Vec::new();
    let mut compact = Vec::with_capacity(text.len());
    let mut inner_space = false;
    for line in text.lines() {
        let line = line.trim();
        inner_space |= line.contains([' ', '\t']);
        compact.extend(line.bytes().filter(|byte| !matches!(byte, b' ' | b'\t')));
    }
    let url_safe = compact.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = if url_safe { &URL_SAFE } else { &STANDARD };
    let octets = engine.decode(&compact).map_err(|error| bad_base64(&error))?;
    if inner_space {
        findings.push(Diagnostic::new(
            codes::PEM_INNER_WHITESPACE,
            "there is white space within the base64 lines",
        ));
    }
    if url_safe {
        findings.push(Diagnostic::new(
            codes::PEM_URL_SAFE_ALPHABET,
            "the base64 text uses the URL-safe alphabet",
        ));
    }
    if compact.len().checked_rem(4) != Some(0) {
        findings.push(Diagnostic::new(codes::PEM_PADDING, "the base64 text lacks its padding"));
    }
    Ok(Decoded { octets, findings })
}

pub(crate) fn check_size(len: usize, limits: &Limits) -> Result<(), Error> {
    if len > limits.text_bytes {
        return Err(Error::new(
            codes::LIMIT_TEXT_BYTES,
            format!("the text has {len} bytes, more than {}", limits.text_bytes),
        ));
    }
    Ok(())
}

/// Says what is wrong with a text that should hold PEM and does not: the damage that mail programs, word processors and
/// JSON leave behind (hostile input 11).
pub(crate) fn damage_hint(text: &str) -> Option<&'static str> {
    let upper_begin = text.contains("BEGIN ");
    if text.contains("\\n") && upper_begin {
        return Some("the text has `\\n` in place of line ends, as in JSON: replace them by real line ends");
    }
    if text.contains("&#45;")
        || text.contains("&#x2d;")
        || text.contains("&#x2D;")
        || text.contains("&hyphen;")
    {
        return Some("the text has HTML entities in place of hyphens: copy the source, not the page");
    }
    let dash = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}');
    if upper_begin && text.contains(dash) {
        return Some("the BEGIN line has typographic dashes: replace them by five hyphens");
    }
    if upper_begin && text.lines().any(|line| numbered(line).is_some_and(|rest| rest.starts_with(DASHES))) {
        return Some("the lines begin with line numbers or quote marks: remove them");
    }
    if upper_begin {
        return Some(
            "a block begins with `-----BEGIN LABEL-----` on a line of its own, with five hyphens on each side",
        );
    }
    None
}

fn numbered(line: &str) -> Option<&str> {
    let rest = line
        .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '\t' | ':' | '|' | '.' | '>'));
    (rest.len() < line.len()).then_some(rest)
}

struct Open<'a> {
    label: &'a str,
    line: usize,
    start: usize,
    body_start: usize,
    headers: Headers,
}

/// RFC 1421 headers such as `Proc-Type: 4,ENCRYPTED` before an empty line.
#[derive(Default)]
struct Headers {
    encrypted: bool,
    end: Option<usize>,
    body: bool,
}

impl Headers {
    fn read(&mut self, line: &str, line_end: usize) {
        if self.body {
            return;
        }
        if line.is_empty() || line.contains(':') {
            self.encrypted |= line.starts_with("Proc-Type:") && line.contains("ENCRYPTED");
            self.end = Some(line_end);
        } else {
            self.body = true;
        }
    }
}

/// Lines with their offsets; each line keeps its line end.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start: usize = 0;
    text.split_inclusive('\n').map(move |line| {
        let here = start;
        start = start.saturating_add(line.len());
        (here, line)
    })
}

fn boundary<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    let label = line.strip_prefix(start)?.strip_suffix(DASHES)?;
    let plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    (!label.is_empty() && !label.contains(DASHES) && label.bytes().all(plain)).then_some(label)
}

fn damaged(message: String) -> Error {
    Diagnostic::new(codes::PEM_DAMAGED, message)
        .with_help("copy the whole block again, from its BEGIN line to its END line")
        .into()
}

fn bad_base64(error: &base64::DecodeError) -> Error {
    use base64::DecodeError;
    let message = match error {
        DecodeError::InvalidByte(_, byte) => {
            format!("the base64 text has the character {}", quote(&char::from(*byte).to_string()))
        }
        DecodeError::InvalidLength(_) => "the base64 text ends within a group of four characters".to_owned(),
        DecodeError::InvalidLastSymbol(..) => {
            "the last character of the base64 text has bits that must be zero".to_owned()
        }
        DecodeError::InvalidPadding => "the padding of the base64 text is wrong".to_owned(),
    };
    Error::new(codes::PEM_BASE64, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Result<Vec<&str>, &'static str> {
        blocks(text, &Limits::default())
            .map(|blocks| blocks.iter().map(|block| block.label).collect())
            .map_err(|error| error.code().as_str())
    }

    #[test]
    fn blocks_are_found_between_text() {
        let text = "before\r\n-----BEGIN A B-----\r\nAAAA\r\n-----END A B-----\r\nbetween\n -----BEGIN C-----\nAQ==\n-----END C-----";
        assert_eq!(labels(text), Ok(vec!["A B", "C"]));
        let limits = Limits::default();
        let found = blocks(text, &limits).unwrap();
        assert_eq!(found[0].decode().unwrap().octets, [0, 0, 0]);
        assert_eq!((found[1].decode().unwrap().octets, found[1].line), (vec![1], 6));
    }

    #[test]
    fn headers_are_skipped_and_say_that_a_key_is_encrypted() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAQID\n-----END RSA PRIVATE KEY-----\n";
        let limits = Limits::default();
        let found = blocks(text, &limits).unwrap();
        assert!(found[0].encrypted);
        assert_eq!(found[0].decode().unwrap().octets, [1, 2, 3]);
    }

    #[test]
    fn damage_is_an_error() {
        for text in [
            "-----BEGIN A-----\nAAAA\n",
            "-----BEGIN A-----\nAAAA\n-----END B-----\n",
            "-----END A-----\n",
            "-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
            "-----BEGIN A----\nAAAA\n",
        ] {
            assert_eq!(labels(text), Err("pem/damaged"), "{text}");
        }
        assert_eq!(
            labels(&"-----BEGIN A-----\nAA==\n-----END A-----\n".repeat(1001)),
            Err("limit/pem-blocks")
        );
    }

    #[test]
    fn base64_forms_have_their_verdicts() {
        let form = |text: &str| {
            decode_base64(text)
                .map(|decoded| {
                    decoded.findings.iter().map(|finding| finding.code().as_str()).collect::<Vec<_>>()
                })
                .map_err(|error| error.code().as_str())
        };
        assert_eq!(form("AQ=="), Ok(vec![]));
        assert_eq!(form("AQ"), Ok(vec!["pem/padding"]));
        assert_eq!(form("A Q=="), Ok(vec!["pem/inner-whitespace"]));
        assert_eq!(form("-_8="), Ok(vec!["pem/url-safe-alphabet"]));
        assert_eq!(form("AR=="), Err("pem/base64"));
        assert_eq!(form("A"), Err("pem/base64"));
        assert_eq!(form("A*=="), Err("pem/base64"));
        assert_eq!(form("+-8="), Err("pem/base64"));
    }

    #[test]
    fn damage_has_a_hint() {
        for (text, word) in [
            ("-----BEGIN X-----\\nAAAA", "JSON"),
            ("&#45;&#45;BEGIN X", "HTML"),
            ("\u{2014}\u{2014}BEGIN X\u{2014}", "typographic"),
            ("1: -----BEGIN X-----", "line numbers"),
        ] {
            assert!(damage_hint(text).unwrap().contains(word), "{text}");
        }
        assert_eq!(damage_hint("hello"), None);
    }
}
