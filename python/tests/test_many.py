"""Many at once: in order, on threads, with progress, and without holding everything."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

import certgate
from certgate.dev import DevCA
from certgate.many import _cores


def test_answers_come_in_order(policy: certgate.Policy, good: bytes, bad: bytes, tmp_path: Path) -> None:
    seen: list[int] = []
    inputs: list[Any] = [good, bad, b"", tmp_path / "missing", certgate.parse_request(good)] * 100
    answers = list(certgate.check_many(policy, inputs, progress=seen.append, threads=2))
    assert len(answers) == len(inputs)
    for index in range(0, len(answers), 5):
        first, second, third, fourth, fifth = answers[index : index + 5]
        assert isinstance(first, certgate.Decision)
        assert first
        assert isinstance(second, certgate.Decision)
        assert not second
        assert isinstance(third, certgate.Unread)
        assert isinstance(third.error, certgate.ParseError)
        assert not third
        assert isinstance(fourth, certgate.Unread)
        assert isinstance(fourth.error, FileNotFoundError)
        assert not fourth
        assert isinstance(fifth, certgate.Decision)
        assert fifth.request == first.request
    assert seen == sorted(seen)
    assert seen[-1] == len(inputs)


def test_iterables_may_be_endless(policy: certgate.Policy, good: bytes) -> None:
    taken = count()

    def endless() -> Iterator[bytes]:
        while True:
            next(taken)
            yield good

    assert all(islice(certgate.check_many(policy, endless(), threads=2), 200))
    assert next(taken) < 2_000


def test_certificates_are_verified(dev_ca: DevCA) -> None:
    verifier = certgate.Verifier(dev_ca.certificate, profile="private")
    chains: list[Any] = [dev_ca.issue("localhost").certificate, certgate.dev_ca().issue("localhost").certificate, b""]
    good, bad, unread = certgate.verify_many(verifier, chains, names="localhost", threads=1)
    assert good
    assert isinstance(bad, certgate.PathDiagnosis)
    assert not bad
    assert isinstance(unread, certgate.Unread)
    assert isinstance(unread.error, certgate.ParseError)
    assert not unread


def test_what_is_unread_is_never_true(policy: certgate.Policy, good: bytes, tmp_path: Path) -> None:
    given: list[Any] = [good, b"damaged", tmp_path / "missing", "-----BEGIN CERTIFICATE REQUEST-----"]
    answers = list(certgate.check_many(policy, given))
    assert [bool(answer) for answer in answers] == [True, False, False, False]
    unread = answers[1]
    assert isinstance(unread, certgate.Unread)
    assert "ParseError" in repr(unread)
    again = pickle.loads(pickle.dumps(unread))
    assert isinstance(again, certgate.Unread)
    assert str(again.error) == str(unread.error)
    with pytest.raises(TypeError):
        certgate.Unread("text")  # type: ignore[arg-type]


def test_one_input_is_not_many(policy: certgate.Policy, dev_ca: DevCA, good: bytes, tmp_path: Path) -> None:
    verifier = certgate.Verifier(dev_ca.certificate, profile="private")
    one: list[Any] = [good, bytearray(good), memoryview(good), "text", tmp_path / "request.pem"]
    for given in one:
        with pytest.raises(TypeError, match="not one input"):
            certgate.check_many(policy, given)
        with pytest.raises(TypeError, match="not one input"):
            certgate.verify_many(verifier, given)


@pytest.mark.parametrize("threads", [1, 2, 16])
def test_the_first_answer_wants_few_items(policy: certgate.Policy, good: bytes, threads: int) -> None:
    taken = count()

    def endless() -> Iterator[bytes]:
        while True:
            next(taken)
            yield good

    answers = certgate.check_many(policy, endless(), threads=threads)
    assert next(answers)
    assert next(taken) < 64 * (2 * threads + 1)

    def slowly() -> Iterator[bytes]:
        for _ in range(10):
            time.sleep(0.1)
            yield good

    slow = certgate.check_many(policy, slowly(), threads=threads)
    start = time.perf_counter()
    assert next(slow)
    assert time.perf_counter() - start < 0.8


def test_an_iterable_that_fails_is_answered_first(policy: certgate.Policy, good: bytes) -> None:
    def broken() -> Iterator[bytes]:
        for _ in range(300):
            yield good
        raise RuntimeError("the queue is closed")

    answers: list[Any] = []
    with pytest.raises(RuntimeError, match="the queue is closed"):
        answers.extend(certgate.check_many(policy, broken(), threads=2))
    assert len(answers) == 300
    assert all(answers)


@pytest.mark.skipif(_cores() < 2, reason="there is one core")
def test_threads_work_at_the_same_time(
    policy: certgate.Policy, good: bytes, bad: bytes, dev_ca: DevCA, capsys: pytest.CaptureFixture[str]
) -> None:
    """How much faster two threads are is printed: it depends on what else the machine does."""
    chains = [dev_ca.issue(f"host-{number}.example.com").certificate.der for number in range(500)]

    def checked(threads: int) -> list[Any]:
        return list(certgate.check_many(policy, [good, bad] * 500, at="2027-01-01T00:00:00Z", threads=threads))

    def verified(threads: int) -> list[Any]:
        # A verifier that has seen nothing: one that remembers every signature has no work that threads could share.
        verifier = certgate.Verifier(dev_ca.certificate, profile="private")
        return [bool(one) for one in certgate.verify_many(verifier, chains, threads=threads)]

    for name, work in (("check_many", checked), ("verify_many", verified)):
        expected = work(1)
        spent: dict[int, list[float]] = {1: [], 2: []}
        for threads in (1, 2) * 3:
            start = time.perf_counter()
            assert work(threads) == expected
            spent[threads].append(time.perf_counter() - start)
        ratio = min(spent[1]) / min(spent[2])
        with capsys.disabled():
            print(f"\npython: {name} on two threads is {ratio:.2f} times as fast as on one")


def test_wrong_arguments(policy: certgate.Policy, good: bytes) -> None:
    with pytest.raises(ValueError, match="at least one thread"):
        certgate.check_many(policy, [good], threads=0)
    with pytest.raises(TypeError):
        certgate.check_many(policy, [good], threads=1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        list(certgate.check_many(policy, [7]))  # type: ignore[list-item]
