use certgate::diagnostic::Code;

use crate::view::CodeView;

/// What a code means; `None` if there is no such code.
pub fn explain(code: &str) -> Option<CodeView> {
    Code::find(code).map(CodeView::new)
}

/// All codes, sorted.
pub fn explain_all() -> Vec<CodeView> {
    Code::all().map(CodeView::new).collect()
}
