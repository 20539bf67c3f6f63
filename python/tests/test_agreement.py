"""pyca/cryptography reads the same in every field: the requests of `../shared/vectors/csr`, and NIST PKITS.

What one of the two does not read is listed with the reason, and the list is held both ways.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtensionOID

import certgate

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "vectors" / "csr"
PKITS = ROOT / "target" / "python" / "pkits" / "cryptography_vectors" / "x509" / "PKITS_data"

# pyca warns of what it reads all the same.
pytestmark = [pytest.mark.filterwarnings("ignore")]

# File and field, and why the two differ.
ONE_VALUE = "an attribute without exactly one value: pyca refuses all of them; certgate shows them"
TWICE = "an extension stands twice: pyca refuses all of them; certgate shows both, with a finding"
CURVE = "a key on a curve that pyca does not know; certgate shows what the encoding says"
REQUESTS: dict[tuple[str, str], str] = {
    ("cryptography-vectors__freeipa-bad-critical.pem", "extensions"): ONE_VALUE,
    ("cryptography-vectors__freeipa-bad-critical.pem", "names"): ONE_VALUE,
    ("cryptography-vectors__two_basic_constraints.pem", "extensions"): TWICE,
    ("cryptography-vectors__two_basic_constraints.pem", "names"): TWICE,
    ("cryptography-vectors__zero-element-attribute.pem", "attributes"): ONE_VALUE,
    ("cryptography-vectors__zero-element-attribute.pem", "extensions"): ONE_VALUE,
    ("cryptography-vectors__zero-element-attribute.pem", "names"): ONE_VALUE,
    ("go-1.19__x509_test.go_dupExtCSR", "extensions"): TWICE,
    ("go-1.19__x509_test.go_dupExtCSR", "names"): TWICE,
    ("openssl-3.0.22__test_certs_sm2-csr.pem", "key"): CURVE,
    ("openssl-3.0.22__test_certs_sm2-csr.pem", "keySha256"): CURVE,
}

BITS_LEFT = (
    "the suite broke the signature in its count of unused bits: no signature is of such bits, and certgate reads none"
)
INHERITED = (
    "a DSA key without parameters (RFC 3279 2.3.2): pyca cannot read it; certgate shows it, and verifies nothing by it"
)
NEGATIVE = "a negative number: certgate shows its octets, ff, and pyca the number, -1"
LISTED: dict[tuple[str, str], str] = {
    ("BadCRLSignatureCACRL.crl", "file"): BITS_LEFT,
    ("BadSignedCACert.crt", "file"): BITS_LEFT,
    ("DSAParametersInheritedCACert.crt", "file"): INHERITED,
    ("InvalidDSASignatureTest6EE.crt", "file"): BITS_LEFT,
    ("InvalidNegativeSerialNumberTest15EE.crt", "serial"): NEGATIVE,
    ("NegativeSerialNumberCACRL.crl", "entries"): NEGATIVE,
    ("ValidDSAParameterInheritanceTest5EE.crt", "file"): INHERITED,
}

# The name of a field, what certgate says, and how pyca is asked.
Fields = Iterator[tuple[str, Any, Callable[[], Any]]]

KINDS: dict[type[x509.GeneralName], tuple[str, Callable[[Any], str]]] = {
    x509.DNSName: ("dNSName", lambda name: name.value),
    x509.RFC822Name: ("rfc822Name", lambda name: name.value),
    x509.UniformResourceIdentifier: ("uniformResourceIdentifier", lambda name: name.value),
    x509.IPAddress: ("iPAddress", lambda name: str(name.value)),
    x509.RegisteredID: ("registeredID", lambda name: name.value.dotted_string),
}


# How pyca refuses a file or a field.
REFUSALS = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

# Types of attributes that RFC 4514 3 has short names for, as pyca has.
SHORT = ("2.5.4.3", "2.5.4.6", "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11")
SHORT += ("0.9.2342.19200300.100.1.1", "0.9.2342.19200300.100.1.25")


def unread(read: Callable[[], Any]) -> Any:
    """What pyca gives, or the exception by which it refuses."""
    try:
        return read()
    except REFUSALS as error:
        return error


def name_of(name: x509.Name) -> list[tuple[str, Any]]:
    return [(attribute.oid.dotted_string, attribute.value) for attribute in name]


def text_of(view: Any, name: x509.Name) -> str:
    """The text of a name, with certgate's names for types that RFC 4514 has none for."""
    more = {one["oid"]: one["type"] for one in view["attributes"] if one["oid"] not in SHORT}
    return name.rfc4514_string({x509.ObjectIdentifier(oid): kind for oid, kind in more.items()})


def our_name(view: Any) -> list[tuple[str, Any]]:
    return [(attribute["oid"], attribute.get("value")) for attribute in view["attributes"]]


def time_of(time: datetime | None) -> str | None:
    return None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")


def key_fields(view: Any) -> tuple[Any, ...]:
    return tuple(view.get(part) for part in ("oid", "bits", "exponent", "modulus", "point"))


def their_key(loaded: Any, oid: str) -> tuple[Any, ...]:
    key = loaded.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        modulus = f"{numbers.n:x}"
        return oid, key.key_size, numbers.e if numbers.e < 1 << 32 else None, modulus, None
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return oid, key.key_size, None, None, point.hex()
    if isinstance(key, ed25519.Ed25519PublicKey):
        return oid, 256, None, None, key.public_bytes_raw().hex()
    assert isinstance(key, (dsa.DSAPublicKey, ed448.Ed448PublicKey))
    return (oid,)


def extension_fields(view: Any) -> dict[str, Any]:
    """Type and mark of an extension, and what certgate says of its contents."""
    parts = ("basicConstraints", "keyUsage", "extendedKeyUsage")
    return {part: view[part] for part in ("oid", "critical", *parts) if part in view}


def their_extension(extension: x509.Extension[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"oid": extension.oid.dotted_string, "critical": extension.critical}
    value = extension.value
    if isinstance(value, x509.BasicConstraints):
        length = {} if value.path_length is None else {"pathLength": value.path_length}
        fields["basicConstraints"] = {"ca": value.ca, **length}
    if isinstance(value, x509.KeyUsage):
        fields["keyUsage"] = usages(value)
    if isinstance(value, x509.ExtendedKeyUsage):
        fields["extendedKeyUsage"] = [PURPOSES.get(oid.dotted_string, oid.dotted_string) for oid in value]
    return fields


BITS = (
    ("digital_signature", "digitalSignature"),
    ("content_commitment", "contentCommitment"),
    ("key_encipherment", "keyEncipherment"),
    ("data_encipherment", "dataEncipherment"),
    ("key_agreement", "keyAgreement"),
    ("key_cert_sign", "keyCertSign"),
    ("crl_sign", "cRLSign"),
)

PURPOSES = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "2.5.29.37.0": "anyExtendedKeyUsage",
}


def usages(value: x509.KeyUsage) -> list[str]:
    named = [word for attribute, word in BITS if getattr(value, attribute)]
    if value.key_agreement:
        named += ["encipherOnly"] * value.encipher_only + ["decipherOnly"] * value.decipher_only
    return named


def names_of(extensions: x509.Extensions) -> list[tuple[str, str | None]]:
    try:
        names = extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return []
    found: list[tuple[str, str | None]] = []
    for name in names:  # type: ignore[attr-defined]
        kind, text = KINDS.get(type(name), (None, None))
        found.append(("other", None) if kind is None or text is None else (kind, text(name)))
    return found


def our_names(views: Any) -> list[tuple[str, str | None]]:
    known = {kind for kind, _ in KINDS.values()}
    return [(view["type"], view["value"]) if view["type"] in known else ("other", None) for view in views]


def fields_of_request(view: Any, loaded: x509.CertificateSigningRequest) -> Fields:
    yield "subject", our_name(view["subject"]), lambda: name_of(loaded.subject)
    yield "text", view["subject"]["text"], lambda: text_of(view["subject"], loaded.subject)
    yield "signature", view["signature"]["oid"], lambda: loaded.signature_algorithm_oid.dotted_string
    yield (
        "attributes",
        [one["oid"] for one in view["attributes"]],
        lambda: [one.oid.dotted_string for one in loaded.attributes],
    )
    yield from fields_of_key(view, loaded)
    yield from fields_of_extensions(view, loaded)
    yield "names", our_names(view["subjectAltNames"]), lambda: names_of(loaded.extensions)
    encoding = loaded.public_bytes(serialization.Encoding.DER)
    yield "sha256", view["fingerprints"]["sha256"], lambda: hashlib.sha256(encoding).hexdigest()


def fields_of_certificate(view: Any, loaded: x509.Certificate) -> Fields:
    yield "version", view["version"], lambda: loaded.version.value + 1
    yield "serial", int(view["serialNumber"], 16), lambda: loaded.serial_number
    yield "subject", our_name(view["subject"]), lambda: name_of(loaded.subject)
    yield "issuer", our_name(view["issuer"]), lambda: name_of(loaded.issuer)
    yield "text", view["subject"]["text"], lambda: text_of(view["subject"], loaded.subject)
    yield "notBefore", view["notBefore"], lambda: time_of(loaded.not_valid_before_utc)
    yield "notAfter", view["notAfter"], lambda: time_of(loaded.not_valid_after_utc)
    yield "signature", view["signatureAlgorithm"]["oid"], lambda: loaded.signature_algorithm_oid.dotted_string
    yield from fields_of_key(view, loaded)
    yield from fields_of_extensions(view, loaded)
    yield "names", our_names(view["subjectAltNames"]), lambda: names_of(loaded.extensions)
    encoding = loaded.public_bytes(serialization.Encoding.DER)
    yield "sha256", view["fingerprints"]["sha256"], lambda: hashlib.sha256(encoding).hexdigest()


def fields_of_key(view: Any, loaded: Any) -> Fields:
    oid = view["publicKey"]["oid"]
    ours = key_fields(view["publicKey"]) if view["publicKey"]["algorithm"] else (oid,)
    yield "key", ours, lambda: their_key(loaded, loaded.public_key_algorithm_oid.dotted_string)[: len(ours)]
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    yield (
        "keySha256",
        view["fingerprints"]["publicKeySha256"],
        lambda: hashlib.sha256(loaded.public_key().public_bytes(serialization.Encoding.DER, spki)).hexdigest(),
    )


def fields_of_extensions(view: Any, loaded: Any) -> Fields:
    yield (
        "extensions",
        [extension_fields(one) for one in view["extensions"]],
        lambda: [their_extension(one) for one in loaded.extensions],
    )


def fields_of_list(view: Any, loaded: x509.CertificateRevocationList) -> Fields:
    yield "issuer", our_name(view["issuer"]), lambda: name_of(loaded.issuer)
    yield "thisUpdate", view["thisUpdate"], lambda: time_of(loaded.last_update_utc)
    yield "nextUpdate", view.get("nextUpdate"), lambda: time_of(loaded.next_update_utc)
    yield from fields_of_extensions(view, loaded)
    yield "number", view.get("number"), lambda: number_of(loaded.extensions)
    yield "entries", [entry_fields(one) for one in view["entries"]], lambda: [their_entry(one) for one in loaded]
    encoding = loaded.public_bytes(serialization.Encoding.DER)
    yield "sha256", view["sha256"], lambda: hashlib.sha256(encoding).hexdigest()


def number_of(extensions: x509.Extensions) -> str | None:
    try:
        number = extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None
    digits = f"{number:x}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def entry_fields(view: Any) -> tuple[Any, ...]:
    return int(view["serialNumber"], 16), view["revocationDate"], view.get("reason")


def their_entry(entry: x509.RevokedCertificate) -> tuple[Any, ...]:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        reason = None
    return entry.serial_number, time_of(entry.revocation_date_utc), reason


class Agreement:
    """Compares files, counts fields, and collects those on which the two differ."""

    def __init__(self) -> None:
        self.files = 0
        self.fields = 0
        self.found: dict[tuple[str, str], str] = {}

    def compare(
        self,
        path: Path,
        load: Callable[[bytes], Any],
        read: Callable[[bytes], Any],
        fields_of: Callable[[Any, Any], Fields],
    ) -> None:
        self.files += 1
        data = path.read_bytes()
        loaded = unread(lambda: load(data))
        try:
            view = read(data)
        except certgate.ParseError as error:
            if not isinstance(loaded, Exception):
                self.found[path.name, "file"] = f"{error}, and pyca reads it"
            return
        if isinstance(loaded, Exception):
            self.found[path.name, "file"] = f"read, and pyca says {loaded!r}"
            return
        for field, ours, reader in fields_of(view, loaded):
            self.fields += 1
            theirs = unread(reader)
            if ours != theirs:
                self.found[path.name, field] = f"{ours!r} is not {theirs!r}"

    def held(self, listed: dict[tuple[str, str], str]) -> None:
        """What differs is listed, and what is listed differs."""
        wrong = [f"{place}: {what[:300]}" for place, what in self.found.items() if place not in listed]
        assert not wrong, "\n".join(wrong)
        assert [place for place in listed if place not in self.found] == [], "these agree now"
        print(f"{self.fields} fields of {self.files} files, {len(listed)} exceptions")


def load_request(data: bytes) -> x509.CertificateSigningRequest:
    return x509.load_pem_x509_csr(data) if b"-----BEGIN" in data else x509.load_der_x509_csr(data)


def list_of(data: bytes) -> Any:
    return certgate.parse_revocation_list(data).to_dict()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="absent, so not tested: ../shared/vectors/csr")
def test_requests() -> None:
    agreement = Agreement()
    for path in sorted(path for path in CORPUS.iterdir() if path.name != "manifest.json"):
        agreement.compare(path, load_request, certgate.inspect, fields_of_request)
    assert agreement.files > 60
    agreement.held(REQUESTS)


@pytest.mark.skipif(not PKITS.is_dir(), reason="absent, so not tested: the data of PKITS, which cargo test fetches")
def test_pkits() -> None:
    agreement = Agreement()
    for path in sorted((PKITS / "certs").iterdir()):
        agreement.compare(path, x509.load_der_x509_certificate, certgate.inspect_certificate, fields_of_certificate)
    for path in sorted((PKITS / "crls").iterdir()):
        agreement.compare(path, x509.load_der_x509_crl, list_of, fields_of_list)
    assert agreement.files > 500
    agreement.held(LISTED)
