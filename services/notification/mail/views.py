"""What is still to be mailed: a row for each message of the cabinet whose delivery has neither succeeded nor been given up."""

from services.notification.cabinet.messages import told
from services.notification.cabinet.views import SERVICE, Context, about_a_case, prepare
from shared.contracts.notification import NoticeDelivered, NoticeNotDelivered
from shared.kernel.log import Row
from shared.kernel.views import Folded, View
from shared.procedure.cases import build

TABLE = """
create table {table}(
  subject text not null, message uuid not null, recorded_at timestamptz not null, primary key (subject, message)
);
create index on {table}(recorded_at);
"""


def fold(subject: str, rows: list[Row], context: Context) -> Folded:
    case = build(SERVICE, subject, rows, context.keys, context.editions)
    bodies = [f.body for f in case.facts.values()]
    over = {str(b.message) for b in bodies if isinstance(b, NoticeDelivered | NoticeNotDelivered)}
    recorded = {str(r.id): r.at for r in rows}
    waiting = [message["id"] for message in told(case) if message["id"] not in over]
    return [{"subject": subject, "message": message, "recorded_at": recorded[message]} for message in waiting]


MAIL = View("mail", TABLE, about_a_case, prepare, fold)
