"""How every organisation stands in every row of its evaluation: the sheet is counted from here.

A row also names the version of the organisation's stream that it was folded from, and a digest over the facts.
"""

import json
from collections.abc import Sequence

from services.scoring.edition.adopted import editions_in
from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.standings import written
from services.scoring.replaying import replayed
from services.scoring.sheet.edition import Edition
from services.scoring.sheet.facts import Organisation
from services.scoring.sheet.questions import verdict_by
from services.scoring.sheet.ruled import ruled_by
from services.scoring.sheet.settled import settled
from shared.contracts.canonical import canonical, digest_of
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View

TABLE = """create table {table}(
  subject text primary key, evaluation uuid not null, bin text not null, name text not null, region text not null,
  version int not null, facts int not null, digest text not null, standings text not null, lacks jsonb, left_out text,
  set_aside int not null default 0
);
create index on {table}(evaluation, bin);
create index on {table}(evaluation, standings) where left_out is null;
create index on {table}(evaluation, bin) where lacks is not null and left_out is null"""


async def prepare(log: Log, _: Vault, rows: Sequence[Row]) -> dict[str, Edition]:
    """The editions that these organisations are evaluated under, by digest."""
    firsts = [json.loads(row.data)["edition"] for row in rows if row.version == 1]
    return await editions_in(log, firsts)


def fold(subject: str, rows: list[Row], editions: dict[str, Edition]) -> Folded:
    organisation = replayed(ManagedOrganisation, rows)
    known, edition = organisation.known, editions[organisation.edition]
    facts = settled(known.facts)
    verdicts = {r.number: verdict_by(r, facts, organisation.period) for r in edition.rows(organisation.part)}
    lacks = [[number, *lack] for number, v in verdicts.items() for lack in v.lacks]
    return [
        {
            "subject": subject,
            "evaluation": organisation.evaluation,
            "bin": organisation.bin,
            "name": organisation.name,
            "region": organisation.region,
            "version": organisation.version,
            "facts": len(known.facts),
            "digest": digest(known),
            "standings": written(verdicts.values()),
            "lacks": lacks or None,
            "left_out": organisation.left_out,
            "set_aside": len(organisation.set_aside),
        }
    ]


def digest(known: Organisation) -> str:
    """Over everything that is known of an organisation, sources and reporters included: SHA-256 of its canonical JSON."""
    return digest_of(canonical(known.model_dump(mode="json")))


def concerns(_: Row) -> bool:
    return True


ORGANISATIONS = View("organisations", TABLE, concerns, prepare, fold, made_with=ruled_by, of="organisation")
