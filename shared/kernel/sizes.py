"""How large a public fact may be."""

from shared.web.refusal import TooLarge

LIMIT = 256 * 1024
"""Bytes: what any broker takes."""


def check_size(data: str) -> None:
    """Refuse a body that would be refused by its receivers. Raises TooLarge."""
    if len(data.encode()) > LIMIT:
        raise TooLarge(megabytes=LIMIT / 2**20)
