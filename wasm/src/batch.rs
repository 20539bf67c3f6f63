//! Many inputs at once, for workers: the answers are texts, which cross to other threads cheaply.

use certgate_bindings::{Error, FailureView, Inputs, VerifyDocument, view_path};
use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::plain;
use crate::policy::Policy;
use crate::verifier::{Evidence, Verifier};

/// The word of a call that failed.
const FAILED: &str = "failed";

#[wasm_bindgen]
impl Policy {
    /// Judges requests that stand one after the other in `data`, each in its context or all in the same. Two texts for each:
    /// the outcome, and the decision in JSON; or `failed`, and the failure in JSON.
    #[wasm_bindgen(js_name = checkMany)]
    pub fn check_many(&self, data: &[u8], ends: &[u32], contexts: &Array, at: &str) -> Vec<String> {
        let contexts: Vec<_> = contexts.iter().map(|given| crate::read_context(given, at)).collect();
        let mut answers = Vec::new();
        for result in self.policy.check_many(Inputs::new(data, ends), &contexts) {
            match result {
                Ok(decision) => {
                    answers.extend([decision.outcome().as_str().to_owned(), json(&decision.view())]);
                }
                Err(error) => answers.extend(failed(&error)),
            }
        }
        answers
    }
}

#[wasm_bindgen]
impl Verifier {
    /// Verifies certificates that stand one after the other in `data`, each by its options or all by the same; `parts` is
    /// the number of inputs that make up each bundle. Two texts for each: `verified` and the path in JSON, or `failed` and
    /// the failure in JSON.
    #[wasm_bindgen(js_name = verifyMany)]
    pub fn verify_many(
        &self,
        data: &[u8],
        ends: &[u32],
        parts: &[u32],
        at: &str,
        options: &Array,
        evidence: &Evidence,
    ) -> Vec<String> {
        let documents: Vec<_> =
            options.iter().map(|given| VerifyDocument::from_value(plain(given))).collect();
        let results = certgate_bindings::parse_time(at).map(|at| {
            self.verifier.verify_many(Inputs::new(data, ends), parts, at, &documents, &evidence.evidence)
        });
        let results = results.unwrap_or_else(|error| parts.iter().map(|_| Err(error.clone())).collect());
        let mut answers = Vec::new();
        for result in results {
            match result {
                Ok(Ok(path)) => answers.extend(["verified".to_owned(), json(&view_path(&path))]),
                Ok(Err(not_verified)) => {
                    answers.extend([FAILED.to_owned(), json(&FailureView::from(not_verified))]);
                }
                Err(error) => answers.extend(failed(&error)),
            }
        }
        answers
    }
}

fn failed(error: &Error) -> [String; 2] {
    [FAILED.to_owned(), json(&FailureView::from(error))]
}

fn json(value: &impl Serialize) -> String {
    // Plain data with text keys: serialising it cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}
