//! Writes the first corpus of every fuzz target: `seeds FOLDER`.

use std::fs;
use std::path::Path;

use certgate_tests::paths::{self, Kind};
use certgate_tests::vectors;

/// Targets whose inputs are choices of a grammar.
const STRUCTURED: [&str; 6] =
    ["round_trip", "p256", "evaluate", "name_constraints", "path_graph", "policy_graph"];

fn main() {
    let folder = std::env::args().nth(1).expect("the folder");
    let folder = Path::new(&folder);
    for target in ["pem", "request", "names", "policy", "certificate", "crl"].iter().chain(&STRUCTURED) {
        fs::create_dir_all(folder.join(target)).expect("a folder");
    }
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        // Longer ones only slow the search down.
        if bytes.len() <= 20_000 {
            fs::write(folder.join(target).join(format!("seed-{name}")), bytes).expect("a seed");
        }
    };
    for vector in vectors::all() {
        let is_der = vector.input.first() == Some(&0x30);
        write(if is_der { "request" } else { "pem" }, &vector.id, &vector.input);
        write("policy", &vector.id, vector.policy.as_bytes());
        if is_der {
            let text = certgate_tests::request::pem("CERTIFICATE REQUEST", &vector.input);
            write("pem", &vector.id, text.as_bytes());
            // The first octets choose the policy, the rest is the request.
            write("evaluate", &vector.id, &[&[0; 16][..], &vector.input].concat());
        }
        if let Ok(request) = certgate_bindings::Request::parse(&vector.input) {
            let names: Vec<String> =
                request.as_core().subject_alt_names().iter().map(|name| name.display()).collect();
            if !names.is_empty() {
                write("names", &vector.id, names.join("\n%%\n").as_bytes());
            }
        }
    }
    for vector in paths::all() {
        write("certificate", &vector.id, &vector.leaf);
        for (index, certificate) in vector.presented.iter().chain(&vector.anchors).enumerate().take(4) {
            write("certificate", &format!("{}-{index}", vector.id), certificate);
        }
        for (index, list) in vector.lists.iter().enumerate() {
            write("crl", &format!("{}-{index}", vector.id), list);
        }
    }
    for vector in paths::malformed() {
        let target = if vector.kind == Kind::List { "crl" } else { "certificate" };
        write(target, &vector.id, &vector.input);
    }
    for policy in certgate_policies::ALL {
        write("policy", policy.name, policy.text.as_bytes());
    }
    for (name, text) in [
        ("wildcard", "*.example.com\n%%\na.example.com"),
        ("below", "a.b.example.com\n%%\nexample.com"),
        ("block", "10.0.0.0/8\n%%\n10.1.2.3"),
        ("block6", "2001:db8::/32\n%%\n2001:db8::1/128"),
        ("unicode", "bücher.example\n%%\nxn--bcher-kva.example"),
    ] {
        write("names", name, text.as_bytes());
    }
    for target in STRUCTURED {
        for seed in 0..8_u8 {
            let bytes: Vec<u8> =
                (0..200_u16).map(|at| (at.wrapping_mul(37) >> (seed % 8)) as u8 ^ seed).collect();
            write(target, &format!("mixed-{seed}"), &bytes);
        }
    }
}
