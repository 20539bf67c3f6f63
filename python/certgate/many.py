"""Many requests or certificates at once: an iterable in, answers out in the same order, on a pool of threads.

The interpreter's lock is released around work, so threads use every core. Memory stays flat: no more than a few batches
are held at a time, and the iterable may be endless. What cannot be read is an `Unread`, which is never true: who asks
for `if answer` accepts nothing that nobody has judged.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from operator import index
from time import monotonic
from typing import TYPE_CHECKING, Any, Callable, Generic, Literal, TypeVar

from certgate._certgate import Decision, PathDiagnosis, Policy, Request, Verifier
from certgate.errors import CertgateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from certgate.types import Certificates, Context, Input, Time

__all__ = ["Unread", "check_many", "verify_many"]

# Large enough that handing over costs little beside the work, small enough that progress is seen. The first batches are
# smaller, so that the first answer does not wait for so many.
_BATCH = 64

# How long a batch is filled, in seconds: who gets items slowly wants answers before there are as many.
_PATIENCE = 0.05

T = TypeVar("T")
R = TypeVar("R")


class Unread:
    """An input that cannot be read, in the place of its answer. It is false.

    It is no exception, so that it is not taken for one that is missing where an exception is asked whether it is true.
    """

    __slots__ = ("_error",)

    def __init__(self, error: CertgateError | OSError) -> None:
        if not isinstance(error, (CertgateError, OSError)):
            raise TypeError(f"what was unread has an error, not {type(error).__name__}")
        self._error = error

    @property
    def error(self) -> CertgateError | OSError:
        """The exception that reading it alone would raise: a `CertgateError`, or the `OSError` of its file."""
        return self._error

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return f"<Unread: {self._error!r}>"


def check_many(
    policy: Policy,
    requests: Iterable[Request | Input],
    context: Context | None = None,
    *,
    at: Time | None = None,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[Decision | Unread]:
    """Judges many requests by one policy and context: a `Decision` for each, in order.

    A request that cannot be read is a value too: an `Unread`, which is false, with the exception that `Policy.evaluate`
    would raise. `threads` is the number of cores unless it is given. `progress` is called, on the thread that iterates,
    with the number of answers so far. What the iterable itself raises comes after the answers for what it gave before.

    >>> import certgate
    >>> policy = certgate.load_policy(certgate.ready_made_policies()["private-web"])
    >>> key = certgate.generate_key("Ed25519")
    >>> names = ["api.team.example.com", "db.internal"]
    >>> requests = [certgate.new_request(key, names=name) for name in names]
    >>> [bool(decision) for decision in certgate.check_many(policy, [*requests, b"damaged"])]
    [True, False, False]
    """

    def check(request: Request | Input) -> Decision | Unread:
        try:
            return policy.evaluate(request, context, at=at)
        except (CertgateError, OSError) as error:
            return Unread(error)

    return each(check, requests, threads, progress)


def verify_many(
    verifier: Verifier,
    certificates: Iterable[Certificates],
    *,
    threads: int | None = None,
    progress: Callable[[int], object] | None = None,
    **asked: Any,
) -> Iterator[PathDiagnosis | Unread]:
    """Verifies many certificates, each alone or with what its owner presents: a `PathDiagnosis` for each, in order.

    The keyword arguments besides `threads` and `progress` are those of `Verifier.diagnose_path`. A certificate that
    cannot be read is an `Unread`, as in `check_many`: it is false.
    """

    def verify(presented: Certificates) -> PathDiagnosis | Unread:
        try:
            return verifier.diagnose_path(presented, **asked)
        except (CertgateError, OSError) as error:
            return Unread(error)

    return each(verify, certificates, threads, progress)


def each(
    work: Callable[[T], R],
    items: Iterable[T],
    threads: int | None,
    progress: Callable[[int], object] | None = None,
) -> Iterator[R]:
    """What `work` makes of each item, in order, on a pool of threads: the number of cores unless it is given."""
    if isinstance(items, (str, bytes, bytearray, memoryview, os.PathLike)):
        raise TypeError(f"many are an iterable of inputs, not one input: {type(items).__name__}")
    count = index(threads) if threads is not None else _cores()
    if count < 1:
        raise ValueError("there is at least one thread")
    return _run(work, _Supply(iter(items)), count, progress)


class _Supply(Generic[T]):
    """What an iterator gives, in batches. Its exception is kept until all before it is answered."""

    __slots__ = ("_items", "_size", "ended", "failure")

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._size = 1
        self.ended = False
        self.failure: Exception | None = None

    def batch(self) -> list[T]:
        """The next items: fewer at first, and fewer if they come slowly; none if there are none."""
        part: list[T] = []
        until = monotonic() + _PATIENCE
        try:
            while len(part) < self._size and (not part or monotonic() < until):
                part.append(next(self._items))
        except StopIteration:
            self.ended = True
        except Exception as error:
            self.ended, self.failure = True, error
        self._size = min(2 * self._size, _BATCH)
        return part


def _run(
    work: Callable[[T], R],
    items: _Supply[T],
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
                # What is finished goes out before more is asked for, which may be long in coming.
                while waiting and (items.ended or len(waiting) > 2 * threads or waiting[0].done()):
                    answers = waiting.popleft().result()
                    yield from answers
                    done += len(answers)
                    if progress is not None:
                        progress(done)
                if not items.ended and (part := items.batch()):
                    waiting.append(pool.submit(batch, part))
                elif not waiting:
                    break
        finally:
            # Somebody who stops early waits for what runs, and for nothing else.
            for future in waiting:
                future.cancel()
    if items.failure is not None:
        raise items.failure


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
