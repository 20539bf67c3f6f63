"""
The engine: use the package `certgate`, which exports all of it.
"""

from certgate.types import AttributeView, CertificateView, Certificates, Code, CodeView, Context, Data, DecisionView, DiagnosticView, ExtensionView, FingerprintsView, Input, Inputs, IssuerRulesWord, NameView, NotVerifiedView, Outcome, Path, PoliciesDocument, PolicyIdentityView, PolicyView, ProfileView, ProfileWord, PublicKeyView, RequestView, RevocationDocument, RevocationListView, Severity, SignatureState, SignatureStatusView, SignatureView, StoreDescription, SubjectView, TemplateView, Texts, Time, TriedPathView, Verification, VerifiedPathView, WorkView
from datetime import datetime
from typing import Any, Final, SupportsIndex, final

__all__ = ["__version__", "Bundle", "Certificate", "Decision", "Diagnostic", "PathDiagnosis", "Policy", "Position", "Request", "SignatureStatus", "Span", "VerifiedPath", "Verifier", "explain", "explain_all", "inspect", "inspect_certificate", "load_policy", "parse_bundle", "parse_certificate", "parse_request", "profile", "ready_made_policies", "run_command", "schema", "select_crypto", "verify_signature"]

__version__: Final[str]
"""
The version of the engine.
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
    @property
    def canonical_json(self, /) -> str:
        """
        The canonical form in JSON: policies that say the same have the same.
        """
    @property
    def description(self, /) -> str | None:
        """
        What the policy is for.
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
    @property
    def id(self, /) -> str:
        """
        The policy's name.
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
    def to_dict(self, /) -> RequestView:
        """
        Every field as plain data.
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

    Raises `ParseError` for an input that is no bundle, and if there is no trust anchor.
    """
    def __new__(cls, /, anchors: Certificates, intermediates: Certificates | None = None, *, profile: ProfileWord | None = None, issuer_rules: IssuerRulesWord | None = None) -> Verifier: ...
    def __repr__(self, /) -> str: ...
    def diagnose_path(self, /, certificates: Certificates, *, at: Time | None = None, purpose: str = "server", names: Texts | None = None, key_usage: Texts | None = None, depth: SupportsIndex | None = None, policies: PoliciesDocument | None = None, revocation: RevocationDocument | None = None, crls: Inputs | None = None, ocsp: Inputs | None = None, nonce: bytes | None = None) -> PathDiagnosis:
        """
        Explains a verification: as `verify`, but that no path holds is a value, which is false.

        Raises `ParseError` for an argument that cannot be read.
        """
    @staticmethod
    def from_store(name: str, intermediates: Certificates | None = None, *, profile: ProfileWord | None = None, issuer_rules: IssuerRulesWord | None = None) -> Verifier:
        """
        A verifier whose trust anchors are a trust store: `system` (the bundle of the operating system), `certifi` (of this
        interpreter), `webpki` (Mozilla's roots, compiled in) or `java` (cacerts).

        Raises `ParseError` for a name that is not known or a store that is not there.
        """
    @property
    def store(self, /) -> StoreDescription | None:
        """
        The trust store with its source and its date; `None` if the anchors were given.
        """
    def verify(self, /, certificates: Certificates, *, at: Time | None = None, purpose: str = "server", names: Texts | None = None, key_usage: Texts | None = None, depth: SupportsIndex | None = None, policies: PoliciesDocument | None = None, revocation: RevocationDocument | None = None, crls: Inputs | None = None, ocsp: Inputs | None = None, nonce: bytes | None = None) -> VerifiedPath:
        """
        Verifies a certificate and returns the path that holds. The first certificate is the one that is verified, others
        are what its owner presents beside it.

        `at` is an aware datetime or RFC 3339 text; left out, it is now. `purpose` is `server`, `client`, `code`, `mail`,
        `timeStamping`, `any`, a name such as `serverAuth`, or dotted decimal. `names` are host names, IP addresses,
        mailboxes or URIs, for all of which the certificate must be. `key_usage` has bits that keyUsage must have. `depth`
        is the greatest number of intermediates. `crls` and `ocsp` are revocation lists and OCSP responses; where they or
        `revocation` are given, an unknown status is refused unless `revocation` says otherwise. `nonce` is what the OCSP
        responses must repeat.

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

def load_policy(input: Input) -> Policy:
    """
    Loads a policy from YAML or JSON. Text is the policy itself, a path is read.

    Raises `PolicyError` with every fault of the document, its line and its column, and `OSError` for a file that cannot
    be read.
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

def profile(name: str) -> ProfileView | None:
    """
    A profile of verification and its rules: `rfc5280`, `webpki` or `private`; `None` if there is none of this name.
    """

def ready_made_policies() -> dict[str, str]:
    """
    The ready-made policies: the YAML text of each by its name.
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
    Selects the signature back ends by name, once and before anything is verified; for tests. Returns whether the
    name is known on this machine and nothing had been selected before.
    """

def verify_signature(public_key: Input, algorithm: Input, message: Input, signature: Input) -> SignatureStatus:
    """
    Verifies one signature over `message`: for signatures that a device or a service has made. `public_key` is a
    SubjectPublicKeyInfo and `algorithm` an AlgorithmIdentifier, both in DER; `signature` is the content of the BIT STRING.

    Raises `ParseError` for a key or an algorithm that cannot be read. A signature that does not verify is an answer.
    """
