//! `webpki FILE`: puts the cases of a file in the form of x509-limbo to rustls-webpki. Prints one line a case: the id, a tab,
//! and `accept`, `refuse: …` or `skip: …`.

use std::process::ExitCode;

use certgate_tests::limbo::Limbo;
use certgate_tests::webpki::{Chain, line};

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("webpki FILE");
        return ExitCode::from(2);
    };
    let limbo = match Limbo::read(std::path::Path::new(&file)) {
        Ok(limbo) => limbo,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let now = certgate_ops::now().expect("a clock");
    for case in &limbo.testcases {
        println!("{}\t{}", case.id, line(Chain::of_case(case, now).and_then(|chain| chain.verify())));
    }
    ExitCode::SUCCESS
}
