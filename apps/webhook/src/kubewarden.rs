//! The decision as a policy of Kubewarden: a WASI command with the words `validate` and `validate-settings`, JSON on standard
//! input and output.
//!
//! The settings hold what the webhook has in its folder: the policies as documents, and the keys of `webhook.yaml` beside
//! them. The answer is that of the webhook.

use std::collections::BTreeMap;

use certgate_bindings::certgate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::admit;
use crate::config;
use crate::policies::{PolicySet, Snapshot};
use crate::review::AdmissionRequest;

/// Most policies of one setting.
const POLICIES: usize = 1_000;

/// What Kubewarden sends for `validate`.
#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    request: &'a RawValue,
    #[serde(default)]
    settings: Value,
}

/// What it takes for an answer.
#[derive(Serialize)]
struct Verdict {
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    audit_annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct SettingsVerdict {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Most bytes of an input: an object of 3 MiB twice, and settings with policies.
pub const INPUT_BYTES: usize = 16 << 20;

/// Runs a word of the command line over what stands on standard input; gives what goes to standard output, as JSON.
///
/// # Errors
/// Another word, input that is too long, no JSON or without a request: one sentence. Kubewarden then refuses the object.
pub fn run(word: &str, input: &[u8], at: Option<Timestamp>) -> Result<String, String> {
    if input.len() > INPUT_BYTES {
        return Err(format!("the input has more than {INPUT_BYTES} bytes"));
    }
    match word {
        "validate" => validate(input, at),
        "validate-settings" => {
            let settings = serde_json::from_slice(input)
                .map_err(|error| format!("the settings are no JSON document: {error}"))?;
            let faults = load(settings).err();
            let message = faults.map(|faults| faults.join("\n"));
            to_json(&SettingsVerdict { valid: message.is_none(), message })
        }
        word => Err(format!("`{word}` is neither `validate` nor `validate-settings`")),
    }
}

fn validate(input: &[u8], at: Option<Timestamp>) -> Result<String, String> {
    let call: Call<'_> = serde_json::from_slice(input)
        .map_err(|error| format!("the input is no request with settings: {error}"))?;
    let request: AdmissionRequest<'_> = serde_json::from_str(call.request.get())
        .map_err(|error| format!("the request is no admission request: {error}"))?;
    // Settings are looked at before they are used; with bad ones nothing is let in.
    let set = load(call.settings).map_err(|faults| faults.join("\n"))?;
    let response = admit::admit(&request, Some(&set), at).answer.response;
    let (message, code) = response.status.map(|status| (status.message, status.code)).unzip();
    to_json(&Verdict {
        accepted: response.allowed,
        message,
        code,
        warnings: response.warnings,
        audit_annotations: response.audit_annotations,
    })
}

/// The settings as the folder of a webhook.
fn load(settings: Value) -> Result<PolicySet, Vec<String>> {
    let Value::Object(mut keys) = settings else {
        return Err(vec!["the settings are not an object".to_owned()]);
    };
    let policies = match keys.remove("policies") {
        Some(Value::Array(policies)) if policies.len() <= POLICIES => policies,
        Some(Value::Array(_)) => return Err(vec![format!("policies: there are more than {POLICIES}")]),
        Some(_) => return Err(vec!["policies: this is not a list".to_owned()]),
        None => Vec::new(),
    };
    let mut files = BTreeMap::new();
    for (index, policy) in policies.into_iter().enumerate() {
        // A policy is a document within the settings, or the text of one.
        let text = match policy {
            Value::String(text) => text,
            document => document.to_string(),
        };
        files.insert(format!("policies[{index:03}].yaml"), text.into_bytes());
    }
    files.insert(config::FILE.to_owned(), configuration(keys).into_bytes());
    Snapshot::new(files).load()
}

fn configuration(mut keys: Map<String, Value>) -> String {
    keys.entry("version").or_insert_with(|| 1.into());
    Value::Object(keys).to_string()
}

fn to_json(answer: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(answer).map_err(|error| format!("the answer cannot be written: {error}"))
}
