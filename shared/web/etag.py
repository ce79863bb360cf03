"""Versions over HTTP: ETag gives a record's version, If-Match asks for a decision on exactly that one."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.web.refusal import BadVersion, Stale


def etag(version: int) -> str:
    """The value of the ETag header: the version in quotes."""
    return f'"{version}"'


async def expected_version(
    if_match: Annotated[str | None, Header(description='Optional: the version decided on, such as "7"')] = None,
) -> int | None:
    """The version of If-Match; None without the header or with `*`. Raises BadVersion."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'"([0-9]{1,18})"', if_match.strip())
    if found is None:
        raise BadVersion
    return int(found[1])


ExpectedVersion = Annotated[int | None, Depends(expected_version)]


def must_be_current(expected: int | None, current: int) -> None:
    """Refuses with Stale when the caller decided on another version than the current one."""
    if expected is not None and expected != current:
        raise Stale(current=current)
