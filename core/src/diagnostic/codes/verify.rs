//! Codes of the stage `verify`.

use super::{Code, Entry, Severity};

codes! {
    VERIFY_ACCESS_CRITICAL = "verify/access-critical", Error, "0.1.0", Some("RFC 5280 4.2.2.1"),
        "authorityInfoAccess is marked critical",
        "have the certificate issued with it not critical";
    VERIFY_AUTHORITY_KEY_CRITICAL = "verify/authority-key-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.1"),
        "authorityKeyIdentifier is marked critical",
        "have the certificate issued with it not critical";
    VERIFY_AUTHORITY_KEY_FORM = "verify/authority-key-form", Error, "0.1.0", Some("TLS BR 7.1.2.1.3"),
        "the authorityKeyIdentifier of a root is not its own key identifier alone",
        "have the root issued with the key identifier alone, or without the extension";
    VERIFY_AUTHORITY_KEY_MISSING = "verify/authority-key-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.1"),
        "a certificate that is not self-signed has no authorityKeyIdentifier",
        "have the certificate issued with the key identifier of its issuer, or use the profile private";
    VERIFY_BASIC_CONSTRAINTS_MISSING = "verify/basic-constraints-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "a certificate that issued another one has no basicConstraints",
        "have the CA certificate issued with basicConstraints CA:TRUE";
    VERIFY_BASIC_CONSTRAINTS_NOT_CRITICAL = "verify/basic-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "the basicConstraints of a CA certificate are not critical",
        "have the CA certificate issued with critical basicConstraints, or use the profile private";
    VERIFY_CA_AS_LEAF = "verify/ca-as-leaf", Error, "0.1.0", Some("TLS BR 7.1.2.7.8"),
        "the certificate is that of a CA",
        "use a certificate that a CA issued to an end entity";
    VERIFY_COMMON_NAME_NOT_IN_NAMES = "verify/common-name-not-in-names", Error, "0.1.0", Some("TLS BR 7.1.4.3"),
        "the common name is not one of the subject alternative names, letter by letter",
        "have the certificate issued with it among the names, or without a common name";
    VERIFY_CRITICAL_EXTENSION = "verify/critical-extension", Error, "0.1.0", Some("RFC 5280 4.2"),
        "a critical extension is not understood",
        "have the certificate issued without it, or with it not critical";
    VERIFY_DEPTH = "verify/depth", Error, "0.1.0", Some("RFC 5280 6.1"),
        "the path would have more intermediates than are allowed",
        "allow more, or use a shorter path";
    VERIFY_EXPIRED = "verify/expired", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "the certificate has expired at the time of the check",
        "renew the certificate";
    VERIFY_EXTENDED_KEY_USAGE_ANY = "verify/extended-key-usage-any", Error, "0.1.0", Some("TLS BR 7.1.2.7.10"),
        "the certificate allows any purpose",
        "have the certificate issued with the purposes that it needs";
    VERIFY_EXTENDED_KEY_USAGE_CRITICAL = "verify/extended-key-usage-critical", Error, "0.1.0", Some("TLS BR 7.1.2.7.6"),
        "extendedKeyUsage is marked critical",
        "have the certificate issued with it not critical";
    VERIFY_EXTENDED_KEY_USAGE_IN_ROOT = "verify/extended-key-usage-in-root", Error, "0.1.0", Some("TLS BR 7.1.2.1.2"),
        "a root has extendedKeyUsage",
        "use a root without it";
    VERIFY_EXTENDED_KEY_USAGE_MISSING = "verify/extended-key-usage-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.10"),
        "the certificate does not say what it is for",
        "have the certificate issued with extendedKeyUsage";
    VERIFY_ISSUER_EMPTY = "verify/issuer-empty", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "the issuer has no name",
        "have the certificate issued by a CA that has one";
    VERIFY_ISSUER_UNKNOWN = "verify/issuer-unknown", Error, "0.1.0", Some("RFC 5280 6.1"),
        "no certificate of the issuer is at hand, and the path ends before a trust anchor",
        "add the intermediate to the bundle, or the root to the trust store";
    VERIFY_KEY_CERT_SIGN_IN_LEAF = "verify/key-cert-sign-in-leaf", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "the key usage has keyCertSign, and basicConstraints does not say that it is a CA",
        "have the certificate issued without keyCertSign";
    VERIFY_KEY_NOT_ACCEPTED = "verify/key-not-accepted", Error, "0.1.0", Some("TLS BR 6.1.5"),
        "the key is of a kind or size that is not accepted",
        "have a certificate issued for RSA of 2048 bits or more, P-256, P-384 or P-521";
    VERIFY_KEY_USAGE = "verify/key-usage", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "the key usage lacks what the check asks for",
        "have the certificate issued with it";
    VERIFY_KEY_USAGE_NO_CERT_SIGN = "verify/key-usage-no-cert-sign", Error, "0.1.0", Some("RFC 5280 6.1.4"),
        "the key usage of a certificate that issued another one lacks keyCertSign",
        "have the CA certificate issued with keyCertSign";
    VERIFY_LOOP = "verify/loop", Error, "0.1.0", Some("RFC 4158 2.4.2"),
        "the path would go through the same name and key twice",
        "add the missing root or intermediate";
    VERIFY_NAME_CONSTRAINTS_EMPTY = "verify/name-constraints-empty", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "the name constraints are empty",
        "have the CA certificate issued without them, or with subtrees";
    VERIFY_NAME_CONSTRAINTS_IN_LEAF = "verify/name-constraints-in-leaf", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "a certificate that is not that of a CA has name constraints",
        "have the certificate issued without them";
    VERIFY_NAME_CONSTRAINTS_MALFORMED = "verify/name-constraints-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "a name constraint cannot be applied",
        "have the CA certificate issued again";
    VERIFY_NAME_CONSTRAINTS_NOT_CRITICAL = "verify/name-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "the name constraints are not critical",
        "have the CA certificate issued with critical name constraints";
    VERIFY_NAME_EXCLUDED = "verify/name-excluded", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "a name is excluded by the name constraints of a CA above",
        "use a certificate of another CA, or have it issued without the name";
    VERIFY_NAME_MALFORMED = "verify/name-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a subject alternative name is not well-formed",
        "have the certificate issued again";
    VERIFY_NAME_MISMATCH = "verify/name-mismatch", Error, "0.1.0", Some("RFC 9525 6"),
        "the certificate is not for the expected name",
        "have the certificate issued for the name, or use a name that it is for";
    VERIFY_NAME_NOT_PERMITTED = "verify/name-not-permitted", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "a name lies outside the name constraints of a CA above",
        "use a certificate of another CA, or have it issued without the name";
    VERIFY_NAMES_CRITICAL = "verify/names-critical", Error, "0.1.0", Some("TLS BR 7.1.2.7.12"),
        "subjectAltName is marked critical although there is a subject",
        "have the certificate issued with it not critical";
    VERIFY_NAMES_MISSING = "verify/names-missing", Error, "0.1.0", Some("RFC 9525 6.3"),
        "there is no subjectAltName",
        "have the certificate issued with its names in subjectAltName";
    VERIFY_NAMES_NOT_CRITICAL = "verify/names-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "the subject is empty, and subjectAltName is not critical",
        "have the certificate issued with it critical";
    VERIFY_NOT_A_CA = "verify/not-a-ca", Error, "0.1.0", Some("RFC 5280 6.1.4"),
        "a certificate that is not that of a CA issued another one",
        "have the certificate issued by a CA";
    VERIFY_NOT_YET_VALID = "verify/not-yet-valid", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "the certificate is not yet valid at the time of the check",
        "look at the clocks of the issuer and of this machine";
    VERIFY_PATH_LENGTH = "verify/path-length", Error, "0.1.0", Some("RFC 5280 6.1.4"),
        "more intermediates follow than the path length of a CA allows",
        "have the CA certificate issued with a larger path length, or issue from the CA itself";
    VERIFY_POLICY_CONSTRAINTS_NOT_CRITICAL = "verify/policy-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.11"),
        "the policy constraints are not critical",
        "have the CA certificate issued with critical policy constraints";
    VERIFY_POLICY_MAPPING_ANY = "verify/policy-mapping-any", Error, "0.1.0", Some("RFC 5280 6.1.4"),
        "a policy mapping maps from or to anyPolicy",
        "have the CA certificate issued again";
    VERIFY_POLICY_REQUIRED = "verify/policy-required", Error, "0.1.0", Some("RFC 5280 6.1.5, RFC 9618 5"),
        "an explicit certificate policy is required, and none holds for the whole path",
        "use a certificate that was issued under one of the expected policies";
    VERIFY_PUBLIC_SUFFIX_WILDCARD = "verify/public-suffix-wildcard", Error, "0.1.0", Some("TLS BR 3.2.2.6"),
        "a wildcard stands for names of different owners",
        "have the certificate issued for names below a domain of one owner";
    VERIFY_PURPOSE = "verify/purpose", Error, "0.1.0", Some("RFC 5280 4.2.1.12"),
        "the certificate, or a CA above it, is not for the purpose of the check",
        "have the certificate issued with this extendedKeyUsage";
    VERIFY_REVOCATION_UNKNOWN = "verify/revocation-unknown", Error, "0.1.0", Some("RFC 5280 6.3"),
        "no revocation list and no OCSP response says whether the certificate was revoked",
        "give a current list of the issuer, or allow unknown status";
    VERIFY_REVOKED = "verify/revoked", Error, "0.1.0", Some("RFC 5280 6.3"),
        "the certificate was revoked",
        "use another certificate";
    VERIFY_SERIAL_NUMBER = "verify/serial-number", Error, "0.1.0", Some("RFC 5280 4.1.2.2"),
        "the serial number is not positive, or has more than 20 octets",
        "have the certificate issued again";
    VERIFY_SIGNATURE = "verify/signature", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "the signature does not verify under the key of the issuer",
        "use the certificate of the issuer whose key signed";
    VERIFY_SIGNATURE_NOT_ACCEPTED = "verify/signature-not-accepted", Error, "0.1.0", Some("RFC 5280 6.1.3"),
        "the signature algorithm, or the key of the issuer, is not accepted",
        "have the certificate issued with SHA-256 or better and a key of sufficient size";
    VERIFY_SUBJECT_EMPTY = "verify/subject-empty", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "a CA has no name",
        "have the CA certificate issued with a subject";
    VERIFY_SUBJECT_KEY_CRITICAL = "verify/subject-key-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.2"),
        "subjectKeyIdentifier is marked critical",
        "have the certificate issued with it not critical";
    VERIFY_SUBJECT_KEY_MISSING = "verify/subject-key-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.2"),
        "a CA certificate has no subjectKeyIdentifier",
        "have the CA certificate issued with one, or use the profile private";
    VERIFY_UNDERSCORE = "verify/underscore", Error, "0.1.0", Some("RFC 5280 4.2.1.6, RFC 1034 3.5"),
        "a DNS name has an underscore",
        "have the certificate issued for host names";
    VERIFY_VERSION = "verify/version", Error, "0.1.0", Some("RFC 5280 4.1.2.1"),
        "the certificate is not of version 3",
        "have the certificate issued as version 3";
}
