use super::{Element, describe_tag, tag};
use crate::diagnostic::{Error, codes};

/// The ASN.1 string types that certificates and requests use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StringType {
    /// BMPString: UTF-16 without surrogates.
    Bmp,
    /// GeneralString.
    General,
    /// GraphicString.
    Graphic,
    /// IA5String: ASCII.
    Ia5,
    /// NumericString: digits and space.
    Numeric,
    /// PrintableString: letters, digits, space and `'()+,-./:=?`.
    Printable,
    /// TeletexString, read as ISO 8859-1 as all implementations do.
    Teletex,
    /// UniversalString: UTF-32.
    Universal,
    /// UTF8String.
    Utf8,
    /// VisibleString: ASCII without controls.
    Visible,
}

impl StringType {
    /// The type's name in ASN.1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bmp => "BMPString",
            Self::General => "GeneralString",
            Self::Graphic => "GraphicString",
            Self::Ia5 => "IA5String",
            Self::Numeric => "NumericString",
            Self::Printable => "PrintableString",
            Self::Teletex => "TeletexString",
            Self::Universal => "UniversalString",
            Self::Utf8 => "UTF8String",
            Self::Visible => "VisibleString",
        }
    }

    /// Finds a type by its name in ASN.1.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Bmp,
            Self::General,
            Self::Graphic,
            Self::Ia5,
            Self::Numeric,
            Self::Printable,
            Self::Teletex,
            Self::Universal,
            Self::Utf8,
            Self::Visible,
        ]
        .into_iter()
        .find(|known| known.as_str() == name)
    }

    pub(crate) fn from_tag(tag: u8) -> Option<Self> {
        Some(match tag {
            tag::BMP_STRING => Self::Bmp,
            tag::GENERAL_STRING => Self::General,
            tag::GRAPHIC_STRING => Self::Graphic,
            tag::IA5_STRING => Self::Ia5,
            tag::NUMERIC_STRING => Self::Numeric,
            tag::PRINTABLE_STRING => Self::Printable,
            tag::TELETEX_STRING => Self::Teletex,
            tag::UNIVERSAL_STRING => Self::Universal,
            tag::UTF8_STRING => Self::Utf8,
            tag::VISIBLE_STRING => Self::Visible,
            _ => return None,
        })
    }
}

/// Decodes the text of a string element; `None` if the element is no string or its octets do not fit its type.
pub(crate) fn decode_string(element: &Element<'_>) -> Option<(StringType, String)> {
    let string_type = StringType::from_tag(element.tag)?;
    decode(string_type, element.value).map(|text| (string_type, text))
}

fn decode(string_type: StringType, octets: &[u8]) -> Option<String> {
    let ascii = |fits: fn(u8) -> bool| {
        let text = std::str::from_utf8(octets).ok()?;
        text.bytes().all(fits).then(|| text.to_owned())
    };
    match string_type {
        StringType::Utf8 => std::str::from_utf8(octets).ok().map(str::to_owned),
        StringType::Printable => ascii(is_printable),
        StringType::Ia5 => ascii(|byte| byte.is_ascii()),
        StringType::Numeric => ascii(|byte| byte.is_ascii_digit() || byte == b' '),
        StringType::Visible => ascii(|byte| (0x20..0x7f).contains(&byte)),
        StringType::Teletex | StringType::General | StringType::Graphic => {
            Some(octets.iter().copied().map(char::from).collect())
        }
        StringType::Bmp => {
            let (units, []) = octets.as_chunks::<2>() else { return None };
            units.iter().map(|unit| char::from_u32(u32::from(u16::from_be_bytes(*unit)))).collect()
        }
        StringType::Universal => {
            let (units, []) = octets.as_chunks::<4>() else { return None };
            units.iter().map(|unit| char::from_u32(u32::from_be_bytes(*unit))).collect()
        }
    }
}

/// X.680 41.4: the characters of PrintableString.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// Rejects a string whose octets do not fit its type.
pub(super) fn check_string(element: &Element<'_>) -> Result<(), Error> {
    let fits = match StringType::from_tag(element.tag) {
        None => true,
        Some(StringType::Utf8) => std::str::from_utf8(element.value).is_ok(),
        Some(StringType::Printable) => element.value.iter().copied().all(is_printable),
        Some(StringType::Ia5) => element.value.is_ascii(),
        Some(other) => decode(other, element.value).is_some(),
    };
    if fits {
        Ok(())
    } else {
        Err(element.error(
            codes::DER_STRING,
            format!("a {} has characters that its type does not allow", describe_tag(element.tag)),
        ))
    }
}
