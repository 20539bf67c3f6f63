//! One line for each check, and the sum at the end.

use crate::run::Failure;

/// What was held so far.
#[derive(Default)]
pub struct Checks {
    count: usize,
    failures: usize,
}

impl Checks {
    /// Holds that `is` is so; `found` is shown where it is not.
    pub fn hold(&mut self, what: &str, is: bool, found: impl std::fmt::Display) {
        self.count += 1;
        if is {
            println!("ok    {what}");
        } else {
            self.failures += 1;
            println!("FAIL  {what}: {found}");
        }
    }

    /// Holds that a text is the expected one.
    pub fn equal(&mut self, what: &str, found: &str, expected: &str) {
        self.hold(what, found == expected, format_args!("found\n{found}\nexpected\n{expected}"));
    }

    /// Holds that a text has these parts.
    pub fn has(&mut self, what: &str, text: &str, parts: &[&str]) {
        self.hold(what, parts.iter().all(|part| text.contains(part)), format_args!("{parts:?} in\n{text}"));
    }

    /// Prints the sum.
    pub fn end(self) -> Result<(), Failure> {
        let Self { count, failures } = self;
        println!("kubernetes: {count} checks, {failures} failures");
        if failures == 0 && count > 0 { Ok(()) } else { Err(Failure::new("kubernetes: a check failed")) }
    }
}
