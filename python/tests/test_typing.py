"""Annotations: the stubs against the module, and type checkers against code of a user."""

from __future__ import annotations

import json
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import certgate
import certgate.types

HERE = Path(__file__).parent
TYPED = HERE / "typed"
EXAMPLES = HERE.parent / "examples"


def check(folder: Path, *command: str) -> None:
    """Runs a tool where the sources are not in its way."""
    result = subprocess.run([sys.executable, "-I", "-m", *command], cwd=folder, capture_output=True, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()


def test_the_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    check(tmp_path, "mypy.stubtest", "certgate._certgate")


@pytest.mark.parametrize("file", ["right.py", "wrong.py"])
def test_mypy(file: str, tmp_path: Path) -> None:
    check(tmp_path, "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", str(TYPED / file))


def test_pyright(tmp_path: Path) -> None:
    check(tmp_path, "pyright", "--pythonpath", sys.executable, str(TYPED / "right.py"))


def test_the_examples(tmp_path: Path) -> None:
    check(tmp_path, "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", str(EXAMPLES))
    # A project of its own, whose files find one another as they do when they are run.
    project = {"include": [str(EXAMPLES)], "extraPaths": [str(EXAMPLES)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(project))
    check(tmp_path, "pyright", "--pythonpath", sys.executable)


def test_the_package_itself(tmp_path: Path) -> None:
    check(tmp_path, "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", "-p", "certgate")


def test_types_are_what_the_engine_has() -> None:
    tool = HERE.parent / "tools" / "write_types.py"
    installed = Path(certgate.__file__).parent
    result = subprocess.run([sys.executable, "-I", tool, "--check", installed], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()


def test_every_code_is_in_the_literal() -> None:
    assert list(typing.get_args(certgate.types.Code)) == [view["code"] for view in certgate.explain_all()]


def test_the_right_code_runs(policy: certgate.Policy, good: bytes, bad: bytes, tmp_path: Path) -> None:
    sys.path.insert(0, str(TYPED))
    try:
        import right
    finally:
        sys.path.remove(str(TYPED))
    assert right.first_name(good) == "api.team.example.com"
    assert right.codes(policy.evaluate(bad)) == ["policy/dns-not-allowed"]
    assert right.judge(policy, good) is not None
    assert right.judge(policy, bad) is None
    (tmp_path / "policy.yaml").write_text(policy.source)
    assert right.load(tmp_path) == policy


def test_the_package_is_typed() -> None:
    assert Path(certgate.__file__).with_name("py.typed").exists()
