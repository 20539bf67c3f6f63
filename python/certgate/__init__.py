"""Check X.509 certificate requests against a policy: allowed, or every reason why not.

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
    Decision,
    Diagnostic,
    Policy,
    Position,
    Request,
    SignatureStatus,
    Span,
    __version__,
    explain,
    explain_all,
    inspect,
    load_policy,
    parse_request,
    ready_made_policies,
    schema,
    verify_signature,
)
from certgate.errors import CertgateError, IssuanceError, ParseError, PolicyError, VerificationError

__all__ = [
    "CertgateError",
    "Decision",
    "Diagnostic",
    "IssuanceError",
    "ParseError",
    "Policy",
    "PolicyError",
    "Position",
    "Request",
    "SignatureStatus",
    "Span",
    "VerificationError",
    "__version__",
    "explain",
    "explain_all",
    "inspect",
    "load_policy",
    "parse_request",
    "ready_made_policies",
    "schema",
    "verify_signature",
]
