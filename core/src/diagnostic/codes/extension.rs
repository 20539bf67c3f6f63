//! Codes of the stage `extension`.

use super::{Code, Entry, Severity};

codes! {
    EXTENSION_DUPLICATE_POLICY = "extension/duplicate-policy", Error, "0.1.0", Some("RFC 5280 4.2.1.4"),
        "a certificate policy comes more than once",
        "have the certificate issued again with one of each policy";
    EXTENSION_EMPTY = "extension/empty", Error, "0.1.0", Some("RFC 5280 4.2"),
        "an extension or a list of extensions is empty",
        "leave the extension out";
}
