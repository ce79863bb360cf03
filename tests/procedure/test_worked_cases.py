"""The cases worked by hand beside each procedure come out so by the rules alone, before any service runs them."""

import pytest

from reglament.demo.case import Worked
from reglament.demo.worked import cases_of, read
from services.notification.cabinet.timeline import actions
from shared.procedure.editions import ACTS, Published, load_all
from tests.procedure.played import Played

EDITIONS = {code: p for code, p in load_all().items() if (ACTS / code.split("/")[0]).is_dir()}
CASES = {
    (code, name): read(path, EDITIONS[code].edition.procedure)
    for code in sorted(EDITIONS)
    for name, path in cases_of(code).items()
}


def load(code: str, name: str) -> tuple[Published, Worked]:
    return EDITIONS[code], CASES[code, name]


@pytest.mark.parametrize(("code", "name"), CASES, ids="/".join)
class TestEveryWorkedCase:
    def test_ends_as_worked_by_hand(self, code: str, name: str) -> None:
        published, worked = load(code, name)
        ended = Played(published, worked).case.progress.ended
        assert ended
        assert ended.outcome == worked.expect.outcome

    def test_has_the_actions_with_the_instants_worked_by_hand(self, code: str, name: str) -> None:
        published, worked = load(code, name)
        played = Played(published, worked)
        told = [
            (a.action.code, a.started_at, a.due_at, a.completed_at)
            for a in actions(published.edition.procedure, played.facts, played.case.progress)
        ]
        assert told == [
            (e.code, *(played.instant(at) for at in (e.started_at, e.due_at, e.completed_at)))
            for e in worked.expect.actions
        ]


@pytest.mark.parametrize("code", sorted(EDITIONS))
class TestEachProcedure:
    def test_has_a_case_granted_refused_withdrawn_and_late(self, code: str) -> None:
        assert {"granted", "refused", "withdrawn", "late"} <= cases_of(code).keys()

    def test_has_a_case_for_every_end_that_follows_from_its_data(self, code: str) -> None:
        ends = set()
        for name in cases_of(code):
            ended = Played(*load(code, name)).case.progress.ended
            ends |= {(ended.outcome, ended.by.step.step)} if ended and ended.by.step else set()
        assert ends == {(e.outcome, a.step) for e in EDITIONS[code].edition.procedure.ends for a in e.after}

    def test_is_late_in_the_cases_of_that_name_alone(self, code: str) -> None:
        for name in cases_of(code):
            late = [a.code for a in load(code, name)[1].expect.actions if a.completed_at > a.due_at]
            assert bool(late) == name.startswith("late"), (name, late)
