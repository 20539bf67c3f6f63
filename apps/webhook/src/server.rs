//! Accepting connections, with bounds on their number, their time and their life; and stopping without a failed call.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::limits::Limits;
use crate::preface;
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
                Ok(permit) => {
                    let place = Place::new(Arc::clone(&shared), permit);
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

/// A connection's place, and its count in the metrics: both until it has ended.
struct Place {
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn new(shared: Arc<Shared>, permit: OwnedSemaphorePermit) -> Self {
        shared.gate.metrics.connections.inc();
        Self { shared, _permit: permit }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.gate.metrics.connections.dec();
    }
}

impl Connection {
    async fn handle(self, stream: TcpStream, place: Place) {
        // Small answers go out at once; a socket without this option works too.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return self.serve(stream, false, place) };
        if let Ok(Ok(stream)) = timeout(self.shared.limits.client_time, tls.accept(stream)).await {
            if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
                self.serve(stream, false, place);
            } else if let Some(stream) = preface::begin(stream, self.shared.limits.client_time).await {
                self.serve(stream, true, place);
            }
        }
    }

    /// Speaks what was agreed, in a task of its own: a task has the size of its largest state, and neither that of a handshake
    /// nor that of the other protocol is needed for as long as a connection lives. (A connection that is moved into a task and pinned there
    /// would stand in it twice.)
    fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, is_h2: bool, place: Place) {
        let limits = &self.shared.limits;
        let service = TowerToHyperService::new(self.router.clone());
        let io = TokioIo::new(stream);
        if is_h2 {
            let connection = over_h2(limits).serve_connection(io, service);
            tokio::spawn(self.drive(Box::pin(connection), place));
        } else {
            let connection = over_h1(limits).serve_connection(io, service);
            tokio::spawn(self.drive(Box::pin(connection), place));
        }
    }

    /// Answers until the connection has ended, its life is over, or the server stops.
    async fn drive(self, mut connection: Pin<Box<impl GracefulConnection>>, _place: Place) {
        let limits = &self.shared.limits;
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

fn over_h1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.client_time);
    builder
}

fn over_h2(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(limits.resets)
        .keep_alive_interval(Some(limits.client_time))
        .keep_alive_timeout(limits.client_time);
    builder
}
