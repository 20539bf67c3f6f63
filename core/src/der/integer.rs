//! The order of INTEGERs.

use std::cmp::Ordering;

/// Compares two INTEGERs of any size as numbers, by their contents octets: two's complement, also with octets in front that
/// only repeat the sign (X.690 8.3). No octets at all stand for zero.
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (a, b) = (significant(a), significant(b));
    // Of as few octets as there can be more are further from zero.
    match (is_negative(a), is_negative(b)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (true, true) => b.len().cmp(&a.len()).then_with(|| a.cmp(b)),
    }
}

/// Whether the number is below zero.
pub(crate) fn is_negative(octets: &[u8]) -> bool {
    octets.first().is_some_and(|first| first & 0x80 != 0)
}

/// Contents octets without those that only repeat the sign; none for zero.
fn significant(mut octets: &[u8]) -> &[u8] {
    while let [first @ (0 | 0xff), rest @ ..] = octets
        && rest.first().is_some_and(|next| (first ^ next) & 0x80 == 0)
    {
        octets = rest;
    }
    if octets == [0] { &[] } else { octets }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_ordered_as_numbers() {
        let ascending: [&[u8]; 11] = [
            &[0x80, 0, 0],
            &[0xff, 0x7f],
            &[0x80],
            &[0xff],
            &[],
            &[1],
            &[2],
            &[0x7f],
            &[0, 0x80],
            &[1, 0],
            &[0, 0, 1, 1],
        ];
        for (index, a) in ascending.iter().enumerate() {
            for (other, b) in ascending.iter().enumerate() {
                assert_eq!(compare(a, b), index.cmp(&other), "{a:?} {b:?}");
            }
        }
        assert_eq!(compare(&[0], &[]), Ordering::Equal);
        assert_eq!(compare(&[0, 0, 7], &[7]), Ordering::Equal);
        assert_eq!(compare(&[0xff, 0xff, 0x80], &[0x80]), Ordering::Equal);
    }
}
