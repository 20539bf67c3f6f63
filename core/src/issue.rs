//! Issuing certificates, revocation lists and OCSP responses.
//!
//! Permission is a type: without an [`Approval`] there is no [`PreparedCertificate`], and without one no signature. What
//! was encoded is read back and held against what was approved before anything is signed, and the result is verified
//! before it is handed out.

mod authority;
mod certificate;
mod encode;
mod issuer;
mod list_scope;
mod narrowed;
mod ocsp_response;
mod revocation_list;

pub use authority::{NewAuthority, PreparedAuthority};
pub use certificate::{IssueInputs, IssuedCertificate, PreparedCertificate};
pub use issuer::{BeyondIssuer, Issuer};
pub use list_scope::{ListContents, ListScope};
pub use ocsp_response::{IssuedOcspResponse, NewOcspResponse, OcspAnswer, PreparedOcspResponse, Responder};
pub use revocation_list::{NewRevocationList, PreparedRevocationList, Revocation};

pub use crate::policy::Approval;
