//! Pairs of policies over small alphabets, drawn at random and always the same for one seed.

use certgate_bindings::Policy;
use serde_json::{Value, json};

/// A generator of numbers (splitmix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    fn chance(&mut self, in_ten: usize) -> bool {
        self.below(10) < in_ten
    }

    fn some(&mut self, items: &[Value], least: usize, most: usize) -> Vec<Value> {
        let mut items = items.to_vec();
        let count = least + self.below(most - least + 1);
        let mut out = Vec::new();
        while out.len() < count && !items.is_empty() {
            let index = self.below(items.len());
            out.push(items.swap_remove(index));
        }
        out
    }
}

/// A part of a policy that is drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    Dns,
    Ip,
    Count,
    Keys,
    Purposes,
    KeyUsage,
    Validity,
    Organization,
    CommonName,
    Username,
    Groups,
}

pub const ASPECTS: [Aspect; 11] = [
    Aspect::Dns,
    Aspect::Ip,
    Aspect::Count,
    Aspect::Keys,
    Aspect::Purposes,
    Aspect::KeyUsage,
    Aspect::Validity,
    Aspect::Organization,
    Aspect::CommonName,
    Aspect::Username,
    Aspect::Groups,
];

pub struct Pair {
    pub aspects: [Aspect; 2],
    pub new: Policy,
    pub old: Policy,
}

/// Two policies that differ in two aspects; `None` if one of them cannot be loaded.
pub fn pair(random: &mut Random) -> Option<Pair> {
    let first = ASPECTS[random.below(ASPECTS.len())];
    let second = ASPECTS[random.below(ASPECTS.len())];
    let mut documents = [base(), base()];
    let looser = random.chance(6);
    for aspect in [first, second] {
        let new = draw(random, aspect);
        let old = if looser { loosen(random, aspect, &new) } else { draw(random, aspect) };
        let [new_document, old_document] = &mut documents;
        put(new_document, aspect, new);
        put(old_document, aspect, old);
    }
    let [new, old] = documents.map(|document| Policy::load(&document.to_string()).ok());
    Some(Pair { aspects: [first, second], new: new?, old: old? })
}

fn base() -> Value {
    json!({
        "version": 1, "id": "p",
        "names": { "dns": { "allow": ["a.x"] } },
        "keys": { "EC": ["P-256"] },
        "usages": { "extended": { "allow": ["serverAuth"] } },
        "validity": { "default": "24h", "max": "48h" },
    })
}

fn put(document: &mut Value, aspect: Aspect, value: Value) {
    if value.is_null() {
        return;
    }
    match aspect {
        Aspect::Dns => merge(&mut document["names"]["dns"], value),
        Aspect::Ip => document["names"]["ip"] = value,
        Aspect::Count => {
            document["names"]["count"] = value["all"].clone();
            document["names"]["dns"]["count"] = value["dns"].clone();
            document["names"]["presence"] = value["presence"].clone();
        }
        Aspect::Keys => document["keys"] = value,
        Aspect::Purposes => document["usages"]["extended"] = value,
        Aspect::KeyUsage => document["usages"]["key"] = value,
        Aspect::Validity => document["validity"] = value,
        Aspect::Organization => document["subject"]["attributes"]["O"] = value,
        Aspect::CommonName => document["subject"]["commonName"] = value,
        Aspect::Username => document["select"]["username"] = value,
        Aspect::Groups => document["require"]["groups"] = value,
    }
}

fn merge(target: &mut Value, value: Value) {
    for (key, value) in value.as_object().expect("a mapping") {
        target[key] = value.clone();
    }
}

fn dns_patterns() -> Vec<Value> {
    let mut patterns = Vec::new();
    for name in ["a.x", "b.x", "ab.x", "a.a.x", "b.a.x", "a.b.x"] {
        patterns.push(json!(name));
    }
    for domain in ["x", "a.x", "b.x"] {
        patterns.push(json!(format!("*.{domain}")));
        patterns.push(json!({ "under": domain }));
        for depth in [1, 2] {
            patterns.push(json!({ "under": domain, "depth": depth }));
        }
    }
    for glob in ["a*.x", "*b.x", "*.x", "a.*", "*", "a*b.x", "*.a.x", "a*"] {
        patterns.push(json!({ "glob": glob }));
    }
    patterns
}

fn ip_patterns() -> Vec<Value> {
    [
        "10.0.0.0/29",
        "10.0.0.0/30",
        "10.0.0.4/30",
        "10.0.0.0/31",
        "10.0.0.2",
        "10.0.0.5",
        "fd00::/126",
        "fd00::1",
    ]
    .map(|text| json!(text))
    .to_vec()
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|text| json!(text)).collect()
}

const O_PATTERNS: [&str; 6] = ["A", "B", "AB", "A*", "*B", "*"];
const USERS: [&str; 5] = ["u1", "u2", "u*", "*1", "admin"];
const GROUPS: [&str; 5] = ["g1", "g2", "g*", "*1", "other"];
const PURPOSES: [&str; 3] = ["serverAuth", "clientAuth", "codeSigning"];
const BITS: [&str; 3] = ["digitalSignature", "keyEncipherment", "keyAgreement"];

fn draw(random: &mut Random, aspect: Aspect) -> Value {
    match aspect {
        Aspect::Dns => json!({
            "allow": random.some(&dns_patterns(), 1, 3),
            "deny": random.some(&dns_patterns(), 0, 2),
            "wildcard": if random.chance(5) { "allow" } else { "deny" },
            "publicSuffixWildcard": if random.chance(3) { "allow" } else { "deny" },
            "underscore": if random.chance(2) { "allow" } else { "deny" },
        }),
        Aspect::Ip => {
            if random.chance(1) {
                return Value::Null;
            }
            json!({
                "allow": random.some(&ip_patterns(), 1, 3),
                "deny": random.some(&ip_patterns(), 0, 2),
                "mapped": if random.chance(3) { "allow" } else { "deny" },
            })
        }
        Aspect::Count => {
            let count = |random: &mut Random| match random.below(4) {
                0 => json!({}),
                1 => json!({ "max": random.below(4) }),
                2 => json!({ "min": random.below(3) }),
                _ => json!({ "min": random.below(2), "max": 1 + random.below(3) }),
            };
            let presence = ["required", "optional"][random.below(2)];
            json!({ "all": count(random), "dns": count(random), "presence": presence })
        }
        Aspect::Keys => {
            let mut keys = json!({ "EC": random.some(&texts(&["P-256", "P-384"]), 1, 2) });
            if random.chance(4) {
                keys["Ed25519"] = json!({});
            }
            if random.chance(4) {
                keys["RSA"] =
                    [json!({}), json!({ "min": 3072 }), json!({ "sizes": [2048] }), json!({ "max": 3072 })]
                        [random.below(4)]
                    .clone();
            }
            keys
        }
        Aspect::Purposes => usage(random, &PURPOSES),
        Aspect::KeyUsage => usage(random, &BITS),
        Aspect::Validity => {
            let times = ["1h", "24h", "48h", "72h"];
            let mut validity = json!({ "max": times[random.below(4)] });
            if random.chance(7) {
                validity["default"] = json!(times[random.below(4)]);
            }
            if random.chance(3) {
                validity["min"] = json!(times[random.below(4)]);
            }
            if random.chance(3) {
                validity["overMax"] = json!("clamp");
            }
            if random.chance(2) {
                validity["notAfter"] = json!(random.pick(&["2026-01-02T00:00:00Z", "2027-01-01T00:00:00Z"]));
            }
            if random.chance(2) {
                validity["backdate"] = json!(random.pick(&["0", "5m"]));
            }
            if random.chance(2) {
                validity["maxRequestedEnd"] = json!(random.pick(&["0", "1h"]));
            }
            validity
        }
        Aspect::Organization => match random.below(4) {
            0 => Value::Null,
            1 => json!({ "exactly": random.some(&texts(&["A", "B"]), 1, 2), "presence": presence(random) }),
            _ => json!({
                "allow": random.some(&texts(&O_PATTERNS), 1, 2),
                "deny": random.some(&texts(&O_PATTERNS), 0, 1),
                "presence": presence(random),
            }),
        },
        Aspect::CommonName => match random.below(3) {
            0 => json!({ "presence": random.pick(&["optional", "required", "forbidden"]) }),
            1 => {
                json!({ "allow": random.some(&texts(&["a.x", "web", "a*"]), 1, 2), "presence": presence(random) })
            }
            _ => json!({ "deny": random.some(&texts(&["a.x", "b.x"]), 1, 1), "presence": presence(random) }),
        },
        Aspect::Username => match random.below(3) {
            0 => Value::Null,
            _ => {
                json!({ "allow": random.some(&texts(&USERS), 1, 2), "deny": random.some(&texts(&USERS), 0, 1) })
            }
        },
        Aspect::Groups => match random.below(4) {
            0 => Value::Null,
            1 => json!({ "anyOf": random.some(&texts(&GROUPS), 1, 2) }),
            2 => json!({ "allOf": random.some(&texts(&GROUPS), 1, 2) }),
            _ => {
                json!({ "anyOf": random.some(&texts(&GROUPS), 1, 2), "noneOf": random.some(&texts(&GROUPS), 1, 1) })
            }
        },
    }
}

fn presence(random: &mut Random) -> &'static str {
    ["optional", "required"][random.below(2)]
}

fn usage(random: &mut Random, words: &[&str]) -> Value {
    match random.below(5) {
        0 => json!({ "force": random.some(&texts(words), 1, 2) }),
        1 => json!({ "oneOf": [random.some(&texts(words), 1, 2), random.some(&texts(words), 1, 2)] }),
        2 => {
            json!({ "require": random.some(&texts(words), 1, 1), "allow": random.some(&texts(words), 0, 2) })
        }
        _ => json!({ "allow": random.some(&texts(words), 1, 3) }),
    }
}

/// The same part, allowing more, as far as that is easily said.
fn loosen(random: &mut Random, aspect: Aspect, value: &Value) -> Value {
    let mut looser = value.clone();
    let patterns = match aspect {
        Aspect::Dns => dns_patterns(),
        Aspect::Ip => ip_patterns(),
        Aspect::Organization => texts(&O_PATTERNS),
        Aspect::Username => texts(&USERS),
        Aspect::Groups => texts(&GROUPS),
        _ => Vec::new(),
    };
    for key in ["allow", "anyOf"] {
        if let Some(list) = looser.get_mut(key).and_then(Value::as_array_mut).filter(|_| !patterns.is_empty())
        {
            list.extend(random.some(&patterns, 0, 2));
        }
    }
    for key in ["deny", "noneOf"] {
        if let Some(list) = looser.get_mut(key).and_then(Value::as_array_mut)
            && random.chance(6)
        {
            list.pop();
        }
    }
    match aspect {
        Aspect::Dns if random.chance(5) => looser["wildcard"] = json!("allow"),
        Aspect::Keys if random.chance(5) => looser["EC"] = json!(["P-256", "P-384", "P-521"]),
        Aspect::Validity if random.chance(5) => looser["max"] = json!("96h"),
        Aspect::Organization | Aspect::CommonName if random.chance(5) => {
            looser.as_object_mut().map(|map| map.remove("presence"));
        }
        Aspect::Username | Aspect::Groups if random.chance(2) => return Value::Null,
        _ => {}
    }
    looser
}
