//! Running: reads what there is, opens the ports, serves until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use certgate_ops::cli::exit;
use rustls::ServerConfig;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::args::ServeArguments;
use crate::limits::Limits;
use crate::log::{self, Level};
use crate::reload::{self, PolicyFolder, Source};
use crate::routes::{self, Shared};
use crate::server::Server;
use crate::serving::{self, Serving};

/// Reviews that can take long, at the same time; the others wait, each with its permit.
const LONG_REVIEWS: usize = 8;

/// Serves until SIGTERM or SIGINT; returns the exit code.
pub(crate) fn run(arguments: &ServeArguments) -> u8 {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.max_blocking_threads(LONG_REVIEWS);
    if let Some(threads) = arguments.threads {
        runtime.worker_threads(threads.get());
    }
    let result = match runtime.enable_all().build() {
        Ok(runtime) => runtime.block_on(serve(arguments)),
        Err(error) => Err((format!("no thread could be started: {error}"), exit::INTERNAL)),
    };
    match result {
        Ok(()) => exit::OK,
        Err((message, code)) => {
            log::write(Level::Error, &message, json!({}));
            code
        }
    }
}

async fn serve(arguments: &ServeArguments) -> Result<(), (String, u8)> {
    let limits = limits(arguments);
    let every = Duration::from_secs(arguments.reload_seconds);
    let source = source(arguments);
    let loaded =
        source.load().map_err(|fault| (format!("no serving certificate: {fault}"), exit::UNREADABLE))?;
    let shared = Arc::new(Shared::new(limits.clone()));
    let mut folder = PolicyFolder::new(arguments.policies.clone());
    folder.look(&shared.gate);
    reload::report(&loaded, &shared);
    let serving = Arc::new(Serving::new(&loaded));
    let tls = tls(Arc::clone(&serving)).map_err(|error| (format!("TLS: {error}"), exit::INTERNAL))?;
    let unavailable = |error: std::io::Error| (format!("a port cannot be opened: {error}"), exit::USAGE);
    let router = routes::admission(Arc::clone(&shared));
    let server = Server::bind(arguments.listen, Some(tls), router, Arc::clone(&shared)).await;
    let server = server.map_err(unavailable)?;
    let router = routes::health(Arc::clone(&shared));
    let health = Server::bind(arguments.health_listen, None, router, Arc::clone(&shared)).await;
    let health = health.map_err(unavailable)?;
    let addresses = json!({
        "address": server.address().map_err(unavailable)?.to_string(),
        "healthAddress": health.address().map_err(unavailable)?.to_string(),
    });
    let mut terminate = signal(SignalKind::terminate()).map_err(unavailable)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unavailable)?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(folder.watch(Arc::clone(&shared), every));
    tokio::spawn(source.watch(serving, loaded, Arc::clone(&shared), every));
    // Probes and metrics are answered until the last review has been.
    let (_until_the_end, health_stopped) = watch::channel(false);
    tokio::spawn(health.run(health_stopped));
    let server = tokio::spawn(server.run(stopped));
    log::write(Level::Info, "serving", addresses);

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    shared.drain();
    log::write(Level::Info, "stopping: not ready any more", json!({}));
    sleep(limits.drain_time).await;
    // Fails only if the server has ended by itself.
    let _ = stop.send(true);
    let _ = server.await;
    log::write(Level::Info, "stopped", json!({}));
    Ok(())
}

fn limits(arguments: &ServeArguments) -> Limits {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Limits {
        client_time: Duration::from_secs(arguments.client_seconds),
        connections: count(arguments.max_connections),
        in_flight: count(arguments.max_in_flight),
        drain_time: Duration::from_secs(arguments.drain_seconds),
        ..Limits::default()
    }
}

fn source(arguments: &ServeArguments) -> Source {
    let certificate = &arguments.certificate;
    match (&certificate.source.tls_dir, &certificate.source.self_made_dir) {
        (None, Some(folder)) => {
            Source::SelfMade { folder: folder.clone(), names: certificate.dns_name.clone() }
        }
        // The command line has one of the two.
        (folder, _) => Source::Folder(folder.clone().unwrap_or_default()),
    }
}

fn tls(serving: Arc<Serving>) -> Result<TlsAcceptor, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(serving::provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(serving);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
