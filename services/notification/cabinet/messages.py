"""Messages to the applicant: which facts are told, by which template, with which values. Sentences are made at read."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.contracts.case import ApplicationWithdrawn, CaseResumed, CaseSuspended, TermExtended, WithdrawalDeclined
from shared.contracts.commission import (
    ApplicationDecided,
    ApplicationScheduled,
    ApplicationUnscheduled,
    CaseClosed,
    ContractDeclined,
    ContractDrawn,
    ContractSigned,
    ProtocolDrawn,
    ProtocolReopened,
)
from shared.contracts.common import CaseFact
from shared.contracts.expertise import ExpertiseConcluded, ExpertiseCorrected
from shared.contracts.intake import (
    ApplicationRefused,
    ApplicationRegistered,
    CorrectionsAsked,
    MaterialsSent,
    PackageCorrected,
    RegistrationCorrected,
    WithdrawalRequested,
)
from shared.contracts.notification import ActionEscalated, ApplicantNotified, EscalationWithdrawn
from shared.contracts.result import ResultIssued
from shared.procedure.case import Case
from shared.procedure.facts import Fact, legal_order
from shared.procedure.messages import house
from shared.texts.languages import LANGUAGES

Params = Mapping[str, Any]


def told(case: Case) -> list[dict[str, Any]]:
    """Every message in order of legal time; what came after a hand-over isn't told."""
    facts = sorted((f for f in case.facts.values() if f not in case.progress.later), key=legal_order)
    return [message for fact in facts if (message := _message(case, fact))]


def _message(case: Case, fact: Fact) -> dict[str, Any] | None:
    template, params = _told(case, fact, fact.body) or (None, {})
    if template is None:
        return None
    at = case.local(fact.at)
    return {"id": str(fact.id), "at": at, "event": fact.name, **said_by(case, template, {"at": at, **params})}


def said_by(case: Case, template: str, params: Params) -> dict[str, Any]:
    """What a renderer needs; `says`: the procedure's own words, where it has any."""
    own = case.procedure.messages.get(template)
    return {"template": template, "params": params, **({"says": own.model_dump()} if own else {})}


def _told(case: Case, fact: Fact, body: CaseFact) -> tuple[str, Params] | None:
    match body:
        case ApplicationRegistered():
            return "registered", {
                "number": body.number,
                "receipt": case.local(body.moments.get("receipt", body.happened_at)),
                **({"due": case.local(body.total_due)} if body.total_due else {}),
            }
        case RegistrationCorrected():
            return "registration-corrected", {"field": body.field}
        case MaterialsSent():
            return "materials-sent", {"number": case.registered.number}
        case ExpertiseConcluded() | ExpertiseCorrected():
            template = "expertise-concluded" if isinstance(body, ExpertiseConcluded) else "expertise-corrected"
            return template, {"number": case.registered.number}
        case ApplicantNotified():
            return body.template if body.template in house() else "told", notice_params(case)
        case WithdrawalRequested():
            return "withdrawal-asked", {"asked_at": case.local(body.happened_at)}
        case ApplicationWithdrawn():
            return "withdrawal-granted", {"asked_at": case.local(body.asked_at)}
        case WithdrawalDeclined():
            template = "withdrawal-declined-contract" if body.contract_can_be_declined else "withdrawal-declined"
            return template, {"asked_at": case.local(body.asked_at), "shut_at": case.local(body.shut_at)}
        case ActionEscalated() | EscalationWithdrawn():
            return _escalation(body), {"action": action_title(case, body.action), "due": case.local(body.due)}
    return _told_of_terms(case, body) or _told_by_commission(case, fact, body)


def _escalation(body: ActionEscalated | EscalationWithdrawn) -> str:
    if isinstance(body, ActionEscalated):
        return "action-escalated"
    return "escalation-moved" if body.why == "term-moved" else "escalation-withdrawn"


def _told_of_terms(case: Case, body: CaseFact) -> tuple[str, Params] | None:
    """What stopped the clock or let it run again, and what gave more time."""
    match body:
        case CorrectionsAsked():
            asked = {"documents": document_titles(case, body.documents), "reasons": body.reasons.text}
            return "corrections-asked", {**asked, "until": case.local(body.until)}
        case PackageCorrected():
            return "package-corrected", {"documents": document_titles(case, [d.code for d in body.documents])}
        case CaseSuspended():
            return "case-suspended", {"until": case.local(body.until), "reason": body.reason.text}
        case CaseResumed():
            return "case-resumed", {"reason": body.reason.text}
        case TermExtended():
            extended = {"action": action_title(case, body.action), "was": case.local(body.was_due)}
            return "term-extended", {**extended, "reason": body.reason.text}
    return None


def _told_by_commission(case: Case, fact: Fact, body: CaseFact) -> tuple[str, Params] | None:
    match body:
        case ApplicationScheduled():
            template = "sitting-postponed" if _scheduled_before(case, fact) else "sitting-scheduled"
            return template, {"body": _body(case), "starts_at": case.local(body.starts_at), "place": body.place}
        case ApplicationUnscheduled():
            return f"unscheduled-{body.why}", {}
        case ProtocolReopened():
            return "protocol-reopened", {}
        case ContractDrawn():
            return "contract-drawn", {"digest": body.digest}
        case ContractSigned():
            return "contract-signed", {}
        case ContractDeclined():
            return "contract-declined", {}
        case CaseClosed():
            return "case-closed", {"reason": body.reason.text}
        case ResultIssued():
            registered = {"registered": ", ".join(body.numbers.values())} if body.numbers else {}
            return f"result-{_main(body)}", {**notice_params(case), **registered}
    return None


def _main(body: ResultIssued) -> str:
    """The paper that gives the result; a cover letter only goes with it."""
    return next((paper for paper in body.papers if paper != "cover-letter"), "cover-letter")


def notice_params(case: Case) -> dict[str, Any]:
    """What any notice may tell of the decisions that stand: ground and reasons of a refusal, the protocol."""
    params: dict[str, Any] = {"number": case.registered.number, "body": _body(case)}
    if refused := _standing(case, ApplicationRefused):
        params |= {"ground": ground_title(case, refused.ground), "reasons": refused.reasons.text}
    if drawn := _standing(case, ProtocolDrawn):
        params["protocol"] = drawn.number
    if decided := _standing(case, ApplicationDecided):
        params["reasons"] = decided.reasons.text
    return params


def ground_title(case: Case, code: str) -> dict[str, str] | str:
    """What a ground of refusal is called; a code that the procedure doesn't know is told as it is."""
    titles = {g.code: g.title.by_language for g in case.procedure.refusal_grounds}
    return titles.get(code, code)


def document_titles(case: Case, codes: Iterable[str]) -> dict[str, str]:
    """What these documents are called, one after another, in each language."""
    titles = {d.code: d.title.by_language for d in case.procedure.documents}
    known = [titles.get(code, dict.fromkeys(LANGUAGES, code)) for code in codes]
    return {language: "; ".join(title[language] for title in known) for language in LANGUAGES}


def action_title(case: Case, code: str) -> dict[str, str]:
    return next(a.title.by_language for a in case.procedure.actions if a.code == code)


def _body(case: Case) -> dict[str, str]:
    return case.procedure.body.title.by_language


def _standing(case: Case, kind: type[Any]) -> Any:
    """The newest fact of this event that counts."""
    found = [f for f in case.progress.counting if isinstance(f.body, kind) and f not in case.progress.later]
    return max(found, key=lambda f: f.version).body if found else None


def _scheduled_before(case: Case, fact: Fact) -> bool:
    """Whether another sitting, or another time, was told before and hasn't been taken back since."""
    earlier = [
        f.body
        for f in sorted(case.facts.values(), key=lambda f: f.version)
        if f.source == fact.source and f.version < fact.version
    ]
    plans = [b for b in earlier if isinstance(b, ApplicationScheduled | ApplicationUnscheduled)]
    return bool(plans) and isinstance(plans[-1], ApplicationScheduled)
