//! The WebAssembly modules: compiled by the first of three ways that works, and bound for JavaScript.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::run::{self, Failure};

const TARGET: &str = "wasm32-unknown-unknown";

/// Numbers of RSA and of most curves are of 32-bit limbs (for WASI `.cargo/config.toml` says so): products of 64-bit ones have 128 bits, which WebAssembly calls a
/// function for. RSA-2048 is verified in half of the time.
const LIMBS: [&str; 2] = ["--cfg", "cpubits=\"32\""];

/// The other flags of every way, beside those of [`flags`]. No place in a source file that only a panic shows goes into a module.
/// `{:?}` stays: serde's messages are made by it.
const FLAGS: [&str; 4] =
    ["--cfg", "getrandom_backend=\"wasm_js\"", "-Zunstable-options", "-Zlocation-detail=none"];

/// The loops over limbs in the field of P-256 are unrolled, so that the prime's limbs, most of them 0, 1 or -1, cost no
/// multiplication, and the sums stay out of memory: a signature takes four fifths of the time, for 2 kB by gzip.
const UNROLLED: &str = "package.crrl.rustflags=['-Cllvm-args=-unroll-threshold=4000']";

/// Where the standard library is compiled too, a panic only ends the module: its messages are left out there as well.
const STD_FLAGS: [&str; 1] = ["-Cpanic=immediate-abort"];

const BUILD_STD: [&str; 4] =
    ["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"];

const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// The modules: crate, name of the file, and the largest size in bytes when compressed by gzip. The goal for the main
/// module is 500,000. A quarter is tables and texts (public suffixes, IDNA, NFKC, codes), which no setting of the compiler makes smaller.
const MODULES: [(&str, &str, usize); 3] = [
    ("certgate-wasm", "certgate_wasm", 980_000),
    ("certgate-wasm-yaml", "certgate_wasm_yaml", 350_000),
    ("certgate-wasm-tools", "certgate_wasm_tools", 1_310_000),
];

/// The profile of modules that are only tested.
const QUICK: &str = "wasm-quick";

/// Builds all modules into `node/build/wasm`, and prints their sizes.
///
/// With `CERTGATE_WASM=quick` they compile fast, are large, and no size is held.
pub fn build() -> Result<(), Failure> {
    let quick = std::env::var("CERTGATE_WASM").is_ok_and(|value| value == "quick");
    let way = Way::find(quick)?;
    let profile = if quick { QUICK } else { "wasm" };
    for (package, _, _) in MODULES {
        way.compile(package, profile)?;
    }
    let compiled = way.folder().join(TARGET).join(profile);
    let out = run::root().join("node/build/wasm");
    fs::create_dir_all(&out).map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
    for (_, name, _) in MODULES {
        bind(&compiled.join(format!("{name}.wasm")), name, &out)?;
    }
    let too_large: Vec<String> =
        MODULES.iter().filter_map(|(_, name, limit)| size(name, (!quick).then_some(*limit), &out)).collect();
    if too_large.is_empty() { Ok(()) } else { Err(Failure::new(too_large.join("; "))) }
}

/// Prints the size of a module; returns what is wrong with it.
fn size(name: &str, limit: Option<usize>, out: &Path) -> Option<String> {
    let path = out.join(format!("{name}_bg.wasm"));
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => return Some(format!("{}: {error}", path.display())),
    };
    let compressed = gzip(&bytes);
    let Some(limit) = limit else {
        println!("{name}: {} bytes, compiled for the tests", bytes.len());
        return None;
    };
    println!("{name}: {} bytes, {compressed} by gzip (at most {limit})", bytes.len());
    (compressed > limit).then(|| format!("{name} has {compressed} bytes by gzip, more than {limit}"))
}

/// Whether rustup's compiler builds for WebAssembly, now or after it has fetched what that needs.
pub fn has_target() -> bool {
    target_is_installed() || rustup_adds_target()
}

/// Who compiles.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Rustup's compiler, and its standard library as sources.
    RustupWithSources,
    /// Rustup's compiler, and its standard library as it comes.
    Rustup,
    /// Debian's compiler, and its standard library as sources.
    Debian,
}

impl Way {
    /// The first that is there, or that rustup can fetch.
    fn find(quick: bool) -> Result<Self, Failure> {
        if has_target() {
            return Ok(if !quick && has_sources() { Self::RustupWithSources } else { Self::Rustup });
        }
        let sources = Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml");
        let has_sources = sources.exists()
            || fs::read_dir("/usr/src").is_ok_and(|folder| {
                folder.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("rustc-"))
            });
        if Path::new(DEBIAN_CARGO).exists() && has_sources {
            return Ok(Self::Debian);
        }
        Err(Failure::new(
            "no WebAssembly target: run `rustup target add wasm32-unknown-unknown`, or `apt-get install -y --no-install-recommends rustc-web cargo-web rust-web-src`",
        ))
    }

    /// The folder of its artifacts.
    fn folder(self) -> PathBuf {
        run::root().join(match self {
            Self::RustupWithSources => "target/wasm",
            Self::Rustup => "target/wasm-as-it-comes",
            Self::Debian => "target/wasm-debian",
        })
    }

    /// Compiles one package: together they would share features, and the main module would carry the YAML reader.
    fn compile(self, package: &str, profile: &str) -> Result<(), Failure> {
        let mut cargo = match self {
            Self::Debian => Command::new(DEBIAN_CARGO),
            _ => Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())),
        };
        cargo
            .current_dir(run::root())
            .args(["build", "--profile", profile, "--target", TARGET, "-p", package, "--target-dir"])
            .arg(self.folder())
            .args(if profile == QUICK { &["--features", "unified"][..] } else { &[] })
            .args(["-Zprofile-rustflags", "--config"])
            .arg(format!("profile.{profile}.{UNROLLED}"))
            .env("CARGO_ENCODED_RUSTFLAGS", flags(self).join("\u{1f}"))
            .env("RUSTC_BOOTSTRAP", "1") // for the flags that begin with -Z
            .env_remove("RUSTFLAGS");
        if self != Self::Rustup {
            cargo.args(BUILD_STD);
        }
        if self == Self::Debian {
            let linker = sysroot()?.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
            cargo
                .env("RUSTC", "/usr/bin/rustc")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &linker)
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("CARGO");
        }
        run::check(&mut cargo)
    }
}

/// No path of this machine goes into a module: the module is the same wherever it is built, and smaller.
fn flags(way: Way) -> Vec<String> {
    let std_flags: &[&str] = if way == Way::Rustup { &[] } else { &STD_FLAGS };
    let sources = cargo_home().join("registry/src");
    let registries = fs::read_dir(&sources).into_iter().flatten().flatten().map(|entry| entry.path());
    let library = sysroot().ok().map(|sysroot| sysroot.join("lib/rustlib/src/rust"));
    let remapped = registries
        .chain(library)
        .chain([run::root()])
        .map(|path| format!("--remap-path-prefix={}=", path.display()));
    LIMBS.iter().chain(&FLAGS).chain(std_flags).map(ToString::to_string).chain(remapped).collect()
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

fn target_is_installed() -> bool {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).exists()
    })
}

/// Whether rustup's compiler has the sources of its standard library, now or after they have been fetched.
fn has_sources() -> bool {
    let are_there = || {
        sysroot().is_ok_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").exists())
    };
    are_there()
        || Command::new("rustup")
            .args(["component", "add", "rust-src"])
            .output()
            .is_ok_and(|output| output.status.success() && are_there())
}

fn rustup_adds_target() -> bool {
    Command::new("rustup")
        .args(["target", "add", TARGET])
        .output()
        .is_ok_and(|output| output.status.success() && target_is_installed())
}

/// The folder of rustup's compiler, whose linker knows WebAssembly.
fn sysroot() -> Result<PathBuf, Failure> {
    let output = run::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(output.trim()))
}

/// Writes the JavaScript that calls the module.
fn bind(module: &Path, name: &str, out: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::new(format!("wasm-bindgen: {error:#}"));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.web(true).map_err(failed)?.generate(out).map_err(failed)?;
    // The types of the instance's own exports, which would stand in for those of the file.
    let exports = out.join(format!("{name}_bg.wasm.d.ts"));
    fs::remove_file(&exports).map_err(|error| Failure::new(format!("{}: {error}", exports.display())))
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().map_or(0, |out| out.len())
}
