use certgate_bindings::certgate::crypto::CryptoProvider;

/// The variable of the environment that names the back ends which verify signatures.
const VARIABLE: &str = "CERTGATE_CRYPTO";

/// Selects the back ends that `CERTGATE_CRYPTO` names, if it is set: once in a process.
///
/// # Errors
/// A name that is not known on this platform, in one sentence.
pub fn select_crypto() -> Result<(), String> {
    let Some(name) = std::env::var_os(VARIABLE).filter(|name| !name.is_empty()) else { return Ok(()) };
    let known: Vec<&str> = CryptoProvider::all().iter().map(|(name, _)| *name).collect();
    match name.to_str().filter(|name| known.contains(name)) {
        Some(name) => {
            certgate_bindings::select_crypto(name);
            Ok(())
        }
        None => Err(format!("{VARIABLE} is {name:?}, and this program has {}", known.join(", "))),
    }
}
