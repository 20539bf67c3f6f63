//! Codes of the stage `lint`: one for each rule. The table of the rules is in `core/src/lint/rule.rs`.

use super::{Code, Entry, Severity};

codes! {
    LINT_ACCESS_CRITICAL = "lint/access-critical", Error, "0.1.0", Some("RFC 5280 4.2.2.1"),
        "authorityInfoAccess is marked critical",
        "issue the extension without `critical`";
    LINT_ACCESS_MISSING = "lint/access-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.7"),
        "the certificate does not say where its issuer's certificate or OCSP responder is",
        "give the issuer the URIs of its certificate and of its OCSP responder";
    LINT_ACCESS_SCHEME = "lint/access-scheme", Error, "0.1.0", Some("TLS BR 7.1.2.7.7, 7.1.2.10.3"),
        "a location of authorityInfoAccess is no http URI",
        "publish the issuer's certificate and OCSP under a URI that begins with http://";
    LINT_AUTHORITY_KEY_CRITICAL = "lint/authority-key-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.1"),
        "authorityKeyIdentifier is marked critical",
        "issue the extension without `critical`";
    LINT_AUTHORITY_KEY_DIFFERS = "lint/authority-key-differs", Error, "0.1.0", Some("RFC 5280 4.2.1.1"),
        "a self-issued CA certificate names another key as its issuer's",
        "issue it with its own subjectKeyIdentifier as the key identifier, or sign it with the key that it names";
    LINT_AUTHORITY_KEY_FORM = "lint/authority-key-form", Error, "0.1.0", Some("TLS BR 7.1.2.11.1"),
        "authorityKeyIdentifier has more than the key identifier",
        "issue the extension with the key identifier alone";
    LINT_AUTHORITY_KEY_INCOMPLETE = "lint/authority-key-incomplete", Error, "0.1.0", Some("RFC 5280 4.2.1.1, appendix A.2"),
        "authorityKeyIdentifier has only one of the issuer's name and serial number",
        "issue the extension with the key identifier alone";
    LINT_AUTHORITY_KEY_MISSING = "lint/authority-key-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.1"),
        "a certificate has no key identifier of its issuer",
        "issue it with authorityKeyIdentifier, by which paths are built";
    LINT_BASIC_CONSTRAINTS_NOT_CRITICAL = "lint/basic-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.9, TLS BR 7.1.2.7.8"),
        "basicConstraints is not marked critical",
        "issue the extension as critical";
    LINT_CA_NAME_INCOMPLETE = "lint/ca-name-incomplete", Error, "0.1.0", Some("TLS BR 7.1.2.10.2"),
        "the name of a CA lacks country, organisation or common name",
        "name the CA by all three";
    LINT_COMMON_NAME_NOT_IN_NAMES = "lint/common-name-not-in-names", Error, "0.1.0", Some("TLS BR 7.1.4.3"),
        "a common name is not one of the subject alternative names",
        "leave the common name out, or put it among the names letter by letter";
    LINT_COMMON_NAME_PRESENT = "lint/common-name-present", Notice, "0.1.0", Some("TLS BR 7.1.2.7.2"),
        "the certificate of a server has a common name",
        "leave it out: clients look at the subject alternative names alone";
    LINT_COUNTRY_CODE = "lint/country-code", Error, "0.1.0", Some("RFC 5280 appendix A.1"),
        "a country is not a code of two letters",
        "use the code of ISO 3166-1, such as CH";
    LINT_COUNTRY_UNKNOWN = "lint/country-unknown", Error, "0.1.0", Some("TLS BR 7.1.4.2, ISO 3166-1"),
        "the code of a country is not assigned",
        "use a code of ISO 3166-1 in capital letters, or XX";
    LINT_CRL_AUTHORITY_KEY_MISSING = "lint/crl-authority-key-missing", Error, "0.1.0", Some("RFC 5280 5.2.1"),
        "a revocation list has no key identifier of its issuer",
        "issue the list with authorityKeyIdentifier";
    LINT_CRL_ENTRY_HOLD = "lint/crl-entry-hold", Error, "0.1.0", Some("TLS BR 4.9.13, 7.2.2"),
        "an entry of a revocation list gives the reason certificateHold",
        "revoke for another reason: a certificate cannot be suspended";
    LINT_CRL_ENTRY_UNSPECIFIED = "lint/crl-entry-unspecified", Error, "0.1.0", Some("RFC 5280 5.3.1, TLS BR 7.2.2"),
        "an entry of a revocation list gives the reason unspecified",
        "leave the reason out where it is not known";
    LINT_CRL_LIFETIME = "lint/crl-lifetime", Error, "0.1.0", Some("TLS BR 4.9.7"),
        "a revocation list holds for too long",
        "publish lists at least every seven days, those of CAs at least every year";
    LINT_CRL_NEXT_UPDATE_MISSING = "lint/crl-next-update-missing", Error, "0.1.0", Some("RFC 5280 5.1.2.5"),
        "a revocation list does not say when the next one comes",
        "issue the list with nextUpdate";
    LINT_CRL_NUMBER_LENGTH = "lint/crl-number-length", Error, "0.1.0", Some("RFC 5280 5.2.3"),
        "the number of a revocation list has more than 20 octets",
        "number lists from 1 on";
    LINT_CRL_NUMBER_MISSING = "lint/crl-number-missing", Error, "0.1.0", Some("RFC 5280 5.2.3"),
        "a revocation list has no number",
        "issue the list with cRLNumber";
    LINT_CRL_POINT_NOT_CRITICAL = "lint/crl-point-not-critical", Error, "0.1.0", Some("RFC 5280 5.2.5"),
        "issuingDistributionPoint is not marked critical",
        "issue the extension as critical: who does not know it takes a part for the whole";
    LINT_DISTRIBUTION_POINTS_CRITICAL = "lint/distribution-points-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.13, TLS BR 7.1.2.11.2"),
        "cRLDistributionPoints is marked critical",
        "issue the extension without `critical`";
    LINT_DISTRIBUTION_POINTS_FORM = "lint/distribution-points-form", Error, "0.1.0", Some("TLS BR 7.1.2.11.2"),
        "a distribution point is not one http URI",
        "give each distribution point one URI that begins with http://, and nothing else";
    LINT_DISTRIBUTION_POINTS_MISSING = "lint/distribution-points-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.6, 7.1.2.10"),
        "a certificate does not say where its revocation list is",
        "give the issuer the URI of its revocation list";
    LINT_DISTRIBUTION_POINTS_NAMELESS = "lint/distribution-points-nameless", Error, "0.1.0", Some("RFC 5280 4.2.1.13"),
        "a distribution point has neither a name nor an issuer of its list",
        "give the distribution point a URI";
    LINT_DN_ATTRIBUTE_ORDER = "lint/dn-attribute-order", Error, "0.1.0", Some("TLS BR 7.1.4.2"),
        "the attributes of the subject are not in the order of the requirements",
        "write country, state, locality, organisation and common name in this order";
    LINT_DN_CONTROL_CHARACTER = "lint/dn-control-character", Error, "0.1.0", Some("RFC 5280 4.1.2.4, CVE-2009-2408"),
        "a value of the subject has a control character",
        "take the character out";
    LINT_DN_DUPLICATE_ATTRIBUTE = "lint/dn-duplicate-attribute", Error, "0.1.0", Some("TLS BR 7.1.4.1"),
        "an attribute of the subject comes more than once",
        "keep one of them";
    LINT_DN_EMAIL = "lint/dn-email", Warning, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "the subject has a mail address",
        "put the address into subjectAltName as rfc822Name";
    LINT_DN_LENGTH = "lint/dn-length", Error, "0.1.0", Some("RFC 5280 appendix A.1"),
        "a value of the subject is empty or too long",
        "shorten the value";
    LINT_DN_MULTI_VALUED = "lint/dn-multi-valued", Error, "0.1.0", Some("TLS BR 7.1.4.1"),
        "a relative distinguished name has several attributes",
        "give each attribute a relative distinguished name of its own";
    LINT_DN_NO_INFORMATION = "lint/dn-no-information", Error, "0.1.0", Some("TLS BR 7.1.4.2"),
        "a value of the subject says nothing",
        "leave the attribute out";
    LINT_DN_ORGANIZATIONAL_UNIT = "lint/dn-organizational-unit", Error, "0.1.0", Some("TLS BR 7.1.2.7.4"),
        "the subject of a server has an organizationalUnitName",
        "leave the attribute out";
    LINT_DN_STRING_TYPE = "lint/dn-string-type", Error, "0.1.0", Some("RFC 5280 4.1.2.4"),
        "a value of the subject is neither UTF8String nor PrintableString",
        "encode the value as UTF8String";
    LINT_DN_STRING_TYPE_FIXED = "lint/dn-string-type-fixed", Error, "0.1.0", Some("RFC 5280 appendix A.1"),
        "a value of the subject has not the string type of its attribute",
        "encode countryName and serialNumber as PrintableString, emailAddress and domainComponent as IA5String";
    LINT_DN_WHITE_SPACE = "lint/dn-white-space", Warning, "0.1.0", Some("RFC 5280 7.1, X.520"),
        "a value of the subject begins or ends with white space",
        "take the white space out";
    LINT_DNS_MALFORMED = "lint/dns-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.6, RFC 1034 3.5"),
        "a dNSName is no host name",
        "mend the name";
    LINT_DNS_REDUNDANT = "lint/dns-redundant", Notice, "0.1.0", Some("RFC 9525 6.3"),
        "a dNSName is one of those that a wildcard beside it stands for",
        "keep one of the two";
    LINT_DNS_RESERVED = "lint/dns-reserved", Error, "0.1.0", Some("TLS BR 4.2.2"),
        "a dNSName is internal to some network",
        "use a name below a public top-level domain, or a private CA";
    LINT_DNS_SUFFIX_WILDCARD = "lint/dns-suffix-wildcard", Error, "0.1.0", Some("TLS BR 3.2.2.6"),
        "a wildcard stands for names of different owners",
        "name the domain below the public suffix";
    LINT_DNS_UNDERSCORE = "lint/dns-underscore", Error, "0.1.0", Some("RFC 5280 4.2.1.6, TLS BR 7.1.4.2"),
        "a dNSName has an underscore",
        "rename the host: letters, digits and hyphens are allowed";
    LINT_EMAIL_MALFORMED = "lint/email-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an rfc822Name is no mail address",
        "mend the address";
    LINT_ENCODED_DEFAULT = "lint/encoded-default", Error, "0.1.0", Some("X.690 11.5"),
        "a default value is encoded, which DER forbids",
        "issue it with a program that writes DER";
    LINT_EXTENDED_KEY_USAGE_ANY = "lint/extended-key-usage-any", Error, "0.1.0", Some("TLS BR 7.1.2.7.10, 7.1.2.10.6"),
        "a certificate allows any purpose",
        "name the purposes";
    LINT_EXTENDED_KEY_USAGE_CRITICAL = "lint/extended-key-usage-critical", Error, "0.1.0", Some("TLS BR 7.1.2.7.6"),
        "extendedKeyUsage is marked critical",
        "issue the extension without `critical`";
    LINT_EXTENDED_KEY_USAGE_DUPLICATE = "lint/extended-key-usage-duplicate", Warning, "0.1.0", Some("RFC 5280 4.2.1.12"),
        "a purpose comes more than once",
        "keep one of them";
    LINT_EXTENDED_KEY_USAGE_IN_ROOT = "lint/extended-key-usage-in-root", Error, "0.1.0", Some("TLS BR 7.1.2.1.2"),
        "a root has extendedKeyUsage",
        "constrain the intermediates in its place";
    LINT_EXTENDED_KEY_USAGE_MISSING = "lint/extended-key-usage-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.10, 7.1.2.10.6, Mozilla 5.3"),
        "a certificate does not say what it is for",
        "issue it with extendedKeyUsage";
    LINT_EXTENDED_KEY_USAGE_MIXED = "lint/extended-key-usage-mixed", Warning, "0.1.0", Some("Chrome Root Program Policy 3.2"),
        "a certificate is for TLS servers and for clients at once",
        "issue two certificates, one for each purpose";
    LINT_EXTENDED_KEY_USAGE_MIXED_IN_CA = "lint/extended-key-usage-mixed-in-ca", Error, "0.1.0", Some("TLS BR 7.1.2.10.6, Mozilla 5.3"),
        "a CA for TLS servers is also for something else",
        "have an intermediate of its own for each";
    LINT_EXTENDED_KEY_USAGE_NOT_TLS = "lint/extended-key-usage-not-tls", Error, "0.1.0", Some("TLS BR 7.1.2.7.10"),
        "the certificate of a TLS server is also for something else",
        "issue one certificate for each purpose";
    LINT_EXTENSION_DEPRECATED = "lint/extension-deprecated", Warning, "0.1.0", Some("RFC 5280 4.2"),
        "an extension is no longer used",
        "leave it out";
    LINT_EXTENSION_UNKNOWN_CRITICAL = "lint/extension-unknown-critical", Warning, "0.1.0", Some("RFC 5280 4.2"),
        "a critical extension is none that RFC 5280 has",
        "mark it critical only if every peer that must accept the certificate knows it";
    LINT_FRESHEST_CRL_CRITICAL = "lint/freshest-crl-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.15"),
        "freshestCRL is marked critical",
        "issue the extension without `critical`";
    LINT_INHIBIT_ANY_POLICY_NOT_CRITICAL = "lint/inhibit-any-policy-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.14"),
        "inhibitAnyPolicy is not marked critical",
        "issue the extension as critical";
    LINT_IP_LENGTH = "lint/ip-length", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "an iPAddress has neither 4 nor 16 octets",
        "write the address as its octets, not as text and not with a mask";
    LINT_IP_RESERVED = "lint/ip-reserved", Error, "0.1.0", Some("TLS BR 4.2.2"),
        "an iPAddress is not one of the public internet",
        "use a name, or a private CA";
    LINT_ISSUER_ALT_NAME_CRITICAL = "lint/issuer-alt-name-critical", Warning, "0.1.0", Some("RFC 5280 4.2.1.7"),
        "issuerAltName is marked critical",
        "issue the extension without `critical`";
    LINT_ISSUER_EMPTY = "lint/issuer-empty", Error, "0.1.0", Some("RFC 5280 4.1.2.4, 5.1.2.3"),
        "the issuer has no name",
        "give the CA a name";
    LINT_KEY_ALGORITHM = "lint/key-algorithm", Error, "0.1.0", Some("TLS BR 7.1.3.1"),
        "a key is of a kind that the profile has not",
        "use RSA or ECDSA";
    LINT_KEY_COMPRESSED = "lint/key-compressed", Warning, "0.1.0", Some("RFC 5480 2.2"),
        "an EC point is in compressed form",
        "encode the key with the uncompressed point";
    LINT_KEY_CURVE = "lint/key-curve", Error, "0.1.0", Some("Mozilla 5.1"),
        "a key is on a curve that the profile has not",
        "use P-256 or P-384";
    LINT_KEY_RSA_EXPONENT = "lint/key-rsa-exponent", Error, "0.1.0", Some("TLS BR 6.1.6"),
        "an RSA exponent is even, below 2^16+1 or above 2^256-1",
        "make a key with the exponent 65537";
    LINT_KEY_RSA_PARAMETERS = "lint/key-rsa-parameters", Error, "0.1.0", Some("RFC 3279 2.3.1"),
        "the parameters of an RSA key are absent",
        "encode the parameters as NULL";
    LINT_KEY_RSA_PSS = "lint/key-rsa-pss", Error, "0.1.0", Some("TLS BR 7.1.3.1.1"),
        "an RSA key is of the algorithm id-RSASSA-PSS",
        "make the request with a key of rsaEncryption";
    LINT_KEY_RSA_SIZE = "lint/key-rsa-size", Error, "0.1.0", Some("TLS BR 6.1.5"),
        "an RSA modulus has fewer than 2,048 bits",
        "make an RSA key of 2048 bits or more, or a P-256 key";
    LINT_KEY_RSA_SIZE_OCTETS = "lint/key-rsa-size-octets", Error, "0.1.0", Some("TLS BR 6.1.5"),
        "the size of an RSA modulus is no multiple of 8 bits",
        "make a key of 2048, 3072 or 4096 bits";
    LINT_KEY_USAGE_BITS = "lint/key-usage-bits", Error, "0.1.0", Some("TLS BR 7.1.2.7.11"),
        "the key usage of a server has bits beyond those for TLS",
        "issue digitalSignature, and keyEncipherment for RSA";
    LINT_KEY_USAGE_CA_BITS = "lint/key-usage-ca-bits", Error, "0.1.0", Some("TLS BR 7.1.2.10.7"),
        "the key usage of a CA has bits beyond signing",
        "issue keyCertSign, cRLSign and digitalSignature";
    LINT_KEY_USAGE_CERT_SIGN = "lint/key-usage-cert-sign", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "keyCertSign is set, and cA is not TRUE",
        "leave keyCertSign out, or make it the certificate of a CA";
    LINT_KEY_USAGE_CERT_SIGN_MISSING = "lint/key-usage-cert-sign-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "the key usage of a CA lacks keyCertSign",
        "issue the certificate with keyCertSign";
    LINT_KEY_USAGE_CRL_SIGN_MISSING = "lint/key-usage-crl-sign-missing", Error, "0.1.0", Some("TLS BR 7.1.2.10.7"),
        "the key usage of a CA lacks cRLSign",
        "issue the certificate with cRLSign";
    LINT_KEY_USAGE_EMPTY = "lint/key-usage-empty", Error, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "keyUsage has no bit that is set",
        "name a usage, or leave the extension out";
    LINT_KEY_USAGE_ENCIPHER_ONLY = "lint/key-usage-encipher-only", Warning, "0.1.0", Some("RFC 5280 4.2.1.3"),
        "encipherOnly or decipherOnly is set without keyAgreement",
        "leave them out";
    LINT_KEY_USAGE_ENCODING = "lint/key-usage-encoding", Error, "0.1.0", Some("X.690 11.2.2, RFC 5280 4.2.1.3"),
        "keyUsage is not encoded in its shortest form",
        "issue it with a program that writes DER";
    LINT_KEY_USAGE_KEY_TYPE = "lint/key-usage-key-type", Error, "0.1.0", Some("RFC 8813 3, RFC 8410 5, RFC 3279 2.3.1"),
        "the key usage has bits that the key cannot be used for",
        "leave keyEncipherment to RSA keys, and keyAgreement to EC keys";
    LINT_KEY_USAGE_MISSING = "lint/key-usage-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.3, TLS BR 7.1.2.7.6"),
        "a certificate has no keyUsage",
        "issue it with keyUsage";
    LINT_KEY_USAGE_NOT_CRITICAL = "lint/key-usage-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.3, TLS BR 7.1.2.7.6"),
        "keyUsage is not marked critical",
        "issue the extension as critical";
    LINT_KEY_USAGE_PURPOSE = "lint/key-usage-purpose", Error, "0.1.0", Some("RFC 5280 4.2.1.12"),
        "a purpose does not go with the key usage",
        "add digitalSignature to the key usage, or leave the purpose out";
    LINT_KEY_WEAK = "lint/key-weak", Error, "0.1.0", Some("TLS BR 6.1.1.3"),
        "a key is easy to break",
        "make a new key";
    LINT_NAME_CONSTRAINTS_DISTANCE = "lint/name-constraints-distance", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "a subtree of name constraints has a minimum or a maximum",
        "leave them out: they are not defined for any kind of name";
    LINT_NAME_CONSTRAINTS_EMPTY = "lint/name-constraints-empty", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "name constraints are empty",
        "name a subtree, or leave the extension out";
    LINT_NAME_CONSTRAINTS_IN_LEAF = "lint/name-constraints-in-leaf", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "name constraints stand in a certificate that is not that of a CA",
        "leave the extension out";
    LINT_NAME_CONSTRAINTS_LEADING_DOT = "lint/name-constraints-leading-dot", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "a dNSName constraint begins with a dot",
        "write it without the dot: it holds for the domain and all below";
    LINT_NAME_CONSTRAINTS_MALFORMED = "lint/name-constraints-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "a subtree of name constraints is none that can be applied",
        "write a domain, a host, a mailbox, or an address with its mask";
    LINT_NAME_CONSTRAINTS_NOT_CRITICAL = "lint/name-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.10"),
        "name constraints are not marked critical",
        "issue the extension as critical";
    LINT_NAMES_CRITICAL = "lint/names-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.6, TLS BR 7.1.2.7.12"),
        "subjectAltName is marked critical although there is a subject",
        "issue the extension without `critical`";
    LINT_NAMES_DUPLICATE = "lint/names-duplicate", Warning, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a subject alternative name comes more than once",
        "keep one of them";
    LINT_NAMES_KIND = "lint/names-kind", Error, "0.1.0", Some("TLS BR 7.1.2.7.12"),
        "a server is named by something other than dNSName and iPAddress",
        "leave the name out";
    LINT_NAMES_MISSING = "lint/names-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.12, RFC 9525 2"),
        "a server has no subjectAltName",
        "name the server in subjectAltName: clients do not look at the common name";
    LINT_NAMES_NOT_CRITICAL = "lint/names-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "the subject is empty, and subjectAltName is not marked critical",
        "issue the extension as critical";
    LINT_PATH_LENGTH_IN_ROOT = "lint/path-length-in-root", Warning, "0.1.0", Some("TLS BR 7.1.2.1.4"),
        "a root has a path length",
        "limit the intermediates in its place";
    LINT_PATH_LENGTH_MISSING = "lint/path-length-missing", Notice, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "an intermediate does not limit how many CAs may follow",
        "issue it with a path length, 0 if it issues no CAs";
    LINT_PATH_LENGTH_WITHOUT_CA = "lint/path-length-without-ca", Error, "0.1.0", Some("RFC 5280 4.2.1.9"),
        "there is a path length, and cA is not TRUE",
        "leave the path length out";
    LINT_POLICIES_ANY_IN_LEAF = "lint/policies-any-in-leaf", Error, "0.1.0", Some("TLS BR 7.1.2.7.9"),
        "the certificate of a server names anyPolicy",
        "name the policy";
    LINT_POLICIES_CRITICAL = "lint/policies-critical", Error, "0.1.0", Some("TLS BR 7.1.2.7.6"),
        "certificatePolicies is marked critical",
        "issue the extension without `critical`";
    LINT_POLICIES_MISSING = "lint/policies-missing", Error, "0.1.0", Some("TLS BR 7.1.2.7.9, 7.1.2.10.5"),
        "a certificate names no certificate policy",
        "issue it with certificatePolicies";
    LINT_POLICIES_QUALIFIER = "lint/policies-qualifier", Error, "0.1.0", Some("RFC 5280 4.2.1.4, TLS BR 7.1.2.7.9"),
        "a certificate policy has a qualifier",
        "name the policy alone";
    LINT_POLICIES_RESERVED = "lint/policies-reserved", Error, "0.1.0", Some("TLS BR 7.1.6.1"),
        "the certificate of a server names not exactly one of the forum's policies",
        "name the policy of how the subject was validated";
    LINT_POLICY_CONSTRAINTS_NOT_CRITICAL = "lint/policy-constraints-not-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.11"),
        "policyConstraints is not marked critical",
        "issue the extension as critical";
    LINT_POLICY_MAPPINGS_ANY = "lint/policy-mappings-any", Error, "0.1.0", Some("RFC 5280 4.2.1.5"),
        "a policy is mapped to or from anyPolicy",
        "map named policies only";
    LINT_POLICY_MAPPINGS_NOT_CRITICAL = "lint/policy-mappings-not-critical", Warning, "0.1.0", Some("RFC 5280 4.2.1.5"),
        "policyMappings is not marked critical",
        "issue the extension as critical";
    LINT_REQUEST_CHALLENGE_PASSWORD = "lint/request-challenge-password", Warning, "0.1.0", Some("RFC 2985 5.4.1"),
        "a request carries a challenge password",
        "leave the challenge password empty when `openssl req` asks for it";
    LINT_REQUEST_ISSUER_EXTENSION = "lint/request-issuer-extension", Notice, "0.1.0", Some("RFC 2985 5.4.2"),
        "a request asks for an extension that the issuer sets",
        "make the request without it";
    LINT_REQUEST_SIGNATURE = "lint/request-signature", Error, "0.1.0", Some("RFC 2986 3"),
        "the signature of a request does not verify under its key",
        "make the request again with the private key that belongs to it";
    LINT_RESPONDER_NO_CHECK_MISSING = "lint/responder-no-check-missing", Error, "0.1.0", Some("TLS BR 4.9.9, RFC 6960 4.2.2.2.1"),
        "the certificate of an OCSP responder has no ocspNoCheck",
        "issue it with ocspNoCheck and a short life";
    LINT_ROOT_LIFETIME = "lint/root-lifetime", Error, "0.1.0", Some("TLS BR 7.1.2.1.1"),
        "the lifetime of a root is shorter than 2,922 or longer than 9,132 days",
        "issue the root for 8 to 25 years";
    LINT_SERIAL_NOT_POSITIVE = "lint/serial-not-positive", Error, "0.1.0", Some("RFC 5280 4.1.2.2"),
        "a serial number is negative or zero",
        "give 20 random octets whose first bit is 0";
    LINT_SERIAL_SHORT = "lint/serial-short", Warning, "0.1.0", Some("TLS BR 7.1"),
        "a serial number is too short for 64 random bits",
        "give 20 random octets whose first bit is 0";
    LINT_SERIAL_TOO_LONG = "lint/serial-too-long", Error, "0.1.0", Some("RFC 5280 4.1.2.2"),
        "a serial number has more than 20 octets",
        "give 20 random octets whose first bit is 0";
    LINT_SIGNATURE_CURVE_HASH = "lint/signature-curve-hash", Error, "0.1.0", Some("TLS BR 7.1.3.2.2, Mozilla 5.1.2"),
        "the hash function does not fit the curve of the key that signs",
        "sign with SHA-256 on P-256, SHA-384 on P-384, SHA-512 on P-521";
    LINT_SIGNATURE_NOT_ALLOWED = "lint/signature-not-allowed", Error, "0.1.0", Some("TLS BR 7.1.3.2"),
        "a signature algorithm is none that the profile has",
        "sign with RSA or ECDSA and SHA-256, SHA-384 or SHA-512";
    LINT_SIGNATURE_PARAMETERS = "lint/signature-parameters", Error, "0.1.0", Some("RFC 4055 5"),
        "the parameters of an RSA signature are absent",
        "encode the parameters as NULL";
    LINT_SIGNATURE_PSS_PARAMETERS = "lint/signature-pss-parameters", Error, "0.1.0", Some("TLS BR 7.1.3.2.1"),
        "the parameters of RSASSA-PSS are none that the profile has",
        "use one hash for message and mask, and a salt of its length";
    LINT_SIGNATURE_WEAK = "lint/signature-weak", Error, "0.1.0", Some("TLS BR 7.1.3.2, RFC 6151, RFC 6194"),
        "a signature rests on a broken hash function",
        "sign with SHA-256, SHA-384 or SHA-512";
    LINT_SUBJECT_ATTRIBUTES_CRITICAL = "lint/subject-attributes-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.8"),
        "subjectDirectoryAttributes is marked critical",
        "issue the extension without `critical`";
    LINT_SUBJECT_EMPTY = "lint/subject-empty", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "there is neither a subject nor a subjectAltName",
        "name somebody";
    LINT_SUBJECT_EMPTY_IN_CA = "lint/subject-empty-in-ca", Error, "0.1.0", Some("RFC 5280 4.1.2.6"),
        "a CA has no name",
        "give the CA a name";
    LINT_SUBJECT_INFO_ACCESS_CRITICAL = "lint/subject-info-access-critical", Error, "0.1.0", Some("RFC 5280 4.2.2.2"),
        "subjectInfoAccess is marked critical",
        "issue the extension without `critical`";
    LINT_SUBJECT_KEY_CRITICAL = "lint/subject-key-critical", Error, "0.1.0", Some("RFC 5280 4.2.1.2"),
        "subjectKeyIdentifier is marked critical",
        "issue the extension without `critical`";
    LINT_SUBJECT_KEY_MISSING = "lint/subject-key-missing", Error, "0.1.0", Some("RFC 5280 4.2.1.2"),
        "a certificate has no subjectKeyIdentifier",
        "issue it with subjectKeyIdentifier, by which paths are built";
    LINT_UNIQUE_IDENTIFIER = "lint/unique-identifier", Error, "0.1.0", Some("RFC 5280 4.1.2.8"),
        "a certificate has a unique identifier of issuer or subject",
        "leave it out";
    LINT_URI_MALFORMED = "lint/uri-malformed", Error, "0.1.0", Some("RFC 5280 4.2.1.6"),
        "a uniformResourceIdentifier is no URI",
        "write an absolute URI with its scheme";
    LINT_VALIDITY_BEYOND_CLIENTS = "lint/validity-beyond-clients", Warning, "0.1.0", Some("Apple HT210176"),
        "the certificate of a server lives longer than some clients accept",
        "issue it for at most 825 days";
    LINT_VALIDITY_ENCODING = "lint/validity-encoding", Error, "0.1.0", Some("RFC 5280 4.1.2.5, 5.1.2.4"),
        "a time before 2050 is a GeneralizedTime",
        "encode the time as UTCTime";
    LINT_VALIDITY_EXTRA_SECOND = "lint/validity-extra-second", Warning, "0.1.0", Some("RFC 5280 4.1.2.5, TLS BR 6.3.2"),
        "a certificate is valid for whole days and one second",
        "end it one second earlier: both ends count";
    LINT_VALIDITY_NO_END = "lint/validity-no-end", Warning, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "a certificate has no well-defined end",
        "issue it with an end, and renew it";
    LINT_VALIDITY_REVERSED = "lint/validity-reversed", Error, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "a certificate ends before it begins",
        "look at both times";
    LINT_VALIDITY_TOO_LONG = "lint/validity-too-long", Error, "0.1.0", Some("TLS BR 6.3.2"),
        "the certificate of a server lives too long",
        "issue it for at most 398 days, from 2026-03-15 on 200, from 2027-03-15 on 100, from 2029-03-15 on 47";
    LINT_VERSION = "lint/version", Error, "0.1.0", Some("RFC 5280 4.1.2.1, TLS BR 7.1.1"),
        "a certificate is not of version 3",
        "issue it with version 3";
}
