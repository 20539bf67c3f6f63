//! Codes of the stage `document`.

use super::{Code, Entry, Severity};

codes! {
    DOCUMENT_BOUND = "document/bound", Error, "0.1.0", None,
        "a bound of the policy is outside of what certgate allows",
        "keep within the bound that is named";
    DOCUMENT_BUDGET = "document/budget", Error, "0.1.0", None,
        "the policy text is too large or too deeply nested",
        "a policy needs less than the limits; look for a mistake in the text";
    DOCUMENT_CEL = "document/cel", Error, "0.1.0", None,
        "a rule in CEL cannot be right",
        "mend what is named: the syntax, a variable, a field, a function or a type";
    DOCUMENT_CEL_BUDGET = "document/cel-budget", Error, "0.1.0", None,
        "a rule in CEL is too large, or may take too many steps",
        "write it shorter, with fewer loops within loops, or lower names.count.max";
    DOCUMENT_CEL_UNANCHORED = "document/cel-unanchored", Warning, "0.1.0", None,
        "a regular expression of a rule in CEL may match a part of a text",
        "write ^ at its beginning and $ at its end if the whole text is meant";
    DOCUMENT_CEL_UNSUPPORTED = "document/cel-unsupported", Error, "0.1.0", None,
        "the policy has rules in CEL, and this build of certgate runs none",
        "use a build with CEL, such as the command line or a native package";
    DOCUMENT_CLIENT_AND_SERVER = "document/client-and-server", Warning, "0.1.0", None,
        "one certificate may be for servers and for clients",
        "use two policies, or oneOf with a set for each";
    DOCUMENT_COMPAT = "document/compat", Error, "0.1.0", None,
        "the compat block says what the program that it names does not accept",
        "mend the value that is named";
    DOCUMENT_CONTRADICTION = "document/contradiction", Error, "0.1.0", None,
        "two parts of the policy exclude each other",
        "remove one of them";
    DOCUMENT_CURVE = "document/curve", Error, "0.1.0", None,
        "a curve is not known",
        "use P-256, P-384 or P-521";
    DOCUMENT_DUPLICATE_KEY = "document/duplicate-key", Error, "0.1.0", None,
        "a key comes twice in one mapping",
        "remove one of them";
    DOCUMENT_EXCEPTION = "document/exception", Error, "0.1.0", None,
        "an exception is not valid",
        "name codes that exceptions can take away, an owner and a reason";
    DOCUMENT_EXCEPTION_EXPIRED = "document/exception-expired", Warning, "0.1.0", None,
        "the time of an exception is over",
        "remove it, or agree on a new end with its owner";
    DOCUMENT_EXTENSION = "document/extension", Error, "0.1.0", None,
        "an extension may not be in this list",
        "leave it out; it is judged by a rule of its own, or is set by the issuer";
    DOCUMENT_GLOB_CROSSES_DOTS = "document/glob-crosses-dots", Warning, "0.1.0", None,
        "the star of a glob stands for several labels too",
        "write *.domain for one label, or {under: domain}";
    DOCUMENT_ID = "document/id", Error, "0.1.0", None,
        "the policy id is not a plain name",
        "use letters, digits and ._-/";
    DOCUMENT_LONG_VALIDITY = "document/long-validity", Warning, "0.1.0", Some("TLS BR 6.3.2"),
        "certificates may live longer than 398 days",
        "issue for a shorter time and renew";
    DOCUMENT_MISSING_KEY = "document/missing-key", Error, "0.1.0", None,
        "a key that the policy must have is missing",
        "add the key";
    DOCUMENT_NEVER_MATCHES = "document/never-matches", Error, "0.1.0", None,
        "a rule can never match, so that it allows nothing",
        "mend the rule, or remove it";
    DOCUMENT_PATTERN = "document/pattern", Error, "0.1.0", None,
        "a pattern is not valid",
        "mend the pattern";
    DOCUMENT_PREFIX = "document/prefix", Error, "0.1.0", Some("RFC 4632 3.1"),
        "an address block is not valid, or has bits set behind its prefix",
        "write the block as 10.0.0.0/8";
    DOCUMENT_PUBLIC_SUFFIX = "document/public-suffix", Warning, "0.1.0", None,
        "a pattern stands for all names below a public suffix",
        "name the domains that are yours";
    DOCUMENT_REFERENCE = "document/reference", Error, "0.1.0", None,
        "a reference in a pattern is not known",
        "write ${facts.NAME}, ${namespace}, ${signerName}, ${requester.username} or ${requester.nodeName}";
    DOCUMENT_REGEX = "document/regex", Error, "0.1.0", None,
        "a regular expression is not valid or too large",
        "mend it, or use a glob";
    DOCUMENT_REGEX_UNANCHORED = "document/regex-unanchored", Error, "0.1.0", None,
        "a regular expression is not anchored at both ends",
        "begin it with ^ and end it with $";
    DOCUMENT_SHADOWED = "document/shadowed", Warning, "0.1.0", None,
        "a pattern allows nothing that the others of its list do not",
        "remove it";
    DOCUMENT_STRING_TYPE = "document/string-type", Error, "0.1.0", Some("X.680 41"),
        "a string type is not known",
        "use a type of ASN.1 such as BMPString";
    DOCUMENT_SYNTAX = "document/syntax", Error, "0.1.0", None,
        "the policy is neither YAML nor JSON",
        "mend the text at the line that is named";
    DOCUMENT_UNKNOWN_KEY = "document/unknown-key", Error, "0.1.0", None,
        "the policy has a key that certgate does not know",
        "mend the spelling, or remove the key";
    DOCUMENT_UNREACHED_DENY = "document/unreached-deny", Warning, "0.1.0", None,
        "a pattern of a deny list denies nothing that is allowed",
        "remove it, or look whether it says what it is meant to say";
    DOCUMENT_USAGE = "document/usage", Error, "0.1.0", Some("RFC 5280 4.2.1.3, 4.2.1.12"),
        "a usage is not known, or of the other kind",
        "use a name of RFC 5280 such as serverAuth, or an object identifier";
    DOCUMENT_VALUE = "document/value", Error, "0.1.0", None,
        "a value of the policy does not have the form that it must have",
        "mend the value";
    DOCUMENT_VERSION = "document/version", Error, "0.1.0", None,
        "the version of the policy language is not known",
        "write version: 1";
    DOCUMENT_WIDE_PREFIX = "document/wide-prefix", Warning, "0.1.0", None,
        "an address block is wider than any one network",
        "name the networks that are yours";
}
