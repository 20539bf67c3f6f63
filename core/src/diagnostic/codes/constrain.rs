//! Codes of the stage `constrain`.

use super::{Code, Entry, Severity};

codes! {
    CONSTRAIN_COMMON_NAME = "constrain/common-name", Warning, "0.1.0", Some("RFC 6125 6.4.4"),
        "some verifiers hold common names against the constraints on host names",
        "put host names into subjectAltName, and leave dots out of other common names";
    CONSTRAIN_NOT_EXPRESSIBLE = "constrain/not-expressible", Warning, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "no constraint of a CA can say this part of the policy",
        "have it enforced where certificates are issued; verifiers will not";
    CONSTRAIN_WIDER = "constrain/wider", Notice, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "the constraint of a CA lets more through than this part of the policy",
        "have the rest enforced where certificates are issued";
}
