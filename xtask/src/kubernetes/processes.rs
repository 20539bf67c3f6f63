//! Programs that run beside the checks, and end with them.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::failed;
use crate::run::{self, Failure};

const PAUSE: Duration = Duration::from_millis(50);

/// A running program; it is killed when dropped.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program; what it prints goes to `NAME.log` in the folder.
    pub fn start(name: &str, command: &mut Command, folder: &Path) -> Result<Self, Failure> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).map_err(|error| failed(&log, &error))?;
        let other = file.try_clone().map_err(|error| failed(&log, &error))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(other)
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start {name}: {error}")))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// All that was printed so far.
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until something holds of what was printed; a program that ends before is a failure.
    pub fn wait<T>(&mut self, what: &str, seen: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = seen(&self.printed()) {
                return Ok(found);
            }
            let has_ended = matches!(self.child.try_wait(), Ok(Some(_)) | Err(_));
            if has_ended || Instant::now() > end {
                return Err(Failure::new(format!("{}: no {what} in {}", self.name, self.log.display())));
            }
            sleep(PAUSE);
        }
    }

    /// Waits for the `count`th line in JSON with this message.
    pub fn wait_for_line(&mut self, message: &str, count: usize) -> Result<Value, Failure> {
        self.wait(&format!("line `{message}`"), |printed| {
            let lines = printed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines.filter(|line| line["message"] == message).nth(count - 1)
        })
    }

    /// Sends SIGKILL, and waits for the end.
    pub fn kill(&mut self) {
        // Fails only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) -> Result<(), Failure> {
        run::check(Command::new("kill").arg(self.child.id().to_string()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until something holds.
pub fn until<T>(what: &str, seconds: u64, mut seen: impl FnMut() -> Option<T>) -> Result<T, Failure> {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = seen() {
            return Ok(found);
        }
        if Instant::now() > end {
            return Err(Failure::new(format!("after {seconds} s still not there: {what}")));
        }
        sleep(PAUSE);
    }
}

/// A port on loopback that nobody uses.
pub fn free_port() -> Result<u16, Failure> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("no port on loopback: {error}")))
}
