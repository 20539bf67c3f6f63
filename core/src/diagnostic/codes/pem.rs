//! Codes of the stage `pem`.

use super::{Code, Entry, Severity};

codes! {
    PEM_BASE64 = "pem/base64", Error, "0.1.0", Some("RFC 4648 3.5"),
        "base64 text is not valid",
        "copy the text again";
    PEM_DAMAGED = "pem/damaged", Error, "0.1.0", Some("RFC 7468 3"),
        "a PEM block is damaged",
        "copy the whole block again, from BEGIN to END";
    PEM_INNER_WHITESPACE = "pem/inner-whitespace", Notice, "0.1.0", Some("RFC 7468 2"),
        "there is white space within base64 lines",
        "nothing needs to be done";
    PEM_LABEL_MISMATCH = "pem/label-mismatch", Error, "0.1.0", Some("RFC 7468 2"),
        "a PEM block holds something else than its label says",
        "label the block for what it holds";
    PEM_NEW_CERTIFICATE_REQUEST = "pem/new-certificate-request", Notice, "0.1.0", Some("RFC 7468 7"),
        "a block has the older label NEW CERTIFICATE REQUEST",
        "nothing needs to be done";
    PEM_PADDING = "pem/padding", Notice, "0.1.0", Some("RFC 4648 3.2"),
        "base64 text lacks its padding",
        "nothing needs to be done";
    PEM_URL_SAFE_ALPHABET = "pem/url-safe-alphabet", Notice, "0.1.0", Some("RFC 4648 5"),
        "base64 text uses the URL-safe alphabet",
        "nothing needs to be done";
}
