use std::time::{SystemTime, UNIX_EPOCH};

use certgate_bindings::certgate::time::Timestamp;

/// The system's time in whole seconds; 1970-01-01 for a clock before it.
pub fn now() -> Option<Timestamp> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    i64::try_from(seconds).ok().and_then(Timestamp::from_unix)
}
