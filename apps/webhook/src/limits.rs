//! What one client may cost the webhook. Every number has its origin.

use std::time::Duration;

/// Bounds of the server.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Bytes of one review: twice the 3 MiB that the API server takes for an object (object and oldObject), and 1 MiB
    /// for the rest.
    pub(crate) body_bytes: usize,
    /// Bytes of all reviews together that are read or judged at the same time: nine of the longest, or thousands of those that
    /// there are. With what judging takes, and 30 MiB for the program, they fit into the 256 MiB of the manifests.
    pub(crate) all_body_bytes: usize,
    /// Bytes that judging takes, of all reviews together (hostile input 119). The dearest review fits in, and of most, hundreds do;
    /// the others wait, for as long as a client may take.
    pub(crate) judging_bytes: usize,
    /// Time for a TLS handshake, for the first bytes of HTTP/2, for the headers, and for the body; an API server needs milliseconds (hostile input
    /// 120). An idle HTTP/1.1 connection is closed after it too.
    pub(crate) client_time: Duration,
    /// Open connections. An API server keeps a few; there are at most some ten.
    pub(crate) connections: usize,
    /// Reviews at the same time; above it they are turned away at once, and the API server asks another replica.
    pub(crate) in_flight: usize,
    /// Streams of one HTTP/2 connection: the default of Go's client is 100 as well.
    pub(crate) streams: u32,
    /// Streams that a client may reset before they are looked at (CVE-2023-44487).
    pub(crate) resets: usize,
    /// Life of a connection, so that new replicas get their share. It ends without a failed call.
    pub(crate) connection_life: Duration,
    /// Time between SIGTERM and the last accepted connection: until then endpoints have spread.
    pub(crate) drain_time: Duration,
    /// Time for open calls after that: the longest timeout that a webhook configuration can have is 30 seconds.
    pub(crate) stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 7 << 20,
            all_body_bytes: 64 << 20,
            judging_bytes: 64 << 20,
            client_time: Duration::from_secs(5),
            connections: 1_024,
            in_flight: 1_024,
            streams: 100,
            resets: 20,
            connection_life: Duration::from_secs(300),
            drain_time: Duration::from_secs(5),
            stop_time: Duration::from_secs(30),
        }
    }
}
