"""The read model of the cabinet: one row an application, with its whole state."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notification.cabinet.document import document
from shared.calendar.calendar import releases
from shared.contracts.common import CaseFact
from shared.contracts.personal import Keys
from shared.contracts.topics import BY_TYPE
from shared.kernel.log import Log, Row
from shared.kernel.vault import Vault
from shared.kernel.views import Folded, View
from shared.procedure.cases import build, editions_in
from shared.procedure.editions import Published

SERVICE = "notification"
TABLE = """
create table {table}(
  subject text primary key,
  person uuid not null,
  account uuid not null,
  provider text not null,
  number text not null,
  registered_at timestamptz not null,
  version int not null,
  tx bigint not null,
  position bigint not null,
  traceparent text,
  state jsonb not null -- as document.py makes it, form 2
);
create index on {table}(account, registered_at desc, subject desc);
create index on {table}(person);
create index on {table}(tx, position);
"""


@dataclass(frozen=True, slots=True)
class Context:
    """What folds need of the store: the keys of personal fields, the editions."""

    keys: Keys
    editions: Mapping[str, Published]


def about_a_case(row: Row) -> bool:
    return issubclass(BY_TYPE[row.source, row.type].fact, CaseFact)


async def prepare(log: Log, vault: Vault, rows: Sequence[Row]) -> Context:
    return Context(await vault.keys_for(r.data for r in rows), await editions_in(log, rows))


def fold(subject: str, rows: list[Row], context: Context) -> Folded:
    """The row of one application; raises Waiting while its registration or edition hasn't come."""
    case = build(SERVICE, subject, rows, context.keys, context.editions)
    newest = max(rows, key=lambda r: r.place)
    return [
        {
            "subject": subject,
            "person": case.person,
            "account": case.registered.applicant.account,
            "provider": case.registered.provider,
            "number": case.registered.number,
            "registered_at": case.registered.happened_at,
            "version": len(case.facts),
            "tx": newest.tx,
            "position": newest.position,
            "traceparent": json.loads(newest.meta).get("traceparent"),
            "state": document(case),
        }
    ]


CABINET = View("cabinet", TABLE, about_a_case, prepare, fold, person="person", fold_version=3, made_with=releases)
