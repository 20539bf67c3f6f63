//! Who may know whom (ARCHITECTURE.md): between crates by their manifests, inside core by what its files name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use certgate_tests::root;

/// Each crate with the crates of certgate that it may depend on. A crate that is not here fails the test.
const CRATES: &[(&str, &[&str])] = &[
    ("certgate", &[]),
    ("certgate-bindings", &["certgate"]),
    ("certgate-policies", &[]),
    ("certgate-ops", &["certgate-bindings", "certgate-policies"]),
    ("certgate-cli", &["certgate-ops"]),
    ("certgate-webhook", &["certgate-bindings", "certgate-ops", "certgate-policies"]),
    ("certgate-kubewarden", &["certgate-bindings", "certgate-webhook"]),
    ("certgate-python", &["certgate-bindings", "certgate-ops", "certgate-policies"]),
    ("certgate-node", &["certgate-bindings", "certgate-ops", "certgate-policies"]),
    ("certgate-wasm", &["certgate-bindings"]),
    ("certgate-wasm-tools", &["certgate-bindings"]),
    ("certgate-wasm-yaml", &["certgate-bindings"]),
    // Tests, fuzzing and tasks may see all.
    ("certgate-tests", &["certgate", "certgate-bindings", "certgate-ops", "certgate-policies"]),
    ("certgate-fuzz", &["certgate", "certgate-bindings", "certgate-tests"]),
    ("xtask", &[]),
];

/// The modules of core from the highest layer to the lowest. An arrow goes down, or within a layer where [`WITHIN`] says
/// so. A module that is not here fails the test.
const LAYERS: &[&[&str]] = &[
    &["issue"],
    &["policy", "verify"],
    &["chain", "lint"],
    &["request", "certificate", "crl", "ocsp"],
    &["asn1"],
    &["content", "locate"],
    &["name", "extension", "key", "signature", "crypto"],
    &["algorithm"],
    &["der", "pem", "time", "oid"],
    &["diagnostic", "limits"],
];

/// Who knows whom within a layer. An entry that nothing needs any more fails the test.
const WITHIN: &[(&str, &str)] = &[
    ("crl", "certificate"),
    ("crypto", "key"),
    ("crypto", "signature"),
    ("extension", "name"),
    ("key", "name"),
    ("key", "signature"),
    ("ocsp", "certificate"),
    ("oid", "der"),
    ("signature", "crypto"),
    ("signature", "key"),
    ("time", "der"),
];

/// What core and bindings never name: files, network, clock, surroundings, threads, terminal.
const NOT_IN_CORE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::",
    "TcpStream",
    "UdpSocket",
    "println!",
    "eprintln!",
];

/// Randomness: only where a signing back end needs it.
const RANDOMNESS: &str = "getrandom";

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file's code without comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source file");
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The first name of each path that begins with `crate::`, groups included.
fn named(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0usize;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(word(std::mem::take(&mut item).trim())),
                    _ => {}
                }
                if c != ',' || depth > 0 {
                    item.push(c);
                }
            }
            found.push(word(item.trim()));
        } else {
            found.push(word(rest));
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

#[test]
fn inside_core_an_arrow_goes_down() {
    let source = root().join("core/src");
    let layer_of: BTreeMap<&str, usize> = LAYERS
        .iter()
        .enumerate()
        .flat_map(|(layer, names)| names.iter().map(move |name| (*name, layer)))
        .collect();
    let mut wrong = Vec::new();
    let mut within = BTreeSet::new();
    let mut modules = BTreeSet::new();
    for path in files(&source) {
        let relative = path.strip_prefix(&source).expect("below core/src");
        let first = relative.components().next().expect("a name").as_os_str().to_string_lossy();
        let own = first.trim_end_matches(".rs").to_owned();
        if own == "lib" {
            continue;
        }
        modules.insert(own.clone());
        let Some(own_layer) = layer_of.get(own.as_str()) else {
            wrong.push(format!("{}: the module `{own}` has no layer", relative.display()));
            continue;
        };
        for name in named(&code(&path)) {
            // What lib.rs lifts to the top belongs to its module.
            let name = if name == "StringType" { "der".to_owned() } else { name };
            if name == own {
                continue;
            }
            match layer_of.get(name.as_str()) {
                None => wrong.push(format!("{}: knows `{name}`, which has no layer", relative.display())),
                Some(layer) if layer > own_layer => {}
                Some(layer) if layer == own_layer && WITHIN.contains(&(own.as_str(), name.as_str())) => {
                    within.insert((own.clone(), name));
                }
                Some(_) => wrong.push(format!("{}: `{own}` may not know `{name}`", relative.display())),
            }
        }
    }
    for (one, other) in WITHIN {
        if !within.contains(&((*one).to_owned(), (*other).to_owned())) {
            wrong.push(format!("`{one}` does not know `{other}` any more: take it out of the list"));
        }
    }
    for name in layer_of.keys().filter(|name| !modules.contains(**name)) {
        wrong.push(format!("there is no module `{name}` any more"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scanner_reads_groups() {
    assert_eq!(named("use crate::{der::{self, tag}, oid};"), ["der", "oid"]);
    assert_eq!(named("crate::name::hex(x) + crate::time"), ["name", "time"]);
}

#[test]
fn crates_know_only_those_below() {
    let root = root();
    let manifest = |path: &Path| -> toml::Table {
        std::fs::read_to_string(path).expect("a manifest").parse().expect("a manifest in TOML")
    };
    let workspace = manifest(&root.join("Cargo.toml"));
    let members = workspace["workspace"]["members"].as_array().expect("the members");
    let mut folders: Vec<&str> = members.iter().map(|member| member.as_str().expect("a folder")).collect();
    folders.push("fuzz");
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for folder in folders {
        let path = root.join(folder).join("Cargo.toml");
        if folder == "fuzz" && !path.exists() {
            continue;
        }
        let manifest = manifest(&path);
        let name = manifest["package"]["name"].as_str().expect("a name").to_owned();
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{folder}: the crate `{name}` is not in the list"));
            continue;
        };
        for dependency in dependencies(&manifest) {
            let ours = CRATES.iter().any(|(known, _)| *known == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                wrong.push(format!("{folder}: `{name}` may not know `{dependency}`"));
            }
        }
        seen.insert(name);
    }
    for (name, _) in CRATES.iter().filter(|(name, _)| !seen.contains(*name) && *name != "certgate-fuzz") {
        wrong.push(format!("there is no crate `{name}` any more"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names in all dependency tables, also those of targets and of builds.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in manifest {
        match (key.as_str(), value.as_table()) {
            ("dependencies" | "dev-dependencies" | "build-dependencies", Some(table)) => {
                found.extend(table.keys().cloned());
            }
            ("target", Some(targets)) => {
                found.extend(targets.values().filter_map(toml::Value::as_table).flat_map(dependencies));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn core_has_no_surroundings() {
    let root = root();
    let mut wrong = Vec::new();
    for folder in ["core/src", "bindings/src"] {
        for path in files(&root.join(folder)) {
            let code = code(&path);
            let shown = path.strip_prefix(&root).expect("below the project").display().to_string();
            wrong.extend(
                NOT_IN_CORE
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{shown}: {word}")),
            );
            if code.contains(RANDOMNESS) && shown != "core/src/crypto/private_key.rs" {
                wrong.push(format!("{shown}: {RANDOMNESS}"));
            }
        }
    }
    for file in ["core/src/lib.rs", "bindings/src/lib.rs"] {
        if !code(&root.join(file)).contains("#![forbid(unsafe_code)]") {
            wrong.push(format!("{file}: does not forbid unsafe code"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
