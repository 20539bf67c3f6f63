//! The talk before TLS in protocols that begin in the clear. Everything is read octet by octet, so that nothing that belongs
//! to TLS is taken, and nothing that came before it is taken for TLS.

use std::io::{self, Read, Write};

/// Longest line of a text protocol: RFC 5321 4.5.3.1.5 has 512 octets, RFC 2683 3.2.1.5 recommends 8,000.
const LONGEST_LINE: usize = 8000;

/// Most lines of one answer.
const MOST_LINES: usize = 100;

/// Most octets of one message of the other protocols.
const LONGEST_MESSAGE: usize = 64 << 10;

/// A protocol that begins in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartTls {
    /// RFC 4217.
    Ftp,
    /// RFC 9051 6.2.1.
    Imap,
    /// RFC 4511 4.14.
    Ldap,
    /// The protocol of MySQL and MariaDB: SSLRequest.
    Mysql,
    /// RFC 2595 4.
    Pop3,
    /// The protocol of PostgreSQL: SSLRequest.
    Postgres,
    /// RFC 3207.
    Smtp,
    /// RFC 6120 5, as a client.
    Xmpp,
}

impl StartTls {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Ftp, Self::Imap, Self::Ldap, Self::Mysql, Self::Pop3, Self::Postgres, Self::Smtp, Self::Xmpp];

    /// The name on command lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ftp => "ftp",
            Self::Imap => "imap",
            Self::Ldap => "ldap",
            Self::Mysql => "mysql",
            Self::Pop3 => "pop3",
            Self::Postgres => "postgres",
            Self::Smtp => "smtp",
            Self::Xmpp => "xmpp",
        }
    }

    /// Finds one by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == name)
    }

    /// Talks until the next octet is TLS.
    pub(super) fn upgrade<S: Read + Write>(self, stream: &mut S, host: &str) -> io::Result<()> {
        match self {
            Self::Smtp => {
                codes(stream, "220")?;
                say(stream, "EHLO certgate.invalid\r\n")?;
                let offers = codes(stream, "250")?;
                if !offers.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
                    return Err(refused("the server does not offer STARTTLS"));
                }
                say(stream, "STARTTLS\r\n")?;
                codes(stream, "220").map(drop)
            }
            Self::Ftp => {
                codes(stream, "220")?;
                say(stream, "AUTH TLS\r\n")?;
                codes(stream, "234").map(drop)
            }
            Self::Imap => {
                let greeting = line(stream)?;
                if !greeting.starts_with("* OK") {
                    return Err(unexpected(&greeting));
                }
                say(stream, "a1 STARTTLS\r\n")?;
                for _ in 0..MOST_LINES {
                    let answer = line(stream)?;
                    if let Some(status) = answer.strip_prefix("a1 ") {
                        return if status.starts_with("OK") { Ok(()) } else { Err(unexpected(&answer)) };
                    }
                }
                Err(refused("the server does not come to an end"))
            }
            Self::Pop3 => {
                ok(stream)?;
                say(stream, "STLS\r\n")?;
                ok(stream)
            }
            Self::Ldap => ldap(stream),
            Self::Mysql => mysql(stream),
            Self::Postgres => {
                // Int32 length, Int32 80877103 (PostgreSQL 55.7).
                stream.write_all(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])?;
                match octets(stream, 1)?.as_slice() {
                    b"S" => Ok(()),
                    b"N" => Err(refused("the server does not speak TLS")),
                    _ => Err(refused("the server says something else than S or N")),
                }
            }
            Self::Xmpp => xmpp(stream, host),
        }
    }
}

fn say(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

fn unexpected(line: &str) -> io::Error {
    let shown: String = line.chars().take(100).collect();
    refused(&format!("the server says `{}`", shown.trim_end()))
}

fn octets(stream: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut octets = vec![0; count];
    stream.read_exact(&mut octets)?;
    Ok(octets)
}

fn line(stream: &mut impl Read) -> io::Result<String> {
    let mut text = Vec::new();
    while text.len() < LONGEST_LINE {
        match octets(stream, 1)?.as_slice() {
            b"\n" => return Ok(String::from_utf8_lossy(&text).trim_end_matches('\r').to_owned()),
            octet => text.extend_from_slice(octet),
        }
    }
    Err(refused("the server sends a line without an end"))
}

/// An answer of one or several lines with a code (RFC 5321 4.2.1, RFC 959 4.2): what stands behind it.
fn codes(stream: &mut impl Read, code: &str) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for _ in 0..MOST_LINES {
        let line = line(stream)?;
        match (line.strip_prefix(code), lines.is_empty()) {
            (Some(rest), _) if rest.is_empty() || rest.starts_with(' ') => {
                lines.push(rest.trim().to_owned());
                return Ok(lines);
            }
            (Some(rest), _) if rest.starts_with('-') => lines.push(rest.trim_start_matches('-').to_owned()),
            // FTP has free text within an answer of several lines.
            (_, false) => lines.push(line),
            _ => return Err(unexpected(&line)),
        }
    }
    Err(refused("the server does not come to an end"))
}

fn ok(stream: &mut impl Read) -> io::Result<()> {
    let answer = line(stream)?;
    if answer.starts_with("+OK") { Ok(()) } else { Err(unexpected(&answer)) }
}

/// `ExtendedRequest` with the name of StartTLS, and whether the `ExtendedResponse` has the result success.
fn ldap(stream: &mut (impl Read + Write)) -> io::Result<()> {
    let mut request = vec![0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16];
    request.extend(b"1.3.6.1.4.1.1466.20037");
    stream.write_all(&request)?;
    if octets(stream, 1)? != [0x30] {
        return Err(refused("the server does not answer in LDAP"));
    }
    // NOTE: LDAP is BER, and servers write lengths in more octets than DER would (RFC 4511 5.1). Only the length and the
    // result are looked at: no certificate comes this way.
    let first = octets(stream, 1)?.first().copied().unwrap_or_default();
    let length = match first.checked_sub(0x80) {
        None => usize::from(first),
        Some(count @ 1..=4) => octets(stream, usize::from(count))?
            .into_iter()
            .try_fold(0usize, |length, octet| length.checked_mul(256)?.checked_add(usize::from(octet)))
            .unwrap_or(usize::MAX),
        Some(_) => usize::MAX,
    };
    if length > LONGEST_MESSAGE {
        return Err(refused("the server sends too much"));
    }
    let message = octets(stream, length)?;
    let response = message.iter().position(|octet| *octet == 0x78).and_then(|at| message.get(at..));
    match response {
        Some(response) if response.windows(3).any(|result| result == [0x0a, 0x01, 0x00]) => Ok(()),
        Some(_) => Err(refused("the server refuses StartTLS")),
        None => Err(refused("the server does not answer with an ExtendedResponse")),
    }
}

/// The handshake packet of the server, and an SSLRequest.
fn mysql(stream: &mut (impl Read + Write)) -> io::Result<()> {
    const PROTOCOL_41: u16 = 0x0200;
    const SSL: u16 = 0x0800;
    const SECURE_CONNECTION: u16 = 0x8000;
    let header = octets(stream, 4)?;
    let [a, b, c, _] = header.as_slice() else { return Err(refused("the server says nothing")) };
    let length = usize::from(*a) | (usize::from(*b) << 8) | (usize::from(*c) << 16);
    if length > LONGEST_MESSAGE {
        return Err(refused("the server sends too much"));
    }
    let greeting = octets(stream, length)?;
    let capabilities = greeting.strip_prefix(&[10]).and_then(|rest| {
        // The version ends with a zero; then come 4 octets of thread, 8 of data and a zero.
        let end = rest.iter().position(|octet| *octet == 0)?;
        let flags = rest.get(end.checked_add(14)?..)?;
        Some(u16::from_le_bytes(flags.first_chunk::<2>().copied()?))
    });
    match capabilities {
        None => return Err(refused("the server does not greet in the protocol of MySQL")),
        Some(flags) if flags & SSL == 0 => return Err(refused("the server does not speak TLS")),
        Some(_) => {}
    }
    let mut request = vec![32, 0, 0, 1];
    request.extend(u32::from(PROTOCOL_41 | SSL | SECURE_CONNECTION).to_le_bytes());
    request.extend((1u32 << 24).to_le_bytes());
    request.push(33);
    request.extend([0; 23]);
    stream.write_all(&request)
}

fn xmpp(stream: &mut (impl Read + Write), host: &str) -> io::Result<()> {
    say(
        stream,
        &format!(
            "<?xml version='1.0'?><stream:stream to='{host}' version='1.0' xmlns='jabber:client' \
             xmlns:stream='http://etherx.jabber.org/streams'>"
        ),
    )?;
    let features = until(stream, &["</stream:features>", "</features>", "</stream:stream>"])?;
    if !features.contains("<starttls") {
        return Err(refused("the server does not offer STARTTLS"));
    }
    say(stream, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")?;
    let answer = until(stream, &[">"])?;
    if answer.trim_start().starts_with("<proceed") { Ok(()) } else { Err(unexpected(&answer)) }
}

/// Reads until one of these ends what was read.
fn until(stream: &mut impl Read, ends: &[&str]) -> io::Result<String> {
    let mut text = Vec::new();
    while text.len() < LONGEST_MESSAGE {
        text.extend(octets(stream, 1)?);
        if ends.iter().any(|end| text.ends_with(end.as_bytes())) {
            return Ok(String::from_utf8_lossy(&text).into_owned());
        }
    }
    Err(refused("the server sends too much"))
}
