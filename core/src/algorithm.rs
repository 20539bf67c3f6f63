//! `AlgorithmIdentifier`, as keys and signatures carry it.

use crate::der::{Element, tag};
use crate::diagnostic::{Error, Span};
use crate::oid::Oid;

/// An algorithm and its parameters.
///
/// ```text
/// AlgorithmIdentifier ::= SEQUENCE {
///     algorithm   OBJECT IDENTIFIER,
///     parameters  ANY DEFINED BY algorithm OPTIONAL }
/// ```
///
/// RFC 5280 4.1.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlgorithmIdentifier {
    oid: Oid,
    parameters: Option<Vec<u8>>,
    der: Vec<u8>,
    span: Span,
}

impl AlgorithmIdentifier {
    pub(crate) fn from_element(element: &Element<'_>) -> Result<Self, Error> {
        let mut fields = element.expect(tag::SEQUENCE, "AlgorithmIdentifier")?.contents()?;
        let oid = Oid::from_element(&fields.element()?).map_err(|error| error.within("algorithm"))?;
        let parameters = if fields.is_finished() { None } else { Some(fields.element()?.encoding.to_vec()) };
        fields.finish()?;
        Ok(Self { oid, parameters, der: element.encoding.to_vec(), span: element.span() })
    }

    /// The algorithm.
    pub fn oid(&self) -> &Oid {
        &self.oid
    }

    /// The DER encoding of the parameters; `None` if they are absent.
    pub fn parameters(&self) -> Option<&[u8]> {
        self.parameters.as_deref()
    }

    /// The DER encoding of the whole.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn form(&self) -> ParametersForm {
        match self.parameters.as_deref() {
            None => ParametersForm::Absent,
            Some([tag::NULL, 0]) => ParametersForm::Null,
            Some(_) => ParametersForm::Other,
        }
    }

    pub(crate) fn error(&self, code: crate::diagnostic::Code, message: impl Into<String>) -> Error {
        crate::diagnostic::Diagnostic::new(code, message).with_span(self.span).into()
    }
}

/// What the parameters are, as far as most algorithms care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParametersForm {
    Absent,
    Null,
    Other,
}
