use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use certgate_bindings::certgate::time::{Duration, Timestamp};

use super::args::{AgentArguments, RenewArguments};
use super::load;
use super::{Terminal, exit, worst};
use crate::render::escape::escape;
use crate::renewal::{self, Agent, Due, Failure, LoadedTarget, Looked, Outcome, Rounds};

pub(super) fn run(arguments: &RenewArguments, terminal: &mut Terminal<'_>) -> u8 {
    let at = match load::time(None, terminal) {
        Ok(at) => at,
        Err(error) => return error.report(terminal),
    };
    let due = if arguments.force { Due::Ignore } else { Due::Respect };
    let mut codes = Vec::new();
    for file in &arguments.targets {
        codes.push(match LoadedTarget::read(Path::new(file)) {
            Err(message) => {
                terminal.fail(&message);
                exit::UNREADABLE
            }
            Ok(target) if arguments.dry_run => dry(&target, file, at, terminal),
            Ok(target) => {
                let result = renewal::renew(&target, due, at, &AtomicBool::new(false));
                report(file, &result, terminal)
            }
        });
    }
    worst(codes)
}

/// What would be done. Exit code 1 if something is due.
fn dry(target: &LoadedTarget, file: &str, at: Timestamp, terminal: &mut Terminal<'_>) -> u8 {
    match renewal::judge(target, at) {
        Err(failure) => report(file, &Err(failure), terminal),
        Ok(judged) if judged.is_due() => {
            terminal.print(&format!("{}: due", escape(file)));
            for reason in judged.reasons() {
                terminal.print(&format!("  {}: {}", reason.code(), escape(reason.message())));
                for related in reason.related() {
                    terminal.print(&format!("    {}: {}", related.code(), escape(related.message())));
                }
            }
            exit::DENIED
        }
        Ok(judged) => {
            let until = judged.at().map(|at| format!(", due at {at}")).unwrap_or_default();
            terminal.print(&format!("{}: current{until}", escape(file)));
            exit::OK
        }
    }
}

fn report(file: &str, result: &Result<Outcome, Failure>, terminal: &mut Terminal<'_>) -> u8 {
    let shown = escape(file);
    match result {
        Ok(Outcome::Current(stands)) => {
            terminal.print(&format!("{shown}: current, due at {}", stands.due));
            exit::OK
        }
        Ok(Outcome::Told(stands)) => {
            terminal.print(&format!("{shown}: current, hook run, due at {}", stands.due));
            exit::OK
        }
        Ok(Outcome::Renewed { reasons, now }) => {
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code().as_str()).collect();
            let why = if codes.is_empty() { "asked for".to_owned() } else { codes.join(", ") };
            terminal.print(&format!("{shown}: renewed ({why}), until {}", now.not_after));
            exit::OK
        }
        Err(failure) => {
            terminal.fail(&format!("{file}: {}", failure.message));
            for reason in &failure.reasons {
                terminal.print_error(&format!("  {}: {}", reason.code(), escape(reason.message())));
                for related in reason.related() {
                    terminal.print_error(&format!("    {}: {}", related.code(), escape(related.message())));
                }
            }
            exit::DENIED
        }
    }
}

/// What the agent is woken by.
enum Wake {
    Reload,
    End,
}

pub(super) fn agent(arguments: &AgentArguments, terminal: &mut Terminal<'_>) -> u8 {
    let Some(interval) = Duration::parse(&arguments.interval).filter(|interval| !interval.is_zero()) else {
        terminal.fail(&format!("--interval {} is no duration such as 10m", arguments.interval));
        return exit::USAGE;
    };
    let rounds = if arguments.once { Rounds::One } else { Rounds::Endless };
    let metrics = arguments.metrics.as_ref().map(PathBuf::from);
    let mut agent = Agent::new(Path::new(&arguments.folder), interval, metrics);
    match go_round(&mut agent, rounds, terminal) {
        Ok(code) => code,
        Err(message) => {
            terminal.fail(&message);
            exit::UNREADABLE
        }
    }
}

fn go_round(agent: &mut Agent, rounds: Rounds, terminal: &mut Terminal<'_>) -> Result<u8, String> {
    let wakes = listen(agent.stop_handle())?;
    let count = agent.reload()?;
    terminal.print(&format!("{count} targets"));
    let mut codes = Vec::new();
    loop {
        let mut show = |looked: Looked<'_>| {
            let code = report(&looked.file.display().to_string(), looked.result, terminal);
            codes.push(code);
            // The log of a service is read while it runs.
            if let Err(fault) = terminal.finish() {
                codes.push(super::load::LoadError::from(fault).report(terminal));
            }
        };
        let next = match agent.round(clock, &mut show) {
            Ok(next) => next,
            Err(message) => {
                terminal.fail(&message);
                codes.push(exit::UNREADABLE);
                clock()
            }
        };
        if rounds == Rounds::One {
            return Ok(worst(codes));
        }
        codes.clear();
        if agent.stop_handle().load(Ordering::Relaxed) {
            return Ok(exit::OK);
        }
        let wait = u64::try_from(next.seconds_since(clock())).unwrap_or(0).max(1);
        match wakes.recv_timeout(std::time::Duration::from_secs(wait)) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(Wake::Reload) => match agent.reload() {
                Ok(count) => terminal.print(&format!("reloaded: {count} targets")),
                // What is known is kept: a folder that is away for a moment ends nothing.
                Err(message) => terminal.fail(&message),
            },
            Ok(Wake::End) | Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(exit::OK),
        }
    }
}

fn clock() -> Timestamp {
    crate::now().unwrap_or(Timestamp::NO_EXPIRY)
}

/// SIGTERM and SIGINT end the agent when it has finished what it is at; SIGHUP makes it look at everything.
#[cfg(unix)]
fn listen(stop: Arc<AtomicBool>) -> Result<mpsc::Receiver<Wake>, String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let (sender, receiver) = mpsc::channel();
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP])
        .map_err(|error| format!("cannot listen to signals: {}", crate::input::describe(&error)))?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let wake = if signal == SIGHUP {
                Wake::Reload
            } else {
                stop.store(true, Ordering::Relaxed);
                Wake::End
            };
            if sender.send(wake).is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

#[cfg(not(unix))]
fn listen(_stop: Arc<AtomicBool>) -> Result<mpsc::Receiver<Wake>, String> {
    let (sender, receiver) = mpsc::channel();
    // Nobody sends; the sender lives as long as the process.
    std::mem::forget(sender);
    Ok(receiver)
}
