"""Checks requests with certgate and with pyca/cryptography, in turns: `python python.py POOLS`."""

import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from turns import read

import certgate

SUFFIX = ".bench.example.com"
ROUNDS = 150
REQUESTS_PER_TURN = 20
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
POLICY = certgate.load_policy((Path(__file__).parent.parent / "policy.json").read_text())

# Title, file, and the goal: pyca's time to certgate's.
POOLS = [("P-256, 3 names", "p-256.pool", 1.4), ("RSA-2048, 20 names", "rsa-2048.pool", 1.15)]


def with_certgate(request: bytes) -> bool:
    return bool(POLICY.evaluate(request, at=AT))


def with_pyca(request: bytes) -> bool:
    csr = x509.load_der_x509_csr(request)
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return csr.is_signature_valid and all(name.endswith(SUFFIX) for name in names.get_values_for_type(x509.DNSName))


def run(contestants: list[Callable[[bytes], bool]], pool: list[bytes]) -> list[float]:
    turns: list[list[float]] = [[] for _ in contestants]
    following = 0
    for round_number in range(ROUNDS):
        for offset in range(len(contestants)):
            index = (round_number + offset) % len(contestants)
            requests = [pool[(following + n) % len(pool)] for n in range(REQUESTS_PER_TURN)]
            following += REQUESTS_PER_TURN
            work = contestants[index]
            start = time.perf_counter()
            good = all(work(request) for request in requests)
            turns[index].append((time.perf_counter() - start) * 1e6 / REQUESTS_PER_TURN)
            assert good, work.__name__
    # The fastest tenth: on a busy machine the other turns measure what else is running.
    return [sorted(times)[len(times) // 10] for times in turns]


def main() -> None:
    folder = Path(sys.argv[1])
    for title, file, goal in POOLS:
        pool = list(read(folder / file))
        ours, pyca = run([with_certgate, with_pyca], pool)
        print(f"{title}: a pool of {len(pool)}")
        print(f"  {'certgate':<30} {ours:8.1f} us")
        print(f"  {'pyca/cryptography':<30} {pyca:8.1f} us")
        print(f"  {'times as fast':<30} {pyca / ours:8.2f}    goal at least {goal}")


main()
