//! Codes of the stage `signature`.

use super::{Code, Entry, Severity};

codes! {
    SIGNATURE_ALGORITHM_MISMATCH = "signature/algorithm-mismatch", Error, "0.1.0", Some("RFC 5280 4.1.1.2"),
        "the signature algorithm does not fit the key",
        "make the request again with another tool";
    SIGNATURE_DSA = "signature/dsa", Error, "0.1.0", Some("FIPS 186-5"),
        "the request is signed with DSA",
        "make an RSA, EC or Ed25519 key";
    SIGNATURE_INVALID = "signature/invalid", Error, "0.1.0", Some("RFC 2986 3"),
        "the signature does not verify under the key",
        "make the request again with the private key that belongs to it";
    SIGNATURE_MD5 = "signature/md5", Error, "0.1.0", Some("RFC 6151"),
        "the request is signed with MD5",
        "sign with SHA-256";
    SIGNATURE_PARAMETERS = "signature/parameters", Error, "0.1.0", Some("RFC 4055, RFC 5758, RFC 8410"),
        "the parameters of the signature algorithm are not what the algorithm has",
        "make the request again with another tool";
    SIGNATURE_PARAMETERS_ABSENT = "signature/parameters-absent", Notice, "0.1.0", Some("RFC 4055 5"),
        "the parameters of the signature algorithm are absent, not NULL",
        "nothing needs to be done; the tool that made the signature has a fault";
    SIGNATURE_PSS_PARAMETERS = "signature/pss-parameters", Error, "0.1.0", Some("RFC 4055 3.1"),
        "the RSASSA-PSS parameters are not one of the three accepted sets",
        "sign with SHA-256, SHA-384 or SHA-512, MGF1 of the same hash and a salt of the same length";
    SIGNATURE_SHA1 = "signature/sha1", Error, "0.1.0", Some("NIST SP 800-131A"),
        "the request is signed with SHA-1",
        "sign with SHA-256";
    SIGNATURE_UNSUPPORTED = "signature/unsupported", Error, "0.1.0", None,
        "the signature algorithm is not supported",
        "sign with RSA, ECDSA or Ed25519 and SHA-256, SHA-384 or SHA-512";
}
