//! Codes of the stage `analysis`.

use super::{Code, Entry, Severity};

codes! {
    ANALYSIS_UNDECIDED = "analysis/undecided", Notice, "0.1.0", None,
        "two rules could not be compared",
        "compare the policies over requests, or write the rule as exact names, suffixes or blocks";
}
