//! Name constraints against sets of names that are enumerated.

use certgate_tests::models::constraints::{Address, Hosts, LABELS};
use proptest::prelude::*;

fn domain(labels: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&LABELS[..2]), labels).prop_map(|labels| labels.join("."))
}

proptest! {
    #[test]
    fn hosts_are_judged_as_sets(
        names in prop::collection::vec((any::<bool>(), domain(1..3)), 1..3),
        permitted in prop::collection::vec(domain(1..4), 0..3),
        excluded in prop::collection::vec(domain(1..4), 0..3),
    ) {
        let names =
            names.into_iter().map(|(wild, name)| if wild { format!("*.{name}") } else { name }).collect();
        let hosts = Hosts { names, permitted, excluded };
        prop_assert_eq!(hosts.verify(), hosts.are_allowed());
    }

    #[test]
    fn addresses_are_judged_as_sets(
        address in 0u8..16,
        permitted in prop::collection::vec((0u8..16, 0u8..5), 0..3),
        excluded in prop::collection::vec((0u8..16, 0u8..5), 0..3),
    ) {
        let address = Address { address, permitted, excluded };
        prop_assert_eq!(address.verify(), address.is_allowed());
    }
}
