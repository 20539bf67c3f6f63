//! A pool: requests in one file, each after its length in four octets, the highest first.

use std::fs;
use std::path::Path;

/// Reads all requests of a pool.
pub fn read(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut rest = bytes.as_slice();
    let mut requests = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let (request, tail) = tail.split_at(u32::from_be_bytes(*length) as usize);
        requests.push(request.to_vec());
        rest = tail;
    }
    requests
}
