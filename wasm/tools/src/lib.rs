//! WebAssembly host of what is done with policies besides judging by them: over texts and bytes, for no handle of the main
//! module can be given to another one.

use certgate_bindings::tools::Call;
use certgate_bindings::{Error, FailureView};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The inputs of a call.
#[wasm_bindgen]
#[derive(Default)]
pub struct Inputs {
    inputs: Vec<Vec<u8>>,
}

#[wasm_bindgen]
impl Inputs {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn push(&mut self, input: Vec<u8>) {
        self.inputs.push(input);
    }
}

/// Does what a call says; throws `{ error }`.
#[wasm_bindgen(js_name = runTool)]
pub fn run_tool(call: JsValue, inputs: &Inputs) -> Result<JsValue, JsValue> {
    // What is no plain data becomes null, which is no call.
    let call = serde_wasm_bindgen::from_value(call).unwrap_or_default();
    let answer = Call::from_value(call).and_then(|call| call.run(&inputs.inputs));
    answer.map(|answer| view(&answer)).map_err(|error| failure(&error))
}

/// Selects the back ends by name, once: for tests.
#[wasm_bindgen(js_name = selectCrypto)]
pub fn select_crypto(name: &str) -> bool {
    certgate_bindings::select_crypto(name)
}

/// Plain data as JavaScript objects.
fn view(value: &impl Serialize) -> JsValue {
    // Plain data with text keys: serialising it cannot fail.
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}

fn failure(error: &Error) -> JsValue {
    view(&FailureView::from(error))
}
