"""Threads, processes and memory."""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

import certgate

AT = "2027-01-01T00:00:00Z"


def test_threads_share_a_policy(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    expected = {der: policy.evaluate(der, at=AT) for der in (good, bad)}
    request = certgate.parse_request(bad)

    def judge(index: int) -> bool:
        der = (good, bad)[index % 2]
        return policy.evaluate(der, at=AT) == expected[der] and request.to_dict() == expected[bad].to_dict()["request"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(judge, range(2_000)))


@pytest.fixture
def no_switching() -> Iterator[None]:
    """Threads take turns only where a call lets go of the interpreter's lock."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1_000)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("no_switching")
def test_the_lock_is_released_around_work(policy: certgate.Policy, good: bytes) -> None:
    turns: list[int] = []

    def work() -> None:
        name = threading.get_ident()
        for _ in range(500):
            policy.evaluate(good, at=AT)
            turns.append(name)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    changes = sum(one != other for one, other in zip(turns, turns[1:]))
    assert changes > 1, "one thread did all its work before the other"


def judge_in_process(arguments: tuple[certgate.Policy, bytes]) -> str:
    policy, der = arguments
    return policy.evaluate(der).outcome


def fail_in_process(der: bytes) -> None:
    certgate.inspect(der)


def test_policies_and_exceptions_cross_processes(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        jobs = [(policy, good), (policy, bad)]
        assert list(pool.map(judge_in_process, jobs)) == ["allowed", "denied"]
        with pytest.raises(certgate.ParseError) as caught:
            pool.submit(fail_in_process, b"").result()
        assert caught.value.code == "input/empty"


def test_memory_stays(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    def work(rounds: int) -> int:
        for _ in range(rounds):
            policy.evaluate(good, {"facts": {"a": ["b", 1]}}, at=AT).to_dict()
            for reason in policy.evaluate(bytearray(bad)).reasons:
                reason.to_dict()
            with pytest.raises(certgate.ParseError):
                certgate.inspect(bad[:-1])
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = work(500)
    # 100 bytes a round would be seen.
    assert work(5_000) - before < 512
