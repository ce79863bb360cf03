"""A worked case that can't be is refused before it is run, with the place and how to mend it."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import yaml

from reglament.demo.case import Worked
from reglament.demo.possible import faults
from shared.procedure.editions import ACTS, load_file
from shared.procedure.format import Procedure

Change = Callable[[dict[str, Any]], object]
IDEAS = "new-business-ideas"


@cache
def procedure(act: str) -> Procedure:
    return load_file(ACTS / act / f"{IDEAS}.yaml").edition.procedure


def found(act: str, name: str, change: Change) -> list[tuple[str, str]]:
    """The place and what is said of it, in a copy of the case with something else written in it."""
    said = yaml.safe_load((ACTS / act / "cases" / IDEAS / f"{name}.yaml").read_text())
    change(said)
    wrong = faults(Worked.model_validate(said), procedure(act))
    return [(".".join(map(str, fault.loc)), fault.what) for fault in wrong]


GRANTED: list[tuple[str, Change, str, str]] = [
    (
        "an outcome that no case has",
        lambda c: c["expect"].update(outcome="granted"),
        "expect.outcome",
        "no such case ends granted; write refused or contract",
    ),
    (
        "an action left out",
        lambda c: c["expect"]["actions"].pop(1),
        "expect.actions",
        "check is missing: the acts complete it",
    ),
    (
        "an action that nobody does",
        lambda c: c["acts"].pop(8),
        "expect.actions.6.code",
        "notice can't be complete: nobody does notify",
    ),
    (
        "a step left out",
        lambda c: c["acts"].pop(1),
        "acts.1.do",
        "convene waits for check.admitted, and nobody does check before",
    ),
    (
        "more votes than members",
        lambda c: c["acts"][4].update(in_favour=40),
        "acts.4.in_favour",
        "4 members can vote: the body of a demonstration has 5, absent are 1",
    ),
    (
        "more votes than are present",
        lambda c: c["acts"][4].update(in_favour=4),
        "acts.4.in_favour",
        "4 members can vote: the body of a demonstration has 5, absent are 1",
    ),
    (
        "more absent than members",
        lambda c: c["acts"][3].update(absent=6),
        "acts.3.absent",
        "the body of a demonstration has 5 members",
    ),
    (
        "a sitting in the past",
        lambda c: c["acts"][2].update(sitting="2019-11-20 10:00"),
        "acts.2.sitting",
        "a sitting is convened for a later instant than 2019-11-27 11:00",
    ),
    (
        "time that goes back",
        lambda c: c["acts"][2].update(at="2019-11-26 11:00"),
        "acts.2.at",
        "2019-11-26 11:00 is before 2019-11-26 15:00, when the act above is done",
    ),
    (
        "a receipt after its registration",
        lambda c: c["acts"][0].update(receipt="2019-11-25 10:30"),
        "acts.0.receipt",
        "2019-11-25 10:30 is later than 2019-11-25 10:10, when it is entered",
    ),
    (
        "a refused check and a sitting all the same",
        lambda c: c["acts"][1].update(outcome="refused", ground="incomplete-package"),
        "acts.2.do",
        "convene waits for check.admitted, but that ends refused",
    ),
]


class TestAGrantedCaseWith:
    @pytest.mark.parametrize(("what", "change", "place", "says"), GRANTED, ids=[g[0] for g in GRANTED])
    def test_is_refused_with_its_place(self, what: str, change: Change, place: str, says: str) -> None:
        assert (place, says) in found("karaganda-2019", "granted", change)


class TestACaseOfACall:
    def test_filed_before_it_opens_is_refused_with_the_calls(self) -> None:
        ((place, says),) = found("shymkent-2019", "refused", lambda c: c["acts"][0].update(receipt="2019-11-04 08:50"))
        assert place == "acts.0.receipt"
        assert says.startswith("applications are taken in a call alone: 2019-11-04 09:00:00 – 2019-11-15 18:00:00,")


class TestAWithdrawnCase:
    def test_that_is_to_end_by_a_contract_is_refused(self) -> None:
        wrong = found("karaganda-2019", "withdrawn", lambda c: c["expect"].update(outcome="contract"))
        assert wrong == [("expect.outcome", "no such case ends contract; write withdrawn")]
