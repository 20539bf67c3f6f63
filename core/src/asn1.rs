//! An encoding as a tree: every element with its place, its type, the name of its field and its value. For people who want
//! to see the bytes; nothing is judged here.

use crate::content::ContentKind;
use crate::der::{self, Decoder, Element, decode_string, describe_tag, tag};
use crate::diagnostic::{Diagnostic, Span, codes};
use crate::limits::Limits;
use crate::name::hex;
use crate::oid::Oid;

mod grammar;

use grammar::Shape;

/// Octets of a value that are shown in hexadecimal; the others are counted.
const SHOWN_OCTETS: usize = 24;

/// One element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How many elements it stands in. Contents of an octet string that are an encoding again count as standing in it.
    pub depth: usize,
    /// The whole element.
    pub span: Span,
    /// Octets of identifier and length.
    pub header: usize,
    /// First identifier octet.
    pub tag: u8,
    /// The type in the words of ASN.1, such as `SEQUENCE` or `[0]`.
    pub kind: String,
    /// The name that the standard gives the field, such as `subjectPublicKeyInfo`.
    pub field: Option<&'static str>,
    /// What a primitive value says.
    pub value: Option<String>,
    /// How many octets of contents it claims, if it breaks off before.
    pub claimed: Option<usize>,
}

/// The elements of an encoding in the order of their octets, and why the walk ended early, if it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The elements.
    pub nodes: Vec<Node>,
    /// The first place that is no DER, or the limit that was reached.
    pub fault: Option<Diagnostic>,
    /// Where the walk ended, if early: no element behind this octet is among the nodes.
    pub cut: Option<usize>,
}

/// Why the walk ended early, and where.
struct Cut {
    fault: Diagnostic,
    at: usize,
}

/// Elements that are still to be read, of one constructed value.
struct Frame<'a> {
    decoder: Decoder<'a>,
    shape: Shape,
    /// How many fields of the shape have passed.
    position: usize,
    /// The object identifier that says what follows it.
    oid: Option<Oid>,
}

/// Walks an encoding. It goes as far as the elements can be told apart, so that a fault is seen among its neighbours: into an
/// element that breaks off, too, for what is left of it.
/// Iterative, so that nesting costs no stack.
pub fn tree(input: &[u8], limits: &Limits) -> Tree {
    let mut nodes = Vec::new();
    let (fault, cut) = match walk(input, limits, &mut nodes) {
        Ok(()) => (None, None),
        Err(Cut { fault, at }) => (Some(fault), Some(at)),
    };
    Tree { nodes, fault, cut }
}

fn walk(input: &[u8], limits: &Limits, nodes: &mut Vec<Node>) -> Result<(), Cut> {
    if input.len() > limits.der_bytes {
        let message = format!("the encoding has {} bytes, more than {}", input.len(), limits.der_bytes);
        return Err(Cut { fault: Diagnostic::new(codes::LIMIT_DER_BYTES, message), at: 0 });
    }
    let shape = Shape::Fields(grammar::of_content(ContentKind::of_der(input)));
    let outermost = Decoder::new(input, 0).map_err(|error| Cut { fault: first(&error), at: 0 })?;
    let mut frames = vec![Frame::new(outermost, shape)];
    // An element that broke off, and how many frames there are within it: it is the last thing that is walked.
    let mut broken: Option<(Diagnostic, usize)> = None;
    while let Some(depth) = frames.len().checked_sub(1) {
        let Some(frame) = frames.last_mut() else { break };
        let at = frame.decoder.offset();
        let cut = |fault: Diagnostic| Cut { fault, at };
        if frame.decoder.is_finished() {
            match broken {
                Some((fault, within)) if within == frames.len() => return Err(cut(fault)),
                _ => frames.pop(),
            };
            continue;
        }
        if nodes.len() >= limits.der_elements {
            let message = format!("the encoding has more than {} elements", limits.der_elements);
            let span = Span { start: at, end: input.len() };
            return Err(cut(Diagnostic::new(codes::LIMIT_DER_ELEMENTS, message).with_span(span)));
        }
        let before = frame.decoder.clone();
        let (element, claimed) = match frame.decoder.element() {
            Ok(element) => (element, None),
            Err(error) => {
                let fault = broken.take().map_or_else(|| first(&error), |(outer, _)| outer);
                let Some((element, claimed)) = before.broken() else { return Err(cut(fault)) };
                broken = Some((fault, frames.len().saturating_add(1)));
                (element, Some(claimed))
            }
        };
        let Some(frame) = frames.last_mut() else { break };
        let (field, shape) = frame.next(&element);
        let inner = contents(&element, field, limits);
        let value = match (&inner, shape) {
            (Some(_), _) => None,
            (None, Shape::Withheld) => Some("(not shown)".to_owned()),
            (None, _) => value(&element, limits),
        };
        nodes.push(Node {
            depth,
            span: element.span(),
            header: element.value_start().saturating_sub(element.span().start),
            tag: element.tag,
            kind: describe_tag(element.tag).trim_start_matches("constructed ").to_owned(),
            field,
            value,
            claimed,
        });
        match (inner, claimed, broken.take()) {
            (Some(decoder), _, outer) => {
                broken = outer;
                if frames.len() > limits.der_depth.saturating_mul(2) {
                    let deepest = limits.der_depth.saturating_mul(2);
                    let message = format!("values are nested deeper than {deepest}");
                    let fault = Diagnostic::new(codes::LIMIT_DER_DEPTH, message).with_span(element.span());
                    return Err(Cut { fault, at: element.value_start() });
                }
                frames.push(Frame::new(decoder, shape));
            }
            (None, Some(_), Some((fault, _))) => return Err(Cut { fault, at: element.span().end }),
            (None, _, outer) => broken = outer,
        }
    }
    Ok(())
}

fn first(error: &crate::diagnostic::Error) -> Diagnostic {
    let mut faults = error.diagnostics().iter().cloned();
    faults.next().unwrap_or_else(|| Diagnostic::new(codes::DER_TRUNCATED, "the encoding ends early"))
}

impl<'a> Frame<'a> {
    fn new(decoder: Decoder<'a>, shape: Shape) -> Self {
        Self { decoder, shape, position: 0, oid: None }
    }

    /// The name and the shape of the element that comes next.
    fn next(&mut self, element: &Element<'_>) -> (Option<&'static str>, Shape) {
        let (field, shape) = self.shape.step(&mut self.position, element.tag, self.oid.as_ref());
        if element.tag == tag::OBJECT_IDENTIFIER {
            self.oid = Some(Oid::from_octets(element.value));
        }
        (field, shape)
    }
}

/// The contents, if they are elements: of a constructed value, and of a string of octets that holds an encoding.
fn contents<'a>(element: &Element<'a>, field: Option<&'static str>, limits: &Limits) -> Option<Decoder<'a>> {
    if element.is_constructed() {
        return element.contents().ok();
    }
    let (octets, start) = match (element.tag, element.value) {
        (tag::OCTET_STRING, octets) => (octets, element.value_start()),
        (tag::BIT_STRING, [0, octets @ ..]) => (octets, element.value_start().saturating_add(1)),
        _ => return None,
    };
    let certain = field == Some("extnValue") || octets.first().is_some_and(|first| first & 0x20 != 0);
    (certain && der::check(octets, start, limits).is_ok()).then(|| Decoder::new(octets, start).ok())?
}

fn value(element: &Element<'_>, limits: &Limits) -> Option<String> {
    if let Some((_, text)) = decode_string(element) {
        return Some(text);
    }
    match element.tag {
        tag::BOOLEAN => Some(if element.value == [0] { "FALSE" } else { "TRUE" }.to_owned()),
        tag::NULL => None,
        tag::INTEGER | tag::ENUMERATED => Some(integer(element.value)),
        tag::OBJECT_IDENTIFIER if der::check_oid(element, limits).is_ok() => {
            let oid = Oid::from_octets(element.value);
            Some(oid.name().map_or_else(|| oid.to_string(), |name| format!("{name} ({oid})")))
        }
        tag::UTC_TIME | tag::GENERALIZED_TIME => {
            std::str::from_utf8(element.value).ok().map(str::to_owned).or_else(|| Some(octets(element.value)))
        }
        // An implicit tag hides the type. A text is what it most often hides.
        0x80..=0x9e if is_plain_text(element.value) => String::from_utf8(element.value.to_vec()).ok(),
        _ => Some(octets(element.value)),
    }
}

fn is_plain_text(value: &[u8]) -> bool {
    value.len() > 4 && value.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// Decimal up to 64 bits, else hexadecimal.
fn integer(value: &[u8]) -> String {
    let sign = value.first().map_or(0, |first| if first & 0x80 != 0 { 0xff } else { 0 });
    let mut bytes = [sign; 8];
    match bytes.len().checked_sub(value.len()).and_then(|start| bytes.get_mut(start..)) {
        Some(slot) if !value.is_empty() => {
            slot.copy_from_slice(value);
            i64::from_be_bytes(bytes).to_string()
        }
        _ => octets(value),
    }
}

/// The first octets in hexadecimal, and how many there are if not all are shown.
fn octets(value: &[u8]) -> String {
    match value.get(..SHOWN_OCTETS) {
        Some(shown) if shown.len() < value.len() => format!("{}… ({} bytes)", hex(shown), value.len()),
        _ => hex(value),
    }
}
