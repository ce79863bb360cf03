"""The rules by which contradictions of a text are found; none knows any procedure."""

from collections.abc import Callable, Iterator

from reglament.law.lint.finding import Finding, Text
from reglament.law.lint.places import fewer_actions, two_actors, two_moments, two_terms
from reglament.law.lint.sums import sums
from shared.identity.roles import Role
from shared.procedure.format import Action
from shared.procedure.kinds import APPLICANT

Rule = Callable[[Text], Iterator[Finding]]


def own_result(text: Text) -> Iterator[Finding]:
    """A result that is said to start its own action."""
    for action in text.procedure.actions:
        if action.result and action.code in action.result.started:
            says = f"the result of {action.code} is said to start {action.code} itself"
            yield text.found("own-result", action.code, says, action.result.paragraph)


def no_trigger(text: Text) -> Iterator[Finding]:
    """An action of the text that no result starts, where the text says of others what starts them."""
    results = [(a, a.result) for a in text.procedure.actions if a.result]
    started = {code for action, result in results for code in result.started if code != action.code}
    for action in text.procedure.actions[1:] if started else ():
        if action.paragraph and action.code not in started:
            says, section = f"no result is said to start {action.code}", results[0][1].paragraph.rpartition(".")[0]
            yield text.found("no-trigger", action.code, says, section)


def ground_and_term(text: Text) -> Iterator[Finding]:
    """Started by some actions' results, but timed from a later moment of another."""
    for started in text.procedure.actions:
        grounds = [a for a in text.procedure.actions if a.result and started.code in a.result.started]
        moment = started.runs_from
        step = moment and (moment.first or moment.latest)
        if step and any(g is not started for g in grounds) and text.action_of(step) not in grounds:
            by = " and ".join(g.code for g in grounds)
            says = f"{started.code} is started by {by}, but its term runs from {step}"
            where = (g.result.paragraph for g in grounds if g.result)
            yield text.found("ground-and-term", started.code, says, *where, started.paragraph)


def moment_never_made(text: Text) -> Iterator[Finding]:
    """A term that counts from something which no action of the text makes."""
    presumed = [s.code for _, s in text.procedure.steps.values() if s.assumed and not s.automatic]
    moments = [a.runs_from.latest for a in text.procedure.actions if a.runs_from and a.runs_from.latest]
    for step in dict.fromkeys(m for m in moments if m in presumed):
        counting = [a for a in text.procedure.actions if a.runs_from and a.runs_from.latest == step]
        says = f"{counting[0].code} counts from {step}, which no action makes; nor is there one for "
        says += ", ".join(s for s in presumed if s != step) or "anything else presumed"
        yield text.found("moment-never-made", step, says, *(a.paragraph for a in counting))


def branch_without_action(text: Text) -> Iterator[Finding]:
    """An end that the text promises, reached by a step that none of its actions has."""
    for end in text.procedure.ends:
        for after in end.after:
            action, step = text.procedure.steps[after.step]
            if step.assumed:
                says = f"the end {end.outcome} is promised in {end.paragraph}, but no action has {step.code}"
                yield text.found("branch-without-action", step.code, says, end.paragraph, action.paragraph)


def unlisted_actor(text: Text) -> Iterator[Finding]:
    """Whoever acts and isn't among the participants that the text lists."""
    listed = text.procedure.participants
    for actor, where in _acting(text).items() if listed else ():
        if listed and actor not in listed.listed:
            says = f"{actor} takes part in {where}, but isn't listed in {listed.paragraph}"
            yield text.found("unlisted-actor", actor, says, listed.paragraph)


def _acting(text: Text) -> dict[str, str]:
    """Who acts by the text, with the action: actors, those whom a place of its own names, parties, and whoever a sister
    procedure lists and who has a step here."""
    found: dict[str, str] = {}
    for action in text.procedure.actions:
        parties = [p for s in action.steps for p in s.parts if p not in ("provider", APPLICANT)]
        named = [s.role for s in action.steps if s.paragraph and s.role is not Role.SYSTEM]
        for actor in (action.actor, *parties, *named, *_listed_by_sisters(text, action)):
            found.setdefault(str(actor), action.code)
    return {actor: where for actor, where in found.items() if actor != "provider"}


def _listed_by_sisters(text: Text, action: Action) -> list[str]:
    known = {str(w) for s in text.sisters if s.participants for w in s.participants.listed}
    return [s.role for s in action.steps if s.role in known]


def untimed_outcome(text: Text) -> Iterator[Finding]:
    """A term for one outcome only: the other has none."""
    for action in text.procedure.actions:
        if action.term_for:
            says = f"the term of {action.code} holds for {action.term_for} only; any other outcome has none"
            yield text.found("untimed-outcome", action.code, says, action.paragraph)


def total_and_call(text: Text) -> Iterator[Finding]:
    """The total runs from handing in, an action from the close of the call."""
    total = text.procedure.total
    for action in text.procedure.actions:
        if (
            total
            and total.runs_from.moment == "receipt"
            and action.runs_from
            and action.runs_from.moment == "call-close"
        ):
            says = f"the total runs from the receipt, {action.code} from the close of the call: a long call breaks it"
            yield text.found("total-and-call", action.code, says, total.paragraph, action.paragraph)


def parties_without_signature(text: Text) -> Iterator[Finding]:
    """The result is a contract that no action has its parties sign."""
    procedure = text.procedure
    if procedure.result == "contract" and not any(s.kind == "sign-contract" for _, s in procedure.steps.values()):
        says = "the result is a contract, but no action has its parties sign it"
        where = procedure.given.paragraph if procedure.given else None
        yield text.found("parties-without-signature", "contract", says, where)


def unsigned_result(text: Text) -> Iterator[Finding]:
    """A result issued without the head's signature, which another procedure of the act has."""
    kinds = {s.kind for _, s in text.procedure.steps.values()}
    signing = [s for s in text.sisters if any(step.kind == "sign-result" for _, step in s.steps.values())]
    if "issue" in kinds and "sign-result" not in kinds and signing:
        action = next(a for a, s in text.procedure.steps.values() if s.kind == "issue")
        says = f"the result is issued without the head's signature, which {signing[0].code} has"
        yield text.found("unsigned-result", "issue", says, action.paragraph)


def portal_branch(text: Text) -> Iterator[Finding]:
    """A condition on the portal with an answer that leads nowhere."""
    for step in text.procedure.portal:
        ways = {str(w) for s in text.procedure.portal for w in s.after}
        missing = [a for a in ("yes", "no") if f"{step.code}.{a}" not in ways]
        if step.kind == "condition" and missing:
            says = f"condition {step.code} has no branch for {' and '.join(missing)}"
            yield text.found("portal-branch", step.code, says, step.paragraph)


RULES: tuple[Rule, ...] = (
    two_terms, two_actors, two_moments, fewer_actions, sums, own_result, no_trigger, ground_and_term, moment_never_made,
    branch_without_action, unlisted_actor, untimed_outcome, total_and_call, parties_without_signature, unsigned_result,
    portal_branch,
)  # fmt: skip
