//! Every vector of verification gets its verdict: the path, or codes and paths.

use std::collections::BTreeSet;

use certgate_tests::paths;

#[test]
fn every_path_gets_its_verdict() {
    let vectors = paths::all();
    let ids: BTreeSet<&str> = vectors.iter().map(|vector| vector.id.as_str()).collect();
    assert_eq!(ids.len(), vectors.len(), "the ids are unique");
    let differences: Vec<String> = vectors.iter().flat_map(|vector| vector.differences()).collect();
    assert!(
        differences.is_empty(),
        "{} of {} vectors:\n{}",
        differences.len(),
        vectors.len(),
        differences.join("\n")
    );
    println!("{} paths", vectors.len());
}

#[test]
fn what_cannot_be_read_says_why() {
    let vectors = paths::malformed();
    let mut differences = Vec::new();
    for vector in &vectors {
        let faults = vector.faults();
        if faults != [(vector.code.to_owned(), vector.path.to_owned())] {
            differences
                .push(format!("{}: {faults:?} in place of {} {}", vector.id, vector.code, vector.path));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!("{} inputs that cannot be read", vectors.len());
}
