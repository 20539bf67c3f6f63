//! Serial numbers: RFC 5280 4.1.2.2, TLS BR 7.1.

use super::super::finding::{Finding, when};
use super::super::subject::Subject;
use crate::certificate::{Certificate, SerialNumber};
use crate::diagnostic::path::steps;

fn serial<'a>(subject: &Subject<'a>) -> Option<&'a SerialNumber> {
    subject.certificate().map(Certificate::serial_number)
}

fn finding(serial: &SerialNumber, what: &str) -> Finding {
    Finding::new(steps!["serialNumber"], format!("the serial number {what}")).found(serial.to_string())
}

pub(super) fn not_positive(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(serial) = serial(subject) else { return Vec::new() };
    let what = if serial.is_negative() { "is negative" } else { "is zero" };
    when(serial.is_negative() || serial.is_zero(), || finding(serial, what))
}

pub(super) fn too_long(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(serial) = serial(subject) else { return Vec::new() };
    when(serial.as_octets().len() > SerialNumber::MAX_OCTETS, || {
        finding(serial, "has more than 20 octets").expected(SerialNumber::MAX_OCTETS)
    })
}

/// 64 bits of randomness do not fit fewer than 8 octets.
pub(super) fn short(subject: &Subject<'_>) -> Vec<Finding> {
    const FEWEST: usize = 8;
    let Some(serial) = serial(subject) else { return Vec::new() };
    when(serial.as_octets().len() < FEWEST && !serial.is_zero(), || {
        finding(serial, "is too short for 64 random bits").expected(FEWEST)
    })
}
