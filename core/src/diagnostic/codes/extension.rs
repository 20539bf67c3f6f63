//! Codes of the stage `extension`.

use super::{Code, Entry, Severity};

codes! {
    EXTENSION_EMPTY = "extension/empty", Error, "0.1.0", Some("RFC 5280 4.2"),
        "an extension or a list of extensions is empty",
        "leave the extension out";
}
