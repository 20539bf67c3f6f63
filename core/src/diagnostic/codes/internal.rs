//! Codes of the stage `internal`.

use super::{Code, Entry, Severity};

codes! {
    INTERNAL_UNEXPECTED = "internal/unexpected", Error, "0.1.0", None,
        "certgate has a fault",
        "report it with the input, if it may be shown";
}
