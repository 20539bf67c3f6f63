//! `pkits TABLE [DATA_DIR]`: puts NIST PKITS to the verifier under the profile rfc5280, without the rules that bind issuers
//! only: the suite has valid paths through CAs that do not keep them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use certgate_tests::pkits::{self, Outcome};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (table, data) = match arguments.as_slice() {
        [table, data] => (table, Some(data.into())),
        [table] => (table, pkits::data()),
        _ => {
            eprintln!("pkits TABLE [DATA_DIR]");
            return ExitCode::from(2);
        }
    };
    let Some(data) = data else { return ExitCode::from(3) };
    let rows = match pkits::read(Path::new(table)) {
        Ok(rows) => rows,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    println!("profile rfc5280, rules for issuers ignored, at {}", pkits::AT);
    let mut sections: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut unsupported = 0usize;
    let mut wrong = Vec::new();
    for row in &rows {
        let section = row.number.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let tally = sections.entry(section).or_default();
        tally.1 += 1;
        match row.run(&data) {
            Outcome::Right => tally.0 += 1,
            Outcome::Unsupported(why) => {
                unsupported += 1;
                println!("{} {}: algorithm not supported: {why}", row.number, row.title);
            }
            Outcome::Wrong(why) => wrong.push(format!("{} {}: {why}", row.number, row.title)),
        }
    }
    for (section, (right, all)) in &sections {
        println!("{section:<6} {right:>4} of {all:>4}");
    }
    for line in &wrong {
        println!("{line}");
    }
    let right: usize = sections.values().map(|(right, _)| right).sum();
    println!(
        "{right} of {} right, {unsupported} refused as algorithm not supported, {} wrong",
        rows.len(),
        wrong.len()
    );
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
