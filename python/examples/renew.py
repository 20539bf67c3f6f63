"""Renews what is due: certificates beside their keys, from a local CA, by a policy.

    python renew.py --policy policy.yaml --ca ca.pem --ca-key ca.key /etc/ssl/web [/etc/ssl/api …]

A folder holds `tls.crt` and `tls.key`. A certificate is renewed when it is missing or damaged, has expired, when two
thirds of its life are over, when it is not for the key beside it, or when the policy would not allow it any more.
The new request says what the certificate said. Key and certificate appear together: in a new folder, to which one
link is switched.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import certgate
from certgate.types import Signer


def leaf_of(path: Path) -> certgate.Certificate:
    """The first certificate of a file. One that cannot be read is an error, and the next is not taken for it."""
    bundle = certgate.parse_bundle(path)
    # A key may stand beside the chain.
    harmless = {"input/private-key", "input/other-content"}
    faults = [finding.message for finding in bundle.findings if finding.code not in harmless]
    if faults or not bundle.certificates:
        raise ValueError(", ".join(faults) or "there is no certificate")
    return bundle.certificates[0]


def due(folder: Path, policy: certgate.Policy, now: datetime) -> str | None:
    """Why what stands in a folder is renewed; `None` if it is not."""
    try:
        certificate = leaf_of(folder / "tls.crt")
        key = certgate.load_private_key(folder / "tls.key")
    except (OSError, ValueError, certgate.CertgateError) as error:
        return f"cannot be read: {error}"
    if not key.belongs_to(certificate):
        return "the key is not that of the certificate"
    if not certificate.not_before <= now <= certificate.not_after:
        return f"valid from {certificate.not_before} to {certificate.not_after}"
    life = certificate.not_after - certificate.not_before
    if now >= certificate.not_before + life * 2 / 3:
        return "two thirds of its life are over"
    request = certgate.request_like(certificate, key)
    decision = policy.evaluate(request, {"duration": life + timedelta(seconds=1)}, at=now)
    if not decision:
        return "the policy does not allow it any more: " + ", ".join(reason.code for reason in decision.reasons)
    return None


def renew(
    folder: Path, policy: certgate.Policy, issuer: certgate.Issuer, signer: Signer, now: datetime, names: list[str]
) -> certgate.IssuedCertificate:
    """Issues a certificate for a new key, and puts both in place."""
    try:
        old = leaf_of(folder / "tls.crt")
        key = certgate.generate_key(old.public_key["name"])
        request = certgate.request_like(old, key)
    except (OSError, ValueError, certgate.CertgateError):
        key = certgate.generate_key("P-256")
        request = certgate.new_request(key, names=names)
    issued = issuer.issue(policy.evaluate(request, at=now).approve(), signer, at=now)
    put(folder, {"tls.crt": issued.fullchain_pem, "tls.key": key.to_pem()})
    return issued


def put(folder: Path, files: dict[str, str]) -> None:
    """All files at once, as the kubelet does it: a new folder, then one link is switched.

    `tls.crt` and `tls.key` are links into `..data`, which is a link to the newest folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    version = folder / f"..{datetime.now(timezone.utc):%Y_%m_%d_%H_%M_%S.%f}"
    version.mkdir(mode=0o700)
    for name, text in files.items():
        descriptor = os.open(version / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    data = folder / "..data"
    before = data.resolve() if data.is_symlink() else None
    link = folder / "..data_new"
    link.unlink(missing_ok=True)
    link.symlink_to(version.name)
    os.replace(link, data)
    for name in files:
        target = folder / name
        if not target.is_symlink():
            link.symlink_to(f"..data/{name}")
            os.replace(link, target)
    if before is not None and before != version:
        for old in before.iterdir():
            old.unlink()
        before.rmdir()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Renews certificates that are due.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--policy", type=Path, required=True)
    parser.add_argument("--ca", type=Path, required=True)
    parser.add_argument("--ca-key", type=Path, required=True)
    parser.add_argument("--name", action="append", default=[], help="names for folders that have no certificate yet")
    parser.add_argument("--dry-run", action="store_true", help="only say what is due")
    given = parser.parse_args(arguments)
    now = datetime.now(timezone.utc).replace(microsecond=0)
    try:
        policy = certgate.load_policy(given.policy)
        issuer = certgate.Issuer(given.ca, beyond="truncate")
        signer = certgate.load_private_key(given.ca_key)
    except (certgate.CertgateError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    failed = False
    for folder in given.folders:
        reason = due(folder, policy, now)
        if reason is None or given.dry_run:
            print(f"{folder}: {reason or 'stands'}")
            continue
        try:
            issued = renew(folder, policy, issuer, signer, now, given.name)
        except certgate.CertgateError as error:
            print(f"{folder}: {reason}; not renewed: {error}", file=sys.stderr)
            failed = True
            continue
        print(f"{folder}: {reason}; renewed until {issued.certificate.not_after:%Y-%m-%d %H:%M}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
