"""Threads, processes and memory."""

from __future__ import annotations

import gc
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

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


def is_overtaken(call: Callable[[], object], rounds: int) -> bool:
    """Whether another thread gets the lock while one calls again and again."""
    overtaken = threading.Event()
    result: list[bool] = []

    def work() -> None:
        for _ in range(rounds):
            call()
            if overtaken.is_set():
                break
        result.append(overtaken.is_set())

    thread = threading.Thread(target=work)
    thread.start()
    # The main thread comes to this line only when the other one has let go of the lock, or has ended.
    if not result:
        overtaken.set()
    thread.join()
    return result[0]


@pytest.mark.usefixtures("no_switching")
def test_the_lock_is_released_around_work(policy: certgate.Policy, good: bytes) -> None:
    request = certgate.parse_request(good)
    spki = bytes.fromhex("302a300506032b6570032100") + bytes(32)
    for work in (
        lambda: policy.evaluate(good, at=AT),
        lambda: policy.evaluate(request, at=AT),
        lambda: certgate.inspect(good),
        lambda: certgate.parse_request(good),
        lambda: certgate.load_policy(policy.source),
        lambda: certgate.verify_signature(spki, bytes.fromhex("300506032b6570"), b"", bytes(64)),
        request.to_dict,
    ):
        assert is_overtaken(work, 1_000_000)
    # A look at a table is no work: this shows that the test can see a lock that is held.
    assert not is_overtaken(lambda: certgate.explain("input/empty"), 1_000)


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


def resident() -> int:
    """Bytes of memory that the process has now."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of a process is read from Linux")
def test_memory_stays(policy: certgate.Policy, good: bytes, bad: bytes) -> None:
    def work(rounds: int) -> int:
        for _ in range(rounds):
            policy.evaluate(good, {"facts": {"a": ["b", 1]}}, at=AT).to_dict()
            for reason in policy.evaluate(bytearray(bad)).reasons:
                reason.to_dict()
            with suppress(certgate.ParseError):
                certgate.inspect(bad[:-1])
        gc.collect()
        return resident()

    before = work(2_000)
    # 100,000 calls: 20 bytes lost in each would be seen.
    assert work(25_000) - before < 2_000_000
