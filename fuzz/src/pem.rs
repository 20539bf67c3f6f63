//! Texts around requests. Oracle: what is accepted as PEM is what a naive reading of its only block gives.

use base64::Engine;
use certgate::limits::Limits;
use certgate::pem;
use certgate::request::CertificationRequest;

use crate::PLANTED;

pub fn check(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        if let Ok(blocks) = pem::blocks(text, &Limits::default()) {
            for block in &blocks {
                assert!(text.contains(block.label));
                let _ = block.decode();
            }
        }
        let _ = pem::decode_base64(text);
    }
    let Ok(request) = read(input) else { return };
    let again = CertificationRequest::from_bytes(request.der()).expect("DER that was accepted as text");
    assert_eq!(again.der(), request.der());
    let text = String::from_utf8_lossy(input);
    if input == request.der() || !text.contains("-----BEGIN") {
        return;
    }
    let text = text.trim_start_matches('\u{feff}');
    assert_eq!(naive(text).as_deref(), Some(request.der()), "another reading of the only block");
}

fn read(input: &[u8]) -> Result<CertificationRequest, certgate::diagnostic::Error> {
    let result = CertificationRequest::from_bytes(input);
    match (&result, input.windows(5).rposition(|window| window == b"-----")) {
        // Planted: the first of several blocks is good enough.
        (Err(_), Some(_)) if PLANTED => {
            let text = String::from_utf8_lossy(input);
            let Some(second) = text.match_indices("-----BEGIN").nth(1) else { return result };
            CertificationRequest::from_bytes(&text.as_bytes()[..second.0])
        }
        _ => result,
    }
}

/// The octets between the only two lines of dashes, or `None` if there are not two.
fn naive(text: &str) -> Option<Vec<u8>> {
    let boundaries: Vec<usize> = text
        .split(['\n', '\r'])
        .enumerate()
        .filter(|(_, line)| line.trim().starts_with("-----BEGIN ") || line.trim().starts_with("-----END "))
        .map(|(number, _)| number)
        .collect();
    let [begin, end] = boundaries[..] else { return None };
    let body: String = text
        .split(['\n', '\r'])
        .skip(begin + 1)
        .take(end - begin - 1)
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(body).ok()
}
