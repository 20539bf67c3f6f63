//! The vectors, a file for each section of the catalogue of hostile inputs, and one for the policy language.

use crate::vector::Vector;

mod as_requested;
mod documents;
mod encoding;
mod evasions;
mod expressions;
mod keys;
mod language;
mod names;
mod rollout;
mod strings;

/// All vectors, in a fixed order.
pub fn all() -> Vec<Vector> {
    [
        encoding::vectors(),
        strings::vectors(),
        keys::vectors(),
        names::vectors(),
        documents::vectors(),
        expressions::vectors(),
        language::vectors(),
        rollout::vectors(),
        evasions::vectors(),
        as_requested::vectors(),
    ]
    .concat()
}
