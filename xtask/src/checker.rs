//! The checker: a page in one file, built into `apps/checker/dist` upon the WebAssembly modules of the npm package, and
//! tested in Chromium.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use lzma_rust2::{CheckType, XzOptions, XzWriter};

use crate::run::{self, Failure};
use crate::wasm;

/// The modules that the page carries; the second reads YAML.
const MODULES: [&str; 2] = ["certgate_wasm_bg.wasm", "certgate_wasm_yaml_bg.wasm"];

/// Builds the WebAssembly modules if nobody has, and the page; prints its size and its digest.
pub fn build() -> Result<(), Failure> {
    let modules = run::root().join("node/build/wasm/certgate_wasm_yaml_bg.wasm");
    if !modules.exists() {
        run::step("checker: WebAssembly", wasm::build)?;
    }
    prepare()?;
    run::step("checker: types", || run::check(npm().args(["run", "--silent", "types"])))?;
    run::step("checker: page", || run::check(npm().args(["run", "--silent", "build"])))
}

/// What the page and the element are bundled of, upon the WebAssembly modules: the npm package carries the element too.
pub fn prepare() -> Result<(), Failure> {
    run::step("checker: modules", pack)?;
    run::step("checker: tools", || run::check(npm().args(["ci", "--no-audit", "--no-fund"])))
}

/// Packs the modules for the page into one stream: the length of the first in four octets, little end first, and both. They have
/// much in common: the stream is three tenths smaller than both by gzip.
fn pack() -> Result<(), Failure> {
    let at = |path: &Path, error: &io::Error| Failure::new(format!("{}: {error}", path.display()));
    let read = |name: &str| {
        let path = run::root().join("node/build/wasm").join(name);
        fs::read(&path).map_err(|error| at(&path, &error))
    };
    let [main, yaml] = MODULES;
    let (main, yaml) = (read(main)?, read(yaml)?);
    let length = u32::try_from(main.len()).map_err(|_| Failure::new("the main module is too long"))?;
    let out = folder().join("build/modules.xz");
    let write = || -> io::Result<u64> {
        let mut options = XzOptions::with_preset(9);
        // Code of WebAssembly has no alignment, and its bytes tell much about those that follow.
        (options.lzma_options.lc, options.lzma_options.lp, options.lzma_options.pb) = (4, 0, 0);
        options.lzma_options.dict_size = 8 << 20;
        options.set_check_sum_type(CheckType::Crc32);
        fs::create_dir_all(folder().join("build"))?;
        let mut writer = XzWriter::new(fs::File::create(&out)?, options)?;
        for part in [&length.to_le_bytes()[..], &main, &yaml] {
            writer.write_all(part)?;
        }
        writer.finish()?.metadata().map(|file| file.len())
    };
    let packed = write().map_err(|error| at(&out, &error))?;
    println!("checker: {} bytes of WebAssembly, {packed} by xz", main.len() + yaml.len());
    Ok(())
}

/// Runs the page's tests in Chromium. `CERTGATE_HEAVY=1` looks at every width, theme and language.
pub fn test() -> Result<(), Failure> {
    run::step("checker: tests", || run::check(npm().args(["run", "--silent", "test"])))
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder());
    command
}

fn folder() -> PathBuf {
    run::root().join("apps/checker")
}
