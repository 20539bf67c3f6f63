//! Codes of the stage `limit`.

use super::{Code, Entry, Severity};

codes! {
    LIMIT_ATTRIBUTES = "limit/attributes", Error, "0.1.0", None,
        "the request has more attributes than are read",
        "make a smaller request";
    LIMIT_DER_BYTES = "limit/der-bytes", Error, "0.1.0", None,
        "the encoding is larger than is read",
        "make a smaller input";
    LIMIT_DER_DEPTH = "limit/der-depth", Error, "0.1.0", Some("CVE-2018-0739"),
        "values are nested deeper than is read",
        "the input is damaged or hostile";
    LIMIT_DER_ELEMENTS = "limit/der-elements", Error, "0.1.0", Some("CVE-2025-58185"),
        "the encoding has more elements than are read",
        "the input is damaged or hostile";
    LIMIT_EXTENSIONS = "limit/extensions", Error, "0.1.0", None,
        "there are more extensions than are read",
        "make a smaller input";
    LIMIT_GENERAL_NAMES = "limit/general-names", Error, "0.1.0", Some("CVE-2026-27145"),
        "there are more names than are read",
        "split the names over several requests";
    LIMIT_NAME_ATTRIBUTES = "limit/name-attributes", Error, "0.1.0", None,
        "a distinguished name has more attributes than are read",
        "make a smaller subject";
    LIMIT_PEM_BLOCKS = "limit/pem-blocks", Error, "0.1.0", None,
        "the text has more PEM blocks than are read",
        "split the text";
    LIMIT_TEXT_BYTES = "limit/text-bytes", Error, "0.1.0", None,
        "the text is larger than is read",
        "make a smaller input";
}
