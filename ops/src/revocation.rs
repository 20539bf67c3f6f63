//! Telling others what was revoked: revocation lists and OCSP responses out of the inventory.

mod lists;
mod responses;

pub use lists::{Delta, ListOrder, SignedList, sign_list};
pub use responses::{Layout, ResponseOrder, sign_responses};
