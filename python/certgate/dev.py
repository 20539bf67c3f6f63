"""A development CA in one line: certificates for tests and for a developer's machine.

>>> import certgate
>>> ca = certgate.dev_ca()
>>> server = ca.issue("localhost", "127.0.0.1")
>>> server.certificate.is_for("localhost")
True

What it issues is judged by a policy that allows exactly what was asked for, and approved, as everything else. Nobody
but those who are told should trust such a CA: it belongs on no machine of others.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certgate._certgate import Certificate, DevAuthority, IssuedCertificate, Issuer, PrivateKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from certgate.types import Certificates, Duration, Texts, Time

__all__ = ["DevCA", "DevCertificate", "Pem", "dev_ca", "load_dev_ca"]


def dev_ca(
    name: str | None = None,
    *,
    key: str | None = None,
    lifetime: Duration | None = None,
    at: Time | None = None,
) -> DevCA:
    """Makes a development CA in memory.

    `name` is its common name, `key` the kind of its key (`P-256` unless it is given), `lifetime` ten years unless it is
    given. `at` is when it is made, now if left out.
    """
    return DevCA(DevAuthority.make(name, key=key, lifetime=lifetime, at=at))


def load_dev_ca(chain: Certificates, key: PrivateKey) -> DevCA:
    """A CA that was made before: its certificate, then those above it, and its key.

    Raises `IssuanceError` for a certificate that may not sign, and `ParseError` for a key that is not its own.
    """
    return DevCA(DevAuthority.load(chain, key))


class Pem:
    """Text in PEM, and the means to write it where it is wanted."""

    __slots__ = ("_private", "_text")

    def __init__(self, text: str, *, private: bool = False) -> None:
        self._text = text
        self._private = private

    def text(self) -> str:
        """The text."""
        return self._text

    def bytes(self) -> bytes:
        """The text in ASCII."""
        return self._text.encode("ascii")

    def write_to(self, path: os.PathLike[str] | str, *, append: bool = False) -> None:
        """Writes a file. One with a private key is for its owner alone (mode 0600), and a new one in the place of what
        stood there: who has the old one open reads no key, and a link is replaced, not followed. With `append` it has
        what stood there, too."""
        if self._private:
            _replace(Path(path), self.bytes(), append=append)
            return
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
        with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
            file.write(self.bytes())

    @contextmanager
    def temporary_file(self, folder: os.PathLike[str] | str | None = None) -> Iterator[Path]:
        """A file for its owner alone that is gone afterwards: for libraries that take only paths."""
        descriptor, name = tempfile.mkstemp(suffix=".pem", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self.bytes())
            yield Path(name)
        finally:
            os.unlink(name)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._private:
            raise TypeError("a private key is not pickled: write it to a file for its owner alone")
        return type(self), (self._text,)

    def __repr__(self) -> str:
        return "<Pem, private>" if self._private else f"<Pem, {len(self._text)} characters>"


def _replace(path: Path, content: bytes, *, append: bool) -> None:
    """Puts a new file for its owner alone in the place of another, or of none."""
    before = path.read_bytes() if append and path.exists() else b""
    # Made with mode 0600, under a name that nobody else has.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(before + content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


class DevCA:
    """A development CA in memory, with its key."""

    __slots__ = ("_authority",)

    def __init__(self, authority: DevAuthority) -> None:
        self._authority = authority

    def issue(
        self,
        *names: str,
        common_name: str | None = None,
        organizations: Texts | None = None,
        purposes: Texts | None = None,
        key: str | None = None,
        lifetime: Duration | None = None,
        at: Time | None = None,
    ) -> DevCertificate:
        """Issues a certificate for a new key.

        `names` are host names (also such as `*.dev.example`), IP addresses, mailboxes and URIs, told apart by their
        form. `purposes` are `serverAuth` and `clientAuth` unless they are given. The certificate lives for
        `lifetime`, which is 397 days unless it is given, and no longer than the CA. `at` is when it is issued: for
        certificates that have expired, or are not yet valid.

        Raises `ParseError` for a name, purpose or kind of key that is not known, and if there is neither a name nor a
        common name; `IssuanceError` for what cannot be issued.
        """
        issued, made = self._authority.issue(
            names,
            common_name=common_name,
            organizations=organizations,
            purposes=purposes,
            key=key,
            lifetime=lifetime,
            at=at,
        )
        return DevCertificate(issued, made)

    def intermediate(
        self,
        name: str | None = None,
        *,
        key: str | None = None,
        lifetime: Duration | None = None,
        at: Time | None = None,
    ) -> DevCA:
        """Makes a CA below this one."""
        return DevCA(self._authority.intermediate(name, key=key, lifetime=lifetime, at=at))

    def issuer(self, *, crl_uris: Texts | None = None) -> Issuer:
        """The CA as an issuer, for approvals of a policy of your own."""
        return Issuer(self._authority.chain, beyond="truncate", crl_uris=crl_uris)

    @property
    def certificate(self) -> Certificate:
        """The CA's certificate: what others are told to trust."""
        return self._authority.certificate

    @property
    def root(self) -> Certificate:
        """The certificate of the root: the CA itself, unless it is below another."""
        return self._authority.chain[-1]

    @property
    def key(self) -> PrivateKey:
        """The CA's key."""
        return self._authority.key

    @property
    def pem(self) -> Pem:
        """The root in PEM: what goes into a trust store."""
        return Pem(self.root.pem)

    @property
    def chain_pem(self) -> Pem:
        """The CA's certificate and those above it in PEM, for `load_dev_ca`."""
        return Pem("".join(certificate.pem for certificate in self._authority.chain))

    @property
    def key_pem(self) -> Pem:
        """The CA's key in PEM, for `load_dev_ca`."""
        return Pem(self.key.to_pem(), private=True)

    def configure_trust(self, context: ssl.SSLContext) -> None:
        """Has a context trust the root of this CA."""
        context.load_verify_locations(cadata=self.pem.text())

    def client_context(self, certificate: DevCertificate | None = None) -> ssl.SSLContext:
        """A context for clients that trusts this CA and nothing else; with a certificate, it is presented."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.configure_trust(context)
        if certificate is not None:
            certificate.configure(context)
        return context

    def __repr__(self) -> str:
        return f"<DevCA {self.certificate.subject['text']!r}>"


class DevCertificate:
    """A certificate of a development CA with its key."""

    __slots__ = ("issued", "key")

    def __init__(self, issued: IssuedCertificate, key: PrivateKey) -> None:
        self.issued = issued
        self.key = key

    @property
    def certificate(self) -> Certificate:
        """The certificate."""
        return self.issued.certificate

    @property
    def pem(self) -> Pem:
        """What is presented, in PEM: the certificate and the intermediates."""
        return Pem(self.issued.fullchain_pem)

    @property
    def key_pem(self) -> Pem:
        """The key in PEM."""
        return Pem(self.key.to_pem(), private=True)

    @property
    def key_and_pem(self) -> Pem:
        """The key and what is presented, in one file."""
        return Pem(self.key.to_pem() + self.issued.fullchain_pem, private=True)

    def configure(self, context: ssl.SSLContext) -> None:
        """Has a context present this certificate."""
        # The module `ssl` reads keys from files only.
        with self.key_and_pem.temporary_file() as path:
            context.load_cert_chain(path)

    def server_context(self, clients: DevCA | None = None) -> ssl.SSLContext:
        """A context for servers; with a CA, clients must present one of its certificates."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.configure(context)
        if clients is not None:
            clients.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def __repr__(self) -> str:
        names = [name["value"] for name in self.certificate.subject_alt_names]
        return f"<DevCertificate for {', '.join(names) or self.certificate.subject['text']}>"
