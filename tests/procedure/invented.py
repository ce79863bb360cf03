"""An invented procedure and facts about one application of it, for the rules that no act in the folder needs yet."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.common import CaseFact, Decision, StepDone
from shared.procedure.act import Edition
from shared.procedure.editions import Published, load_all, publish
from shared.procedure.facts import Fact
from shared.procedure.format import Procedure
from shared.procedure.progress import Progress, progress

START = datetime(2030, 1, 7, 4, tzinfo=UTC)
NAMES = {"kk": "-", "ru": "-", "en": "-"}


def written(code: str = "karaganda-2019/new-business-ideas") -> dict[str, Any]:
    """A procedure of the folder as its file writes it, to be changed by a test."""
    return load_all()[code].edition.procedure.model_dump(mode="json", by_alias=True, exclude_unset=True)


def varied(code: str, **said: Any) -> Published:
    """A procedure of the folder with more said in it, as another edition."""
    act = load_all()[code].edition.act
    return publish(Edition(act=act, procedure=Procedure.model_validate(written(code) | said)))


def action(code: str, *steps: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"code": code, "paragraph": "§1", "actor": "executor", "title": NAMES, "steps": list(steps), **said}


def procedure(actions: Sequence[dict[str, Any]], ends: Sequence[str] = ("notify",)) -> Procedure:
    """A procedure of these actions; it ends when all the steps in `ends` are complete."""
    said = {
        "actions": list(actions),
        "ends": [{"after": list(ends), "outcome": "told", "assumed": True}],
        "withdrawal": {"until": [actions[0]["steps"][0]["kind"]], "assumed": True},
        "total": None,
    }
    return Procedure.model_validate(written() | said)


class Told:
    """The facts of one application, written one minute after another, each source counting its own versions."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def step(self, source: str, step: str, outcome: str = "done", rests_on: Sequence[Fact] = (), **said: Any) -> Fact:
        at = said.pop("at", self._next_minute())
        done = StepDone(
            step=step, action="-", paragraph="§1", outcome=outcome, role="executor", happened_at=at,
            rests_on=tuple(f.id for f in rests_on), **said,
        )  # fmt: skip
        return self._append(source, CaseFact(happened_at=at, step=done))

    def states(self, source: str, moment: str, instant: datetime) -> Fact:
        return self._append(source, CaseFact(happened_at=self._next_minute(), moments={moment: instant}))

    def ends(self, source: str, outcome: str, rests_on: Sequence[Fact] = ()) -> Fact:
        grounds = tuple(f.id for f in rests_on)
        return self._append(source, Decision(happened_at=self._next_minute(), ends=outcome, rests_on=grounds))

    def _next_minute(self) -> datetime:
        return START + timedelta(minutes=len(self.facts))

    def _append(self, source: str, body: CaseFact) -> Fact:
        version = 1 + sum(f.source == source for f in self.facts)
        fact = Fact(UUID(int=len(self.facts) + 1), source, version, "Told", body)
        self.facts.append(fact)
        return fact


# Registered, checked, sat on, recorded with signers, told.
SHORT = procedure(
    [
        action("register", {"kind": "register", "role": "chancellery"}),
        action("check", {"kind": "check", "role": "executor", "after": ["register"]}),
        action(
            "sitting",
            {"kind": "sit", "role": "secretary", "after": ["check.admitted"]},
            {"kind": "draw-protocol", "role": "secretary", "after": ["sit"]},
            term={"working_days": 10},
            **{"from": {"first": "check"}},
        ),
        action(
            "signing",
            {"kind": "sign-protocol", "role": "member", "after": ["draw-protocol"], "parts_from": "draw-protocol"},
            term={"working_days": 1},
            **{"from": {"latest": "sit"}},
        ),
        action(
            "notice",
            {"kind": "notify", "role": "chancellery", "after": ["sign-protocol"]},
            term={"working_days": 1},
            **{"from": {"first": "sit"}},
        ),
    ]
)


def codes(stands: Progress) -> tuple[list[str], list[str]]:
    """Done and open, by code."""
    return [c.step.code for c in stands.done], [o.step.code for o in stands.open]


class Short(Told):
    """A case of the short procedure, told up to the sitting."""

    def __init__(self) -> None:
        super().__init__()
        self.registered = self.step("intake", "register")
        self.checked = self.step("intake", "check", "admitted", [self.registered])
        self.sat = self.step("commission", "sit", rests_on=[self.checked])

    def drawn(self, *signers: str) -> None:
        self.protocol = self.step(
            "commission", "draw-protocol", "granted", [self.sat], parts={"sign-protocol": signers}
        )

    def signed(self, member: str, outcome: str = "signed") -> None:
        self.step("commission", "sign-protocol", outcome, [self.protocol], part=member)

    def stands(self) -> Progress:
        return progress(SHORT, self.facts)
