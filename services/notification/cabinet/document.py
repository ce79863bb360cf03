"""The state of one application as the cabinet shows it: a document without language, made from the case alone.

Instants carry the offset of the act's zone. Names are in three languages, reasons and messages are codes with values:
`render` makes them words.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from services.notification.cabinet.messages import action_title, document_titles, ground_title, told
from services.notification.cabinet.timeline import ActionDone, Entry, actions, entries
from services.notification.cabinet.words import statuses
from services.notification.deadline.domain import escalated, once_in_time
from shared.contracts.commission import ApplicationDecided, ApplicationScheduled, ProtocolDrawn
from shared.contracts.common import Because
from shared.contracts.intake import ApplicationRefused
from shared.contracts.notification import ActionEscalated, EscalationWithdrawn
from shared.contracts.result import ResultIssued
from shared.procedure.case import Case, because
from shared.procedure.corrections import unanswered as unanswered_corrections
from shared.procedure.facts import Fact
from shared.procedure.format import Contradiction
from shared.procedure.progress import OpenStep
from shared.procedure.withdrawal import unanswered
from shared.texts.texts import names

Document = dict[str, Any]


def document(case: Case) -> Document:
    facts, progress = list(case.facts.values()), case.progress
    registered, corrected = case.registered, case.corrected
    total_due, total_because = case.total
    return {
        "id": case.subject,
        "number": registered.number,
        "provider": {"code": registered.provider, "title": case.procedure.provider.title.by_language},
        "procedure": {"code": registered.procedure, "title": case.procedure.title.by_language},
        "edition": registered.edition,
        "zone": case.edition.act.zone,
        "channel": registered.channel,
        "applicant": {
            "kind": registered.applicant.kind,
            "name": corrected.get("applicant.name", registered.applicant.name.text),
        },
        "project": {name: corrected.get(f"project.{name}", text) for name, text in _project(case).items()},
        "status": status(case),
        "withdrawal": withdrawal(case),
        "corrections_asked": corrections_asked(case),
        "pauses": [{"start": case.local(p.start), "end": case.local(p.end)} for p in progress.pauses],
        "total_due": _local(case, total_due),
        "total_because": _reasons(total_because),
        "sitting": sitting(case),
        "open": [open_step(case, o) for o in progress.open],
        "actions": [action_done(case, a) for a in actions(case.procedure, facts, progress)],
        "timeline": [entry(case, e) for e in entries(case.procedure, facts, progress)],
        "reopened": list(progress.reopened),
        "escalations": escalation_history(case),
        "messages": told(case),
        "result": result(case),
        "contradictions": [contradiction(c) for c in case.procedure.contradictions],
    }


def status(case: Case) -> Document:
    code = case.progress.ended.outcome if case.progress.ended else "in-progress"
    title = statuses()[code].model_dump() if code in statuses() else code
    return {"code": code, "title": title}


def withdrawal(case: Case) -> Document | None:
    """What was asked and isn't answered yet; answers are messages, and an end."""
    asked = [] if case.progress.ended else unanswered(case)
    return {"status": "asked", "asked_at": case.local(asked[0].at)} if asked else None


def corrections_asked(case: Case) -> Document | None:
    """What the applicant is asked to put right and hasn't answered."""
    waiting = None if case.progress.ended else unanswered_corrections(case)
    if waiting is None:
        return None
    fact, body = waiting
    asked = {"documents": document_titles(case, body.documents), "reasons": body.reasons.text}
    return {**asked, "asked_at": case.local(fact.at), "until": case.local(body.until)}


def sitting(case: Case) -> Document | None:
    """The sitting that the application is on the agenda of."""
    plans = [f for f in case.progress.counting if isinstance(f.body, ApplicationScheduled)]
    newest = max(plans, key=lambda f: f.version).body if plans else None
    if not isinstance(newest, ApplicationScheduled):
        return None
    return {"id": str(newest.sitting), "starts_at": case.local(newest.starts_at), "place": newest.place}


def open_step(case: Case, opened: OpenStep) -> Document:
    due = case.deadline(opened)
    return {
        **_step(opened.step.code, opened.action.code, case),
        "role": opened.step.role,
        "role_name": role_name(opened.step.role),
        "paragraph": opened.action.paragraph,
        "missing": list(opened.missing),
        "since": _local(case, opened.since) if due else None,
        "due": _local(case, due.at) if due else None,
        "because": _reasons(because(due)) if due else [],
        "provisional": bool(due and due.provisional),
        "once_in_time": bool(due and once_in_time(case, opened, due.at)),
        "escalated": bool(due and escalated(case, opened.action.code, due.at)),
        "assumed": opened.step.assumed,
    }


def entry(case: Case, told: Entry) -> Document:
    done = told.done
    return {
        "fact": str(told.fact.id),
        "event": told.fact.name,
        **_step(done.step, done.action, case),
        "role": done.role,
        "role_name": role_name(done.role),
        "paragraph": done.paragraph or None,
        "part": done.part,
        "outcome": done.outcome,
        "at": case.local(done.happened_at),
        "since": _local(case, done.since) if told.timed else None,
        "due": _local(case, done.due) if told.timed else None,
        "because": _reasons(done.because) if told.timed else [],
        "late": told.late,
        "standing": told.standing.value,
        "assumed": told.step.assumed,
    }


def action_done(case: Case, done: ActionDone) -> Document:
    return {
        "code": done.action.code,
        "title": done.action.title.by_language,
        "actor": done.action.actor,
        "started_at": case.local(done.started_at),
        "due_at": case.local(done.due_at),
        "completed_at": case.local(done.completed_at),
        "late": done.late,
        "paragraph": done.action.paragraph,
        "because": _reasons(done.because),
        "event": done.event,
    }


def escalation_history(case: Case) -> list[Document]:
    found = [f for f in case.facts.values() if isinstance(f.body, ActionEscalated | EscalationWithdrawn)]
    return [_escalation(case, f) for f in sorted(found, key=lambda f: f.version)]


def _escalation(case: Case, fact: Fact) -> Document:
    body = fact.body
    assert isinstance(body, ActionEscalated | EscalationWithdrawn)
    return {
        "event": fact.name,
        **_step(body.escalated_step, body.action, case),
        "due": case.local(body.due),
        "at": case.local(fact.at),
    }


def result(case: Case) -> Document | None:
    """How the case ended, with the reasons of a refusal that stands."""
    ended = case.progress.ended
    if ended is None:
        return None
    said: Document = {"outcome": ended.outcome, "at": case.local(ended.at), "event": ended.by.name}
    if isinstance(ended.by.body, ResultIssued):
        said["papers"] = {paper: ended.by.body.numbers.get(paper) for paper in ended.by.body.papers}
    for body in (f.body for f in case.progress.counting if ended.outcome == "refused"):
        if isinstance(body, ApplicationRefused):
            said |= {"ground": ground_title(case, body.ground), "reasons": body.reasons.text}
        if isinstance(body, ApplicationDecided):
            said["reasons"] = body.reasons.text
        if isinstance(body, ProtocolDrawn):
            said["protocol"] = body.number
    return said


@cache
def contradiction(said: Contradiction) -> Document:
    return {
        "code": said.code,
        "about": said.about.by_language,
        "in_use": said.in_use,
        "why": said.why.by_language,
        "readings": [
            {"value": r.value, "says": r.says.by_language, "paragraph": r.paragraph, "assumed": r.assumed}
            for r in said.readings
        ],
    }


@cache
def role_name(role: str) -> dict[str, str] | str:
    found = names("roles").get(role)
    return found.model_dump() if found else role


def _project(case: Case) -> dict[str, str]:
    """What the form asked and was answered."""
    said = case.registered.project
    return {**said.model_dump(exclude={"other"}, exclude_none=True), **said.other}


def _step(step: str, action: str, case: Case) -> Document:
    kind = case.procedure.steps[step][1].kind
    return {"step": step, "kind": kind, "action": action, "title": action_title(case, action)}


def _reasons(said: Iterable[Because]) -> list[Document]:
    return [{"reason": b.code, "params": b.params} for b in said]


def _local(case: Case, at: datetime | None) -> str | None:
    return case.local(at) if at else None
