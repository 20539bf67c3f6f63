"""
The engine: use the package `certgate`, which exports all of it.
"""

from certgate.types import AtMostView, AttributeView, AuditReport, BeyondWord, CaseReport, CertificateView, Certificates, Code, CodeView, ComparisonView, ConstraintsView, Context, CryptographyCertificate, CryptographyPrivateKey, CryptographyRequest, CryptographyRevocationList, Data, DecisionView, DiagnosticView, Duration, ExplanationView, ExtensionView, Files, FingerprintsView, Input, Inputs, InventoryEntry, IssuedCertificateView, IssuerRulesWord, LintRuleView, LintView, MendView, NameView, NotVerifiedView, Outcome, Path, Policies, PoliciesDocument, PolicyIdentityView, PolicyView, ProfileView, ProfileWord, PublicKeyView, RenewalView, RequestView, Requests, RevocationDocument, RevocationListView, RevocationLists, Revocations, RevokedCertificateView, SerialNumber, SetDecisionView, Severity, SignatureState, SignatureStatusView, SignatureView, Signer, StoreDescription, SubjectView, TemplateView, Texts, Time, TriedPathView, Verification, VerifiedPathView, WorkView
from datetime import datetime
from os import PathLike
from pathlib import Path as Path2
from typing import Any, Final, SupportsIndex, final

__all__ = ["__version__", "Approval", "Bundle", "Certificate", "Decision", "DevAuthority", "Diagnostic", "Inventory", "IssuedCertificate", "Issuer", "PathDiagnosis", "Policy", "PolicySet", "Position", "PreparedCertificate", "PreparedList", "PreparedRequest", "PreparedRoot", "PrivateKey", "Renewal", "Request", "RevocationList", "SetDecision", "SignatureStatus", "Span", "VerifiedPath", "Verifier", "explain", "explain_all", "generate_key", "import_policy", "inspect", "inspect_certificate", "lint", "lint_rules", "load_policy", "load_private_key", "new_request", "new_root", "parse_bundle", "parse_certificate", "parse_request", "parse_revocation_list", "prepare_request", "prepare_revocation_list", "prepare_root", "profile", "read_context", "ready_made_policies", "renewal_due", "request_like", "run_command", "schema", "select_crypto", "verify_signature"]

__version__: Final[str]
"""
The version of the engine.
"""

@final
class Approval:
    """
    The permission to issue one certificate, from `Decision.approve`. It is used up by preparing, and cannot be pickled or
    copied.
    """
    def __repr__(self, /) -> str: ...
    @property
    def policy(self, /) -> PolicyIdentityView:
        """
        Name and digest of the policy that gave it.
        """
    @property
    def template(self, /) -> TemplateView:
        """
        Exactly what may be issued.

        Raises `IssuanceError` with `issue/used` once it was used.
        """
    @property
    def used(self, /) -> bool:
        """
        Whether it was used.
        """

@final
class Bundle:
    """
    The certificates and revocation lists of one input: PEM, DER, base64 or PKCS #7.
    """
    def __repr__(self, /) -> str: ...
    @property
    def certificates(self, /) -> tuple[Certificate, ...]:
        """
        The certificates in order.
        """
    @property
    def findings(self, /) -> tuple[Diagnostic, ...]:
        """
        What was passed over: one diagnostic for each thing, whose path begins with `blocks` and the index of the block.
        """
    @property
    def revocation_lists(self, /) -> list[RevocationListView]:
        """
        Every field of the revocation lists in order, as plain data.
        """

@final
class Certificate:
    """
    A certificate (RFC 5280), parsed. Fields are made when they are asked for. Certificates are equal if their DER
    encodings are, and are pickled by them. That a certificate can be read says nothing about whether it holds: see
    `Verifier`.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Any, tuple[bytes]]: ...
    def __repr__(self, /) -> str: ...
    @property
    def ca(self, /) -> bool:
        """
        Whether basicConstraints says that the subject is a CA.
        """
    @property
    def der(self, /) -> bytes:
        """
        The DER encoding.
        """
    @property
    def extensions(self, /) -> list[ExtensionView]:
        """
        Every extension in order.
        """
    @property
    def findings(self, /) -> tuple[Diagnostic, ...]:
        """
        What is wrong or odd, sorted by path and code.
        """
    @property
    def fingerprint(self, /) -> str:
        """
        The SHA-256 digest of the DER encoding in hexadecimal.
        """
    @property
    def fingerprints(self, /) -> FingerprintsView:
        """
        SHA-256 digests of the certificate and of its key, in hexadecimal.
        """
    def is_for(self, /, name: str) -> bool:
        """
        Whether the certificate is for a host name, an IP address, a mailbox or a URI, as verification would judge it. It
        says nothing about whether the certificate holds.

        Raises `ParseError` for a text that is no name.
        """
    @property
    def issuer(self, /) -> SubjectView:
        """
        The issuer: its text in the form of RFC 4514, and every attribute in order.
        """
    @property
    def not_after(self, /) -> datetime:
        """
        The last second of its life: an aware datetime in UTC.
        """
    @property
    def not_before(self, /) -> datetime:
        """
        The first second of its life: an aware datetime in UTC.
        """
    @property
    def pem(self, /) -> str:
        """
        The certificate in PEM.
        """
    @property
    def public_key(self, /) -> PublicKeyView:
        """
        The public key.
        """
    @property
    def serial_number(self, /) -> str:
        """
        The serial number in lower-case hexadecimal.
        """
    @property
    def subject(self, /) -> SubjectView:
        """
        The subject: its text in the form of RFC 4514, and every attribute in order.
        """
    @property
    def subject_alt_names(self, /) -> list[NameView]:
        """
        The subject alternative names in order.
        """
    def to_cryptography(self, /) -> CryptographyCertificate:
        """
        The certificate as pyca/cryptography has it, which must be installed.
        """
    def to_dict(self, /) -> CertificateView:
        """
        Every field as plain data.
        """
    @property
    def version(self, /) -> int:
        """
        The version: 1, 2 or 3.
        """

@final
class Decision:
    """
    What a policy says of a request. True if the certificate may be issued, else false. Decisions are equal if all that
    they say is. A decision cannot be pickled: what leaves the process is its plain data.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def allowed(self, /) -> bool:
        """
        Whether the certificate may be issued: as `bool(decision)`.
        """
    def approve(self, /) -> Approval:
        """
        The permission to issue what was decided, a new one for each call: for `Issuer.issue` and `Issuer.prepare`.

        Raises `IssuanceError` with `issue/not-approved` and the reasons, unless the request is allowed.
        """
    @property
    def outcome(self, /) -> Outcome:
        """
        `allowed`, `denied` or `notApplicable`.
        """
    @property
    def policy(self, /) -> PolicyIdentityView:
        """
        Name and digest of the policy that decided.
        """
    @property
    def reasons(self, /) -> tuple[Diagnostic, ...]:
        """
        Every reason why not, sorted by path and code, with the bytes that they are about; empty if allowed.
        """
    @property
    def request(self, /) -> Request:
        """
        The request that was judged.
        """
    @property
    def template(self, /) -> TemplateView | None:
        """
        Exactly what would be issued; `None` unless allowed.
        """
    def to_dict(self, /) -> DecisionView:
        """
        The whole decision as plain data.
        """
    @property
    def warnings(self, /) -> tuple[Diagnostic, ...]:
        """
        What should be mended or known and stops nothing.
        """

@final
class DevAuthority:
    """
    A development CA in memory: use `certgate.dev_ca`.
    """
    @property
    def certificate(self, /) -> Certificate:
        """
        The CA's certificate.
        """
    @property
    def chain(self, /) -> tuple[Certificate, ...]:
        """
        The CA's certificate and those above it, the root last.
        """
    def intermediate(self, /, name: str | None = None, *, key: str | None = None, lifetime: Duration | None = None, at: Time | None = None) -> DevAuthority:
        """
        A CA below this one.
        """
    def issue(self, /, names: Texts, *, common_name: str | None = None, organizations: Texts | None = None, purposes: Texts | None = None, key: str | None = None, lifetime: Duration | None = None, at: Time | None = None) -> tuple[IssuedCertificate, PrivateKey]:
        """
        The certificate of a new key, and the key.
        """
    @property
    def key(self, /) -> PrivateKey:
        """
        The CA's key.
        """
    @staticmethod
    def load(chain: Certificates, key: PrivateKey) -> DevAuthority:
        """
        A CA that was made before.
        """
    @staticmethod
    def make(name: str | None = None, *, key: str | None = None, lifetime: Duration | None = None, at: Time | None = None) -> DevAuthority:
        """
        Makes a CA.
        """

@final
class Diagnostic:
    """
    One thing to say about an input. `str()` gives code, message and place in one line.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __reduce__(self, /) -> tuple[Any, tuple[str]]: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @staticmethod
    def _from_json(text: str) -> Diagnostic: ...
    @property
    def citation(self, /) -> str | None:
        """
        The clause that the code rests on, such as `RFC 5280 4.2.1.6`.
        """
    @property
    def code(self, /) -> Code:
        """
        The stable code, such as `policy/dns-not-allowed`; `explain` says what it means.
        """
    @property
    def expected(self, /) -> Data | None:
        """
        What was expected.
        """
    @property
    def found(self, /) -> Data | None:
        """
        What was found.
        """
    @property
    def help(self, /) -> str | None:
        """
        What to do about it.
        """
    @property
    def message(self, /) -> str:
        """
        One lower-case sentence.
        """
    @property
    def path(self, /) -> Path:
        """
        Where, in ASN.1 names and indexes from 0.
        """
    @property
    def position(self, /) -> Position | None:
        """
        Line and column in a document.
        """
    @property
    def related(self, /) -> tuple[Diagnostic, ...]:
        """
        What belongs to it, such as one entry for each path that was tried.
        """
    @property
    def rule(self, /) -> Path | None:
        """
        The rule that decided, as a path into the policy document.
        """
    @property
    def severity(self, /) -> Severity:
        """
        `error`, `warning` or `notice`.
        """
    @property
    def span(self, /) -> Span | None:
        """
        The bytes of the DER encoding, where they are known.
        """
    def to_dict(self, /) -> DiagnosticView:
        """
        The diagnostic as plain data.
        """

@final
class Inventory:
    """
    The inventory of a CA, as `certgate issue` keeps it beside the CA's certificate. It is read anew by each call, so that it may
    grow meanwhile, and is never changed. Inventories are equal if their paths are, and are pickled by them.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Any, tuple[Path2]]: ...
    def __repr__(self, /) -> str: ...
    def certificates(self, /, serial_number: SerialNumber) -> list[Certificate]:
        """
        The certificates with a serial number that were signed.

        Raises `ParseError` for an inventory or a number that cannot be read.
        """
    def entries(self, /) -> list[InventoryEntry]:
        """
        All certificates, in the order in which their serial numbers were taken.

        Raises `ParseError` for an inventory that cannot be read.
        """
    def expiring(self, /, within: Duration, *, at: Time | None = None) -> list[InventoryEntry]:
        """
        The certificates that are not revoked and end within a time from `at`, which is now if left out; the first to end first.

        Raises `ParseError` for an inventory, a duration or a time that cannot be read.
        """
    def export(self, /, format: str = "json", *, at: Time | None = None) -> str:
        """
        The whole inventory as text: `json`, `ndjson`, `csv` or `prometheus`. `at` is when the metrics are taken, by default now.

        Raises `ParseError` for an inventory that cannot be read, and a form that is not known.
        """
    @staticmethod
    def open(path: str | PathLike[str]) -> Inventory:
        """
        Opens an inventory, which must be there.

        Raises `OSError` for a file that cannot be read, and `ParseError` for one that is no inventory.
        """
    @property
    def path(self, /) -> Path2:
        """
        The file.
        """
    def show(self, /, serial_number: SerialNumber) -> list[InventoryEntry]:
        """
        The certificates with a serial number, an `int` or hexadecimal text; of several issuers, there may be several.

        Raises `ParseError` for an inventory or a number that cannot be read.
        """
    def verify_audit(self, /, *, head: str | None = None) -> AuditReport:
        """
        Checks the audit log beside the inventory: its chain, its end, and that both tell of the same certificates. `head` is a
        digest that a former check gave, which must still be that of an entry. What is wrong is an answer: see `faults`.

        Raises `ParseError` for a log or an inventory that cannot be read.
        """

@final
class IssuedCertificate:
    """
    A certificate that was issued, and verified along its issuer's path.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def certificate(self, /) -> Certificate:
        """
        The certificate.
        """
    @property
    def chain(self, /) -> tuple[Certificate, ...]:
        """
        The issuer and those above it, the root last.
        """
    @property
    def der(self, /) -> bytes:
        """
        The DER encoding.
        """
    @property
    def fullchain_pem(self, /) -> str:
        """
        What a server presents, in PEM: the certificate and the intermediates, without the root.
        """
    @property
    def pem(self, /) -> str:
        """
        The certificate in PEM.
        """
    @property
    def policy(self, /) -> PolicyIdentityView:
        """
        Name and digest of the policy that approved it.
        """
    def to_dict(self, /) -> IssuedCertificateView:
        """
        All of it as plain data.
        """

@final
class Issuer:
    """
    A CA that issues: its certificate, and the path to its root. It has no key: a key or a signer is an argument of what
    signs. One issuer serves any number of threads.

    The first certificate of `chain` is that of the CA, the others are those above it, the root last. `beyond` says what
    becomes of a lifetime that reaches beyond the issuer's own: `deny` or `truncate`. The URIs go into every certificate:
    where the revocation list is, where the issuer's certificate is, and who answers by OCSP.

    Raises `ParseError` for an input that is no bundle or has no certificate, and `IssuanceError` for a certificate that may
    not sign.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __new__(cls, /, chain: Certificates, *, beyond: BeyondWord | None = None, crl_uris: Texts | None = None, issuer_uris: Texts | None = None, ocsp_uris: Texts | None = None) -> Issuer: ...
    def __repr__(self, /) -> str: ...
    @property
    def certificate(self, /) -> Certificate:
        """
        The CA's certificate.
        """
    @property
    def chain(self, /) -> tuple[Certificate, ...]:
        """
        The CA's certificate and those above it, the root last.
        """
    def issue(self, /, approval: Approval, signer: Signer, *, at: Time | None = None, serial_number: SerialNumber | None = None, scheme: str | None = None) -> IssuedCertificate:
        """
        Issues the certificate of an approval, which is used up: prepares, signs, and verifies the result along the path to
        the root.

        `signer` is a `PrivateKey`, a private key of pyca/cryptography, or a function from the bytes to be signed to their
        signature in the form of X.509 (ECDSA as a DER sequence of r and s).

        Raises `IssuanceError` as `prepare`, and `issue/not-verified` for a signature that is not the CA's or a certificate
        that the CA's constraints forbid; whatever the signer raises.
        """
    def prepare(self, /, approval: Approval, *, at: Time | None = None, serial_number: SerialNumber | None = None, scheme: str | None = None) -> PreparedCertificate:
        """
        Encodes the certificate of an approval, which is used up, and holds what was encoded against it. Nothing is signed:
        for keys in an HSM, in a KMS or on another machine.

        `at` is now and `serial_number` random unless they are given: an `int`, or hexadecimal text. Without a scheme, such
        as `RSASSA-PSS-SHA256`, the usual one of the CA's key is taken.

        Raises `IssuanceError`: `issue/used`, `issue/issuer`, `issue/beyond-issuer`, `issue/serial-number`.
        """

@final
class PathDiagnosis:
    """
    What verification says, without an exception. True if a path holds, else false.
    """
    def __bool__(self, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def outcome(self, /) -> Verification:
        """
        `verified` or `notVerified`.
        """
    @property
    def path(self, /) -> VerifiedPath | None:
        """
        The path that holds; `None` if there is none.
        """
    @property
    def paths(self, /) -> int:
        """
        How many paths were tried in vain; `tried` may have fewer.
        """
    @property
    def reasons(self, /) -> tuple[Diagnostic, ...]:
        """
        Why not: the best reason; where the certificate itself is at fault, everything that is wrong with it.
        """
    def to_dict(self, /) -> VerifiedPathView | NotVerifiedView:
        """
        The path, or why there is none, as plain data: told apart by `outcome`.
        """
    @property
    def tried(self, /) -> list[TriedPathView]:
        """
        Paths that were tried and where each stopped, the most telling first; empty if one holds.
        """

@final
class Policy:
    """
    A loaded policy. Policies are equal if their canonical forms are, and are pickled by the text that they came from.
    One policy serves any number of threads.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Any, tuple[str]]: ...
    def __repr__(self, /) -> str: ...
    def at_most(self, /, other: Policy) -> AtMostView:
        """
        Whether the policy is at most as permissive as another one: `yes`, `no` with an example, or `undecided`.
        """
    @property
    def canonical_json(self, /) -> str:
        """
        The canonical form in JSON: policies that say the same have the same.
        """
    def constraints(self, /) -> ConstraintsView:
        """
        What a CA that issues by the policy can say of it in its own certificate: name constraints, purposes, path length.
        """
    @property
    def description(self, /) -> str | None:
        """
        What the policy is for.
        """
    def diff(self, /, other: Policy, requests: Requests | None = None, context: Context | None = None, *, at: Time | None = None) -> ComparisonView:
        """
        Compares the policy, as the old one, with another one, as the new one. Over `requests`, each is judged by both: a list
        or tuple, whose indexes are their names, or a mapping from names; a certificate stands for the request that asks for the
        same. Without them, the policies themselves are analysed.

        Raises `ParseError` for a request, a context or a time that cannot be read.
        """
    @property
    def digest(self, /) -> str:
        """
        The digest of the canonical form: `sha256:` and 64 hexadecimal digits.
        """
    def evaluate(self, /, request: Request | Input, context: Context | None = None, *, at: Time | None = None) -> Decision:
        """
        Judges a request. A denial is a value: `bool(decision)` says whether the certificate may be issued.

        The context says what is known besides the request: who asks, where, of whom, and for how long. The time is an
        aware datetime or RFC 3339 text; left out, it is now.

        Raises `ParseError` for a request, a context or a time that cannot be read.
        """
    def explain(self, /, request: Request | Input, context: Context | None = None, *, at: Time | None = None) -> ExplanationView:
        """
        Says why the policy decides as it does: the rules that decided each field, and the smallest changes to the request and
        to the policy with which it would be allowed. Each change has been applied and judged again.

        Raises `ParseError` for a request, a context or a time that cannot be read.
        """
    def export(self, /, kind: str) -> str:
        """
        Writes the policy for another program: `approver-policy` or `vault-role`.

        Raises `PolicyError` with `export/unsupported` for each part that the program cannot say, and `ParseError` for a kind that
        is not known.
        """
    @property
    def id(self, /) -> str:
        """
        The policy's name.
        """
    def lint(self, /, *, at: Time | None = None) -> tuple[Diagnostic, ...]:
        """
        Everything that should be looked at, with line and column: the warnings, and what is true of rules taken together. `at`
        is when exceptions are looked at, by default now.
        """
    def mend(self, /, request: Request | Input, context: Context | None = None, *, at: Time | None = None) -> MendView:
        """
        Says how to make a request that the policy allows, from one at hand: as an `openssl` command and as a Certificate of
        cert-manager.

        Raises `ParseError` for a request, a context or a time that cannot be read.
        """
    def review(self, /, certificate: Certificate, context: Context | None = None, *, at: Time | None = None) -> tuple[Diagnostic, ...]:
        """
        Says why the policy would not allow a certificate that is there already: every reason why a request for the same would
        be denied, of the same key and, unless the context says otherwise, for the same lifetime; empty if it would be allowed.
        Nobody proves that they hold the key, so these are reasons and no `Decision`: nothing can be issued by them.

        Raises `ParseError` for a certificate that no request can ask for, a context or a time that cannot be read.
        """
    def run_cases(self, /, cases: Input, *, files: Files | None = None) -> CaseReport:
        """
        Runs the cases of a file of cases, YAML or JSON. Text is the file itself, a path is read. What the cases name as files
        is taken from `files`; beside a path, from its folder too.

        Raises `ParseError` with `case/syntax` for what is no file of cases, or a file that is not given, and `OSError` for a
        file that cannot be read.
        """
    @property
    def source(self, /) -> str:
        """
        The text that it was loaded from.
        """
    def to_dict(self, /) -> PolicyView:
        """
        Name, digest, description and warnings as plain data.
        """
    @property
    def warnings(self, /) -> tuple[Diagnostic, ...]:
        """
        What should be looked at in the document, with line and column.
        """

@final
class PolicySet:
    """
    Several policies that decide together. Sets are equal if their policies and the way they are combined are; they are pickled
    by these.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs_ex__(self, /) -> tuple[tuple[list[Policy]], dict[str, str | None]]: ...
    def __hash__(self, /) -> int: ...
    def __new__(cls, /, policies: Policies, *, combine: str = "any", name: str | None = None) -> PolicySet:
        """
        A set of policies. `combine` is `any` (the first that allows decides), `all` (every one that is applicable must allow) or
        `named` (the one whose id is `name` decides alone).

        Raises `ParseError` for another word, and for a name without `named` or the reverse.
        """
    def __repr__(self, /) -> str: ...
    @property
    def combine(self, /) -> str:
        """
        `any`, `all` or `named`.
        """
    def evaluate(self, /, request: Request | Input, context: Context | None = None, *, at: Time | None = None) -> SetDecision:
        """
        Judges a request by the policies together. A denial is a value: `bool(decision)` says whether the certificate may be
        issued.

        Raises `ParseError` for a request, a context or a time that cannot be read.
        """
    @property
    def name(self, /) -> str | None:
        """
        With `named`: the id of the policy that decides.
        """
    @property
    def policies(self, /) -> list[Policy]:
        """
        The policies, in order.
        """

@final
class Position:
    """
    A place in a text: line and column from 1, columns count characters.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs__(self, /) -> tuple[int, int]: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, line: SupportsIndex, column: SupportsIndex) -> Position: ...
    def __repr__(self, /) -> str: ...
    @property
    def column(self, /) -> int:
        """
        Column.
        """
    @property
    def line(self, /) -> int:
        """
        Line.
        """

@final
class PreparedCertificate:
    """
    A certificate that was approved and encoded, and is not yet signed. It is used up by signing, and cannot be pickled or
    copied.
    """
    def __repr__(self, /) -> str: ...
    def assemble(self, /, signature: bytes) -> IssuedCertificate:
        """
        The certificate, from a signature over `tbs` in the form of X.509; it is verified.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
        """
    @property
    def policy(self, /) -> PolicyIdentityView:
        """
        Name and digest of the policy that approved it.
        """
    @property
    def scheme(self, /) -> str:
        """
        How they are to be signed, such as `ecdsa-with-SHA256`.
        """
    def sign(self, /, signer: Signer) -> IssuedCertificate:
        """
        Signs, and verifies the result. `signer` is as in `Issuer.issue`; if it raises, nothing was used up.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
        """
    @property
    def tbs(self, /) -> bytes:
        """
        The bytes to be signed.

        Raises `IssuanceError` with `issue/used` once it was used.
        """
    @property
    def used(self, /) -> bool:
        """
        Whether it was used.
        """

@final
class PreparedList:
    """
    A revocation list that was encoded, not yet signed. It is used up by signing.
    """
    def __repr__(self, /) -> str: ...
    def assemble(self, /, signature: bytes) -> RevocationList:
        """
        The list, from a signature over `tbs` in the form of X.509; it is verified under the issuer's key.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
        """
    @property
    def scheme(self, /) -> str:
        """
        How they are to be signed, such as `ecdsa-with-SHA256`.
        """
    def sign(self, /, signer: Signer) -> RevocationList:
        """
        Has the bytes signed. `signer` is as in `Issuer.issue`.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
        """
    @property
    def tbs(self, /) -> bytes:
        """
        The bytes to be signed.

        Raises `IssuanceError` with `issue/used` once it was used.
        """

@final
class PreparedRequest:
    """
    A request that was encoded, not yet signed.
    """
    def __repr__(self, /) -> str: ...
    def assemble(self, /, signature: bytes) -> Request:
        """
        The request, from a signature over `tbs` in the form of X.509; it is verified.

        Raises `IssuanceError` with `issue/not-verified`.
        """
    @property
    def scheme(self, /) -> str:
        """
        How they are to be signed, such as `ecdsa-with-SHA256`.
        """
    def sign(self, /, signer: Signer) -> Request:
        """
        Has the bytes signed. `signer` is as in `Issuer.issue`, and holds the key of the request.

        Raises `IssuanceError` with `issue/not-verified` for another key; whatever the signer raises.
        """
    @property
    def tbs(self, /) -> bytes:
        """
        The bytes to be signed.
        """

@final
class PreparedRoot:
    """
    A root that was encoded, not yet signed. It is used up by signing.
    """
    def __repr__(self, /) -> str: ...
    def assemble(self, /, signature: bytes) -> Certificate:
        """
        The root, from a signature over `tbs` in the form of X.509; it is verified under its own key.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`.
        """
    @property
    def scheme(self, /) -> str:
        """
        How they are to be signed, such as `ecdsa-with-SHA256`.
        """
    def sign(self, /, signer: Signer) -> Certificate:
        """
        Has the bytes signed. `signer` is as in `Issuer.issue`, and holds the root's own key.

        Raises `IssuanceError`: `issue/used`, `issue/not-verified`; whatever the signer raises.
        """
    @property
    def tbs(self, /) -> bytes:
        """
        The bytes to be signed.

        Raises `IssuanceError` with `issue/used` once it was used.
        """

@final
class PrivateKey:
    """
    A private key in memory: RSA, P-256, P-384, P-521 or Ed25519. Nothing prints it, it is wiped when it is dropped, and it
    cannot be pickled. Keys are equal if their public keys are.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    def belongs_to(self, /, certificate: Certificate) -> bool:
        """
        Whether a certificate is for this key.
        """
    @property
    def kind(self, /) -> str:
        """
        What it is, such as `P-256` or `RSA-2048`.
        """
    @property
    def public_key_der(self, /) -> bytes:
        """
        The public key: SubjectPublicKeyInfo in DER.
        """
    @property
    def scheme(self, /) -> str:
        """
        How it signs, such as `ecdsa-with-SHA256`.
        """
    def sign(self, /, message: bytes) -> bytes:
        """
        A signature over a message in the form of X.509: ECDSA as a DER sequence of r and s, others as they are.

        Raises `IssuanceError` if the key does not sign.
        """
    def to_cryptography(self, /) -> CryptographyPrivateKey:
        """
        The key as pyca/cryptography has it, which must be installed.
        """
    def to_pem(self, /) -> str:
        """
        The key in PKCS #8 PEM, not encrypted. Keep it where only its owner can read it.

        Raises `IssuanceError` for a key without an encoding.
        """

@final
class Renewal:
    """
    Whether a certificate is renewed now. True if it is due. Decisions are equal if all that they say is.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def due(self, /) -> bool:
        """
        Whether it is renewed now: as `bool(renewal)`.
        """
    @property
    def reasons(self, /) -> tuple[Diagnostic, ...]:
        """
        Why it is due; empty if it is not.
        """
    @property
    def renew_at(self, /) -> datetime:
        """
        When time alone makes it due: an aware datetime in UTC.
        """
    def to_dict(self, /) -> RenewalView:
        """
        All of it as plain data.
        """

@final
class Request:
    """
    A certificate request (PKCS #10), parsed. Fields are made when they are asked for. Requests are equal if their DER
    encodings are.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Any, tuple[bytes]]: ...
    def __repr__(self, /) -> str: ...
    @property
    def attributes(self, /) -> list[AttributeView]:
        """
        Every attribute in order. Challenge passwords are not shown.
        """
    @property
    def der(self, /) -> bytes:
        """
        The DER encoding.
        """
    @property
    def extensions(self, /) -> list[ExtensionView]:
        """
        Every requested extension in order.
        """
    @property
    def findings(self, /) -> tuple[Diagnostic, ...]:
        """
        What is wrong or odd under any policy, sorted by path and code.
        """
    @property
    def fingerprints(self, /) -> FingerprintsView:
        """
        SHA-256 digests of the request and of its key, in hexadecimal.
        """
    @property
    def pem(self, /) -> str:
        """
        The request in PEM.
        """
    @property
    def public_key(self, /) -> PublicKeyView:
        """
        The public key.
        """
    @property
    def signature(self, /) -> SignatureView:
        """
        The signature by the key itself and its state, which is worked out once: proof that the sender holds the key.
        """
    @property
    def subject(self, /) -> SubjectView:
        """
        The subject: its text in the form of RFC 4514, and every attribute in order.
        """
    @property
    def subject_alt_names(self, /) -> list[NameView]:
        """
        The subject alternative names in order.
        """
    def to_cryptography(self, /) -> CryptographyRequest:
        """
        The request as pyca/cryptography has it, which must be installed.
        """
    def to_dict(self, /) -> RequestView:
        """
        Every field as plain data.
        """

@final
class RevocationList:
    """
    A revocation list (RFC 5280 5), parsed. Fields are made when they are asked for. Lists are equal if their DER encodings
    are, and are pickled by them.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Any, tuple[bytes]]: ...
    def __repr__(self, /) -> str: ...
    @property
    def der(self, /) -> bytes:
        """
        The DER encoding.
        """
    @property
    def entries(self, /) -> list[RevokedCertificateView]:
        """
        The entries in order.
        """
    @property
    def findings(self, /) -> tuple[Diagnostic, ...]:
        """
        What is odd.
        """
    @property
    def issuer(self, /) -> SubjectView:
        """
        Who issued the list.
        """
    @property
    def next_update(self, /) -> datetime | None:
        """
        When the next one is due: an aware datetime in UTC; `None` if the list does not say.
        """
    @property
    def number(self, /) -> str | None:
        """
        Its number in hexadecimal; `None` if it has none.
        """
    @property
    def pem(self, /) -> str:
        """
        The list in PEM.
        """
    @property
    def this_update(self, /) -> datetime:
        """
        When it was issued: an aware datetime in UTC.
        """
    def to_cryptography(self, /) -> CryptographyRevocationList:
        """
        The list as pyca/cryptography has it, which must be installed.
        """
    def to_dict(self, /) -> RevocationListView:
        """
        Every field as plain data.
        """

@final
class SetDecision:
    """
    What several policies say of a request together. True if the certificate may be issued, else false. Decisions are equal if all
    that they say is.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def allowed(self, /) -> bool:
        """
        Whether the certificate may be issued: as `bool(decision)`.
        """
    @property
    def blocked(self, /) -> bool:
        """
        Whether a policy that is enforced stands in the way.
        """
    @property
    def decided_by(self, /) -> PolicyIdentityView | None:
        """
        The policy that settled the outcome; `None` if none did.
        """
    @property
    def decisions(self, /) -> list[DecisionView]:
        """
        What each policy that was asked says, in order, as plain data.
        """
    @property
    def outcome(self, /) -> Outcome:
        """
        `allowed`, `denied` or `notApplicable`.
        """
    @property
    def reasons(self, /) -> tuple[Diagnostic, ...]:
        """
        What is wrong with the set as a whole.
        """
    def to_dict(self, /) -> SetDecisionView:
        """
        The whole decision as plain data.
        """

@final
class SignatureStatus:
    """
    What became of a signature. True if it is valid, else false.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __repr__(self, /) -> str: ...
    @property
    def diagnostics(self, /) -> tuple[Diagnostic, ...]:
        """
        Why it is not valid: at most one diagnostic.
        """
    @property
    def status(self, /) -> SignatureState:
        """
        `valid`, `invalid`, `refused` or `not-checked`.
        """
    def to_dict(self, /) -> SignatureStatusView:
        """
        The answer as plain data.
        """

@final
class Span:
    """
    A range of bytes: `der[span.start:span.end]`.
    """
    def __eq__(self, value: object, /) -> bool: ...
    def __getnewargs__(self, /) -> tuple[int, int]: ...
    def __hash__(self, /) -> int: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __new__(cls, /, start: SupportsIndex, end: SupportsIndex) -> Span: ...
    def __repr__(self, /) -> str: ...
    @property
    def end(self, /) -> int:
        """
        Offset behind the last byte.
        """
    @property
    def start(self, /) -> int:
        """
        Offset of the first byte.
        """

@final
class VerifiedPath:
    """
    A certification path that holds, and what was proved. It is proof for the time and the names that were asked for, and
    cannot be pickled: what leaves the process is its plain data.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def anchor(self, /) -> Certificate | None:
        """
        The trust anchor.
        """
    @property
    def at(self, /) -> datetime:
        """
        The time for which it was verified: an aware datetime in UTC.
        """
    @property
    def certificates(self, /) -> tuple[Certificate, ...]:
        """
        The certificates, leaf first, trust anchor last.
        """
    @property
    def policies(self, /) -> list[str]:
        """
        The certificate policies for which the path holds: dotted decimal.
        """
    def to_dict(self, /) -> VerifiedPathView:
        """
        The path as plain data.
        """
    @property
    def valid_until(self, /) -> datetime:
        """
        Until when every certificate of the path is valid: an aware datetime in UTC.
        """
    @property
    def warnings(self, /) -> tuple[Diagnostic, ...]:
        """
        What is odd and stops nothing, such as an unknown revocation status that was allowed.
        """
    @property
    def work(self, /) -> WorkView:
        """
        What the verification did: counted, and the same on every platform.
        """

@final
class Verifier:
    """
    Trust anchors, intermediates and a profile, parsed and indexed once. One verifier serves any number of threads, and
    remembers the signatures of CAs that it has seen; time and rules are judged anew at each call.

    Certificates are `Certificate` or `Bundle` objects, inputs (PEM, DER, base64, PKCS #7; text is the bundle itself, a path
    is read), or a list of these. `profile` is `rfc5280`, `webpki` or `private`; see `certgate.profile`. With
    `issuer_rules="ignore"` rules that bind issuers and not verifiers, such as criticality, are left out.

    Verifiers are pickled by their certificates and rules; of a trust store, by the certificates that it had.

    Raises `ParseError` for an input that is no bundle, and if there is no trust anchor.
    """
    def __new__(cls, /, anchors: Certificates, intermediates: Certificates | None = None, *, profile: ProfileWord | None = None, issuer_rules: IssuerRulesWord | None = None) -> Verifier: ...
    def __reduce__(self, /) -> tuple[Any, tuple[list[Certificate], list[Certificate], str, tuple[str, str, str | None, int, int] | None]]: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def _from_parts(anchors: Certificates, intermediates: Certificates, rules: str, store: tuple[str, str, str | None, SupportsIndex, SupportsIndex] | None) -> Verifier: ...
    def diagnose_path(self, /, certificates: Certificates, *, at: Time | None = None, purpose: str = "server", names: Texts | None = None, key_usage: Texts | None = None, depth: SupportsIndex | None = None, policies: PoliciesDocument | None = None, revocation: RevocationDocument | None = None, crls: RevocationLists | None = None, ocsp: Inputs | None = None, nonce: bytes | None = None) -> PathDiagnosis:
        """
        Explains a verification: as `verify`, but that no path holds is a value, which is false.

        Raises `ParseError` for an argument that cannot be read.
        """
    @staticmethod
    def from_store(name: str, intermediates: Certificates | None = None, *, profile: ProfileWord | None = None, issuer_rules: IssuerRulesWord | None = None) -> Verifier:
        """
        A verifier whose trust anchors are a trust store: `system` (the bundle of the operating system), `certifi` (the package
        of this interpreter), `webpki` (Mozilla's roots, compiled in) or `java` (cacerts, read by its keytool).

        Raises `ParseError` for a name that is not known or a store that is not there.
        """
    @property
    def store(self, /) -> StoreDescription | None:
        """
        The trust store with its source and its date; `None` if the anchors were given.
        """
    def verify(self, /, certificates: Certificates, *, at: Time | None = None, purpose: str = "server", names: Texts | None = None, key_usage: Texts | None = None, depth: SupportsIndex | None = None, policies: PoliciesDocument | None = None, revocation: RevocationDocument | None = None, crls: RevocationLists | None = None, ocsp: Inputs | None = None, nonce: bytes | None = None) -> VerifiedPath:
        """
        Verifies a certificate and returns the path that holds. The first certificate is the one that is verified, others
        are what its owner presents beside it.

        `at` is an aware datetime or RFC 3339 text; left out, it is now. `purpose` is `server`, `client`, `code`, `mail`,
        `timeStamping`, `any`, a name such as `serverAuth`, or dotted decimal. `names` are host names, IP addresses,
        mailboxes or URIs, for all of which the certificate must be. `key_usage` has bits that keyUsage must have. `depth`
        is the greatest number of intermediates. `crls` and `ocsp` are revocation lists (`RevocationList` or `Bundle` objects,
        which are not parsed again, or inputs) and OCSP responses; where one of them or `revocation` is given, an empty list
        too, an unknown status is refused unless `revocation` says otherwise. `nonce` is what the OCSP responses must repeat,
        and comes with `ocsp`.

        Raises `VerificationError` if no path holds, and `ParseError` for an argument that cannot be read.
        """

def explain(code: str) -> CodeView | None:
    """
    What a code such as `policy/dns-not-allowed` means; `None` if there is no such code.
    """

def explain_all() -> list[CodeView]:
    """
    What every code means, sorted by code.
    """

def generate_key(kind: str = "P-256") -> PrivateKey:
    """
    Makes a private key from the system's randomness: `P-256`, `P-384`, `P-521`, `Ed25519`, `RSA-2048`, `RSA-3072` or
    `RSA-4096`.

    Raises `ParseError` for a kind that is not known.
    """

def import_policy(kind: str, input: Input, *, id: str | None = None, profile: str | None = None, exact: bool = False) -> tuple[Policy, tuple[Diagnostic, ...]]:
    """
    Reads a policy of another program, YAML or JSON: `approver-policy`, `cfssl`, `kubelet-csr-approver`, `kubernetes-signer`,
    `openbao-role`, `step-ca` or `vault-role`. Text is the policy itself, a path is read. `id` names the imported policy; left
    out, the name in the file does. `profile` is that of a cfssl, or the provisioner of a step-ca. With `exact` the policy
    decides exactly as the program does.

    Returns the policy, whose `source` is YAML, and what it does not keep.

    Raises `PolicyError` with every fault of the document, `ParseError` for a kind that is not known, and `OSError` for a file
    that cannot be read.
    """

def inspect(input: Input) -> RequestView:
    """
    Reads one certificate request in DER, PEM or base64 and returns every field as plain data, with the state of its
    signature and all that is odd about it. Text is the request itself, a path is read.

    Raises `ParseError` for anything that is not exactly one request, and `OSError` for a file that cannot be read.
    """

def inspect_certificate(input: Input) -> CertificateView:
    """
    Reads one certificate in DER, PEM or base64 and returns every field as plain data, with all that is odd about it. Text
    is the certificate itself, a path is read.

    Raises `ParseError` for anything that is not exactly one certificate, and `OSError` for a file that cannot be read.
    """

def lint(input: Input, *, profile: str = "rfc5280", at: Time | None = None) -> list[LintView]:
    """
    Holds everything in an input against the rules that bind those who issue: one request, or certificates and revocation
    lists. One answer for each object, in order. `profile` is `rfc5280`, `cabf-tls`, `mozilla` or `private`; `at` is the day
    whose rules count, by default when a certificate or list was made, as it says itself, and for requests now. Text is the
    input itself, a path is read.

    Raises `ParseError` for an input that cannot be read, or of which a part cannot, and `OSError` for a file that cannot be
    read. What was found is an answer.
    """

def lint_rules() -> list[LintRuleView]:
    """
    All rules of lint, sorted by code.
    """

def load_policy(input: Input) -> Policy:
    """
    Loads a policy from YAML or JSON. Text is the policy itself, a path is read.

    Raises `PolicyError` with every fault of the document, its line and its column, and `OSError` for a file that cannot
    be read.
    """

def load_private_key(input: Input) -> PrivateKey:
    """
    Reads one private key: PKCS #8, SEC 1 or PKCS #1, in PEM or DER, not encrypted. Text is the key itself, a path is read.

    Raises `ParseError` for anything else, and `OSError` for a file that cannot be read.
    """

def new_request(key: PrivateKey, *, subject: Texts | None = None, names: Texts | None = None, key_usage: Texts | None = None, purposes: Texts | None = None, ca: bool = False, path_length: SupportsIndex | None = None) -> Request:
    """
    Makes a certificate request and signs it with its own key. A policy judges it, whoever made it.

    `subject` has items such as `CN=web` or `organizationName=Example`, in order; `names` has host names, IP addresses,
    mailboxes and URIs, told apart by their form; `key_usage` and `purposes` have words such as `digitalSignature` and
    `serverAuth`. `ca` asks for the certificate of a CA below which `path_length` intermediates may follow.

    Raises `ParseError` for an item that is not known, and `IssuanceError` if the key does not sign.
    """

def new_root(key: PrivateKey, subject: Texts, *, not_before: Time | None = None, lifetime: Duration | None = None, path_length: SupportsIndex | None = None, at: Time | None = None, serial_number: SerialNumber | None = None) -> Certificate:
    """
    Makes a root: the certificate of a CA that signs itself. `lifetime` is a timedelta or text such as `3650d`, which it is if
    left out; `not_before` is now if left out. What the root issues needs an approval.

    Raises `ParseError` for an item that is not known, and `IssuanceError` for what cannot be issued.
    """

def parse_bundle(input: Input) -> Bundle:
    """
    Reads all certificates and revocation lists of an input: PEM, DER, base64 or PKCS #7. What cannot be read is passed over
    with a finding; private keys are named and not looked into. Text is the bundle itself, a path is read.

    Raises `ParseError` for an input that is no bundle at all, and `OSError` for a file that cannot be read.
    """

def parse_certificate(input: Input) -> Certificate:
    """
    Reads one certificate in DER, PEM or base64. Text is the certificate itself, a path is read.

    Raises `ParseError` for anything that is not exactly one certificate, and `OSError` for a file that cannot be read.
    """

def parse_request(input: Input) -> Request:
    """
    Reads one certificate request in DER, PEM or base64. Text is the request itself, a path is read.

    Raises `ParseError` for anything that is not exactly one request, and `OSError` for a file that cannot be read.
    """

def parse_revocation_list(input: Input) -> RevocationList:
    """
    Reads one revocation list in DER, PEM or base64. Text is the list itself, a path is read.

    Raises `ParseError` for anything that is not exactly one list, and `OSError` for a file that cannot be read.
    """

def prepare_request(public_key: Input, *, subject: Texts | None = None, names: Texts | None = None, key_usage: Texts | None = None, purposes: Texts | None = None, ca: bool = False, path_length: SupportsIndex | None = None, scheme: str | None = None) -> PreparedRequest:
    """
    Encodes a certificate request of a key that is elsewhere: a SubjectPublicKeyInfo in DER or PEM. The rest is as in
    `new_request`. Without a scheme, such as `RSASSA-PSS-SHA256`, the usual one of the key is taken.

    Raises `ParseError` for a key, an item or a scheme that is not known.
    """

def prepare_revocation_list(issuer: Issuer, revocations: Revocations | None = None, *, previous: RevocationList | None = None, number: SerialNumber | None = None, lifetime: Duration | None = None, next_update: Time | None = None, at: Time | None = None, scheme: str | None = None) -> PreparedList:
    """
    Encodes the revocation list of a CA. Nothing is signed; `PreparedList.sign` does it. The entries of the previous list stay,
    and its number counts on. Of two reasons for one certificate the graver holds.

    `revocations` are certificates of the CA (`Certificate` objects), serial numbers, or mappings with `serialNumber`, `at` and
    `reason`. `number` is one more than that of the previous list, or 1. The list holds for `lifetime`, which is `7d` if left
    out, or until `next_update`.

    Raises `ParseError` for a value that is not understood, a certificate of another CA, and a previous list that this CA has
    not signed or that does not tell of all its certificates (a delta list, one for a distribution point); `IssuanceError` for
    what cannot be issued.
    """

def prepare_root(public_key: Input, subject: Texts, *, not_before: Time | None = None, lifetime: Duration | None = None, path_length: SupportsIndex | None = None, at: Time | None = None, serial_number: SerialNumber | None = None, scheme: str | None = None) -> PreparedRoot:
    """
    Encodes a root of a key that is elsewhere: a SubjectPublicKeyInfo in DER or PEM. The rest is as in `new_root`.

    Raises `ParseError` for a key, an item or a scheme that is not known, and `IssuanceError` for what cannot be issued.
    """

def profile(name: str) -> ProfileView | None:
    """
    A profile of verification and its rules: `rfc5280`, `webpki` or `private`; `None` if there is none of this name.
    """

def read_context(text: str) -> Context:
    """
    Reads a context in JSON as strictly as a file with one: no key twice, no unknown key, no nesting without end.

    Raises `ParseError` for text that is no context, with line and column.
    """

def ready_made_policies() -> dict[str, str]:
    """
    The ready-made policies: the YAML text of each by its name.
    """

def renewal_due(certificates: Certificates, *, key: PrivateKey | None = None, names: Texts | None = None, policy: Policy | None = None, verifier: Verifier | None = None, purpose: str = "any", renew_before: Duration | None = None, at: Time | None = None) -> Renewal:
    """
    Decides whether a certificate is renewed: the first of `certificates`; the others are what is presented beside it.

    It is due when two thirds of its life are over, or `renew_before` before its end; when it is not valid; when `key` is not its
    private key; when it is not for exactly `names`; when `policy` would not allow it any more, which wants the key; when it does
    not verify by `verifier` for `purpose`. What is left out is not looked at. `at` is an aware datetime or RFC 3339 text; left
    out, it is now.

    Raises `ParseError` for a certificate or another argument that cannot be read, and `OSError` for a file that cannot be read.
    """

def request_like(certificate: Certificate, key: PrivateKey) -> Request:
    """
    Makes a request for the same as a certificate says, and signs it with a key: to renew the certificate, or to ask a policy
    whether it would still be allowed.

    Raises `ParseError` for a subject that is no text, and `IssuanceError` if the key does not sign.
    """

def run_command(arguments: "list[str]") -> int:
    """
    Runs the command line on the standard streams of the process (file descriptors 0 to 2) and returns the exit code.
    The arguments are those behind the program's name.
    """

def schema(name: str) -> dict[str, Any] | None:
    """
    The JSON Schema (draft 2020-12) of a document that is read or of a view that is written, such as `policy`,
    `decision` or `verified-path`; `None` if there is none of this name.
    """

def select_crypto(name: str) -> bool:
    """
    Selects the signature back ends by name, once; for tests. Returns whether the
    name is known on this machine and nothing had been selected before.
    """

def verify_signature(public_key: Input, algorithm: Input, message: Input, signature: Input) -> SignatureStatus:
    """
    Verifies one signature over `message`: for signatures that a device or a service has made. `public_key` is a
    SubjectPublicKeyInfo and `algorithm` an AlgorithmIdentifier, both in DER; `signature` is the content of the BIT STRING.

    Raises `ParseError` for a key or an algorithm that cannot be read. A signature that does not verify is an answer.
    """
