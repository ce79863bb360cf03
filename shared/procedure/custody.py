"""Who has a case: one service at a time, by the hand-overs among its facts.

Custody passes with the last step that a service carries before another custodian's. What a service writes after its
hand-over, resting on nothing that gave custody back, is shown as later and doesn't count.
"""

from shared.procedure.facts import Fact, Facts
from shared.procedure.format import Procedure
from shared.procedure.kinds import NOTIFICATION, custodian_of


def successor(procedure: Procedure, fact: Fact) -> str | None:
    """The service that this fact hands the case over to, if it does."""
    done = fact.step
    if done is None or done.undone or done.step not in procedure.steps:
        return None
    for _, step in procedure.steps.values():
        next_service = custodian_of(step.kind)
        follows = any(a.step == done.step and a.outcome in (None, done.outcome) for a in step.after)
        if follows and next_service not in (None, fact.source):
            return next_service
    return None


def later(procedure: Procedure, facts: Facts) -> frozenset[Fact]:
    """Facts written after their service had handed the case over; notification writes beside custody."""
    handovers = [f for f in facts.ordered if successor(procedure, f)]
    return frozenset(f for f in facts.ordered if _decides(f) and any(_overtaken(facts, f, h) for h in handovers))


def custodian(procedure: Procedure, facts: Facts, counting: frozenset[Fact]) -> str:
    """The service that has the case now."""
    first = procedure.actions[0].steps[0]
    holder = custodian_of(first.kind) or "intake"
    handovers = [f for f in facts.ordered if f in counting and successor(procedure, f)]
    passed: Fact | None = None
    while True:
        given = [h for h in handovers if h.source == holder and (passed is None or facts.stands_on(h, passed))]
        if not given:
            return holder
        passed = max(given, key=lambda h: h.version)
        holder = successor(procedure, passed) or holder


def _decides(fact: Fact) -> bool:
    return fact.source != NOTIFICATION and (fact.step is not None or fact.body.ends is not None)


def _overtaken(facts: Facts, fact: Fact, handover: Fact) -> bool:
    if fact.source != handover.source or fact.version <= handover.version:
        return False
    given_back = [g for g in facts.ordered if g.source != handover.source and facts.stands_on(g, handover)]
    return not any(facts.stands_on(fact, g) for g in given_back)
