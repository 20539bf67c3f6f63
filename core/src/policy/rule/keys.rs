use crate::diagnostic::{Diagnostic, codes, path::steps, quote};
use crate::key::{Curve, KeyMaterial, MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use crate::policy::document::{KeyRules, RsaIdentifier};
use crate::policy::evaluate::Judgement;
use crate::policy::matcher::Faults;

/// Which keys are allowed.
#[derive(Debug)]
pub(in crate::policy) struct KeysRule {
    rsa: Option<Rsa>,
    ec: Option<Ec>,
    ed25519: bool,
}

#[derive(Debug)]
struct Rsa {
    min: u32,
    max: u32,
    sizes: Vec<u32>,
    identifiers: Vec<RsaIdentifier>,
}

#[derive(Debug)]
struct Ec {
    curves: Vec<Curve>,
    compressed: bool,
}

/// Largest RSA key unless the policy says otherwise (hostile input 35).
const DEFAULT_MAX: u32 = 4096;

impl KeysRule {
    pub(in crate::policy) fn compile(rules: &KeyRules, faults: &mut Faults) -> Self {
        let rsa = rules.rsa.as_ref().map(|rsa| {
            let rule = Rsa {
                min: rsa.min.unwrap_or(MIN_MODULUS_BITS),
                max: rsa.max.unwrap_or_else(|| rsa.sizes.iter().copied().fold(DEFAULT_MAX, u32::max)),
                sizes: rsa.sizes.clone(),
                identifiers: rsa.identifiers.clone(),
            };
            rule.check(faults);
            rule
        });
        let ec = rules.ec.as_ref().map(|ec| {
            let mut curves = Vec::new();
            for (index, name) in ec.curves.iter().enumerate() {
                match Curve::from_name(name) {
                    Some(curve) => curves.push(curve),
                    None => faults.error(
                        Diagnostic::new(
                            codes::DOCUMENT_CURVE,
                            format!("the curve {} is not known", quote(name)),
                        )
                        .with_help("use P-256, P-384 or P-521"),
                        &steps!["keys", "EC", index],
                    ),
                }
            }
            Ec { curves, compressed: ec.compressed.is_allowed() }
        });
        let rule = Self { rsa, ec, ed25519: rules.ed25519.is_some() };
        let no_curve = rules.ec.as_ref().is_some_and(|ec| ec.curves.is_empty());
        if (rule.rsa.is_none() && rules.ec.is_none() && !rule.ed25519) || no_curve {
            faults.error(
                Diagnostic::new(
                    codes::DOCUMENT_NEVER_MATCHES,
                    "no key is allowed, so that every request is denied",
                )
                .with_help("name at least one of RSA, EC and Ed25519, such as `EC: [P-256]`"),
                &if no_curve { steps!["keys", "EC"] } else { steps!["keys"] },
            );
        }
        rule
    }

    /// Whether keys on the curve are allowed.
    pub(in crate::policy) fn allows_curve(&self, curve: Curve) -> bool {
        self.ec.as_ref().is_some_and(|ec| ec.curves.contains(&curve))
    }

    /// Whether points in compressed form are allowed.
    pub(in crate::policy) fn allows_compressed(&self) -> bool {
        self.ec.as_ref().is_some_and(|ec| ec.compressed)
    }

    pub(in crate::policy) fn allows_ed25519(&self) -> bool {
        self.ed25519
    }

    /// Whether RSA keys of this size are allowed, under id-RSASSA-PSS or under rsaEncryption.
    pub(in crate::policy) fn allows_rsa(&self, bits: u32, pss: bool) -> bool {
        self.rsa.as_ref().is_some_and(|rsa| rsa.takes(pss) && rsa.allows(bits))
    }

    fn allowed(&self) -> Vec<String> {
        let rsa = self.rsa.iter().map(|rsa| {
            let sizes: Vec<String> = rsa.sizes.iter().map(u32::to_string).collect();
            let sizes = match sizes.as_slice() {
                [] => format!("{} to {}", rsa.min, rsa.max),
                sizes => sizes.join(" or "),
            };
            let identifier = match (rsa.takes(false), rsa.takes(true)) {
                (true, false) => " as rsaEncryption",
                (false, true) => " as RSASSA-PSS",
                _ => "",
            };
            format!("RSA of {sizes} bits{identifier}")
        });
        let ec = self.ec.iter().flat_map(|ec| ec.curves.iter().map(|curve| curve.as_str().to_owned()));
        rsa.chain(ec).chain(self.ed25519.then(|| "Ed25519".to_owned())).collect()
    }

    pub(in crate::policy) fn judge(&self, judgement: &mut Judgement<'_>) {
        let key = judgement.request.public_key();
        let name = key.name();
        // An exception for the curve is none for the form of the point.
        if let KeyMaterial::Ec { compressed: true, .. } = key.material() {
            if self.allows_compressed() {
                judgement.pass(|| steps!["keys", "EC", "compressed"]);
            } else {
                deny_compressed(judgement);
            }
        }
        let (code, at, rule) = match key.material() {
            KeyMaterial::Rsa { pss, .. }
                if self.rsa.as_ref().is_some_and(|rsa| !rsa.takes(pss.is_some())) =>
            {
                (
                    codes::POLICY_KEY_NOT_ALLOWED,
                    steps!["subjectPublicKeyInfo", "algorithm"],
                    steps!["keys", "RSA", "identifiers"],
                )
            }
            KeyMaterial::Rsa { key, .. } => match &self.rsa {
                Some(rsa) if rsa.allows(key.bits()) => return judgement.pass(|| steps!["keys", "RSA"]),
                Some(_) => (
                    codes::POLICY_KEY_SIZE,
                    steps!["subjectPublicKeyInfo", "subjectPublicKey", "modulus"],
                    steps!["keys", "RSA"],
                ),
                None => (
                    codes::POLICY_KEY_NOT_ALLOWED,
                    steps!["subjectPublicKeyInfo", "algorithm"],
                    steps!["keys"],
                ),
            },
            KeyMaterial::Ec { curve, .. } => match &self.ec {
                Some(ec) if ec.curves.contains(curve) => {
                    let index = ec.curves.iter().position(|known| known == curve).unwrap_or_default();
                    return judgement.pass(|| steps!["keys", "EC", index]);
                }
                Some(_) => (
                    codes::POLICY_KEY_NOT_ALLOWED,
                    steps!["subjectPublicKeyInfo", "algorithm", "parameters"],
                    steps!["keys", "EC"],
                ),
                None => (
                    codes::POLICY_KEY_NOT_ALLOWED,
                    steps!["subjectPublicKeyInfo", "algorithm"],
                    steps!["keys"],
                ),
            },
            KeyMaterial::Ed25519(_) if self.ed25519 => return judgement.pass(|| steps!["keys", "Ed25519"]),
            KeyMaterial::Ed25519(_) => {
                (codes::POLICY_KEY_NOT_ALLOWED, steps!["subjectPublicKeyInfo", "algorithm"], steps!["keys"])
            }
            // What is not supported has been denied with its own code.
            KeyMaterial::Unsupported { .. } => return,
        };
        let allowed = self.allowed();
        judgement.deny(
            Diagnostic::new(code, format!("the key {name} is not allowed by policy `{}`", judgement.policy))
                .at(at)
                .with_rule(rule)
                .with_found(name)
                .with_help(format!("make a key of another kind: {}", allowed.join(", ")))
                .with_expected(allowed),
        );
    }
}

impl Rsa {
    fn takes(&self, pss: bool) -> bool {
        let identifier = if pss { RsaIdentifier::RsassaPss } else { RsaIdentifier::RsaEncryption };
        self.identifiers.is_empty() || self.identifiers.contains(&identifier)
    }

    fn allows(&self, bits: u32) -> bool {
        (self.min..=self.max).contains(&bits) && (self.sizes.is_empty() || self.sizes.contains(&bits))
    }

    fn check(&self, faults: &mut Faults) {
        let never = |message: String| Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, message);
        if self.min < MIN_MODULUS_BITS {
            let message = format!("no policy allows RSA keys below {MIN_MODULUS_BITS} bits");
            faults.error(Diagnostic::new(codes::DOCUMENT_BOUND, message), &steps!["keys", "RSA", "min"]);
        }
        if self.max > MAX_MODULUS_BITS {
            let message = format!("no policy allows RSA keys above {MAX_MODULUS_BITS} bits");
            faults.error(Diagnostic::new(codes::DOCUMENT_BOUND, message), &steps!["keys", "RSA", "max"]);
        }
        if self.min > self.max {
            faults.error(
                never(format!("the smallest size {} is above the largest {}", self.min, self.max)),
                &steps!["keys", "RSA", "min"],
            );
        }
        for (index, size) in self.sizes.iter().enumerate() {
            if !(self.min..=self.max).contains(size) {
                faults.error(
                    never(format!("the size {size} is outside of {} to {} bits", self.min, self.max)),
                    &steps!["keys", "RSA", "sizes", index],
                );
            }
        }
    }
}

fn deny_compressed(judgement: &mut Judgement<'_>) {
    let message = format!("the EC point is compressed, which policy `{}` does not allow", judgement.policy);
    judgement.deny(
        Diagnostic::new(codes::POLICY_COMPRESSED_POINT, message)
            .at(steps!["subjectPublicKeyInfo", "subjectPublicKey"])
            .with_rule(steps!["keys", "EC", "compressed"])
            .with_help("make the request with `openssl … -pkeyopt ec_point_format:uncompressed`, or set keys.EC.compressed to allow"),
    );
}
