//! What reaches a terminal: nothing of an attacker's that moves the cursor, colours only where they are seen.

use certgate_tests::certificate::{BASIC_CONSTRAINTS, Cert};
use certgate_tests::command::{certgate, other, run, run_with};
use certgate_tests::der::{boolean, int, seq, utf8};
use certgate_tests::request::{Csr, atv, cn, dns, pem, uri};
use certgate_tests::vector::AT;

use crate::{check, folder, write};

/// Characters that no output for people may hold: controls other than the end of a line, direction marks, zero width.
fn hostile(text: &str) -> String {
    let hostile = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().filter(hostile).collect()
}

#[test]
fn text_of_others_is_escaped_in_every_format() {
    let folder = folder();
    let folder = folder.path();
    let name = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}moc.live\u{2066}\u{200b}\r\n::set-output name=x::y";
    let csr = Csr {
        subject: Csr::subject(&[cn(name), atv("2.5.4.10", utf8(name))]).subject,
        ..Csr::names(&[dns("a.example.com"), uri("javascript:alert(1)")])
    };
    write(folder, "request.pem", csr.pem());
    for format in ["text", "github", "json", "ndjson", "sarif"] {
        let said = check(folder, &["--format", format, "request.pem"]);
        assert_eq!(said.exit, 1);
        let shown: String = if ["json", "ndjson", "sarif"].contains(&format) {
            // JSON escapes controls by itself; what a program reads out of it is the name as it stands.
            said.stdout.chars().filter(|c| c.is_control() && *c != '\n').collect()
        } else {
            hostile(&said.stdout)
        };
        assert_eq!(shown, "", "{format}: {}", said.stdout);
        assert_eq!(hostile(&said.stderr), "", "{format}");
    }
    let said = run(folder, &["inspect", "request.pem"], b"");
    assert_eq!(hostile(&said.stdout), "", "{}", said.stdout);
    // Each annotation is one line that begins as one.
    let said = check(folder, &["--format", "github", "request.pem"]);
    assert!(
        said.stdout.lines().all(|line| line.starts_with("::error ")
            || line.starts_with("::warning ")
            || line.starts_with("::notice ")),
        "{}",
        said.stdout
    );
}

#[test]
fn names_of_files_are_escaped_too() {
    let folder = folder();
    let folder = folder.path();
    let name = "a\u{1b}[31m\u{202e}b.pem";
    write(folder, name, Csr::default().pem());
    let said = check(folder, &[name]);
    assert_eq!((said.exit, hostile(&said.stdout)), (0, String::new()), "{said:?}");
    let said = check(folder, &["no\u{1b}[31m\u{202e}such"]);
    assert_eq!((said.exit, hostile(&said.stderr)), (3, String::new()), "{said:?}");
}

#[test]
fn colours_are_for_terminals() {
    let folder = folder();
    let folder = folder.path();
    let arguments = ["check", "--policy", "policy.yaml", "--at", AT, "bad.pem"];
    let coloured = |variables: &[(&str, &str)]| {
        let said = run_with(folder, &arguments, b"", variables);
        assert_eq!(said.exit, 1);
        said.stdout.contains('\u{1b}')
    };
    assert!(!coloured(&[]), "a pipe");
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")]));
    // `script` gives the program a real terminal.
    let command = format!("{} {}", certgate().display(), arguments.join(" "));
    match other(
        "script",
        folder,
        &["-qec", &format!("env -u NO_COLOR -u CLICOLOR_FORCE {command}"), "/dev/null"],
    ) {
        Some(said) => assert!(said.stdout.contains("\u{1b}["), "a terminal: {said:?}"),
        None => println!("not tested: `script` is not installed"),
    }
}

#[test]
fn the_request_and_the_policy_stand_side_by_side() {
    let folder = folder();
    let said = check(folder.path(), &["bad.pem"]);
    for part in [
        "bad.pem: denied by policy cli",
        "error[policy/dns-not-allowed]",
        "--> bad.pem:",
        "dNSName: evil.test",
        "::: policy.yaml:4:",
        "dns: { allow: [a.example.com",
        "rule names.dns.allow",
    ] {
        assert!(said.stdout.contains(part), "{part} is missing in:\n{}", said.stdout);
    }
    let said = check(folder.path(), &["--quiet", "good.pem"]);
    assert_eq!((said.exit, said.stdout.as_str()), (0, ""));
}

#[test]
fn completions_and_man_pages() {
    let folder = folder();
    let folder = folder.path();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = run(folder, &["completions", shell], b"");
        assert_eq!(said.exit, 0, "{shell}");
        assert!(said.stdout.contains("blocklist"), "{shell}");
        write(folder, shell, said.stdout);
    }
    let said = other("bash", folder, &["-n", "bash"]).expect("bash");
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""));
    let said = run(folder, &["man"], b"");
    assert!(said.exit == 0 && said.stdout.contains(".TH certgate 1"), "{}", said.stdout);
    assert_eq!(run(folder, &["man", "pages"], b"").exit, 0);
    for page in ["certgate.1", "certgate-check.1", "certgate-keys-blocklist-import.1"] {
        assert!(folder.join("pages").join(page).exists(), "{page}");
    }
}

#[test]
fn back_ends_of_an_unknown_name_are_refused() {
    let folder = folder();
    let said =
        |name| run_with(folder.path(), &["explain", "policy/dns-denied"], b"", &[("CERTGATE_CRYPTO", name)]);
    let refused = said("quantum\u{1b}");
    assert_eq!((refused.exit, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.starts_with("certgate: CERTGATE_CRYPTO is \"quantum"), "{}", refused.stderr);
    assert!(refused.stderr.contains("portable"), "{}", refused.stderr);
    assert_eq!(hostile(&refused.stderr), "");
    assert_eq!((said("portable").exit, said("").exit), (0, 0));
}

/// Whatever is wrong with a file of certificates has a code, and is an input that cannot be read.
#[test]
fn faults_of_trust_anchors_have_codes() {
    let folder = folder();
    let folder = folder.path();
    write(folder, "empty.pem", "");
    write(folder, "text.pem", "hello\n");
    write(folder, "list.pem", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n");
    let large = std::fs::File::create(folder.join("large.pem")).expect("a file");
    large.set_len((64 << 20) + 1).expect("a length");
    for (option, file, code) in [
        ("--anchors", "absent.pem", "input/file"),
        ("--anchors", "large.pem", "input/file"),
        ("--anchors", "empty.pem", "input/empty"),
        ("--anchors", "text.pem", "input/not-recognised"),
        ("--anchors", "good.pem", "input/other-content"),
        ("--anchors", "list.pem", "input/other-content"),
        ("--intermediates", "empty.pem", "input/empty"),
        ("--intermediates", "absent.pem", "input/file"),
        ("--crl", "empty.pem", "input/empty"),
    ] {
        let said = run(folder, &["verify", option, file, "good.pem"], b"");
        assert_eq!(said.exit, 3, "{option} {file}: {said:?}");
        assert!(said.stderr.contains(&format!("[{code}]")), "{option} {file}: {said:?}");
        assert!(said.stderr.contains(file), "{option} {file}: {said:?}");
    }
}

/// What a number does not hold is not shown as the number that stands for it.
#[test]
fn a_path_length_beyond_all_is_shown_as_one() {
    let folder = folder();
    let folder = folder.path();
    let length = |octets: &[u8]| {
        let value = seq(&[boolean(0xff), int(octets)]);
        pem("CERTIFICATE", &Cert::root("root").with(BASIC_CONSTRAINTS, true, &value).der())
    };
    for (octets, shown) in [(&[3][..], "path length 3"), (&[0x7f; 30], "path length more than 4294967294")] {
        write(folder, "ca.pem", length(octets));
        let said = run(folder, &["inspect", "ca.pem"], b"");
        assert!(said.stdout.contains(shown), "{said:?}");
    }
}
