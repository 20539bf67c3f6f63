//! Codes of the stage `case`.

use super::{Code, Entry, Severity};

codes! {
    CASE_MISMATCH = "case/mismatch", Error, "0.1.0", None,
        "a case of a policy did not come out as it says",
        "mend the policy or the case";
    CASE_SYNTAX = "case/syntax", Error, "0.1.0", None,
        "a case file cannot be read",
        "compare it with the case files beside the ready-made policies";
}
