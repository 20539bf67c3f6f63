//! Codes of the stage `request`.

use super::{Code, Entry, Severity};

codes! {
    REQUEST_ATTRIBUTE_MALFORMED = "request/attribute-malformed", Error, "0.1.0", Some("RFC 2985 5.4"),
        "an attribute has another number or type of values than it must have",
        "make the request again with another tool";
    REQUEST_ATTRIBUTES_ABSENT = "request/attributes-absent", Notice, "0.1.0", Some("RFC 2986 4.1"),
        "the field attributes is absent, not empty",
        "nothing needs to be done; the tool that made the request has a fault";
    REQUEST_ATTRIBUTES_UNSORTED = "request/attributes-unsorted", Notice, "0.1.0", Some("X.690 11.6"),
        "the attributes are not in ascending order",
        "nothing needs to be done; the tool that made the request has a fault";
    REQUEST_CHALLENGE_PASSWORD = "request/challenge-password", Warning, "0.1.0", Some("RFC 2985 5.4.1"),
        "the request carries a challenge password",
        "leave it empty";
    REQUEST_DUPLICATE_ATTRIBUTE = "request/duplicate-attribute", Error, "0.1.0", Some("RFC 2986 4.1"),
        "an attribute comes more than once",
        "make the request with one of each type";
    REQUEST_DUPLICATE_EXTENSION = "request/duplicate-extension", Error, "0.1.0", Some("RFC 5280 4.2"),
        "an extension comes more than once",
        "make the request with one of each type";
    REQUEST_MICROSOFT_EXTENSIONS = "request/microsoft-extensions", Notice, "0.1.0", None,
        "the extensions are requested by the attribute of Microsoft",
        "nothing needs to be done";
    REQUEST_TWO_EXTENSION_REQUESTS = "request/two-extension-requests", Error, "0.1.0", Some("RFC 2985 5.4.2"),
        "extensions are requested by more than one attribute",
        "put them into one extensionRequest";
    REQUEST_VERSION = "request/version", Error, "0.1.0", Some("RFC 2986 4.1"),
        "the version of the request is not 0",
        "make the request again with another tool";
}
