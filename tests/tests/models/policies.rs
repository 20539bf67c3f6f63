//! The policy graph of RFC 9618 against the policy tree of RFC 5280 6.1.

use certgate_tests::models::policies::{ANY, Extensions, Inputs, agrees, tree, verify};
use proptest::prelude::*;

fn extensions() -> impl Strategy<Value = Extensions> {
    let some = prop::collection::btree_set(0u8..4, 1..4);
    let policies = prop_oneof![1 => Just(None), 9 => some.prop_map(Some)];
    // Mappings of anyPolicy are refused; they are rare, so that others are seen.
    let policy = || prop_oneof![1 => Just(ANY), 40 => 1u8..4];
    let rows = prop::collection::vec((policy(), policy()), 0..4);
    let count = || prop_oneof![5 => Just(None), 1 => (0u8..3).prop_map(Some)];
    (policies, rows, count(), count(), count(), prop::bool::weighted(0.2)).prop_map(
        |(policies, mappings, explicit, mapping, any, self_issued)| Extensions {
            policies,
            mappings,
            explicit,
            mapping,
            any,
            self_issued,
        },
    )
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let rarely = || prop::bool::weighted(0.2);
    (prop::collection::btree_set(1u8..4, 0..3), any::<bool>(), rarely(), rarely())
        .prop_map(|(acceptable, explicit, mapping, any)| Inputs { acceptable, explicit, mapping, any })
}

proptest! {
    #[test]
    fn the_graph_says_what_the_tree_says(
        mut path in prop::collection::vec(extensions(), 1..5),
        inputs in inputs(),
    ) {
        if let Some(leaf) = path.last_mut() {
            leaf.self_issued = false;
        }
        prop_assert_eq!(agrees(&verify(&path, &inputs), tree(&path, &inputs)), Ok(()));
    }
}
