"""How each field of the format is worded where it changed: a verb for what is one value, a noun for what has fields itself."""

import json
from enum import Enum
from typing import Any

from pydantic import BaseModel

from reglament.law.procedures.words import spell_moment, spell_term
from shared.calendar.term import Term
from shared.procedure import act, calls, format, messages, portal, terms, text
from shared.procedure.basics import After, Moment, Names, Sourced

LEAVES = (Term, Moment, After, portal.Way)
"""Told as one value."""

SOURCE = {"paragraph": "stands at", "assumed": "is assumed:"}
CODED = {"code": "is called", "title": "the title"}
WORDS: dict[type[BaseModel], dict[str, str]] = {
    act.Act: {
        **CODED,
        "number": "has the number",
        "adopted": "was adopted on",
        "registered": "the registration",
        "repealed_by": "is repealed by",
        "in_force": "the interval in force",
        "zone": "counts time in the zone",
        "calendar": "counts working days by the calendar",
        "working_time": "the working time",
        "paragraphs": "the number of paragraphs",
        "unnamed_part": "has paragraphs without a part in",
        "sections": "list",
    },
    act.Registered: {"day": "is of", "number": "has the number"},
    act.InForce: {"since": "begins on", "until": "ends before", "assumed": "is assumed:"},
    text.Section: {"procedure": "is of", "about": "lists", "paragraph": "stands at", "items": "has so many sub-items:"},
    format.Procedure: {
        **CODED,
        "provider": "the provider",
        "channels": "is open by",
        "applicants": "is open to",
        "form": "the form",
        "documents": "document",
        "refusal_grounds": "ground of refusal",
        "body": "the body",
        "expertise": "the expertise",
        "calls": "the calls",
        "participants": "the list of participants",
        "portal": "portal step",
        "actions": "action",
        "total": "the stated total",
        "result": "gives as its result",
        "given": "what is given",
        "ends": "end",
        "withdrawal": "the way to withdraw",
        "corrections": "the corrections asked of the applicant",
        "suspension": "the suspension",
        "extension": "the extension",
        "contradictions": "contradiction",
        "messages": "the messages",
        "demonstration": "the demonstration",
    },
    format.Provider: {**SOURCE, **CODED, "number_prefix": "begins numbers with"},
    format.Form: {**SOURCE, "project": "what is asked", "standard_annexes": "the annexes of the Standard"},
    format.Document: {**SOURCE, **CODED, "required": "has to be handed in:"},
    format.Ground: {**SOURCE, **CODED},
    format.Body: {
        "kind": "is",
        "title": "the title",
        "rules": "the rules",
        "signers": "the signers",
        "secretary_signs": "the secretary's signature",
    },
    format.BodyRules: {
        **SOURCE,
        "quorum": "the quorum",
        "recused_count_for_quorum": "count who is recused for the quorum:",
        "abstention": "allow to abstain:",
        "majority": "ask for",
        "tie": "leave a tie to",
        "acting_chair": "have for an absent chair",
    },
    format.Quorum: {"more_than": "is more than"},
    format.Signers: {**SOURCE, "who": "are of the members"},
    Sourced: SOURCE,
    format.Expertise: {**SOURCE, "criteria": "criterion"},
    format.Criterion: {**CODED, "most": "gives at most"},
    calls.Calls: {**SOURCE, "announced": "call"},
    calls.Call: {"code": "is called", "opens": "opens at", "closes": "closes at"},
    act.ProviderHours: {
        **SOURCE,
        "week": "has the days",
        "hours": "has the hours",
        "pause": "has the break",
    },
    terms.Corrections: {
        **SOURCE,
        "during": "are asked for during",
        "role": "are asked for by",
        "term": "are due within",
        "times": "are asked for so often:",
    },
    terms.Suspension: {**SOURCE, "role": "is up to"},
    terms.Extension: {**SOURCE, "role": "is up to", "actions": "the longest terms"},
    text.Participants: {"paragraph": "stands at", "listed": "names"},
    portal.PortalStep: {
        **CODED,
        "paragraph": "stands at",
        "kind": "is a",
        "where": "is taken at",
        "after": "comes after",
        "optional": "is optional:",
        "ends": "ends the way with",
    },
    format.Action: {
        **SOURCE,
        **CODED,
        "actor": "is of",
        "term": "has",
        "runs_from": "runs from",
        "term_for": "has its term only for",
        "other_terms": "term by outcome",
        "also": "other place",
        "result": "the result",
        "steps": "step",
    },
    text.OtherTerm: {"outcome": "is for", "term": "is"},
    text.Place: {
        "paragraph": "stands at",
        "term": "prints",
        "other_terms": "term by outcome",
        "actor": "names",
        "runs_from": "runs from",
    },
    text.ActionResult: {"paragraph": "stands at", "starts": "starts"},
    format.Step: {
        "code": "is called",
        "kind": "is of the kind",
        "role": "is carried by",
        "paragraph": "stands at",
        "after": "comes after",
        "parts": "is answered by",
        "parts_from": "is answered by those whom this lists:",
        "automatic": "is taken by itself:",
        "assumed": "is assumed:",
    },
    format.Total: {**SOURCE, "term": "is", "runs_from": "runs from"},
    text.Given: {**SOURCE, "papers": "is", "form": "is given as"},
    format.End: {**SOURCE, "after": "comes after", "outcome": "is"},
    format.Withdrawal: {**SOURCE, "until": "is shut by"},
    format.Contradiction: {
        "code": "is called",
        "shows": "explains",
        "about": "the subject",
        "readings": "reading",
        "in_use": "is read as",
        "why": "the reason of the reading in use",
    },
    format.Reading: {**SOURCE, "value": "is called", "says": "the text"},
    messages.MessageText: {"title": "the title", "text": "the text"},
    format.Demonstration: {"starts_on": "starts on"},
    Names: {"kk": "in Kazakh is", "ru": "in Russian is", "en": "in English is"},
}

WHOM = {
    **dict.fromkeys(("channels", "applicants", "form", "documents", "refusal_grounds", "calls", "portal"), "applicant"),
    **dict.fromkeys(("total", "result", "given", "ends", "withdrawal"), "applicant"),
    "body": "commission",
    "expertise": "institute-expert",
}
"""Whom a change of this part of the procedure concerns; an action's concerns its actor, anything else everybody."""


def name_of(item: BaseModel) -> str:
    """By what an entry of a list is known: its code, or what distinguishes it from the others."""
    if isinstance(item, format.End):
        return f"{item.outcome} after {plain(item.after)}"
    if isinstance(item, text.Section):
        return f"of {item.about} at {item.paragraph}"
    return str(next(getattr(item, key) for key in ("code", "value", "outcome", "paragraph") if hasattr(item, key)))


def plain(value: Any) -> str:
    """A value as it is told."""
    if value is None or value == ():
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Term):
        return spell_term(value)
    if isinstance(value, Moment):
        return spell_moment(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(map(plain, value))
    if isinstance(value, Names):
        return value.en
    if isinstance(value, BaseModel) and not isinstance(value, LEAVES):
        return _summary(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _summary(item: BaseModel) -> str:
    """An entry that came: what it says, but its code."""
    told = {name: getattr(item, name) for name in type(item).model_fields if name in item.model_fields_set}
    verbs = WORDS[type(item)]
    return "; ".join(f"{verbs[name]} {plain(v)}" for name, v in told.items() if name not in ("code", "value"))
