//! The tree of an encoding against `openssl asn1parse`, the names of its fields, and what damaged encodings give.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use certgate_bindings::asn1::{NodeView, TreeView, pieces, tree, tree_of};
use certgate_tests::command::run;

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl runs");
    child.stdin.take().expect("piped").write_all(input).expect("openssl reads");
    let output = child.wait_with_output().expect("openssl ends");
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

fn request() -> Vec<u8> {
    const ARGUMENTS: [&str; 16] = [
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-keyout",
        "/dev/null",
        "-outform",
        "DER",
        "-subj",
        "/O=Example/CN=a.example.com",
        "-addext",
        "subjectAltName=DNS:a.example.com,IP:10.0.0.1,email:x@example.com",
        "-addext",
        "basicConstraints=critical,CA:TRUE,pathlen:1",
        "-utf8",
    ];
    openssl(&ARGUMENTS, b"")
}

fn field<'t>(tree: &'t TreeView, name: &str) -> &'t NodeView {
    tree.nodes.iter().find(|node| node.field.as_deref() == Some(name)).unwrap_or_else(|| panic!("no {name}"))
}

/// `  4:d=1  hl=4 l= 550 cons: SEQUENCE`: offset, and octets of header and contents.
fn parse(line: &str) -> Option<(usize, (usize, usize))> {
    let (offset, rest) = line.trim().split_once(":d=")?;
    let header = rest.split_once("hl=")?.1.split_whitespace().next()?.parse().ok()?;
    let length = rest.split_once(" l=")?.1.split_whitespace().next()?.parse().ok()?;
    Some((offset.parse().ok()?, (header, length)))
}

#[test]
fn every_element_stands_where_openssl_sees_it() {
    let der = request();
    let tree = tree_of(&der);
    assert_eq!(tree.fault, None);
    let ours: BTreeMap<usize, (usize, usize)> = tree
        .nodes
        .iter()
        .map(|node| (node.span.start, (node.header, node.span.end - node.span.start - node.header)))
        .collect();
    let listing = String::from_utf8(openssl(&["asn1parse", "-inform", "DER"], &der)).expect("text");
    let theirs: Vec<_> = listing.lines().filter_map(parse).collect();
    assert!(theirs.len() > 30, "openssl lists the elements");
    for (offset, lengths) in theirs {
        assert_eq!(ours.get(&offset), Some(&lengths), "at {offset}");
    }
}

#[test]
fn fields_have_the_names_of_the_standards() {
    let tree = tree_of(&request());
    assert_eq!(field(&tree, "dNSName").value.as_deref(), Some("a.example.com"));
    assert_eq!(field(&tree, "rfc822Name").value.as_deref(), Some("x@example.com"));
    assert_eq!(field(&tree, "iPAddress").value.as_deref(), Some("0a000001"));
    assert_eq!(field(&tree, "cA").value.as_deref(), Some("TRUE"));
    assert_eq!(field(&tree, "pathLenConstraint").value.as_deref(), Some("1"));
    assert_eq!(field(&tree, "extnID").value.as_deref(), Some("subjectAltName (2.5.29.17)"));
    for name in ["certificationRequestInfo", "subjectPKInfo", "attributes", "signatureAlgorithm", "signature"]
    {
        field(&tree, name);
    }
    let certificate = openssl(
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-noenc",
            "-keyout",
            "/dev/null",
            "-subj",
            "/CN=x",
            "-outform",
            "DER",
        ],
        b"",
    );
    let tree = tree_of(&certificate);
    for name in ["tbsCertificate", "serialNumber", "notBefore", "subjectPublicKeyInfo", "keyIdentifier"] {
        field(&tree, name);
    }
}

#[test]
fn a_damaged_encoding_is_shown_up_to_its_fault() {
    let der = request();
    for length in [1, 5, 40, der.len() / 2, der.len() - 1] {
        let tree = tree_of(&der[..length]);
        let fault = tree.fault.unwrap_or_else(|| panic!("{length} bytes"));
        assert_eq!(fault.code, "der/truncated");
        // All is shown but the octets of a header that breaks off.
        let cut = tree.cut.expect("it is cut");
        assert!(tree.bytes == length && cut <= length && length - cut < 6, "{cut} of {length}");
        let end = tree.nodes.iter().map(|node| node.span.end).max();
        assert_eq!(end, (cut > 0).then_some(length), "the outermost element has what is left");
    }
    let outermost = tree_of(&der[..40]);
    let broken: Vec<_> =
        outermost.nodes.iter().filter_map(|node| Some((node.depth, node.claimed?))).collect();
    assert_eq!(broken.first(), Some(&(0, der.len() - 4)));
    assert!(broken.windows(2).all(|pair| pair[0].0 < pair[1].0), "each within the one before: {broken:?}");
    let mut damaged = der.clone();
    let at = damaged.windows(13).position(|window| window == b"a.example.com").expect("the name is there");
    damaged[at - 1] = 0x80;
    let tree = tree_of(&damaged);
    assert_eq!(tree.fault.as_ref().map(|fault| fault.code.as_str()), Some("der/indefinite-length"));
    assert!(tree.nodes.len() > 5);
    assert_eq!((tree.bytes, tree.cut), (damaged.len(), Some(at - 2)));
    assert!(tree_of(&[]).nodes.is_empty());
    assert_eq!(tree_of(&[]).cut, None);
}

#[test]
fn nesting_and_number_are_bounded() {
    let mut nested = vec![0x05, 0x00];
    for _ in 0..60 {
        let length = u8::try_from(nested.len()).expect("short");
        nested.splice(0..0, if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] });
    }
    assert_eq!(tree_of(&nested).fault.map(|fault| fault.code).as_deref(), Some("limit/der-depth"));
    let many = [&[0x30, 0x82, 0xea, 0x60][..], &[0x05, 0x00].repeat(30_000)].concat();
    let tree = tree_of(&many);
    let fault = tree.fault.expect("a limit");
    assert_eq!(fault.code, "limit/der-elements");
    // The SEQUENCE, and 19,999 of two octets.
    assert_eq!((tree.nodes.len(), tree.bytes, tree.cut), (20_000, 60_004, Some(40_002)));
    assert_eq!(fault.span.map(|span| (span.start, span.end)), Some((40_002, 60_004)));
}

#[test]
fn pieces_are_named_and_keys_refused() {
    let der = request();
    let pem = openssl(&["req", "-inform", "DER"], &der);
    let kinds: Vec<_> =
        pieces(&pem).expect("one request").into_iter().map(|piece| (piece.kind, piece.label)).collect();
    assert_eq!(kinds, [("certification request", Some("CERTIFICATE REQUEST".to_owned()))]);
    assert_eq!(tree(&pem).expect("a tree"), tree_of(&der));
    let key = openssl(&["genpkey", "-algorithm", "ED25519"], b"");
    let error = pieces(&[pem, key].concat()).expect_err("a key is refused");
    assert_eq!(error.view().code, "input/private-key");
}

#[test]
fn a_challenge_password_is_not_shown() {
    let config = "[req]\nprompt=no\ndistinguished_name=dn\nattributes=a\n[dn]\nCN=x\n[a]\nchallengePassword=verysecret\n";
    let path = std::env::temp_dir().join(format!("certgate-asn1-{}.cnf", std::process::id()));
    std::fs::write(&path, config).expect("written");
    let shown = path.display().to_string();
    let der = openssl(
        &[
            "req",
            "-new",
            "-newkey",
            "rsa:2048",
            "-noenc",
            "-keyout",
            "/dev/null",
            "-outform",
            "DER",
            "-config",
            &shown,
        ],
        b"",
    );
    std::fs::remove_file(&path).expect("removed");
    let tree = tree_of(&der);
    assert!(tree.nodes.iter().any(|node| node.value.as_deref() == Some("(not shown)")));
    assert!(!format!("{tree:?}").contains("verysecret"));
    let broken = tree_of(&der[..der.len() - 1]);
    assert!(broken.nodes.len() > 20 && broken.fault.is_some());
    assert!(!format!("{broken:?}").contains("verysecret"));
}

#[test]
fn the_command_line_says_where_the_tree_is_cut() {
    let der = request();
    let cut = &der[..der.len() - 10];
    let said = run(std::path::Path::new("."), &["inspect", "--asn1", "-"], cut);
    assert_eq!(said.exit, 3);
    let whole = der.len();
    assert!(
        said.stdout.contains(&format!("  cut at byte {} of {}\n", cut.len(), cut.len())),
        "{}",
        said.stdout
    );
    let outermost = format!("SEQUENCE (breaks off: {} of {} bytes)", cut.len() - 4, whole - 4);
    assert!(said.stdout.contains(&outermost), "{}", said.stdout);
    let json = run(std::path::Path::new("."), &["inspect", "--asn1", "--format", "json", "-"], cut);
    let view: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((&view["bytes"], &view["cut"]), (&cut.len().into(), &cut.len().into()));
    assert_eq!(view["nodes"][0]["claimed"], whole - 4);
    assert_eq!(view["fault"]["code"], "der/truncated");
}
