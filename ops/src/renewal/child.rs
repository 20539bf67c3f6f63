//! Running programs of others, for a bounded time.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may run, unless the target says otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Most bytes that are read of what a program says: a chain has a few thousand.
const LARGEST: u64 = 1 << 20;

/// How long to sleep between two looks at a program.
const BETWEEN: Duration = Duration::from_millis(20);

/// A program to run.
pub(super) struct Job<'a> {
    pub(super) command: &'a [String],
    pub(super) folder: &'a Path,
    pub(super) variables: &'a [(&'a str, &'a str)],
    pub(super) input: &'a [u8],
    pub(super) timeout: Duration,
}

/// Runs a program; gives what it wrote to standard output.
pub(super) fn run(job: &Job<'_>) -> Result<Vec<u8>, String> {
    let [program, arguments @ ..] = job.command else { return Err("there is no program".to_owned()) };
    let folder = if job.folder.as_os_str().is_empty() { Path::new(".") } else { job.folder };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .envs(job.variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {program}: {}", crate::input::describe(&error)))?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let input = job.input.to_vec();
    // Threads, because a program may write before it has read, and children of it may keep the pipes open.
    std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A program that does not read its input closes the pipe: no fault.
            let _ = stdin.write_all(&input);
        }
    });
    let stdout = collect(stdout);
    let stderr = collect(stderr);
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if started.elapsed() < job.timeout => std::thread::sleep(BETWEEN),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program} took longer than {} s", job.timeout.as_secs()));
            }
        }
    };
    // What is in the pipes when the program has ended is there at once; a child that lives on does not hold us up.
    let said = stdout.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    if status.success() {
        return Ok(said);
    }
    let complaint = stderr.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    let complaint = String::from_utf8_lossy(&complaint);
    let complaint = complaint.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(format!("{program} ended with {status}: {}", complaint.trim()))
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::sync::mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            let _ = pipe.take(LARGEST).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// A duration of a document.
pub(super) fn seconds(duration: certgate_bindings::certgate::time::Duration) -> Duration {
    Duration::from_secs(u64::try_from(duration.as_seconds()).unwrap_or(0))
}
