//! Verification against models that are slow and plain: a search that tries every path, a tree of policies, and sets of
//! names that are enumerated.

mod constraints;
mod policies;
mod search;
