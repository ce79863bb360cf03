"""Values derived from the installation's secret: codes that can be rendered again, digests that hide what they name."""

import hmac
from hashlib import sha256
from uuid import UUID

# Crockford's base 32: no I, L, O, U, so nothing is read for something else.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 13  # 5 bits each: 65 bits
# What a hand types for a letter of the alphabet: look-alikes, Cyrillic ones among them, and separators.
_AS_MEANT = str.maketrans("OILАВЕКМНОРСТУХ", "011ABEKMH0PCTYX", "- \t\u2010\u2011\u2013")


def keyed_digest(secret: bytes, *parts: str) -> str:
    """HMAC-SHA256 (hex) of the parts; no two different lists of parts give the same input."""
    framed = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hmac.new(secret, framed, sha256).hexdigest()


def one_time_code(secret: bytes, application: UUID) -> str:
    """The code by which the applicant opens the cabinet account, the same each time: `7K3QD-M0XRT-9AB`, 65 bits."""
    number = int(keyed_digest(secret, "one-time-code", str(application)), 16)
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LETTERS))
    return "-".join(letters[start : start + 5] for start in range(0, _LETTERS, 5))


def same_code(given: str, expected: str) -> bool:
    """Whether a typed code is the expected one, in constant time; case, separators and look-alikes don't matter."""
    return hmac.compare_digest(_plain(given).encode(), _plain(expected).encode())


def _plain(code: str) -> str:
    return code.strip().upper().translate(_AS_MEANT)
