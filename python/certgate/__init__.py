"""Check X.509 certificate requests against a policy, issue what was allowed, and verify certificates.

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
    Approval,
    Bundle,
    Certificate,
    Decision,
    Diagnostic,
    IssuedCertificate,
    Issuer,
    PathDiagnosis,
    Policy,
    Position,
    PreparedCertificate,
    PreparedList,
    PreparedRequest,
    PreparedRoot,
    PrivateKey,
    Request,
    RevocationList,
    SignatureStatus,
    Span,
    VerifiedPath,
    Verifier,
    __version__,
    explain,
    explain_all,
    generate_key,
    import_policy,
    inspect,
    inspect_certificate,
    lint,
    lint_rules,
    load_policy,
    load_private_key,
    new_request,
    new_root,
    parse_bundle,
    parse_certificate,
    parse_request,
    parse_revocation_list,
    prepare_request,
    prepare_revocation_list,
    prepare_root,
    profile,
    ready_made_policies,
    request_like,
    schema,
    verify_signature,
)
from certgate._cryptography import from_cryptography
from certgate.dev import DevCA, DevCertificate, dev_ca, load_dev_ca
from certgate.errors import CertgateError, IssuanceError, ParseError, PolicyError, VerificationError
from certgate.many import check_many, verify_many

__all__ = [
    "Approval",
    "Bundle",
    "CertgateError",
    "Certificate",
    "Decision",
    "DevCA",
    "DevCertificate",
    "Diagnostic",
    "IssuanceError",
    "IssuedCertificate",
    "Issuer",
    "ParseError",
    "PathDiagnosis",
    "Policy",
    "PolicyError",
    "Position",
    "PreparedCertificate",
    "PreparedList",
    "PreparedRequest",
    "PreparedRoot",
    "PrivateKey",
    "Request",
    "RevocationList",
    "SignatureStatus",
    "Span",
    "VerificationError",
    "VerifiedPath",
    "Verifier",
    "__version__",
    "check_many",
    "dev_ca",
    "explain",
    "explain_all",
    "from_cryptography",
    "generate_key",
    "import_policy",
    "inspect",
    "inspect_certificate",
    "lint",
    "lint_rules",
    "load_dev_ca",
    "load_policy",
    "load_private_key",
    "new_request",
    "new_root",
    "parse_bundle",
    "parse_certificate",
    "parse_request",
    "parse_revocation_list",
    "prepare_request",
    "prepare_revocation_list",
    "prepare_root",
    "profile",
    "ready_made_policies",
    "request_like",
    "schema",
    "verify_many",
    "verify_signature",
]
