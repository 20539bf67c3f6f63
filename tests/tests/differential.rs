//! The same chains by `openssl verify` and by rustls-webpki: the vectors of verification and x509-limbo. Each class of differences (what one
//! of the two refuses, and the other accepts) has a written reason, and leaves the list when it is no more.

use std::collections::BTreeMap;
use std::path::Path;

use certgate::time::Timestamp;
use certgate_tests::certificate::AT;
use certgate_tests::command::other;
use certgate_tests::limbo::{Case, Limbo};
use certgate_tests::paths::{self, PathVector, bundle_pem};
use certgate_tests::webpki::{Chain, Verdict};
use certgate_tests::{exceptions, shared};

/// What openssl is asked.
struct Question {
    anchors: String,
    pool: String,
    leaf: String,
    lists: String,
    options: Vec<String>,
}

impl Question {
    /// `Ok` if openssl accepts, else its first error.
    fn ask(&self, folder: &Path) -> Result<(), String> {
        let mut arguments: Vec<&str> =
            vec!["verify", "-no-CAfile", "-no-CApath", "-no-CAstore", "-partial_chain"];
        let files =
            [("anchors", &self.anchors), ("pool", &self.pool), ("leaf", &self.leaf), ("lists", &self.lists)];
        for (file, text) in files {
            std::fs::write(folder.join(file), text).expect("a file");
        }
        arguments.extend(["-trusted", "anchors"]);
        if !self.pool.is_empty() {
            arguments.extend(["-untrusted", "pool"]);
        }
        if !self.lists.is_empty() {
            arguments.extend(["-crl_check_all", "-extended_crl", "-use_deltas", "-CRLfile", "lists"]);
        }
        arguments.extend(self.options.iter().map(String::as_str));
        arguments.push("leaf");
        let said = other("openssl", folder, &arguments).expect("openssl is there");
        if said.exit == 0 {
            return Ok(());
        }
        let of_path = said.stderr.lines().find_map(|line| line.split_once("lookup: "));
        Err(of_path.map_or("cannot be read", |(_, why)| why.trim()).to_owned())
    }
}

fn at(text: &str) -> [String; 2] {
    let at = Timestamp::from_rfc3339(text).expect("a time").as_unix();
    ["-attime".to_owned(), at.to_string()]
}

fn name_option(kind: &str, name: &str) -> [String; 2] {
    let option = match kind {
        "IP" => "-verify_ip",
        "RFC822" => "-verify_email",
        _ => "-verify_hostname",
    };
    [option.to_owned(), name.to_owned()]
}

/// `None` for what openssl has no option for: the profile webpki, OCSP, policies.
fn of_vector(vector: &PathVector) -> Option<Question> {
    let profile = vector.options["profile"].as_str().unwrap_or("rfc5280");
    let asked = vector.ask.as_object()?;
    if profile == "webpki" || !vector.responses.is_empty() || asked.keys().any(|field| field != "names") {
        return None;
    }
    let mut options = at(AT).to_vec();
    options.extend(["-purpose".to_owned(), "sslserver".to_owned()]);
    if profile == "rfc5280" {
        options.push("-x509_strict".to_owned());
    }
    let names = vector.ask["names"].as_array()?;
    if names.len() > 1 {
        return None;
    }
    options.extend(names.iter().flat_map(|name| name_option("DNS", name.as_str().unwrap_or_default())));
    Some(Question {
        anchors: bundle_pem("CERTIFICATE", &vector.anchors),
        pool: bundle_pem("CERTIFICATE", &[&vector.presented[..], &vector.pool].concat()),
        leaf: bundle_pem("CERTIFICATE", std::slice::from_ref(&vector.leaf)),
        lists: bundle_pem("X509 CRL", &vector.lists),
        options,
    })
}

/// The differences by class, each with the ids that show it.
#[derive(Default)]
struct Differences {
    classes: BTreeMap<String, String>,
    shown_by: BTreeMap<String, Vec<String>>,
    chains: usize,
    same: usize,
}

impl Differences {
    /// `ours` is the code with which certgate refuses.
    fn add(&mut self, peer: &str, id: &str, ours: Result<(), String>, theirs: Result<(), String>) {
        self.chains += 1;
        let (class, what) = match (ours, theirs) {
            (Ok(()), Ok(())) | (Err(_), Err(_)) => {
                self.same += 1;
                return;
            }
            (Err(code), Ok(())) => (code, format!("{peer} accepts")),
            (Ok(()), Err(why)) => (why, format!("{peer} refuses")),
        };
        self.shown_by.entry(class.clone()).or_default().push(id.to_owned());
        self.classes.insert(class, what);
    }

    fn hold(&self, file: &str) {
        let differences = exceptions::differences(file, &self.classes);
        let ids = |line: &String| {
            let ids = self.shown_by.iter().find(|(class, _)| line.starts_with(class.as_str()));
            ids.map(|(_, ids)| ids[..ids.len().min(4)].join(", ")).unwrap_or_default()
        };
        let shown: Vec<String> = differences.iter().map(|line| format!("{line}  [{}]", ids(line))).collect();
        assert!(differences.is_empty(), "{file}:\n{}", shown.join("\n"));
        println!(
            "{file}: {} cases, {} alike, {} classes of differences",
            self.chains,
            self.same,
            self.classes.len()
        );
    }
}

/// The code with which certgate refuses a case.
fn of_case(case: &Case, now: Timestamp) -> Result<(), String> {
    case.refusal(now).map_or(Ok(()), |why| {
        let code = why.split(": ").find(|word| word.contains('/') && !word.contains(' '));
        Err(code.unwrap_or("no peer name").to_owned())
    })
}

fn openssl() -> Option<tempfile::TempDir> {
    let folder = tempfile::tempdir().expect("a folder");
    if other("openssl", folder.path(), &["version"]).is_none() {
        eprintln!("absent, so not tested: openssl");
        return None;
    }
    Some(folder)
}

#[test]
fn openssl_says_the_same_of_the_vectors() {
    let Some(folder) = openssl() else { return };
    let mut differences = Differences::default();
    for vector in paths::all() {
        let Some(question) = of_vector(&vector) else { continue };
        let ours = vector.verify().expect("a verdict");
        let ours = ours.map(|_| ()).map_err(|error| error.code().as_str().to_owned());
        differences.add("openssl", &vector.id, ours, question.ask(folder.path()));
    }
    differences.hold("openssl-paths.txt");
}

#[test]
fn openssl_says_the_same_of_limbo() {
    let (Some(folder), Some(file)) = (openssl(), shared("limbo-dev.json.gz")) else { return };
    let limbo = Limbo::read(&file).expect("the cases");
    let now = certgate_ops::now().expect("a clock");
    let mut differences = Differences::default();
    for case in &limbo.testcases {
        // Rules that no option of openssl asks for, or parameters that it has in another sense.
        let is_comparable = !case.id.starts_with("webpki::")
            && case.key_usage.is_empty()
            && case.max_chain_depth.is_none()
            && case.expected_peer_names.is_empty();
        if !is_comparable {
            continue;
        }
        let mut options = case.validation_time.as_deref().map(|text| at(text).to_vec()).unwrap_or_default();
        let purpose = if case.validation_kind == "SERVER" { "sslserver" } else { "sslclient" };
        options.extend(["-purpose", purpose, "-x509_strict"].map(str::to_owned));
        if let Some(name) = &case.expected_peer_name {
            options.extend(name_option(&name.kind, &name.value));
        }
        let question = Question {
            anchors: case.trusted_certs.concat(),
            pool: case.untrusted_intermediates.concat(),
            leaf: case.peer_certificate.clone(),
            lists: case.crls.concat(),
            options,
        };
        differences.add("openssl", &case.id, of_case(case, now), question.ask(folder.path()));
    }
    differences.hold("openssl-limbo.txt");
}

#[test]
fn webpki_says_the_same_of_the_vectors() {
    let mut differences = Differences::default();
    for vector in paths::all() {
        let Some(chain) = chain_of(&vector) else { continue };
        let Some(theirs) = said(chain.verify()) else { continue };
        let ours = vector.verify().expect("a verdict");
        let ours = ours.map(|_| ()).map_err(|error| error.code().as_str().to_owned());
        differences.add("webpki", &vector.id, ours, theirs);
    }
    differences.hold("webpki-paths.txt");
}

/// `None` for what webpki has no parameter for: OCSP, policies, usages, depth.
fn chain_of(vector: &PathVector) -> Option<Chain> {
    let asked = vector.ask.as_object()?;
    if !vector.responses.is_empty() || asked.keys().any(|field| field != "names") {
        return None;
    }
    let names = vector.ask["names"].as_array()?;
    Some(Chain {
        anchors: vector.anchors.clone(),
        pool: [&vector.presented[..], &vector.pool].concat(),
        leaf: vector.leaf.clone(),
        lists: vector.lists.clone(),
        at: Timestamp::from_rfc3339(AT).expect("a time"),
        usage: webpki::KeyUsage::server_auth(),
        names: names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
    })
}

/// The kind of its error where it refuses; `None` where it was not asked.
fn said(verdict: Result<(), Verdict>) -> Option<Result<(), String>> {
    match verdict {
        Ok(()) => Some(Ok(())),
        Err(Verdict::Skip(_)) => None,
        Err(Verdict::Refuse(why)) => {
            let error = why.split_once(": ").map_or(why.as_str(), |(_, error)| error);
            let end = error.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(error.len());
            Some(Err(error[..end].to_owned()))
        }
    }
}

#[test]
fn webpki_says_the_same_of_limbo() {
    let Some(file) = shared("limbo-dev.json.gz") else { return };
    let limbo = Limbo::read(&file).expect("the cases");
    let now = certgate_ops::now().expect("a clock");
    let mut differences = Differences::default();
    for case in &limbo.testcases {
        let verdict = Chain::of_case(case, now).and_then(|chain| chain.verify());
        let Some(theirs) = said(verdict) else { continue };
        differences.add("webpki", &case.id, of_case(case, now), theirs);
    }
    differences.hold("webpki-limbo.txt");
}
