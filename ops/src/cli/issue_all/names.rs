use std::path::Path;

use crate::input::{self, Input};

/// The endings of requests, which are not part of the name of a certificate.
const ENDINGS: [&str; 9] = ["csr", "req", "p10", "pem", "der", "txt", "yaml", "yml", "json"];

/// The name of the file of a certificate: that of the file of its request; for an object of Kubernetes also its namespace and name.
pub(super) fn file_name(source: &str, input: &Input) -> String {
    let path = Path::new(source);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_known = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let name = if is_known { path.file_stem() } else { path.file_name() };
    let name =
        if source == "-" { "request" } else { name.and_then(|name| name.to_str()).unwrap_or_default() };
    let object =
        input.name.strip_prefix(&input::display_name(source)).and_then(|rest| rest.strip_prefix(": "));
    let Some(object) = object else { return format!("{name}.crt") };
    let object = object.rsplit_once('/').map_or(object, |(_, object)| object);
    let namespace = input.context.as_ref().and_then(|context| context.namespace.as_deref());
    // A name out of a document leads nowhere else. What Kubernetes allows in names stays; `_` is not among it.
    let plain = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => character,
        _ => '-',
    };
    let parts = [Some(name), namespace, Some(object)].into_iter().flatten();
    let parts: Vec<String> = parts.map(|part| part.chars().map(plain).collect()).collect();
    format!("{}.crt", parts.join("_"))
}
