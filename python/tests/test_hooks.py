"""The hooks for pre-commit and the GitHub Action: their own commands, run on files that are right and wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
HOOKS: dict[str, Any] = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
OPENSSL = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem"]


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with the interpreter of the tests, and its scripts, first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    policy = (ROOT / "policies/private-web.yaml").read_text(encoding="utf-8")
    (tmp_path / "policies/web.yaml").write_text(policy)
    (tmp_path / "policies/wrong.yaml").write_text(policy.replace("names:", "nmaes:"))
    for name, host in [("good", "api.team.example.com"), ("bad", "db.internal")]:
        names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        subprocess.run([*OPENSSL, "-new", *names, "-out", f"{name}.csr"], cwd=tmp_path, check=True, capture_output=True)
    fine = [*OPENSSL, "-x509", "-subj", "/CN=fine", "-out", "fine.crt"]
    weak = ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "key.pem", "-subj", "/CN=weak"]
    for command in (fine, [*weak, "-out", "weak.crt"]):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


@pytest.mark.parametrize(
    ("hook", "arguments", "right", "wrong"),
    [
        ("certgate-policy", [], "policies/web.yaml", "policies/wrong.yaml"),
        ("certgate-requests", ["--policy", "policies/web.yaml"], "good.csr", "bad.csr"),
        ("certgate-certificates", [], "fine.crt", "weak.crt"),
    ],
)
def test_hooks(files: Path, hook: str, arguments: list[str], right: str, wrong: str) -> None:
    entry = [*HOOKS[hook]["entry"].split(), *arguments]
    for name in (right, wrong):
        assert re.search(HOOKS[hook]["files"], name), name
    accepted = run(files, *entry, right)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    refused = run(files, *entry, right, wrong)
    assert refused.returncode in (1, 4), refused.stdout + refused.stderr
    assert wrong in refused.stdout + refused.stderr
    assert not re.search(HOOKS["certgate-policy"]["files"], "policies/web.cases.yaml")


@pytest.mark.parametrize(
    ("step", "inputs", "code", "said"),
    [
        ("Policies", {"POLICIES": "policies/web.yaml"}, 0, ""),
        ("Policies", {"POLICIES": "policies/web.yaml policies/wrong.yaml"}, 4, "::error file=policies/wrong.yaml"),
        ("Requests", {"POLICY": "policies/web.yaml", "REQUESTS": "good.csr"}, 0, ""),
        ("Requests", {"POLICY": "policies/web.yaml", "REQUESTS": "good.csr bad.csr"}, 1, "::error file=bad.csr"),
        ("Certificates", {"CERTIFICATES": "fine.crt"}, 0, "fine"),
        ("Certificates", {"CERTIFICATES": "fine.crt weak.crt"}, 1, "weak.crt"),
    ],
)
def test_the_action(files: Path, step: str, inputs: dict[str, str], code: int, said: str) -> None:
    (found,) = [one for one in ACTION["runs"]["steps"] if one["name"] == step]
    assert set(found["env"]) == set(inputs)
    result = run(files, "bash", "-e", "-c", found["run"], **inputs)
    assert result.returncode == code, result.stdout + result.stderr
    assert said in result.stdout + result.stderr
    for value in found["env"].values():
        assert value.removeprefix("${{ inputs.").removesuffix(" }}") in ACTION["inputs"]
