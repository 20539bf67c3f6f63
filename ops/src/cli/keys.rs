use certgate_bindings::certgate::key::{Blocklist, BlocklistEntry};

use super::args::{BlocklistCommand, KeysCommand};
use super::load::LoadError;
use super::{Terminal, exit};
use crate::input::{self, FileFault};

pub(super) fn run(command: &KeysCommand, terminal: &mut Terminal<'_>) -> u8 {
    let KeysCommand::Blocklist(BlocklistCommand::Import { kind, output, files }) = command;
    match import(kind, output, files, terminal) {
        Ok(message) => {
            terminal.print(&message);
            exit::OK
        }
        Err(error) => error.report(terminal),
    }
}

fn import(
    kind: &str,
    output: &str,
    files: &[String],
    terminal: &mut Terminal<'_>,
) -> Result<String, LoadError> {
    let entry = BlocklistEntry::from_name(kind).ok_or_else(|| {
        let message = "--kind is one of dwklint-modulus, dwklint-xcoord, openssl-blacklist and spki-sha256";
        LoadError::Message(message.to_owned(), exit::USAGE)
    })?;
    let unreadable = |message: String| LoadError::Message(message, exit::UNREADABLE);
    let mut list = if std::path::Path::new(output).exists() {
        let bytes = input::read(output, terminal.stdin)?;
        Blocklist::from_bytes(&bytes).map_err(|error| unreadable(format!("{output}: {error}")))?
    } else {
        Blocklist::default()
    };
    let mut added: usize = 0;
    for file in files {
        let text = input::read_text(file, terminal.stdin)?;
        let count = list.add_text(entry, &text).map_err(|error| unreadable(format!("{file}: {error}")))?;
        added = added.saturating_add(count);
    }
    std::fs::write(output, list.to_bytes())
        .map_err(|error| FileFault::new(format!("cannot write {output}: {}", input::describe(&error))))?;
    Ok(format!("{output}: {added} digests read, {} keys in the list", list.len()))
}
