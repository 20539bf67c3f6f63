"""The examples of the documentation run, and say what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
README = Path(__file__).parent.parent / "README.md"


def test_readme() -> None:
    result = doctest.testfile(str(README), module_relative=False, optionflags=FLAGS)
    assert result.attempted > 5
    assert result.failed == 0


@pytest.mark.parametrize(
    "name", ["certgate", "certgate.errors", "certgate.dev", "certgate.many", "certgate.arrow", "certgate._cryptography"]
)
def test_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name), optionflags=FLAGS).failed == 0


def test_all_that_is_public_is_documented() -> None:
    certgate = importlib.import_module("certgate")
    for name in certgate.__all__:
        thing = getattr(certgate, name)
        assert name == "__version__" or thing.__doc__, name
        text = README.read_text(encoding="utf-8")
        assert name == "__version__" or f"`{name}" in text, f"{name} is not in README.md"
