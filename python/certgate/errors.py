"""The exceptions that certgate raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certgate._certgate import Diagnostic
    from certgate.types import Code, NotVerifiedView, TriedPathView

__all__ = ["CertgateError", "IssuanceError", "ParseError", "PolicyError", "VerificationError"]


class CertgateError(Exception):
    """A job could not be done. A denial is never an exception: it is a `Decision`.

    `str()` of it has every message in one line.
    """

    diagnostics: tuple[Diagnostic, ...]
    """Everything that is wrong: at least one diagnostic."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        if not diagnostics:
            raise ValueError("an error has at least one diagnostic")
        super().__init__(message, diagnostics)
        self.diagnostics = diagnostics

    @property
    def code(self) -> Code:
        """The code of the first diagnostic, such as `input/private-key`."""
        return self.diagnostics[0].code

    def __str__(self) -> str:
        message: str = self.args[0]
        return message


class ParseError(CertgateError, ValueError):
    """A request, a certificate, a context, a time or another input cannot be read."""


class PolicyError(CertgateError):
    """A policy cannot be loaded: one diagnostic for every fault of the document, with line and column."""


class VerificationError(CertgateError):
    """No certification path holds.

    `diagnostics` has the best reason; where the certificate itself is at fault, everything that is wrong with it.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...], view: NotVerifiedView) -> None:
        super().__init__(message, diagnostics)
        self._view = view

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (*self.args, self._view)

    @property
    def tried(self) -> list[TriedPathView]:
        """Paths that were tried and where each stopped, the most telling first."""
        return self._view["tried"]

    @property
    def paths(self) -> int:
        """How many paths were tried; `tried` may have fewer."""
        return self._view["paths"]

    def to_dict(self) -> NotVerifiedView:
        """All of it as plain data."""
        return self._view


class IssuanceError(CertgateError):
    """A certificate, a request or a list cannot be issued: there is no approval, or it was used; the issuer may not
    sign; what was signed does not verify."""
