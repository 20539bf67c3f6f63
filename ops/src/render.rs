//! Text for terminals and services.

pub(crate) mod escape;
pub(crate) mod github;
pub(crate) mod report;
pub(crate) mod request_text;
