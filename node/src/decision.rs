//! Decisions.

use napi::bindgen_prelude::{Env, Result, Unknown};
use napi_derive::napi;

use crate::held::Held;
use crate::request::Request;
use crate::view;

/// What a policy says of a request.
#[napi]
pub struct Decision {
    pub(crate) decision: Held<certgate_bindings::Decision>,
}

#[napi]
impl Decision {
    /// `allowed`, `denied` or `notApplicable`.
    #[napi(catch_unwind)]
    pub fn outcome(&self) -> Result<&'static str> {
        Ok(self.decision.get()?.outcome().as_str())
    }

    /// Every reason why not.
    #[napi(catch_unwind)]
    pub fn reasons<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.decision.get()?.reasons())
    }

    /// What should be mended or known.
    #[napi(catch_unwind)]
    pub fn warnings<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.decision.get()?.warnings())
    }

    /// Exactly what would be issued; null unless allowed.
    #[napi(catch_unwind)]
    pub fn template<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.decision.get()?.template())
    }

    /// The request that was judged.
    #[napi(catch_unwind)]
    pub fn request(&self) -> Result<Request> {
        Ok(Request { request: Held::new(self.decision.get()?.request().clone()) })
    }

    /// The whole decision as plain data.
    #[napi(catch_unwind)]
    pub fn view<'env>(&self, env: Env) -> Result<Unknown<'env>> {
        view(env, &self.decision.get()?.view())
    }

    /// Gives back what is held.
    #[napi(catch_unwind)]
    pub fn free(&mut self) {
        self.decision.free();
    }
}
