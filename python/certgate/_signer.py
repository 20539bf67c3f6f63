"""Asks a signer for a signature in the form of X.509: what the engine calls for signers that are not its own."""

from __future__ import annotations

from typing import Any


def sign(signer: Any, scheme: str, tbs: bytes) -> bytes:
    """A signature over `tbs` by a scheme such as `sha256WithRSAEncryption`.

    A private key of pyca/cryptography is told the scheme; a function is called with the bytes. Whatever they raise is
    passed on.
    """
    if hasattr(signer, "sign") and hasattr(signer, "public_key"):
        signature = _sign_by_key(signer, scheme, tbs)
    elif callable(signer):
        signature = signer(tbs)
    else:
        raise TypeError(
            "expected a PrivateKey, a private key of cryptography or a function from bytes to bytes, "
            f"not {type(signer).__name__}"
        )
    if not isinstance(signature, (bytes, bytearray, memoryview)):
        raise TypeError(f"the signer returned {type(signature).__name__}, not bytes")
    return bytes(signature)


def _sign_by_key(key: Any, scheme: str, tbs: bytes) -> Any:
    """By the methods of pyca/cryptography, whose arguments depend on the kind of key."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    if scheme == "Ed25519":
        return key.sign(tbs)
    # The names are `ecdsa-with-SHA256`, `sha256WithRSAEncryption` and `RSASSA-PSS-SHA256`.
    sizes: dict[str, Any] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
    digest = next(made for size, made in sizes.items() if f"sha{size}" in scheme.lower())()
    if scheme.startswith("ecdsa"):
        return key.sign(tbs, ec.ECDSA(digest))
    if scheme.startswith("RSASSA-PSS"):
        return key.sign(tbs, padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH), digest)
    return key.sign(tbs, padding.PKCS1v15(), digest)
