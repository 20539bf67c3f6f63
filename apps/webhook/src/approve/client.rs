//! Reaching the API server, and what can go wrong with a call.

use std::path::Path;
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::time::timeout;

/// Time for one call that is no watch: an API server answers in milliseconds, and its own longest is a minute.
const CALL_TIME: Duration = Duration::from_secs(30);

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The object has changed since it was read, or is there already.
    Conflict,
    /// The API server no longer knows the version from which to go on.
    Gone,
    /// There is no such object, or no such kind.
    NotFound,
    /// A right is missing, or an admission webhook has refused; with what the API server says.
    Forbidden(String),
    /// The call was given up: there was no answer, or none but that it is to be tried again later.
    Silence,
    /// Anything else.
    Other(String),
}

impl Fault {
    /// The word of metrics.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::NotFound => "notFound",
            Self::Forbidden(_) => "forbidden",
            Self::Silence | Self::Other(_) => "other",
        }
    }

    /// The fault that a code of HTTP stands for.
    pub(crate) fn of_status(code: u16, message: &str) -> Self {
        match code {
            404 => Self::NotFound,
            409 => Self::Conflict,
            410 => Self::Gone,
            401 | 403 => Self::Forbidden(message.to_owned()),
            _ => Self::Other(format!("{code}: {message}")),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Conflict => f.write_str("the object has changed in between"),
            Self::Gone => f.write_str("the version is too old"),
            Self::NotFound => f.write_str("there is no such object"),
            Self::Silence => f.write_str("the API server does not answer"),
            Self::Forbidden(message) | Self::Other(message) => f.write_str(message),
        }
    }
}

impl From<kube::Error> for Fault {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::of_status(status.code, &status.message),
            error => Self::Other(chain(&error)),
        }
    }
}

/// A client for the cluster that the file names, or that is found as `kubectl` finds it; within a pod, its own.
///
/// # Errors
/// No or unusable configuration, in one sentence.
pub(crate) async fn connect(kubeconfig: Option<&Path>) -> Result<Client, String> {
    // Another part of the process may have chosen already; ring is what all of them choose.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = match kubeconfig {
        Some(file) => {
            let read = Kubeconfig::read_from(file).map_err(|error| chain(&error))?;
            Config::from_custom_kubeconfig(read, &KubeConfigOptions::default())
                .await
                .map_err(|error| chain(&error))
        }
        None => Config::infer().await.map_err(|error| chain(&error)),
    };
    let config = config.map_err(|fault| format!("the cluster cannot be reached: {fault}"))?;
    Client::try_from(config).map_err(|error| format!("the cluster cannot be reached: {}", chain(&error)))
}

/// Waits for a call, but not for ever.
///
/// # Errors
/// What the API server or the network says.
pub(crate) async fn call<T>(future: impl Future<Output = kube::Result<T>>) -> Result<T, Fault> {
    match timeout(CALL_TIME, future).await {
        Ok(answer) => answer.map_err(Fault::from),
        Err(_) => Err(Fault::Silence),
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
