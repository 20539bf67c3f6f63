//! Codes of the stage `certificate`.

use super::{Code, Entry, Severity};

codes! {
    CERTIFICATE_ALGORITHM_DIFFERS = "certificate/algorithm-differs", Error, "0.1.0", Some("RFC 5280 4.1.1.2"),
        "the two fields that name the signature algorithm differ",
        "have the certificate issued again";
    CERTIFICATE_DUPLICATE_EXTENSION = "certificate/duplicate-extension", Error, "0.1.0", Some("RFC 5280 4.2"),
        "an extension comes more than once",
        "have the certificate issued again with one of each type";
    CERTIFICATE_VERSION = "certificate/version", Error, "0.1.0", Some("RFC 5280 4.1.2.1"),
        "the version is not known, or does not have a field that is there",
        "have the certificate issued again as version 3";
}
