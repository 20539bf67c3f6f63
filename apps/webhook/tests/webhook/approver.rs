//! The approver against an API server that holds objects of the published types, over real TLS.

#[path = "approver/decisions.rs"]
mod decisions;
#[path = "approver/doctor.rs"]
mod doctor;
#[path = "approver/faults.rs"]
mod faults;
#[path = "approver/harness.rs"]
mod harness;
#[path = "approver/replicas.rs"]
mod replicas;
#[path = "approver/store.rs"]
mod store;
#[path = "approver/stub.rs"]
mod stub;
