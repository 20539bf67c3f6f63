"""Audits a folder of certificates with certgate and with pyca/cryptography, in turns: `python folder.py [COUNT]`.

Both make the same checks of the same files: expiry, weak keys, the chain up to the root, and the rules of one policy.
What they find is counted, and must be what is wrong with the files.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

import certgate

PACKAGE = Path(__file__).parents[3] / "python"
sys.path[:0] = [str(PACKAGE / "examples"), str(PACKAGE / "tests")]

import audit  # noqa: E402
import fleet  # noqa: E402

FILES_PER_TURN = 100
GOAL = 2.0
WARN = timedelta(days=30)
LONGEST = timedelta(days=90)

# One word for each kind of fault, whoever finds it.
WORDS = {
    "audit/expired": "expired",
    "audit/expires-soon": "soon",
    "key": "weak key",
    "policy": "policy",
    "verify": "chain",
}

Contestant = Callable[[list[Path]], Counter[str]]


def word(code: str) -> str:
    return WORDS.get(code) or WORDS[code.partition("/")[0]]


def with_certgate(root: certgate.Certificate, now: datetime) -> Contestant:
    rules = audit.Rules(now, WARN, certgate.load_policy(fleet.POLICY), certgate.Verifier(root, profile="private"))

    def work(files: list[Path]) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in audit.audit(((str(file), file.read_bytes()) for file in files), rules):
            found.update({word(one.code) for one in row.findings})
        return found

    return work


def with_pyca(root: certgate.Certificate, now: datetime) -> Contestant:
    store = Store([root.to_cryptography()])

    def work(files: list[Path]) -> Counter[str]:
        found: Counter[str] = Counter()
        for file in files:
            certificates = x509.load_pem_x509_certificates(file.read_bytes())
            leaf, *above = certificates
            for certificate in certificates:
                found.update(lifetime(certificate, now))
                found.update(weak_key(certificate))
            names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            found.update(chain(leaf, names, above, store, now))
            found.update(policy(leaf, names))
        return found

    return work


def lifetime(certificate: x509.Certificate, now: datetime) -> list[str]:
    end = certificate.not_valid_after_utc
    if end < now:
        return ["expired"]
    return ["soon"] if end - now < WARN else []


def weak_key(certificate: x509.Certificate) -> list[str]:
    """The size and the exponent."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return ["weak key"] if key.key_size < 2048 or key.public_numbers().e < 65537 else []
    return [] if isinstance(key, ec.EllipticCurvePublicKey) else ["weak key"]


def chain(
    leaf: x509.Certificate,
    names: x509.SubjectAlternativeName,
    above: list[x509.Certificate],
    store: Store,
    now: datetime,
) -> list[str]:
    """At a time at which the leaf is valid. A weak key is a finding of its own."""
    if weak_key(leaf):
        return []
    at = min(max(now, leaf.not_valid_before_utc), leaf.not_valid_after_utc)
    name = names.get_values_for_type(x509.DNSName)[0]
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))
    try:
        verifier.verify(leaf, above)
    except VerificationError:
        return ["chain"]
    return []


def policy(leaf: x509.Certificate, names: x509.SubjectAlternativeName) -> list[str]:
    """Names, key, usages and lifetime, as the policy of certgate has them."""
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        is_right_key = key.key_size >= 2048
    else:
        is_right_key = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    life = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    good = (
        is_right_key
        and all(is_allowed(name) for name in names.get_values_for_type(x509.DNSName))
        and all(usage == ExtendedKeyUsageOID.SERVER_AUTH for usage in usages)
        and life <= LONGEST
    )
    return [] if good else ["policy"]


def is_allowed(name: str) -> bool:
    label, _, rest = name.partition(".")
    return label not in ("", "*") and rest == "example.com"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    now = datetime.now(timezone.utc).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        maker = fleet.Maker(Path(folder), now)
        maker.make(count)
        expected: Counter[str] = Counter()
        for number in range(count):
            expected.update({word(code) for code in fleet.KINDS[number % len(fleet.KINDS)].codes})
        files = sorted(Path(folder).rglob("*.pem"))
        contestants = [with_certgate(maker.root.certificate, now), with_pyca(maker.root.certificate, now)]
        turns: list[list[float]] = [[], []]
        found: list[Counter[str]] = [Counter(), Counter()]
        for turn, start in enumerate(range(0, count, FILES_PER_TURN)):
            part = files[start : start + FILES_PER_TURN]
            for file in part:
                file.read_bytes()  # neither reads from the disk
            for index in (0, 1) if turn % 2 else (1, 0):
                started = time.perf_counter()
                found[index] += contestants[index](part)
                turns[index].append((time.perf_counter() - started) * 1e6 / len(part))
    assert found == [expected, expected], (found, expected)
    print(f"audit of a folder of {count} files: {dict(sorted(expected.items()))}, found by both")
    # The fastest tenth: on a busy machine the other turns measure what else is running.
    ours, pyca = (sorted(times)[len(times) // 10] for times in turns)
    print(f"  {'certgate':<30} {ours:8.1f} us, {sum(turns[0]) / len(turns[0]):8.1f} us on average")
    print(f"  {'pyca/cryptography':<30} {pyca:8.1f} us, {sum(turns[1]) / len(turns[1]):8.1f} us on average")
    print(f"  {'times as fast':<30} {pyca / ours:8.2f}    goal at least {GOAL}")


main()
