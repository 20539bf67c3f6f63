//! Passphrases: from the first line of a file, from an open descriptor, or from the terminal. Never from an argument, which
//! other users of a machine can read.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::input::describe;

/// Longest passphrase, in octets: what a line of a file or of the terminal may hold.
const LONGEST: usize = 4096;

/// Where a passphrase comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PassphraseSource {
    /// The terminal asks for it, without showing it.
    #[default]
    Prompt,
    /// The first line of a file.
    File(PathBuf),
    /// The first line of an open descriptor, such as 3.
    Descriptor(u32),
}

/// What a passphrase opens: each has its own options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PassphraseUse {
    /// A private key or a token.
    Key,
    /// A key store.
    Store,
}

impl PassphraseUse {
    /// How its options begin.
    fn option(self) -> &'static str {
        match self {
            Self::Key => "--passphrase",
            Self::Store => "--store-passphrase",
        }
    }
}

/// The lines that descriptors gave: a pipe gives its first line once, and a plan has many keys.
static GIVEN: Mutex<GivenLines> = Mutex::new(BTreeMap::new());

/// By what a line opens, and the descriptor.
type GivenLines = BTreeMap<(PassphraseUse, u32), Zeroizing<Vec<u8>>>;

/// Whether the terminal asks twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// Something is opened: a wrong passphrase shows at once.
    No,
    /// Something is written: a slip would lock it for ever.
    Yes,
}

impl PassphraseSource {
    /// Whether reading needs nobody at a terminal.
    pub fn is_unattended(&self) -> bool {
        *self != Self::Prompt
    }

    /// Reads the passphrase; `what` says in the prompt what it is for. The buffer is wiped when it is dropped.
    ///
    /// # Errors
    /// A source that cannot be read, that is empty or too long, or two different entries, in one sentence.
    pub fn read(&self, what: &str, confirm: Confirm) -> Result<Zeroizing<Vec<u8>>, String> {
        self.read_for(PassphraseUse::Key, what, confirm)
    }

    /// As [`PassphraseSource::read`], for what the passphrase opens.
    ///
    /// # Errors
    /// As there.
    pub fn read_for(
        &self,
        purpose: PassphraseUse,
        what: &str,
        confirm: Confirm,
    ) -> Result<Zeroizing<Vec<u8>>, String> {
        let line = match self {
            Self::Prompt => prompt(purpose, what, confirm)?,
            Self::File(path) => {
                let fault =
                    |error: &io::Error| format!("cannot read {}: {}", path.display(), describe(error));
                let file = std::fs::File::open(path).map_err(|error| fault(&error))?;
                first_line(file).map_err(|error| fault(&error))?
            }
            Self::Descriptor(number) => {
                let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
                match given.get(&(purpose, *number)) {
                    Some(line) => line.clone(),
                    None => {
                        let line = of_descriptor(*number)?;
                        given.insert((purpose, *number), line.clone());
                        line
                    }
                }
            }
        };
        if line.is_empty() {
            return Err(format!("the passphrase of {what} is empty"));
        }
        Ok(line)
    }
}

/// Wipes what descriptors gave.
pub(crate) fn forget() {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// The first line of an open descriptor.
fn of_descriptor(number: u32) -> Result<Zeroizing<Vec<u8>>, String> {
    if number == 0 {
        return first_line(io::stdin().lock())
            .map_err(|error| format!("cannot read a passphrase from standard input: {}", describe(&error)));
    }
    let fault =
        |error: &io::Error| format!("cannot read a passphrase from descriptor {number}: {}", describe(error));
    let file =
        std::fs::File::open(Path::new("/dev/fd").join(number.to_string())).map_err(|error| fault(&error))?;
    first_line(file).map_err(|error| fault(&error))
}

fn prompt(purpose: PassphraseUse, what: &str, confirm: Confirm) -> Result<Zeroizing<Vec<u8>>, String> {
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt).map(|text| Zeroizing::new(text.into_bytes())).map_err(|error| {
            format!(
                "{what} wants a passphrase, and there is no terminal to ask at ({}): give {option}-file or {option}-fd",
                describe(&error),
                option = purpose.option()
            )
        })
    };
    let passphrase = ask(format!("passphrase of {what}: "))?;
    if confirm == Confirm::Yes && *ask(format!("passphrase of {what}, once more: "))? != *passphrase {
        return Err(format!("the two passphrases of {what} are different"));
    }
    Ok(passphrase)
}

/// Octet by octet, so that what follows the line stays for others who read the same descriptor.
fn first_line(mut source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut octet = [0u8; 1];
    while source.read(&mut octet)? == 1 && octet != *b"\n" {
        if line.len() == LONGEST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the first line is longer than {LONGEST} octets"),
            ));
        }
        line.extend_from_slice(&octet);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn the_first_line_is_the_passphrase_whatever_ends_it() {
        for (text, line) in [("a b\nnext", "a b"), ("x\r\n", "x"), ("no end", "no end"), ("", ""), ("\n", "")]
        {
            assert_eq!(first_line(text.as_bytes()).ok().as_deref().map(Vec::as_slice), Some(line.as_bytes()));
        }
        assert!(first_line("x".repeat(5000).as_bytes()).is_err());
    }
}
