//! Reading what the command line names: files, standard input, and Kubernetes objects within them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use certgate_bindings::certgate::diagnostic::{Diagnostic, codes};
use certgate_bindings::kubernetes::{self, KubernetesRequest};
use certgate_bindings::{ContextDocument, Error};

use crate::remote::Server;

/// Largest file that is read: a bundle of all that a cluster has.
const LARGEST: u64 = 64 << 20;

/// One request to judge.
pub(crate) struct Input {
    /// How messages call it.
    pub(crate) name: String,
    /// Its bytes, or why there are none.
    pub(crate) request: Result<Vec<u8>, InputError>,
    /// The context that a Kubernetes object gives.
    pub(crate) context: Option<ContextDocument>,
}

/// A file that cannot be read or written: `input/file`, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault(String);

impl FileFault {
    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FileFault {}

impl From<FileFault> for String {
    fn from(fault: FileFault) -> Self {
        fault.0
    }
}

/// Why an input could not be read.
pub(crate) enum InputError {
    Io(String),
    Object(Error),
}

/// Reads a file, or standard input for `-`.
pub(crate) fn read(name: &str, stdin: &mut dyn Read) -> Result<Vec<u8>, FileFault> {
    if name != "-" {
        return read_file(Path::new(name));
    }
    read_bounded(stdin).map_err(|error| unreadable(&display_name(name), &error))
}

fn unreadable(name: &str, error: &io::Error) -> FileFault {
    FileFault(format!("cannot read {name}: {}", describe(error)))
}

/// Reads a file. It says its size before anything is allocated for it.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, FileFault> {
    let read = |mut file: File| {
        if file.metadata()?.len() > LARGEST { Err(too_large()) } else { read_bounded(&mut file) }
    };
    File::open(path).and_then(read).map_err(|error| unreadable(&path.display().to_string(), &error))
}

/// The server that a name means: HOST:PORT, unless there is a file of that name. With `starttls` nothing else will do.
pub(crate) fn server(name: &str, starttls: Option<&str>) -> Option<Result<Server, String>> {
    if name == "-" || (starttls.is_none() && Path::new(name).exists()) {
        return None;
    }
    match (Server::parse(name), starttls) {
        (Some(server), _) => Some(Ok(server)),
        (None, Some(_)) => Some(Err(format!("{name} is not of the form HOST:PORT, which --starttls is for"))),
        (None, None) => None,
    }
}

fn read_bounded(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LARGEST.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > LARGEST) { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {LARGEST} bytes"))
}

/// Reads a text file.
pub(crate) fn read_text(name: &str, stdin: &mut dyn Read) -> Result<String, FileFault> {
    let bytes = read(name, stdin)?;
    String::from_utf8(bytes)
        .map_err(|_| FileFault(format!("cannot read {}: it is not UTF-8", display_name(name))))
}

/// The endings of what counts as a request in a folder.
const ENDINGS: [&str; 5] = ["csr", "req", "p10", "pem", "der"];

/// What a command line names, and what standard input holds if it is among it: to be read by several threads.
pub(crate) struct Sources {
    /// In the place of each folder its requests in order.
    pub(crate) list: Vec<Source>,
    stdin: Option<Result<Vec<u8>, String>>,
}

/// A file or `-`; or what could not be looked at, and why.
pub(crate) struct Source {
    pub(crate) name: String,
    fault: Option<String>,
}

impl Sources {
    /// Looks into folders, and reads standard input if it is named.
    pub(crate) fn new(names: &[String], stdin: &mut dyn Read) -> Self {
        let list: Vec<Source> = names.iter().flat_map(|name| of_folder(name)).collect();
        let stdin = names.iter().any(|name| name == "-").then(|| read("-", stdin).map_err(String::from));
        Self { list, stdin }
    }

    /// All requests of one source: one, or as many as a Kubernetes List holds.
    pub(crate) fn requests(&self, source: &Source) -> Vec<Input> {
        let name = &source.name;
        match (&source.fault, &self.stdin) {
            (Some(fault), _) => vec![failed(name, fault.clone())],
            (None, Some(Ok(bytes))) if name == "-" => requests_of(&display_name(name), bytes.clone()),
            (None, Some(Err(message))) if name == "-" => vec![failed(name, message.clone())],
            _ => requests(name, &mut io::empty()),
        }
    }
}

/// The requests of a folder, in the order of their names; anything else stands for itself. What cannot be looked at, and a folder
/// without requests, is a source with a fault.
fn of_folder(name: &str) -> Vec<Source> {
    let path = Path::new(name);
    let source = |name: &str, fault| Source { name: name.to_owned(), fault };
    if name == "-" || !path.is_dir() {
        return vec![source(name, None)];
    }
    let unreadable = |error: &io::Error| source(name, Some(self::unreadable(name, error).to_string()));
    let entries = match path.read_dir() {
        Ok(entries) => entries,
        Err(error) => return vec![unreadable(&error)],
    };
    let mut list = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                list.push(unreadable(&error));
                continue;
            }
        };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() || !ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            continue;
        }
        list.push(match path.to_str() {
            Some(path) => source(path, None),
            None => {
                let shown = path.display().to_string();
                source(&shown, Some(format!("{shown}: the name of the file is not UTF-8")))
            }
        });
    }
    list.sort_by(|one, other| one.name.cmp(&other.name));
    if list.is_empty() {
        let endings = ENDINGS.map(|ending| format!("*.{ending}")).join(", ");
        list.push(source(name, Some(format!("the folder {name} holds no request: none of {endings}"))));
    }
    list
}

fn failed(name: &str, message: String) -> Input {
    Input { name: display_name(name), request: Err(InputError::Io(message)), context: None }
}

/// All requests of one input: one, or as many as a Kubernetes List holds.
pub(crate) fn requests(name: &str, stdin: &mut dyn Read) -> Vec<Input> {
    let shown = display_name(name);
    match read(name, stdin) {
        Ok(bytes) => requests_of(&shown, bytes),
        Err(fault) => vec![failed(name, fault.into())],
    }
}

/// All requests of the bytes of one input.
pub(crate) fn requests_of(shown: &str, bytes: Vec<u8>) -> Vec<Input> {
    let single = |request| vec![Input { name: shown.to_owned(), request, context: None }];
    let objects = match std::str::from_utf8(&bytes) {
        Ok(text) if kubernetes::looks_like_object(text) => kubernetes::read_items(text),
        _ => return single(Ok(bytes)),
    };
    match objects {
        Err(error) => single(Err(InputError::Object(error))),
        Ok(objects) => objects
            .into_iter()
            .map(|object| match object {
                Ok(KubernetesRequest { name, request, context }) => {
                    Input { name: format!("{shown}: {name}"), request: Ok(request), context: Some(context) }
                }
                // The diagnostic has its place in this file.
                Err(error) => {
                    let request = Err(InputError::Object(error));
                    Input { name: shown.to_owned(), request, context: None }
                }
            })
            .collect(),
    }
}

pub(crate) fn display_name(name: &str) -> String {
    if name == "-" { "standard input".to_owned() } else { name.to_owned() }
}

/// The path beside `file` that a case names.
pub(crate) fn beside(file: &str, name: &str) -> String {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    folder.join(name).to_string_lossy().into_owned()
}

/// The bytes of a file that a case names, in the folder of its file of cases.
///
/// # Errors
/// `case/syntax`: a file that cannot be read.
pub fn read_beside(folder: &Path, name: &str) -> Result<Vec<u8>, Error> {
    read_file(&folder.join(name))
        .map_err(|fault| Diagnostic::new(codes::CASE_SYNTAX, fault.to_string()).into())
}

/// The system's word without its number.
pub(crate) fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((word, _)) => word.to_lowercase(),
        None => text,
    }
}
