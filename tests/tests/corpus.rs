//! The 83 public requests, held to what pyca/cryptography and OpenSSL say of them.

use std::collections::BTreeMap;

use certgate_bindings::Request;
use certgate_tests::corpus::{self, File, Oracles};
use certgate_tests::exceptions;
use serde_json::Value;

/// Number of files in the corpus.
const FILES: usize = 83;
/// Exceptions on parsing that the project allows itself.
const MOST_EXCEPTIONS: usize = 8;

/// What must become of the signature, by what the oracles say.
fn expected_status(oracles: &Oracles) -> &'static str {
    let algorithm = oracles.sigalg.as_deref().unwrap_or_default();
    let key = oracles.key.as_deref().unwrap_or_default();
    let is_weak =
        ["sha1", "md5", "dsa-"].iter().any(|weak| algorithm.starts_with(weak) || algorithm.ends_with(weak));
    let bits = key.strip_prefix("RSA-").and_then(|bits| bits.parse::<u32>().ok());
    if bits.is_some_and(|bits| bits < 2_048) {
        return "not-checked";
    }
    match (&oracles.pyca_sig, oracles.openssl.as_str()) {
        (Some(Value::Bool(true)), _) => "valid",
        (Some(Value::Bool(false)), "sig-ok") if is_weak => "refused",
        (Some(Value::Bool(false)), "sig-bad") => "invalid",
        // SM2: pyca has no verdict, and OpenSSL verifies without the identifier that the signature was made with. Other
        // curves are refused by name.
        (Some(Value::String(error)), _) if error.starts_with("ERR Unsupported") => "refused",
        (pyca, openssl) => panic!("{algorithm} with {key}: pyca {pyca:?}, openssl {openssl}"),
    }
}

#[test]
fn every_request_is_read_as_the_oracles_read_it() {
    let Some(files) = corpus::files() else { return };
    assert_eq!(files.len(), FILES);
    // Files that are not read, with their code.
    let mut exceptions = exceptions::read("corpus.txt");
    assert!(exceptions.len() <= MOST_EXCEPTIONS);
    let mut statuses: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in &files {
        match (Request::parse(&file.bytes), exceptions.remove(&file.name)) {
            (Ok(request), None) => {
                let view = request.view();
                let expected = expected_status(&file.oracles);
                *statuses.entry(view.signature.status.clone()).or_default() += 1;
                if view.signature.status != expected {
                    wrong.push(format!(
                        "{}: the signature is {} and should be {expected}",
                        file.name, view.signature.status
                    ));
                }
                wrong.extend(other_differences(file, &view));
            }
            (Ok(_), Some(code)) => wrong.push(format!("{}: is read, and listed as {code}", file.name)),
            (Err(error), None) => wrong.push(format!("{}: {error}", file.name)),
            (Err(error), Some(code)) => {
                if error.code() != code {
                    wrong.push(format!("{}: {error} in place of {code}", file.name));
                }
                if file.oracles.load == "ok" {
                    wrong.push(format!("{}: pyca reads it, certgate does not", file.name));
                }
            }
        }
    }
    wrong.extend(exceptions.into_keys().map(|name| format!("{name}: listed, and not in the corpus")));
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    println!("{} files, signatures {statuses:?}", files.len());
}

/// Key and types of extensions, where the oracle has words for them.
fn other_differences(file: &File, view: &certgate_bindings::view::RequestView) -> Vec<String> {
    let mut differences = Vec::new();
    let key = match file.oracles.key.as_deref() {
        Some(key) if key.starts_with("EC-") => Some(key.replace("EC-", "P-")),
        Some(key) if !key.starts_with("ERR") && !key.starts_with("DSA") => Some(key.to_owned()),
        _ => None,
    };
    if key.as_ref().is_some_and(|key| *key != view.public_key.name) {
        differences.push(format!("{}: key {} in place of {key:?}", file.name, view.public_key.name));
    }
    if let Some(Value::Array(types)) = &file.oracles.extensions {
        let found: Vec<Value> =
            view.extensions.iter().map(|extension| extension.oid.clone().into()).collect();
        if found != *types {
            differences.push(format!("{}: extensions {found:?} in place of {types:?}", file.name));
        }
    }
    differences
}
