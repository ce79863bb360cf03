"""Who has a case: one service at a time, by the hand-overs among its facts.

Custody passes with the last step that a service carries before another custodian's. What a service writes after its
hand-over, resting on nothing that gave custody back, is shown as later and doesn't count; so is an end that it chose.
"""

from collections.abc import Mapping

from shared.contracts.common import Decision
from shared.procedure.facts import Fact, Facts
from shared.procedure.format import Procedure
from shared.procedure.kinds import NOTIFICATION, custodian_of


def successor(procedure: Procedure, fact: Fact) -> str | None:
    """The service that this fact hands the case over to, if it does."""
    done = fact.step
    if done is None or done.undone:
        return None
    for outcome, service in procedure.followers.get(done.step, ()):
        if outcome in (None, done.outcome) and service != fact.source:
            return service
    return None


def handovers(procedure: Procedure, facts: Facts) -> dict[Fact, str]:
    """The facts that hand the case over, each with the service that gets it."""
    return {f: service for f in facts.ordered if (service := successor(procedure, f))}


def later(facts: Facts, given: Mapping[Fact, str]) -> frozenset[Fact]:
    """Facts written after their service had handed the case over; notification writes beside custody."""
    overtaken: set[Fact] = set()
    for handover in given:
        after = [f for f in facts.ordered if _decides(f) and _follows(f, handover)]
        back = (
            [g for g in facts.ordered if g.source != handover.source and facts.stands_on(g, handover)] if after else []
        )
        overtaken.update(f for f in after if not any(facts.stands_on(f, g) for g in back))
    return frozenset(overtaken)


def custody(
    procedure: Procedure, facts: Facts, given: Mapping[Fact, str], counting: frozenset[Fact]
) -> tuple[str, Fact | None]:
    """The service that has the case now, and the hand-over that gave it the case; the first custodian has none."""
    first = procedure.actions[0].steps[0]
    holder = custodian_of(first.kind) or "intake"
    passed: Fact | None = None
    while True:
        own = [h for h in given if h in counting and h.source == holder]
        own = [h for h in own if passed is None or facts.stands_on(h, passed)]
        if not own:
            return holder, passed
        passed = max(own, key=lambda h: h.version)
        holder = given[passed]


def _decides(fact: Fact) -> bool:
    said = fact.step is not None or fact.body.ends is not None or isinstance(fact.body, Decision)
    return fact.source != NOTIFICATION and said


def _follows(fact: Fact, handover: Fact) -> bool:
    return fact.source == handover.source and fact.version > handover.version
