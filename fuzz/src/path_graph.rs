//! Random trust graphs. Oracle: a path is found exactly where a naive search that tries every path finds one, the first time
//! and again.

use arbitrary::{Result, Unstructured};
use certgate_tests::models::search::{Graph, Issued, Source};

use crate::{PLANTED, list};

pub fn check(input: &[u8]) {
    // An input that runs out of bytes goes on with zeros, and never fails.
    let _ = judge(&mut Unstructured::new(input));
}

fn judge(u: &mut Unstructured<'_>) -> Result<()> {
    let graph = Graph {
        leaf: (u.int_in_range(0..=3)?, u.int_in_range(0..=1)?),
        source: if u.arbitrary()? { Source::Presented } else { Source::Known },
        anchors: [list(u, 1, issued)?, vec![issued(u)?]].concat(),
        pool: list(u, 7, issued)?,
    };
    let mut judged = graph.clone();
    if PLANTED {
        // Planted: the length of a path is not looked at in what is no anchor.
        judged.pool.iter_mut().for_each(|cert| cert.length = None);
    }
    let expected = graph.has_path();
    for verdict in judged.verify() {
        assert_eq!(verdict.is_ok(), expected, "{graph:?} {verdict:?}");
    }
    Ok(())
}

/// Faults are rare, so that paths are found.
fn issued(u: &mut Unstructured<'_>) -> Result<Issued> {
    Ok(Issued {
        subject: u.int_in_range(0..=3)?,
        key: u.int_in_range(0..=1)?,
        issuer: u.int_in_range(0..=3)?,
        signer: u.int_in_range(0..=1)?,
        valid: !u.ratio(1, 8)?,
        ca: !u.ratio(1, 8)?,
        length: if u.ratio(1, 4)? { Some(u.int_in_range(0..=2)?) } else { None },
    })
}
