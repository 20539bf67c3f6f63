"""Verifies chains of three with certgate, pyca/cryptography and pyOpenSSL, in turns: `python chains.py POOLS`."""

import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store
from OpenSSL import crypto
from turns import ITEMS_PER_TURN, Work, read, run

import certgate

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
GOAL = 2.5

POOLS = [
    ("P-256 all through", "chain-p-256.pool"),
    ("P-256 leaves under RSA-2048 CAs", "chain-rsa-2048.pool"),
]


def host(number: int) -> str:
    return f"host-{number}.bench.example.com"


def with_certgate(root: bytes, intermediate: bytes, leaves: list[bytes]) -> Work:
    verifier = certgate.Verifier(root, intermediate)
    return lambda number: len(verifier.verify(leaves[number], at=AT, names=host(number)).certificates) == 3


def with_pyca(root: bytes, intermediate: bytes, leaves: list[bytes]) -> Work:
    builder = PolicyBuilder().store(Store([x509.load_der_x509_certificate(root)])).time(AT)
    above = [x509.load_der_x509_certificate(intermediate)]

    def work(number: int) -> bool:
        verifier = builder.build_server_verifier(x509.DNSName(host(number)))
        return len(verifier.verify(x509.load_der_x509_certificate(leaves[number]), above)) == 3

    return work


def with_pyopenssl(root: bytes, intermediate: bytes, leaves: list[bytes]) -> Work:
    """The name is not looked at: pyOpenSSL has no call for that."""
    store = crypto.X509Store()
    store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, root))
    store.set_time(AT)
    above = [crypto.load_certificate(crypto.FILETYPE_ASN1, intermediate)]

    def work(number: int) -> bool:
        leaf = crypto.load_certificate(crypto.FILETYPE_ASN1, leaves[number])
        return len(crypto.X509StoreContext(store, leaf, above).get_verified_chain()) == 3

    return work


def main() -> None:
    folder = Path(sys.argv[1])
    for title, file in POOLS:
        root, intermediate, *leaves = read(folder / file)
        makers = [with_certgate, with_pyca, with_pyopenssl]
        # Each leaf once: one that the verifier remembers would cost it no signature.
        rounds = len(leaves) // ITEMS_PER_TURN
        ours, pyca, pyopenssl = run([make(root, intermediate, leaves) for make in makers], len(leaves), rounds)
        print(f"{title}: a pool of {len(leaves)} leaves")
        print(f"  {'certgate, warm':<30} {ours:8.1f} us")
        print(f"  {'pyca/cryptography':<30} {pyca:8.1f} us")
        print(f"  {'pyOpenSSL':<30} {pyopenssl:8.1f} us")
        print(f"  {'times as fast as pyca':<30} {pyca / ours:8.2f}    goal at least {GOAL}")
        print(f"  {'times as fast as pyOpenSSL':<30} {pyopenssl / ours:8.2f}    goal at least {GOAL}")


main()
