//! What is done with policies besides judging by them, on the thread pool of libuv.

use certgate_bindings::Error;
use certgate_bindings::tools::{Answer, Call};
use napi::ScopedTask;
use napi::bindgen_prelude::{AsyncTask, Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::answer;
use crate::batch::contained;

/// One call.
pub struct ToolTask {
    call: std::result::Result<Call, Error>,
    inputs: Vec<Uint8Array>,
}

impl<'env> ScopedTask<'env> for ToolTask {
    type Output = std::result::Result<Answer, Error>;
    type JsValue = Unknown<'env>;

    fn compute(&mut self) -> Result<Self::Output> {
        contained(|| self.call.as_ref().map_err(Clone::clone).and_then(|call| call.run(&self.inputs)))
    }

    fn resolve(&mut self, env: &'env Env, output: Self::Output) -> Result<Self::JsValue> {
        answer(*env, output)
    }
}

/// Does what a call says, over inputs that the caller does not change again: its answer or a failure.
#[napi(catch_unwind)]
pub fn run_tool(env: Env, call: Unknown<'_>, inputs: Vec<Uint8Array>) -> Result<AsyncTask<ToolTask>> {
    let call = Call::from_value(env.from_js_value(call)?);
    Ok(AsyncTask::new(ToolTask { call, inputs }))
}
