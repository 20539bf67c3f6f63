//! Codes of the stage `crl`.

use super::{Code, Entry, Severity};

codes! {
    CRL_ALGORITHM_DIFFERS = "crl/algorithm-differs", Error, "0.1.0", Some("RFC 5280 5.1.1.2"),
        "the two fields that name the signature algorithm of a revocation list differ",
        "have the list issued again";
    CRL_CRITICAL_EXTENSION = "crl/critical-extension", Error, "0.1.0", Some("RFC 5280 5.2"),
        "a revocation list has a critical extension that is not understood",
        "use a list without it";
    CRL_DUPLICATE_EXTENSION = "crl/duplicate-extension", Error, "0.1.0", Some("RFC 5280 5.2"),
        "an extension of a revocation list comes more than once",
        "have the list issued again";
    CRL_EXPIRED = "crl/expired", Error, "0.1.0", Some("RFC 5280 5.1.2.5"),
        "the next update of a revocation list was due before the time of the check",
        "fetch a newer list";
    CRL_ISSUER_UNKNOWN = "crl/issuer-unknown", Error, "0.1.0", Some("RFC 5280 6.3.3"),
        "no trusted certificate that may sign revocation lists verifies the signature of the list",
        "give the certificate of the list's issuer, and see that its key usage has cRLSign";
    CRL_NEXT_UPDATE_ABSENT = "crl/next-update-absent", Error, "0.1.0", Some("RFC 5280 5.1.2.5"),
        "a revocation list does not say when the next one comes",
        "have the list issued with nextUpdate";
    CRL_NOT_YET_VALID = "crl/not-yet-valid", Error, "0.1.0", Some("RFC 5280 5.1.2.4"),
        "a revocation list was issued after the time of the check",
        "look at the clock";
    CRL_NUMBER_ABSENT = "crl/number-absent", Error, "0.1.0", Some("RFC 5280 5.2.3"),
        "a revocation list has no number",
        "have the list issued with cRLNumber";
    CRL_NUMBER_CRITICAL = "crl/number-critical", Error, "0.1.0", Some("RFC 5280 5.2.3"),
        "the number of a revocation list is marked critical",
        "have the list issued with a cRLNumber that is not critical";
    CRL_REASON_CODE = "crl/reason-code", Warning, "0.1.0", Some("RFC 5280 5.3.1"),
        "the reason code of a revoked certificate is not one that RFC 5280 has",
        "have the list issued with another reason; the certificate counts as revoked for no stated reason";
    CRL_VERSION = "crl/version", Error, "0.1.0", Some("RFC 5280 5.1.2.1"),
        "the version of a revocation list is not v2, or does not have a field that is there",
        "have the list issued again as version 2";
}
