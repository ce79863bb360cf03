"""Questions and rules beside the readings that the product's data don't use, and what a change of one fact changes."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.scoring.organisation.views import ORGANISATIONS
from services.scoring.sheet import questions
from services.scoring.sheet.compute import Deciding, score, sheet_of, tallies_of, verdicts_of
from services.scoring.sheet.edition import Edition, Evaluation, Row, edition_for, publish
from services.scoring.sheet.effect import Change, effect, replaced
from services.scoring.sheet.facts import Facts
from services.scoring.sheet.questions import verdict
from services.scoring.sheet.ruled import ruled_by
from services.scoring.sheet.rules import outcome
from services.scoring.sheet.tally import Counted, Lack, Standing, Tally, Verdict
from tests.scoring.bodies import bin_of, facts, one, organisation

EDITION = edition_for(2022)
ENTERPRISES = "state-enterprises"


def choosing(**answers: str) -> Edition:
    """The edition with other answers where the text is silent."""
    said = json.loads(EDITION.text)
    for choice in said["scale"]["choices"]:
        choice["in_use"] = answers.get(choice["code"].replace("-", "_"), choice["in_use"])
    return publish(Evaluation.model_validate(said))


def row(number: str, part: str = ENTERPRISES, edition: Edition = EDITION) -> Row:
    return next(r for r in edition.rows(part) if r.number == number)


def count(**standings: int) -> Tally:
    """`against=2, kept=3`: so many now, nothing of the year before."""
    names: dict[str, Standing] = {"kept": "for", "against": "against", "apart": "apart", "missing": "missing"}
    return Tally.of(Counted(names[name], None, n) for name, n in standings.items())


def code(of: Row, tally: Tally) -> str | None:
    came = outcome(of, tally)
    return None if came is None else came.code


class TestAnotherReading:
    def test_takes_no_organisation_at_all_as_the_empty_count(self) -> None:
        sheet = score(choosing(no_organisation="as-counted"), ENTERPRISES, facts())
        # Nobody failed: 2+2+2+1+1+2+2+2 = 14; nobody was audited: 1+1+1.
        assert sheet.total == 14 + 3

    def test_takes_an_unknown_last_year_as_not_negative(self) -> None:
        other = row("1", edition=choosing(last_year_unknown="as-not-negative"))
        loss = {"fact": "net-result", "year": 2022, "amount": "-1"}
        lossy = one(0, ENTERPRISES, instead=[loss], without=["net-result:2021"])
        assert verdict(other, lossy, 2022) == Verdict("against", "for")

    def test_takes_some_unaudited_organisations_as_not_audited(self) -> None:
        other = row("3.1", edition=choosing(some_audited="not-audited"))
        assert code(other, count(kept=1, apart=1)) == "not-audited"
        assert code(other, count(kept=2)) == "none"

    @pytest.mark.parametrize("kind", ["inventory", "revaluation"])
    def test_counts_all_three_kinds_of_objects(self, kind: str) -> None:
        objects = {"fact": "objects", "inventory": 0, "passporting": 0, "revaluation": 0} | {kind: 1}
        body = one(0, ENTERPRISES, instead=[objects])
        assert verdict(row("4", edition=choosing(objects_counted="all-three")), body, 2022).standing == "against"
        assert verdict(row("4"), body, 2022).standing == "for"

    def test_takes_what_was_given_late_as_not_given(self) -> None:
        other = row("5.1", edition=choosing(given_late="not-given"))
        for given_on, standing in (("2022-02-01", "for"), ("2022-02-02", "against")):
            plans = {"fact": "plans", "submissions": [{"due_by": "2022-02-01", "given_on": given_on}]}
            assert verdict(other, one(0, ENTERPRISES, instead=[plans]), 2022).standing == standing

    @pytest.mark.parametrize(("number", "fact"), [("2", "transfer"), ("5.1", "plans"), ("7.1", "indicators")])
    def test_asks_for_an_organisation_from_which_something_was_due(self, number: str, fact: str) -> None:
        other = choosing(nothing_due="not-enough-data")
        idle = count(apart=2)
        assert code(row(number, edition=other), idle) is None
        assert code(row(number, edition=other), count(apart=1, kept=1)) == code(row(number), idle)
        sheet = sheet_of(other, ENTERPRISES, 2022, {number: idle}, lambda *_: (), lambda _: ())
        assert [(m.organisation, m.fact) for m in sheet.missing if m.row == number] == [(None, fact)]

    def test_takes_as_many_losses_as_the_year_before_as_fewer(self) -> None:
        as_many = Tally.of([Counted("against", "against", 2), Counted("for", "for", 1)])
        assert code(row("1", edition=choosing(equal_counts="fewer")), as_many) == "fewer"
        assert code(row("1"), as_many) == "not-fewer"

    def test_takes_more_losses_than_the_year_before_as_not_fewer_still(self) -> None:
        more = Tally.of([Counted("against", "against", 2), Counted("against", "for", 1)])
        assert code(row("1", edition=choosing(equal_counts="fewer")), more) == "not-fewer"


class TestAShareOfOrganisations:
    def graded(self) -> Row:
        """Up to a tenth failed: 2 still."""
        said = json.loads(EDITION.text)
        solvency = next(c for c in said["scale"]["criteria"] if c["number"] == "7.2")
        solvency["outcomes"][0]["at_most"] = "0.1"
        return row("7.2", edition=publish(Evaluation.model_validate(said)))

    @pytest.mark.parametrize(
        ("against", "kept", "came"), [(0, 9, "none"), (1, 9, "none"), (2, 17, "some"), (1, 8, "some")]
    )
    def test_has_the_first_outcome_whose_bound_it_keeps(self, against: int, kept: int, came: str) -> None:
        # 1 of 10 is a tenth; 2 of 19 and 1 of 9 are more.
        assert code(self.graded(), count(against=against, kept=kept)) == came

    def test_is_taken_of_those_concerned(self) -> None:
        # 1 of the 2 concerned, not 1 of 20.
        assert code(self.graded(), count(against=1, kept=1, apart=18)) == "some"


class TestATally:
    def test_counted_by_a_database_gives_the_sheet_that_the_organisations_give(self) -> None:
        loss = {"fact": "net-result", "year": 2022, "amount": "-1"}
        before = {"fact": "net-result", "year": 2021, "amount": "-1"}
        bodies = [({}), {"instead": [loss, before]}, {"instead": [before]}]
        said = facts(*(organisation(i, ENTERPRISES, **changes) for i, changes in enumerate(bodies)))
        in_memory = score(EDITION, ENTERPRISES, said)
        everyone = Tally.of([Counted("for", None, 2), Counted("for", None, 1)])
        lines = [Counted("for", "for", 1), Counted("against", "against", 1), Counted("for", "against", 1)]
        tallies = {r.number: everyone for r in EDITION.rows(ENTERPRISES)} | {"1": Tally.of(lines)}
        shown: Deciding = lambda r, _: [bin_of(i) for i in ((1, 2) if r.number == "1" else (0, 1, 2))]  # noqa: E731
        assert sheet_of(EDITION, ENTERPRISES, 2022, tallies, shown, lambda _: ()) == in_memory
        assert in_memory.total == 19  # 1 now, 2 the year before: fewer 1 instead of 2

    def test_that_isnt_there_is_empty(self) -> None:
        sheet = sheet_of(EDITION, ENTERPRISES, 2022, {}, lambda *_: (), lambda _: ())
        assert sheet.total is None
        assert {m.fact for m in sheet.missing} == {"organisation"}


class TestAVerdict:
    def test_names_each_lack_and_whether_it_is_of_the_year_before(self) -> None:
        nothing = one(0, ENTERPRISES, without=["net-result:2022", "net-result:2021"])
        lacks = (Lack("net-result:2022", "not-reported"), Lack("net-result:2021", "not-reported", before=True))
        assert verdict(row("1"), nothing, 2022) == Verdict("missing", "missing", lacks)

    def test_names_the_assumed_facts_that_it_rests_on(self) -> None:
        assumed = {"fact": "solvency", "solvent": True, "assumed": "No accounts yet", "source": None}
        assert verdict(row("7.2"), one(0, ENTERPRISES, instead=[assumed]), 2022).assumed == ("solvency",)


class TestAChangeOfOneFact:
    LOSS: dict[str, Any] = {"fact": "net-result", "year": 2022, "amount": "-1"}

    def body(self, *changes: dict[str, Any]) -> Facts:
        return facts(*(organisation(i, ENTERPRISES, **each) for i, each in enumerate(changes)))

    def test_shows_the_rows_that_would_come_out_differently(self) -> None:
        said = self.body({}, {})
        new = one(1, ENTERPRISES, instead=[self.LOSS])
        tallies = tallies_of(verdicts_of(EDITION, ENTERPRISES, said))
        changes = effect(EDITION, ENTERPRISES, 2022, tallies, said.organisations[1], new)
        assert changes == (Change("1", ("none", 2), ("not-fewer", 0)),)

    def test_that_decides_nothing_shows_none(self) -> None:
        said = self.body({"instead": [self.LOSS]}, {})
        new = one(1, ENTERPRISES, instead=[self.LOSS])
        tallies = tallies_of(verdicts_of(EDITION, ENTERPRISES, said))
        assert effect(EDITION, ENTERPRISES, 2022, tallies, said.organisations[1], new) == ()

    def test_takes_the_place_of_every_report_of_it(self) -> None:
        contradictory = one(0, ENTERPRISES, also=[self.LOSS])
        (gain,) = (f for f in one(0, ENTERPRISES).facts if f.key == "net-result:2022")
        assert verdict(row("1"), contradictory, 2022).standing == "missing"
        assert verdict(row("1"), replaced(contradictory, gain), 2022).standing == "for"


class TestAChangedRule:
    def test_has_the_standings_of_all_organisations_folded_anew(self, tmp_path: Path) -> None:
        copy = Path(shutil.copytree(Path(questions.__file__).parent, tmp_path / "sheet"))
        folded = replace(ORGANISATIONS, made_with=lambda: ruled_by(copy))
        assert folded.form == ORGANISATIONS.form
        source = copy / "questions.py"
        source.write_text(source.read_text().replace("fact.amount < 0", "fact.amount <= 0"))
        ruled_by.cache_clear()
        assert folded.form != ORGANISATIONS.form
