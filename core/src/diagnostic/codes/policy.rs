//! Codes of the stage `policy`.

use super::{Code, Entry, Severity};

codes! {
    POLICY_ATTRIBUTE_IGNORED = "policy/attribute-ignored", Notice, "0.1.0", None,
        "an attribute of the request has no effect",
        "nothing needs to be done";
    POLICY_ATTRIBUTE_NOT_ALLOWED = "policy/attribute-not-allowed", Error, "0.1.0", Some("RFC 2986 4.1"),
        "an attribute of the request is not allowed",
        "make the request without it, or add it to attributes.ignore";
    POLICY_CA_CONFLICT = "policy/ca-conflict", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "the request and the parameters beside it differ on whether it is for a CA",
        "make both say the same";
    POLICY_CA_MISSING = "policy/ca-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "the policy issues certificates of CAs, and none is requested",
        "ask for CA:TRUE, or use another policy";
    POLICY_CA_NOT_ALLOWED = "policy/ca-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "a certificate of a CA is requested, and the policy issues none",
        "ask for CA:FALSE, or use a policy for CAs";
    POLICY_CEL_BUDGET = "policy/cel-budget", Error, "0.1.0", None,
        "a rule in CEL takes more steps over this request than are allowed",
        "ask for fewer or shorter values, or write a simpler rule";
    POLICY_CEL_FAILED = "policy/cel-failed", Error, "0.1.0", None,
        "a rule in CEL cannot be calculated with the values of this request",
        "give what the rule reads, or ask for it with has() first";
    POLICY_CEL_RULE = "policy/cel-rule", Error, "0.1.0", None,
        "a rule in CEL does not hold",
        "change what the rule is about; its message and its text say what it asks for";
    POLICY_COMMON_NAME_DENIED = "policy/common-name-denied", Error, "0.1.0", None,
        "the common name is denied",
        "use another common name, or none";
    POLICY_COMMON_NAME_DUPLICATE = "policy/common-name-duplicate", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "the subject has more than one common name",
        "make the request with one";
    POLICY_COMMON_NAME_FORBIDDEN = "policy/common-name-forbidden", Error, "0.1.0", None,
        "the subject has a common name, and the policy forbids one",
        "make the request without it";
    POLICY_COMMON_NAME_IP = "policy/common-name-ip", Error, "0.1.0", Some("TLS BR 7.1.4.3"),
        "the common name is an IP address",
        "leave the common name out";
    POLICY_COMMON_NAME_MISSING = "policy/common-name-missing", Error, "0.1.0", None,
        "the subject has no common name, and the policy asks for one",
        "make the request with a common name";
    POLICY_COMMON_NAME_NOT_ALLOWED = "policy/common-name-not-allowed", Error, "0.1.0", None,
        "the common name is not allowed",
        "use another, or add it to subject.commonName.allow";
    POLICY_COMMON_NAME_NOT_IN_NAMES = "policy/common-name-not-in-names", Error, "0.1.0", Some("RFC 9525 2, TLS BR 7.1.4.3"),
        "the common name is not one of the subject alternative names",
        "add it to the names in the kind that it is, or leave it out";
    POLICY_COMPRESSED_POINT = "policy/compressed-point", Error, "0.1.0", Some("RFC 5480 2.2"),
        "the EC point is compressed",
        "use the uncompressed form, or set keys.EC.compressed to allow";
    POLICY_DNS_DENIED = "policy/dns-denied", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a DNS name is denied",
        "leave the name out";
    POLICY_DNS_NOT_ALLOWED = "policy/dns-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a DNS name is not allowed",
        "leave the name out, or add it to names.dns.allow";
    POLICY_EMAIL_DENIED = "policy/email-denied", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a mail address is denied",
        "leave the address out";
    POLICY_EMAIL_NOT_ALLOWED = "policy/email-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a mail address is not allowed",
        "leave the address out, or add it to names.email.allow";
    POLICY_EXCEPTION_EXPIRED = "policy/exception-expired", Warning, "0.1.0", None,
        "an exception from a rule would hold, but its time is over",
        "ask its owner for a new one, or mend the request";
    POLICY_EXCEPTION_USED = "policy/exception-used", Notice, "0.1.0", None,
        "an exception from a rule holds",
        "mend the request before the exception ends";
    POLICY_EXTENDED_KEY_USAGE_MISSING = "policy/extended-key-usage-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.12"),
        "a purpose that the policy requires is not asked for, or none where it allows several",
        "ask for it with -addext extendedKeyUsage=; for requests that say nothing, the policy can have usages.extended.default";
    POLICY_EXTENDED_KEY_USAGE_NOT_ALLOWED = "policy/extended-key-usage-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.12"),
        "a purpose is not allowed",
        "ask for another, or add it to usages.extended.allow";
    POLICY_EXTENSION_IGNORED = "policy/extension-ignored", Notice, "0.1.0", None,
        "a requested extension is left out of the certificate",
        "nothing needs to be done";
    POLICY_EXTENSION_NOT_ALLOWED = "policy/extension-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2"),
        "a requested extension is not allowed",
        "make the request without it, or add it to extensions.ignore if it is not critical, or to extensions.copy";
    POLICY_FACT_MISSING = "policy/fact-missing", Error, "0.1.0", None,
        "something that the policy refers to is not given",
        "give it in the context, or a fact with --fact";
    POLICY_IP_DENIED = "policy/ip-denied", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an IP address is denied",
        "leave the address out";
    POLICY_IP_NOT_ALLOWED = "policy/ip-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an IP address is not allowed",
        "leave the address out, or add it to names.ip.allow";
    POLICY_KEY_NOT_ALLOWED = "policy/key-not-allowed", Error, "0.1.0", None,
        "the key algorithm, its identifier or the curve is not allowed",
        "make a key of a kind that keys names";
    POLICY_KEY_SIZE = "policy/key-size", Error, "0.1.0", None,
        "the size of the key is not allowed",
        "make a key of a size that keys names";
    POLICY_KEY_USAGE_MISSING = "policy/key-usage-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "a key usage that the policy requires is not asked for",
        "ask for it with -addext keyUsage=";
    POLICY_KEY_USAGE_NOT_ALLOWED = "policy/key-usage-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "a key usage is not allowed",
        "ask for another, or name in usages.key all that is to be allowed";
    POLICY_MAPPED_IP = "policy/mapped-ip", Error, "0.1.0", Some("RFC 4291 2.5.5.2"),
        "an IP address is an IPv4-mapped IPv6 address",
        "ask for the IPv4 address, or set names.ip.mapped to allow";
    POLICY_MULTI_VALUED_RDN = "policy/multi-valued-rdn", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "an RDN of the subject has several attributes",
        "make the request with one attribute in each RDN";
    POLICY_NAME_KIND_FORBIDDEN = "policy/name-kind-forbidden", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a kind of name is forbidden",
        "leave the names of this kind out";
    POLICY_NAME_KIND_MISSING = "policy/name-kind-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a kind of name that the policy asks for is missing",
        "add a name of this kind";
    POLICY_NAME_KIND_NOT_ALLOWED = "policy/name-kind-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a kind of name is not allowed",
        "leave the name out, or add it to the list of its kind below names";
    POLICY_NAMES_FORBIDDEN = "policy/names-forbidden", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "there are subject alternative names, and the policy allows none",
        "make the request without them";
    POLICY_NAMES_MISSING = "policy/names-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "there is no subject alternative name, and the policy asks for one",
        "make the request with names";
    POLICY_NONE_LOADED = "policy/none-loaded", Error, "0.1.0", None,
        "there is no policy to judge by",
        "load a policy, or name one that is loaded";
    POLICY_NOT_AFTER_PAST = "policy/not-after-past", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the end of life that is asked for is in the past",
        "ask for a later end";
    POLICY_NOT_APPLICABLE = "policy/not-applicable", Error, "0.1.0", None,
        "the policy is not meant for this request",
        "use a policy whose select fits the request";
    POLICY_NOT_AS_REQUESTED = "policy/not-as-requested", Error, "0.1.0", None,
        "a signer of the cluster issues what was asked for, and the policy would issue something else",
        "ask for exactly what the policy would issue; the help says what that is";
    POLICY_OTHER_NAME_DENIED = "policy/other-name-denied", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an otherName is denied",
        "leave the name out";
    POLICY_OTHER_NAME_NOT_ALLOWED = "policy/other-name-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an otherName is not allowed",
        "leave the name out, or add it to names.otherName";
    POLICY_PATH_LENGTH = "policy/path-length", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "the path length is not allowed",
        "ask for a shorter one, or for none";
    POLICY_PUBLIC_SUFFIX_WILDCARD = "policy/public-suffix-wildcard", Error, "0.1.0", Some("TLS BR 3.2.2.6"),
        "a wildcard stands for names of different owners",
        "ask for a wildcard below a domain of your own";
    POLICY_REQUIREMENT = "policy/requirement", Error, "0.1.0", None,
        "a condition on who asks, where or of whom does not hold",
        "ask as someone whom the policy lets ask";
    POLICY_SET_CONFLICT = "policy/set-conflict", Error, "0.1.0", None,
        "policies that must all allow a request mean different certificates",
        "make their defaults the same, or ask for usages and a lifetime in so many words";
    POLICY_STRING_TYPE = "policy/string-type", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "a subject attribute or an otherName has a string type that is not allowed",
        "use UTF8String";
    POLICY_SUBJECT_DENIED = "policy/subject-denied", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "a subject attribute is denied",
        "leave the attribute out";
    POLICY_SUBJECT_IGNORED = "policy/subject-ignored", Notice, "0.1.0", None,
        "a subject attribute is left out of the certificate",
        "nothing needs to be done";
    POLICY_SUBJECT_MISSING = "policy/subject-missing", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "a subject attribute that the policy asks for is missing",
        "add the attribute";
    POLICY_SUBJECT_NOT_ALLOWED = "policy/subject-not-allowed", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "a subject attribute is not allowed",
        "leave it out, or add it to subject.attributes or subject.ignore";
    POLICY_TOO_FEW_NAMES = "policy/too-few-names", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "there are fewer names than the policy asks for",
        "add names";
    POLICY_TOO_MANY_NAMES = "policy/too-many-names", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "there are more names than the policy allows",
        "split the names over several requests";
    POLICY_UNDERSCORE_NOT_ALLOWED = "policy/underscore-not-allowed", Error, "0.1.0", Some("RFC 1034 3.5"),
        "a DNS name has an underscore",
        "use letters, digits and hyphens, or set names.dns.underscore to allow";
    POLICY_URI_DENIED = "policy/uri-denied", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a URI is denied",
        "leave the URI out";
    POLICY_URI_NOT_ALLOWED = "policy/uri-not-allowed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a URI is not allowed",
        "leave the URI out, or add it to names.uri.allow";
    POLICY_USAGE_REPLACED = "policy/usage-replaced", Notice, "0.1.0", None,
        "the usages that are asked for are replaced by those of the policy",
        "nothing needs to be done";
    POLICY_USAGE_UNKNOWN = "policy/usage-unknown", Error, "0.1.0", Some("certificates.k8s.io/v1"),
        "a usage beside the request is not known",
        "use a usage of Kubernetes or of X.509";
    POLICY_USAGES_CONFLICT = "policy/usages-conflict", Error, "0.1.0", None,
        "the request and the usages beside it ask for different things",
        "make both say the same";
    POLICY_VALIDITY_CLAMPED = "policy/validity-clamped", Warning, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the lifetime that is asked for is cut to the longest that is allowed",
        "ask for less";
    POLICY_VALIDITY_CONFLICT = "policy/validity-conflict", Error, "0.1.0", None,
        "both a duration and an end of life are asked for",
        "ask for one of them";
    POLICY_VALIDITY_MISSING = "policy/validity-missing", Error, "0.1.0", None,
        "no lifetime is asked for, and the policy has no default",
        "ask for a duration, or set validity.default in the policy";
    POLICY_VALIDITY_RANGE = "policy/validity-range", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the lifetime cannot be expressed, or the end of life of the policy has passed",
        "ask for less, or set validity.notAfter of the policy to a later time";
    POLICY_VALIDITY_TOO_LONG = "policy/validity-too-long", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the lifetime that is asked for is too long",
        "ask for less";
    POLICY_VALIDITY_TOO_SHORT = "policy/validity-too-short", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the lifetime that is asked for, or is left until the policy's end of life, is too short",
        "ask for more, or set validity.notAfter of the policy to a later time";
    POLICY_WILDCARD_NOT_ALLOWED = "policy/wildcard-not-allowed", Error, "0.1.0", Some("RFC 9525 6.3"),
        "a DNS name is a wildcard",
        "ask for the names one by one, or set names.dns.wildcard to allow";
}
