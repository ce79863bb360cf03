"""Rows of one organisation: it may have several, if they describe it alike and report no fact twice."""

from collections.abc import Iterator
from typing import NamedTuple

from services.scoring.importing import refusals
from services.scoring.importing.headings import Found, address
from services.scoring.importing.rows import Wrong
from services.scoring.importing.sheets import Row
from services.scoring.sheet.facts import Organisation


class _Seen(NamedTuple):
    """What is kept of an organisation, so that a hundred thousand stay small: where it was first, a hash of how it was
    described, and a bit for each fact reported."""

    where: str
    described: int
    facts: int


class Earlier:
    """The organisations of the rows so far."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._bits: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def contradicts(self, organisation: Organisation, sheet: str | None, found: Found, row: Row) -> Iterator[Wrong]:
        """What an earlier row of this organisation says otherwise, or says already; then the row counts among them."""
        here = address(found.place_of("bin"), row)
        described = hash((organisation.name, organisation.kind, organisation.region))
        facts = sum({1 << self._bit(fact.key) for fact in organisation.facts})
        seen = self._seen.setdefault(organisation.bin, _Seen(f"{sheet}!{here}" if sheet else here, described, 0))
        if seen.described != described:
            yield _wrong(here, refusals.DescribedOtherwise(earlier=seen.where))
        if seen.facts & facts:
            yield _wrong(here, refusals.ReportedTwice(earlier=seen.where))
        self._seen[organisation.bin] = seen._replace(facts=seen.facts | facts)

    def _bit(self, key: str) -> int:
        return self._bits.setdefault(key, len(self._bits))


def _wrong(cell: str, refused: refusals.Unimportable) -> Wrong:
    return Wrong(cell, refused.code(), refused.params)
