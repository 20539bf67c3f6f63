"""Many requests or certificates at once: an iterable in, answers out in the same order, on a pool of threads.

The interpreter's lock is released around work, so threads use every core. Memory stays flat: no more than a few batches
are held at a time, and the iterable may be endless.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from operator import index
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from certgate._certgate import Decision, PathDiagnosis, Policy, Request, Verifier
from certgate.errors import CertgateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certgate.types import Certificates, Context, Input, Time

__all__ = ["check_many", "verify_many"]

# Large enough that handing over costs little beside the work, small enough that progress is seen.
_BATCH = 64

T = TypeVar("T")
R = TypeVar("R")


def check_many(
    policy: Policy,
    requests: Iterable[Request | Input],
    context: Context | None = None,
    *,
    at: Time | None = None,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Decision | CertgateError | OSError]:
    """Judges many requests by one policy and context: a `Decision` for each, in order.

    A request that cannot be read is a value too: the exception that `Policy.evaluate` would raise, or the `OSError`
    of its file. `threads` is the number of cores unless it is given. `progress` is called, on the thread that
    iterates, with the number of answers so far.

    >>> import certgate
    >>> policy = certgate.load_policy(certgate.ready_made_policies()["private-web"])
    >>> key = certgate.generate_key("Ed25519")
    >>> names = ["api.team.example.com", "db.internal"]
    >>> requests = [certgate.new_request(key, names=name) for name in names]
    >>> [bool(decision) for decision in certgate.check_many(policy, requests)]
    [True, False]
    """

    def check(request: Request | Input) -> Decision | CertgateError | OSError:
        try:
            return policy.evaluate(request, context, at=at)
        except (CertgateError, OSError) as error:
            return error

    return _each(check, requests, threads, progress)


def verify_many(
    verifier: Verifier,
    certificates: Iterable[Certificates],
    *,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
    **asked: Any,
) -> Iterator[PathDiagnosis | CertgateError | OSError]:
    """Verifies many certificates, each alone or with what its owner presents: a `PathDiagnosis` for each, in order.

    The keyword arguments besides `threads` and `progress` are those of `Verifier.diagnose_path`. A certificate that
    cannot be read is a value too, as in `check_many`: an exception, and never true.
    """

    def verify(presented: Certificates) -> PathDiagnosis | CertgateError | OSError:
        try:
            return verifier.diagnose_path(presented, **asked)
        except (CertgateError, OSError) as error:
            return error

    return _each(verify, certificates, threads, progress)


def _each(
    work: Callable[[T], R],
    items: Iterable[T],
    threads: int | None,
    progress: Callable[[int], object] | None,
) -> Iterator[R]:
    count = index(threads) if threads is not None else _cores()
    if count < 1:
        raise ValueError("there is at least one thread")
    return _run(work, iter(items), count, progress)


def _run(
    work: Callable[[T], R],
    items: Iterator[T],
    threads: int,
    progress: Callable[[int], object] | None,
) -> Iterator[R]:
    def batch(part: list[T]) -> list[R]:
        return [work(item) for item in part]

    done = 0
    waiting: deque[Future[list[R]]] = deque()
    with ThreadPoolExecutor(threads, "certgate") as pool:
        try:
            while True:
                while len(waiting) <= 2 * threads and (part := list(islice(items, _BATCH))):
                    waiting.append(pool.submit(batch, part))
                if not waiting:
                    return
                answers = waiting.popleft().result()
                yield from answers
                done += len(answers)
                if progress is not None:
                    progress(done)
        finally:
            # Somebody who stops early waits for what runs, and for nothing else.
            for future in waiting:
                future.cancel()


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
