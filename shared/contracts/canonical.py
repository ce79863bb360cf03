"""The text of what is signed or published, and the digest that names it."""

import hashlib
import json
from collections.abc import Mapping

from shared.contracts.common import Digest


def canonical(said: Mapping[str, object]) -> str:
    """JSON that comes out the same wherever it is made: keys sorted, nothing between, letters as they are."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> Digest:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
