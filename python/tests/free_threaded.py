"""What a wheel must do on an interpreter without the lock: import it without bringing the lock back, and serve several
threads that share one policy, one verifier and one request: `python free_threaded.py`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from smoke import POLICY, REQUEST, check

import certgate

THREADS = 8
ROUNDS = 500


def together(work: Callable[[], object]) -> list[object]:
    """What so many threads answer that begin at the same moment."""
    start = threading.Barrier(THREADS)
    answers: list[object] = []

    def run() -> None:
        start.wait()
        answers.extend([work() for _ in range(ROUNDS)])

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def main() -> None:
    check(not sys._is_gil_enabled(), "the import leaves the lock off")
    policy = certgate.load_policy(POLICY)
    request = certgate.parse_request(REQUEST)
    at = "2027-01-01T00:00:00Z"

    expected = policy.evaluate(request, at=at).to_dict()
    judged = together(lambda: policy.evaluate(request, at=at).to_dict())
    check(judged == [expected] * (THREADS * ROUNDS), "every thread judges alike")

    # Views are made when they are first looked at: here by all threads at once.
    fresh = policy.evaluate(REQUEST, at=at)
    views = together(lambda: fresh.template)
    check(views == [expected["template"]] * (THREADS * ROUNDS), "every thread sees the same view")
    keys = together(lambda: request.public_key)
    check(keys == [request.public_key] * (THREADS * ROUNDS), "every thread sees the same request")

    # An approval is taken once, whoever comes first.
    approval = policy.evaluate(request).approve()
    authority = certgate.dev_ca()
    issuer = authority.issuer()
    issued: list[object] = []
    refused: list[certgate.CertgateError] = []
    start = threading.Barrier(THREADS)

    def issue() -> None:
        start.wait()
        try:
            issued.append(issuer.issue(approval, authority.key))
        except certgate.CertgateError as error:
            refused.append(error)

    threads = [threading.Thread(target=issue) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check((len(issued), len(refused)) == (1, THREADS - 1), f"one thread issues: {issued}, {refused}")
    check(not sys._is_gil_enabled(), "the lock stays off")
    print(f"certgate {certgate.__version__} on Python {sys.version.split()[0]} without the lock: works")


if __name__ == "__main__":
    main()
