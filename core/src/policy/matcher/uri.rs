use super::dns::DnsMatcher;
use super::glob::Glob;
use super::template::{Template, each_once};
use super::text::{TextMatcher, check_stars};
use super::{Faults, Verdict};
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
    Glob(Glob),
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

    /// The first pattern that matches all that the URI says. A URI with a port or a query matches no pattern by parts: it
    /// says more than scheme, host and path.
    pub(in crate::policy) fn covers(&self, uri: &Uri, context: &Context) -> Verdict {
        let plain = uri.port().is_none() && !uri.as_str().contains('?');
        self.find(uri, context, |parts| plain && parts.covers(uri, context))
    }

    /// The first pattern that matches, for a deny list: a port or a query is no way around it, nor is leaving out the path
    /// `/` (RFC 3986 6.2.3), nor a host that is no DNS name or is left out, which some programs find in the path.
    pub(in crate::policy) fn meets(&self, uri: &Uri, context: &Context) -> Verdict {
        self.find(uri, context, |parts| parts.meets(uri, context))
    }

    fn find(&self, uri: &Uri, context: &Context, matches: impl Fn(&Parts) -> bool) -> Verdict {
        let text =
            self.text.iter().find(|(_, matcher)| matcher.find(uri.as_str(), context) != Verdict::NoMatch);
        let parts = self.parts.iter().find(|(_, parts)| matches(parts));
        let text = text.map(|(index, _)| *index);
        match [text, parts.map(|(index, _)| *index)].into_iter().flatten().min() {
            Some(index) => Verdict::Match(index),
            None => Verdict::NoMatch,
        }
    }

    /// The references of the patterns that the context has no value for.
    pub(in crate::policy) fn missing(&self, context: &Context) -> Vec<String> {
        let text = self.text.iter().flat_map(|(_, matcher)| matcher.missing(context));
        let parts = self.parts.iter().flat_map(|(_, parts)| {
            let path = match &parts.path {
                Some(PathPattern::Template(template)) => template.missing(context),
                _ => Vec::new(),
            };
            parts.host.as_ref().map(|host| host.missing(context)).unwrap_or_default().into_iter().chain(path)
        });
        each_once(text.chain(parts))
    }

    /// For a deny list: the references without which it cannot be said what it denies.
    pub(in crate::policy) fn undecided(&self, context: &Context) -> Vec<String> {
        let text = self.text.iter().flat_map(|(_, matcher)| matcher.undecided(context));
        let hosts = self.parts.iter().filter_map(|(_, parts)| parts.host.as_ref());
        let paths = self.parts.iter().filter_map(|(_, parts)| match &parts.path {
            Some(PathPattern::Template(template)) => Some(template),
            _ => None,
        });
        let hosts = hosts.flat_map(|host| host.undecided(context));
        let paths = paths.flat_map(|template| template.undecided(context, |_| true));
        each_once(text.chain(hosts).chain(paths))
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
                    PathPattern::Glob(glob)
                }
            }
        });
        Self { scheme: scheme.to_owned(), host, path }
    }

    fn covers(&self, uri: &Uri, context: &Context) -> bool {
        let host_fits = self.host.as_ref().is_none_or(|matcher| {
            host_name(uri).is_some_and(|host| matcher.covers(&host, context) != Verdict::NoMatch)
        });
        uri.scheme() == self.scheme && host_fits && self.has_path(uri.path(), context)
    }

    fn meets(&self, uri: &Uri, context: &Context) -> bool {
        if uri.scheme() != self.scheme {
            return false;
        }
        if self.host.is_some() && uri.host().is_none() {
            return true;
        }
        let host_fits = self.host.as_ref().is_none_or(|matcher| {
            host_name(uri).is_none_or(|host| matcher.meets(&host, context) != Verdict::NoMatch)
        });
        let has_path =
            self.has_path(uri.path(), context) || (uri.path().is_empty() && self.has_path("/", context));
        host_fits && has_path
    }

    fn has_path(&self, path: &str, context: &Context) -> bool {
        match &self.path {
            None => true,
            Some(PathPattern::Glob(glob)) => glob.matches(path),
            Some(PathPattern::Template(template)) => {
                template.expand(context).into_iter().any(|parts| path_glob(&parts).matches(path))
            }
        }
    }
}

fn host_name(uri: &Uri) -> Option<DnsName> {
    uri.host().and_then(|host| DnsName::parse(host).ok())
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
