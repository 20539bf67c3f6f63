//! The requests on which nobody has decided yet: when each is looked at next, and which wait for another policy.
//!
//! What waits takes nothing from what can be worked on: what was left alone is kept by its version alone, what is tried again gives its
//! place to what is new, and both take turns.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kube::core::DynamicObject;
use tokio::time::Instant;

use super::kind;

/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// Most requests that are kept. A cluster has some hundred; the rest waits for the next listing.
const ENTRIES: usize = 20_000;

/// Most bytes of them as JSON: thousands of ordinary size, which is some kilobytes. etcd takes objects of 1.5 MiB, and the manifests give the
/// approver 256 MiB.
const BYTES: usize = 32 << 20;

/// Most requests of which it is kept that they were left alone: some hundred bytes each. What is more is looked at again with each
/// listing.
const PARKED: usize = 100_000;

#[derive(Default)]
pub(super) struct Queue {
    entries: BTreeMap<String, Entry>,
    /// What all entries have together.
    bytes: usize,
    /// What nobody has looked at yet.
    new: Line,
    /// What is tried again.
    again: Line,
    turn: Turn,
    /// What nothing can be done with until the object or a policy changes, and the version that says so.
    parked: BTreeMap<String, Version>,
}

struct Entry {
    object: DynamicObject,
    bytes: usize,
    due: Instant,
    tries: u32,
    turn: Turn,
}

/// Keys in the order in which they are due.
type Line = BTreeSet<(Instant, String)>;

/// Which line comes first.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    New,
    Again,
}

/// The uid and the version of an object.
#[derive(PartialEq, Eq)]
struct Version(Option<String>, Option<String>);

impl Version {
    fn of(object: &DynamicObject) -> Self {
        Self(object.metadata.uid.clone(), object.metadata.resource_version.clone())
    }
}

impl Queue {
    /// Takes in an object that is new or has changed; one on which somebody has decided goes out. Gives whether there was room
    /// for all: without, it, or one that is tried again, waits for the next listing.
    pub(super) fn put(&mut self, object: DynamicObject) -> bool {
        let key = kind::key(&object);
        if !kind::is_open(&object) {
            self.remove(&key);
            return true;
        }
        let version = Version::of(&object);
        let is_known = self.entries.get(&key).is_some_and(|entry| Version::of(&entry.object) == version);
        if is_known || self.parked.get(&key) == Some(&version) {
            return true;
        }
        self.remove(&key);
        let bytes = serde_json::to_string(&object).map_or(0, |text| text.len());
        let has_room = self.fits(bytes);
        while !self.fits(bytes) && self.give_way() {}
        if self.fits(bytes) {
            self.insert(key, Entry { object, bytes, due: Instant::now(), tries: 0, turn: Turn::New });
        }
        has_room
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.take(key);
        self.parked.remove(key);
    }

    /// Keeps only what a full listing has named.
    pub(super) fn retain(&mut self, is_listed: impl Fn(&str) -> bool) {
        let gone: Vec<String> = self.entries.keys().filter(|key| !is_listed(key)).cloned().collect();
        for key in gone {
            self.take(&key);
        }
        self.parked.retain(|key, _| is_listed(key));
    }

    /// Everything is due: the policies have changed. Gives whether there is more than what is kept here: a listing has it.
    pub(super) fn wake(&mut self) -> bool {
        let now = Instant::now();
        for (_, key) in std::mem::take(&mut self.again) {
            if let Some(entry) = self.entries.get_mut(&key) {
                (entry.due, entry.tries) = (now, 0);
                self.again.insert((now, key));
            }
        }
        !std::mem::take(&mut self.parked).is_empty()
    }

    /// Whether half of the room is free: what found none should be listed now.
    pub(super) fn has_room(&self) -> bool {
        self.entries.len() <= ENTRIES / 2 && self.bytes <= BYTES / 2
    }

    /// When the next is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let first = |line: &Line| line.first().map(|(due, _)| *due);
        first(&self.new).into_iter().chain(first(&self.again)).min()
    }

    /// The one that has been due for longest. New ones and those that are tried again take turns, so that neither waits for all of the
    /// other kind.
    pub(super) fn due(&mut self) -> Option<(String, DynamicObject)> {
        let now = Instant::now();
        let first = |line: &Line| line.first().filter(|(due, _)| *due <= now).map(|(_, key)| key.clone());
        let key = match self.turn {
            Turn::New => first(&self.new).or_else(|| first(&self.again)),
            Turn::Again => first(&self.again).or_else(|| first(&self.new)),
        }?;
        let entry = self.entries.get(&key)?;
        self.turn = match entry.turn {
            Turn::New => Turn::Again,
            Turn::Again => Turn::New,
        };
        Some((key, entry.object.clone()))
    }

    /// Waits for the object or a policy to change.
    pub(super) fn park(&mut self, key: &str) {
        if let Some(entry) = self.take(key)
            && self.parked.len() < PARKED
        {
            self.parked.insert(key.to_owned(), Version::of(&entry.object));
        }
    }

    /// Tries again: after a given time, or after a time that grows.
    pub(super) fn again(&mut self, key: &str, after: Option<Duration>) {
        if let Some(Entry { object, bytes, tries, .. }) = self.take(key) {
            let now = Instant::now();
            let due = now.checked_add(after.unwrap_or_else(|| backoff(tries))).unwrap_or(now);
            let tries = tries.saturating_add(1);
            self.insert(key.to_owned(), Entry { object, bytes, due, tries, turn: Turn::Again });
        }
    }

    fn fits(&self, bytes: usize) -> bool {
        self.entries.len() < ENTRIES && self.bytes.saturating_add(bytes) <= BYTES
    }

    /// Makes room: of those that are tried again, the one that is due last waits for the next listing.
    fn give_way(&mut self) -> bool {
        let last = self.again.last().map(|(_, key)| key.clone());
        last.is_some_and(|key| self.take(&key).is_some())
    }

    fn insert(&mut self, key: String, entry: Entry) {
        self.line(entry.turn).insert((entry.due, key.clone()));
        self.bytes = self.bytes.saturating_add(entry.bytes);
        self.entries.insert(key, entry);
    }

    fn take(&mut self, key: &str) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.line(entry.turn).remove(&(entry.due, key.to_owned()));
        self.bytes = self.bytes.saturating_sub(entry.bytes);
        Some(entry)
    }

    fn line(&mut self, turn: Turn) -> &mut Line {
        match turn {
            Turn::New => &mut self.new,
            Turn::Again => &mut self.again,
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
        assert!(queue.wake(), "it is to be listed");
        assert!(queue.put(object("a", "2")));
        assert!(queue.due().is_some());
        queue.again("a", None);
        assert!(queue.due().is_none() && queue.next_due().is_some());
        assert!(!queue.wake(), "it is still here");
        assert!(queue.due().is_some());
        queue.retain(|key| key != "a");
        assert!(queue.next_due().is_none());
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut queue = Queue::default();
        assert!((0..ENTRIES).all(|number| queue.put(object(&number.to_string(), "1"))));
        assert!(!queue.put(object("more", "1")));
        assert!(!queue.entries.contains_key("more") && !queue.has_room());
        // What is in it already may change, and what goes out leaves its place.
        assert!(queue.put(object("0", "2")));
        assert_eq!(queue.entries.get("0").unwrap().object.metadata.resource_version.as_deref(), Some("2"));
        queue.remove("0");
        assert!(queue.put(object("more", "1")));
        // Half of it has been looked at, left alone or decided: the rest may come.
        (1..ENTRIES / 2).for_each(|number| queue.park(&number.to_string()));
        assert!(!queue.has_room());
        queue.remove("more");
        assert!(queue.has_room());
    }

    #[test]
    fn large_requests_are_kept_within_the_memory_of_the_manifests() {
        let large = |name: &str| {
            let mut object = object(name, "1");
            object.data = json!({ "spec": { "request": "A".repeat(1 << 20) } });
            object
        };
        let mut queue = Queue::default();
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let kept = names.iter().filter(|name| queue.put(large(name))).count();
        assert_eq!((kept, queue.entries.len()), (31, 31), "each has a little more than a mebibyte");
        assert!(queue.bytes <= BYTES && !queue.has_room());
        // Those that are tried again give way to one of the same size.
        names.iter().take(20).for_each(|name| queue.again(name, Some(LONGEST)));
        assert!(!queue.put(large("new")));
        assert!(queue.entries.len() == 31 && queue.entries.contains_key("new"));
        names.iter().for_each(|name| queue.park(name));
        queue.remove("new");
        assert_eq!((queue.bytes, queue.entries.len(), queue.parked.len()), (0, 0, 30));
        assert!(queue.has_room());
    }

    #[test]
    fn what_waits_takes_no_place_of_what_is_new() {
        let mut queue = Queue::default();
        for number in 0..ENTRIES {
            let key = format!("left-{number}");
            assert!(queue.put(object(&key, "1")), "{key}");
            queue.park(&key);
        }
        assert!(queue.entries.is_empty() && queue.new.is_empty());
        for number in 0..ENTRIES {
            let key = format!("again-{number}");
            assert!(queue.put(object(&key, "1")), "{key}");
            queue.again(&key, Some(LONGEST));
        }
        // The queue is full of what is tried again: what is new comes in, and is what is due.
        assert!(!queue.put(object("new", "1")), "one waits for the next listing");
        assert_eq!(queue.due().unwrap().0, "new");
        assert_eq!((queue.entries.len(), queue.again.len()), (ENTRIES, ENTRIES.saturating_sub(1)));
        // What waits for a change is kept within a bound.
        let version = || Version(None, None);
        queue.parked = (0..PARKED).map(|number| (format!("left-{number}"), version())).collect();
        queue.park("new");
        assert_eq!(queue.parked.len(), PARKED);
        assert!(!queue.entries.contains_key("new"));
    }

    #[test]
    fn those_that_are_tried_again_do_not_starve_what_is_new() {
        let mut queue = Queue::default();
        for number in 0..1_000 {
            let key = format!("again-{number}");
            assert!(queue.put(object(&key, "1")), "{key}");
            queue.again(&key, Some(Duration::ZERO));
        }
        for name in ["new-1", "new-2"] {
            assert!(queue.put(object(name, "1")));
        }
        let mut looked_at = Vec::new();
        for _ in 0..4 {
            let (key, _) = queue.due().unwrap();
            match key.strip_prefix("new") {
                Some(_) => queue.remove(&key),
                None => queue.again(&key, Some(Duration::ZERO)),
            }
            looked_at.push(key);
        }
        let of_new = |keys: &[String]| keys.iter().filter(|key| key.starts_with("new")).count();
        assert_eq!(of_new(&looked_at), 2, "{looked_at:?}");
        // And the other way round: a stream of new ones does not hold up the rest.
        for number in 0..1_000 {
            assert!(queue.put(object(&format!("new-{number}"), "1")));
        }
        let (first, _) = queue.due().unwrap();
        queue.remove(&first);
        let (second, _) = queue.due().unwrap();
        assert_eq!(of_new(&[first, second]), 1);
    }

    #[test]
    fn times_grow_to_a_bound() {
        assert_eq!(backoff(0), Duration::from_millis(500));
        assert_eq!(backoff(3), Duration::from_secs(4));
        assert_eq!(backoff(u32::MAX), LONGEST);
    }
}
