//! What a server presents: the certificates of a TLS handshake, taken as they come and judged afterwards by our own verifier.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use certgate_bindings::{Bundle, Certificate};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

use crate::input::describe;

mod notes;
mod proof;
mod starttls;

pub use notes::notes;
use proof::AnyCurve;
pub use starttls::StartTls;

/// Longest time for everything: name resolution is the system's, connecting, the talk before TLS and the handshake are ours.
const PATIENCE: Duration = Duration::from_secs(20);

/// Most bytes that a server may send until the handshake is over: four times the largest Certificate message (RFC 8446 4,
/// 2^24 - 1) that rustls takes, which is 64 KiB, and the talk before.
const MOST_BYTES: usize = 512 << 10;

/// Why nothing is proven yet.
const NO_PROOF: &str = "the handshake broke off before";

/// What a handshake failure may mean (RFC 8446 6.2, RFC 8422 5.1).
const NOTHING_IN_COMMON: &str = "the server has no cipher or key that certgate takes; with a key on P-521 it must speak TLS 1.3, for TLS \
                                 1.2 then wants a key exchange on that curve too";

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// A host name or an address.
    pub host: String,
    /// The TCP port.
    pub port: u16,
}

/// What a server presented.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// The certificates in the order in which they came, in DER.
    pub certificates: Vec<Vec<u8>>,
    /// A stapled OCSP response.
    pub ocsp: Option<Vec<u8>>,
    /// The version of TLS, such as `TLSv1_3`.
    pub version: Option<String>,
    /// Why the server did not prove that it has the private key of its certificate; `None` if it did.
    pub unproven: Option<String>,
}

impl Server {
    /// Reads `HOST:PORT`, an IPv6 address in brackets; `None` if the text is nothing of that form.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(address) => address.parse::<std::net::Ipv6Addr>().ok().map(|_| address)?,
            None => host,
        };
        let is_host = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte))
            && (!host.contains(':') || host.parse::<std::net::Ipv6Addr>().is_ok());
        is_host.then(|| Self { host: host.to_owned(), port })
    }

    /// Connects, talks until TLS begins, and takes what the server presents.
    ///
    /// # Errors
    /// In one sentence: no such host, no connection, a server that says no or nothing, too much, or takes too long.
    pub fn present(&self, starttls: Option<StartTls>) -> Result<Presented, String> {
        let fault = |what: &str, error: &io::Error| {
            format!("{}:{}: {what}: {}", self.host, self.port, describe(error))
        };
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| format!("`{}` is no host name and no address", self.host))?;
        let end = Instant::now().checked_add(PATIENCE).ok_or("the clock is at its end")?;
        let stream = self.connect(end).map_err(|error| fault("no connection", &error))?;
        let mut bounded = Bounded { stream, end, left: MOST_BYTES };
        if let Some(protocol) = starttls {
            protocol
                .upgrade(&mut bounded, &self.host)
                .map_err(|error| fault(&format!("no TLS after {}", protocol.as_str()), &error))?;
        }
        let recorder = Arc::new(Recorder::new());
        let provider = Arc::clone(&recorder.provider);
        let verifier: Arc<dyn ServerCertVerifier> = Arc::<Recorder>::clone(&recorder);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let mut connection =
            ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
        let result = shake_hands(&mut connection, &mut bounded);
        let mut presented = recorder.presented.lock().map_err(|_| "the handshake broke off")?.clone();
        presented.version =
            connection.protocol_version().and_then(|version| version.as_str().map(str::to_owned));
        match result {
            // A server that wants a certificate from us says so after it has presented its own.
            Err(_) if !presented.certificates.is_empty() => {}
            Err(error) => {
                let message = fault("no TLS handshake", &error);
                let is_alert =
                    error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>()).is_some_and(
                        |error| *error == rustls::Error::AlertReceived(AlertDescription::HandshakeFailure),
                    );
                return Err(if is_alert { format!("{message}: {NOTHING_IN_COMMON}") } else { message });
            }
            Ok(()) => {}
        }
        connection.send_close_notify();
        let _ = connection.write_tls(&mut bounded); // The server may be gone: we have what we came for.
        Ok(presented)
    }

    fn connect(&self, end: Instant) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(end)?) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Presented {
    /// The certificates as a bundle, the server's own first.
    ///
    /// # Errors
    /// A certificate that cannot be read, with its place.
    pub fn bundle(&self) -> Result<Bundle, certgate_bindings::Error> {
        self.certificates.iter().map(|der| Certificate::parse(der)).collect()
    }

    /// The certificates one after another in PEM.
    pub fn to_pem(&self) -> String {
        self.certificates
            .iter()
            .map(|der| certgate_bindings::certgate::pem::encode("CERTIFICATE", der))
            .collect()
    }
}

fn shake_hands(connection: &mut ClientConnection, stream: &mut Bounded) -> io::Result<()> {
    while connection.is_handshaking() {
        connection.complete_io(stream)?;
    }
    Ok(())
}

fn left(end: Instant) -> io::Result<Duration> {
    end.checked_duration_since(Instant::now())
        .filter(|left| !left.is_zero())
        .ok_or_else(|| io::Error::new(io::ErrorKind::TimedOut, "the server takes too long"))
}

/// A connection that ends after a time and after a number of bytes, however slowly they come.
pub(crate) struct Bounded {
    stream: TcpStream,
    end: Instant,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the server sends too much"));
        }
        self.stream.set_read_timeout(Some(left(self.end)?))?;
        let most = buffer.len().min(self.left);
        let count =
            self.stream.read(buffer.get_mut(..most).unwrap_or_default()).map_err(|error| {
                match error.kind() {
                    io::ErrorKind::WouldBlock => {
                        io::Error::new(io::ErrorKind::TimedOut, "the server takes too long")
                    }
                    _ => error,
                }
            })?;
        self.left = self.left.saturating_sub(count);
        Ok(count)
    }
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.end)?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Takes every certificate, and remembers it. Nothing is sent over a connection that it has let through.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    presented: Mutex<Presented>,
}

impl Recorder {
    fn new() -> Self {
        Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            presented: Mutex::new(Presented::default()),
        }
    }

    fn note(&self, proof: Result<HandshakeSignatureValid, rustls::Error>) -> HandshakeSignatureValid {
        if let Ok(mut presented) = self.presented.lock() {
            presented.unproven = proof.err().map(|error| error.to_string());
        }
        HandshakeSignatureValid::assertion()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(mut presented) = self.presented.lock() {
            presented.certificates =
                std::iter::once(end_entity).chain(intermediates).map(|der| der.as_ref().to_vec()).collect();
            // Until the proof comes: a handshake may break off between the two.
            presented.unproven = Some(NO_PROOF.to_owned());
            presented.ocsp = (!ocsp_response.is_empty()).then(|| ocsp_response.to_vec());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let proof = proof::p521(message, certificate, signed, AnyCurve::Allowed)
            .unwrap_or_else(|| verify_tls12_signature(message, certificate, signed, algorithms));
        Ok(self.note(proof))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        let proof = proof::p521(message, certificate, signed, AnyCurve::Refused)
            .unwrap_or_else(|| verify_tls13_signature(message, certificate, signed, algorithms));
        Ok(self.note(proof))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        // P-521 is verified by our own engine. Servers with SHA-1 present their certificates too, and prove nothing by it.
        for scheme in [SignatureScheme::ECDSA_NISTP521_SHA512, SignatureScheme::RSA_PKCS1_SHA1] {
            if !schemes.contains(&scheme) {
                schemes.push(scheme);
            }
        }
        schemes
    }
}

#[cfg(test)]
mod tests {
    use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerifier};
    use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

    use super::{Recorder, Server};

    /// TLS 1.2 lets a server break off between its certificate and its signature.
    #[test]
    fn a_certificate_without_its_proof_is_unproven() {
        let recorder = Recorder::new();
        let name = ServerName::try_from("example.com").expect("a name");
        let certificate = CertificateDer::from(vec![0x30, 0]);
        let unproven = || recorder.presented.lock().expect("what was presented").unproven.clone();
        let shown = recorder.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now());
        assert!(shown.is_ok() && unproven().is_some_and(|why| why.contains("broke off")));
        let _ = recorder.note(Err(rustls::Error::DecryptError));
        assert!(unproven().is_some());
        let _ = recorder.note(Ok(HandshakeSignatureValid::assertion()));
        assert_eq!(unproven(), None);
    }

    #[test]
    fn a_server_is_a_host_and_a_port() {
        let parsed = |text: &str| Server::parse(text).map(|server| (server.host, server.port));
        assert_eq!(parsed("example.com:443"), Some(("example.com".to_owned(), 443)));
        assert_eq!(parsed("127.0.0.1:1"), Some(("127.0.0.1".to_owned(), 1)));
        assert_eq!(parsed("[::1]:443"), Some(("::1".to_owned(), 443)));
        for text in ["example.com", "a/b:443", "x:0", "x:65536", "x:", ":443", "[x]:443", "C:\\a", "a b:443"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
