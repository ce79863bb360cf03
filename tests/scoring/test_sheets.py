"""Sheets worked by hand from the order, row by row: outcome, points, who decided, and what is missing."""

import pytest

from services.scoring.sheet.compute import score
from services.scoring.sheet.edition import edition_for
from services.scoring.sheet.result import Sheet
from tests.scoring.worked import Sheet as Worked
from tests.scoring.worked import sheets

EDITION = edition_for(2022)
WORKED = list(sheets())


def scored(worked: Worked) -> Sheet:
    return score(EDITION, worked.part, worked.facts)


@pytest.mark.parametrize("worked", WORKED, ids=str)
class TestAWorkedSheet:
    def test_has_the_outcomes_points_and_deciding_organisations_of_the_text(self, worked: Worked) -> None:
        found = {r.number: (r.outcome, r.points, list(r.organisations)) for r in scored(worked).rows if r.outcome}
        assert found == worked.rows

    def test_has_the_total_or_none_while_something_is_missing(self, worked: Worked) -> None:
        assert scored(worked).total == worked.total

    def test_asks_for_exactly_what_is_missing(self, worked: Worked) -> None:
        assert [(m.row, m.organisation, m.fact, m.why) for m in scored(worked).missing] == worked.missing

    def test_says_which_rows_rest_on_assumed_facts(self, worked: Worked) -> None:
        assert {r.number: r.assumed for r in scored(worked).rows if r.assumed} == worked.assumed


class TestTheWorkedSheets:
    def test_have_every_row_at_each_of_its_outcomes(self) -> None:
        shown = {(w.part, number, row[0]) for w in WORKED for number, row in w.rows.items()}
        parts = [part.code for part in EDITION.evaluation.parts]
        every = {(p, row.number, o.code) for p in parts for row in EDITION.rows(p) for o in row.criterion.outcomes}
        assert shown == every

    def test_have_every_fact_missing(self) -> None:
        asked = {m[2].split(":")[0] for w in WORKED for m in w.missing}
        assert asked == set(EDITION.evaluation.scale.facts)


class TestARow:
    def test_explains_itself_with_outcome_paragraph_and_counts_in_three_languages(self) -> None:
        worst = next(w for w in WORKED if str(w) == "state-enterprises: everything at its worst")
        row = next(r for r in scored(worst).rows if r.number == "3.1")
        assert row.paragraph == "annex 1 §3.4"
        assert row.because.en == "There are violations (annex 1 §3.4). With violations: 1; without: 1; not audited: 0"
        assert row.because.kk.startswith("Бұзушылықтардың болуы (1-қосымша, §3.4)")
        assert row.because.ru.startswith("Нарушения есть (приложение 1, §3.4)")

    def test_says_what_the_zero_line_of_the_key_indicators_must_mean(self) -> None:
        worst = next(w for w in WORKED if str(w) == "state-enterprises: everything at its worst")
        row = next(r for r in scored(worst).rows if r.number == "7.1")
        assert "that didn't reach the key indicators" in row.because.en
        assert "орындамаған" in row.because.kk

    def test_without_the_facts_says_so_and_how_many_lack_them(self) -> None:
        lacking = next(w for w in WORKED if str(w) == "state-institutions: facts that nobody reported")
        sheet = scored(lacking)
        row = next(r for r in sheet.rows if r.number == "3")
        assert (row.outcome, row.points, row.organisations) == (None, None, ())
        assert (
            row.because.en
            == "Not enough data (annex 1 §4). Organisations without the facts needed: 2; organisations: 2"
        )
        asked = next(m for m in sheet.missing if m.fact == "audits:cars")
        assert asked.whom.en == "the state financial control body"

    def test_that_compares_years_counts_those_who_lack_either(self) -> None:
        lacking = next(w for w in WORKED if str(w) == "state-institutions: a loss, last year unknown")
        row = scored(lacking).rows[0]
        assert (
            row.because.en
            == "Not enough data (annex 1 §1). Organisations without the facts needed: 1; organisations: 2"
        )

    def test_doesnt_make_a_number_of_an_unknown_year(self) -> None:
        unknown = next(w for w in WORKED if str(w) == "state-institutions: nobody negative, last year unknown")
        assert "the year before: –;" in scored(unknown).rows[0].because.en
