//! An encoding as a tree, and what an input holds.

use certgate::asn1;
use certgate::content::{ContentKind, decode_text, secret};
use certgate::diagnostic::{Diagnostic, codes};
use certgate::limits::Limits;
use certgate::pem;
use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::view::{DiagnosticView, SpanView};

/// One thing that an input holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// `certificate`, `certification request`, `certificate revocation list`, `PKCS #7 bundle`, `OCSP response`,
    /// `public key`, or `unknown content`.
    pub kind: &'static str,
    /// The label of its PEM block.
    pub label: Option<String>,
    /// Its encoding.
    pub der: Vec<u8>,
}

/// An encoding as a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TreeView {
    /// Version of this form: 1.
    pub schema_version: u32,
    /// The elements in the order of their octets.
    pub nodes: Vec<NodeView>,
    /// How many octets the encoding has.
    pub bytes: usize,
    /// Where the walk ended, if early: no element behind this octet is among the nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<usize>,
    /// Why the walk ended early, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<DiagnosticView>,
}

/// One element of an encoding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// How many elements it stands in.
    pub depth: usize,
    /// The whole element.
    pub span: SpanView,
    /// Octets of identifier and length.
    pub header: usize,
    /// First identifier octet.
    pub tag: u8,
    /// The type, such as `SEQUENCE` or `[0]`.
    pub kind: String,
    /// The name of the field, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What a primitive value says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many octets of contents it claims, if it breaks off before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<usize>,
}

/// What an input holds: DER, its base64, or PEM blocks.
///
/// # Errors
/// An input that is empty, too large, damaged, or neither DER nor text; one that holds a private key in any form.
pub fn pieces(input: &[u8]) -> Result<Vec<Piece>, Error> {
    let parse = |error: &certgate::diagnostic::Error| Error::new(ErrorKind::Parse, error);
    if let Some(kind) = secret(input) {
        let diagnostic =
            Diagnostic::new(codes::INPUT_PRIVATE_KEY, format!("the input holds a secret: {}", kind.as_str()))
                .with_found(kind.as_str())
                .with_help("nothing was kept; a private key that has left its machine should be replaced");
        return Err(Error::new(ErrorKind::Parse, &diagnostic.into()));
    }
    let piece = |der: Vec<u8>, label| Piece { kind: ContentKind::of_der(&der).as_str(), label, der };
    if input.first() == Some(&0x30) && ContentKind::of_der(input) != ContentKind::Unknown {
        return Ok(vec![piece(input.to_vec(), None)]);
    }
    let limits = Limits::revocation_list();
    let text = decode_text(input, &limits).map_err(|error| {
        // Octets that are no text may be an encoding with a fault, which the tree shows.
        parse(&error)
    });
    let text = match text {
        Err(_) if input.first() == Some(&0x30) => return Ok(vec![piece(input.to_vec(), None)]),
        other => other?,
    };
    if text.trim().is_empty() {
        let diagnostic = Diagnostic::new(codes::INPUT_EMPTY, "the input is empty");
        return Err(Error::new(ErrorKind::Parse, &diagnostic.into()));
    }
    let blocks = pem::blocks(text, &limits).map_err(|error| parse(&error))?;
    if blocks.is_empty() {
        let octets = pem::decode_base64(text).map_err(|error| parse(&error))?.octets;
        return Ok(vec![piece(octets, None)]);
    }
    blocks
        .iter()
        .map(|block| {
            let der = block.decode().map_err(|error| parse(&error))?.octets;
            Ok(piece(der, Some(block.label.to_owned())))
        })
        .collect()
}

/// The tree of an encoding in DER, PEM or base64: of the first one that the input holds.
///
/// # Errors
/// As [`pieces`]. A fault within the encoding is no error: the tree shows it.
pub fn tree(input: &[u8]) -> Result<TreeView, Error> {
    let first = pieces(input)?.into_iter().next();
    Ok(tree_of(&first.map(|piece| piece.der).unwrap_or_default()))
}

/// The tree of an encoding in DER.
pub fn tree_of(der: &[u8]) -> TreeView {
    let tree = asn1::tree(der, &Limits::default());
    let node = |node: asn1::Node| NodeView {
        depth: node.depth,
        span: SpanView { start: node.span.start, end: node.span.end },
        header: node.header,
        tag: node.tag,
        kind: node.kind,
        field: node.field.map(str::to_owned),
        value: node.value,
        claimed: node.claimed,
    };
    TreeView {
        schema_version: crate::view::SCHEMA_VERSION,
        nodes: tree.nodes.into_iter().map(node).collect(),
        bytes: der.len(),
        cut: tree.cut,
        fault: tree.fault.as_ref().map(DiagnosticView::new),
    }
}
