"""A kubeconfig for a user, groups and a lifetime, signed by the cluster's client CA.

    python kubeconfig.py --ca ca.crt --ca-key ca.key --server https://10.0.0.1:6443 --cluster-ca ca.crt \
        --user jane --group team-a --ttl 8h --output jane.kubeconfig

The private key is made here and goes nowhere but into the file, which only its owner can read. What is issued is
judged by a policy first: by the ready-made `kube-apiserver-client` unless another is given, so nobody becomes
`system:masters`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from pathlib import Path

import certgate
from certgate.types import Signer


def issue_kubeconfig(
    issuer: certgate.Issuer,
    signer: Signer,
    *,
    server: str,
    cluster_ca: str,
    user: str,
    groups: list[str],
    ttl: str,
    policy: certgate.Policy | None = None,
    cluster: str = "cluster",
) -> dict[str, object]:
    """The kubeconfig as plain data. Raises `IssuanceError`, with every reason, if the policy denies it."""
    key = certgate.generate_key("P-256")
    subject = [*(f"O={group}" for group in groups), f"CN={user}"]
    request = certgate.new_request(key, subject=subject, key_usage="digitalSignature", purposes="clientAuth")
    policy = policy or certgate.load_policy(certgate.ready_made_policies()["kube-apiserver-client"])
    decision = policy.evaluate(request, {"signerName": "kubernetes.io/kube-apiserver-client", "duration": ttl})
    issued = issuer.issue(decision.approve(), signer)

    def data(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    name = f"{user}@{cluster}"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": server, "certificate-authority-data": data(cluster_ca)}}],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": data(issued.fullchain_pem),
                    "client-key-data": data(key.to_pem()),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": cluster, "user": name}}],
        "current-context": name,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A kubeconfig for a user, groups and a lifetime.")
    parser.add_argument("--ca", type=Path, required=True, help="certificate of the client CA, then those above it")
    parser.add_argument("--ca-key", type=Path, required=True, help="its private key")
    parser.add_argument("--server", required=True, help="URL of the API server")
    parser.add_argument(
        "--cluster-ca", type=Path, required=True, help="certificates that the API server is verified by"
    )
    parser.add_argument("--user", required=True)
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--ttl", default="8h")
    parser.add_argument("--policy", type=Path, help="instead of the ready-made policy")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        config = issue_kubeconfig(
            certgate.Issuer(given.ca, beyond="truncate"),
            certgate.load_private_key(given.ca_key),
            server=given.server,
            cluster_ca=given.cluster_ca.read_text(encoding="ascii"),
            user=given.user,
            groups=given.group,
            ttl=given.ttl,
            policy=certgate.load_policy(given.policy) if given.policy else None,
        )
    except certgate.CertgateError as error:
        for diagnostic in error.diagnostics:
            print(diagnostic, file=sys.stderr)
            for reason in diagnostic.related:
                print(f"  {reason}", file=sys.stderr)
        return 1
    # JSON is YAML. The file is for its owner alone, and is never one that was there before.
    descriptor = os.open(given.output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
    print(f"{given.output}: {given.user}, groups {', '.join(given.group) or 'none'}, for {given.ttl}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
