use std::sync::OnceLock;

use certgate::crypto::CryptoProvider;

static SELECTED: OnceLock<&'static CryptoProvider> = OnceLock::new();

/// The signature back ends of this process: the best there are, unless [`select_crypto`] said otherwise.
pub fn crypto() -> &'static CryptoProvider {
    SELECTED.get().copied().unwrap_or_else(CryptoProvider::best)
}

/// Selects the back ends of this process by name (`portable`, `accelerated`, `aws-lc-rs` or `compact`), once. Verdicts do not depend on it: it is for tests. Private keys sign as they did, and what verifies by
/// [`CryptoProvider::best`] goes on doing so.
///
/// Returns whether the name is known on this platform and nothing had been selected before.
pub fn select_crypto(name: &str) -> bool {
    match CryptoProvider::all().into_iter().find(|(known, _)| *known == name) {
        Some((_, provider)) => SELECTED.set(provider).is_ok(),
        None => false,
    }
}
