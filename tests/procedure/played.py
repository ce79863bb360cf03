"""A worked case played without any service: its acts become facts, and `progress` says what may come next."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast
from uuid import UUID

from reglament.demo.case import CHOSEN, OVERDUE, Act, Worked, instant
from shared.contracts.common import CaseFact, Decision, StepDone
from shared.contracts.intake import ApplicationRegistered
from shared.procedure import calls
from shared.procedure.case import Case
from shared.procedure.editions import Published
from shared.procedure.facts import Fact
from shared.procedure.kinds import DECISIONS, KINDS

SIGNERS: tuple[str, ...] = ("member-1", "member-2")
UNREAD = cast("ApplicationRegistered", None)
"""What a registration says beside its facts' common part is asked for nowhere here."""


class Played:
    """The facts of a worked case, each written by the service that carries its step."""

    def __init__(self, published: Published, worked: Worked) -> None:
        self.published, self.facts, self.decision = published, list[Fact](), ""
        self.zone = published.edition.act.zone
        first = worked.acts[0]
        self._append("intake", CaseFact(happened_at=self.instant(first.at), moments=self._moments(first)))
        for act in worked.acts:
            if act.do == OVERDUE:
                continue
            self._do(act)
            self._automatic(self.instant(act.at))

    @property
    def case(self) -> Case:
        return Case("-", str(UUID(int=0)), self.facts, UNREAD, self.published)

    def instant(self, text: str) -> datetime:
        return instant(text, self.zone)

    def _moments(self, act: Act) -> dict[str, datetime]:
        """What the registration states: the receipt, and the close of the call that was open then."""
        receipt = self.instant(act.receipt or act.at)
        held = self.published.edition.procedure.calls
        open_call = held.at(receipt, self.zone) if held else None
        assert held is None or open_call, "filed outside a call"
        close = {"call-close": calls.instant(open_call.closes, self.zone)} if open_call else {}
        return {"receipt": receipt, **close}

    def _do(self, act: Act) -> None:
        at = self.instant(act.stated or act.at)
        if act.do in CHOSEN:
            end = Decision(happened_at=at, ends=CHOSEN[act.do], rests_on=self.case.rests_on_custody)
            self._append(self.case.progress.custodian, end)
            return
        step = self.case.step_of_kind(act.do).code
        for part in self._parts(act):
            outcome = "signed" if part in SIGNERS else self._outcome(act)
            self._write(self.case.completes(step, outcome=outcome, at=at, part=part, parts=self._listed(act)))

    def _parts(self, act: Act) -> Iterator[str | None]:
        yield from SIGNERS if act.do == "sign-protocol" else (act.party,)

    def _listed(self, act: Act) -> dict[str, tuple[str, ...]]:
        """Whom a drawn protocol lists to sign it."""
        return {s.code: SIGNERS for s in self.case.steps_of_kind("sign-protocol")} if act.do == "draw-protocol" else {}

    def _outcome(self, act: Act) -> str:
        if act.do == "decide":
            self.decision = "granted" if act.in_favour > act.against else "refused"
        decided = self.decision if set(DECISIONS) <= set(KINDS[act.do].outcomes) else "done"
        return act.outcome or decided

    def _automatic(self, at: datetime) -> None:
        """What the system does by itself says what the step before it ended with."""
        for opened in self.case.progress.open:
            if opened.step.automatic:
                told = opened.rests_on[0].step
                assert told
                self._write(self.case.completes(opened.step.code, outcome=told.outcome, at=at))

    def _write(self, done: StepDone) -> None:
        kind = self.published.edition.procedure.steps[done.step][1].kind
        self._append(KINDS[kind].service, CaseFact(happened_at=done.happened_at, step=done))

    def _append(self, source: str, body: CaseFact) -> None:
        version = 1 + sum(f.source == source for f in self.facts)
        self.facts.append(Fact(UUID(int=len(self.facts) + 1), source, version, "Told", body))
