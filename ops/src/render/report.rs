//! Diagnostics as text: the offending field and the policy's line beside each other.

use annotate_snippets::{AnnotationKind, Element, Level, Renderer, Snippet};
use certgate_bindings::SourceText;
use certgate_bindings::certgate::content;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::view::DiagnosticView;

use super::escape::escape;
use super::field_text::{FieldText, core_path};

/// A text that diagnostics point into.
pub(crate) struct Source<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    pub(crate) text: &'a FieldText,
}

/// A policy's text, for the rules that decided.
pub(crate) struct Rules<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    pub(crate) source: &'a SourceText,
}

/// A path such as `path[1].extensions.keyUsage`.
pub(crate) fn path(path: &[certgate_bindings::view::StepView]) -> String {
    core_path(path).to_string()
}

/// One diagnostic with the field of the request and the rule of the policy.
pub(crate) fn diagnostic(
    diagnostic: &DiagnosticView,
    request: Option<&Source<'_>>,
    rules: Option<&Rules<'_>>,
    renderer: &Renderer,
) -> String {
    let level = level(&diagnostic.severity);
    let title = level.primary_title(escape(&diagnostic.message)).id(diagnostic.code.clone());
    let mut elements: Vec<Element<'_>> = Vec::new();
    let place = request.and_then(|source| Some((source, source.text.locate(&diagnostic.path)?)));
    match place {
        Some((source, range)) => elements.push(
            Snippet::source(source.text.as_str())
                .path(source.name)
                .annotation(AnnotationKind::Primary.span(range))
                .into(),
        ),
        None if diagnostic.path.is_empty() => {}
        None => {
            elements.push(
                Level::NOTE.with_name("at").message(escape(&core_path(&diagnostic.path).to_string())).into(),
            );
        }
    }
    if let (Some(rule), Some(rules)) = (&diagnostic.rule, rules) {
        elements.extend(rule_snippet(rule, rules));
    }
    if let Some(citation) = &diagnostic.citation {
        elements.push(Level::NOTE.message(citation.clone()).into());
    }
    if let Some(help) = &diagnostic.help {
        elements.push(Level::HELP.message(escape(help)).into());
    }
    if elements.is_empty() {
        elements.push(Level::HELP.message(format!("see `certgate explain {}`", diagnostic.code)).into());
    }
    renderer.render(&[title.elements(elements)])
}

/// The line of the policy that decided. A rule that the document leaves out points at its nearest parent.
fn rule_snippet<'a>(rule: &[certgate_bindings::view::StepView], rules: &Rules<'a>) -> Option<Element<'a>> {
    let path = core_path(rule);
    let span = rules.source.locate(&path)?;
    let text = rules.source.as_str();
    let end =
        text.get(span.start..span.end)?.find('\n').map_or(span.end, |end| span.start.saturating_add(end));
    let label = format!("rule {path}");
    let annotation = AnnotationKind::Context.span(span.start..end.max(span.start)).label(label);
    Some(Snippet::source(text).path(rules.name).annotation(annotation).into())
}

/// A diagnostic of a document, at its line. Of a text with a private key nothing is shown but the place.
pub(crate) fn in_document(
    diagnostic: &DiagnosticView,
    name: &str,
    text: &str,
    renderer: &Renderer,
) -> String {
    let title =
        level(&diagnostic.severity).primary_title(escape(&diagnostic.message)).id(diagnostic.code.clone());
    let mut elements: Vec<Element<'_>> = Vec::new();
    if diagnostic.code == codes::INPUT_PRIVATE_KEY.as_str() || content::holds_private_key(text) {
        let (line, column) = diagnostic.position.map_or((1, 1), |position| (position.line, position.column));
        let place = format!("{}:{line}:{column}", escape(name));
        elements.push(Level::NOTE.with_name("in").message(place).into());
    } else if let Some(position) = diagnostic.position {
        let start = offset(text, position.line, position.column);
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(['\n', ' ', ',', '}', ']']).unwrap_or(rest.len()).max(1);
        let end = start.saturating_add(end).min(text.len());
        elements.push(
            Snippet::source(text)
                .path(name)
                .annotation(AnnotationKind::Primary.span(start..end.max(start)))
                .into(),
        );
    } else {
        elements.push(Level::NOTE.with_name("in").message(escape(name)).into());
    }
    if let Some(help) = &diagnostic.help {
        elements.push(Level::HELP.message(escape(help)).into());
    }
    renderer.render(&[title.elements(elements)])
}

fn offset(text: &str, line: u32, column: u32) -> usize {
    let number = |number: u32| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let start: usize =
        text.split_inclusive('\n').take(number(line)).map(str::len).fold(0, usize::saturating_add);
    let rest = text.get(start..).unwrap_or_default();
    let within = rest.char_indices().nth(number(column)).map_or(rest.len(), |(offset, _)| offset);
    start.saturating_add(within)
}

fn level(severity: &str) -> Level<'static> {
    match severity {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        _ => Level::NOTE.with_name("notice"),
    }
}
