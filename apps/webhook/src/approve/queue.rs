//! The requests on which nobody has decided yet: when each is looked at next, and which wait for another policy.

use std::collections::BTreeMap;
use std::time::Duration;

use kube::core::DynamicObject;
use tokio::time::Instant;

use super::kind;

/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// Most requests that are kept. A cluster has some hundred; the rest waits for the next listing.
const ENTRIES: usize = 20_000;

#[derive(Default)]
pub(super) struct Queue {
    entries: BTreeMap<String, Entry>,
}

struct Entry {
    object: DynamicObject,
    /// `None`: nothing can be done until the object or a policy changes.
    due: Option<Instant>,
    tries: u32,
}

impl Queue {
    /// Takes in an object that is new or has changed; one on which somebody has decided goes out. Gives whether there was room
    /// for it: without, it waits for the next listing.
    pub(super) fn put(&mut self, object: DynamicObject) -> bool {
        let key = kind::key(&object);
        if !kind::is_open(&object) {
            self.entries.remove(&key);
            return true;
        }
        let version =
            |object: &DynamicObject| (object.metadata.uid.clone(), object.metadata.resource_version.clone());
        let is_known = self.entries.get(&key).is_some_and(|entry| version(&entry.object) == version(&object));
        let has_room = self.entries.len() < ENTRIES || self.entries.contains_key(&key);
        if !is_known && has_room {
            self.entries.insert(key, Entry { object, due: Some(Instant::now()), tries: 0 });
        }
        has_room
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.entries.remove(key);
    }

    /// Keeps only what a full listing has named.
    pub(super) fn retain(&mut self, is_listed: impl Fn(&str) -> bool) {
        self.entries.retain(|key, _| is_listed(key));
    }

    /// Everything is due: the policies have changed.
    pub(super) fn wake(&mut self) {
        let now = Instant::now();
        for entry in self.entries.values_mut() {
            entry.due = Some(now);
            entry.tries = 0;
        }
    }

    /// When the next is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.entries.values().filter_map(|entry| entry.due).min()
    }

    /// The one that has been due for longest.
    pub(super) fn due(&self) -> Option<(String, DynamicObject)> {
        let now = Instant::now();
        let due = self.entries.iter().filter_map(|(key, entry)| Some((entry.due?, key, entry)));
        let (_, key, entry) = due.filter(|(due, ..)| *due <= now).min_by_key(|(due, ..)| *due)?;
        Some((key.clone(), entry.object.clone()))
    }

    /// Waits for the object or a policy to change.
    pub(super) fn park(&mut self, key: &str) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.due = None;
        }
    }

    /// Tries again: after a given time, or after a time that grows.
    pub(super) fn again(&mut self, key: &str, after: Option<Duration>) {
        if let Some(entry) = self.entries.get_mut(key) {
            let after = after.unwrap_or_else(|| backoff(entry.tries));
            entry.tries = entry.tries.saturating_add(1);
            entry.due = Instant::now().checked_add(after);
        }
    }
}

/// 0.5, 1, 2, … seconds, at most [`LONGEST`].
pub(super) fn backoff(tries: u32) -> Duration {
    Duration::from_millis(500).saturating_mul(1 << tries.min(10)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(name: &str, version: &str) -> DynamicObject {
        serde_json::from_value(
            json!({ "metadata": { "name": name, "uid": name, "resourceVersion": version } }),
        )
        .unwrap()
    }

    #[tokio::test]
    async fn what_was_parked_wakes_when_it_changes() {
        let mut queue = Queue::default();
        assert!(queue.put(object("a", "1")));
        let (key, _) = queue.due().unwrap();
        queue.park(&key);
        assert!(queue.put(object("a", "1")));
        assert!(queue.due().is_none(), "it is the same: a new listing wakes nothing");
        assert!(queue.put(object("a", "2")));
        assert!(queue.due().is_some());
        queue.park("a");
        queue.wake();
        assert!(queue.due().is_some());
        queue.again("a", None);
        assert!(queue.due().is_none() && queue.next_due().is_some());
        queue.retain(|key| key != "a");
        assert!(queue.next_due().is_none());
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut queue = Queue::default();
        assert!((0..ENTRIES).all(|number| queue.put(object(&number.to_string(), "1"))));
        assert!(!queue.put(object("more", "1")));
        assert!(!queue.entries.contains_key("more"));
        // What is in it already may change, and what goes out leaves its place.
        assert!(queue.put(object("0", "2")));
        assert_eq!(queue.entries.get("0").unwrap().object.metadata.resource_version.as_deref(), Some("2"));
        queue.remove("0");
        assert!(queue.put(object("more", "1")));
    }

    #[test]
    fn times_grow_to_a_bound() {
        assert_eq!(backoff(0), Duration::from_millis(500));
        assert_eq!(backoff(3), Duration::from_secs(4));
        assert_eq!(backoff(u32::MAX), LONGEST);
    }
}
