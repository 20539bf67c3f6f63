"""
The engine: use the package `certgate`, which exports all of it.
"""

from certgate.types import AttributeView, Code, CodeView, Context, Data, DecisionView, DiagnosticView, ExtensionView, FingerprintsView, Input, NameView, Outcome, Path, PolicyIdentityView, PolicyView, PublicKeyView, RequestView, Severity, SignatureState, SignatureStatusView, SignatureView, SubjectView, TemplateView, Time
from typing import Any, Final, SupportsIndex, final

__all__ = ["__version__", "Decision", "Diagnostic", "Policy", "Position", "Request", "SignatureStatus", "Span", "explain", "explain_all", "inspect", "load_policy", "parse_request", "ready_made_policies", "run_command", "schema", "select_crypto", "verify_signature"]

__version__: Final[str]
"""
The version of the engine.
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

def load_policy(input: Input) -> Policy:
    """
    Loads a policy from YAML or JSON. Text is the policy itself, a path is read.

    Raises `PolicyError` with every fault of the document, its line and its column, and `OSError` for a file that cannot
    be read.
    """

def parse_request(input: Input) -> Request:
    """
    Reads one certificate request in DER, PEM or base64. Text is the request itself, a path is read.

    Raises `ParseError` for anything that is not exactly one request, and `OSError` for a file that cannot be read.
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
    The JSON Schema (draft 2020-12) of a document that is read or of a view that is written: `policy`, `context`,
    `decision`, `request`, `code`, `error`, `loaded-policy` or `signature-status`; `None` if there is none of this name.
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
