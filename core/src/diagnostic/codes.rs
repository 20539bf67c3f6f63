//! The table of all codes: code, severity, summary, advice, citation and the version that first knew it.
//!
//! The docs page, the TypeScript union, the Python `Literal` and `certgate explain` are made from it.

use super::code::{Code, Entry, Severity};

/// Declares the codes of one stage: constant, code, severity, version, citation, summary, advice.
macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $since:literal, $citation:expr, $summary:literal, $help:literal;)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $summary, ".")]
            pub const $name: Code = Code(&Entry {
                code: $code,
                severity: Severity::$severity,
                summary: $summary,
                help: $help,
                citation: $citation,
                since: $since,
            });
        )*
        /// The codes of this stage, sorted.
        pub(super) const ALL: &[Code] = &[$($name),*];
    };
}

mod analysis;
mod case;
mod certificate;
mod compat;
mod constrain;
mod context;
mod crl;
mod der;
mod document;
mod export;
mod extension;
mod import;
mod input;
mod internal;
mod issue;
mod key;
mod limit;
mod lint;
mod name;
mod ocsp;
mod pem;
mod policy;
mod renewal;
mod request;
mod signature;
mod verify;

pub use analysis::*;
pub use case::*;
pub use certificate::*;
pub use compat::*;
pub use constrain::*;
pub use context::*;
pub use crl::*;
pub use der::*;
pub use document::*;
pub use export::*;
pub use extension::*;
pub use import::*;
pub use input::*;
pub use internal::*;
pub use issue::*;
pub use key::*;
pub use limit::*;
pub use lint::*;
pub use name::*;
pub use ocsp::*;
pub use pem::*;
pub use policy::*;
pub use renewal::*;
pub use request::*;
pub use signature::*;
pub use verify::*;

/// All stages in the order of their names.
pub(super) const STAGES: &[&[Code]] = &[
    analysis::ALL,
    case::ALL,
    certificate::ALL,
    compat::ALL,
    constrain::ALL,
    context::ALL,
    crl::ALL,
    der::ALL,
    document::ALL,
    export::ALL,
    extension::ALL,
    import::ALL,
    input::ALL,
    internal::ALL,
    issue::ALL,
    key::ALL,
    limit::ALL,
    lint::ALL,
    name::ALL,
    ocsp::ALL,
    pem::ALL,
    policy::ALL,
    renewal::ALL,
    request::ALL,
    signature::ALL,
    verify::ALL,
];

#[cfg(test)]
mod tests {
    use super::super::Code;

    #[test]
    fn codes_are_unique_sorted_and_well_formed() {
        let all: Vec<_> = Code::all().map(Code::as_str).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(all, sorted);
        for code in Code::all() {
            let slug = |text: &str| {
                !text.is_empty()
                    && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            };
            let (stage, rest) = code.as_str().split_once('/').expect("a slash");
            assert!(slug(stage) && slug(rest), "{code}");
            assert!(!code.summary().ends_with('.') && !code.summary().is_empty(), "{code}");
            assert!(!code.help().ends_with('.') && !code.help().is_empty(), "{code}");
            for word in ["error", "warning", "notice"] {
                assert!(!code.as_str().contains(word), "{code} has a severity in it");
            }
            assert_eq!(Code::find(code.as_str()), Some(code));
        }
    }
}
