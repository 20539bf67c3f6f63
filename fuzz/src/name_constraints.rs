//! Name constraints. Oracle: a leaf is accepted exactly where every name that it stands for is permitted and none is
//! excluded, by sets that are enumerated.

use arbitrary::{Result, Unstructured};
use certgate_tests::models::constraints::{Address, Hosts, LABELS};

use crate::{PLANTED, list};

pub fn check(input: &[u8]) {
    // An input that runs out of bytes goes on with zeros, and never fails.
    let _ = judge(&mut Unstructured::new(input));
}

fn judge(u: &mut Unstructured<'_>) -> Result<()> {
    if u.ratio(1, 4)? {
        let address = Address {
            address: u.int_in_range(0..=15)?,
            permitted: list(u, 2, block)?,
            excluded: list(u, 2, block)?,
        };
        assert_eq!(address.verify(), address.is_allowed(), "{address:?}");
        return Ok(());
    }
    let hosts = Hosts {
        names: [list(u, 1, name)?, vec![name(u)?]].concat(),
        permitted: list(u, 2, |u| domain(u, 3))?,
        excluded: list(u, 2, |u| domain(u, 3))?,
    };
    // Planted: what is excluded does not count for wildcards.
    let wild = hosts.names.iter().any(|name| name.starts_with('*'));
    let judged =
        if PLANTED && wild { Hosts { excluded: Vec::new(), ..hosts.clone() } } else { hosts.clone() };
    assert_eq!(judged.verify(), hosts.are_allowed(), "{hosts:?}");
    Ok(())
}

fn name(u: &mut Unstructured<'_>) -> Result<String> {
    let star = if u.arbitrary()? { "*." } else { "" };
    Ok(format!("{star}{}", domain(u, 2)?))
}

fn domain(u: &mut Unstructured<'_>, most: usize) -> Result<String> {
    let count = u.int_in_range(1..=most)?;
    let labels = (0..count).map(|_| u.choose(&LABELS[..2]).copied()).collect::<Result<Vec<_>>>()?;
    Ok(labels.join("."))
}

fn block(u: &mut Unstructured<'_>) -> Result<(u8, u8)> {
    Ok((u.int_in_range(0..=15)?, u.int_in_range(0..=4)?))
}
