"""Audits the certificates of folders, bundles, Kubernetes Secrets and live endpoints.

    python audit.py [--policy policy.yaml] [--anchors roots.pem] [--warn 30d] [--format table|html|sarif|prometheus] \
        certs/ bundle.pem secrets.yaml https://api.example.com smtp.example.com:465

It looks for expiry, weak keys, what a policy would not allow, and chain faults. `kubectl get secrets -A -o yaml`
gives the dump of Secrets; their private keys are never read. The exit code is 1 if anything is an error.
"""

from __future__ import annotations

import argparse
import base64
import json
import socket
import ssl
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from typing import Any, Callable

import certgate

SUFFIXES = {".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"}
LEVEL = {"error": 2, "warning": 1, "notice": 0}


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
    # One throwaway key for each kind of key, to ask the policy for the same certificate again.
    keys: dict[str, certgate.PrivateKey] = field(default_factory=dict)


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
            row = Row(source, certificate)
            row.findings += lifetime(certificate, rules)
            row.findings += [Finding(one.code, one.severity, one.message) for one in certificate.findings]
            row.findings += weak_key(certificate, rules)
            if index == 0 and not certificate.ca:
                row.findings += chain(certificates, rules)
                row.findings += policy(certificate, rules)
            yield row


def weak_key(certificate: certgate.Certificate, rules: Rules) -> list[Finding]:
    """What lint has against the key: size, exponent, curve, known weaknesses."""
    (answer,) = certgate.lint(certificate.der, profile="private", at=rules.now)
    found = [one for one in answer["findings"] if one["code"].startswith("lint/key-") and one["severity"] == "error"]
    return [Finding(one["code"], "error", one["message"]) for one in found if "usage" not in one["code"]]


def lifetime(certificate: certgate.Certificate, rules: Rules) -> list[Finding]:
    if certificate.not_after < rules.now:
        return [Finding("audit/expired", "error", f"expired {certificate.not_after:%Y-%m-%d}")]
    if certificate.not_before > rules.now:
        return [Finding("audit/not-yet-valid", "warning", f"valid from {certificate.not_before:%Y-%m-%d}")]
    if certificate.not_after - rules.now < rules.warn:
        left = (certificate.not_after - rules.now).days
        return [Finding("audit/expires-soon", "warning", f"expires in {left} days")]
    return []


def chain(certificates: tuple[certgate.Certificate, ...], rules: Rules) -> list[Finding]:
    if rules.verifier is None:
        return []
    # Expiry is a finding of its own: the chain is judged at a time at which the leaf is valid.
    leaf = certificates[0]
    at = min(max(rules.now, leaf.not_before), leaf.not_after)
    answer = rules.verifier.diagnose_path(list(certificates), at=at, purpose="any")
    return [Finding(reason.code, "error", reason.message) for reason in answer.reasons]


def policy(certificate: certgate.Certificate, rules: Rules) -> list[Finding]:
    """What the policy says of a request for the same as the certificate says, for a key of the same kind."""
    if rules.policy is None:
        return []
    kind = certificate.public_key["name"]
    try:
        key = rules.keys.get(kind) or rules.keys.setdefault(kind, certgate.generate_key(kind))
    except certgate.ParseError:
        return [Finding("audit/key", "error", f"no policy allows a key {kind}")]
    request = certgate.request_like(certificate, key)
    life = certificate.not_after - certificate.not_before + timedelta(seconds=1)
    decision = rules.policy.evaluate(request, {"duration": life}, at=rules.now)
    return [Finding(reason.code, "error", reason.message) for reason in decision.reasons]


# Where certificates come from.


def gather(inputs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The name and the content of every input."""
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix.lower() in SUFFIXES and file.is_file():
                    yield str(file), file.read_bytes()
        elif path.suffix.lower() in (".yaml", ".yml", ".json") and path.is_file():
            yield from secrets(path.read_text(encoding="utf-8"))
        elif path.is_file():
            yield str(path), path.read_bytes()
        else:
            yield given, endpoint(given)


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
        presented = tls.get_unverified_chain() if hasattr(tls, "get_unverified_chain") else None
        if presented is not None:
            return "".join(ssl.DER_cert_to_PEM_cert(der) for der in presented).encode()
        leaf = tls.getpeercert(binary_form=True)
    return ssl.DER_cert_to_PEM_cert(leaf).encode() if leaf else b""


# What is printed.


def table(rows: list[Row], rules: Rules) -> str:
    lines = [f"{'state':<8} {'until':<10}  {'key':<9}  {'name':<32}  source"]
    for row in rows:
        certificate = row.certificate
        until = f"{certificate.not_after:%Y-%m-%d}" if certificate else "-"
        key = certificate.public_key["name"] if certificate else "-"
        lines.append(f"{row.worst:<8} {until:<10}  {key:<9}  {clean(row.name)[:32]:<32}  {clean(row.source)}")
        lines += [f"         {one.code}: {clean(one.message)}" for one in row.findings]
    return "\n".join(lines)


def clean(text: str) -> str:
    """Text of others without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def html(rows: list[Row], rules: Rules) -> str:
    """One page without scripts and without anything from elsewhere."""
    cells = []
    for row in rows:
        findings = "<br>".join(f"<code>{escape(one.code)}</code> {escape(one.message)}" for one in row.findings)
        until = f"{row.certificate.not_after:%Y-%m-%d}" if row.certificate else ""
        cells.append(
            f'<tr class="{row.worst}"><td>{row.worst}</td><td>{until}</td><td>{escape(row.name)}</td>'
            f"<td>{escape(row.source)}</td><td>{findings}</td></tr>"
        )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Certificates</title><style>'
        "body{font:15px/1.4 system-ui,sans-serif;margin:2em}table{border-collapse:collapse}"
        "td,th{padding:.3em .6em;text-align:left;vertical-align:top;border-bottom:1px solid #ccc}"
        ".error td:first-child{color:#b00020;font-weight:bold}.warning td:first-child{color:#8a5a00;font-weight:bold}"
        f"</style><h1>Certificates at {rules.now:%Y-%m-%d %H:%M} UTC</h1>{timeline(rows, rules)}"
        "<table><thead><tr><th>state<th>until<th>name<th>source<th>findings</thead><tbody>"
        f"{''.join(cells)}</tbody></table></html>\n"
    )


def timeline(rows: list[Row], rules: Rules) -> str:
    """The lifetimes as bars, those that end first on top, with a line for now."""
    shown = sorted(((row, row.certificate) for row in rows if row.certificate), key=lambda pair: pair[1].not_after)[:60]
    if not shown:
        return ""
    start = min(rules.now, min(certificate.not_before for _, certificate in shown))
    start = max(start, rules.now - timedelta(days=400))
    end = min(max(certificate.not_after for _, certificate in shown), rules.now + timedelta(days=800))
    span = max((end - start).total_seconds(), 1.0)

    def x(time: datetime) -> float:
        return round(200 + 700 * min(max((time - start).total_seconds() / span, 0.0), 1.0), 1)

    colours = {"error": "#b00020", "warning": "#e09000", "notice": "#3070b0", "ok": "#3a7d44"}
    height = 20 * len(shown) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="920" height="{height}" role="img" aria-label="Lifetimes">'
    ]
    for index, (row, certificate) in enumerate(shown):
        left, right = x(certificate.not_before), x(certificate.not_after)
        y = 20 * index
        parts.append(f'<text x="194" y="{y + 14}" text-anchor="end" font-size="12">{escape(row.name[:28])}</text>')
        parts.append(
            f'<rect x="{left}" y="{y + 4}" width="{max(right - left, 1):.1f}" height="12" fill="{colours[row.worst]}">'
            f"<title>{escape(row.name)}: {certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}</title>"
            "</rect>"
        )
    now = x(rules.now)
    parts.append(f'<line x1="{now}" x2="{now}" y1="0" y2="{height - 20}" stroke="#000" stroke-dasharray="4 3"/>')
    parts.append(f'<text x="{now}" y="{height - 4}" text-anchor="middle" font-size="12">now</text></svg>')
    return "".join(parts)


def sarif(rows: list[Row], rules: Rules) -> str:
    """SARIF 2.1.0, for code scanning."""
    results = []
    for row in rows:
        for one in row.findings:
            level = {"error": "error", "warning": "warning", "notice": "note"}[one.severity]
            location = {"physicalLocation": {"artifactLocation": {"uri": row.source}}}
            message = {"text": f"{row.name}: {one.message}"}
            results.append({"ruleId": one.code, "level": level, "message": message, "locations": [location]})
    codes = sorted({result["ruleId"] for result in results}, key=str)
    driver = {"name": "certgate-audit", "version": certgate.__version__, "rules": [{"id": code} for code in codes]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2)


def prometheus(rows: list[Row], rules: Rules) -> str:
    """The text format of Prometheus, for the node exporter's textfile collector."""

    def label(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    lines = [
        "# HELP x509_cert_not_after The last second of the certificate, in Unix time.",
        "# TYPE x509_cert_not_after gauge",
    ]
    for row in rows:
        if row.certificate:
            labels = (
                f'filepath="{label(row.source)}",subject_CN="{label(row.name)}",'
                f'serial_number="{row.certificate.serial_number}"'
            )
            lines.append(f"x509_cert_not_after{{{labels}}} {int(row.certificate.not_after.timestamp())}")
    lines += ["# HELP certgate_audit_findings Findings by code.", "# TYPE certgate_audit_findings gauge"]
    counts: dict[str, int] = {}
    for row in rows:
        for one in row.findings:
            counts[one.code] = counts.get(one.code, 0) + 1
    lines += [f'certgate_audit_findings{{code="{code}"}} {count}' for code, count in sorted(counts.items())]
    return "\n".join(lines) + "\n"


FORMATS: dict[str, Callable[[list[Row], Rules], str]] = {
    "table": table,
    "html": html,
    "sarif": sarif,
    "prometheus": prometheus,
}


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
    try:
        rows = list(audit(gather(given.inputs), rules))
    except OSError as error:
        print(error, file=sys.stderr)
        return 3
    output: Any = FORMATS[given.format](rows, rules)
    print(output, end="" if output.endswith("\n") else "\n")
    return 1 if any(row.worst == "error" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
