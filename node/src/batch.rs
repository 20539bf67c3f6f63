//! Many inputs at once, on the thread pool of libuv: a task a slice, which the TypeScript facade cuts.
#![expect(
    clippy::too_many_arguments,
    reason = "each is an array of its own, so that one call crosses the border"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::certgate::policy::Context;
use certgate_bindings::certgate::time::Timestamp;
use certgate_bindings::{Error, FailureView, Inputs, Verified, VerifyDocument};
use napi::bindgen_prelude::{AsyncTask, Either, Env, Result, Uint8Array, Uint32Array, Unknown};
use napi::{Error as HostError, ScopedTask, ValueType};
use napi_derive::napi;

use crate::decision::Decision;
use crate::held::Held;
use crate::policy::Policy;
use crate::verifier::{Evidence, VerifiedPath, Verifier};
use crate::{failure, view};

/// Requests to be judged.
pub struct CheckTask {
    policy: certgate_bindings::Policy,
    data: Uint8Array,
    ends: Uint32Array,
    contexts: Vec<std::result::Result<Context, Error>>,
}

impl<'env> ScopedTask<'env> for CheckTask {
    type Output = Vec<std::result::Result<certgate_bindings::Decision, Error>>;
    type JsValue = Vec<Either<Decision, Unknown<'env>>>;

    fn compute(&mut self) -> Result<Self::Output> {
        contained(|| self.policy.check_many(Inputs::new(&self.data, &self.ends), &self.contexts))
    }

    fn resolve(&mut self, env: &'env Env, output: Self::Output) -> Result<Self::JsValue> {
        let answer = |result| match result {
            Ok(decision) => Ok(Either::A(Decision { decision: Held::new(decision) })),
            Err(error) => failure(*env, &error).map(Either::B),
        };
        output.into_iter().map(answer).collect()
    }
}

/// Certificates to be verified.
pub struct VerifyTask {
    verifier: certgate_bindings::Verifier,
    data: Uint8Array,
    ends: Uint32Array,
    parts: Uint32Array,
    at: std::result::Result<Timestamp, Error>,
    documents: Vec<std::result::Result<VerifyDocument, Error>>,
    evidence: certgate_bindings::Evidence,
}

impl<'env> ScopedTask<'env> for VerifyTask {
    type Output = Vec<Verified>;
    type JsValue = Vec<Either<VerifiedPath, Unknown<'env>>>;

    fn compute(&mut self) -> Result<Self::Output> {
        let at = match &self.at {
            Ok(at) => *at,
            Err(error) => return Ok(self.parts.iter().map(|_| Err(error.clone())).collect()),
        };
        let inputs = Inputs::new(&self.data, &self.ends);
        contained(|| self.verifier.verify_many(inputs, &self.parts, at, &self.documents, &self.evidence))
    }

    fn resolve(&mut self, env: &'env Env, output: Self::Output) -> Result<Self::JsValue> {
        let answer = |result| match result {
            Ok(Ok(path)) => Ok(Either::A(VerifiedPath { path: Held::new(path) })),
            Ok(Err(not_verified)) => view(*env, &FailureView::from(not_verified)).map(Either::B),
            Err(error) => failure(*env, &error).map(Either::B),
        };
        output.into_iter().map(answer).collect()
    }
}

#[napi]
impl Policy {
    /// Judges requests that stand one after the other in `data`, each in its context or all in the same. The caller does not
    /// change `data` and `ends` again.
    #[napi(catch_unwind)]
    pub fn check_many(
        &self,
        env: Env,
        data: Uint8Array,
        ends: Uint32Array,
        contexts: Vec<Unknown<'_>>,
        at: String,
    ) -> Result<AsyncTask<CheckTask>> {
        let read = |given: Unknown<'_>| {
            let given = (given.get_type()? != ValueType::Null).then_some(given);
            crate::context(env, given, Some(at.clone()))
        };
        let contexts = contexts.into_iter().map(read).collect::<Result<_>>()?;
        Ok(AsyncTask::new(CheckTask { policy: self.policy.clone(), data, ends, contexts }))
    }
}

#[napi]
impl Verifier {
    /// Verifies certificates that stand one after the other in `data`, each by its options or all by the same; `parts` is
    /// the number of inputs that make up each bundle. The caller does not change the arrays again.
    #[napi(catch_unwind)]
    pub fn verify_many(
        &self,
        env: Env,
        data: Uint8Array,
        ends: Uint32Array,
        parts: Uint32Array,
        at: String,
        options: Vec<Unknown<'_>>,
        evidence: &Evidence,
    ) -> Result<AsyncTask<VerifyTask>> {
        let read = |given| Ok(VerifyDocument::from_value(env.from_js_value(given)?));
        Ok(AsyncTask::new(VerifyTask {
            verifier: self.verifier.clone(),
            data,
            ends,
            parts,
            at: certgate_bindings::parse_time(&at),
            documents: options.into_iter().map(read).collect::<Result<_>>()?,
            evidence: evidence.evidence.get()?.clone(),
        }))
    }
}

/// A panic of a thread of the pool would end the process.
pub(crate) fn contained<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let diagnostic = Diagnostic::new(codes::INTERNAL_UNEXPECTED, "certgate has a fault");
        HostError::from_reason(diagnostic.to_string())
    })
}
