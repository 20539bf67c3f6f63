"""Check X.509 certificate requests against a policy, and verify certificates: yes, or every reason why not.

>>> import certgate
>>> policy = certgate.load_policy(certgate.ready_made_policies()["mtls-client"])
>>> policy.id
'mtls-client'

An input is `bytes`, `bytearray`, `memoryview` or `str`, or an `os.PathLike` that is read:

>>> try:
...     certgate.inspect("-----BEGIN CERTIFICATE-----")
... except certgate.ParseError as error:
...     print(error.code)
pem/damaged
"""

from certgate._certgate import (
    Bundle,
    Certificate,
    Decision,
    Diagnostic,
    PathDiagnosis,
    Policy,
    Position,
    Request,
    SignatureStatus,
    Span,
    VerifiedPath,
    Verifier,
    __version__,
    explain,
    explain_all,
    inspect,
    inspect_certificate,
    lint,
    lint_rules,
    load_policy,
    parse_bundle,
    parse_certificate,
    parse_request,
    profile,
    ready_made_policies,
    schema,
    verify_signature,
)
from certgate.errors import CertgateError, IssuanceError, ParseError, PolicyError, VerificationError

__all__ = [
    "Bundle",
    "CertgateError",
    "Certificate",
    "Decision",
    "Diagnostic",
    "IssuanceError",
    "ParseError",
    "PathDiagnosis",
    "Policy",
    "PolicyError",
    "Position",
    "Request",
    "SignatureStatus",
    "Span",
    "VerificationError",
    "VerifiedPath",
    "Verifier",
    "__version__",
    "explain",
    "explain_all",
    "inspect",
    "inspect_certificate",
    "lint",
    "lint_rules",
    "load_policy",
    "parse_bundle",
    "parse_certificate",
    "parse_request",
    "profile",
    "ready_made_policies",
    "schema",
    "verify_signature",
]
