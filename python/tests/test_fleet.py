"""A folder of certificates, audited: what is wrong is found, all of it and nothing else, and memory stays flat."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import fleet
import pytest
from heavy import count

EXAMPLES = Path(__file__).parent.parent / "examples"
FILES = count(usual=2_000, heavy=100_000)
MOST = 300 << 20
MOST_OF_THE_SECOND_HALF = 8 << 20

# The example as a program, in a process of its own that looks at its own memory half way and at the end.
MEASURED = """\
import sys, time
sys.path.insert(0, sys.argv[1])
import audit

def memory(name):
    with open("/proc/self/status") as status:
        return int(next(line.split()[1] for line in status if line.startswith(name + ":"))) << 10

gather, half = audit.gather, []
def measured(inputs):
    for number, one in enumerate(gather(inputs)):
        if number == int(sys.argv[2]) // 2:
            half.append(memory("VmRSS"))
        yield one
audit.gather = measured
start = time.monotonic()
code = audit.main(sys.argv[3:])
print(code, time.monotonic() - start, memory("VmHWM"), memory("VmRSS") - half[0], file=sys.stderr)
"""


@dataclass
class Fleet:
    """A folder, and what is wrong with the certificates in it."""

    folder: Path
    arguments: list[str]
    expected: Counter[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    home = tmp_path_factory.mktemp("fleet")
    maker = fleet.Maker(home / "certificates", datetime.now(timezone.utc).replace(microsecond=0))
    expected = maker.make(FILES)
    maker.root.pem.write_to(home / "root.pem")
    (home / "policy.yaml").write_text(fleet.POLICY)
    arguments = ["--policy", str(home / "policy.yaml"), "--anchors", str(home / "root.pem")]
    return Fleet(home / "certificates", arguments, expected)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of a process is read from Linux")
@pytest.mark.parametrize("form", ["table", "html", "sarif", "prometheus"])
def test_a_folder_is_audited(form: str, made: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "output"
    arguments = [*made.arguments, "--format", form, str(made.folder)]
    with output.open("wb") as file:
        command = [sys.executable, "-I", "-c", MEASURED, str(EXAMPLES), str(FILES), *arguments]
        run = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, check=True)
    code, seconds, peak, growth = run.stderr.split()
    assert int(code) == 1
    assert found(form, output.read_text(encoding="utf-8")) == made.expected
    with capsys.disabled():
        print(
            f"\npython: audit of {FILES} files as {form}: {float(seconds):.1f} s, at most {int(peak) >> 20} MiB, "
            f"{int(growth) / 1024:.0f} KiB more in the second half"
        )
    assert int(peak) <= MOST
    assert int(growth) <= MOST_OF_THE_SECOND_HALF


def found(form: str, text: str) -> Counter[str]:
    """The codes in a report, counted."""
    if form == "table":
        return Counter(re.findall(r"^ {9}([a-z]+/[a-z0-9-]+):", text, re.MULTILINE))
    if form == "html":
        assert text.count('<tr class="') >= FILES
        assert "<svg" in text
        return Counter(re.findall(r"<code>([a-z]+/[a-z0-9-]+)</code>", text))
    if form == "sarif":
        (run,) = json.loads(text)["runs"]
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        codes = Counter(result["ruleId"] for result in run["results"])
        assert rules == set(codes)
        return codes
    assert text.count("x509_cert_not_after{") >= FILES
    counts = re.findall(r'^certgate_audit_findings\{code="([^"]+)"\} (\d+)$', text, re.MULTILINE)
    return Counter({code: int(times) for code, times in counts})
