//! The command line as a function.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};

use annotate_snippets::Renderer;
use annotate_snippets::renderer::DecorStyle;
use certgate_bindings::certgate::time::Timestamp;
use clap::{CommandFactory, Parser};

mod answer;
mod args;
mod asn1;
mod books;
mod case_output;
mod ceremony;
mod check;
mod check_set;
mod constrain;
mod crl;
mod explain;
mod inspect;
mod issue;
mod issue_all;
mod keys;
mod keystore;
mod lint;
mod load;
mod many;
mod ocsp;
mod output;
mod pki;
mod policy;
mod policy_diff;
mod policy_explain;
mod policy_export;
mod policy_import;
mod policy_test;
mod renew;
mod request;
mod secrets;
mod verify;

use args::{Arguments, Command};

/// Exit codes.
pub mod exit {
    /// Allowed, or nothing to report.
    pub const OK: u8 = 0;
    /// Denied, not applicable, not verified, a finding of severity error, a failing case, a difference.
    pub const DENIED: u8 = 1;
    /// The command line is wrong.
    pub const USAGE: u8 = 2;
    /// A request or another input cannot be read.
    pub const UNREADABLE: u8 = 3;
    /// A policy is not valid.
    pub const POLICY: u8 = 4;
    /// certgate has a fault.
    pub const INTERNAL: u8 = 70;
}

/// Where a run reads and writes, and what it knows of its surroundings.
pub struct Terminal<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output.
    pub stdout: &'a mut dyn Write,
    /// Standard error.
    pub stderr: &'a mut dyn Write,
    /// Whether text may be coloured.
    pub color: bool,
    /// Whether a bar on this process's standard error shows how far many inputs have come.
    pub progress: bool,
    /// The time, unless `--at` says otherwise.
    pub now: Option<Timestamp>,
}

impl Terminal<'_> {
    fn renderer(&self) -> Renderer {
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        renderer.decor_style(DecorStyle::Ascii)
    }

    /// Writes a line. That it could not be written shows at the end of the run, or in [`Terminal::finish`].
    fn print(&mut self, line: &str) {
        let _ = writeln!(self.stdout, "{line}");
    }

    fn print_error(&mut self, line: &str) {
        let _ = writeln!(self.stderr, "{line}");
    }

    /// A message about the command itself.
    fn fail(&mut self, message: &str) {
        self.print_error(&format!("certgate: {}", crate::render::escape::escape(message)));
    }
}

/// Runs the command line with the arguments, streams and clock of this process; returns the exit code.
pub fn run_process() -> u8 {
    run_with(std::env::args_os())
}

/// As [`run_process`], with other arguments; the first is the program's name.
pub fn run_with(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let color = wants_color(stdout.is_terminal());
    let progress = stderr.is_terminal();
    let now = crate::now();
    let mut terminal =
        Terminal { stdin: &mut stdin, stdout: &mut stdout, stderr: &mut stderr, color, progress, now };
    if let Err(message) = crate::select_crypto() {
        terminal.fail(&message);
        return exit::USAGE;
    }
    run(arguments, &mut terminal)
}

/// NO_COLOR and CLICOLOR_FORCE, else colour on a terminal.
fn wants_color(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if set("NO_COLOR") { false } else { set("CLICOLOR_FORCE") || terminal }
}

/// Runs one command line; returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> u8 {
    let Terminal { stdin, stdout, stderr, color, progress, now } = terminal;
    let mut stdout = output::Remembering::new(*stdout);
    let mut inner = Terminal {
        stdin: *stdin,
        stdout: &mut stdout,
        stderr: *stderr,
        color: *color,
        progress: *progress,
        now: *now,
    };
    let code = dispatch(arguments, &mut inner);
    // Another run may have other descriptors of the same numbers.
    crate::passphrase::forget();
    output::end(code, &mut inner)
}

fn dispatch(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text =
                if terminal.color { error.render().ansi().to_string() } else { error.render().to_string() };
            let stream: &mut dyn Write = if error.use_stderr() { terminal.stderr } else { terminal.stdout };
            let _ = write!(stream, "{text}");
            return if error.use_stderr() { exit::USAGE } else { exit::OK };
        }
    };
    match arguments.command {
        Command::Agent(arguments) => renew::agent(&arguments, terminal),
        Command::Audit(command) => books::audit(&command, terminal),
        Command::Ceremony(command) => ceremony::run(&command, terminal),
        Command::Check(arguments) => check::run(&arguments, terminal),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "certgate", &mut script);
            terminal.print(String::from_utf8_lossy(&script).trim_end());
            exit::OK
        }
        Command::Crl(command) => crl::run(&command, terminal),
        Command::DevCa(arguments) => pki::dev_ca(&arguments, terminal),
        Command::Explain(arguments) => explain::run(&arguments, terminal),
        Command::Inspect(arguments) => inspect::run(&arguments, terminal),
        Command::Inventory(command) => books::run(&command, terminal),
        Command::Issue(arguments) => issue::run(&arguments, terminal),
        Command::Keys(command) => keys::run(&command, terminal),
        Command::Keystore(command) => keystore::run(&command, terminal),
        Command::Lint(arguments) => lint::run(&arguments, terminal),
        Command::Man { directory } => man(directory.as_deref(), terminal),
        Command::Ocsp(command) => ocsp::run(&command, terminal),
        Command::Pki(command) => pki::run(&command, terminal),
        Command::Policy(command) => policy::run(&command, terminal),
        Command::Renew(arguments) => renew::run(&arguments, terminal),
        Command::Request(command) => request::run(&command, terminal),
        Command::Revoke(arguments) => books::revoke(&arguments, terminal),
        Command::Verify(arguments) => verify::run(&arguments, terminal),
    }
}

/// Man pages: to a folder, or the main one to standard output.
fn man(directory: Option<&std::path::Path>, terminal: &mut Terminal<'_>) -> u8 {
    let command = Arguments::command();
    let result = match directory {
        Some(directory) => {
            std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory))
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map(|()| {
                // Lost output shows at the end of the run.
                let _ = terminal.stdout.write_all(&page);
            })
        }
    };
    match result {
        Ok(()) => exit::OK,
        Err(error) => {
            let message = format!("cannot write the man page: {}", crate::input::describe(&error));
            load::LoadError::from(crate::input::FileFault::new(message)).report(terminal)
        }
    }
}

/// The exit code for several inputs: the highest of 70, 4, 3, 1 and 0.
fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    codes.into_iter().max().unwrap_or(exit::OK)
}
