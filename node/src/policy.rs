//! Policies.

use certgate_bindings::Error;
use certgate_bindings::certgate::policy::Context;
use napi::bindgen_prelude::{Either, Env, Result, Unknown};
use napi_derive::napi;

use crate::decision::Decision;
use crate::held::Held;
use crate::request::Request;
use crate::{context, failure, view};

/// A loaded policy.
#[napi]
pub struct Policy {
    pub(crate) policy: certgate_bindings::Policy,
}

/// Loads a policy from YAML or JSON: a [`Policy`] or a failure.
#[napi(catch_unwind)]
pub fn load_policy<'env>(env: Env, text: String) -> Result<Either<Policy, Unknown<'env>>> {
    match certgate_bindings::Policy::load(&text) {
        Ok(policy) => Ok(Either::A(Policy { policy })),
        Err(error) => failure(env, &error).map(Either::B),
    }
}

/// The text of a ready-made policy; null if there is none of this name.
#[napi(catch_unwind)]
pub fn ready_made_policy(name: String) -> Option<&'static str> {
    certgate_policies::find(&name).map(|policy| policy.text)
}

/// The names of the ready-made policies.
#[napi(catch_unwind)]
pub fn ready_made_policies() -> Vec<&'static str> {
    certgate_policies::ALL.iter().map(|policy| policy.name).collect()
}

#[napi]
impl Policy {
    /// The policy's name.
    #[napi(catch_unwind)]
    pub fn id(&self) -> &str {
        self.policy.id()
    }

    /// The digest of the canonical form.
    #[napi(catch_unwind)]
    pub fn digest(&self) -> &str {
        self.policy.digest()
    }

    /// The text that it was loaded from.
    #[napi(catch_unwind)]
    pub fn source(&self) -> &str {
        self.policy.source().as_str()
    }

    /// The canonical form.
    #[napi(catch_unwind)]
    pub fn canonical_json(&self) -> String {
        self.policy.canonical_json()
    }

    /// Name, digest, description and warnings.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.policy.view())
    }

    /// Judges a request: a [`Decision`] or a failure.
    #[napi(catch_unwind)]
    pub fn evaluate<'env>(
        &self,
        env: Env,
        input: &[u8],
        given: Option<Unknown<'_>>,
        at: Option<String>,
    ) -> Result<Either<Decision, Unknown<'env>>> {
        match certgate_bindings::Request::parse(input) {
            Ok(request) => self.judge(env, &request, context(env, given, at)?),
            Err(error) => failure(env, &error).map(Either::B),
        }
    }

    /// Judges a request that has been parsed: a [`Decision`] or a failure.
    #[napi(catch_unwind)]
    pub fn evaluate_request<'env>(
        &self,
        env: Env,
        request: &Request,
        given: Option<Unknown<'_>>,
        at: Option<String>,
    ) -> Result<Either<Decision, Unknown<'env>>> {
        // First what JavaScript gives: reading it may run code that gives the request back.
        let context = context(env, given, at)?;
        self.judge(env, request.request.get()?, context)
    }

    fn judge<'env>(
        &self,
        env: Env,
        request: &certgate_bindings::Request,
        context: std::result::Result<Context, Error>,
    ) -> Result<Either<Decision, Unknown<'env>>> {
        match context {
            Ok(context) => {
                Ok(Either::A(Decision { decision: Held::new(self.policy.evaluate(request, &context)) }))
            }
            Err(error) => failure(env, &error).map(Either::B),
        }
    }
}
