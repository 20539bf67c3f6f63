//! What certgate needs files, a clock and a terminal for. The command line is a function here, so that the binary,
//! `python -m certgate` and `npx certgate` are one program.

#![forbid(unsafe_code)]

pub mod audit;
pub mod ceremony;
pub mod cli;
mod clock;
mod crypto;
pub mod durable;
mod hex;
mod input;
pub mod inventory;
pub mod keystore;
mod leaf;
pub mod passphrase;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod pki;
pub mod remote;
mod render;
pub mod renewal;
pub mod revocation;
pub mod signing_key;
pub mod store;

pub use clock::now;
pub use crypto::select_crypto;
pub use input::{FileFault, read_beside};
