//! Codes of the stage `input`.

use super::{Code, Entry, Severity};

codes! {
    INPUT_BARE_BASE64 = "input/bare-base64", Notice, "0.1.0", Some("RFC 7468"),
        "the input is base64 without PEM lines",
        "nothing needs to be done";
    INPUT_DOUBLE_BASE64 = "input/double-base64", Error, "0.1.0", Some("RFC 7468"),
        "the input is base64 of a PEM text",
        "decode it once with base64 -d";
    INPUT_EMPTY = "input/empty", Error, "0.1.0", None,
        "the input is empty",
        "give a request";
    INPUT_ENCODING = "input/encoding", Error, "0.1.0", Some("RFC 7468"),
        "the text is UTF-16",
        "save it as UTF-8 or ASCII";
    INPUT_FILE = "input/file", Error, "0.1.0", None,
        "a file or folder cannot be read or written",
        "look at its path, its rights and its size";
    INPUT_NOT_RECOGNISED = "input/not-recognised", Error, "0.1.0", Some("RFC 7468"),
        "the input is neither DER, PEM nor base64",
        "give a request in DER, PEM or base64";
    INPUT_OTHER_CONTENT = "input/other-content", Error, "0.1.0", Some("RFC 7468"),
        "the input holds something else than what is wanted",
        "give the kind of file that the message names";
    INPUT_PRIVATE_KEY = "input/private-key", Error, "0.1.0", None,
        "the input holds a private key",
        "keep private keys where they were made; replace one that was given away";
    INPUT_SERVER = "input/server", Error, "0.1.0", Some("RFC 8446"),
        "a server presents no certificates",
        "look at the address, the network and the protocol";
    INPUT_SEVERAL_BLOCKS = "input/several-blocks", Error, "0.1.0", Some("RFC 7468"),
        "the input holds several blocks where one is wanted",
        "give each by itself";
}
