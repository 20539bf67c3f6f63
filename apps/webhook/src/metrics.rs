//! Metrics for Prometheus. No names, serial numbers or free texts of requests are in labels.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Bounds of the histogram in seconds.
const BUCKETS: [f64; 11] = [50e-6, 100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3];

/// All that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) decisions: Family<DecisionLabels, Counter>,
    pub(crate) findings: Family<FindingLabels, Counter>,
    pub(crate) duration: Histogram,
    pub(crate) parse_errors: Family<CodeLabels, Counter>,
    pub(crate) exhausted: Family<KindLabels, Counter>,
    pub(crate) policy_info: Family<PolicyLabels, Gauge>,
    pub(crate) policy_load_errors: Counter,
    pub(crate) serving_not_after: Gauge,
    pub(crate) serving_load_errors: Counter,
    pub(crate) panics: Counter,
    pub(crate) connections: Gauge,
    pub(crate) approvals: Family<ApprovalLabels, Counter>,
    pub(crate) api_faults: Family<FaultLabels, Counter>,
    pub(crate) watch_restarts: Family<ResourceLabels, Counter>,
    pub(crate) leader: Gauge,
}

/// One decision of one policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct DecisionLabels {
    pub(crate) policy: String,
    pub(crate) resource: &'static str,
    pub(crate) signer: &'static str,
    pub(crate) decision: &'static str,
    pub(crate) mode: &'static str,
    pub(crate) dry_run: &'static str,
}

/// One reason. The rule is its code: codes are a closed list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct FindingLabels {
    pub(crate) policy: String,
    pub(crate) rule: String,
    pub(crate) severity: String,
}

/// An input that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct CodeLabels {
    pub(crate) code: String,
}

/// A limit that was reached: `body`, `bodyTime`, `concurrency`, `connections`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct KindLabels {
    pub(crate) kind: &'static str,
}

/// What became of a request: `approved`, `denied`, `leftAlone`, `unreadable`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ApprovalLabels {
    pub(crate) resource: &'static str,
    pub(crate) outcome: &'static str,
}

/// Why a call to the API server gave nothing: `conflict`, `gone`, `notFound`, `forbidden`, `other`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct FaultLabels {
    pub(crate) kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ResourceLabels {
    pub(crate) resource: &'static str,
}

/// A policy that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct PolicyLabels {
    pub(crate) policy: String,
    pub(crate) hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("certgate"),
            decisions: Family::default(),
            findings: Family::default(),
            duration: Histogram::new(BUCKETS),
            parse_errors: Family::default(),
            exhausted: Family::default(),
            policy_info: Family::default(),
            policy_load_errors: Counter::default(),
            serving_not_after: Gauge::default(),
            serving_load_errors: Counter::default(),
            panics: Counter::<u64, AtomicU64>::default(),
            connections: Gauge::default(),
            approvals: Family::default(),
            api_faults: Family::default(),
            watch_restarts: Family::default(),
            leader: Gauge::default(),
        };
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        let registry = &mut metrics.registry;
        registry.register("decisions", "Decisions of policies", metrics.decisions.clone());
        registry.register("rule_findings", "Reasons and warnings of decisions", metrics.findings.clone());
        registry.register("decision_duration_seconds", "Time to answer one review", metrics.duration.clone());
        registry.register("parse_errors", "Inputs that could not be read", metrics.parse_errors.clone());
        registry.register("budget_exhausted", "Limits that were reached", metrics.exhausted.clone());
        registry.register("policy_info", "Policies in force", metrics.policy_info.clone());
        registry.register(
            "policy_load_errors",
            "Sets of policies that were not taken over",
            metrics.policy_load_errors.clone(),
        );
        registry.register(
            "serving_cert_not_after",
            "End of life of the serving certificate, in seconds since 1970",
            metrics.serving_not_after.clone(),
        );
        registry.register(
            "serving_cert_load_errors",
            "Serving certificates that were not taken over",
            metrics.serving_load_errors.clone(),
        );
        registry.register("panics", "Faults of certgate itself", metrics.panics.clone());
        registry.register("connections", "Open connections", metrics.connections.clone());
        registry.register("approvals", "Requests that the approver has looked at", metrics.approvals.clone());
        registry.register("api_faults", "Calls to the API server that failed", metrics.api_faults.clone());
        registry.register(
            "watch_restarts",
            "Watches that ended and were taken up again",
            metrics.watch_restarts.clone(),
        );
        registry.register("leader", "Whether this replica approves", metrics.leader.clone());
        registry.register("build_info", "Which certgate this is", build);
        metrics
    }

    /// The text that Prometheus reads.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }

    /// A limit was reached.
    pub(crate) fn exhaust(&self, kind: &'static str) {
        self.exhausted.get_or_create(&KindLabels { kind }).inc();
    }
}
