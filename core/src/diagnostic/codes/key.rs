//! Codes of the stage `key`.

use super::{Code, Entry, Severity};

codes! {
    KEY_BLOCKED = "key/blocked", Error, "0.1.0", None,
        "the key is on the block list",
        "make a new key";
    KEY_BLOCKLIST_FORMAT = "key/blocklist-format", Error, "0.1.0", None,
        "a block list cannot be read",
        "import the list again with certgate keys blocklist import";
    KEY_DEBIAN_WEAK = "key/debian-weak", Error, "0.1.0", Some("CVE-2008-0166"),
        "the key is one of the weak keys of Debian",
        "make a new key";
    KEY_DSA = "key/dsa", Error, "0.1.0", Some("FIPS 186-5"),
        "the key is a DSA key",
        "make an RSA, EC or Ed25519 key";
    KEY_ED25519_SMALL_ORDER = "key/ed25519-small-order", Error, "0.1.0", Some("RFC 8032 5.1"),
        "the Ed25519 key is a point of small order",
        "make a new key";
    KEY_ENCRYPTED = "key/encrypted", Error, "0.1.0", Some("RFC 5958 3"),
        "a private key is encrypted, and no passphrase was given",
        "give the passphrase by a file, a descriptor or the terminal";
    KEY_ENCRYPTION = "key/encryption", Error, "0.1.0", Some("RFC 8018"),
        "a private key is encrypted by an algorithm that is not opened, such as PBES1",
        "write the key again with openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256";
    KEY_ENCRYPTION_COST = "key/encryption-cost", Error, "0.1.0", Some("RFC 8018 4.2, RFC 7914 2"),
        "a file asks for more work to derive its key than is done for one",
        "write the file again with fewer iterations or less memory";
    KEY_EXPLICIT_PARAMETERS = "key/explicit-parameters", Error, "0.1.0", Some("RFC 5480 2.1.1"),
        "the key brings its own curve parameters in place of a named curve",
        "make the key with -pkeyopt ec_param_enc:named_curve";
    KEY_MISMATCH = "key/mismatch", Error, "0.1.0", None,
        "a private key does not belong to the certificate beside it",
        "put the key there that the certificate was asked for with, or ask for a new certificate";
    KEY_PARAMETERS = "key/parameters", Error, "0.1.0", Some("RFC 4055, RFC 5480, RFC 8410"),
        "the parameters of the key algorithm are not what the algorithm has",
        "make the request again with another tool";
    KEY_PARAMETERS_ABSENT = "key/parameters-absent", Notice, "0.1.0", Some("RFC 4055 1.2"),
        "the parameters of rsaEncryption are absent, not NULL",
        "nothing needs to be done; the tool that made the key has a fault";
    KEY_PASSPHRASE = "key/passphrase", Error, "0.1.0", None,
        "a passphrase does not open what it was given for, or is empty",
        "give the passphrase with which the file was written";
    KEY_POINT_COMPRESSED = "key/point-compressed", Notice, "0.1.0", Some("RFC 5480 2.2"),
        "an EC point is in compressed form",
        "use the uncompressed form, which every reader knows";
    KEY_POINT_FORM = "key/point-form", Error, "0.1.0", Some("SEC 1 2.3.4"),
        "a point has a form or a length that is not accepted",
        "make a new key";
    KEY_POINT_OFF_CURVE = "key/point-off-curve", Error, "0.1.0", Some("SEC 1 3.2.2"),
        "a point is not on its curve",
        "make a new key";
    KEY_PRIVATE_KEY = "key/private-key", Error, "0.1.0", Some("RFC 5958, RFC 5915, RFC 8017"),
        "a private key cannot be read",
        "give RSA, P-256, P-384, P-521 or Ed25519 in PKCS #8, SEC 1 or PKCS #1";
    KEY_RSA_CLOSE_PRIMES = "key/rsa-close-primes", Error, "0.1.0", Some("TLS BR 6.1.1.3, CVE-2022-26320"),
        "the primes of the RSA modulus are close to each other",
        "make a new key with another tool";
    KEY_RSA_EXPONENT = "key/rsa-exponent", Error, "0.1.0", Some("TLS BR 6.1.6"),
        "the RSA exponent is not an odd number from 65537 to 4294967295",
        "make a new key with the exponent 65537";
    KEY_RSA_MODULUS_SIZE = "key/rsa-modulus-size", Error, "0.1.0", Some("TLS BR 6.1.5"),
        "the size of the RSA modulus is no multiple of 8",
        "make a new key of 2048, 3072 or 4096 bits";
    KEY_RSA_MODULUS_TOO_LARGE = "key/rsa-modulus-too-large", Error, "0.1.0", Some("CVE-2023-29409"),
        "the RSA modulus is larger than 8192 bits",
        "make a smaller key";
    KEY_RSA_MODULUS_TOO_SMALL = "key/rsa-modulus-too-small", Error, "0.1.0", Some("TLS BR 6.1.5"),
        "the RSA modulus is smaller than 2048 bits",
        "make a key of 2048 bits or more";
    KEY_RSA_NEGATIVE = "key/rsa-negative", Error, "0.1.0", Some("RFC 8017 3.1"),
        "the RSA modulus or exponent is negative",
        "make the request again with another tool";
    KEY_RSA_PATTERN = "key/rsa-pattern", Error, "0.1.0", Some("CVE-2021-41117"),
        "the bytes of the RSA modulus repeat or are mostly zero",
        "make a new key with another tool";
    KEY_RSA_PERFECT_POWER = "key/rsa-perfect-power", Error, "0.1.0", Some("RFC 8017 3.1"),
        "the RSA modulus is a power of another number",
        "make a new key with another tool";
    KEY_RSA_ROCA = "key/rsa-roca", Error, "0.1.0", Some("CVE-2017-15361"),
        "the RSA modulus was made by hardware with the ROCA flaw",
        "make a new key elsewhere";
    KEY_RSA_SMALL_FACTOR = "key/rsa-small-factor", Error, "0.1.0", Some("TLS BR 6.1.6"),
        "the RSA modulus has a small prime factor",
        "make a new key with another tool";
    KEY_SIGNING = "key/signing", Error, "0.1.0", None,
        "a private key did not sign",
        "look at the holder of the key: the HSM, the KMS or the callback";
    KEY_UNSUPPORTED = "key/unsupported", Error, "0.1.0", None,
        "the key algorithm or curve is not supported",
        "use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519";
}
