//! Reading DER through the `der` crate: elements that know where they stand, and a strict check of a whole encoding.
//!
//! Tags and lengths are decoded by [`::der`]. This layer adds what diagnostics need: offsets that stay absolute inside
//! octet strings, paths that are built from the inside out, and the two string types that `der` has no tag for.

use ::der::{Decode, ErrorKind, Header, Length, Reader, SliceReader};

use crate::diagnostic::{Code, Diagnostic, Error, Span, codes};

mod check;
pub(crate) mod encode;
pub(crate) mod integer;
mod text;

pub use text::StringType;

pub(crate) use check::{check, check_oid};
pub(crate) use text::decode_string;

/// Identifier octets (X.690 8.1.2) of the types that X.509 uses.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const TELETEX_STRING: u8 = 0x14;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const GRAPHIC_STRING: u8 = 0x19;
    pub(crate) const VISIBLE_STRING: u8 = 0x1a;
    pub(crate) const GENERAL_STRING: u8 = 0x1b;
    pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// Context-specific, primitive.
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// Context-specific, constructed.
    pub(crate) const fn context_constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element: identifier, place and contents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// First identifier octet.
    pub(crate) tag: u8,
    /// Offset of the whole element in the outermost input.
    start: usize,
    /// Contents octets.
    pub(crate) value: &'a [u8],
    /// The whole element.
    pub(crate) encoding: &'a [u8],
}

impl<'a> Element<'a> {
    /// Where the whole element stands in the outermost input.
    pub(crate) fn span(&self) -> Span {
        Span { start: self.start, end: self.start.saturating_add(self.encoding.len()) }
    }

    /// Offset of the contents in the outermost input.
    pub(crate) fn value_start(&self) -> usize {
        self.span().end.saturating_sub(self.value.len())
    }

    /// Whether the element is a SEQUENCE, a SET or another constructed value.
    pub(crate) fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }

    /// Reads the contents as a series of elements.
    pub(crate) fn contents(&self) -> Result<Decoder<'a>, Error> {
        Decoder::new(self.value, self.value_start())
    }

    /// An error about this element.
    pub(crate) fn error(&self, code: Code, message: impl Into<String>) -> Error {
        Diagnostic::new(code, message).with_span(self.span()).into()
    }

    /// The element itself, if it has this identifier.
    pub(crate) fn expect(self, tag: u8, what: &str) -> Result<Self, Error> {
        if self.tag == tag {
            Ok(self)
        } else {
            Err(self.error(
                codes::DER_UNEXPECTED_TYPE,
                format!("expected {what}, found {}", describe_tag(self.tag)),
            ))
        }
    }

    /// A BOOLEAN that [`check`] has accepted.
    pub(crate) fn boolean(&self) -> Result<bool, Error> {
        self.expect(tag::BOOLEAN, "BOOLEAN")?;
        Ok(self.value != [0])
    }

    /// A small non-negative INTEGER.
    pub(crate) fn unsigned(&self) -> Result<u32, Error> {
        self.expect(tag::INTEGER, "INTEGER")?;
        let too_large = || self.error(codes::DER_INTEGER, "the INTEGER is negative or too large here");
        match self.value {
            [] => Err(too_large()),
            [first, ..] if first & 0x80 != 0 => Err(too_large()),
            bytes => bytes
                .iter()
                .try_fold(0u32, |sum, byte| sum.checked_mul(256)?.checked_add(u32::from(*byte)))
                .ok_or_else(too_large),
        }
    }

    /// The octets of a BIT STRING without unused bits.
    pub(crate) fn bit_string_octets(&self) -> Result<&'a [u8], Error> {
        self.expect(tag::BIT_STRING, "BIT STRING")?;
        match self.value.split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(self.error(codes::DER_BIT_STRING, "the BIT STRING must be whole octets")),
        }
    }
}

/// Reads elements one after another.
#[derive(Clone)]
pub(crate) struct Decoder<'a> {
    input: &'a [u8],
    reader: SliceReader<'a>,
    base: usize,
}

impl<'a> Decoder<'a> {
    /// `base` is the offset of `input` in the outermost input.
    pub(crate) fn new(input: &'a [u8], base: usize) -> Result<Self, Error> {
        let reader = SliceReader::new(input)
            .map_err(|_| Error::new(codes::LIMIT_DER_BYTES, "the encoding is too long"))?;
        Ok(Self { input, reader, base })
    }

    /// Whether all elements have been read.
    pub(crate) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.position()).unwrap_or(usize::MAX)
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.input.len().saturating_sub(self.position())
    }

    /// The identifier of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.input.get(self.position()).copied()
    }

    /// The next element.
    pub(crate) fn element(&mut self) -> Result<Element<'a>, Error> {
        let start = self.position();
        let Some(tag) = self.peek() else {
            return Err(self.error_at(start, codes::DER_TRUNCATED, "an element is missing"));
        };
        let length = self.header(tag)?;
        let value = self.reader.read_slice(length).map_err(|_| {
            let message = format!("an element claims {length} bytes of contents, and fewer are left");
            self.error_at(start, codes::DER_TRUNCATED, message)
        })?;
        let encoding = self.input.get(start..self.position()).unwrap_or_default();
        Ok(Element { tag, start: self.base.saturating_add(start), value, encoding })
    }

    /// Where the next element begins in the outermost input.
    pub(crate) fn offset(&self) -> usize {
        self.base.saturating_add(self.position())
    }

    /// What is left of the next element, if it claims more octets of contents than are left, and how many it claims.
    pub(crate) fn broken(mut self) -> Option<(Element<'a>, usize)> {
        let start = self.position();
        let tag = self.peek()?;
        let claimed = usize::try_from(self.header(tag).ok()?).unwrap_or(usize::MAX);
        let (value, encoding) = (self.input.get(self.position()..)?, self.input.get(start..)?);
        let start = self.base.saturating_add(start);
        (claimed > value.len()).then_some((Element { tag, start, value, encoding }, claimed))
    }

    /// The next element, if it has this identifier.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Error> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Ok(None) }
    }

    /// The next element, which must have this identifier.
    pub(crate) fn expect(&mut self, tag: u8, what: &str) -> Result<Element<'a>, Error> {
        if self.is_finished() {
            return Err(self.error_at(self.position(), codes::DER_TRUNCATED, format!("{what} is missing")));
        }
        self.element()?.expect(tag, what)
    }

    /// The contents of the SEQUENCE that comes next.
    pub(crate) fn sequence(&mut self) -> Result<Self, Error> {
        self.expect(tag::SEQUENCE, "SEQUENCE")?.contents()
    }

    /// Ends the series: nothing may be left.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.is_finished() {
            return Ok(());
        }
        Err(self.error_at(
            self.position(),
            codes::DER_TRAILING_DATA,
            format!("{} bytes follow where the value should end", self.left()),
        ))
    }

    /// Reads tag and length; the contents come next.
    fn header(&mut self, tag: u8) -> Result<Length, Error> {
        let start = self.position();
        let length = if matches!(tag, tag::UNIVERSAL_STRING | tag::GRAPHIC_STRING) {
            self.reader.read_byte().and_then(|_| Length::decode(&mut self.reader))
        } else {
            Header::decode(&mut self.reader).map(|header| header.length())
        };
        length.map_err(|error| self.header_error(start, tag, error.kind()))
    }

    fn header_error(&self, start: usize, tag: u8, kind: ErrorKind) -> Error {
        let first_length_byte = self.input.get(start.saturating_add(1)).copied().unwrap_or_default();
        let (code, message) = match kind {
            ErrorKind::IndefiniteLength => {
                (codes::DER_INDEFINITE_LENGTH, "an indefinite length is BER, not DER".to_owned())
            }
            ErrorKind::Length { .. } | ErrorKind::Overlength if first_length_byte > 0x84 => {
                (codes::DER_LENGTH_TOO_LARGE, "a length takes more than four bytes".to_owned())
            }
            ErrorKind::Length { .. } | ErrorKind::Overlength => {
                (codes::DER_NON_MINIMAL_LENGTH, "a length is not in its shortest form".to_owned())
            }
            ErrorKind::Incomplete { .. } => {
                (codes::DER_TRUNCATED, "the input ends within an element".to_owned())
            }
            _ if is_constructed_string(tag) => (
                codes::DER_CONSTRUCTED_STRING,
                format!("a constructed {} is BER, not DER", describe_tag(tag & !0x20)),
            ),
            _ => (codes::DER_UNSUPPORTED_TYPE, format!("the type {} is not known", describe_tag(tag))),
        };
        self.error_at(start, code, message)
    }

    fn error_at(&self, position: usize, code: Code, message: impl Into<String>) -> Error {
        let start = self.base.saturating_add(position);
        let end = self.base.saturating_add(self.input.len()).max(start);
        Diagnostic::new(code, message).with_span(Span { start, end }).into()
    }
}

fn is_constructed_string(tag: u8) -> bool {
    // X.690 10.2: strings are primitive in DER. Low tag numbers of the universal class with the constructed bit.
    matches!(tag, 0x23 | 0x24 | 0x2c | 0x32..=0x3e)
}

/// Names an identifier octet for a message.
pub(crate) fn describe_tag(tag: u8) -> String {
    let name = match tag {
        tag::BOOLEAN => "BOOLEAN",
        tag::INTEGER => "INTEGER",
        tag::BIT_STRING => "BIT STRING",
        tag::OCTET_STRING => "OCTET STRING",
        tag::NULL => "NULL",
        tag::OBJECT_IDENTIFIER => "OBJECT IDENTIFIER",
        tag::ENUMERATED => "ENUMERATED",
        tag::UTF8_STRING => "UTF8String",
        tag::NUMERIC_STRING => "NumericString",
        tag::PRINTABLE_STRING => "PrintableString",
        tag::TELETEX_STRING => "TeletexString",
        tag::IA5_STRING => "IA5String",
        tag::UTC_TIME => "UTCTime",
        tag::GENERALIZED_TIME => "GeneralizedTime",
        tag::GRAPHIC_STRING => "GraphicString",
        tag::VISIBLE_STRING => "VisibleString",
        tag::GENERAL_STRING => "GeneralString",
        tag::UNIVERSAL_STRING => "UniversalString",
        tag::BMP_STRING => "BMPString",
        tag::SEQUENCE => "SEQUENCE",
        tag::SET => "SET",
        0x80..=0x9e => return format!("[{}]", tag & 0x1f),
        0xa0..=0xbe => return format!("constructed [{}]", tag & 0x1f),
        _ => return format!("{tag:#04x}"),
    };
    name.to_owned()
}
