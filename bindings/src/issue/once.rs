//! What may be used once, in a handle that hosts can hold twice.

use std::sync::{Arc, Mutex, PoisonError};

use certgate::diagnostic::{Diagnostic, codes};

use crate::error::{Error, ErrorKind};

/// A value that is taken once, by whichever holder comes first.
#[derive(Debug)]
pub(super) struct Once<T> {
    what: &'static str,
    cell: Arc<Mutex<Option<T>>>,
}

// Not derived: the value need not be `Clone`, and is not cloned.
impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self { what: self.what, cell: Arc::clone(&self.cell) }
    }
}

impl<T> Once<T> {
    /// `what` names the value in errors, with its article.
    pub(super) fn new(what: &'static str, value: T) -> Self {
        Self { what, cell: Arc::new(Mutex::new(Some(value))) }
    }

    /// The value, for the first caller.
    pub(super) fn take(&self) -> Result<T, Error> {
        // A panic while the lock was held cannot have left half a value: the lock is held to move it.
        self.cell.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(|| self.used())
    }

    /// Looks at the value, if nobody has taken it.
    pub(super) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> Result<R, Error> {
        let cell = self.cell.lock().unwrap_or_else(PoisonError::into_inner);
        cell.as_ref().map(look).ok_or_else(|| self.used())
    }

    pub(super) fn is_used(&self) -> bool {
        self.with(|_| ()).is_err()
    }

    fn used(&self) -> Error {
        let diagnostic = Diagnostic::new(codes::ISSUE_USED, format!("{} was used before", self.what));
        Error::new(ErrorKind::Issuance, &diagnostic.into())
    }
}
