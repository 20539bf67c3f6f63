"""How an audit is printed: lines of a table, an HTML page, SARIF or Prometheus text, made while rows arrive."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import nsmallest
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Callable

import certgate

if TYPE_CHECKING:
    from audit import Row, Rules

# So many lifetimes are drawn: of those that end first.
BARS = 60
COLOURS = {"error": "#b00020", "warning": "#e09000", "notice": "#3070b0", "ok": "#3a7d44"}


def table(rows: Iterable[Row], rules: Rules) -> Iterator[str]:
    yield f"{'state':<8} {'until':<10}  {'key':<9}  {'name':<32}  source"
    for row in rows:
        certificate = row.certificate
        until = f"{certificate.not_after:%Y-%m-%d}" if certificate else "-"
        key = certificate.public_key["name"] if certificate else "-"
        yield f"{row.worst:<8} {until:<10}  {key:<9}  {clean(row.name)[:32]:<32}  {clean(row.source)}"
        for one in row.findings:
            yield f"         {one.code}: {clean(one.message)}"


def clean(text: str) -> str:
    """Text of others without what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def html(rows: Iterable[Row], rules: Rules) -> Iterator[str]:
    """One page without scripts and without anything from elsewhere. The timeline is made last, and shown first."""
    yield (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Certificates</title><style>'
        "body{font:15px/1.4 system-ui,sans-serif;margin:2em;display:flex;flex-direction:column;align-items:start}"
        "h1{order:-2}svg{order:-1}table{border-collapse:collapse}"
        "td,th{padding:.3em .6em;text-align:left;vertical-align:top;border-bottom:1px solid #ccc}"
        ".error td:first-child{color:#b00020;font-weight:bold}.warning td:first-child{color:#8a5a00;font-weight:bold}"
        f"</style><h1>Certificates at {rules.now:%Y-%m-%d %H:%M} UTC</h1>"
        "<table><thead><tr><th>state<th>until<th>name<th>source<th>findings</thead><tbody>"
    )
    first: list[Bar] = []
    remaining = iter(rows)
    while part := list(islice(remaining, 1_000)):
        bars = [Bar(row, row.certificate) for row in part if row.certificate]
        first = nsmallest(BARS, [*first, *bars], key=lambda bar: bar.end)
        for row in part:
            findings = "<br>".join(f"<code>{escape(one.code)}</code> {escape(one.message)}" for one in row.findings)
            until = f"{row.certificate.not_after:%Y-%m-%d}" if row.certificate else ""
            yield (
                f'<tr class="{row.worst}"><td>{row.worst}</td><td>{until}</td><td>{escape(row.name)}</td>'
                f"<td>{escape(row.source)}</td><td>{findings}</td></tr>"
            )
    yield f"</tbody></table>{timeline(first, rules)}</html>"


class Bar:
    """The lifetime of a certificate."""

    __slots__ = ("end", "name", "start", "state")

    def __init__(self, row: Row, certificate: certgate.Certificate) -> None:
        self.name, self.state = row.name, row.worst
        self.start, self.end = certificate.not_before, certificate.not_after


def timeline(bars: list[Bar], rules: Rules) -> str:
    """The lifetimes as bars, those that end first on top, with a line for now."""
    if not bars:
        return ""
    start = min(rules.now, min(bar.start for bar in bars))
    start = max(start, rules.now - timedelta(days=400))
    end = min(max(bar.end for bar in bars), rules.now + timedelta(days=800))
    span = max((end - start).total_seconds(), 1.0)

    def x(time: datetime) -> float:
        return round(200 + 700 * min(max((time - start).total_seconds() / span, 0.0), 1.0), 1)

    height = 20 * len(bars) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="920" height="{height}" role="img" aria-label="Lifetimes">'
    ]
    for index, bar in enumerate(bars):
        left, right, y = x(bar.start), x(bar.end), 20 * index
        parts.append(f'<text x="194" y="{y + 14}" text-anchor="end" font-size="12">{escape(bar.name[:28])}</text>')
        parts.append(
            f'<rect x="{left}" y="{y + 4}" width="{max(right - left, 1):.1f}" height="12" fill="{COLOURS[bar.state]}">'
            f"<title>{escape(bar.name)}: {bar.start:%Y-%m-%d} to {bar.end:%Y-%m-%d}</title></rect>"
        )
    now = x(rules.now)
    parts.append(f'<line x1="{now}" x2="{now}" y1="0" y2="{height - 20}" stroke="#000" stroke-dasharray="4 3"/>')
    parts.append(f'<text x="{now}" y="{height - 4}" text-anchor="middle" font-size="12">now</text></svg>')
    return "".join(parts)


def sarif(rows: Iterable[Row], rules: Rules) -> Iterator[str]:
    """SARIF 2.1.0, for code scanning."""
    codes = set()
    yield '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{"results": ['
    comma = ""
    for row in rows:
        location = {"physicalLocation": {"artifactLocation": {"uri": row.source}}}
        for one in row.findings:
            level = {"error": "error", "warning": "warning", "notice": "note"}[one.severity]
            message = {"text": f"{row.name}: {one.message}"}
            codes.add(one.code)
            yield comma + json.dumps({"ruleId": one.code, "level": level, "message": message, "locations": [location]})
            comma = ","
    rules_of_tool = [{"id": code} for code in sorted(codes)]
    driver = {"name": "certgate-audit", "version": certgate.__version__, "rules": rules_of_tool}
    yield f'], "tool": {json.dumps({"driver": driver})}}}]}}'


def prometheus(rows: Iterable[Row], rules: Rules) -> Iterator[str]:
    """The text format of Prometheus, for the node exporter's textfile collector."""

    def label(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    yield "# HELP x509_cert_not_after The last second of the certificate, in Unix time."
    yield "# TYPE x509_cert_not_after gauge"
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(one.code for one in row.findings)
        if row.certificate:
            labels = (
                f'filepath="{label(row.source)}",subject_CN="{label(row.name)}",'
                f'serial_number="{row.certificate.serial_number}"'
            )
            yield f"x509_cert_not_after{{{labels}}} {int(row.certificate.not_after.timestamp())}"
    yield "# HELP certgate_audit_findings Findings by code."
    yield "# TYPE certgate_audit_findings gauge"
    for code, count in sorted(counts.items()):
        yield f'certgate_audit_findings{{code="{code}"}} {count}'


FORMATS: dict[str, Callable[[Iterable[Row], Rules], Iterator[str]]] = {
    "table": table,
    "html": html,
    "sarif": sarif,
    "prometheus": prometheus,
}
