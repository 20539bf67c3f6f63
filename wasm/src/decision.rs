//! Decisions.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::request::Request;
use crate::view;

/// What a policy says of a request.
#[wasm_bindgen]
pub struct Decision {
    pub(crate) decision: certgate_bindings::Decision,
}

#[wasm_bindgen]
impl Decision {
    /// `allowed`, `denied` or `notApplicable`.
    pub fn outcome(&self) -> String {
        self.decision.outcome().as_str().to_owned()
    }

    /// Every reason why not.
    pub fn reasons(&self) -> JsValue {
        view(&self.decision.reasons())
    }

    /// What should be mended or known.
    pub fn warnings(&self) -> JsValue {
        view(&self.decision.warnings())
    }

    /// Exactly what would be issued; null unless allowed.
    pub fn template(&self) -> JsValue {
        view(&self.decision.template())
    }

    /// The request that was judged.
    pub fn request(&self) -> Request {
        Request { request: self.decision.request().clone() }
    }

    /// The whole decision as plain data.
    pub fn view(&self) -> JsValue {
        view(&self.decision.view())
    }
}
