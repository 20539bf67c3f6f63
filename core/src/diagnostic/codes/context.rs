//! Codes of the stage `context`.

use super::{Code, Entry, Severity};

codes! {
    CONTEXT_OBJECT = "context/object", Error, "0.1.0", None,
        "a Kubernetes object is not one that carries a certificate request",
        "give a CertificateSigningRequest or a CertificateRequest";
    CONTEXT_SYNTAX = "context/syntax", Error, "0.1.0", None,
        "the context is neither JSON nor YAML",
        "mend the file at the place that is named";
    CONTEXT_UNKNOWN_KEY = "context/unknown-key", Error, "0.1.0", None,
        "the context has a key that certgate does not know",
        "mend the spelling, or leave the key out";
    CONTEXT_VALUE = "context/value", Error, "0.1.0", None,
        "a value of the context does not have the form that it must have",
        "mend the value";
}
