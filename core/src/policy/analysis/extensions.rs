//! Extensions that a request asks for and no other rule judges.

use super::Analysis;
use crate::diagnostic::path::steps;
use crate::policy::document::ExtensionRules;

impl Analysis<'_> {
    pub(super) fn compare_extensions(&mut self, new: &ExtensionRules, old: &ExtensionRules) {
        let ExtensionRules { ignore, copy } = new;
        let base = self.base.clone();
        for oid in copy.iter().filter(|oid| !old.copy.contains(oid)) {
            // What the old policy ignores it denies if it is critical, and does not issue.
            let sketches = base.iter().map(|base| base.with_extension(&oid.0, true)).collect();
            self.suspect(steps!["extensions"], sketches);
        }
        for oid in ignore.iter().filter(|oid| !old.copy.contains(oid) && !old.ignore.contains(oid)) {
            let sketches = base.iter().map(|base| base.with_extension(&oid.0, false)).collect();
            self.suspect(steps!["extensions"], sketches);
        }
    }
}
