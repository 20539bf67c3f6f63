//! Codes of the stage `der`.

use super::{Code, Entry, Severity};

codes! {
    DER_BIT_STRING = "der/bit-string", Error, "0.1.0", Some("X.690 8.6, 11.2"),
        "a BIT STRING is empty, or its unused bits are wrong",
        "make the input again with another tool";
    DER_BOOLEAN = "der/boolean", Error, "0.1.0", Some("X.690 11.1"),
        "a BOOLEAN is neither 00 nor ff",
        "make the input again with another tool";
    DER_CONSTRUCTED_STRING = "der/constructed-string", Error, "0.1.0", Some("X.690 10.2"),
        "a string is constructed, which is BER and not DER",
        "make the input again in DER";
    DER_EXPLICIT_DEFAULT = "der/explicit-default", Notice, "0.1.0", Some("X.690 11.5"),
        "a default value is encoded",
        "nothing needs to be done; the tool that made the input has a fault";
    DER_INDEFINITE_LENGTH = "der/indefinite-length", Error, "0.1.0", Some("X.690 10.1"),
        "a length is indefinite, which is BER and not DER",
        "make the input again in DER";
    DER_INTEGER = "der/integer", Error, "0.1.0", Some("X.690 8.3"),
        "an INTEGER is empty, not in its shortest form, or out of range",
        "make the input again with another tool";
    DER_LENGTH_TOO_LARGE = "der/length-too-large", Error, "0.1.0", Some("X.690 8.1.3"),
        "a length takes more than four bytes",
        "the input is damaged or hostile";
    DER_NON_MINIMAL_LENGTH = "der/non-minimal-length", Error, "0.1.0", Some("X.690 10.1"),
        "a length is not in its shortest form",
        "make the input again in DER";
    DER_NULL = "der/null", Error, "0.1.0", Some("X.690 8.8"),
        "a NULL has contents",
        "make the input again with another tool";
    DER_OID = "der/oid", Error, "0.1.0", Some("X.690 8.19"),
        "an OBJECT IDENTIFIER is empty, too long, or not in its shortest form",
        "make the input again with another tool";
    DER_SET_ORDER = "der/set-order", Error, "0.1.0", Some("X.690 11.6"),
        "the members of a SET OF are not in ascending order",
        "make the input again in DER";
    DER_STRING = "der/string", Error, "0.1.0", Some("X.680 41"),
        "a string has characters that its type does not allow",
        "use UTF8String, or leave the characters out";
    DER_TIME = "der/time", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "a time is not in the one form that certificates have",
        "make the input again with times such as 20270101000000Z";
    DER_TRAILING_DATA = "der/trailing-data", Error, "0.1.0", Some("X.690 8.1"),
        "bytes follow where a value should end",
        "cut them off, or copy the input again";
    DER_TRUNCATED = "der/truncated", Error, "0.1.0", Some("X.690 8.1"),
        "the input ends within a value",
        "copy the input again, as a whole";
    DER_UNEXPECTED_TYPE = "der/unexpected-type", Error, "0.1.0", Some("X.690 8.1"),
        "a value has another type than the one that belongs there",
        "the input is not what it should be";
    DER_UNSUPPORTED_TYPE = "der/unsupported-type", Error, "0.1.0", Some("X.690 8.1"),
        "a type is not known",
        "the input is damaged, or not what it should be";
}
