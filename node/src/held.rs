//! What a handle holds until it is given back. JavaScript collects handles when it likes, and Node frees what they hold only
//! when its event loop turns: a loop that does not wait would hold on to everything.

use napi::bindgen_prelude::{Error, Result};

/// Something, until it is given back.
pub(crate) struct Held<T>(Option<T>);

impl<T> Held<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// What is held. The facade uses no handle that it has given back.
    pub(crate) fn get(&self) -> Result<&T> {
        self.0.as_ref().ok_or_else(given_back)
    }

    /// What is held, to be changed.
    pub(crate) fn get_mut(&mut self) -> Result<&mut T> {
        self.0.as_mut().ok_or_else(given_back)
    }

    /// Gives it back.
    pub(crate) fn free(&mut self) {
        self.0 = None;
    }
}

fn given_back() -> Error {
    Error::from_reason("the handle has been given back")
}
