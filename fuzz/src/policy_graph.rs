//! Certificate policies. Oracle: the graph gives the policies that the tree of RFC 5280 6.1 gives, or refuses where it does.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use certgate_tests::models::policies::{ANY, Extensions, Inputs, agrees, tree, verify};

use crate::{PLANTED, list};

pub fn check(input: &[u8]) {
    // An input that runs out of bytes goes on with zeros, and never fails.
    let _ = judge(&mut Unstructured::new(input));
}

fn judge(u: &mut Unstructured<'_>) -> Result<()> {
    let inputs = Inputs {
        acceptable: list(u, 2, |u| u.int_in_range(1..=3))?.into_iter().collect(),
        explicit: u.arbitrary()?,
        mapping: u.ratio(1, 4)?,
        any: u.ratio(1, 4)?,
    };
    let mut path = [list(u, 3, extensions)?, vec![extensions(u)?]].concat();
    if let Some(leaf) = path.last_mut() {
        leaf.self_issued = false;
    }
    let mut judged = path.clone();
    if PLANTED {
        // Planted: inhibitAnyPolicy of a certificate is not heard.
        judged.iter_mut().for_each(|one| one.any = None);
    }
    let outcome = agrees(&verify(&judged, &inputs), tree(&path, &inputs));
    assert_eq!(outcome, Ok(()), "{path:?} {inputs:?}");
    Ok(())
}

fn extensions(u: &mut Unstructured<'_>) -> Result<Extensions> {
    let policies: BTreeSet<u8> = list(u, 3, |u| u.int_in_range(0..=3))?.into_iter().collect();
    Ok(Extensions {
        policies: (!policies.is_empty()).then_some(policies),
        mappings: list(u, 3, |u| Ok((policy(u)?, policy(u)?)))?,
        explicit: count(u)?,
        mapping: count(u)?,
        any: count(u)?,
        self_issued: u.ratio(1, 4)?,
    })
}

/// Mappings of anyPolicy are refused; they are rare, so that others are seen.
fn policy(u: &mut Unstructured<'_>) -> Result<u8> {
    if u.ratio(1, 32)? { Ok(ANY) } else { u.int_in_range(1..=3) }
}

fn count(u: &mut Unstructured<'_>) -> Result<Option<u8>> {
    if u.ratio(1, 5)? { u.int_in_range(0..=2).map(Some) } else { Ok(None) }
}
