use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate as CoreCertificate;
use certgate_bindings::certgate::diagnostic::codes;
use certgate_bindings::certgate::issue::{IssueInputs, IssuedCertificate};
use certgate_bindings::{Error, issue};

use super::{Allowed, Made, Run, unreadable};
use crate::cli::load::LoadError;
use crate::cli::{Terminal, exit, issue as issue_one, many};
use crate::inventory::Recorded;
use crate::pki;
use crate::render::escape::escape;

/// A certificate, and its place in the inventory if there is one.
type Outcome = Result<(Arc<CoreCertificate>, Option<Recorded>), Error>;

impl Run<'_> {
    /// The certificate that an interrupted run recorded and did not write, to be handed out once.
    pub(super) fn left(&mut self, one: &Allowed) -> Result<Option<Recorded>, LoadError> {
        let Some(inventory) = &self.inventory else { return Ok(None) };
        let record = self.authority.record(&one.request, &one.decision);
        let policy = record.policy.map(|policy| policy.digest.as_ref());
        let found = inventory
            .all_undelivered(record.issuer, policy, record.request, record.public_key, self.at)
            .map_err(unreadable)?;
        Ok(found.into_iter().find(|recorded| self.handed_out.insert(recorded.id())))
    }

    pub(super) fn sign(
        &mut self,
        fresh: Vec<Allowed>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Vec<Made>, LoadError> {
        if fresh.is_empty() {
            return Ok(Vec::new());
        }
        let (arguments, authority, at) = (self.arguments, self.authority, self.at);
        let mut notes: Vec<String> = Vec::new();
        let mut sign = |inputs: &[IssueInputs]| -> Vec<Result<Arc<CoreCertificate>, Error>> {
            let pairs: Vec<(&Allowed, &IssueInputs)> = fresh.iter().zip(inputs).collect();
            let signed = many::map(&pairs, |(one, inputs)| -> Result<IssuedCertificate, Error> {
                let issuer = issue_one::with_points(&authority.issuer, arguments, inputs);
                issue::issue(&one.decision, &issuer, &*authority.key, inputs)
            });
            for (one, issued) in fresh.iter().zip(&signed) {
                let findings = issued.iter().flat_map(IssuedCertificate::findings);
                notes.extend(
                    findings
                        .map(|finding| format!("{}: {}: {finding}", escape(&one.name), finding.severity())),
                );
            }
            let certificates = signed.into_iter();
            certificates.map(|issued| issued.map(|issued| Arc::clone(issued.certificate()))).collect()
        };
        let outcomes: Vec<Outcome> = match &mut self.inventory {
            Some(inventory) => {
                let records: Vec<_> =
                    fresh.iter().map(|one| authority.record(&one.request, &one.decision)).collect();
                let issued = inventory.issue_all(&records, at, sign).map_err(unreadable)?;
                let issued = issued.into_iter();
                issued.map(|one| one.map(|one| (Arc::clone(one.certificate()), Some(one)))).collect()
            }
            None => {
                let inputs = fresh.iter().map(|_| pki::inputs(at)).collect::<Result<Vec<_>, _>>();
                let inputs = inputs.map_err(|message| LoadError::Message(message, exit::INTERNAL))?;
                sign(&inputs).into_iter().map(|one| one.map(|certificate| (certificate, None))).collect()
            }
        };
        self.progress.beside(|| notes.iter().for_each(|note| terminal.print_error(note)));
        let mut made = Vec::new();
        for (one, outcome) in fresh.into_iter().zip(outcomes) {
            match outcome {
                Ok((certificate, recorded)) => {
                    self.handed_out.extend(recorded.as_ref().map(Recorded::id));
                    made.push(Made {
                        name: one.name,
                        file: one.file,
                        request: one.request,
                        certificate,
                        recorded,
                    });
                }
                Err(error) => {
                    let is_key =
                        error.diagnostics().iter().any(|fault| fault.code == codes::KEY_SIGNING.as_str());
                    self.key_is_gone |= is_key;
                    let exit = self.progress.beside(|| {
                        terminal.print_error(&format!("{}: not issued", escape(&one.name)));
                        issue_one::refused(&error, terminal)
                    });
                    self.failed(exit);
                }
            }
        }
        Ok(made)
    }
}
