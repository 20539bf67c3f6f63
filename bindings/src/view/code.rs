use certgate::diagnostic::Code;
use serde::Serialize;

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CodeView {
    /// The code, such as `policy/dns-not-allowed`.
    pub code: String,
    /// `error`, `warning` or `notice`, unless a profile says otherwise.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["error", "warning", "notice"])))]
    pub severity: String,
    /// What it means, in one sentence.
    pub summary: String,
    /// What to do about it, in general.
    pub help: String,
    /// The clause that it rests on.
    pub citation: Option<String>,
    /// The version of certgate that first knew it.
    pub since: String,
}

impl CodeView {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code: code.as_str().to_owned(),
            severity: code.severity().as_str().to_owned(),
            summary: code.summary().to_owned(),
            help: code.help().to_owned(),
            citation: code.citation().map(str::to_owned),
            since: code.since().to_owned(),
        }
    }
}
