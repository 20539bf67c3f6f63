//! Text for terminals and services.

pub(crate) mod escape;
pub(crate) mod field_text;
pub(crate) mod github;
pub(crate) mod report;
