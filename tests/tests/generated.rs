//! What is generated and committed is what the code makes now; the table of codes is in order.

use std::collections::BTreeSet;

use certgate::diagnostic::Code;
use certgate_bindings::{explain, explain_all};
use certgate_tests::{generated, root};

#[test]
fn committed_files_are_current() {
    let files = generated::files();
    let stale: Vec<&str> = files
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(root().join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path.as_str())
        .collect();
    assert!(stale.is_empty(), "not current, run `cargo xtask generate`: {stale:?}");
    let known: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    for entry in std::fs::read_dir(root().join("bindings/schemas")).expect("the schemas") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        assert!(known.contains(format!("bindings/schemas/{name}").as_str()), "nothing makes {name}");
    }
}

#[test]
fn codes_are_unique_sorted_and_of_one_form() {
    let codes: Vec<&str> = Code::all().map(Code::as_str).collect();
    assert!(codes.is_sorted(), "sorted");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "unique");
    let word = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    for code in &codes {
        let (stage, slug) = code.split_once('/').expect("stage/slug");
        assert!(word(stage) && word(slug), "{code}");
        for severity in ["error", "warning", "notice"] {
            assert!(!slug.split('-').any(|part| part == severity), "{code} names a severity");
        }
        let view = explain(code).expect("every code is explained");
        assert_eq!(view.code, *code);
        for text in [&view.summary, &view.help] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{code}: {text}");
            assert!(
                !text.starts_with(|c: char| c.is_uppercase()) || starts_with_a_name(text),
                "{code}: {text}"
            );
        }
    }
    assert_eq!(explain_all().len(), codes.len());
    assert!(explain("no/such-code").is_none());
}

/// Sentences begin in lower case, but for names such as `RSA` and `IPv4-mapped`.
fn starts_with_a_name(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    word.chars().filter(|c| c.is_uppercase()).count() > 1 || word.contains(char::is_numeric)
}

/// A key with nothing behind it is no way to leave a rule out: no property of a policy takes null, but those of other programs,
/// which write it themselves.
#[test]
fn no_property_of_a_policy_takes_null() {
    const OTHERS: [&str; 5] = ["Approver", "Cfssl", "Kube", "Step", "VaultRole"];
    let schema = certgate_bindings::schema::schema("policy").expect("the schema of policies");
    let definitions = schema["$defs"].as_object().expect("definitions");
    let own = definitions.iter().filter(|(name, _)| !OTHERS.iter().any(|other| name.starts_with(other)));
    let mut taking = Vec::new();
    let mut properties = 0;
    for (name, definition) in own.map(|(name, value)| (name.as_str(), value)).chain([("", &schema)]) {
        let alternatives = definition["anyOf"].as_array().into_iter().flatten();
        for map in std::iter::once(definition).chain(alternatives) {
            for (key, property) in map["properties"].as_object().into_iter().flatten() {
                properties += 1;
                let text = property.to_string();
                if text.contains("\"null\"") {
                    taking.push(format!("{name}.{key}: {text}"));
                }
            }
        }
    }
    assert!(properties > 50, "{properties}");
    assert!(taking.is_empty(), "{taking:#?}");
}
