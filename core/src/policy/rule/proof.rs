//! What no policy switches off: possession of the private key, and a key that is not known to be weak.

use crate::policy::context::Possession;
use crate::policy::evaluate::Judgement;
use crate::signature::SignatureStatus;

pub(in crate::policy) fn judge_proof(judgement: &mut Judgement<'_>) {
    let (request, context) = (judgement.request, judgement.context);
    for diagnostic in request.public_key().check(context.blocklist()) {
        judgement.deny(diagnostic.within("subjectPublicKeyInfo"));
    }
    if context.possession == Possession::NotAsked {
        return;
    }
    match request.signature_status(context.crypto()) {
        // A key that is unfit has been named above.
        SignatureStatus::Valid | SignatureStatus::NotChecked(_) => {}
        SignatureStatus::Invalid(diagnostic) => judgement.deny(*diagnostic),
        SignatureStatus::Refused(diagnostic) => {
            if !judgement.reasons.iter().any(|reason| reason.code() == diagnostic.code()) {
                judgement.deny(*diagnostic);
            }
        }
    }
}
