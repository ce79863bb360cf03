"""Organisations as they are shown: in a list by how they stand, and one with all that was reported of it."""

import json
from collections.abc import Container, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.standings import SIGNS, WIDTH
from services.scoring.sheet.edition import Edition
from services.scoring.sheet.facts import Fact, Kind
from services.scoring.sheet.questions import verdict
from services.scoring.sheet.tally import Standing
from shared.kernel.log import Row
from shared.web.pagination import Page, decode_cursor, encode_cursor

LISTED = """select bin, name, region, facts, standings, left_out, set_aside from views.organisations
  where evaluation = $1 and bin > $2 and ($3::text[] is null or bin = any($3))
    and ($4::text is null or (left_out is null and standings ~ $4)) and (not $6::bool or set_aside > 0)
  order by bin limit $5"""

Asked = Literal["against", "missing"]
"""Organisations that cost points in a row, or whose facts aren't enough for it; of a row alone: both."""
ASKED: tuple[Asked, ...] = ("against", "missing")


class OrganisationLine(BaseModel):
    """An organisation with the rows that it costs points in, and those that wait for its facts."""

    bin: str
    name: str
    region: str
    facts: int
    against: list[str] = Field(description="Numbers of rows", examples=[["3.1"]])
    missing: list[str] = Field(description="Numbers of rows")
    left_out: str | None = Field(description="Why it counts no more")
    set_aside: int = Field(description="Reports that say otherwise than what was settled")


class RowShown(BaseModel):
    """How the organisation stands in a row; `lacks`: keys of the facts that are missing or contradict each other."""

    number: str
    standing: Standing
    before: Standing | None
    lacks: dict[str, str]
    assumed: list[str]


class Happened(BaseModel):
    """Something that was reported, settled or left out, as it was said then. `recorded_at` is system time."""

    version: int
    what: str = Field(examples=["organisation.facts-reported"])
    by: UUID | None
    role: str
    recorded_at: AwareDatetime
    said: dict[str, Any]


class OrganisationShown(BaseModel):
    """One organisation: its facts, how it stands, and how that came to be, old values included. `facts` are those that count;
    `set_aside`: what else was reported of the same, before or since the authority settled it."""

    bin: str
    name: str
    kind: Kind
    region: str
    facts: list[Fact]
    set_aside: list[Fact]
    rows: list[RowShown]
    history: list[Happened]
    left_out: str | None
    version: int


class Wanted(NamedTuple):
    """Which organisations to list. `own`: of these BINs (None: any); `set_aside`: of which something was reported otherwise than
    it was settled."""

    own: list[str] | None
    standing: Asked | None
    row: str | None
    set_aside: bool


async def listed(
    pool: Any,
    evaluation: UUID,
    numbers: Sequence[str],
    compared: Container[str],
    wanted: Wanted,
    cursor: str | None,
    limit: int,
) -> Page[OrganisationLine]:
    """By BIN. `numbers`: of the part's rows, in order; `compared`: of those that wait for last year's facts as well."""
    after = decode_cursor(cursor, tuple[str])[0] if cursor else ""
    standings = _pattern(numbers, wanted.standing, wanted.row, compared)
    rows = await pool.fetch(LISTED, evaluation, after, wanted.own, standings, limit + 1, wanted.set_aside)
    items = [_line(r, numbers, compared) for r in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].bin) if len(rows) > limit else None)


def organisation_shown(
    organisation: ManagedOrganisation, edition: Edition, history: Sequence[Row]
) -> OrganisationShown:
    known, rows = organisation.known, []
    for row in edition.rows(organisation.part):
        stands = verdict(row, known, organisation.period)
        lacks = {lack.fact: lack.why for lack in stands.lacks}
        told = RowShown(
            number=row.number, standing=stands.standing, before=stands.before, lacks=lacks, assumed=list(stands.assumed)
        )
        rows.append(told)
    return OrganisationShown(
        bin=organisation.bin,
        name=organisation.name,
        kind=organisation.kind,
        region=organisation.region,
        facts=list(known.facts),
        set_aside=organisation.set_aside,
        rows=rows,
        history=[_happened(row) for row in history],
        left_out=organisation.left_out,
        version=organisation.version,
    )


def _happened(row: Row) -> Happened:
    meta = json.loads(row.meta)
    said = json.loads(row.data)
    return Happened(
        version=row.version, what=row.type, by=meta.get("account"), role=meta["role"], recorded_at=row.at, said=said
    )


def _pattern(numbers: Sequence[str], asked: Asked | None, row: str | None, compared: Container[str]) -> str | None:
    """A regular expression for standings: this sign in the row's place, or in any; of a row alone: either sign."""
    if asked is None and row is None:
        return None
    wanted = [asked] if asked else ASKED
    sign, lacking = "[" + "".join(SIGNS[each] for each in wanted) + "]", f"[{SIGNS['missing']}]"
    places = {number: WIDTH * place for place, number in enumerate(numbers) if row in (None, number)}
    now = [f".{{{place}}}{sign}" for place in places.values()]
    before = [f".{{{place + 1}}}{lacking}" for n, place in places.items() if "missing" in wanted and n in compared]
    return f"^(?:{'|'.join((*now, *before))})"


def _line(r: Any, numbers: Sequence[str], compared: Container[str]) -> OrganisationLine:
    signs = list(zip(numbers, r["standings"][::WIDTH], r["standings"][1::WIDTH], strict=True))
    told = {name: r[name] for name in ("bin", "name", "region", "facts", "left_out", "set_aside")}
    against = [number for number, now, _ in signs if now == SIGNS["against"]]
    lacking = SIGNS["missing"]
    missing = [n for n, now, before in signs if now == lacking or (before == lacking and n in compared)]
    return OrganisationLine(**told, against=against, missing=missing)
