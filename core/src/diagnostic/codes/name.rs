//! Codes of the stage `name`.

use super::{Code, Entry, Severity};

codes! {
    NAME_CONTROL_CHARACTER = "name/control-character", Error, "0.1.0", Some("CVE-2009-2408"),
        "a value has control characters",
        "leave them out";
    NAME_DNS_CHARACTER = "name/dns-character", Error, "0.1.0", Some("RFC 5280 4.2.1.6, RFC 1034 3.5"),
        "a DNS name has a character that no host name has",
        "use letters, digits and hyphens";
    NAME_DNS_EMPTY = "name/dns-empty", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a DNS name is empty",
        "leave the name out";
    NAME_DNS_EMPTY_LABEL = "name/dns-empty-label", Error, "0.1.0", Some("RFC 1034 3.5"),
        "a DNS name has an empty label",
        "remove one of the dots";
    NAME_DNS_HYPHEN = "name/dns-hyphen", Error, "0.1.0", Some("RFC 5891 4.2.3.1"),
        "a DNS name has a hyphen where a label may not have one",
        "mend the label";
    NAME_DNS_IDNA = "name/dns-idna", Error, "0.1.0", Some("RFC 5891 4.2"),
        "a DNS name has an A-label that is not valid",
        "make the A-label again, such as by idn2";
    NAME_DNS_IP_ADDRESS = "name/dns-ip-address", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a DNS name is an IP address",
        "ask for it as an IP address";
    NAME_DNS_LABEL_LENGTH = "name/dns-label-length", Error, "0.1.0", Some("RFC 1035 2.3.4"),
        "a DNS name has a label of more than 63 bytes",
        "shorten the label";
    NAME_DNS_LEADING_DOT = "name/dns-leading-dot", Error, "0.1.0", Some("RFC 1034 3.5"),
        "a DNS name begins with a dot",
        "remove the dot";
    NAME_DNS_LENGTH = "name/dns-length", Error, "0.1.0", Some("RFC 1035 2.3.4"),
        "a DNS name has more than 253 bytes",
        "shorten the name";
    NAME_DNS_NUMERIC_TOP_LEVEL = "name/dns-numeric-top-level", Error, "0.1.0", Some("RFC 1123 2.1"),
        "a DNS name ends in a number, in digits or as 0x and hexadecimal digits, which URL parsers read as an IP address",
        "ask for an IP address as iPAddress, or mend the name";
    NAME_DNS_PARTIAL_WILDCARD = "name/dns-partial-wildcard", Error, "0.1.0", Some("RFC 9525 6.3"),
        "a DNS name has * as a part of a label",
        "write the wildcard as *. and a domain";
    NAME_DNS_TRAILING_DOT = "name/dns-trailing-dot", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a DNS name ends with a dot",
        "remove the dot";
    NAME_DNS_WILDCARD_ALONE = "name/dns-wildcard-alone", Error, "0.1.0", Some("RFC 9525 6.3"),
        "a DNS name is * alone",
        "name a domain";
    NAME_DNS_WILDCARD_POSITION = "name/dns-wildcard-position", Error, "0.1.0", Some("RFC 9525 6.3"),
        "a DNS name has * in a label that is not the left-most",
        "write the wildcard as *. and a domain";
    NAME_DUPLICATE = "name/duplicate", Notice, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a name comes more than once",
        "leave the repetition out";
    NAME_EMAIL_FORM = "name/email-form", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a mail address is not a plain local@host",
        "use an address without quotes, comments and brackets";
    NAME_EMPTY_RDN = "name/empty-rdn", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "a relative distinguished name has no attribute",
        "make the input again with another tool";
    NAME_EMPTY_VALUE = "name/empty-value", Error, "0.1.0", Some("RFC 5280 appendix A"),
        "a subject attribute is empty",
        "leave the attribute out";
    NAME_IP_LENGTH = "name/ip-length", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an IP address has neither 4 nor 16 octets",
        "make the request again with another tool";
    NAME_MISLEADING_CHARACTER = "name/misleading-character", Warning, "0.1.0", Some("CVE-2021-42574"),
        "a value has characters that do not show or that change the direction of text",
        "leave them out";
    NAME_MIXED_SCRIPT = "name/mixed-script", Warning, "0.1.0", Some("UTS 39"),
        "a name mixes letters of scripts that look alike",
        "make sure that the name is the one that is meant";
    NAME_MOJIBAKE = "name/mojibake", Warning, "0.1.0", None,
        "a value looks like text in the wrong character set",
        "make the request with UTF-8";
    NAME_NOT_A_STRING = "name/not-a-string", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "the value of a subject attribute is no string",
        "make the request again with another tool";
    NAME_OTHER_NAME_VALUE = "name/other-name-value", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "the value of an otherName is no string",
        "use a string such as UTF8String";
    NAME_SPIFFE_ID = "name/spiffe-id", Error, "0.1.0", Some("SPIFFE-ID 2"),
        "a URI with the scheme spiffe is no SPIFFE ID",
        "write spiffe://trust-domain/path in lower case";
    NAME_URI_FORM = "name/uri-form", Error, "0.1.0", Some("RFC 3986"),
        "a URI has a form that could be read in two ways",
        "write the URI in its plain form";
    NAME_VALUE_LENGTH = "name/value-length", Error, "0.1.0", Some("RFC 5280 appendix A.1"),
        "a subject attribute is longer than its upper bound",
        "shorten the value";
}
