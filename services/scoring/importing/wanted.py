"""Which organisations a file may be about."""

from collections.abc import Iterator
from typing import NamedTuple

from services.scoring.importing.headings import Found, address
from services.scoring.importing.rows import Wrong
from services.scoring.importing.sheets import Row
from services.scoring.organisation.refusals import OtherKindOfOrganisation
from services.scoring.refusals import NotYourOrganisation
from services.scoring.sheet.facts import Organisation
from shared.web.refusal import Refused


class Wanted(NamedTuple):
    """Organisations of this kind, the one that the part of the sheet is about; of these BINs alone, unless None."""

    kind: str
    own: tuple[str, ...] | None = None

    def refuses(self, organisation: Organisation, found: Found, row: Row) -> Iterator[Wrong]:
        """What of a row is about another organisation."""
        if self.own is not None and organisation.bin not in self.own:
            yield _wrong("bin", NotYourOrganisation(organisation=organisation.bin), found, row)
        if organisation.kind != self.kind:
            yield _wrong("kind", OtherKindOfOrganisation(organisation=organisation.bin, kind=self.kind), found, row)


def _wrong(code: str, refused: Refused, found: Found, row: Row) -> Wrong:
    return Wrong(address(found.place_of(code), row), refused.code(), refused.params)
