//! Codes of the stage `export`: policies as other programs write them.

use super::{Code, Entry, Severity};

codes! {
    EXPORT_UNSUPPORTED = "export/unsupported", Error, "0.1.0", None,
        "the policy says something that the other program cannot say",
        "say it as the program does, or keep the policy here";
}
