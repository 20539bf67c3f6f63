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

/// The octets between the only BEGIN line of a request and the only END line, or `None` if there is another number of
/// either. Other lines of dashes are prose.
fn naive(text: &str) -> Option<Vec<u8>> {
    const LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    let only = |word: &str| {
        let mut found = lines.iter().enumerate().filter_map(|(number, line)| {
            let label = LABELS.iter().find(|label| *line == format!("-----{word} {label}-----"))?;
            Some((number, label))
        });
        found.next().filter(|_| found.next().is_none())
    };
    let ((begin, label), (end, end_label)) = (only("BEGIN")?, only("END")?);
    if label != end_label {
        return None;
    }
    let headers = |line: &&&str| line.is_empty() || line.contains(':');
    let body: String = lines[begin + 1..end]
        .iter()
        .skip_while(headers)
        .flat_map(|line| line.chars())
        .filter(|c| !c.is_whitespace() && *c != '=')
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(body).ok()
}
