"""What a wheel must do in an empty environment, on every interpreter: `python smoke.py`."""

from __future__ import annotations

import pickle
import subprocess
import sys
import typing

import certgate
import certgate.types

# An Ed25519 request for `api.team.example.com`.
REQUEST = """\
-----BEGIN CERTIFICATE REQUEST-----
MIGxMGUCAQAwADAqMAUGAytlcAMhAJpMtCc0138VaHrfp2brePxJFr5bMZZMm/6V
wB87qyT/oDIwMAYJKoZIhvcNAQkOMSMwITAfBgNVHREEGDAWghRhcGkudGVhbS5l
eGFtcGxlLmNvbTAFBgMrZXADQQAnli+PL8zDkkvOtMeQJRtNTmfRr4av5iAJw1xU
/mguH2GOEK3bd4N83/5jaRHoVhK3gWw5OiNcgzu2fhiOOqcM
-----END CERTIFICATE REQUEST-----
"""

POLICY = """\
version: 1
id: team-web
names: { dns: { allow: ["*.team.example.com"] } }
keys: { Ed25519: {} }
usages: { extended: [serverAuth] }
validity: { default: 24h, max: 90d }
"""


def check(condition: bool, what: str) -> None:
    if not condition:
        raise SystemExit(f"failed: {what}")


def main() -> None:
    policy = certgate.load_policy(POLICY)
    decision = policy.evaluate(REQUEST, {"facts": {"tier": "web"}}, at="2027-01-01T00:00:00Z")
    check(bool(decision) and decision.template is not None, f"allowed: {decision}")
    denied = certgate.load_policy(POLICY.replace("*.team", "db.team")).evaluate(memoryview(REQUEST.encode()))
    check(not denied, f"denied: {denied}")
    check([reason.code for reason in denied.reasons] == ["policy/dns-not-allowed"], f"reasons: {denied}")
    check(pickle.loads(pickle.dumps(policy)) == policy, "a policy is pickled")
    try:
        certgate.inspect(b"0\x82")
    except certgate.ParseError as error:
        check(pickle.loads(pickle.dumps(error)).diagnostics == error.diagnostics, "an exception is pickled")
    else:
        raise SystemExit("failed: bad input was read")
    for name, value in vars(certgate.types).items():
        if isinstance(value, type) and name.endswith("View"):
            check(bool(typing.get_type_hints(value)), f"annotations of {name}")
    command = [sys.executable, "-I", "-m", "certgate", "inspect", "-"]
    run = subprocess.run(command, input=REQUEST.encode(), capture_output=True, check=False)
    check(run.returncode == 0 and b"api.team.example.com" in run.stdout, f"command line: {run}")
    print(f"certgate {certgate.__version__} on Python {sys.version.split()[0]}: works")


if __name__ == "__main__":
    main()
