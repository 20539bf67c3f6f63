//! The first bytes of an HTTP/2 connection, waited for within a bound: hyper waits for them as long as a connection lives.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::timeout;

/// Bytes that a client of HTTP/2 sends first (RFC 9113 3.4): `PRI * HTTP/2.0` and so on. What they are is hyper's to judge.
const BYTES: usize = 24;

/// A stream whose first bytes were read already, and are read again.
pub(crate) struct Begun<S> {
    first: [u8; BYTES],
    given: usize,
    stream: S,
}

/// Waits for the first bytes; `None` if they do not come in time, or never.
pub(crate) async fn begin<S: AsyncRead + Unpin>(mut stream: S, time: Duration) -> Option<Begun<S>> {
    let mut first = [0; BYTES];
    timeout(time, stream.read_exact(&mut first)).await.ok()?.ok()?;
    Some(Begun { first, given: 0, stream })
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let left = this.first.get(this.given..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buffer);
        }
        let count = left.len().min(buffer.remaining());
        buffer.put_slice(left.get(..count).unwrap_or_default());
        this.given = this.given.saturating_add(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn what_was_read_is_read_again() {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand more").await.unwrap();
        let mut begun = begin(server, Duration::from_secs(5)).await.unwrap();
        // In small pieces, across the border.
        let mut seen = Vec::new();
        while seen.len() < 32 {
            let mut part = [0; 7];
            let count = begun.read(&mut part).await.unwrap();
            seen.extend_from_slice(&part[..count]);
        }
        assert_eq!(seen, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand more");
    }

    #[tokio::test]
    async fn who_says_nothing_is_let_go() {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(b"PRI * HTTP").await.unwrap();
        assert!(begin(server, Duration::from_millis(50)).await.is_none());
        let (client, server) = tokio::io::duplex(64);
        drop(client);
        assert!(begin(server, Duration::from_secs(5)).await.is_none());
    }
}
