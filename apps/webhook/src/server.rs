//! Accepting connections, with bounds on their number, their time and their life; and stopping without a failed call.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::limits::Limits;
use crate::routes::Shared;

/// Time until accepting is tried again after a fault such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// One port.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
}

/// What a connection needs to know of the server.
#[derive(Clone)]
struct Connection {
    tls: Option<TlsAcceptor>,
    router: Router,
    shared: Arc<Shared>,
    stop: watch::Receiver<bool>,
}

impl Server {
    /// Opens a port; without `tls` it speaks plain HTTP.
    ///
    /// # Errors
    /// An address that cannot be had.
    pub(crate) async fn bind(
        address: SocketAddr,
        tls: Option<TlsAcceptor>,
        router: Router,
        shared: Arc<Shared>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let places = Arc::new(Semaphore::new(shared.limits.connections));
        Ok(Self { listener, tls, router, shared, places })
    }

    /// The address, with the port that the system chose for port 0.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` says so, and then until the open calls have been answered.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let Self { listener, tls, router, shared, places } = self;
        let connection = Connection { tls, router, shared: Arc::clone(&shared), stop: stop.clone() };
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let Ok((stream, _)) = accepted else {
                sleep(ACCEPT_PAUSE).await;
                continue;
            };
            match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => {
                    tokio::spawn(connection.clone().handle(stream, place));
                }
                // The stream is closed at once: the client sees it and asks another replica.
                Err(_) => shared.gate.metrics.exhaust("connections"),
            }
        }
        drop(listener);
        let all = u32::try_from(shared.limits.connections).unwrap_or(u32::MAX);
        // All places are free when all connections have ended; those that do not end are dropped with the runtime.
        let _ = timeout(shared.limits.stop_time, places.acquire_many(all)).await;
    }
}

impl Connection {
    async fn handle(self, stream: TcpStream, _place: OwnedSemaphorePermit) {
        // Small answers go out at once; a socket without this option works too.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&self.shared);
        shared.gate.metrics.connections.inc();
        match &self.tls {
            None => self.serve(stream, false).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(shared.limits.client_time, tls.accept(stream)).await {
                    let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    self.serve(stream, is_h2).await;
                }
            }
        }
        shared.gate.metrics.connections.dec();
    }

    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, is_h2: bool) {
        let limits = &self.shared.limits;
        let builder = builder(limits, is_h2);
        let service = TowerToHyperService::new(self.router.clone());
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let mut stop = self.stop.clone();
        let mut deadline = Instant::now().checked_add(limits.connection_life);
        let mut is_closing = false;
        loop {
            let until = deadline.unwrap_or_else(Instant::now);
            let is_stopping = tokio::select! {
                _ = connection.as_mut() => return,
                () = sleep_until(until) => false,
                _ = stop.wait_for(|stop| *stop), if !is_closing => true,
            };
            if is_closing && !is_stopping {
                return;
            }
            is_closing = true;
            connection.as_mut().graceful_shutdown();
            deadline = Instant::now().checked_add(limits.stop_time);
        }
    }
}

fn builder(limits: &Limits, is_h2: bool) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.client_time);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(limits.resets)
        .keep_alive_interval(Some(limits.client_time))
        .keep_alive_timeout(limits.client_time);
    if is_h2 { builder.http2_only() } else { builder.http1_only() }
}
