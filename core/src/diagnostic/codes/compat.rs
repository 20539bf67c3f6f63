//! Codes of the stage `compat`: what another program says of a request, where a policy decides as that program does.

use super::{Code, Entry, Severity};

codes! {
    COMPAT_ALTERED = "compat/altered", Warning, "0.1.0", None,
        "the simulated program issues something else than what was asked for",
        "ask for what it issues, or see whether you can do without";
    COMPAT_KEY = "compat/key-denied", Error, "0.1.0", None,
        "the simulated program denies the key",
        "make a key of another kind, or change its policy";
    COMPAT_NAME = "compat/name-denied", Error, "0.1.0", None,
        "the simulated program denies a name",
        "leave the name out, or change its policy";
    COMPAT_NOT_APPLICABLE = "compat/not-applicable", Error, "0.1.0", None,
        "the simulated program leaves the request alone",
        "see that its selector, its rights and its facts fit the request";
    COMPAT_REQUEST = "compat/request-denied", Error, "0.1.0", None,
        "the simulated program denies the form of the request or of the call",
        "make the request again, or mend the parameters of the call";
    COMPAT_SUBJECT = "compat/subject-denied", Error, "0.1.0", None,
        "the simulated program denies an attribute of the subject",
        "leave the attribute out, or change its policy";
    COMPAT_USAGE = "compat/usage-denied", Error, "0.1.0", None,
        "the simulated program denies the usages",
        "ask for other usages, or change its policy";
    COMPAT_VALIDITY = "compat/validity-denied", Error, "0.1.0", None,
        "the simulated program denies the lifetime",
        "ask for another lifetime, or change its policy";
}
