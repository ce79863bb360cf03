"""The name of the rules: where verdicts are kept, they are made anew once it is another."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def ruled_by(folder: Path = Path(__file__).parent) -> str:
    """SHA-256 over the source of the calculation. Data are named apart from it, by the digest of their edition."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
