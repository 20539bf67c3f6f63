//! Codes of the stage `import`: policies of other programs.

use super::{Code, Entry, Severity};

codes! {
    IMPORT_NOT_KEPT = "import/not-kept", Warning, "0.1.0", None,
        "the imported policy decides otherwise in a class of requests",
        "read what differs, and mend the policy where it matters";
    IMPORT_OUTSIDE = "import/outside", Notice, "0.1.0", None,
        "a setting is not a matter of the policy: the host or the issuer has to see to it",
        "see to it where the policy is used";
    IMPORT_REFUSED = "import/refused", Error, "0.1.0", None,
        "the program that the policy is from does not accept it either",
        "mend the file";
    IMPORT_SYNTAX = "import/syntax", Error, "0.1.0", None,
        "the file is neither YAML nor JSON, or is too large",
        "mend the text at the line that is named";
    IMPORT_UNKNOWN_KEY = "import/unknown-key", Error, "0.1.0", None,
        "the file has a key that is not known for this kind of policy",
        "mend the spelling, remove the key, or import the file as what it is";
    IMPORT_UNSUPPORTED = "import/unsupported", Error, "0.1.0", None,
        "the file says something that no policy of certgate can say",
        "take it out of the file and see to it elsewhere";
    IMPORT_VALUE = "import/value", Error, "0.1.0", None,
        "a value of the file does not have the form that it must have",
        "mend the value";
}
