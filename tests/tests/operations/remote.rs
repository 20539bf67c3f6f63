//! What servers present: openssl s_server, nginx, and every protocol that begins in the clear.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certgate_tests::command::{Said, other, run};

use super::{folder, init};

struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

fn s_server(at: &Path, arguments: &[&str]) -> Server {
    let port = free_port();
    let child = Command::new("openssl")
        .args([
            "s_server",
            "-quiet",
            "-accept",
            &format!("127.0.0.1:{port}"),
            "-key",
            "server.key",
            "-cert",
            "server.pem",
        ])
        .args(arguments)
        .current_dir(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl");
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "openssl s_server does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    Server { child, port }
}

fn verify(at: &Path, port: u16, arguments: &[&str]) -> Said {
    let server = format!("127.0.0.1:{port}");
    run(at, &[&["verify", "-a", "root-ca.pem"], arguments, &[server.as_str()]].concat(), b"")
}

#[test]
fn a_server_is_judged_by_what_it_presents() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let name = ["-n", "server.example.internal"];
    for version in ["-tls1_2", "-tls1_3"] {
        let server = s_server(at, &["-cert_chain", "intermediate-ca.pem", version]);
        let good = verify(at, server.port, &name);
        assert_eq!(good.exit, 0, "{good:?}");
        for part in ["days left: 89", "names: server.example.internal", "2 certificates"] {
            assert!(good.stdout.contains(part), "{part}: {good:?}");
        }
        assert!(!good.stdout.contains("note:"), "{good:?}");
        // Without a name it must be for the host that was asked.
        let other_name = verify(at, server.port, &["--format", "json"]);
        assert!(other_name.exit == 1 && other_name.stdout.contains("verify/name-mismatch"), "{other_name:?}");
        let shown = run(at, &["inspect", "--format", "ndjson", &format!("127.0.0.1:{}", server.port)], b"");
        assert_eq!((shown.exit, shown.stdout.lines().count()), (0, 2), "{shown:?}");
    }
    // Without the intermediate there is no path, and it is said what is missing.
    let server = s_server(at, &[]);
    let bare = verify(at, server.port, &name);
    assert!(bare.exit == 1, "{bare:?}");
    assert!(bare.stdout.contains("no intermediate is sent"), "{bare:?}");
    // In another order, with the root: it verifies, and is noted.
    let file = |name: &str| std::fs::read_to_string(at.join(name)).expect("a file");
    std::fs::write(at.join("odd.pem"), format!("{}{}", file("root-ca.pem"), file("intermediate-ca.pem")))
        .expect("a file");
    let server = s_server(at, &["-cert_chain", "odd.pem"]);
    let odd = verify(at, server.port, &name);
    assert_eq!(odd.exit, 0, "{odd:?}");
    for note in ["do not come in the order", "the root"] {
        assert!(odd.stdout.contains(note), "{note}: {odd:?}");
    }
    // A server that wants a certificate of its client has shown its own by then.
    let server =
        s_server(at, &["-cert_chain", "intermediate-ca.pem", "-Verify", "1", "-CAfile", "root-ca.pem"]);
    assert_eq!(verify(at, server.port, &name).exit, 0);
}

/// One side of a talk: what the server says, and what it must hear then.
enum Turn {
    Says(Vec<u8>),
    Hears(Vec<u8>),
}

fn says(text: &str) -> Turn {
    Turn::Says(text.as_bytes().to_vec())
}

fn hears(text: &str) -> Turn {
    Turn::Hears(text.as_bytes().to_vec())
}

/// Talks once as a server does, and hands the rest of the connection to `openssl s_server`.
fn talk(turns: Vec<Turn>, behind: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("a client");
        for turn in turns {
            match turn {
                Turn::Says(octets) => client.write_all(&octets).expect("the client listens"),
                Turn::Hears(wanted) => {
                    let mut heard = vec![0; wanted.len()];
                    client.read_exact(&mut heard).expect("the client talks");
                    if heard != wanted {
                        return eprintln!("heard {:?}", String::from_utf8_lossy(&heard));
                    }
                }
            }
        }
        let mut server = TcpStream::connect(("127.0.0.1", behind)).expect("openssl s_server");
        let (mut from_client, mut to_server) =
            (client.try_clone().expect("a copy"), server.try_clone().expect("a copy"));
        let there = std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
        let _ = std::io::copy(&mut server, &mut client);
        let _ = there.join();
    });
    port
}

#[test]
fn every_protocol_that_begins_in_the_clear_comes_to_tls() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let server = s_server(at, &["-cert_chain", "intermediate-ca.pem"]);
    let ldap_request =
        [&[0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16][..], b"1.3.6.1.4.1.1466.20037"].concat();
    // MySQL 8: protocol 10, version, thread, 8 octets of data and a zero, then capabilities with CLIENT_SSL.
    let mut greeting = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0".to_vec();
    greeting.extend([0xff, 0xff, 0x21, 2, 0, 0xff, 0xdf, 21]);
    greeting.extend([0; 10]);
    greeting.extend(b"abcdefghijkl\0caching_sha2_password\0");
    let mut greeting_packet = vec![u8::try_from(greeting.len()).expect("short"), 0, 0, 0];
    greeting_packet.extend(greeting);
    let mut ssl_request = vec![32, 0, 0, 1, 0, 0x8a, 0, 0, 0, 0, 0, 1, 33];
    ssl_request.extend([0; 23]);
    let stream = "<?xml version='1.0'?><stream:stream to='127.0.0.1' version='1.0' xmlns='jabber:client' \
                  xmlns:stream='http://etherx.jabber.org/streams'>";
    let features = "<?xml version='1.0'?><stream:stream from='a' id='1' version='1.0' xmlns='jabber:client' \
                    xmlns:stream='http://etherx.jabber.org/streams'><stream:features><starttls \
                    xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>";
    let talks = vec![
        (
            "smtp",
            vec![
                says("220-mail.example.com\r\n220 ESMTP\r\n"),
                hears("EHLO certgate.invalid\r\n"),
                says("250-mail.example.com\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"),
                hears("STARTTLS\r\n"),
                says("220 go ahead\r\n"),
            ],
        ),
        (
            "imap",
            vec![says("* OK ready\r\n"), hears("a1 STARTTLS\r\n"), says("* CAPABILITY\r\na1 OK begin\r\n")],
        ),
        ("pop3", vec![says("+OK ready\r\n"), hears("STLS\r\n"), says("+OK begin\r\n")]),
        (
            "ftp",
            vec![says("220-hello\r\n any text\r\n220 ready\r\n"), hears("AUTH TLS\r\n"), says("234 go\r\n")],
        ),
        (
            "ldap",
            vec![
                Turn::Hears(ldap_request.clone()),
                // A length in more octets than it needs, as Active Directory writes it.
                Turn::Says(vec![0x30, 0x84, 0, 0, 0, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0]),
            ],
        ),
        ("postgres", vec![Turn::Hears(vec![0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), says("S")]),
        ("mysql", vec![Turn::Says(greeting_packet), Turn::Hears(ssl_request)]),
        (
            "xmpp",
            vec![
                hears(stream),
                says(features),
                hears("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
                says("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            ],
        ),
    ];
    for (protocol, turns) in talks {
        let port = talk(turns, server.port);
        let said = verify(at, port, &["--starttls", protocol, "-n", "server.example.internal"]);
        assert_eq!(said.exit, 0, "{protocol}: {said:?}");
    }
    // Servers that say no, that talk on and on, and that speak something else.
    let endless = "x".repeat(20_000);
    let refusals = vec![
        ("smtp", vec![says("220 ready\r\n"), hears("EHLO certgate.invalid\r\n"), says("250 HELP\r\n")]),
        ("smtp", vec![says("554 no\r\n")]),
        ("smtp", vec![says(&endless)]),
        ("imap", vec![says("* OK ready\r\n"), hears("a1 STARTTLS\r\n"), says("a1 NO sorry\r\n")]),
        ("pop3", vec![says("+OK ready\r\n"), hears("STLS\r\n"), says("-ERR no\r\n")]),
        ("ftp", vec![says("220 ready\r\n"), hears("AUTH TLS\r\n"), says("502 no\r\n")]),
        (
            "ldap",
            vec![
                Turn::Hears(ldap_request),
                Turn::Says(vec![0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0]),
            ],
        ),
        ("ldap", vec![Turn::Says(vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff])]),
        ("postgres", vec![Turn::Hears(vec![0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), says("N")]),
        ("mysql", vec![Turn::Says(vec![3, 0, 0, 0, 0xff, 1, 2])]),
        ("xmpp", vec![hears(stream), says("<stream:features></stream:features>")]),
    ];
    for (protocol, turns) in refusals {
        let port = talk(turns, server.port);
        let said = verify(at, port, &["--starttls", protocol]);
        assert!(said.exit == 3 && said.stderr.contains("no TLS after"), "{protocol}: {said:?}");
    }
}

#[test]
fn what_is_no_server_is_said_so() {
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let nobody = verify(at, free_port(), &[]);
    assert!(nobody.exit == 3 && nobody.stderr.contains("no connection"), "{nobody:?}");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("a client");
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let plain = verify(at, port, &[]);
    assert!(plain.exit == 3 && plain.stderr.contains("no TLS handshake"), "{plain:?}");
    let file = run(at, &["verify", "-a", "root-ca.pem", "--starttls", "smtp", "server.pem"], b"");
    assert!(file.exit == 3 && file.stderr.contains("HOST:PORT"), "{file:?}");
}

/// nginx speaks TLS and asks for client certificates: its certificate is seen all the same.
#[test]
fn nginx_presents_its_chain() {
    if other("nginx", Path::new("/"), &["-v"]).is_none() {
        return eprintln!("absent, so not tested: nginx");
    }
    let folder = folder();
    let at = folder.path();
    init(at, "three-tier.yaml");
    let port = free_port();
    let path = at.display();
    let configuration = format!(
        "daemon off; pid {path}/nginx.pid; error_log stderr; master_process off;
events {{ }}
http {{ access_log off;
  client_body_temp_path {path}/b; proxy_temp_path {path}/p; fastcgi_temp_path {path}/f; uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;
  server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {path}/bundle.pem; ssl_certificate_key {path}/server.key;
    ssl_client_certificate {path}/root-ca.pem; ssl_verify_client on; location / {{ return 200 ok; }} }} }}
"
    );
    std::fs::write(at.join("nginx.conf"), configuration).expect("the configuration");
    let child = Command::new("nginx")
        .args(["-c", at.join("nginx.conf").to_str().expect("a path"), "-p"])
        .arg(at)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx");
    let server = Server { child, port };
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < Duration::from_secs(60), "nginx does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    let said = verify(at, server.port, &["-n", "server.example.internal"]);
    assert_eq!(said.exit, 0, "{said:?}");
}

/// Its signature is verified by our own engine: the back end of TLS does not know the curve.
#[test]
fn a_server_with_a_key_on_p521_proves_it() {
    let folder = folder();
    let at = folder.path();
    let plan = "version: 1
id: p521
authorities:
  root: { subject: [CN=Root], key: P-521, lifetime: 3650d, certificate: root-ca.pem, privateKey: root.key }
certificates:
  web: { issuer: root, names: [web.example], purposes: [serverAuth], key: P-521, lifetime: 90d, certificate: server.pem, privateKey: server.key }
";
    std::fs::write(at.join("plan.yaml"), plan).expect("a file");
    assert_eq!(run(at, &["pki", "init", "plan.yaml"], b"").exit, 0);
    let server = s_server(at, &["-tls1_3"]);
    let said = verify(at, server.port, &["-n", "web.example"]);
    assert!(said.exit == 0 && said.stdout.contains("TLSv1_3"), "{said:?}");
    let server = s_server(at, &["-tls1_2"]);
    let said = verify(at, server.port, &["-n", "web.example"]);
    assert!(said.exit == 3 && said.stderr.contains("P-521 it must speak TLS 1.3"), "{said:?}");
}
