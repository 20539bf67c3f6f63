"""Runs the jobs of the parity test through the Python package, and prints the answer of each.

Jobs come on standard input, one JSON object a line; answers go to standard output, each as the job's id, a tab and JSON
that `json.dumps` makes of the package's public objects. `--crypto NAME` selects the signature back ends.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode
from typing import Any

import certgate
from certgate._certgate import select_crypto


def evaluate(job: dict[str, Any]) -> Any:
    policy = certgate.load_policy(job["policy"])
    decision = policy.evaluate(b64decode(job["input"]), job["context"], at=job["at"])
    return {"policy": policy.to_dict(), "decision": decision.to_dict()}


def inspect(job: dict[str, Any]) -> Any:
    return certgate.inspect(b64decode(job["input"]))


def verify_signature(job: dict[str, Any]) -> Any:
    parts = (b64decode(job[name]) for name in ("publicKey", "algorithm", "message", "signature"))
    return certgate.verify_signature(*parts).to_dict()


def inspect_certificate(job: dict[str, Any]) -> Any:
    return certgate.inspect_certificate(b64decode(job["input"]))


def lint(job: dict[str, Any]) -> Any:
    return certgate.lint(b64decode(job["input"]), profile=job["profile"], at=job["at"])


def verify(job: dict[str, Any]) -> Any:
    options, ask = job["options"], job["ask"]
    verifier = certgate.Verifier(
        b64decode(job["anchors"]),
        b64decode(job["intermediates"]) if job.get("intermediates") else None,
        **{OPTIONS.get(name, name): value for name, value in options.items()},
    )
    lists = b64decode(job["lists"]) if job.get("lists") else None
    asked = {OPTIONS.get(name, name): value for name, value in ask.items()}
    try:
        return verifier.verify(b64decode(job["certificates"]), at=job["at"], crls=lists, **asked).to_dict()
    except certgate.VerificationError as error:
        return error.to_dict()


def tool(job: dict[str, Any]) -> Any:
    call, inputs = job["call"], [b64decode(data) for data in job["inputs"]]
    return TOOLS[call["tool"]](call, *inputs)


def import_policy(call: dict[str, Any], data: bytes) -> Any:
    policy, notes = certgate.import_policy(call["kind"], data, **call["options"])
    return {"policy": policy.source, "digest": policy.digest, "notes": [note.to_dict() for note in notes]}


def over(name: str) -> Any:
    """A tool over one request."""

    def run(call: dict[str, Any], data: bytes) -> Any:
        # A request that cannot be read is found before a policy that cannot be loaded.
        certgate.parse_request(data)
        return getattr(certgate.load_policy(call["policy"]), name)(data, call["context"], at=call["at"])

    return run


TOOLS = {
    "import": import_policy,
    "explain": over("explain"),
    "mend": over("mend"),
    "lint": lambda call: [one.to_dict() for one in certgate.load_policy(call["policy"]).lint(at=call["at"])],
    "constraints": lambda call: certgate.load_policy(call["policy"]).constraints(),
    "export": lambda call: certgate.load_policy(call["policy"]).export(call["kind"]),
    "atMost": lambda call: certgate.load_policy(call["policy"]).at_most(certgate.load_policy(call["other"])),
    "diff": lambda call: certgate.load_policy(call["old"]).diff(certgate.load_policy(call["new"])),
    "runCases": lambda call: certgate.load_policy(call["policy"]).run_cases(call["cases"]),
}

# Options whose names are written otherwise in Python.
OPTIONS = {"issuerRules": "issuer_rules", "keyUsage": "key_usage"}

JOBS = {
    "evaluate": evaluate,
    "inspect": inspect,
    "inspectCertificate": inspect_certificate,
    "lint": lint,
    "tool": tool,
    "verify": verify,
    "verifySignature": verify_signature,
}


def answer(job: dict[str, Any]) -> Any:
    try:
        return JOBS[job["job"]](job)
    except certgate.CertgateError as error:
        return {
            "error": error.code,
            "diagnostics": [diagnostic.to_dict() for diagnostic in error.diagnostics],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs the jobs on standard input through the Python package.")
    parser.add_argument("--crypto", help="the signature back ends")
    arguments = parser.parse_args()
    if arguments.crypto is not None and not select_crypto(arguments.crypto):
        parser.error(f"there are no back ends `{arguments.crypto}` here")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    for line in sys.stdin.buffer:
        job = json.loads(line)
        print(job["id"], json.dumps(answer(job), ensure_ascii=False, separators=(",", ":")), sep="\t")


if __name__ == "__main__":
    main()
