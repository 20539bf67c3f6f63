"""A folder of certificates that the package itself issues: it is known what is wrong with which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import certgate
from certgate.dev import DevCA

# What the audit holds the folder against.
POLICY = """\
version: 1
id: fleet
names: { dns: { allow: ["*.example.com"] } }
keys: { EC: [P-256], RSA: { min: 2048 } }
usages: { extended: { allow: [serverAuth] } }
validity: { default: 24h, max: 90d }
"""

# What the certificates are issued by: more than the audit allows.
_ISSUING = certgate.load_policy(POLICY.replace('"*.example.com"', '"*.example.com", "*.internal"'))

_FILES_PER_FOLDER = 1_000

# Nothing that is looked at depends on a key being the only one of its kind.
_KEYS = 64


@dataclass(frozen=True)
class Kind:
    """A certificate: when it was issued and for how long, and what an audit says of it."""

    codes: tuple[str, ...] = ()
    age: range = range(0, 20)
    life: range = range(60, 89)
    domain: str = "example.com"


_SIGNATURE, _UNKNOWN = "verify/signature", "verify/issuer-unknown"
GOOD, OLD = Kind(), Kind(("audit/expired",), range(150, 300), range(30, 89))
SOON = Kind(("audit/expires-soon",), range(58, 60), range(65, 88))
OFF_POLICY = Kind(("policy/dns-not-allowed",), domain="internal")
FOREIGN, ALONE, DAMAGED = Kind((_UNKNOWN,)), Kind((_UNKNOWN,)), Kind((_SIGNATURE,))
WEAK = Kind(("key/rsa-modulus-too-small", "policy/key-size"))

# Of each hundred.
KINDS = [*[GOOD] * 80, *[OLD] * 10, *[SOON] * 3, *[OFF_POLICY] * 3, FOREIGN, ALONE, DAMAGED, WEAK]


class Maker:
    """Makes the certificates of one folder. The package issues; keys of pyca/cryptography sign."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.now = folder, now
        start = now - timedelta(days=400)
        self.root = certgate.dev_ca("Fleet Root", at=start)
        self.authority = self.root.intermediate("Fleet CA", at=start)
        self.foreign = certgate.dev_ca("Foreign Root", at=start).intermediate("Foreign CA", at=start)
        self.keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(_KEYS)]
        self.weak = rsa.generate_private_key(65537, 1024)
        self.signers = {id(one): one.key.to_cryptography() for one in (self.authority, self.foreign)}
        self.issuers = {id(one): one.issuer() for one in (self.authority, self.foreign)}

    def make(self, count: int) -> Counter[str]:
        """Writes so many files, and says how often an audit must find which code."""
        for start in range(0, count, _FILES_PER_FOLDER):
            (self.folder / f"{start // _FILES_PER_FOLDER:04}").mkdir(parents=True)
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(self._write, range(count), chunksize=100):
                pass
        expected: Counter[str] = Counter()
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            # A name that is not allowed is a finding each.
            expected.update(kind.codes * (len(self._names(number, kind)) if kind is OFF_POLICY else 1))
        return expected

    def _write(self, number: int) -> None:
        kind = KINDS[number % len(KINDS)]
        above = self.foreign if kind is FOREIGN else self.authority
        make: Callable[..., bytes] = self._weak if kind is WEAK else self._issue
        der = make(number, kind, above)
        if kind is DAMAGED:
            der = der[:-1] + bytes([der[-1] ^ 1])
        pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        if kind is not ALONE:
            pem += above.certificate.pem.encode()
        (self.folder / f"{number // _FILES_PER_FOLDER:04}" / f"host-{number:06}.pem").write_bytes(pem)

    def _life(self, number: int, kind: Kind) -> tuple[datetime, timedelta]:
        age, life = kind.age[number % len(kind.age)], kind.life[number // 7 % len(kind.life)]
        return self.now - timedelta(days=age, seconds=number % 3_600), timedelta(days=life)

    def _names(self, number: int, kind: Kind) -> list[str]:
        return [f"host-{number}-{name}.{kind.domain}" for name in range(1 + number % 3)]

    def _issue(self, number: int, kind: Kind, above: DevCA) -> bytes:
        at, life = self._life(number, kind)
        key = self.keys[number % len(self.keys)]
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        prepared = certgate.prepare_request(spki, names=self._names(number, kind), purposes="serverAuth")
        request = prepared.sign(key)
        approval = _ISSUING.evaluate(request, {"duration": life}, at=at).approve()
        return self.issuers[id(above)].issue(approval, self.signers[id(above)], at=at).der

    def _weak(self, number: int, kind: Kind, above: DevCA) -> bytes:
        """The package does not issue for such a key."""
        at, life = self._life(number, kind)
        signer = self.signers[id(above)]
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in self._names(number, kind)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(above.certificate.to_cryptography().subject)
            .public_key(self.weak.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at)
            .not_valid_after(at + life - timedelta(seconds=1))
            .add_extension(names, critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )
        return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)
