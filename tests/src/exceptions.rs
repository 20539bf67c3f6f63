//! Files of exceptions: one a line, `NAME  WHAT  REASON`, held both ways by the tests that read them.

use std::collections::BTreeMap;

use crate::root;

/// Shorter ones say nothing.
const SHORTEST_REASON: usize = 20;

/// What each name of `tests/exceptions/FILE` is excepted from; every line has a reason.
pub fn read(file: &str) -> BTreeMap<String, String> {
    let path = root().join("tests/exceptions").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut exceptions = BTreeMap::new();
    for line in lines {
        let words: Vec<&str> = line.splitn(3, "  ").collect();
        let [name, what, reason] = words.as_slice() else { panic!("{file}: no reason: {line}") };
        assert!(reason.len() > SHORTEST_REASON, "{file}: an exception has a reason: {line}");
        let earlier = exceptions.insert((*name).to_owned(), (*what).to_owned());
        assert!(earlier.is_none(), "{file}: {name} comes twice");
    }
    exceptions
}

/// How what was found differs from what is excepted: what is new, what is gone, what has changed.
pub fn differences(file: &str, found: &BTreeMap<String, String>) -> Vec<String> {
    let mut excepted = read(file);
    let mut differences = Vec::new();
    for (name, what) in found {
        match excepted.remove(name) {
            None => differences.push(format!("{name}: {what}")),
            Some(known) if known == *what => {}
            Some(known) => differences.push(format!("{name}: {what}, and {file} says {known}")),
        }
    }
    let gone = excepted.into_keys().map(|name| format!("{name}: in {file}, and no exception any more"));
    differences.extend(gone);
    differences
}
