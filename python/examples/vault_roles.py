"""Turns the roles of a Vault or OpenBao mount into policies, and says which issued certificates break them.

    python vault_roles.py --address https://vault:8200 --mount pki --output policies/     # token in VAULT_TOKEN
    python vault_roles.py --roles roles/ --certificates issued/ --output policies/        # from files, without a server

Each role becomes a policy in YAML with notes about what it cannot keep. A certificate breaks the mount's rules if no
role would allow it; the reasons are those of the role that comes closest.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import certgate


@dataclass
class Mount:
    """Roles by name, as the API prints them; certificates by serial number."""

    roles: dict[str, str] = field(default_factory=dict)
    certificates: dict[str, bytes] = field(default_factory=dict)


def from_server(address: str, mount: str, token: str) -> Mount:
    """Reads a mount by its API."""

    def call(path: str, method: str = "GET") -> Any:
        url = f"{address.rstrip('/')}/v1/{mount}/{path}"
        request = urllib.request.Request(url, method=method, headers={"X-Vault-Token": token})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def keys(path: str) -> Iterator[str]:
        try:
            yield from call(path, "LIST")["data"]["keys"]
        except urllib.error.HTTPError as error:
            if error.code != 404:  # Nothing to list is 404.
                raise

    found = Mount()
    for name in keys("roles"):
        found.roles[name] = json.dumps(call(f"roles/{name}"))
    for serial in keys("certs"):
        found.certificates[serial] = call(f"cert/{serial}")["data"]["certificate"].encode()
    return found


def from_files(roles: Path, certificates: Path | None) -> Mount:
    """Reads what `vault read -format=json` and `vault list` have written before."""
    found = Mount({file.stem: file.read_text(encoding="utf-8") for file in sorted(roles.glob("*.json"))})
    if certificates is not None:
        found.certificates = {file.stem: file.read_bytes() for file in sorted(certificates.glob("*.pem"))}
    return found


def import_roles(mount: Mount, kind: str) -> tuple[dict[str, certgate.Policy], list[str]]:
    """A policy for each role, and what cannot be kept or imported."""
    policies, notes = {}, []
    for name, role in mount.roles.items():
        try:
            policies[name], found = certgate.import_policy(kind, role, id=name)
        except certgate.PolicyError as error:
            notes += [f"{name}: not imported: {diagnostic}" for diagnostic in error.diagnostics]
            continue
        notes += [f"{name}: {note.message}" for note in found]
    return policies, notes


def broken(mount: Mount, policies: dict[str, certgate.Policy]) -> Iterator[tuple[str, str, list[str]]]:
    """The certificates that no policy allows: serial number, the closest role, and its reasons."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    keys: dict[str, certgate.PrivateKey] = {}
    for serial, content in mount.certificates.items():
        certificate = certgate.parse_certificate(content)
        if certificate.ca:
            continue
        kind = certificate.public_key["name"]
        try:
            key = keys.get(kind) or keys.setdefault(kind, certgate.generate_key(kind))
        except certgate.ParseError:
            yield serial, "-", [f"no role allows a key {kind}"]
            continue
        request = certgate.request_like(certificate, key)
        life = certificate.not_after - certificate.not_before + timedelta(seconds=1)
        decisions = {name: one.evaluate(request, {"duration": life}, at=now) for name, one in policies.items()}
        if not any(decisions.values()):
            name = min(decisions, key=lambda name: (len(decisions[name].reasons), name), default="-")
            reasons = [f"{one.code}: {one.message}" for one in decisions[name].reasons] if decisions else []
            yield serial, name, reasons


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Turns roles into policies, and certificates against them.")
    parser.add_argument("--address", help="URL of the server; the token is in VAULT_TOKEN")
    parser.add_argument("--mount", default="pki")
    parser.add_argument("--roles", type=Path, help="a folder of roles in JSON, instead of a server")
    parser.add_argument("--certificates", type=Path, help="a folder of certificates in PEM, instead of a server")
    parser.add_argument("--kind", choices=["vault-role", "openbao-role"], default="vault-role")
    parser.add_argument("--output", type=Path, required=True, help="a folder for the policies")
    given = parser.parse_args(arguments)
    if given.roles:
        mount = from_files(given.roles, given.certificates)
    elif given.address:
        mount = from_server(given.address, given.mount, os.environ["VAULT_TOKEN"])
    else:
        parser.error("give --address or --roles")
    policies, notes = import_roles(mount, given.kind)
    given.output.mkdir(parents=True, exist_ok=True)
    for name, policy in policies.items():
        (given.output / f"{Path(name).name}.yaml").write_text(policy.source, encoding="utf-8")
    for note in notes:
        print(f"note: {note}")
    count = 0
    for serial, name, reasons in broken(mount, policies):
        count += 1
        print(f"{serial}: allowed by no role; closest is {name}")
        for reason in reasons:
            print(f"    {reason}")
    print(f"{len(policies)} policies, {len(mount.certificates)} certificates, {count} that break the roles")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
