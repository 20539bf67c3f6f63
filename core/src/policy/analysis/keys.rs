//! Keys by algorithm and size.

use super::Analysis;
use super::sketch::ExampleKey;
use crate::diagnostic::path::steps;
use crate::key::{Curve, MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use crate::policy::rule::KeysRule;

/// RSA sizes for which there are keys at hand come first.
fn sizes() -> impl Iterator<Item = u32> {
    let quick = [2048, 3072, 4096].into_iter().chain((MIN_MODULUS_BITS..=MAX_MODULUS_BITS).step_by(256));
    quick.chain(MIN_MODULUS_BITS..=MAX_MODULUS_BITS)
}

/// Keys that a policy allows, one of each kind, quick ones first.
pub(in crate::policy) fn allowed(rule: &KeysRule) -> Vec<ExampleKey> {
    let curves = Curve::ALL.into_iter().filter(|curve| rule.allows_curve(*curve)).map(ExampleKey::Ec);
    let ed25519 = rule.allows_ed25519().then_some(ExampleKey::Ed25519);
    let rsa = sizes().find(|bits| rule.allows_rsa(*bits, false)).map(ExampleKey::Rsa);
    curves.chain(ed25519).chain(rsa).collect()
}

impl Analysis<'_> {
    pub(super) fn compare_keys(&mut self) {
        let (new, old) = (&self.new.keys, &self.old.keys);
        for curve in Curve::ALL {
            if new.allows_curve(curve) && !old.allows_curve(curve) {
                let sketches = self.sketch(|sketch| sketch.key = ExampleKey::Ec(curve));
                self.suspect(steps!["keys", "EC"], sketches);
            }
        }
        if new.allows_ed25519() && !old.allows_ed25519() {
            let sketches = self.sketch(|sketch| sketch.key = ExampleKey::Ed25519);
            self.suspect(steps!["keys", "Ed25519"], sketches);
        }
        let differs =
            |pss: bool| sizes().find(|bits| new.allows_rsa(*bits, pss) && !old.allows_rsa(*bits, pss));
        if let Some(bits) = differs(false) {
            let sketches = self.sketch(|sketch| sketch.key = ExampleKey::Rsa(bits));
            self.suspect(steps!["keys", "RSA"], sketches);
        } else if differs(true).is_some() {
            self.suspect(steps!["keys", "RSA", "identifiers"], Vec::new());
        }
        let compressed =
            |curve: Curve| new.allows_curve(curve) && new.allows_compressed() && !old.allows_compressed();
        if Curve::ALL.into_iter().any(compressed) {
            self.suspect(steps!["keys", "EC", "compressed"], Vec::new());
        }
    }
}
