"""A CA whose key is in an HSM: the engine decides and encodes, the device signs, the engine verifies what was signed.

    export PKCS11_PIN=…
    hsm="--module /usr/lib/softhsm/libsofthsm2.so --token ca --key ca"
    python hsm.py $hsm --new-root "CN=Example Root" --ca ca.pem
    python hsm.py $hsm --ca ca.pem --policy policy.yaml request.pem > certificate.pem

It needs `python-pkcs11`. The key is P-256 or RSA, and never leaves the device. Any other signer fits in the same way: a
function from the bytes to be signed to their signature.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature
from pkcs11.util.rsa import encode_rsa_public_key

import certgate


class Key:
    """A key pair of the device, found by its label."""

    def __init__(self, session: pkcs11.Session, label: str) -> None:
        self._private: Any = session.get_key(label=label, object_class=pkcs11.ObjectClass.PRIVATE_KEY)
        self._public: Any = session.get_key(label=label, object_class=pkcs11.ObjectClass.PUBLIC_KEY)
        self.is_rsa: bool = self._private.key_type == pkcs11.KeyType.RSA

    def public_key(self) -> bytes:
        """The SubjectPublicKeyInfo in DER."""
        if not self.is_rsa:
            return bytes(encode_ec_public_key(self._public))
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

        key = load_der_public_key(bytes(encode_rsa_public_key(self._public)))
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, tbs: bytes) -> bytes:
        """A signature in the form of X.509: ECDSA as a DER sequence of r and s."""
        if self.is_rsa:
            return bytes(self._private.sign(tbs, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        raw = self._private.sign(hashlib.sha256(tbs).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(raw))


@contextmanager
def opened(module: str, token: str, label: str, pin: str) -> Iterator[Key]:
    """The key, while the session lasts."""
    with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin) as session:
        yield Key(session, label)


def new_root(key: Key, subject: str) -> certgate.Certificate:
    """The certificate of the CA, signed by its own key."""
    return certgate.prepare_root(key.public_key(), subject).sign(key.sign)


def issue(
    key: Key, ca: certgate.Certificate, policy: certgate.Policy, request: Path
) -> certgate.IssuedCertificate | certgate.Decision:
    """The certificate that the policy allows, or the decision that says why there is none."""
    decision = policy.evaluate(request)
    return certgate.Issuer(ca).issue(decision.approve(), key.sign) if decision else decision


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Issues by a policy, with a key in an HSM.")
    parser.add_argument("request", type=Path, nargs="?")
    parser.add_argument("--module", required=True, help="the PKCS #11 library of the device")
    parser.add_argument("--token", required=True, help="label of the token")
    parser.add_argument("--key", required=True, help="label of the key pair")
    parser.add_argument("--ca", type=Path, required=True, help="the certificate of the CA")
    parser.add_argument("--new-root", metavar="SUBJECT", help="make that certificate")
    parser.add_argument("--policy", type=Path)
    given = parser.parse_args(arguments)
    with opened(given.module, given.token, given.key, os.environ["PKCS11_PIN"]) as key:
        if given.new_root:
            with given.ca.open("x", encoding="ascii") as file:
                file.write(new_root(key, given.new_root).pem)
            return 0
        if given.request is None or given.policy is None:
            parser.error("a request and a policy are wanted")
        ca, policy = certgate.parse_certificate(given.ca), certgate.load_policy(given.policy)
        answer = issue(key, ca, policy, given.request)
    if isinstance(answer, certgate.Decision):
        for reason in answer.reasons:
            print(reason, file=sys.stderr)
        return 1
    print(answer.pem, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
