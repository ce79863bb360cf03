"""What of a worked case can't be, as far as it shows without running it; whether an instant is right, only running it tells."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from reglament.demo.case import CHOSEN, ENTERED_LATER, Act, Worked
from reglament.demo.people import MEMBERS
from shared.procedure.format import Action, After, Procedure, Step
from shared.procedure.kinds import KINDS
from shared.procedure.sound import Fault


def faults(worked: Worked, procedure: Procedure) -> list[Fault]:
    rules = (_acts, _awaited, _call, _outcome, _actions)
    return [*_order(worked), *_votes(worked), *(fault for rule in rules for fault in rule(worked, procedure))]


def _acts(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    if worked.acts[0].do != "register":
        yield Fault(("acts", 0, "do"), "a case begins with register")
    for i, act in enumerate(worked.acts):
        yield from (Fault(("acts", i, key), what) for key, what in _faults_of(act, procedure))


def _faults_of(act: Act, procedure: Procedure) -> Iterator[tuple[str, str]]:
    steps = [step for _, step in procedure.steps.values() if step.kind == act.do]
    grounds = {g.code for g in procedure.refusal_grounds}
    if act.do in KINDS and not steps:
        yield "do", f"no action of this procedure has a step of the kind {act.do}"
    if act.do == "check" and act.outcome is None:
        yield "do", "say the check's outcome: admitted or refused"
    if act.outcome == "refused" and act.ground not in grounds:
        yield "ground", f"name the ground of the refusal, one of: {', '.join(sorted(grounds))}"
    if act.do == "sign-contract" and steps and act.party not in steps[0].parts:
        yield "party", f"name who signs, one of: {', '.join(steps[0].parts)}"
    if act.stated and act.do not in ENTERED_LATER:
        yield "stated", f"only these are entered later here: {', '.join(ENTERED_LATER)}"


def _order(worked: Worked) -> Iterator[Fault]:
    """What is done goes forwards in time; what is entered has happened; a sitting lies ahead."""
    earlier = worked.acts[0].at
    for i, act in enumerate(worked.acts):
        if _moment(act.at) < _moment(earlier):
            yield Fault(("acts", i, "at"), f"{act.at} is before {earlier}, when the act above is done")
        for key, told in (("stated", act.stated), ("receipt", act.receipt)):
            if told and _moment(told) > _moment(act.at):
                yield Fault(("acts", i, key), f"{told} is later than {act.at}, when it is entered")
        if act.sitting and _moment(act.sitting) <= _moment(act.at):
            yield Fault(("acts", i, "sitting"), f"a sitting is convened for a later instant than {act.at}")
        earlier = act.at


def _awaited(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    """Each step waits for others; of those that somebody does, each must be done before."""
    for i, act in enumerate(worked.acts):
        done = {a.do: a.outcome for a in worked.acts[:i]}
        for after in (a for step in _only(procedure, act.do) for a in step.after):
            before = procedure.steps[after.step][1]
            if before.automatic or len(_of_kind(procedure, before.kind)) > 1:
                continue
            if before.kind not in done:
                yield Fault(("acts", i, "do"), f"{act.do} waits for {after}, and nobody does {before.kind} before")
            elif _other(after, done[before.kind]):
                yield Fault(("acts", i, "do"), f"{act.do} waits for {after}, but that ends {done[before.kind]}")


def _votes(worked: Worked) -> Iterator[Fault]:
    absent = 0
    for i, act in enumerate(worked.acts):
        absent = act.absent if act.do == "sit" else absent
        there = len(MEMBERS) - absent
        if not 0 <= absent <= len(MEMBERS):
            yield Fault(("acts", i, "absent"), f"the body of a demonstration has {len(MEMBERS)} members")
        elif min(act.in_favour, act.against) < 0 or act.in_favour + act.against > there:
            what = f"{there} members can vote: the body of a demonstration has {len(MEMBERS)}, absent are {absent}"
            yield Fault(("acts", i, "in_favour"), what)


def _call(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    first = worked.acts[0]
    if procedure.calls and not procedure.calls.open_at(_moment(first.receipt or first.at)):
        key = "receipt" if first.receipt else "at"
        announced = ", ".join(f"{c.opens} – {c.closes}" for c in procedure.calls.announced)
        yield Fault(("acts", 0, key), f"applications are taken in a call alone: {announced}")


def _outcome(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    chosen = [CHOSEN[act.do] for act in worked.acts if act.do in CHOSEN]
    known = chosen[-1:] or ["refused", procedure.result]
    if worked.expect.outcome not in known:
        what = f"no such case ends {worked.expect.outcome}; write {' or '.join(known)}"
        yield Fault(("expect", "outcome"), what)


def _actions(worked: Worked, procedure: Procedure) -> Iterator[Fault]:
    """Those expected are done by some act, and those that the acts complete are expected."""
    expected = [action.code for action in worked.expect.actions]
    known = {action.code: action for action in procedure.actions}
    for i, code in enumerate(expected):
        if code not in known:
            what = f"there is no action {code}; those there are: {', '.join(known)}"
            yield Fault(("expect", "actions", i, "code"), what)
        elif not _begun(known[code], worked):
            kinds = " nor ".join(step.kind for step in known[code].steps)
            yield Fault(("expect", "actions", i, "code"), f"{code} can't be complete: nobody does {kinds}")
    for action in procedure.actions:
        if action.code not in expected and _completed(action, worked, procedure):
            yield Fault(("expect", "actions"), f"{action.code} is missing: the acts complete it")


def _begun(action: Action, worked: Worked) -> bool:
    done = {act.do for act in worked.acts}
    return any(step.automatic or step.kind in done for step in action.steps)


def _completed(action: Action, worked: Worked, procedure: Procedure) -> bool:
    """Whether each of its steps is certainly done, by itself or by somebody, or is kept away by how the check ended."""
    done = {act.do: act.outcome for act in worked.acts}
    timed = action.term is not None and action.term_for is None
    return (
        timed
        and any(step.kind in done for step in action.steps)
        and all(_surely_done(step, worked, procedure) or _kept_away(step, done, procedure) for step in action.steps)
    )


def _surely_done(step: Step, worked: Worked, procedure: Procedure) -> bool:
    times = sum(act.do == step.kind for act in worked.acts)
    return step.automatic or (times >= max(1, len(step.parts)) and len(_of_kind(procedure, step.kind)) == 1)


def _kept_away(step: Step, done: Mapping[str, str | None], procedure: Procedure) -> bool:
    return any(_other(after, done.get(procedure.steps[after.step][1].kind)) for after in step.after)


def _other(after: After, outcome: str | None) -> bool:
    """Whether what was awaited ended otherwise; where an act doesn't say how it ends, nothing is known."""
    return None not in (after.outcome, outcome) and after.outcome != outcome


def _of_kind(procedure: Procedure, kind: str) -> list[Step]:
    return [step for _, step in procedure.steps.values() if step.kind == kind]


def _only(procedure: Procedure, kind: str) -> list[Step]:
    """The step of this kind, where there is one alone: which of several an act does, only running it tells."""
    steps = _of_kind(procedure, kind)
    return steps if len(steps) == 1 else []


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
