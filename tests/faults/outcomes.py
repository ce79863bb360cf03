"""How each worked case has to end, worked out by hand from its acts: its outcome, its public facts, its votes."""

from collections import Counter
from typing import Any

from shared.kernel.log import Log

ADMITTED = {"ApplicationRegistered": 1, "ApplicationAdmitted": 1, "ApplicationScheduled": 1}
DECIDED = ADMITTED | {"SittingHeld": 1, "ApplicationDecided": 1, "ProtocolDrawn": 1, "ProtocolApproved": 1}
FACTS: dict[str, dict[str, int]] = {
    # Four of five are present: three sign, of the fourth it is told why not, the chair approves. Two notices:
    # admitted, granted. The third party's signature is ContractSigned.
    "granted": DECIDED
    | {"ProtocolSigned": 4, "ApplicantNotified": 2, "ContractDrawn": 1, "ContractPartySigned": 2, "ContractSigned": 1},
    "refused-by-commission": DECIDED | {"ProtocolSigned": 4, "ApplicantNotified": 2},
    "refused": {"ApplicationRegistered": 1, "ApplicationRefused": 1, "ApplicantNotified": 1},
    # Notified of the admission alone: the withdrawal is the applicant's own.
    "withdrawn": ADMITTED | {"WithdrawalRequested": 1, "ApplicationWithdrawn": 1, "ApplicantNotified": 1},
    # All five are present; the provider signs, then the applicant declines.
    "declined": DECIDED
    | {
        "ProtocolSigned": 4,
        "ApplicantNotified": 2,
        "ContractDrawn": 1,
        "ContractPartySigned": 1,
        "ContractDeclined": 1,
    },
}
"""The public facts of each worked case, counted by hand from its acts."""
VOTES = {"granted": 4, "refused-by-commission": 4, "declined": 5}
OUTCOMES = {"granted": "contract", "refused-by-commission": "refused"}
OWN = "select type, count(*) from events where subject = $1 and origin is null group by type"
VOTED = "select count(*), count(distinct (stream, data)) from events where type = 'sitting.voted'"


async def otherwise(logs: dict[str, Log], states: list[tuple[str, str, dict[str, Any]]]) -> list[str]:
    """What came otherwise in these cases: name of the worked case, application, and the state that its cabinet showed."""
    found = [line for case in states for line in [*ended(*case), *await as_worked_out(logs, *case)]]
    return found + await votes(logs["commission"], [name for name, _, _ in states])


def ended(name: str, application: str, state: dict[str, Any]) -> list[str]:
    outcome = OUTCOMES.get(name, name)
    as_it_should = (state["result"] or {}).get("outcome") == outcome and not state["open"] and not state["withdrawal"]
    return [] if as_it_should else [f"{name} {application} stands at {state['status']}, open {state['open']}"]


async def as_worked_out(logs: dict[str, Log], name: str, application: str, _: dict[str, Any]) -> list[str]:
    rows = [row for log in logs.values() for row in await log.pool.fetch(OWN, application)]
    came = dict(sum((Counter({r["type"]: r["count"]}) for r in rows), Counter[str]()))
    return [] if came == FACTS[name] else [f"{name} {application} has the facts {came}"]


async def votes(log: Log, names: list[str]) -> list[str]:
    """Each member voted once on each item."""
    wanted = sum(VOTES.get(name, 0) for name in names)
    (came,) = await log.pool.fetch(VOTED)
    return [] if tuple(came) == (wanted, wanted) else [f"votes {tuple(came)}, not {wanted}"]
