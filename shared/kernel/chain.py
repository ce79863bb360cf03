"""The hash chain of a stream: whatever was changed afterwards shows."""

import hashlib
import json
from typing import Any

from shared.kernel.log import NewRow, Row

GENESIS = ""
"""What the first hash of a stream is chained to."""


def chained(previous: str, row: NewRow | Row, meta: dict[str, Any]) -> str:
    """The hash of a fact in its stream: over the hash before it, everything that is the fact, and who, in `meta`."""
    what = [previous, str(row.id), row.stream, row.version, row.subject, row.type, row.data, row.at.isoformat()]
    return hashlib.sha256(json.dumps([*what, meta], ensure_ascii=False, sort_keys=True).encode()).hexdigest()
