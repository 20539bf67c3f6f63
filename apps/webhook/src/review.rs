//! AdmissionReview (admission.k8s.io/v1), in and out.

use std::collections::BTreeMap;

use certgate_bindings::view::DiagnosticView;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The only version that is read and written.
pub(crate) const API_VERSION: &str = "admission.k8s.io/v1";
const KIND: &str = "AdmissionReview";

/// Characters that the API server keeps of one warning, and of all warnings of one answer.
const WARNING_CHARACTERS: usize = 256;
const ALL_WARNINGS_CHARACTERS: usize = 4_096;

/// What the API server sends. Objects stay text: the engine reads them with its own strict reader.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdmissionReview<'a> {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    #[serde(borrow)]
    pub(crate) request: Option<AdmissionRequest<'a>>,
}

/// One question.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdmissionRequest<'a> {
    pub(crate) uid: String,
    pub(crate) kind: GroupVersionKind,
    #[serde(default)]
    pub(crate) sub_resource: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) namespace: Option<String>,
    pub(crate) operation: String,
    #[serde(default)]
    pub(crate) user_info: UserInfo,
    #[serde(borrow, default)]
    pub(crate) object: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) old_object: Option<&'a RawValue>,
    #[serde(default)]
    pub(crate) dry_run: Option<bool>,
}

/// The kind of the object, as the rule of the webhook configuration asked for it.
#[derive(Debug, Deserialize)]
pub(crate) struct GroupVersionKind {
    #[serde(default)]
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
}

/// Who sent the object to the API server.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct UserInfo {
    #[serde(default)]
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    #[serde(default)]
    pub(crate) extra: BTreeMap<String, Vec<String>>,
}

/// The least of a review: its uid can be echoed although the rest is not as it should be.
#[derive(Deserialize)]
struct Outline {
    #[serde(default)]
    request: Option<OutlineRequest>,
}

#[derive(Deserialize)]
struct OutlineRequest {
    uid: String,
}

/// Reads a review.
///
/// # Errors
/// An answer that refuses, if the uid is known; else a sentence for a plain HTTP error.
pub(crate) fn read(body: &[u8]) -> Result<AdmissionRequest<'_>, Unreadable> {
    let refuse = |uid: String, message: String| {
        Unreadable::Refused(Box::new(Answer::refusal(uid, 400, "BadRequest", message)))
    };
    let review: AdmissionReview<'_> = match serde_json::from_slice(body) {
        Ok(review) => review,
        Err(error) => {
            let message = format!("the body is no {KIND} of {API_VERSION}: {error}");
            return Err(match serde_json::from_slice(body) {
                Ok(Outline { request: Some(request) }) => refuse(request.uid, message),
                _ => Unreadable::Anonymous(message),
            });
        }
    };
    let request =
        review.request.ok_or_else(|| Unreadable::Anonymous(format!("the {KIND} has no `request`")))?;
    if review.api_version != API_VERSION || review.kind != KIND {
        let message = format!(
            "the body is a `{}` of `{}`, not an {KIND} of {API_VERSION}",
            review.kind, review.api_version
        );
        return Err(refuse(request.uid, message));
    }
    Ok(request)
}

/// Why a review could not be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The uid is known: an answer that refuses.
    Refused(Box<Answer>),
    /// It is not.
    Anonymous(String),
}

/// What goes back.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    api_version: &'static str,
    kind: &'static str,
    pub(crate) response: Response,
}

/// The answer to one question.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    pub(crate) uid: String,
    pub(crate) allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) audit_annotations: BTreeMap<&'static str, String>,
}

/// Status of meta/v1, as far as a refusal needs it.
#[derive(Debug, Serialize)]
pub(crate) struct Status {
    status: &'static str,
    pub(crate) code: u16,
    reason: &'static str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

#[derive(Debug, Serialize)]
struct Details {
    causes: Vec<Cause>,
}

/// One reason, for programs: the code, the sentence, the field.
#[derive(Debug, Serialize)]
struct Cause {
    reason: String,
    message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
}

impl Answer {
    /// An answer that lets the object in.
    pub(crate) fn allowed(uid: String) -> Self {
        Self::new(Response {
            uid,
            allowed: true,
            status: None,
            warnings: Vec::new(),
            audit_annotations: BTreeMap::new(),
        })
    }

    /// An answer that refuses with one sentence.
    pub(crate) fn refusal(uid: String, code: u16, reason: &'static str, message: String) -> Self {
        let mut answer = Self::allowed(uid);
        answer.response.allowed = false;
        answer.response.status = Some(Status { status: "Failure", code, reason, message, details: None });
        answer
    }

    /// Names every reason in `status.details.causes` too.
    pub(crate) fn with_causes<'a>(mut self, reasons: impl IntoIterator<Item = &'a DiagnosticView>) -> Self {
        let causes: Vec<Cause> = reasons
            .into_iter()
            .map(|reason| Cause {
                reason: reason.code.clone(),
                message: reason.message.clone(),
                field: reason.path_text(),
            })
            .collect();
        if let Some(status) = self.response.status.as_mut().filter(|_| !causes.is_empty()) {
            status.details = Some(Details { causes });
        }
        self
    }

    /// Adds warnings, cut as the API server would cut them, so that it is known what is lost.
    pub(crate) fn with_warnings(mut self, warnings: Vec<String>) -> Self {
        self.response.warnings = cut(warnings);
        self
    }

    fn new(response: Response) -> Self {
        Self { api_version: API_VERSION, kind: KIND, response }
    }

    /// The body of the HTTP response.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        // Plain data with text keys: serialising it cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// Warnings within the API server's bounds; control characters, which no warning header may have, become spaces.
fn cut(warnings: Vec<String>) -> Vec<String> {
    let count = warnings.len();
    let mut kept: Vec<String> = Vec::new();
    // Room for the sentence that says how many are left out.
    let mut room = ALL_WARNINGS_CHARACTERS.saturating_sub(WARNING_CHARACTERS);
    for (index, warning) in warnings.into_iter().enumerate() {
        let clean: String = warning.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let shown = if clean.chars().count() > WARNING_CHARACTERS {
            clean.chars().take(WARNING_CHARACTERS.saturating_sub(1)).chain(['…']).collect()
        } else {
            clean
        };
        let Some(left) = room.checked_sub(shown.chars().count()) else {
            kept.push(format!("{} more warnings are left out", count.saturating_sub(index)));
            break;
        };
        room = left;
        kept.push(shown);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_stay_within_the_bounds_of_the_api_server() {
        assert_eq!(cut(vec!["a\nb".to_owned()]), ["a b"]);
        let long = cut(vec!["é".repeat(300)]);
        assert_eq!(long[0].chars().count(), 256);
        assert!(long[0].ends_with('…'));
        let many = cut(vec!["x".repeat(200); 50]);
        assert!(many.iter().map(|warning| warning.chars().count()).sum::<usize>() <= 4_096);
        assert_eq!(many.len(), 20, "19 warnings of 200 characters, and the last word");
        assert_eq!(many[19], "31 more warnings are left out");
    }

    #[test]
    fn the_uid_is_echoed_although_the_rest_is_broken() {
        let body = br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u1","kind":7}}"#;
        let Err(Unreadable::Refused(answer)) = read(body) else { panic!("refused") };
        assert_eq!(answer.response.uid, "u1");
        assert!(!answer.response.allowed);
        assert!(matches!(read(b"{}"), Err(Unreadable::Anonymous(_))));
        assert!(matches!(read(b"\xff"), Err(Unreadable::Anonymous(_))));
    }
}
