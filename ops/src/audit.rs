//! The audit log: JSON lines, each with the digest of the line before, so that nobody changes, drops or reorders one
//! unnoticed. The inventory knows the last digest; so a log that was cut short is noticed too.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use certgate_bindings::certgate::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::durable::point;
use crate::inventory::{Head, Inventory, Release, State};

/// The file name of the log beside an inventory.
pub const FILE_NAME: &str = "audit.jsonl";

/// What the first entry names as the digest before it.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The log of an inventory: it stands beside it.
pub fn beside(inventory: &Path) -> PathBuf {
    let folder = crate::durable::folder_of(inventory);
    match inventory.file_name().and_then(|name| name.to_str()) {
        Some(crate::inventory::FILE_NAME) | None => folder.join(FILE_NAME),
        // Two inventories in one folder have two logs.
        Some(other) => folder.join(format!("{other}.{FILE_NAME}")),
    }
}

/// What happened, without number, time and chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What: `issued`, `revoked`, `released`, `listSigned`, `ocspSigned` or another word.
    pub event: String,
    /// The issuer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The serial number of the certificate in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// The subject of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The SHA-256 digest of the certificate or list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The policy that allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The digest of the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_digest: Option<String>,
    /// The SHA-256 digest of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_sha256: Option<String>,
    /// Why it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// How many certificates a list or a set of responses is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// 1, 2, 3 …
    pub sequence: i64,
    /// When, in RFC 3339.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub event: Event,
    /// The SHA-256 digest of the line before, without its line feed.
    pub previous: String,
}

impl Event {
    /// An event of that name.
    pub fn new(event: &str) -> Self {
        Self { event: event.to_owned(), ..Self::default() }
    }

    pub(crate) fn into_line(self, sequence: i64, at: Timestamp, previous: &str) -> Result<String, String> {
        let line = Line { sequence, at: at.to_string(), event: self, previous: previous.to_owned() };
        serde_json::to_string(&line).map_err(|error| error.to_string())
    }
}

/// The digest by which the next line names this one.
pub fn digest(line: &str) -> String {
    crate::hex::encode(&Sha256::digest(line.as_bytes()))
}

/// What the log lacks of what the inventory knows; an error if the log was changed.
pub(crate) fn missing(log: &mut File, head: &Head) -> Result<Vec<u8>, String> {
    let mut expected = Vec::new();
    for line in &head.pending {
        expected.extend_from_slice(line.as_bytes());
        expected.push(b'\n');
    }
    let read = |log: &mut File| -> io::Result<(u64, Vec<u8>)> {
        let length = log.metadata()?.len();
        let mut rest = Vec::new();
        if length > head.logged_bytes {
            log.seek(SeekFrom::Start(head.logged_bytes))?;
            log.read_to_end(&mut rest)?;
        }
        Ok((length, rest))
    };
    let (length, rest) = read(log).map_err(|error| error.to_string())?;
    if length < head.logged_bytes {
        return Err("the audit log is shorter than it was: `certgate audit verify` says more".to_owned());
    }
    let last = last_digest(log, head.logged_bytes).map_err(|error| error.to_string())?;
    let known = match head.pending.first() {
        None => Some(head.digest.clone()),
        Some(line) => serde_json::from_str(line).ok().map(|line: Line| line.previous),
    };
    if Some(last) != known {
        return Err("the last entry of the audit log is not the one that the inventory knows: \
                    `certgate audit verify` says more"
            .to_owned());
    }
    expected.strip_prefix(rest.as_slice()).map(<[u8]>::to_vec).ok_or_else(|| {
        "the audit log holds what the inventory does not know: `certgate audit verify` says more".to_owned()
    })
}

/// The digest of the line that ends at an offset.
fn last_digest(log: &mut File, end: u64) -> io::Result<String> {
    /// What is read at first: few lines are longer.
    const WINDOW: u64 = 4096;
    if end == 0 {
        return Ok(NOTHING.to_owned());
    }
    let mut window = WINDOW;
    loop {
        let start = end.saturating_sub(window);
        log.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        Read::by_ref(log).take(end.saturating_sub(start)).read_to_end(&mut bytes)?;
        let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let before = line.iter().rposition(|byte| *byte == b'\n');
        if before.is_some() || start == 0 {
            let line = line.get(before.map_or(0, |at| at.saturating_add(1))..).unwrap_or_default();
            return Ok(crate::hex::encode(&Sha256::digest(line)));
        }
        window = window.saturating_mul(2);
    }
}

/// Appends whole lines, with fail points.
pub(crate) fn append(log: &mut File, lines: &str, what: &str) -> io::Result<()> {
    let (head, tail) = lines.as_bytes().split_at(lines.len().div_euclid(2));
    log.write_all(head)?;
    point(what, "half-logged");
    log.write_all(tail)?;
    point(what, "logged");
    log.sync_all()?;
    point(what, "synced");
    Ok(())
}

/// Appends bytes and syncs.
pub(crate) fn write(log: &mut File, bytes: &[u8]) -> io::Result<()> {
    log.write_all(bytes)?;
    log.sync_all()
}

/// The holds that ended, as a log tells of them: for inventories that did not keep them.
pub(crate) fn releases(log: &Path) -> Vec<Release> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let read = |line: &str| {
        let line: Line =
            serde_json::from_str(line).ok().filter(|line: &Line| line.event.event == "released")?;
        let at = Timestamp::from_rfc3339(&line.at)?.as_unix();
        Some(Release { issuer: line.event.issuer?, serial: line.event.serial_number?, at })
    };
    text.lines().filter_map(read).collect()
}

/// What a check of the log found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many entries the log has.
    pub entries: i64,
    /// The digest of the last entry: note it down, and give it to a later check.
    pub head: String,
    /// How many entries a crash kept from the log; the next change writes them.
    pub pending: usize,
    /// What is wrong, in the order of the log.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The line, counted from 1; 0 for the log as a whole.
    pub line: i64,
    /// What is wrong.
    pub message: String,
}

/// What a log tells of revocations: by the issuer's name and the serial number why, and in which line.
type Revocations = BTreeMap<(String, String), (String, i64)>;

/// Goes on from one entry to the next.
fn replay(event: &Event, line: i64, revocations: &mut Revocations) {
    let (Some(issuer), Some(serial)) = (&event.issuer, &event.serial_number) else { return };
    let key = (issuer.clone(), serial.clone());
    match event.event.as_str() {
        "revoked" => {
            revocations.insert(key, (event.reason.clone().unwrap_or_default(), line));
        }
        "released" => {
            revocations.remove(&key);
        }
        _ => {}
    }
}

/// Checks the log of an inventory: its chain, its end, and that both tell of the same certificates and revocations. `noted` is a digest that
/// a former check gave, which must still be that of an entry.
///
/// # Errors
/// A log or an inventory that cannot be read.
pub fn verify(inventory: &Inventory, noted: Option<&str>) -> Result<Report, String> {
    let path = inventory.log_path();
    let bytes = std::fs::read(&path)
        .map_err(|error| format!("cannot read {}: {}", path.display(), crate::input::describe(&error)))?;
    let head = inventory.head()?;
    let mut report = Report { head: NOTHING.to_owned(), pending: head.pending.len(), ..Report::default() };
    let mut issued = BTreeMap::new();
    let mut revocations = Revocations::new();
    let mut digests = std::collections::BTreeSet::new();
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let torn = lines.pop().is_some_and(|rest| !rest.is_empty());
    for line in lines {
        report.entries = report.entries.saturating_add(1);
        let number = report.entries;
        let mut fault =
            |message: &str| report.faults.push(Fault { line: number, message: message.to_owned() });
        let parsed = std::str::from_utf8(line).ok().and_then(|text| serde_json::from_str::<Line>(text).ok());
        match parsed {
            None => fault("the line is no entry"),
            Some(entry) => {
                if entry.sequence != number {
                    fault(&format!("the entry {} stands where {number} should", entry.sequence));
                }
                if entry.previous != report.head {
                    fault("the line before was changed, or is another one");
                }
                replay(&entry.event, number, &mut revocations);
                if let (true, Some(sha256)) = (entry.event.event == "issued", entry.event.sha256) {
                    issued.insert(sha256, number);
                }
            }
        }
        report.head = crate::hex::encode(&Sha256::digest(line));
        digests.insert(report.head.clone());
    }
    let mut whole = |message: String| report.faults.push(Fault { line: 0, message });
    let pending = i64::try_from(head.pending.len()).unwrap_or(i64::MAX);
    let complete = head.sequence.saturating_sub(pending);
    if torn && pending == 0 {
        whole("the last line has no end".to_owned());
    }
    if report.entries < complete {
        whole(format!("the log has {} entries, and the inventory knows of {complete}", report.entries));
    } else if report.entries > head.sequence {
        whole(format!(
            "the log has {} entries, and the inventory knows of {}",
            report.entries, head.sequence
        ));
    } else if report.entries == head.sequence && report.head != head.digest {
        whole("the last entry is not the one that the inventory knows".to_owned());
    }
    if let Some(noted) = noted.filter(|noted| !digests.contains(&noted.to_ascii_lowercase())) {
        whole(format!("no entry has the digest {noted} that was noted"));
    }
    // Entries that wait tell of certificates that the log does not have yet.
    for line in &head.pending {
        let Ok(Line { event, .. }) = serde_json::from_str(line) else { continue };
        replay(&event, 0, &mut revocations);
        if let Some(sha256) = event.sha256 {
            issued.insert(sha256, 0);
        }
    }
    for entry in inventory.list()?.into_iter().filter(|entry| entry.state != State::Reserved) {
        if entry.sha256.as_ref().and_then(|sha256| issued.remove(sha256)).is_none() {
            whole(format!("no entry tells of the certificate {}", entry.serial_number));
        }
    }
    for (sha256, line) in issued.into_iter().filter(|(_, line)| *line > 0) {
        let message = format!("the inventory does not know the certificate with the digest {sha256}");
        report.faults.push(Fault { line, message });
    }
    for ((issuer, serial), reason) in inventory.all_revocations()? {
        let told = revocations.remove(&(issuer, serial.clone()));
        if told.as_ref().is_none_or(|(told, _)| *told != reason) {
            let message = format!("no entry tells of the revocation of {serial} ({reason})");
            report.faults.push(Fault { line: 0, message });
        }
    }
    for ((_, serial), (reason, line)) in revocations {
        let message = format!("the inventory does not know the revocation of {serial} ({reason})");
        report.faults.push(Fault { line, message });
    }
    Ok(report)
}
