//! Codes of the stage `renewal`: why a certificate is due.

use super::{Code, Entry, Severity};

codes! {
    RENEWAL_DIFFERS = "renewal/differs", Notice, "0.1.0", None,
        "the certificate is not for the names that are wanted",
        "it is renewed; if this comes again and again, the issuer does not issue what is asked for";
    RENEWAL_DUE = "renewal/due", Notice, "0.1.0", None,
        "the certificate has come to the part of its life in which it is renewed",
        "it is renewed at two thirds of its life, or `renewBefore` before its end";
    RENEWAL_EXPIRED = "renewal/expired", Notice, "0.1.0", Some("RFC 5280 4.1.2.5"),
        "the certificate is not valid at this time",
        "it is renewed; look at the clock if it was issued just now";
    RENEWAL_KEY_DIFFERS = "renewal/key-differs", Notice, "0.1.0", None,
        "the private key is not that of the certificate, or there is none",
        "key and certificate are renewed together";
    RENEWAL_MISSING = "renewal/missing", Notice, "0.1.0", None,
        "there is no certificate, or none that can be read",
        "it is requested";
    RENEWAL_NOT_ALLOWED = "renewal/not-allowed", Notice, "0.1.0", None,
        "the policy does not allow the certificate any more",
        "see the reasons; it is renewed within what the policy allows now";
    RENEWAL_NOT_TRUSTED = "renewal/not-trusted", Notice, "0.1.0", Some("RFC 5280 6.1"),
        "the certificate does not verify to the trust anchors of the target",
        "see the reasons; it is renewed, as after a change of the CA";
}
