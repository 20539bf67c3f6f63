//! The Python package: built into a wheel, tested on the main interpreter and tried on every other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure};

/// Oldest interpreter that the wheel is for.
const OLDEST: (u32, u32) = (3, 9);

/// Oldest interpreter without the lock that a wheel is built for: each has a wheel of its own, for it has no stable ABI.
const OLDEST_FREE: (u32, u32) = (3, 14);

/// What builds and checks the package from outside; all else of `requirements-dev.txt` stands beside the wheel.
const TOOLS: &[&str] = &["abi3audit", "maturin", "ruff"];

/// What only the tests of Spark have.
const ONLY_SPARK: &[&str] = &["pandas", "pyspark"];

/// All that the tests of Spark have.
const SPARK: &[&str] = &["cryptography", "pandas", "pyarrow", "pyspark", "pytest"];

/// What the benchmarks compare with, beside what the tests have.
const PEERS: [&str; 3] = ["badkeys==0.0.21", "pkilint==0.13.3", "pyOpenSSL==26.4.0"];

/// Builds the wheel into `target/python/dist`, with the stubs that are committed.
pub fn build() -> Result<(), Failure> {
    let tools = Environment::of_tools()?;
    let wheels = folder().join("dist");
    remove(&wheels)?;
    run::check(maturin(&tools, "build").arg("--out").arg(&wheels))
}

/// Builds and tests: the stubs are current, pytest, lints, the ABI; then every other interpreter, and Spark in the heavy run.
pub fn test() -> Result<(), Failure> {
    let tools = Environment::of_tools()?;
    run::step("wheel", build)?;
    let wheel = wheel()?;
    run::step("stubs are current", || stubs_are_current(&tools))?;
    let main = Environment::with_wheel("venv", Path::new("python3"), &wheel, Extras::Tests)?;
    // By its script, not by `-m`, which would take the folder of the sources for the package.
    run::step("pytest", || {
        run::check(in_project(main.program("pytest")).args(["-q", "-p", "no:cacheprovider"]))
    })?;
    run::step("lints", || {
        for task in [&["check"][..], &["format", "--check"]] {
            let mut ruff = in_project(tools.program("ruff"));
            ruff.args(task).args(["--no-cache", "--config", "pyproject.toml", "."]);
            ruff.args(["../tests/hosts", "../tests/bench"]);
            run::check(&mut ruff)?;
        }
        Ok(())
    })?;
    run::step("abi3", || run::check(tools.program("abi3audit").arg("--strict").arg(&wheel)))?;
    let all = interpreters()?;
    for Interpreter { version, program, .. } in all.iter().filter(|one| !one.is_free_threaded) {
        run::step(&format!("CPython {version}"), || smoke(version, program, &wheel))?;
    }
    for Interpreter { version, program, .. } in all.iter().filter(|one| one.is_free_threaded) {
        run::step(&format!("CPython {version}, free-threaded"), || free_threaded(&tools, version, program))?;
    }
    if all.iter().all(|one| !one.is_free_threaded) {
        println!("absent, so not tested: a free-threaded CPython {}.{}", OLDEST_FREE.0, OLDEST_FREE.1);
    }
    if std::env::var_os("CERTGATE_HEAVY").is_some_and(|value| value == "1") {
        run::step("Spark", || spark(&wheel))?;
    }
    Ok(())
}

/// The wheel for one interpreter without the lock: built, tried in an empty environment, and used by several threads.
fn free_threaded(tools: &Environment, version: &str, interpreter: &Path) -> Result<(), Failure> {
    let wheels = folder().join(format!("dist-{version}"));
    remove(&wheels)?;
    let mut build = maturin(tools, "build");
    run::check(build.arg("--interpreter").arg(interpreter).arg("--out").arg(&wheels))?;
    let wheel = wheel_in(&wheels)?;
    let tag = format!("cp{}", version.replace('.', ""));
    let is_for_it = wheel.file_name().is_some_and(|name| name.to_string_lossy().contains(&tag));
    if !is_for_it {
        return Err(Failure::new(format!("{} is no wheel for {tag}", wheel.display())));
    }
    smoke(version, interpreter, &wheel)?;
    let environment = Environment { folder: folder().join(format!("smoke-{version}")) };
    run::check(environment.python().args(["-E", "-s", "python/tests/free_threaded.py"]))
}

/// The example for Spark, in local mode: an environment of its own, for it is large.
fn spark(wheel: &Path) -> Result<(), Failure> {
    if !run::has("java") {
        println!("absent, so not tested: java, for Spark");
        return Ok(());
    }
    let environment = Environment::with_wheel("spark", Path::new("python3"), wheel, Extras::Spark)?;
    run::check(in_project(environment.program("pytest")).args([
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/spark",
    ]))
}

/// The package as it is published, in an environment of its own for benchmarks; returns its interpreter.
pub fn published() -> Result<PathBuf, Failure> {
    let tools = Environment::of_tools()?;
    let wheels = folder().join("published");
    remove(&wheels)?;
    let mut maturin = tools.program("maturin");
    run::outside(&mut maturin);
    maturin.args(["build", "--quiet", "--locked", "--release", "--target-dir", "target/bench"]);
    run::check(maturin.args(["--manifest-path", "python/Cargo.toml", "--out"]).arg(&wheels))?;
    let bench = Environment::with_wheel("bench", Path::new("python3"), &wheel_in(&wheels)?, Extras::Tests)?;
    run::check(bench.pip().args(PEERS))?;
    Ok(bench.folder.join("bin/python"))
}

/// Writes the generated files: the stubs, and the names of the views.
pub fn generate() -> Result<(), Failure> {
    let tools = Environment::of_tools()?;
    build()?;
    let package = run::root().join("python/certgate");
    copy(&generated_stubs(&tools)?, &package.join("_certgate.pyi"))?;
    let main = Environment::with_wheel("venv", Path::new("python3"), &wheel()?, Extras::Tests)?;
    run::check(in_project(main.python()).args(["tools/write_types.py", "certgate"]))
}

/// A virtual environment below `target/python`.
struct Environment {
    folder: PathBuf,
}

/// What an environment has besides the wheel.
#[derive(Clone, Copy)]
enum Extras {
    /// The tools of the tests.
    Tests,
    /// Those of the tests of Spark.
    Spark,
    /// Nothing at all.
    None,
}

impl Environment {
    /// The tools that build and check, without the package.
    fn of_tools() -> Result<Self, Failure> {
        let environment = Self::create("tools", Path::new("python3"))?;
        environment.install(|line| is_among(TOOLS, line))?;
        Ok(environment)
    }

    /// An environment that has the wheel.
    fn with_wheel(name: &str, interpreter: &Path, wheel: &Path, extras: Extras) -> Result<Self, Failure> {
        let environment = Self::create(name, interpreter)?;
        match extras {
            Extras::Tests => {
                environment.install(|line| !is_among(TOOLS, line) && !is_among(ONLY_SPARK, line))?;
            }
            Extras::Spark => environment.install(|line| is_among(SPARK, line))?,
            Extras::None => {}
        }
        let mut pip = environment.pip();
        run::check(pip.args(["--force-reinstall", "--no-deps", "--no-index"]).arg(wheel))?;
        Ok(environment)
    }

    /// Makes an environment anew, unless it is of the same interpreter.
    fn create(name: &str, interpreter: &Path) -> Result<Self, Failure> {
        let environment = Self { folder: folder().join(name) };
        let identity = identity(interpreter)?;
        let mark = environment.folder.join("interpreter");
        if fs::read_to_string(&mark).is_ok_and(|text| text == identity) {
            return Ok(environment);
        }
        remove(&environment.folder)?;
        run::check(Command::new(interpreter).args(["-m", "venv"]).arg(&environment.folder))?;
        write(&mark, &identity)?;
        Ok(environment)
    }

    /// Installs what `requirements-dev.txt` lists and is wanted, unless that has been done.
    fn install(&self, is_wanted: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let list = run::root().join("python/requirements-dev.txt");
        let text = fs::read_to_string(&list).map_err(|error| failed(&list, &error))?;
        let wanted: Vec<&str> = text.lines().filter(|line| line.contains("==") && is_wanted(line)).collect();
        let mark = self.folder.join("requirements");
        if fs::read_to_string(&mark).is_ok_and(|text| text == wanted.join("\n")) {
            return Ok(());
        }
        run::check(self.pip().args(&wanted))?;
        write(&mark, &wanted.join("\n"))
    }

    fn pip(&self) -> Command {
        let mut python = self.python();
        python.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        python
    }

    fn python(&self) -> Command {
        self.program("python")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join("bin").join(name));
        command.current_dir(run::root()).env("PYTHONDONTWRITEBYTECODE", "1").env_remove("PYTHONPATH");
        command
    }
}

/// Whether a line of `requirements-dev.txt` is about one of the packages.
fn is_among(packages: &[&str], line: &str) -> bool {
    line.split("==").next().is_some_and(|name| packages.contains(&name))
}

/// A command in the folder of the package's sources.
fn in_project(mut command: Command) -> Command {
    command.current_dir(run::root().join("python"));
    command
}

fn folder() -> PathBuf {
    run::root().join("target/python")
}

/// The one profile, the one folder and the one set of features of all tests: what the crates share compiles once.
fn maturin(tools: &Environment, task: &str) -> Command {
    let mut command = tools.program("maturin");
    run::outside(&mut command);
    command.args([
        task,
        "--quiet",
        "--locked",
        "--profile",
        "ci",
        "--features",
        "unified",
        "--target-dir",
        "target",
        "--manifest-path",
    ]);
    command.arg("python/Cargo.toml");
    command
}

fn wheel() -> Result<PathBuf, Failure> {
    wheel_in(&folder().join("dist"))
}

fn wheel_in(folder: &Path) -> Result<PathBuf, Failure> {
    let files = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let mut wheels: Vec<PathBuf> = files
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .collect();
    match (wheels.pop(), wheels.is_empty()) {
        (Some(wheel), true) => Ok(wheel),
        _ => Err(Failure::new(format!("there is not exactly one wheel in {}", folder.display()))),
    }
}

fn generated_stubs(tools: &Environment) -> Result<PathBuf, Failure> {
    let out = folder().join("stubs");
    remove(&out)?;
    run::check(maturin(tools, "generate-stubs").arg("--out").arg(&out))?;
    Ok(out.join("certgate/_certgate.pyi"))
}

fn stubs_are_current(tools: &Environment) -> Result<(), Failure> {
    let generated = generated_stubs(tools)?;
    let committed = run::root().join("python/certgate/_certgate.pyi");
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| failed(path, &error));
    if read(&generated)? == read(&committed)? {
        return Ok(());
    }
    Err(Failure::new("python/certgate/_certgate.pyi is not current: run `cargo xtask python generate`"))
}

/// A CPython that can be found.
struct Interpreter {
    /// Such as `3.13`, or `3.14t` without the lock.
    version: String,
    program: PathBuf,
    is_free_threaded: bool,
}

/// Every CPython that can be found and that a wheel is for.
fn interpreters() -> Result<Vec<Interpreter>, Failure> {
    let mut programs: Vec<PathBuf> = vec!["python3".into()];
    for folder in search_path() {
        programs.extend(programs_in(&folder));
    }
    let mut found: Vec<Interpreter> = Vec::new();
    for program in programs {
        let Some(version) = version(&program) else { continue };
        if found.iter().all(|known| known.version != version) {
            let is_free_threaded = version.ends_with('t');
            found.push(Interpreter { version, program, is_free_threaded });
        }
    }
    if found.iter().all(|one| one.is_free_threaded) {
        return Err(Failure::new(format!("no CPython {}.{} or later is installed", OLDEST.0, OLDEST.1)));
    }
    found.sort_by(|one, other| one.version.cmp(&other.version));
    Ok(found)
}

/// The folders of PATH, and those of pyenv's versions.
fn search_path() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv")));
    if let Some(versions) = pyenv.and_then(|root| fs::read_dir(root.join("versions")).ok()) {
        folders.extend(versions.flatten().map(|entry| entry.path().join("bin")));
    }
    folders
}

/// `python3.9`, `python3.13`, `python3.14t` and so on in a folder.
fn programs_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_python = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let minor = name.strip_prefix("python3.").map(|minor| minor.strip_suffix('t').unwrap_or(minor));
        minor.is_some_and(|minor| minor.parse::<u32>().is_ok())
    };
    let mut programs: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_python).collect();
    programs.sort();
    programs
}

/// The version of a program, if it is a CPython that a wheel is for; `t` behind it says that it has no lock.
fn version(program: &Path) -> Option<String> {
    let script = format!(
        "import sys, sysconfig; \
         free = bool(sysconfig.get_config_var('Py_GIL_DISABLED')); \
         oldest = {OLDEST_FREE:?} if free else {OLDEST:?}; \
         good = sys.version_info >= oldest and sys.implementation.name == 'cpython'; \
         print('.'.join(map(str, sys.version_info[:2])) + 't' * free) if good else sys.exit(1)"
    );
    let output = Command::new(program).args(["-c", &script]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn identity(interpreter: &Path) -> Result<String, Failure> {
    run::output(Command::new(interpreter).args(["-c", "import sys; print(sys.executable, sys.version)"]))
}

/// The wheel in an empty environment: its main job, its command line and its annotations.
fn smoke(version: &str, interpreter: &Path, wheel: &Path) -> Result<(), Failure> {
    let environment = Environment::with_wheel(&format!("smoke-{version}"), interpreter, wheel, Extras::None)?;
    run::check(environment.python().args(["-I", "python/tests/smoke.py"]))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::copy(from, to).map(|_| ()).map_err(|error| failed(from, &error))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(folder, &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
