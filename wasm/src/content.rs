//! What an input holds, its tree, and reports.

use certgate_bindings::asn1::{self, Piece};
use certgate_bindings::certgate::diagnostic::{Path, Span, Step};
use certgate_bindings::mend::mend;
use certgate_bindings::sarif::{self, Finding};
use certgate_bindings::view::{DiagnosticView, StepView};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::certificate::Certificate;
use crate::decision::Decision;
use crate::policy::Policy;
use crate::request::Request;
use crate::{failure, plain, view};

/// The pieces of an input.
#[wasm_bindgen]
pub struct Pieces {
    pieces: Vec<Piece>,
}

/// Reads DER, its base64 or PEM blocks of any kind but secrets.
#[wasm_bindgen(js_name = readPieces)]
pub fn read_pieces(input: &[u8]) -> Result<Pieces, JsValue> {
    asn1::pieces(input).map(|pieces| Pieces { pieces }).map_err(|error| failure(&error))
}

#[wasm_bindgen]
impl Pieces {
    /// What each is, in order.
    pub fn kinds(&self) -> Vec<String> {
        self.pieces.iter().map(|piece| piece.kind.to_owned()).collect()
    }

    /// The encoding of one; nothing if there is none.
    pub fn der(&self, index: usize) -> Vec<u8> {
        self.pieces.get(index).map(|piece| piece.der.clone()).unwrap_or_default()
    }
}

/// Whether an input holds a private key or another secret, in any form.
#[wasm_bindgen(js_name = holdsSecret)]
pub fn holds_secret(input: &[u8]) -> bool {
    certgate_bindings::certgate::content::secret(input).is_some()
}

/// An encoding in DER as a tree.
#[wasm_bindgen(js_name = asn1Tree)]
pub fn asn1_tree(der: &[u8]) -> JsValue {
    view(&asn1::tree_of(der))
}

/// DER in PEM.
#[wasm_bindgen(js_name = encodePem)]
pub fn encode_pem(label: &str, der: &[u8]) -> String {
    certgate_bindings::certgate::pem::encode(label, der)
}

/// Diagnostics of one input as SARIF 2.1.0.
#[wasm_bindgen(js_name = sarifLog)]
pub fn sarif_log(uri: &str, diagnostics: JsValue) -> JsValue {
    let diagnostics: Vec<DiagnosticView> = serde_json::from_value(plain(diagnostics)).unwrap_or_default();
    let finding = |diagnostic| Finding { uri: uri.to_owned(), diagnostic };
    view(&sarif::log(&diagnostics.into_iter().map(finding).collect::<Vec<_>>()))
}

#[wasm_bindgen]
impl Request {
    /// The bytes that a path names, as start and end; undefined if it names none.
    pub fn span(&self, path: JsValue) -> Option<Vec<usize>> {
        self.request.as_core().span(&steps(path)).map(ends)
    }

    /// Whether a certificate with the requested names would be for a name.
    #[wasm_bindgen(js_name = isFor)]
    pub fn is_for(&self, name: &str) -> Result<bool, JsValue> {
        self.request.is_for(name).map_err(|error| failure(&error))
    }
}

#[wasm_bindgen]
impl Certificate {
    /// The bytes that a path names, as start and end; undefined if it names none.
    pub fn span(&self, path: JsValue) -> Option<Vec<usize>> {
        self.certificate.as_core().span(&steps(path)).map(ends)
    }
}

#[wasm_bindgen]
impl Policy {
    /// How to make a request that the policy allows, from one that it has judged.
    pub fn mend(&self, decision: &Decision) -> JsValue {
        view(&mend(&self.policy, &decision.decision))
    }
}

/// A path of JavaScript: texts are fields, numbers are indexes.
fn steps(path: JsValue) -> Path {
    let steps: Vec<StepView> = serde_json::from_value(plain(path)).unwrap_or_default();
    let step = |step| match step {
        StepView::Field(field) => Step::from(field),
        StepView::Index(index) => Step::Index(index),
    };
    Path::from(steps.into_iter().map(step).collect::<Vec<_>>())
}

fn ends(span: Span) -> Vec<usize> {
    vec![span.start, span.end]
}
