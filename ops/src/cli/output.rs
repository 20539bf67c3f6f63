//! Standard output that forgets no error: what was not written is not done.

use std::io::{self, ErrorKind, Write};

use super::load::LoadError;
use super::{Terminal, exit};
use crate::input::{FileFault, describe};

/// A writer that remembers the first error; the next `flush` gives it, so that a line may be written without asking.
pub(super) struct Remembering<'a> {
    inner: &'a mut dyn Write,
    fault: Option<io::Error>,
    /// Whether it was given: what stays in a buffer fails again and again.
    told: bool,
}

impl<'a> Remembering<'a> {
    pub(super) fn new(inner: &'a mut dyn Write) -> Self {
        Self { inner, fault: None, told: false }
    }

    /// The error itself goes into memory, its like to who asked.
    fn remember<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let like = io::Error::new(error.kind(), describe(&error));
            if error.kind() != ErrorKind::Interrupted {
                self.fault.get_or_insert(error);
            }
            like
        })
    }
}

impl Write for Remembering<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        self.remember(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        // It is remembered until it is taken here.
        let _ = self.remember(result);
        match self.fault.take() {
            Some(fault) if !self.told => {
                self.told = true;
                Err(fault)
            }
            _ => Ok(()),
        }
    }
}

impl Terminal<'_> {
    /// Whether all that was printed has reached its place: before anything that depends on it.
    pub(super) fn finish(&mut self) -> Result<(), FileFault> {
        self.stdout.flush().map_err(|error| fault(&error))
    }
}

/// The exit code of a run: another one if its output was lost. A reader that went away, such as `head`, is no fault of ours.
pub(super) fn end(code: u8, terminal: &mut Terminal<'_>) -> u8 {
    match terminal.stdout.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let error = LoadError::of_file(fault(&error), exit::UNREADABLE);
            code.max(error.report(terminal))
        }
        _ => code,
    }
}

fn fault(error: &io::Error) -> FileFault {
    FileFault::new(format!("cannot write standard output: {}", describe(error)))
}
