//! Codes of the stage `issue`.

use super::{Code, Entry, Severity};

codes! {
    ISSUE_BEYOND_ISSUER = "issue/beyond-issuer", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the certificate would live longer than its issuer",
        "ask for less, renew the issuer, or let lifetimes be cut to the issuer's end";
    ISSUE_CONSTRAINTS = "issue/constraints", Error, "0.1.0", Some("RFC 5280 4.2.1.10, 4.2.1.12"),
        "the CA that was approved and the constraints of its issuer have no purpose in common",
        "approve purposes that the constraints allow, or derive the constraints from the policy that the CA shall enforce";
    ISSUE_CROSS = "issue/cross", Error, "0.1.0", Some("RFC 5280 3.2"),
        "the certificate that is to be cross-signed is not that of the CA that was approved",
        "give the CA's certificate, and a request with the same key and the same subject";
    ISSUE_DIFFERS = "issue/differs", Error, "0.1.0", None,
        "what was encoded is not what was approved",
        "this is a fault of certgate or of who assembled the certificate; nothing was issued";
    ISSUE_ISSUER = "issue/issuer", Error, "0.1.0", Some("RFC 5280 4.2.1.9, 4.2.1.3"),
        "the issuer's certificate may not sign",
        "use the certificate of a CA that is valid at the time, with keyCertSign or cRLSign";
    ISSUE_LINT = "issue/lint", Error, "0.1.0", None,
        "lint found an error in what was about to be signed",
        "see the findings: change the policy or the issuer, or lint under another profile";
    ISSUE_NOT_APPROVED = "issue/not-approved", Error, "0.1.0", None,
        "there is no approval, so there is nothing to sign",
        "see the reasons of the decision";
    ISSUE_NOT_VERIFIED = "issue/not-verified", Error, "0.1.0", Some("RFC 5280 6.1"),
        "what was signed does not verify under its issuer",
        "see the reasons: a signature by another key, or names outside the issuer's constraints";
    ISSUE_SERIAL_NUMBER = "issue/serial-number", Error, "0.1.0", Some("RFC 5280 4.1.2.2, 5.2.3"),
        "a serial number or the number of a list is not positive, or has more than 20 octets",
        "give 20 random octets whose first bit is 0";
    ISSUE_USED = "issue/used", Error, "0.1.0", None,
        "an approval, or what was prepared with it, was used before",
        "evaluate the request anew: each approval issues one certificate";
    ISSUE_VALIDITY = "issue/validity", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the lifetime is empty, or lies outside the issuer's",
        "look at the time and at the issuer's certificate";
}
