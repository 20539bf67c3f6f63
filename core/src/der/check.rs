use super::{Decoder, Element, describe_tag, tag, text};
use crate::diagnostic::{Error, codes};
use crate::limits::Limits;

/// One constructed value that is being read.
struct Frame<'a> {
    decoder: Decoder<'a>,
    is_set: bool,
    /// The child before, where the order of children matters.
    previous: Option<&'a [u8]>,
}

/// Requests and certificates are not nested deeper.
const USUAL_DEPTH: usize = 10;

/// Checks that `input` is exactly one value in DER: canonical lengths and primitives, sorted sets, nothing behind it, and
/// within the limits of depth and number. Iterative, so that nesting costs no stack. Contents of octet strings are not
/// looked into: whoever reads them calls this again.
pub(crate) fn check(input: &[u8], base: usize, limits: &Limits) -> Result<(), Error> {
    if input.len() > limits.der_bytes {
        return Err(Error::new(
            codes::LIMIT_DER_BYTES,
            format!("the encoding has {} bytes, more than {}", input.len(), limits.der_bytes),
        ));
    }
    let mut outer = Decoder::new(input, base)?;
    let mut frames: Vec<Frame<'_>> = Vec::with_capacity(limits.der_depth.min(USUAL_DEPTH));
    let mut elements: usize = 0;
    let first = outer.element()?;
    if !outer.is_finished() {
        return outer.finish();
    }
    frames.extend(enter(&first, 0, &mut elements, limits)?);
    while let Some(frame) = frames.last_mut() {
        if frame.decoder.is_finished() {
            frames.pop();
            continue;
        }
        let child = frame.decoder.element()?;
        if frame.is_set {
            if frame.previous.is_some_and(|previous| previous > child.encoding) {
                return Err(child.error(
                    codes::DER_SET_ORDER,
                    "the members of a SET OF are not in ascending order of their encodings",
                ));
            }
            frame.previous = Some(child.encoding);
        }
        if let Some(inner) = enter(&child, frames.len(), &mut elements, limits)? {
            frames.push(inner);
        }
    }
    Ok(())
}

/// Checks an element within `depth` others; its contents, if it is constructed, come next.
#[inline]
fn enter<'a>(
    element: &Element<'a>,
    depth: usize,
    elements: &mut usize,
    limits: &Limits,
) -> Result<Option<Frame<'a>>, Error> {
    *elements = elements.saturating_add(1);
    if *elements > limits.der_elements {
        return Err(element.error(
            codes::LIMIT_DER_ELEMENTS,
            format!("the encoding has more than {} elements", limits.der_elements),
        ));
    }
    if !element.is_constructed() {
        return check_primitive(element, limits).map(|()| None);
    }
    if depth >= limits.der_depth {
        return Err(element
            .error(codes::LIMIT_DER_DEPTH, format!("values are nested deeper than {}", limits.der_depth)));
    }
    Ok(Some(Frame { decoder: element.contents()?, is_set: element.tag == tag::SET, previous: None }))
}

fn check_primitive(element: &Element<'_>, limits: &Limits) -> Result<(), Error> {
    match element.tag {
        tag::BOOLEAN => match element.value {
            [0x00 | 0xff] => Ok(()),
            _ => Err(element.error(codes::DER_BOOLEAN, "a BOOLEAN is neither 00 nor ff")),
        },
        tag::INTEGER | tag::ENUMERATED => check_integer(element),
        tag::BIT_STRING => check_bit_string(element),
        tag::NULL if !element.value.is_empty() => Err(element.error(codes::DER_NULL, "a NULL has contents")),
        tag::OBJECT_IDENTIFIER => check_oid(element, limits),
        _ => text::check_string(element),
    }
}

fn check_integer(element: &Element<'_>) -> Result<(), Error> {
    match element.value {
        [] => Err(element.error(codes::DER_INTEGER, format!("an {} is empty", describe_tag(element.tag)))),
        [0x00, second, ..] if second & 0x80 == 0 => {
            Err(element.error(codes::DER_INTEGER, "an INTEGER begins with a zero byte that is not needed"))
        }
        [0xff, second, ..] if second & 0x80 != 0 => {
            Err(element.error(codes::DER_INTEGER, "an INTEGER begins with an ff byte that is not needed"))
        }
        _ => Ok(()),
    }
}

fn check_bit_string(element: &Element<'_>) -> Result<(), Error> {
    let problem = match element.value {
        [] => "a BIT STRING is empty",
        [unused, ..] if *unused > 7 => "a BIT STRING claims more than 7 unused bits",
        [unused] if *unused != 0 => "a BIT STRING without octets claims unused bits",
        [unused, .., last] if u32::from(*last).trailing_zeros() < u32::from(*unused) => {
            "the unused bits of a BIT STRING are not zero"
        }
        _ => return Ok(()),
    };
    Err(element.error(codes::DER_BIT_STRING, problem))
}

/// Checks the octets of an OBJECT IDENTIFIER, also where an implicit tag hides the type.
pub(crate) fn check_oid(element: &Element<'_>, limits: &Limits) -> Result<(), Error> {
    let problem = if element.value.is_empty() {
        "an OBJECT IDENTIFIER is empty"
    } else if element.value.len() > limits.oid_bytes {
        "an OBJECT IDENTIFIER is too long"
    } else if element.value.last().is_some_and(|last| last & 0x80 != 0) {
        "an OBJECT IDENTIFIER ends within an arc"
    } else if element.value.first() == Some(&0x80)
        || element.value.windows(2).any(|pair| matches!(pair, [before, 0x80] if before & 0x80 == 0))
    {
        "an arc of an OBJECT IDENTIFIER is not in its shortest form"
    } else {
        return Ok(());
    };
    Err(element.error(codes::DER_OID, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Span};

    fn code_of(input: &[u8]) -> Option<Code> {
        check(input, 0, &Limits::default()).err().map(|error| error.code())
    }

    #[test]
    fn canonical_values_pass() {
        for input in [
            &[0x30, 0x00][..],
            &[0x01, 0x01, 0xff],
            &[0x02, 0x02, 0x00, 0x80],
            &[0x03, 0x02, 0x01, 0x80],
            &[0x06, 0x03, 0x55, 0x04, 0x03],
            &[0x31, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02],
            &[0x1c, 0x04, 0x00, 0x00, 0x00, 0x41],
        ] {
            assert_eq!(code_of(input), None, "{input:02x?}");
        }
    }

    #[test]
    fn each_departure_has_its_code() {
        for (input, code) in [
            (&[][..], codes::DER_TRUNCATED),
            (&[0x30, 0x00, 0x00], codes::DER_TRAILING_DATA),
            (&[0x30, 0x80, 0x00, 0x00], codes::DER_INDEFINITE_LENGTH),
            (&[0x30, 0x81, 0x01, 0x05], codes::DER_NON_MINIMAL_LENGTH),
            (&[0x30, 0x85, 1, 0, 0, 0, 0], codes::DER_LENGTH_TOO_LARGE),
            (&[0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], codes::DER_LENGTH_TOO_LARGE),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], codes::DER_TRUNCATED),
            (&[0x30, 0x03, 0x02, 0x02, 0x01], codes::DER_TRUNCATED),
            (&[0x24, 0x03, 0x04, 0x01, 0x00], codes::DER_CONSTRUCTED_STRING),
            (&[0x01, 0x01, 0x01], codes::DER_BOOLEAN),
            (&[0x02, 0x00], codes::DER_INTEGER),
            (&[0x02, 0x02, 0x00, 0x7f], codes::DER_INTEGER),
            (&[0x02, 0x02, 0xff, 0x80], codes::DER_INTEGER),
            (&[0x03, 0x00], codes::DER_BIT_STRING),
            (&[0x03, 0x02, 0x08, 0x00], codes::DER_BIT_STRING),
            (&[0x03, 0x01, 0x01], codes::DER_BIT_STRING),
            (&[0x03, 0x02, 0x01, 0x81], codes::DER_BIT_STRING),
            (&[0x05, 0x01, 0x00], codes::DER_NULL),
            (&[0x06, 0x00], codes::DER_OID),
            (&[0x06, 0x02, 0x80, 0x01], codes::DER_OID),
            (&[0x06, 0x03, 0x55, 0x80, 0x01], codes::DER_OID),
            (&[0x06, 0x02, 0x55, 0x81], codes::DER_OID),
            (&[0x0c, 0x01, 0xff], codes::DER_STRING),
            (&[0x0c, 0x02, 0xc0, 0x80], codes::DER_STRING),
            (&[0x13, 0x01, b'*'], codes::DER_STRING),
            (&[0x16, 0x01, 0x80], codes::DER_STRING),
            (&[0x31, 0x06, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01], codes::DER_SET_ORDER),
            (&[0x1f, 0x01, 0x00], codes::DER_UNSUPPORTED_TYPE),
        ] {
            assert_eq!(code_of(input), Some(code), "{input:02x?}");
        }
    }

    #[test]
    fn nesting_and_number_are_counted() {
        let mut nested = vec![0x05, 0x00];
        for _ in 0..20_000 {
            let mut outer = vec![0x30];
            match nested.len() {
                len @ 0..=0x7f => outer.push(u8::try_from(len).unwrap()),
                len @ 0x80..=0xff => outer.extend([0x81, u8::try_from(len).unwrap()]),
                len @ 0x100..=0xffff => {
                    outer.push(0x82);
                    outer.extend(u16::try_from(len).unwrap().to_be_bytes());
                }
                len => {
                    outer.push(0x83);
                    outer.extend(&u32::try_from(len).unwrap().to_be_bytes()[1..]);
                }
            }
            outer.extend(nested);
            nested = outer;
        }
        assert_eq!(code_of(&nested), Some(codes::LIMIT_DER_DEPTH));

        let mut many = vec![0x30, 0x82, 0xea, 0x60];
        many.extend([0x05, 0x00].repeat(30_000));
        assert_eq!(code_of(&many), Some(codes::LIMIT_DER_ELEMENTS));
        assert_eq!(code_of(&vec![0x30; (1 << 20) + 1]), Some(codes::LIMIT_DER_BYTES));
    }

    #[test]
    fn offsets_are_absolute() {
        let error = check(&[0x30, 0x03, 0x01, 0x01, 0x02], 100, &Limits::default()).unwrap_err();
        assert_eq!(error.diagnostics()[0].span(), Some(Span { start: 102, end: 105 }));
    }
}
