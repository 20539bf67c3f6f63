//! Random trust graphs: the search finds a path exactly where trying every path finds one.

use certgate_tests::models::search::{Graph, Issued, Source};
use proptest::prelude::*;

fn issued() -> impl Strategy<Value = Issued> {
    let length = prop_oneof![4 => Just(None), 1 => (0u8..3).prop_map(Some)];
    let rarely_false = || prop::bool::weighted(0.9);
    (0u8..4, 0u8..2, 0u8..4, 0u8..2, rarely_false(), rarely_false(), length).prop_map(
        |(subject, key, issuer, signer, valid, ca, length)| Issued {
            subject,
            key,
            issuer,
            signer,
            valid,
            ca,
            length,
        },
    )
}

proptest! {
    #[test]
    fn a_path_is_found_where_there_is_one(
        pool in prop::collection::vec(issued(), 0..7),
        anchors in prop::collection::vec(issued(), 1..3),
        leaf in (0u8..4, 0u8..2),
        presented in any::<bool>(),
    ) {
        let source = if presented { Source::Presented } else { Source::Known };
        let graph = Graph { pool, anchors, leaf, source };
        let expected = graph.has_path();
        for verdict in graph.verify() {
            prop_assert_eq!(verdict.is_ok(), expected, "{:?}", verdict.err());
        }
    }
}
