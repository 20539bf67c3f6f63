//! Codes of the stage `limit`.

use super::{Code, Entry, Severity};

codes! {
    LIMIT_ATTRIBUTES = "limit/attributes", Error, "0.1.0", None,
        "the request has more attributes than are read",
        "make a smaller request";
    LIMIT_DER_BYTES = "limit/der-bytes", Error, "0.1.0", None,
        "the encoding is larger than is read",
        "make a smaller input";
    LIMIT_DER_DEPTH = "limit/der-depth", Error, "0.1.0", Some("CVE-2018-0739"),
        "values are nested deeper than is read",
        "the input is damaged or hostile";
    LIMIT_DER_ELEMENTS = "limit/der-elements", Error, "0.1.0", Some("CVE-2025-58185"),
        "the encoding has more elements than are read",
        "the input is damaged or hostile";
    LIMIT_EXTENSIONS = "limit/extensions", Error, "0.1.0", None,
        "there are more extensions than are read",
        "make a smaller input";
    LIMIT_GENERAL_NAMES = "limit/general-names", Error, "0.1.0", Some("CVE-2026-27145"),
        "there are more names than are read",
        "split the names over several requests";
    LIMIT_GENERAL_SUBTREES = "limit/general-subtrees", Error, "0.1.0", Some("CVE-2024-34702"),
        "a list of name constraints has more subtrees than are read",
        "have the CA certificate issued with fewer";
    LIMIT_NAME_ATTRIBUTES = "limit/name-attributes", Error, "0.1.0", None,
        "a distinguished name has more attributes than are read",
        "make a smaller subject";
    LIMIT_NAME_COMPARISONS = "limit/name-comparisons", Error, "0.1.0", Some("CVE-2024-34702"),
        "names and name constraints need more comparisons than are made",
        "have the certificates issued with fewer names or constraints";
    LIMIT_PATH_SIGNATURES = "limit/path-signatures", Error, "0.1.0", Some("CVE-2018-16875"),
        "the search for a path needs more signatures than are verified",
        "give only the intermediates that belong to the certificate";
    LIMIT_PATH_STEPS = "limit/path-steps", Error, "0.1.0", Some("CVE-2018-16875"),
        "the search for a path needs more steps than are made",
        "give only the intermediates that belong to the certificate";
    LIMIT_PEM_BLOCKS = "limit/pem-blocks", Error, "0.1.0", None,
        "the text has more PEM blocks than are read",
        "split the text";
    LIMIT_POLICY_EDGES = "limit/policy-edges", Error, "0.1.0", Some("CVE-2023-0464, RFC 9618"),
        "the certificate policies of a path need more edges than are made",
        "have the CA certificates issued with fewer policies or mappings";
    LIMIT_PRESENTED_CERTIFICATES = "limit/presented-certificates", Error, "0.1.0", Some("CVE-2026-32280"),
        "the peer presents more certificates than are read",
        "send only the certificates of the path";
    LIMIT_TEXT_BYTES = "limit/text-bytes", Error, "0.1.0", None,
        "the text is larger than is read",
        "make a smaller input";
}
