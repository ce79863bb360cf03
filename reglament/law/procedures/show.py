"""A procedure for people: actions with terms and paragraphs, the portal, the contradictions with the reading in use."""

from collections.abc import Iterator

from reglament.law.procedures.words import spell_moment, spell_term
from shared.procedure.act import Edition
from shared.procedure.format import Action, Body
from shared.texts.languages import Language


def lines(edition: Edition, language: Language) -> Iterator[str]:
    act, procedure = edition.act, edition.procedure
    until = act.in_force.until or "…"
    yield f"{edition.code}: {getattr(procedure.title, language)}"
    yield f"  {getattr(procedure.provider.title, language)}"
    yield f"  act {act.number} of {act.adopted}, registered no. {act.registered.number}"
    yield f"  in force {act.in_force.since} to {until}{' (assumed)' if act.in_force.assumed else ''}"
    if act.unnamed_part != "act":
        yield f"  paragraphs named without a part are those of {act.unnamed_part}"
    for action in procedure.actions:
        yield from _action(action, language)
    yield f"  total: {spell_term(procedure.total.term) if procedure.total else 'not stated'}; result: {procedure.result}"
    for step in procedure.portal:
        ways = f" after {', '.join(map(str, step.after))}" if step.after else ""
        yield f"  portal {step.code} ({step.paragraph}) {getattr(step.title, language)}{ways}"
    yield f"  the protocol is signed by {_signers(procedure.body)}"
    for c in procedure.contradictions:
        yield f"  contradiction {c.code}: {getattr(c.about, language)}"
        for r in c.readings:
            mark = "in use" if r.value == c.in_use else "      "
            yield f"    {mark} {r.value} ({r.paragraph or 'assumed'}): {getattr(r.says, language)}"
        yield f"    {getattr(c.why, language)}"


def _signers(body: Body) -> str:
    who = "all members" if body.signers.who == "all" else "the members present"
    source = ", ".join(filter(None, (body.signers.paragraph, "assumed" if body.signers.assumed else None)))
    return f"{who}{' and the secretary' if body.secretary_signs else ''} ({source})"


def _action(action: Action, language: Language) -> Iterator[str]:
    timed = f"{spell_term(action.term)} from {spell_moment(action.runs_from)}" if action.term else "no term"
    if action.term_for:
        timed += f", for {action.term_for} only"
    timed += "".join(f"; for {o.outcome} {spell_term(o.term)}" for o in action.other_terms)
    yield f"  {action.paragraph} {action.code}: {getattr(action.title, language)}; {action.actor}; {timed}"
    for step in action.steps:
        after = f" after {', '.join(map(str, step.after))}" if step.after else ""
        yield f"      {step.code} ({step.role}){after}{' (assumed)' if step.assumed else ''}"
