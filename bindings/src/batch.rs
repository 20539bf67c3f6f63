//! Many inputs at once: one answer each, whatever became of the others.

use certgate::diagnostic::{Diagnostic, codes};
use certgate::limits::Limits;
use certgate::policy::Context;
use certgate::time::Timestamp;
use certgate::verify::VerifiedPath;

use crate::error::{Error, ErrorKind};
use crate::policy::{Decision, Policy};
use crate::request::Request;
use crate::verify::{Bundle, Evidence, Verifier, VerifyDocument};
use crate::view::NotVerifiedView;

/// Inputs that stand one after the other in one array of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    data: &'a [u8],
    ends: &'a [u32],
}

impl<'a> Inputs<'a> {
    /// Inputs by the offsets of their ends. An end that lies outside the data, or before its start, makes an empty input.
    pub fn new(data: &'a [u8], ends: &'a [u32]) -> Self {
        Self { data, ends }
    }

    fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let offset = |end: u32| usize::try_from(end).unwrap_or(usize::MAX);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(self.ends)
            .map(move |(start, end)| self.data.get(offset(start)..offset(*end)).unwrap_or_default())
    }
}

/// What is the same for all inputs, or has one item for each.
fn of<T>(items: &[T], index: usize) -> Option<&T> {
    match items {
        [one] => Some(one),
        several => several.get(index),
    }
}

fn missing() -> Error {
    let diagnostic =
        Diagnostic::new(codes::CONTEXT_VALUE, "there is neither one context nor one for each input");
    diagnostic.at(["contexts"]).into()
}

impl Policy {
    /// Judges requests, each in its context or all in the one that is given.
    pub fn check_many(
        &self,
        requests: Inputs<'_>,
        contexts: &[Result<Context, Error>],
    ) -> Vec<Result<Decision, Error>> {
        let check = |(index, input): (usize, &[u8])| {
            let context = of(contexts, index).ok_or_else(missing)?.as_ref().map_err(Clone::clone)?;
            Ok(self.evaluate(&Request::parse(input)?, context))
        };
        requests.iter().enumerate().map(check).collect()
    }
}

/// What became of one of several certificates: a path, or why there is none, or why nothing could be said.
pub type Verified = Result<Result<VerifiedPath, NotVerifiedView>, Error>;

impl Verifier {
    /// Verifies the first certificates of bundles. `parts` is the number of inputs that make up each bundle.
    pub fn verify_many(
        &self,
        inputs: Inputs<'_>,
        parts: &[u32],
        at: Timestamp,
        documents: &[Result<VerifyDocument, Error>],
        evidence: &Evidence,
    ) -> Vec<Verified> {
        let mut inputs = inputs.iter();
        let verify = |(index, parts): (usize, &u32)| {
            let parts: Vec<&[u8]> =
                inputs.by_ref().take(usize::try_from(*parts).unwrap_or(usize::MAX)).collect();
            let document = of(documents, index).ok_or_else(missing)?.as_ref().map_err(Clone::clone)?;
            let mut bundle = Bundle::default();
            for part in parts {
                bundle.extend(Bundle::parse(part)?);
            }
            self.verify_presented(&bundle, at, document, evidence)
        };
        parts.iter().enumerate().map(verify).collect()
    }
}

/// The most bytes that any input may have: nothing longer is read, so hosts need not take it over.
pub fn longest_input() -> usize {
    Limits::revocation_list().text_bytes
}

/// The error of an input that is longer than [`longest_input`].
pub fn too_long(length: u64) -> Error {
    let message = format!("the input has {length} bytes, more than {}", longest_input());
    Error::new(ErrorKind::Parse, &Diagnostic::new(codes::LIMIT_TEXT_BYTES, message).into())
}
