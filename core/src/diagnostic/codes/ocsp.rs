//! Codes of the stage `ocsp`.

use super::{Code, Entry, Severity};

codes! {
    OCSP_CRITICAL_EXTENSION = "ocsp/critical-extension", Error, "0.1.0", Some("RFC 6960 4.4"),
        "an OCSP response has a critical extension that is not understood",
        "ask the responder without it";
    OCSP_EXPIRED = "ocsp/expired", Error, "0.1.0", Some("RFC 6960 4.2.2.1"),
        "an OCSP response was due to be renewed before the time of the check",
        "fetch a newer response";
    OCSP_HASH_ALGORITHM = "ocsp/hash-algorithm", Warning, "0.1.0", Some("RFC 6960 4.1.1"),
        "an answer of an OCSP response names the issuer by a hash that is not known, and is passed over",
        "ask with SHA-1 or SHA-256";
    OCSP_NEXT_UPDATE_ABSENT = "ocsp/next-update-absent", Error, "0.1.0", Some("RFC 6960 4.2.2.1"),
        "an OCSP response does not say until when it holds",
        "have the responder give nextUpdate";
    OCSP_NONCE = "ocsp/nonce", Error, "0.1.0", Some("RFC 9654 2.1"),
        "an OCSP response does not repeat the nonce of the question",
        "ask again, or ask without a nonce";
    OCSP_NOT_YET_VALID = "ocsp/not-yet-valid", Error, "0.1.0", Some("RFC 6960 4.2.2.1"),
        "an OCSP response was made after the time of the check",
        "look at the clock";
    OCSP_RESPONDER = "ocsp/responder", Error, "0.1.0", Some("RFC 6960 4.2.2.2"),
        "an OCSP response is signed by nobody who may answer for the issuer",
        "have the issuer sign, or give its responder a certificate with OCSPSigning";
    OCSP_RESPONSE_TYPE = "ocsp/response-type", Error, "0.1.0", Some("RFC 6960 4.2.1"),
        "an OCSP response is not of the basic type",
        "ask a responder that answers with basic responses";
    OCSP_STATUS = "ocsp/status", Error, "0.1.0", Some("RFC 6960 4.2.1"),
        "an OCSP responder could not answer",
        "ask again later, or ask another responder";
    OCSP_VERSION = "ocsp/version", Error, "0.1.0", Some("RFC 6960 4.2.1"),
        "the version of an OCSP response is not v1",
        "ask another responder";
}
