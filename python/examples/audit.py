"""Audits the certificates of folders, bundles, Kubernetes Secrets and live endpoints.

    python audit.py [--policy policy.yaml] [--anchors roots.pem] [--warn 30d] [--format table|html|sarif|prometheus] \
        certs/ bundle.pem secrets.yaml https://api.example.com smtp.example.com:465

It looks for expiry, weak keys, what a policy would not allow, and chain faults. `kubectl get secrets -A -o yaml`
gives the dump of Secrets; their private keys are never read. The exit code is 1 if anything is an error.

Rows are printed as they are found: memory does not grow with the number of certificates.
"""

from __future__ import annotations

import argparse
import base64
import os
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from audit_report import FORMATS

import certgate

SUFFIXES = {".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"}
LEVEL = {"error": 3, "warning": 2, "notice": 1}


@dataclass
class Finding:
    """One thing that is wrong, in the words of the engine or of this script."""

    code: str
    severity: str
    message: str


@dataclass
class Row:
    """One certificate and what was found."""

    source: str
    certificate: certgate.Certificate | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """A name for people: the first subject alternative name, else the subject."""
        if self.certificate is None:
            return "-"
        names = self.certificate.subject_alt_names
        return names[0]["value"] if names else self.certificate.subject["text"]

    @property
    def worst(self) -> str:
        return max((one.severity for one in self.findings), key=LEVEL.__getitem__, default="ok")


@dataclass
class Rules:
    """What is looked for."""

    now: datetime
    warn: timedelta = timedelta(days=30)
    policy: certgate.Policy | None = None
    verifier: certgate.Verifier | None = None


def audit(sources: Iterable[tuple[str, bytes]], rules: Rules) -> Iterator[Row]:
    """A row for each certificate of each input; a row without a certificate for what cannot be read."""
    for source, content in sources:
        try:
            bundle = certgate.parse_bundle(content)
        except certgate.ParseError as error:
            yield Row(source, None, [Finding(error.code, "error", str(error))])
            continue
        for finding in bundle.findings:
            if finding.code != "input/private-key":
                yield Row(source, None, [Finding(finding.code, "error", finding.message)])
        certificates = bundle.certificates
        for index, certificate in enumerate(certificates):
            row = Row(source, certificate, lifetime(certificate, rules))
            row.findings += found(certificate.findings)  # what is damaged, and weak keys
            if index == 0 and not certificate.ca:
                row.findings += chain(certificates, rules)
                row.findings += policy(certificate, rules)
            yield row


def found(diagnostics: Iterable[certgate.Diagnostic], severity: str | None = None) -> list[Finding]:
    return [Finding(one.code, severity or one.severity, one.message) for one in diagnostics]


def lifetime(certificate: certgate.Certificate, rules: Rules) -> list[Finding]:
    start, end = certificate.not_before, certificate.not_after
    if end < rules.now:
        return [Finding("audit/expired", "error", f"expired {end:%Y-%m-%d}")]
    if start > rules.now:
        return [Finding("audit/not-yet-valid", "warning", f"valid from {start:%Y-%m-%d}")]
    if end - rules.now < rules.warn:
        left = (end - rules.now).days
        return [Finding("audit/expires-soon", "warning", f"expires in {left} days")]
    return []


def chain(certificates: tuple[certgate.Certificate, ...], rules: Rules) -> list[Finding]:
    if rules.verifier is None:
        return []
    # Expiry is a finding of its own: the chain is judged at a time at which the leaf is valid.
    leaf = certificates[0]
    at = min(max(rules.now, leaf.not_before), leaf.not_after)
    answer = rules.verifier.diagnose_path(list(certificates), at=at, purpose="any")
    return found(answer.reasons, "error")


def policy(certificate: certgate.Certificate, rules: Rules) -> list[Finding]:
    """What the policy says of a request for the same as the certificate says; keys have been looked at."""
    if rules.policy is None:
        return []
    try:
        reasons = rules.policy.review(certificate, at=rules.now)
    except certgate.ParseError as error:
        return found(error.diagnostics)
    return [one for one in found(reasons, "error") if not one.code.startswith("key/")]


# Where certificates come from.


def gather(inputs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every input."""
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            yield from files(path)
        elif path.suffix.lower() in (".yaml", ".yml", ".json") and path.is_file():
            yield from secrets(path.read_text(encoding="utf-8"))
        elif path.is_file():
            yield str(path), path.read_bytes()
        else:
            yield given, endpoint(given)


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a folder and those below it, one folder at a time."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in SUFFIXES:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    yield path, file.read()


def secrets(text: str) -> Iterator[tuple[str, bytes]]:
    """The certificates of Secrets of Kubernetes: `tls.crt` and `ca.crt`. Keys are left where they are."""
    import yaml

    for document in yaml.safe_load_all(text):
        items = document.get("items", [document]) if isinstance(document, dict) else []
        for item in items:
            if not isinstance(item, dict) or item.get("kind") != "Secret":
                continue
            data = item.get("data") or {}
            meta = item.get("metadata") or {}
            for entry in ("tls.crt", "ca.crt"):
                if entry in data:
                    name = f"{meta.get('namespace', 'default')}/{meta.get('name', '?')}:{entry}"
                    yield name, base64.b64decode(data[entry])


def endpoint(given: str) -> bytes:
    """What a server presents. Nothing is trusted here: it is looked at."""
    host, _, port = given.removeprefix("https://").partition("/")[0].rpartition(":")
    if not host:
        host, port = port, "443"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    address = (host.strip("[]"), int(port))
    with socket.create_connection(address, timeout=10) as raw, context.wrap_socket(raw, server_hostname=host) as tls:
        chain_of: Callable[[], list[bytes]] | None = getattr(tls, "get_unverified_chain", None)  # since Python 3.13
        if chain_of is not None:
            return "".join(map(ssl.DER_cert_to_PEM_cert, chain_of())).encode()
        leaf = tls.getpeercert(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(leaf).encode() if leaf else b""


def days(text: str) -> timedelta:
    return timedelta(days=int(text.removesuffix("d")))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Audits certificates.")
    parser.add_argument("inputs", nargs="+", help="folders, bundles, dumps of Secrets, endpoints")
    parser.add_argument("--policy", type=Path)
    parser.add_argument("--anchors", type=Path, help="trust anchors; without them chains are not judged")
    parser.add_argument("--warn", type=days, default=timedelta(days=30), help="days before the end, such as 30d")
    parser.add_argument("--format", choices=sorted(FORMATS), default="table")
    given = parser.parse_args(arguments)
    rules = Rules(
        now=datetime.now(timezone.utc).replace(microsecond=0),
        warn=given.warn,
        policy=certgate.load_policy(given.policy) if given.policy else None,
        verifier=certgate.Verifier(given.anchors, profile="private") if given.anchors else None,
    )
    worst = 0

    def rows() -> Iterator[Row]:
        nonlocal worst
        for row in audit(gather(given.inputs), rules):
            worst = max(worst, LEVEL.get(row.worst, 0))
            yield row

    try:
        for line in FORMATS[given.format](rows(), rules):
            print(line)
    except OSError as error:
        print(error, file=sys.stderr)
        return 3
    return 1 if worst == LEVEL["error"] else 0


if __name__ == "__main__":
    sys.exit(main())
