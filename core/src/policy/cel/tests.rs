//! What is refused when it is loaded, what runs, and that nothing takes more than its bound.

use super::datum::{Bindings, Datum};
use super::variables;
use super::{Expression, Failure, Variables};
use crate::diagnostic::{Code, codes};
use crate::limits::CelLimits;

const NAMES: u64 = 100;

fn limits() -> CelLimits {
    CelLimits::default()
}

fn native() -> Variables {
    variables::declare_self(&limits(), variables::declare_native(&limits(), NAMES))
}

fn code(source: &str) -> Option<Code> {
    Expression::compile(source, &native(), &limits()).err().map(|fault| fault.code())
}

fn message(source: &str) -> String {
    let fault = Expression::compile(source, &native(), &limits()).expect_err(source);
    fault.message().to_owned()
}

/// Values of a certificate with these DNS names.
fn bindings(dns: &[&str]) -> Bindings {
    let declared = native();
    let mut bindings = Bindings::default();
    let key = Datum::record([
        ("algorithm", Some(Datum::text("EC"))),
        ("curve", Some(Datum::text("P-256"))),
        ("size", Some(Datum::Int(256))),
    ]);
    let attributes = [("organizationName".to_owned(), Datum::texts(["Example"]))];
    let cert = Datum::record([
        ("dns", Some(Datum::texts(dns.iter().copied()))),
        ("ip", Some(Datum::texts(["10.0.0.1"]))),
        ("key", Some(key)),
        ("lifetime", Some(Datum::Int(86_400))),
        ("subject", Some(Datum::Named(attributes.into_iter().collect()))),
    ]);
    bindings.set(&declared, "cert", &cert);
    let facts = [("namespace".to_owned(), Datum::text("shop"))];
    bindings.set(&declared, "facts", &Datum::Named(facts.into_iter().collect()));
    bindings.set(&declared, "self", &Datum::text("spiffe://acme.com/ns/foo-ns/sa/bar"));
    let cr = Datum::record([
        ("namespace", Some(Datum::text("foo-ns"))),
        ("username", Some(Datum::text("system:serviceaccount:foo-ns:bar"))),
        ("groups", Some(Datum::texts(["dev"]))),
    ]);
    bindings.set(&declared, "cr", &cr);
    bindings
}

fn run(source: &str) -> Result<bool, Failure> {
    run_with(source, &["api.shop.svc", "www.shop.svc"])
}

fn run_with(source: &str, dns: &[&str]) -> Result<bool, Failure> {
    let expression = Expression::compile(source, &native(), &limits());
    let expression = expression.unwrap_or_else(|fault| panic!("{source}: {}", fault.message()));
    let mut left = limits().steps;
    expression.run(&bindings(dns), &limits(), &mut left)
}

#[test]
fn what_cannot_be_right_is_refused_when_it_is_loaded() {
    for source in [
        "",
        " ",
        "cert.dns.all(d, )",
        "foo = bar",
        "foo",
        "size('foo')",
        "'true'",
        "cert",
        "cert.dns",
        "cert.dsn.size() == 1",
        "request.issuer.names == 'a'",
        "cr.foo == ''",
        "size(cr.foo) < 24",
        "self.namespace == ''",
        "self.shout() == ''",
        "shout(self)",
        "self.startsWith()",
        "self.startsWith('a', 'b')",
        "self.startsWith(1)",
        "1.startsWith('a')",
        "size(self, self) == 1",
        "size(1) == 1",
        "self == 1",
        "self < 1",
        "self + 1 == ''",
        "1 + true == 2",
        "!self",
        "-self == ''",
        "self && true",
        "true || 1",
        "self ? true : false",
        "true ? 1 : 'a'",
        "[1, 'a'].size() == 2",
        "self in 'abc'",
        "1 in cert.dns",
        "cert.dns['a'] == ''",
        "cert.subject.all(name, true)",
        "cert.dns.all(d, d)",
        "cert.dns.all(d, e == '')",
        "cert.dns.all(d.e, true)",
        "cert.dns.exists_one(d, 1)",
        "cert.dns.map(d, 1).all(n, n == '')",
        "has(cert)",
        "has(cert.nothing)",
        "{'a': 1}['a'] == 1",
        "Message{a: 1} == 1",
        "b'a' == b'a'",
        "1.5 > 1.0",
        "1u == 1u",
        "null == null",
        "type(self) == string",
        "dyn(self) == ''",
        "self.matches(cr.namespace)",
        "self.matches('[')",
        "self.matches('(a{1000}){1000}')",
        "cr.namespace.format([self]) == ''",
        "'%s'.format([]) == ''",
        "'%x'.format([1]) == ''",
        "'%d'.format([self]) == ''",
        "'%s'.format(cert.dns) == ''",
        "strings.quote(self) == ''",
        "optional.of(self).hasValue()",
        ".self == ''",
        "serviceAccount(self).getOwner() == ''",
        "serviceAccount(1).getName() == ''",
        "self.getName() == ''",
        "string(cert.dns) == ''",
    ] {
        assert_eq!(code(source), Some(codes::DOCUMENT_CEL), "{source}");
    }
    assert!(message("foo == ''").contains("`foo`"));
    assert!(message("cert.dsn == []").contains("`dsn`"));
    assert!(message("self.shout()").contains("`shout`"));
    assert!(message("true &&").contains("line 1"), "{}", message("true &&"));
}

#[test]
fn what_is_too_large_is_refused_when_it_is_loaded() {
    let terms = |count: usize, term: &str, with: &str| vec![term; count].join(with);
    let parens = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    let nest = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    // Brackets around brackets are none.
    assert_eq!(run(&parens(1_000)), Ok(true));
    let nested = |depth: usize| {
        let open: String = (0..depth).map(|level| format!("cert.dns.all(v{level}, ")).collect();
        format!("{open}true{}", ")".repeat(depth))
    };
    let trims = |count: usize| format!("self{} == ''", ".trim()".repeat(count));
    // A text of 2^n bytes and more, by replacing every place of it.
    let doubling = |count: usize| format!("self{}.size() > 0", ".replace('', 'aaaaaaaa')".repeat(count));
    let exponent = |depth: usize| {
        let open: String = (0..depth).map(|_| "['a', 'b'].map(x, ".to_owned()).collect();
        format!("{open}'a'{}.size() > 0", ")".repeat(depth))
    };
    for source in [
        terms(10_000, "true", " || "),
        terms(300, "true", " || "),
        terms(200, "self", " + ") + " == ''",
        format!("[{}].size() > 0", terms(600, "1", ",")),
        parens(100_000),
        nest("(true && ", "true", ")", 150),
        nest("!(true && ", "true", ")", 130),
        nest("true ? true : ", "true", "", 140),
        nest("(true ? ", "true", " : true)", 100),
        nest("size(string(size(string(", "1", "))))", 60) + " == 1",
        nest("[", "1", "]", 500) + " == []",
        nest("'' + (", "''", ")", 250) + " == ''",
        nested(3),
        nested(4),
        nested(20),
        trims(200),
        doubling(8),
        exponent(6),
        format!("'{}' == ''", "a".repeat(2_100)),
        "cert.dns.all(a, cert.dns.all(b, cert.ip.all(c, a == b)))".to_owned(),
        "cert.uri.map(u, cert.uri.join(u)).size() > 0".to_owned(),
        format!("self.matches('{}')", "(a?){500}(b?){500}"),
    ] {
        let shown: String = source.chars().take(80).collect();
        let found = code(&source);
        let bounded = found == Some(codes::DOCUMENT_CEL_BUDGET)
            || (found == Some(codes::DOCUMENT_CEL) && shown.contains("matches"));
        assert!(bounded, "{shown}: {found:?} {:?}", message(&source));
    }
}

#[test]
fn usual_rules_are_far_from_the_bound() {
    for source in [
        "cert.dns.all(d, d.endsWith(facts.namespace + '.svc'))",
        "cert.dns.all(d, request.dns.exists(r, r == d))",
        "cert.dns.map(d, d.split('.')[0]).all(l, l.size() <= 63)",
        "cert.dns.filter(d, d.startsWith('www.')).size() <= 1",
        "cert.dns.exists_one(d, d == cert.commonName)",
        "cert.uri.all(u, u.matches('^spiffe://[a-z.]+/ns/[a-z0-9-]+/sa/[a-z0-9-]+$'))",
        "!('breakglass' in requester.groups) || cert.lifetime <= 3600",
        "has(cert.subject.organizationName) && cert.subject.organizationName == ['Example']",
        "cert.key.algorithm == 'EC' ? cert.key.size >= 256 : cert.key.size >= 3072",
    ] {
        let expression = Expression::compile(source, &native(), &limits());
        let expression = expression.unwrap_or_else(|fault| panic!("{source}: {}", fault.message()));
        assert!(expression.worst < limits().steps / 2, "{source}: {}", expression.worst);
    }
}

#[test]
fn documented_expressions_of_approver_policy_give_what_they_give_there() {
    let declared = variables::declare_approver_policy(&limits());
    let judge = |source: &str, value: &str, username: &str| {
        let expression = Expression::compile(source, &declared, &limits());
        let expression = expression.unwrap_or_else(|fault| panic!("{source}: {}", fault.message()));
        let mut bindings = Bindings::default();
        let cr = Datum::record([
            ("name", Some(Datum::text("request"))),
            ("namespace", Some(Datum::text("foo-ns"))),
            ("username", Some(Datum::text(username))),
            ("groups", Some(Datum::texts(["system:authenticated"]))),
        ]);
        bindings.set(&declared, "cr", &cr);
        bindings.set(&declared, "self", &Datum::text(value));
        expression.run(&bindings, &limits(), &mut limits().steps)
    };
    let account = "system:serviceaccount:foo-ns:bar";
    let local = "self.endsWith(cr.namespace + '.svc.cluster.local')";
    assert_eq!(judge(local, "a.foo-ns.svc.cluster.local", account), Ok(true));
    assert_eq!(judge(local, "a.bar-ns.svc.cluster.local", account), Ok(false));
    let either = "['.svc', '.svc.cluster.local'].exists(d, self.endsWith(cr.namespace + d))";
    assert_eq!(judge(either, "a.foo-ns.svc", account), Ok(true));
    assert_eq!(judge(either, "a.foo-ns.pod", account), Ok(false));
    let spiffe = "self.startsWith('spiffe://acme.com/ns/%s/sa/'.format([cr.namespace]))";
    assert_eq!(judge(spiffe, "spiffe://acme.com/ns/foo-ns/sa/bar", account), Ok(true));
    assert_eq!(judge(spiffe, "spiffe://example.com", account), Ok(false));
    let of_account = "self == 'spiffe://acme.com/ns/%s/sa/%s'.format([serviceAccount(cr.username).getNamespace(), serviceAccount(cr.username).getName()])";
    assert_eq!(judge(of_account, "spiffe://acme.com/ns/foo-ns/sa/bar", account), Ok(true));
    assert_eq!(judge(of_account, "spiffe://acme.com/ns/foo-ns/sa/foo", account), Ok(false));
    let failed = judge(of_account, "spiffe://acme.com/ns/foo-ns/sa/bar", "alice");
    assert!(matches!(failed, Err(Failure::Values(_))), "{failed:?}");
    let guarded = "isServiceAccount(cr.username) && self.startsWith(serviceAccount(cr.username).getName())";
    assert_eq!(judge(guarded, "bar.example.com", account), Ok(true));
    assert_eq!(judge(guarded, "bar.example.com", "alice"), Ok(false));
    for username in
        ["system:serviceaccount:foo-ns:bar:x", "system:serviceaccount::bar", "system:serviceaccount:Foo:bar"]
    {
        assert_eq!(judge("isServiceAccount(cr.username)", "", username), Ok(false), "{username}");
    }
    let digits = r"self.matches('\\d+\\.\\d+\\.\\d+\\.\\d+')";
    assert_eq!(judge(digits, "10.0.0.1", account), Ok(true));
    assert_eq!(judge(digits, "evil10.0.0.1x", account), Ok(true));
    assert_eq!(judge("size(cr.namespace) < 24", "", account), Ok(true));
    assert_eq!(judge("[1,2,3].all(i, i % 2 > 0)", "", account), Ok(false));
    assert_eq!(judge("'www.example.com'.endsWith('.com')", "", account), Ok(true));
    assert_eq!(judge("'system:authenticated' in cr.groups", "", account), Ok(true));
    assert!(Expression::compile("cert.dns == []", &declared, &limits()).is_err());
}

#[test]
fn functions_give_what_the_specification_says() {
    for source in [
        "cert.dns.all(d, d.endsWith(facts.namespace + '.svc'))",
        "cert.dns.exists(d, d.startsWith('www.'))",
        "cert.dns.exists_one(d, d.contains('api'))",
        "cert.dns.map(d, d.size()) == [12, 12]",
        "cert.dns.filter(d, d.contains('api')) == ['api.shop.svc']",
        "cert.dns.map(d, d.split('.').map(l, l.size())) == [[3, 4, 3], [3, 4, 3]]",
        "cert.dns[0] == 'api.shop.svc'",
        "'api.shop.svc' in cert.dns",
        "cert.dns + ['x'] == ['api.shop.svc', 'www.shop.svc', 'x']",
        "cert.subject['organizationName'][0] == 'Example'",
        "'organizationName' in cert.subject && !('countryName' in cert.subject)",
        "has(cert.subject.organizationName) && !has(cert.subject.countryName)",
        "!has(cert.commonName)",
        "cert.key.algorithm == 'EC' && cert.key.size == 256",
        "cert.lifetime <= 24 * 60 * 60",
        "self.size() == size(self)",
        "'tacocat'.charAt(3) == 'o'",
        "'tacocat'.indexOf('a') == 1 && 'tacocat'.lastIndexOf('a') == 5",
        "'tacocat'.indexOf('a', 2) == 5 && 'tacocat'.indexOf('x') == -1",
        "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab'",
        "'TacoCat'.lowerAscii() == 'tacocat' && 'TacoCat'.upperAscii() == 'TACOCAT'",
        "'hello'.replace('l', 'L') == 'heLLo' && 'hello'.replace('l', 'L', 1) == 'heLlo'",
        "'a.b.c'.split('.') == ['a', 'b', 'c'] && 'a.b.c'.split('.', 2) == ['a', 'b.c']",
        "'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco'",
        "'  a '.trim() == 'a' && 'abc'.reverse() == 'cba'",
        "'%s-%d-%%'.format(['a', 7]) == 'a-7-%'",
        "string(7) == '7' && int('7') == 7 && string('a') == 'a'",
        "7 / 2 == 3 && 7 % 2 == 1 && -7 + 7 == 0 && 2 * 3 - 6 == 0",
        "'a' < 'b' && 1 <= 1 && 2 > 1 && 'b' >= 'a' && 'a' != 'b'",
        "(true ? 1 : 2) == 1",
        "serviceAccount(cr.username).name == 'bar' && serviceAccount(cr.username).namespace == 'foo-ns'",
        "[].size() == 0 && [[1], [2]].map(l, l[0]) == [1, 2]",
        "cert.dns.all(cert, cert.size() > 0)",
        "true || 1 / 0 == 1",
    ] {
        assert_eq!(run(source), Ok(true), "{source}");
    }
}

#[test]
fn what_cannot_be_calculated_is_no_answer() {
    for (source, why) in [
        ("cert.commonName == ''", "`commonName`"),
        ("facts.team == ''", "`team`"),
        ("cert.subject.countryName == []", "`countryName`"),
        ("cert.dns[7] == ''", "outside"),
        ("1 / (cert.dns.size() - 2) == 1", "zero"),
        ("9223372036854775807 + cert.dns.size() == 1", "too large"),
        ("int('x') == 1", ""),
        ("self.substring(1000) == ''", "substring"),
        ("serviceAccount('alice').getName() == ''", "service account"),
    ] {
        match run(source) {
            Err(Failure::Values(message)) => assert!(message.contains(why), "{source}: {message}"),
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn actual_sizes_are_held_against_the_bound_before_each_run() {
    let source = "cert.dns.all(a, cert.dns.all(b, a.size() == b.size() || a.size() != b.size()))";
    assert_eq!(run(source), Ok(true));
    let names: Vec<String> =
        (0..1_000).map(|index| format!("{index}.{}example.com", "a".repeat(60))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(matches!(run_with(source, &names), Err(Failure::Budget(_))));
    // The same expression has a shorter list to go through in the next request.
    assert_eq!(run_with(source, &names[..10]), Ok(true));
    let long = "a".repeat(1 << 19);
    let joined = "cert.dns.join('').size() > 0";
    assert!(matches!(run_with(joined, &[&long, &long]), Err(Failure::Budget(_))));
    // Steps are taken off what is left for the request.
    let expression = Expression::compile(source, &native(), &limits()).expect("a rule");
    let (bindings, mut left) = (bindings(&["a", "b"]), limits().steps);
    assert_eq!(expression.run(&bindings, &limits(), &mut left), Ok(true));
    let once = limits().steps - left;
    let mut left = once + once / 2;
    assert_eq!(expression.run(&bindings, &limits(), &mut left), Ok(true));
    assert!(matches!(expression.run(&bindings, &limits(), &mut left), Err(Failure::Budget(_))));
    // Finding out that it is too much is work too: it ends.
    let mut tries = 0;
    while left > expression.nodes {
        assert!(matches!(expression.run(&bindings, &limits(), &mut left), Err(Failure::Budget(_))));
        tries += 1;
    }
    assert!(tries <= once, "{tries}");
}

/// Whatever is typed, reading it ends in an expression or in a fault.
#[test]
fn no_text_stops_the_reader() {
    const WORDS: [&str; 44] = [
        "cert",
        ".",
        "dns",
        "all",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "'",
        "\"",
        "\\",
        "'a'",
        "\"\"\"",
        "r'",
        "b'",
        "1",
        "0x",
        "1e",
        "-",
        "+",
        "!",
        "&&",
        "||",
        "==",
        "in",
        "has",
        "map",
        "self",
        "é",
        "\u{1f600}",
        "\n",
        "//",
        "`",
        "\\u00",
        "'\\U0001f600'",
        "true",
        "exists",
        "x",
        " ",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap_or(0) % most
    };
    let declared = native();
    for _ in 0..20_000 {
        let length = 1 + next(24);
        let source: String = (0..length).map(|_| WORDS[next(WORDS.len())]).collect();
        let _read = Expression::compile(&source, &declared, &limits());
    }
}
