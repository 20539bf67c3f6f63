use super::dns::DnsMatcher;
use super::glob::Glob;
use super::in_context::Expanded;
use super::template::{Expansion, Template};
use super::text::{TextForm, TextMatcher, check_stars};
use super::{Faults, InContext, PatternList, Verdict};
use crate::diagnostic::{Diagnostic, Path, codes, quote};
use crate::name::{DnsName, Uri};
use crate::policy::context::Context;
use crate::policy::document::UriPattern;

/// A compiled list of patterns for URIs.
#[derive(Clone, Debug, Default)]
pub(in crate::policy) struct UriMatcher {
    text: Vec<(usize, TextMatcher)>,
    parts: Vec<(usize, Parts)>,
}

#[derive(Clone, Debug)]
struct Parts {
    scheme: String,
    host: Option<DnsMatcher>,
    path: Option<PathPattern>,
}

#[derive(Clone, Debug)]
enum PathPattern {
    /// One of these.
    Globs(Vec<Glob>),
    /// Nothing, until it is worked out.
    Template(Template),
}

impl UriMatcher {
    pub(in crate::policy) fn compile(patterns: &[UriPattern], at: &Path, faults: &mut Faults) -> Self {
        let mut matcher = Self::default();
        for (index, pattern) in patterns.iter().enumerate() {
            let at = at.join(index);
            match pattern {
                UriPattern::Text(pattern) => {
                    let mut inner = Faults::default();
                    let text =
                        TextMatcher::compile(std::slice::from_ref(pattern), &Path::default(), &mut inner);
                    faults.errors.extend(inner.errors.into_iter().map(|fault| fault.at(at.clone())));
                    matcher.text.push((index, text));
                }
                UriPattern::Parts { scheme, host, path } => {
                    let parts = Parts::compile(scheme, host.as_ref(), path.as_deref(), &at, faults);
                    matcher.parts.push((index, parts));
                }
            }
        }
        matcher
    }

    fn covers_fixed(&self, uri: &Uri) -> Verdict {
        let plain = uri.port().is_none() && !uri.as_str().contains('?');
        self.find(uri, |parts| plain && parts.covers(uri))
    }

    fn meets_fixed(&self, uri: &Uri) -> Verdict {
        self.find(uri, |parts| parts.meets(uri))
    }

    fn find(&self, uri: &Uri, matches: impl Fn(&Parts) -> bool) -> Verdict {
        let text = self.text.iter().find(|(_, matcher)| matcher.find_fixed(uri.as_str()) != Verdict::NoMatch);
        let parts = self.parts.iter().find(|(_, parts)| matches(parts));
        let text = text.map(|(index, _)| *index);
        match [text, parts.map(|(index, _)| *index)].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }
}

impl PatternList for UriMatcher {
    fn expand(&self, context: &Context) -> Expanded<Self> {
        let mut expanded: Expanded<Self> = Expanded::default();
        for (index, matcher) in self.text.iter().filter(|(_, matcher)| matcher.has_templates()) {
            let text = expanded.note_all(matcher.expand_as(context, is_uri));
            expanded.patterns.text.push((*index, text));
        }
        for (index, parts) in self.parts.iter().filter(|(_, parts)| parts.has_templates()) {
            let parts = expanded.note_all(parts.expand(context));
            expanded.patterns.parts.push((*index, parts));
        }
        expanded
    }
}

impl InContext<'_, UriMatcher> {
    /// The first pattern that matches all that the URI says. A URI with a port or a query matches no pattern by parts: it
    /// says more than scheme, host and path.
    pub(in crate::policy) fn covers(&self, uri: &Uri) -> Verdict {
        self.ask(|patterns| patterns.covers_fixed(uri))
    }

    /// The first pattern that matches, for a deny list: a port or a query is no way around it, nor is leaving out the path
    /// `/` (RFC 3986 6.2.3), nor a host that is no DNS name or is left out, which some programs find in the path.
    pub(in crate::policy) fn meets(&self, uri: &Uri) -> Verdict {
        self.ask(|patterns| patterns.meets_fixed(uri))
    }
}

impl Parts {
    fn compile(
        scheme: &str,
        host: Option<&crate::policy::document::DnsPattern>,
        path: Option<&str>,
        at: &Path,
        faults: &mut Faults,
    ) -> Self {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
        if !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || !scheme.bytes().all(fits) {
            let message = format!("{} is no URI scheme in lower case", quote(scheme));
            faults.error(Diagnostic::new(codes::DOCUMENT_PATTERN, message), &at.join("scheme"));
        }
        let host = host.map(|pattern| {
            let mut inner = Faults::default();
            let matcher = DnsMatcher::compile(std::slice::from_ref(pattern), &Path::default(), &mut inner);
            faults.errors.extend(inner.errors.into_iter().map(|fault| fault.at(at.join("host"))));
            matcher
        });
        let path = path.map(|path| {
            let at = at.join("path");
            if !path.starts_with('/') {
                let message = format!("the path {} does not begin with a slash", quote(path));
                faults.error(Diagnostic::new(codes::DOCUMENT_NEVER_MATCHES, message), &at);
            }
            match Template::parse(path, &at, faults) {
                Some(template) => PathPattern::Template(template),
                None => {
                    let glob = Glob::parse_path(path);
                    check_stars(&glob, &at, faults);
                    PathPattern::Globs(vec![glob])
                }
            }
        });
        Self { scheme: scheme.to_owned(), host, path }
    }

    fn covers(&self, uri: &Uri) -> bool {
        let host_fits = self.host.as_ref().is_none_or(|matcher| {
            host_name(uri).is_some_and(|host| matcher.covers_fixed(&host) != Verdict::NoMatch)
        });
        uri.scheme() == self.scheme && host_fits && self.has_path(uri.path())
    }

    fn meets(&self, uri: &Uri) -> bool {
        if uri.scheme() != self.scheme {
            return false;
        }
        if self.host.is_some() && uri.host().is_none() {
            return true;
        }
        let host_fits = self.host.as_ref().is_none_or(|matcher| {
            host_name(uri).is_none_or(|host| matcher.meets_fixed(&host) != Verdict::NoMatch)
        });
        let has_path = self.has_path(uri.path()) || (uri.path().is_empty() && self.has_path("/"));
        host_fits && has_path
    }

    fn has_path(&self, path: &str) -> bool {
        match &self.path {
            None => true,
            Some(PathPattern::Globs(globs)) => globs.iter().any(|glob| glob.matches(path)),
            Some(PathPattern::Template(_)) => false,
        }
    }

    fn has_templates(&self) -> bool {
        matches!(self.path, Some(PathPattern::Template(_)))
            || self.host.as_ref().is_some_and(DnsMatcher::has_templates)
    }

    /// The same with what its references stand for in the place of them.
    fn expand(&self, context: &Context) -> Expanded<Self> {
        let mut noted: Expanded<()> = Expanded::default();
        let host = self.host.as_ref().map(|host| {
            if host.has_templates() { noted.note_all(host.expand(context)) } else { host.clone() }
        });
        let path = match &self.path {
            Some(PathPattern::Template(template)) => {
                let expansions = template.expand(context);
                let fits = |path: &Expansion| {
                    let start = (true, format!("{}://x", self.scheme));
                    let whole: Expansion = std::iter::once(&start).chain(path).cloned().collect();
                    is_uri(&whole, TextForm { glob: true, ignore_case: false })
                };
                noted.note(template, context, &expansions, fits);
                Some(PathPattern::Globs(expansions.iter().map(|parts| path_glob(parts)).collect()))
            }
            other => other.clone(),
        };
        noted.with(Self { scheme: self.scheme.clone(), host, path })
    }
}

fn host_name(uri: &Uri) -> Option<DnsName> {
    uri.host().and_then(|host| DnsName::parse(host).ok())
}

/// Whether what a template stands for can be a URI, with stars of the policy filled in: a value that no URI has at its place, such
/// as a host in upper case, would match none.
fn is_uri(parts: &Expansion, form: TextForm) -> bool {
    // What a star may be before, in and behind the host.
    const BEFORE: [&str; 9] = ["", "x", "x:", "x://", "x://x", "x://x.", "x://x/x", "://", "://x."];
    const HOST: [&str; 4] = ["", "x", "x.", ".x"];
    const BEHIND: [&str; 4] = ["", "x", "/x", "x/"];
    BEFORE.iter().any(|before| {
        HOST.iter().any(|host| {
            BEHIND.iter().any(|behind| {
                let text = filled(parts, form, [before, host, behind]);
                Uri::parse(&text).is_ok()
            })
        })
    })
}

/// The text of an expansion, with these for the stars of the policy before, in and behind the host.
fn filled(parts: &Expansion, form: TextForm, [before, host, behind]: [&str; 3]) -> String {
    let mut out = String::new();
    for (literal, text) in parts {
        for c in text.chars() {
            if !(form.glob && *literal && c == '*') {
                out.push(if form.ignore_case { c.to_ascii_lowercase() } else { c });
                continue;
            }
            let filling = match out.split_once("://") {
                None => before,
                Some((_, rest)) if !rest.contains(['/', '?']) => host,
                Some(_) => behind,
            };
            out.push_str(filling);
        }
    }
    out
}

/// The glob of an expanded path: stars of the policy are wildcards, text of the context is literal.
fn path_glob(parts: &[(bool, String)]) -> Glob {
    let tokens = parts.iter().flat_map(|(literal, text)| {
        if *literal {
            Glob::parse_path(text).tokens().to_vec()
        } else {
            text.chars().map(super::glob::Token::Literal).collect()
        }
    });
    Glob::from_tokens(tokens.collect())
}
