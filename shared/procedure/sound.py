"""What a procedure must hold together in, beyond each word being known: every step can be reached, every outcome leads on,
every moment comes, every party is there. Data that fail here are never loaded.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from shared.identity.roles import Role
from shared.procedure.format import After, Moment, Procedure, Step
from shared.procedure.kinds import APPLICANT, DECISIONS, KINDS, PARTY_ROLES, custodian_of
from shared.procedure.messages import misspoken


class Fault(NamedTuple):
    """Where in the file, and what is wrong with how to mend it."""

    loc: tuple[str | int, ...]
    what: str


def faults(procedure: Procedure) -> list[Fault]:
    of_steps = (_doubles, _unreachable, _unused, _moments, _parties, _notices, _roles)
    of_papers = (_registered_once, _papers, _custody, _results)
    of_words = (_portal, _messages, _changed_terms)
    return [fault for rule in (*of_steps, *of_papers, *of_words) for fault in rule(procedure)]


def outcomes(procedure: Procedure, step: Step) -> set[str]:
    """With what a step can end here: a notice and a decision's later steps end as what they follow did."""
    known = set(KINDS[step.kind].outcomes)
    asked = {a.outcome for a in step.after if a.outcome in known}
    if asked:
        return asked
    if step.kind == "notify":
        before = [outcomes(procedure, procedure.steps[a.step][1]) for a in step.after]
        return known & set().union(*before) or known
    return _decided(procedure, step) or known if known == set(DECISIONS) else known


def _decided(procedure: Procedure, step: Step) -> set[str]:
    """Which decision this step, or one that it waits for, comes after; nothing where each of them may."""
    earlier = [step, *(procedure.steps[code][1] for code in _before(procedure, step.code))]
    kinds = {code: KINDS[s.kind] for code, (_, s) in procedure.steps.items()}
    awaited = [a.outcome for s in earlier for a in s.after if set(DECISIONS) <= set(kinds[a.step].outcomes)]
    return {outcome for outcome in awaited if outcome in DECISIONS}


def _doubles(procedure: Procedure) -> Iterator[Fault]:
    lists = ("documents", "refusal_grounds", "actions", "portal", "contradictions")
    for name in lists:
        codes = [entry.code for entry in getattr(procedure, name)]
        for code in (c for c, times in Counter(codes).items() if times > 1):
            last = len(codes) - 1 - codes[::-1].index(code)
            yield Fault((name, last, "code"), f"{code} is there twice; give each its own code")


def _unreachable(procedure: Procedure) -> Iterator[Fault]:
    reached = _reached(procedure)
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            if step.code not in reached:
                awaited = ", ".join(map(str, step.after))
                yield Fault(
                    ("actions", i, "steps", j),
                    f"{step.code} can never begin: it waits for {awaited}; name what really comes before",
                )


def _reached(procedure: Procedure) -> set[str]:
    reached: set[str] = set()
    while True:
        more = {c for c, (_, s) in procedure.steps.items() if all(_comes(procedure, a, reached) for a in s.after)}
        if more <= reached:
            return reached
        reached |= more


def _comes(procedure: Procedure, after: After, reached: set[str]) -> bool:
    step = procedure.steps[after.step][1]
    return after.step in reached and after.outcome in {None, *outcomes(procedure, step)}


def _unused(procedure: Procedure) -> Iterator[Fault]:
    """An outcome that opens no step and ends nothing leaves the case standing; a notice alone may lead nowhere."""
    awaited = [a for _, s in procedure.steps.values() for a in s.after] + [a for e in procedure.ends for a in e.after]
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            for outcome in sorted(_leading(procedure, step)):
                if not any(a.step == step.code and a.outcome in (None, outcome) for a in awaited):
                    what = f"nothing follows {step.code}.{outcome}: let a step or an end come after it"
                    yield Fault(("actions", i, "steps", j), what)


def _leading(procedure: Procedure, step: Step) -> set[str]:
    found = outcomes(procedure, step)
    if step.kind == "notify":
        return found & {"refused"}
    return {"done"} if step.parts or step.parts_from else found


def _moments(procedure: Procedure) -> Iterator[Fault]:
    if procedure.calls is None:
        for loc, moment in _told_moments(procedure):
            if moment and moment.moment == "call-close":
                yield Fault(loc, "there is no call whose close could come; add calls, or name another moment")
    for i, action in enumerate(procedure.actions):
        moment, loc = action.runs_from, ("actions", i, "from")
        code = (moment.first or moment.latest) if moment else None
        within = {s.code for s in action.steps}
        if code and not any(code in {c, *_before(procedure, c)} for c in within):
            yield Fault(loc, f"{code} never comes before this action; name a step that its steps wait for")


def _told_moments(procedure: Procedure) -> Iterator[tuple[tuple[str | int, ...], Moment | None]]:
    """Every moment that a term is said to run from, also at another place of the text."""
    for i, action in enumerate(procedure.actions):
        yield ("actions", i, "from"), action.runs_from
        yield from ((("actions", i, "also", j, "from"), place.runs_from) for j, place in enumerate(action.also))
    if procedure.total:
        yield ("total", "from"), procedure.total.runs_from


def _before(procedure: Procedure, code: str) -> set[str]:
    """Every step that this one waits for, directly or through others."""
    found: set[str] = set()
    todo = [code]
    while todo:
        below = {a.step for a in procedure.steps[todo.pop()][1].after} - found
        found |= below
        todo += below
    return found


def _parties(procedure: Procedure) -> Iterator[Fault]:
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            if step.kind == "sign-contract":
                loc = ("actions", i, "steps", j, "parts")
                if {"provider", APPLICANT} - set(step.parts):
                    yield Fault(
                        loc, "a contract is signed by the provider, the applicant and others; add who is missing"
                    )
                if unknown := sorted(set(step.parts) - PARTY_ROLES.keys()):
                    known = ", ".join(PARTY_ROLES)
                    yield Fault(loc, f"unknown party {', '.join(unknown)}; known: {known}")
            if step.parts_from and step.parts_from not in _before(procedure, step.code):
                yield Fault(
                    ("actions", i, "steps", j, "parts_from"), f"{step.parts_from} comes no earlier; name one that does"
                )


def _notices(procedure: Procedure) -> Iterator[Fault]:
    told = ("check", "approve-protocol")
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            after = {procedure.steps[a.step][1].kind for a in step.after}
            if step.kind == "notify" and not after & set(told):
                yield Fault(
                    ("actions", i, "steps", j, "after"), "a notice tells of a check or an approval; let it follow one"
                )


def _roles(procedure: Procedure) -> Iterator[Fault]:
    """Whom the services let do a step of this kind; what goes out by itself is the system's, and nothing else is."""
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            able = [r for r in KINDS[step.kind].roles if (r == Role.SYSTEM) == step.automatic]
            if step.role not in able:
                what = f"{step.role} can't do {step.kind}; name {' or '.join(able) or 'a step that can be automatic'}"
                yield Fault(("actions", i, "steps", j, "role"), what)


def _registered_once(procedure: Procedure) -> Iterator[Fault]:
    """A case begins by being registered, which is done once: it gives the number that all else rests on."""
    places = [
        (("actions", i, "steps", j), step)
        for i, action in enumerate(procedure.actions)
        for j, step in enumerate(action.steps)
        if step.kind == "register"
    ]
    if not places:
        yield Fault(("actions",), "no step registers the application; let the first be of kind register")
    for loc, step in places[1:]:
        yield Fault(loc, f"{step.code} registers once more; a procedure has one step of kind register, which begins it")


def _papers(procedure: Procedure) -> Iterator[Fault]:
    """What is signed, registered or issued has been prepared."""
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            before = {procedure.steps[code][1].kind for code in _before(procedure, step.code)}
            if step.kind in ("sign-result", "register-result", "issue") and "prepare-result" not in before:
                what = f"nothing is prepared before {step.code}; let a step of kind prepare-result come before it"
                yield Fault(("actions", i, "steps", j, "after"), what)


def _custody(procedure: Procedure) -> Iterator[Fault]:
    """A case is with one service at a time: what opens side by side is carried by one, notices aside."""
    for i, action in enumerate(procedure.actions):
        for j, step in enumerate(action.steps):
            for outcome in sorted(outcomes(procedure, step)):
                opened = [s for _, s in procedure.steps.values() for a in s.after if _is(a, step.code, outcome)]
                if len({custodian_of(s.kind) for s in opened} - {None}) > 1:
                    both = " and ".join(s.code for s in opened)
                    what = f"{both} open side by side, but different services carry them; let one follow the other"
                    yield Fault(("actions", i, "steps", j), what)
                    break


def _is(after: After, step: str, outcome: str) -> bool:
    return after.step == step and after.outcome in (None, outcome)


def _results(procedure: Procedure) -> Iterator[Fault]:
    codes = {a.code for a in procedure.actions}
    for i, action in enumerate(procedure.actions):
        for started in action.result.started if action.result else ():
            if started not in codes:
                yield Fault(("actions", i, "result", "starts"), f"there is no action {started}; name one by its code")
    if procedure.result not in {e.outcome for e in procedure.ends}:
        yield Fault(("result",), f"no end gives {procedure.result}; add an end with this outcome")
    reached = _reached(procedure)
    for i, end in enumerate(procedure.ends):
        if end.outcome not in ("refused", procedure.result):
            yield Fault(("ends", i, "outcome"), f"a case ends refused or with {procedure.result}, not {end.outcome}")
        if not all(_comes(procedure, a, reached) for a in end.after):
            yield Fault(("ends", i), "this end never comes; name completions that can")
    if set(DECISIONS) - {o for _, s in procedure.steps.values() for o in outcomes(procedure, s)}:
        yield Fault(("actions",), "no step decides; one of them must grant or refuse")


def _portal(procedure: Procedure) -> Iterator[Fault]:
    kinds = {s.code: s.kind for s in procedure.portal}
    for i, step in enumerate(procedure.portal):
        for way in step.after:
            if way.step not in kinds:
                yield Fault(("portal", i, "after"), f"there is no portal step {way.step}; name one by its code")
            elif (kinds[way.step] == "condition") != (way.answer is not None):
                yield Fault(
                    ("portal", i, "after"), f"{way}: a condition is followed by .yes or .no, a process by neither"
                )


def _messages(procedure: Procedure) -> Iterator[Fault]:
    for code, said in procedure.messages.items():
        for loc, what in misspoken(code, said):
            yield Fault(("messages", code, *loc), what)


def _changed_terms(procedure: Procedure) -> Iterator[Fault]:
    """Corrections are asked for at the counter; only a term that there is can be given more time, in its own unit."""
    if asked := procedure.corrections:
        step = procedure.steps.get(asked.during)
        if step is None or step[1].kind != "check":
            yield Fault(("corrections", "during"), f"{asked.during} is no step of kind check; name the one that is")
    actions = {a.code: a for a in procedure.actions}
    for code, most in (procedure.extension.actions if procedure.extension else {}).items():
        term = actions[code].term if code in actions else None
        if term is None or term.unit != most.unit or most.count <= term.count:
            said = f"there is no timed action {code}" if term is None else f"{code} has {term.count} {term.unit}"
            yield Fault(("extension", "actions", code), f"{said}; name a longer term in the same unit")
