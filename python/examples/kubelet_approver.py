"""Approves or denies the serving requests of kubelets, by policy and by what the cluster knows of its nodes.

    python kubelet_approver.py [--policy policy.yaml] [--once]

A kubelet asks for a serving certificate by a CertificateSigningRequest of the signer
`kubernetes.io/kubelet-serving`. Its names and addresses must be those that the API server has for the node: they are
the facts of the policy, and nothing that the kubelet says of itself is believed. Denials say why, in the condition
that `kubectl describe csr` shows.

It lists page by page, then watches; when the watch is too old (410) it lists again, and when somebody else has
changed a request meanwhile (409) it looks at it anew.
"""

from __future__ import annotations

import argparse
import base64
import logging
import sys
from pathlib import Path
from typing import Any

from kubernetes import client, config, watch

import certgate
from certgate.types import Context

SIGNER = "kubernetes.io/kubelet-serving"
PAGE = 100
ApiException = client.ApiException
log = logging.getLogger("kubelet-approver")


class Approver:
    """Judges the requests of one cluster."""

    def __init__(self, api: client.ApiClient, policy: certgate.Policy) -> None:
        self.requests = client.CertificatesV1Api(api)
        self.nodes = client.CoreV1Api(api)
        self.policy = policy

    def facts(self, username: str) -> dict[str, Any]:
        """What the API server knows of the node that asks; nothing if there is no such node."""
        name = username.removeprefix("system:node:")
        if name == username:
            return {}
        try:
            node = self.nodes.read_node(name)
        except ApiException as error:
            if error.status == 404:
                return {}
            raise
        addresses: list[Any] = (node.status.addresses if node.status else None) or []
        names = [one.address for one in addresses if one.type in ("Hostname", "InternalDNS", "ExternalDNS")]
        ips = [one.address for one in addresses if one.type in ("InternalIP", "ExternalIP")]
        facts: dict[str, Any] = {"nodeNames": sorted({name, *names})}
        if ips:
            facts["nodeAddresses"] = sorted(set(ips))
        return facts

    def judge(self, request: Any) -> tuple[bool, str]:
        """Whether a request is approved, and why not."""
        spec = request.spec
        facts = self.facts(spec.username or "")
        if not facts:
            return False, f"there is no node for {spec.username or 'an unnamed requester'}"
        context: Context = {
            "requester": {"username": spec.username or "", "groups": spec.groups or []},
            "signerName": spec.signer_name,
            "usages": spec.usages or [],
            "facts": facts,
        }
        if spec.expiration_seconds:
            context["duration"] = f"{spec.expiration_seconds}s"
        try:
            decision = self.policy.evaluate(base64.b64decode(spec.request), context)
        except certgate.CertgateError as error:
            return False, str(error)
        if decision:
            return True, f"allowed by policy {self.policy.id} {self.policy.digest}"
        reasons = "; ".join(f"{reason.code}: {reason.message}" for reason in decision.reasons)
        return False, reasons or f"policy {self.policy.id} is not meant for this request"

    def settle(self, request: Any) -> bool | None:
        """Approves or denies a request that waits; `None` if it is not ours or somebody has settled it."""
        for _ in range(5):
            if request.spec.signer_name != SIGNER or is_settled(request):
                return None
            approved, message = self.judge(request)
            condition = client.V1CertificateSigningRequestCondition(
                type="Approved" if approved else "Denied",
                status="True",
                reason="PolicyAllowed" if approved else "PolicyDenied",
                message=message[:4000],
            )
            request.status = request.status or client.V1CertificateSigningRequestStatus()
            request.status.conditions = [*(request.status.conditions or []), condition]
            name = request.metadata.name
            try:
                self.requests.replace_certificate_signing_request_approval(name, request)
            except ApiException as error:
                if error.status == 404:
                    return None
                if error.status != 409:
                    raise
                # Somebody was faster: what is there now is judged, not what was there.
                log.info("%s has changed, looking again", name)
                try:
                    request = self.requests.read_certificate_signing_request(name)
                except ApiException as gone:
                    if gone.status == 404:
                        return None
                    raise
                continue
            log.info("%s: %s, %s", name, condition.type, message)
            return approved
        log.warning("%s keeps changing, left for later", request.metadata.name)
        return None

    def sweep(self) -> str:
        """Settles everything that waits, page by page; returns the version from which to watch."""
        token: str | None = None
        while True:
            page: Any = self.requests.list_certificate_signing_request(limit=PAGE, _continue=token)
            for request in page.items:
                self.settle(request)
            token = page.metadata._continue
            if not token:
                version: str = page.metadata.resource_version
                return version

    def follow(self, version: str, timeout: int) -> str:
        """Settles what comes, until the server ends the watch; returns where it ended."""
        events: Any = watch.Watch()  # type: ignore[no-untyped-call, unused-ignore]
        stream = events.stream(
            self.requests.list_certificate_signing_request, resource_version=version, timeout_seconds=timeout
        )
        for event in stream:
            if event["type"] in ("ADDED", "MODIFIED"):
                self.settle(event["object"])
            version = event["object"].metadata.resource_version
        return version

    def run(self, rounds: int | None = None, timeout: int = 300) -> None:
        """Lists once and watches from there; lists again when the version is too old."""
        version: str | None = None
        while rounds is None or rounds > 0:
            try:
                version = self.follow(version or self.sweep(), timeout)
            except ApiException as error:
                if error.status != 410:
                    raise
                log.info("the watch is too old, listing again")
                version = None
            rounds = None if rounds is None else rounds - 1


def is_settled(request: Any) -> bool:
    """Whether a request was approved, denied, or has failed."""
    conditions = (request.status.conditions if request.status else None) or []
    return any(condition.type in ("Approved", "Denied", "Failed") for condition in conditions)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Approves the serving requests of kubelets by policy.")
    parser.add_argument("--policy", type=Path, help="instead of the ready-made policy kubelet-serving")
    parser.add_argument("--once", action="store_true", help="settle what waits, and end")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        config.load_incluster_config()  # type: ignore[no-untyped-call, unused-ignore]
    except config.ConfigException:
        config.load_kube_config()  # type: ignore[no-untyped-call, unused-ignore]
    policy = certgate.load_policy(given.policy or certgate.ready_made_policies()["kubelet-serving"])
    approver = Approver(client.ApiClient(), policy)
    if given.once:
        approver.sweep()
    else:
        approver.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
