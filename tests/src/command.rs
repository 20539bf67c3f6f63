//! Running the real programs: `certgate` as it was built, and those of others.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::root;

/// The program `certgate`: the one that the variable `CERTGATE_PROGRAM` names, else built from what is there now.
pub fn certgate() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| std::env::var_os("CERTGATE_PROGRAM").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    // A test is target/PROFILE/deps/NAME-HASH: the program is built with the same profile, so most of it is there.
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile");
    let profile = match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--exclude",
            "xtask",
            "--all-targets",
            "--profile",
            profile,
        ])
        .current_dir(root())
        .env_remove("CARGO_MANIFEST_DIR") // build scripts look at it, and would run again
        .status()
        .expect("cargo");
    assert!(status.success(), "the workspace does not build");
    folder.join(format!("certgate{}", std::env::consts::EXE_SUFFIX))
}

/// What a run of a program said.
#[derive(Debug)]
pub struct Said {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `certgate` in `folder` with what it reads from standard input. Nothing of the surroundings decides about its
/// output.
pub fn run(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Said {
    run_with(folder, arguments, stdin, &[])
}

/// As [`run`], with variables of the environment.
pub fn run_with(folder: &Path, arguments: &[&str], stdin: &[u8], variables: &[(&str, &str)]) -> Said {
    let mut command = Command::new(certgate());
    command.args(arguments).current_dir(folder);
    for name in ["CERTGATE_CRYPTO", "CLICOLOR_FORCE", "GITHUB_ACTIONS", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    said(feed(command, stdin))
}

/// The output of a program of others; `None` if it is not installed.
pub fn other(program: &str, folder: &Path, arguments: &[&str]) -> Option<Said> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    match command.output() {
        Ok(output) => Some(said(output)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program}: {error}"),
    }
}

fn feed(mut command: Command, stdin: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("its standard input");
    std::thread::scope(|scope| {
        // A program that does not read its standard input closes the pipe: no fault.
        scope.spawn(move || {
            let _ = pipe.write_all(stdin);
        });
        child.wait_with_output().expect("its output")
    })
}

fn said(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said {
        exit: output.status.code().expect("an exit code, no signal"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}
