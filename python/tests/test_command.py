"""The command line: `python -m certgate`, and the script that the package installs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import POLICY, to_pem

import certgate

# Isolated: the folder of the sources must not be taken for the package.
COMMAND = [sys.executable, "-I", "-m", "certgate"]


def run(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *map(str, arguments)], input=stdin, capture_output=True, check=False)


@pytest.fixture
def files(tmp_path: Path, good: bytes, bad: bytes) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "broken.yaml").write_text("version: 2\n")
    (tmp_path / "good.pem").write_text(to_pem(good))
    (tmp_path / "bad.der").write_bytes(bad)
    (tmp_path / "broken.der").write_bytes(bad[:-1])
    return tmp_path


@pytest.mark.parametrize(
    ("policy", "request_file", "code"),
    [
        ("policy.yaml", "good.pem", 0),
        ("policy.yaml", "bad.der", 1),
        ("policy.yaml", "broken.der", 3),
        ("policy.yaml", "absent", 3),
        ("broken.yaml", "good.pem", 4),
    ],
)
def test_exit_codes(files: Path, policy: str, request_file: str, code: int) -> None:
    result = run("check", "--policy", files / policy, files / request_file)
    assert result.returncode == code, result.stderr


def test_usage() -> None:
    result = run("chekc")
    assert result.returncode == 2
    assert b"Usage: certgate" in result.stderr
    assert run("--help").returncode == 0
    assert run("--version").stdout.decode().strip() == f"certgate {certgate.__version__}"


def test_standard_input_and_output(files: Path, good: bytes) -> None:
    result = run("inspect", "--format", "json", "-", stdin=good)
    assert result.returncode == 0
    assert b"api.team.example.com" in result.stdout
    piped = run("check", "--policy", "-", files / "bad.der", stdin=POLICY.encode())
    assert piped.returncode == 1
    assert b"policy/dns-not-allowed" in piped.stdout + piped.stderr


def test_arguments_that_are_no_unicode() -> None:
    result = subprocess.run([*COMMAND, "inspect", b"\xff.pem"], capture_output=True, check=False)
    assert result.returncode in (2, 3)
    assert b"Traceback" not in result.stderr


def test_the_installed_script(files: Path) -> None:
    script = Path(sys.executable).with_name("certgate")
    result = subprocess.run(
        [script, "check", "--policy", files / "policy.yaml", files / "bad.der"],
        capture_output=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == run("check", "--policy", files / "policy.yaml", files / "bad.der").stdout


def test_all_of_the_output_arrives_before_the_exit() -> None:
    page = run("man")
    assert page.returncode == 0
    assert page.stdout.startswith((b".", b"'"))
    assert b"AUTHORS" in page.stdout or b"EXTRA" in page.stdout or b"SUBCOMMANDS" in page.stdout


def test_a_reader_that_went_away_is_no_fault() -> None:
    process = subprocess.Popen([*COMMAND, "explain"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_ends_it_while_it_waits_for_input() -> None:
    command = [*COMMAND, "inspect", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        # Until it reads, there is no telling that its handler is set: what it has read shows it.
        process.stdin.write(b"x" * (1 << 20))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == -signal.SIGINT
        assert process.stderr is not None
        assert process.stderr.read() == b""
