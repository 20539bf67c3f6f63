"""`limbo.py FILE`: puts the cases of a file in the form of x509-limbo to pyca/cryptography.

Prints one line a case: the id, a tab, and `accept`, `refuse: …` or `skip: …`.
"""

import contextlib
import datetime
import gzip
import ipaddress
import json
import pathlib
import sys

from cryptography import x509
from cryptography.x509 import verification


class Skip(Exception):
    pass


def pool(texts):
    found = []
    for text in texts:
        with contextlib.suppress(ValueError):
            found.append(x509.load_pem_x509_certificate(text.encode()))
    return found


def verify(case):
    if case["crls"]:
        raise Skip("revocation lists")
    if case["key_usage"]:
        raise Skip("key usages")
    server = case["validation_kind"] == "SERVER"
    if case["extended_key_usage"] not in ([], ["serverAuth" if server else "clientAuth"]):
        raise Skip("purposes")
    leaf = x509.load_pem_x509_certificate(case["peer_certificate"].encode())
    builder = verification.PolicyBuilder().store(verification.Store(pool(case["trusted_certs"])))
    if case["validation_time"]:
        time = datetime.datetime.fromisoformat(case["validation_time"].replace("Z", "+00:00"))
        builder = builder.time(time.replace(tzinfo=None))
    if case["max_chain_depth"] is not None:
        builder = builder.max_chain_depth(case["max_chain_depth"])
    intermediates = pool(case["untrusted_intermediates"])
    if not server:
        return builder.build_client_verifier().verify(leaf, intermediates)
    name = case["expected_peer_name"]
    if name is None:
        raise Skip("a server without a name")
    if name["kind"] == "DNS":
        subject = x509.DNSName(name["value"])
    elif name["kind"] == "IP":
        subject = x509.IPAddress(ipaddress.ip_address(name["value"]))
    else:
        raise Skip("a name of kind " + name["kind"])
    return builder.build_server_verifier(subject).verify(leaf, intermediates)


def main():
    data = pathlib.Path(sys.argv[1]).read_bytes()
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    for case in json.loads(data)["testcases"]:
        try:
            verify(case)
            verdict = "accept"
        except Skip as why:
            verdict = f"skip: {why}"
        except (verification.VerificationError, ValueError, x509.DuplicateExtension) as why:
            verdict = f"refuse: {why}"
        print(case["id"], verdict.replace("\n", " "), sep="\t")


main()
