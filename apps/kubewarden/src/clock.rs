//! The time of the host.

use std::time::{SystemTime, UNIX_EPOCH};

use certgate_bindings::certgate::time::Timestamp;

/// `None` where the host has no time that certgate can count with.
pub(crate) fn now() -> Option<Timestamp> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Timestamp::from_unix(i64::try_from(elapsed.as_secs()).ok()?)
}
