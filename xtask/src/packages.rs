//! Debian packages that the tests run programs of.

use std::path::Path;
use std::process::Command;

use crate::run::{self, Failure};

/// A package, and what shows that it is not needed any more.
struct Package {
    names: &'static [&'static str],
    is_there: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { names: &["openssl"], is_there: || run::has("openssl") },
    Package { names: &["gnutls-bin"], is_there: || run::has("certtool") && run::has("ocsptool") },
    Package { names: &["nginx-light"], is_there: || run::has("nginx") },
    Package { names: &["curl"], is_there: || run::has("curl") },
    Package { names: &["openjdk-17-jre-headless"], is_there: || run::has("keytool") },
    Package { names: &["softhsm2"], is_there: || run::has("softhsm2-util") },
    Package { names: &["opensc"], is_there: || run::has("pkcs11-tool") },
    Package { names: &["libfaketime"], is_there: has_faketime },
    Package { names: &["chromium"], is_there: || run::has("chromium") },
    Package { names: &["python3-venv"], is_there: has_venv },
    Package {
        names: &["rustc-web", "cargo-web", "rust-web-src"],
        is_there: || {
            crate::wasm::has_target()
                || Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml").exists()
        },
    },
];

/// The library that shows a program another time.
fn has_faketime() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.into_iter().any(|folder| folder.path().join("faketime/libfaketime.so.1").exists())
}

/// Installs what is missing when it may; else names it in one line.
pub fn ensure() -> Result<(), Failure> {
    let missing: Vec<&str> = PACKAGES
        .iter()
        .filter(|package| !(package.is_there)())
        .flat_map(|package| package.names.iter().copied())
        .collect();
    if missing.is_empty() {
        println!("all Debian packages are there");
        return Ok(());
    }
    let list = missing.join(" ");
    let Some(privileged) = privilege() else {
        return Err(Failure::new(format!("run as root: apt-get install -y --no-install-recommends {list}")));
    };
    let apt = |arguments: &[&str]| {
        let mut command = match privileged {
            Privilege::Root => Command::new("apt-get"),
            Privilege::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["-n", "apt-get"]);
                sudo
            }
        };
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run::check(&mut command)
    };
    apt(&["update", "-q"])?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(&missing);
    apt(&arguments)
}

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

/// How packages can be installed without asking anybody anything.
fn privilege() -> Option<Privilege> {
    if !run::has("apt-get") {
        return None;
    }
    if run::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Some(Privilege::Root);
    }
    let may = run::output(Command::new("sudo").args(["-n", "true"])).is_ok();
    may.then_some(Privilege::Sudo)
}

/// Debian ships the module `venv` without `ensurepip`, which makes it of no use.
fn has_venv() -> bool {
    run::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}
