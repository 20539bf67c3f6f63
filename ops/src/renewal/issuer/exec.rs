use std::sync::Arc;

use certgate_bindings::certgate::certificate::Certificate;

use super::{Order, chain};
use crate::renewal::{ExecPlan, Failure, child};

/// Asks a program: the request in PEM on its standard input, the chain in PEM on its standard output.
pub(super) fn issue(plan: &ExecPlan, order: &Order<'_>) -> Result<Vec<Arc<Certificate>>, Failure> {
    let job = child::Job {
        command: &plan.command,
        folder: &order.target.folder,
        variables: &[("CERTGATE_TARGET", &order.target.document.id)],
        input: order.pem.as_bytes(),
        timeout: plan.timeout.as_ref().map_or(child::PATIENCE, |timeout| child::seconds(timeout.0)),
    };
    chain(order, &child::run(&job)?)
}
