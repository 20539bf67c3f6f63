//! How much memory a review may take, told by its text before anything of it is read.

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::view::DiagnosticView;
use serde_json::value::RawValue;

/// Longest object that is read. etcd takes 1.5 MiB in one request (its `--max-request-bytes`), and what stands there as bytes, the
/// data of Secrets and the requests of CertificateSigningRequests, is a third longer in base64.
const OBJECT_BYTES: usize = 2 << 20;

/// Most values of an object that is read. The largest Gateway, with 64 references in each of 64 listeners, has a third of them.
const VALUES: usize = 96 << 10;

/// Why an object is not read at all: it is too large.
pub(crate) fn fault(object: &RawValue) -> Option<DiagnosticView> {
    let (bytes, values) = (object.get().len(), values(object.get().as_bytes()));
    let message = if bytes > OBJECT_BYTES {
        format!("the object has {bytes} bytes, more than {OBJECT_BYTES}")
    } else if values > VALUES {
        format!("the object has {values} values, more than {VALUES}")
    } else {
        return None;
    };
    Some(DiagnosticView::new(&Diagnostic::new(codes::LIMIT_TEXT_BYTES, message)))
}

/// Each key and each value but the first stands behind one of these. Those within a text are counted with them.
fn values(text: &[u8]) -> usize {
    text.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count()
}

#[cfg(feature = "server")]
pub(crate) use cost::{Excess, cost};

/// What judging takes, for who gives the memory for it.
#[cfg(feature = "server")]
mod cost {
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::{fault, values};

    /// Longest that a review may be beside its objects: the headers by which an API server knows a user have at most 1 MiB.
    const REST_BYTES: usize = 1 << 20;
    /// Most values beside the objects.
    const REST_VALUES: usize = 32 << 10;

    /// Most memory that reading and judging takes for a byte of text: of the text itself, of what is decoded, of the answer and of
    /// the log.
    const PER_BYTE: usize = 8;
    /// The same for a value: as a node of a document, in a list that grows to twice its length, and in what is made of it.
    const PER_VALUE: usize = 256;

    #[derive(Default, Deserialize)]
    struct Review<'a> {
        #[serde(borrow, default)]
        request: Option<Objects<'a>>,
    }

    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Objects<'a> {
        #[serde(borrow, default)]
        object: Option<&'a RawValue>,
        #[serde(borrow, default)]
        old_object: Option<&'a RawValue>,
    }

    /// Why a review is not read at all.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Excess {
        /// There is too much beside its objects.
        Rest,
        /// It is too long for what is no review.
        NoReview,
    }

    /// The bytes that judging a review takes at most.
    pub(crate) fn cost(body: &[u8]) -> Result<usize, Excess> {
        let body = body.trim_ascii();
        let review = serde_json::from_slice::<Review<'_>>(body);
        let excess = if review.is_ok() { Excess::Rest } else { Excess::NoReview };
        let Objects { object, old_object } = review.unwrap_or_default().request.unwrap_or_default();
        let (mut bytes, mut count) = (body.len(), values(body));
        let mut cost = 0usize;
        for object in [object, old_object].into_iter().flatten() {
            let text = object.get();
            bytes = bytes.saturating_sub(text.len());
            count = count.saturating_sub(values(text.as_bytes()));
            // To compare the two takes no more than a text of them.
            cost = cost.saturating_add(text.len());
        }
        if bytes > REST_BYTES || count > REST_VALUES {
            return Err(excess);
        }
        if let Some(object) = object.filter(|object| fault(object).is_none()) {
            bytes = bytes.saturating_add(object.get().len());
            count = count.saturating_add(values(object.get().as_bytes()));
        }
        let judged = bytes.saturating_mul(PER_BYTE).saturating_add(count.saturating_mul(PER_VALUE));
        Ok(cost.saturating_add(judged))
    }

    #[cfg(test)]
    mod tests {
        use super::super::{OBJECT_BYTES, VALUES};
        use super::*;
        use crate::limits::Limits;

        #[test]
        fn the_dearest_review_fits_in() {
            let limits = Limits::default();
            let text = REST_BYTES.saturating_add(OBJECT_BYTES).saturating_mul(PER_BYTE);
            let values = VALUES.saturating_add(REST_VALUES).saturating_mul(PER_VALUE);
            assert!(limits.body_bytes.saturating_add(text).saturating_add(values) <= limits.judging_bytes);
        }

        #[test]
        fn what_is_read_costs_and_what_is_not_does_not() {
            let review = |object: &str, old: &str, groups: &str| {
                format!(
                    r#"{{"request":{{"object":{object},"oldObject":{old},"userInfo":{{"groups":[{groups}]}}}}}}"#
                )
            };
            let cost = |object: &str, old: &str, groups: &str| cost(review(object, old, groups).as_bytes());
            let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
            let least = cost("null", "null", "").unwrap();
            assert!(least < 4_000, "{least}");
            let dear = cost(&list(60_000), "null", "").unwrap();
            assert!(dear > 60_000 * PER_VALUE, "{dear}");
            // An object with too many values, and what was there before, are no trees.
            assert!(cost(&list(VALUES + 1), &list(900_000), "").unwrap() < 3 << 20);
            assert_eq!(cost("null", "null", &vec!["0"; REST_VALUES].join(",")), Err(Excess::Rest));
            assert_eq!(cost("null", "null", &format!("{:?}", "x".repeat(REST_BYTES))), Err(Excess::Rest));
            assert_eq!(super::cost("[".repeat(VALUES + 1).as_bytes()), Err(Excess::NoReview));
            assert!(super::cost(b"[]").is_ok(), "its own answer says what it is");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_have_a_bound() {
        let fault = |text: &str| fault(serde_json::from_str(text).unwrap()).map(|fault| fault.message);
        let text = |length: usize| format!("{:?}", "x".repeat(length - 2));
        assert_eq!(fault(&text(OBJECT_BYTES)), None);
        let message = fault(&text(OBJECT_BYTES + 1)).unwrap();
        assert_eq!(message, "the object has 2097153 bytes, more than 2097152");
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert_eq!(fault(&list(VALUES)), None);
        assert_eq!(fault(&list(VALUES + 1)).unwrap(), "the object has 98305 values, more than 98304");
    }
}
