//! Recognising what an input is, by its structure and not by its label.

use crate::der::{Decoder, Element, tag};
use crate::diagnostic::{Diagnostic, Error, codes, quote};
use crate::limits::Limits;
use crate::oid;
use crate::pem::{self, PemBlock};

mod secret;

pub use secret::secret;

/// What a DER encoding holds, judged by its first fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentKind {
    /// X.509 certificate (RFC 5280 4.1).
    Certificate,
    /// PKCS #10 certification request (RFC 2986).
    CertificationRequest,
    /// Certificate revocation list (RFC 5280 5.1).
    CertificateList,
    /// PKCS #8 private key (RFC 5958), PKCS #1 (RFC 8017), SEC 1 (RFC 5915), OpenSSH or DSA.
    PrivateKey,
    /// Encrypted PKCS #8 (RFC 5958) or an encrypted PEM key (RFC 1421).
    EncryptedPrivateKey,
    /// PKCS #12 key store (RFC 7292).
    Pkcs12,
    /// PKCS #7 / CMS signed data (RFC 5652): a bundle of certificates.
    Pkcs7,
    /// OCSP response (RFC 6960).
    OcspResponse,
    /// SubjectPublicKeyInfo or PKCS #1 public key.
    PublicKey,
    /// None of these.
    Unknown,
}

impl ContentKind {
    /// How a message calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::CertificationRequest => "certification request",
            Self::CertificateList => "certificate revocation list",
            Self::PrivateKey => "private key",
            Self::EncryptedPrivateKey => "encrypted private key",
            Self::Pkcs12 => "PKCS #12 key store",
            Self::Pkcs7 => "PKCS #7 bundle",
            Self::OcspResponse => "OCSP response",
            Self::PublicKey => "public key",
            Self::Unknown => "unknown content",
        }
    }

    /// As [`ContentKind::as_str`], with `a` or `an`.
    fn with_article(self) -> String {
        let article = match self {
            Self::EncryptedPrivateKey | Self::OcspResponse => "an",
            _ => "a",
        };
        format!("{article} {}", self.as_str())
    }

    /// Whether it holds secrets that must not be shown, logged or kept.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::PrivateKey | Self::EncryptedPrivateKey | Self::Pkcs12)
    }

    /// Recognises the structure of a DER encoding. Only headers are read.
    pub fn of_der(input: &[u8]) -> Self {
        Self::recognise(input).unwrap_or(Self::Unknown)
    }

    /// What a PEM label promises.
    pub fn of_label(label: &str) -> Self {
        match label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Self::Certificate,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Self::CertificationRequest,
            "X509 CRL" | "CRL" => Self::CertificateList,
            "ENCRYPTED PRIVATE KEY" => Self::EncryptedPrivateKey,
            "PKCS7" | "CMS" => Self::Pkcs7,
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Self::PublicKey,
            _ if label.ends_with("PRIVATE KEY") => Self::PrivateKey,
            _ => Self::Unknown,
        }
    }

    /// What one PEM block holds: by its structure, else by its label.
    pub fn of_block(block: &PemBlock<'_>) -> Self {
        if block.encrypted {
            return Self::EncryptedPrivateKey;
        }
        let promised = Self::of_label(block.label);
        if promised.is_secret() {
            return promised;
        }
        match block.decode() {
            Ok(decoded) => match Self::of_der(&decoded.octets) {
                Self::Unknown => promised,
                found => found,
            },
            Err(_) => promised,
        }
    }

    fn recognise(input: &[u8]) -> Option<Self> {
        if input.starts_with(b"openssh-key-v1\0") {
            return Some(Self::PrivateKey);
        }
        let mut outer = Decoder::new(input, 0).ok()?;
        let outer = outer.element().ok().filter(|element| element.tag == tag::SEQUENCE)?;
        let mut fields = outer.contents().ok()?;
        let first = fields.element().ok()?;
        let second = fields.element().ok();
        let third = fields.element().ok();
        let tag_of = |element: &Option<Element<'_>>| element.map(|element| element.tag);
        match first.tag {
            tag::INTEGER => match (first.value, tag_of(&second)) {
                ([3], Some(tag::SEQUENCE)) => Some(Self::Pkcs12),
                ([0 | 1], Some(tag::SEQUENCE)) if tag_of(&third) == Some(tag::OCTET_STRING) => {
                    Some(Self::PrivateKey)
                }
                ([1], Some(tag::OCTET_STRING)) => Some(Self::PrivateKey),
                ([0 | 1], Some(tag::INTEGER)) => Some(Self::PrivateKey),
                (_, Some(tag::INTEGER)) if third.is_none() => Some(Self::PublicKey),
                _ => None,
            },
            tag::OBJECT_IDENTIFIER if first.value == oid::PKCS7_SIGNED_DATA.as_octets() => Some(Self::Pkcs7),
            tag::ENUMERATED => Some(Self::OcspResponse),
            tag::SEQUENCE => match (tag_of(&second), tag_of(&third)) {
                (Some(tag::OCTET_STRING), None) => Some(Self::EncryptedPrivateKey),
                (Some(tag::BIT_STRING), None) => Some(Self::PublicKey),
                (Some(tag::SEQUENCE), Some(tag::BIT_STRING)) => Self::recognise_signed(&first),
                _ => None,
            },
            _ => None,
        }
    }

    /// Tells certificates, requests and revocation lists apart by the first fields of what is signed.
    fn recognise_signed(signed: &Element<'_>) -> Option<Self> {
        let mut fields = signed.contents().ok()?;
        let mut tags = [0u8; 5];
        for slot in &mut tags {
            let Some(found) = fields.peek() else { break };
            *slot = found;
            fields.element().ok()?;
        }
        const TIMES: [u8; 2] = [tag::UTC_TIME, tag::GENERALIZED_TIME];
        match tags {
            [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, fourth, _] if TIMES.contains(&fourth) => {
                Some(Self::CertificateList)
            }
            [tag::SEQUENCE, tag::SEQUENCE, third, ..] if TIMES.contains(&third) => {
                Some(Self::CertificateList)
            }
            [0xa0, tag::INTEGER, tag::SEQUENCE, ..] => Some(Self::Certificate),
            [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, tag::SEQUENCE, tag::SEQUENCE] => {
                Some(Self::Certificate)
            }
            [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, 0xa0 | 0, _] => Some(Self::CertificationRequest),
            _ => None,
        }
    }
}

/// The DER of one object of the wanted kind, from DER, PEM or base64, and what was odd about its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Single {
    /// The DER encoding.
    pub der: Vec<u8>,
    /// Notices about the form.
    pub findings: Vec<Diagnostic>,
}

/// Whether a text holds a private key anywhere: in one of the forms of [`secret()`], or as base64 or hexadecimal among other
/// things.
pub fn holds_private_key(text: &str) -> bool {
    secret(text.as_bytes()).is_some() || secret::holds_key(text)
}

/// Reads exactly one object of the kind `wanted`. Anything else is an error that names what was found: several blocks,
/// another kind, a private key. Never "the first block that fits".
pub fn read_single(input: &[u8], wanted: ContentKind, limits: &Limits) -> Result<Single, Error> {
    if input.is_empty() || input.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::new(codes::INPUT_EMPTY, "the input is empty"));
    }
    if input.first() == Some(&tag::SEQUENCE) && !looks_like_text(input) {
        return single_der(input.to_vec(), wanted, Vec::new());
    }
    let text = decode_text(input, limits)?;
    let blocks = pem::blocks(text, limits)?;
    match blocks.as_slice() {
        [] => single_base64(text, wanted),
        [block] => single_block(block, wanted),
        several => Err(several_blocks(several, wanted)),
    }
}

/// Checks encoding and size of a text; a byte order mark is skipped.
pub fn decode_text<'a>(input: &'a [u8], limits: &Limits) -> Result<&'a str, Error> {
    pem::check_size(input.len(), limits)?;
    if matches!(input, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Err(Diagnostic::new(codes::INPUT_ENCODING, "the text is UTF-16")
            .with_help("save it as UTF-8 or ASCII")
            .into());
    }
    let text = std::str::from_utf8(input).map_err(|_| {
        Error::from(
            Diagnostic::new(codes::INPUT_NOT_RECOGNISED, "the input is neither DER nor text")
                .with_help("give a request in DER, PEM or base64"),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A text may begin with the digit 0, which is also the identifier of SEQUENCE.
fn looks_like_text(input: &[u8]) -> bool {
    let mut decoder = match Decoder::new(input, 0) {
        Ok(decoder) => decoder,
        Err(_) => return false,
    };
    decoder.element().is_err() && input.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

fn single_base64(text: &str, wanted: ContentKind) -> Result<Single, Error> {
    let base64_only = text.bytes().all(|byte| {
        byte.is_ascii_alphanumeric()
            || byte.is_ascii_whitespace()
            || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
    });
    if !base64_only {
        let mut diagnostic =
            Diagnostic::new(codes::INPUT_NOT_RECOGNISED, format!("the input holds no {}", wanted.as_str()));
        if let Some(hint) = pem::damage_hint(text) {
            diagnostic = diagnostic.with_help(hint);
        }
        return Err(diagnostic.into());
    }
    let decoded = pem::decode_base64(text)?;
    let mut findings = decoded.findings;
    findings.push(Diagnostic::new(codes::INPUT_BARE_BASE64, "the input is base64 without PEM lines"));
    if let Some(inner) =
        std::str::from_utf8(&decoded.octets).ok().filter(|inner| inner.contains("-----BEGIN "))
    {
        return Err(Diagnostic::new(
            codes::INPUT_DOUBLE_BASE64,
            format!("the input is base64 of a text that holds PEM ({} bytes)", inner.len()),
        )
        .with_help("decode it once with `base64 -d` and give the PEM text")
        .into());
    }
    single_der(decoded.octets, wanted, findings)
}

fn single_block(block: &PemBlock<'_>, wanted: ContentKind) -> Result<Single, Error> {
    let kind = ContentKind::of_block(block);
    if kind != wanted {
        return Err(other_content(kind, wanted, Some(block.label)));
    }
    if ContentKind::of_label(block.label) != wanted {
        return Err(Diagnostic::new(
            codes::PEM_LABEL_MISMATCH,
            format!("the block is labelled {} and holds a {}", quote(block.label), kind.as_str()),
        )
        .with_found(block.label)
        .with_help(format!("label the block for what it holds, a {}", wanted.as_str()))
        .into());
    }
    let decoded = block.decode()?;
    let mut findings = decoded.findings;
    if block.label == "NEW CERTIFICATE REQUEST" {
        findings.push(Diagnostic::new(
            codes::PEM_NEW_CERTIFICATE_REQUEST,
            "the block is labelled `NEW CERTIFICATE REQUEST`, an older name for `CERTIFICATE REQUEST`",
        ));
    }
    Ok(Single { der: decoded.octets, findings })
}

fn single_der(der: Vec<u8>, wanted: ContentKind, findings: Vec<Diagnostic>) -> Result<Single, Error> {
    let kind = ContentKind::of_der(&der);
    // What is not recognised is left to the parser of the wanted kind: it knows the place of the fault.
    if kind == wanted || (kind == ContentKind::Unknown && der.first() == Some(&tag::SEQUENCE)) {
        return Ok(Single { der, findings });
    }
    Err(other_content(kind, wanted, None))
}

fn other_content(kind: ContentKind, wanted: ContentKind, label: Option<&str>) -> Error {
    if kind.is_secret() {
        return Diagnostic::new(
            codes::INPUT_PRIVATE_KEY,
            format!("the input is {}, not {}", kind.with_article(), wanted.with_article()),
        )
        .with_found(kind.as_str())
        .with_expected(wanted.as_str())
        .with_help("nothing was kept; a private key that has left its machine should be replaced")
        .into();
    }
    let message = match (kind, label) {
        (ContentKind::Unknown, Some(label)) => {
            format!("the block {} holds no {}", quote(label), wanted.as_str())
        }
        (ContentKind::Unknown, None) => format!("the input is no {}", wanted.as_str()),
        _ => format!("the input is {}, not {}", kind.with_article(), wanted.with_article()),
    };
    Diagnostic::new(codes::INPUT_OTHER_CONTENT, message)
        .with_found(label.filter(|_| kind == ContentKind::Unknown).unwrap_or(kind.as_str()))
        .with_expected(wanted.as_str())
        .into()
}

fn several_blocks(blocks: &[PemBlock<'_>], wanted: ContentKind) -> Error {
    let kinds: Vec<ContentKind> = blocks.iter().map(ContentKind::of_block).collect();
    if let Some(secret) = kinds.iter().find(|kind| kind.is_secret()) {
        return Diagnostic::new(
            codes::INPUT_PRIVATE_KEY,
            format!("the input holds a {} beside other blocks", secret.as_str()),
        )
        .with_found(kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())
        .with_expected(wanted.as_str())
        .with_help("nothing was kept; give the request alone, and replace a key that has left its machine")
        .into();
    }
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let shown = crate::diagnostic::quote_list(&names);
    Diagnostic::new(
        codes::INPUT_SEVERAL_BLOCKS,
        format!("the input holds {} blocks ({shown}), and one {} is wanted", blocks.len(), wanted.as_str()),
    )
    .with_found(names)
    .with_expected(wanted.as_str())
    .with_help("give each request by itself")
    .into()
}
