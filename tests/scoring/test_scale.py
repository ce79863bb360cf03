"""The data of the 2022 evaluation beside the order's annexes, and data that don't hold together."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.scoring.sheet.edition import NoEdition, NoPart, edition_for, editions, load, publish, read
from shared.procedure.editions import ACTS, InvalidRegulation, load_all

FOLDER = ACTS / "evaluation-2022"
EDITION = load(FOLDER)
SCALE = EDITION.evaluation.scale


class TestTheScaleOf2022:
    def test_has_the_criteria_and_points_of_annex_1(self) -> None:
        # Column 3 of annex 1, line by line.
        assert {c.number: [o.points for o in c.outcomes] for c in SCALE.criteria} == {
            "1": [2, 1, 0], "2": [2, 0],
            "3.1": [2, 1, 0], "3.2": [2, 1, 0], "3.3": [2, 1, 0], "3.4": [2, 1, 0], "3.5": [2, 1, 0],
            "4": [2, 0], "5.1": [1, 0], "5.2": [1, 0], "6": [2, 0], "7.1": [2, 0], "7.2": [2, 0],
        }  # fmt: skip

    def test_has_the_rows_of_annex_2_in_four_parts(self) -> None:
        company = ["1", "2", "3", "3.1", "3.2", "4", "4.1", "4.2", "5", "6", "6.1", "6.2"]
        assert {p.code: [line.number for line in p.rows] for p in EDITION.evaluation.parts} == {
            "state-institutions": ["1", "2", "2.1", "2.2", "2.3", "3"],
            "state-enterprises": ["1", "2", "3", "3.1", "3.2", "3.3", "4", "5", "5.1", "5.2", "6", "7", "7.1", "7.2"],
            "joint-stock-companies": company,
            "llp-interests": company,
        }

    def test_has_the_maxima_that_follow_from_the_points(self) -> None:
        # 5 rows of 2; 9 of 2 and 2 of 1; 7 of 2 and 2 of 1, twice.
        assert [p.max for p in EDITION.evaluation.parts] == [5 * 2, 9 * 2 + 2, 7 * 2 + 2, 7 * 2 + 2]

    def test_scores_the_rows_of_the_sheet_by_the_criteria_that_they_repeat(self) -> None:
        by = {p.code: {r.number: r.criterion.number for r in EDITION.rows(p.code)} for p in EDITION.evaluation.parts}
        company = {
            "1": "1", "2": "2", "3.1": "3.4", "3.2": "3.2", "4.1": "5.1", "4.2": "5.2", "5": "6", "6.1": "7.1", "6.2": "7.2",
        }  # fmt: skip
        enterprise = {
            "1": "1", "2": "2", "3.1": "3.4", "3.2": "3.2", "3.3": "3.5", "4": "4", "5.1": "5.1", "5.2": "5.2", "6": "6",
            "7.1": "7.1", "7.2": "7.2",
        }  # fmt: skip
        assert by == {
            "state-institutions": {"1": "1", "2.1": "3.1", "2.2": "3.2", "2.3": "3.3", "3": "4"},
            "state-enterprises": enterprise,
            "joint-stock-companies": company,
            "llp-interests": company,
        }

    def test_marks_every_choice_that_no_paragraph_makes_as_assumed(self) -> None:
        readings = [r for c in (*SCALE.choices, *SCALE.contradictions) for r in c.readings]
        assert all(r.assumed == (r.paragraph is None) for r in readings)

    def test_is_no_procedure_to_run(self) -> None:
        assert not [code for code in load_all() if code.startswith("evaluation-2022/")]


class TestAnEdition:
    def test_is_named_by_the_digest_of_its_text_and_read_back_from_it(self) -> None:
        assert read(EDITION.text).evaluation == EDITION.evaluation
        assert publish(read(EDITION.text).evaluation).digest == EDITION.digest

    def test_counts_for_the_periods_that_end_while_it_is_in_force(self) -> None:
        assert edition_for(2022).digest == EDITION.digest
        with pytest.raises(NoEdition, match="in force on 2021-12-31"):
            edition_for(2021)

    def test_gives_way_to_a_later_one_that_an_operator_adds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later = Path(shutil.copytree(FOLDER, tmp_path / "evaluation-2030"))
        said = (later / "act.yaml").read_text()
        said = said.replace("code: evaluation-2022", "code: evaluation-2030").replace("2022-07-06", "2030-01-01")
        (later / "act.yaml").write_text(said)
        monkeypatch.setenv("REGLAMENT_REGULATIONS", str(later))
        assert len(editions()) == 2
        assert edition_for(2029).evaluation.act.code == "evaluation-2022"
        assert edition_for(2030).evaluation.act.in_force.since == date(2030, 1, 1)

    def test_has_no_part_of_another_name(self) -> None:
        with pytest.raises(NoPart, match="llp-interests"):
            EDITION.rows("llp")


def changed(file: str, old: str, new: str) -> Callable[[Path], Path]:
    def change(folder: Path) -> Path:
        path = folder / "evaluation" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return path

    return change


BROKEN = {
    "a rule that nobody knows": (changed("scale.yaml", "rule: all-or-nothing", "rule: most"), "all-or-nothing"),
    "a question that nobody knows": (changed("scale.yaml", "asks: solvency", "asks: wealth"), "solvency"),
    "a norm without audits": (changed("scale.yaml", "{asks: objects}", "{asks: objects, norm: cars}"), "a norm goes with"),
    "points that rise": (changed("scale.yaml", "{code: fewer, points: 1", "{code: fewer, points: 3"), "never rise"),
    "another rule's outcomes": (changed("scale.yaml", "- {code: fewer,", "- {code: some,"), "none, fewer, not-fewer"),
    "shares that end too early": (changed("scale.yaml", 'at_most: "1"', 'at_most: "0.5"'), "the last is 1"),
    "a share where there is none": (changed("scale.yaml", "- {code: fewer, ", '- {code: fewer, at_most: "0", '), "alone"),
    "a comparison of what has no year": (changed("scale.yaml", "{asks: net-result}", "{asks: solvency}"), "of a year"),
    "a number twice": (changed("scale.yaml", 'number: "3.2"', 'number: "3.1"'), "3.1 is there twice"),
    "a number without a heading": (changed("scale.yaml", '{number: "3",', '{number: "9",'), "no heading above it"),
    "a paragraph of another row": (changed("scale.yaml", '"annex 1 §7.2"', '"annex 1 §7.1"'), "its own number"),
    "a choice that isn't made": (changed("scale.yaml", "code: given-late", "code: given-early"), "given-late isn't there"),
    "an answer that isn't understood": (
        changed("scale.yaml", "in_use: passporting", "in_use: all-four"), "none of the readings",
    ),
    "a reading in use that no row follows": (changed("scale.yaml", "in_use: as-3-2", "in_use: without-points"), "is as-3-2"),
    "a contradiction that nothing follows": (changed("scale.yaml", "{some-and-fewer: compared, ", "{"), "is none"),
    "a reading of what isn't there": (changed("scale.yaml", "follows: {reached-", "follows: {reach-"), "reach-zero"),
    "a fact without its texts": (changed("scale.yaml", "  solvency:\n", "  organisations:\n"), "organisations"),
    "a reason that can't be filled in": (changed("scale.yaml", "{before}", "{last year}"), "can't be filled in"),
    "a text in two languages": (changed("scale.yaml", 'en: "Solvency"', 'de: "Solvenz"'), "add it here"),
    "a greatest total that the rows don't have": (changed("parts/llp-interests.yaml", "max: 16", "max: 17"), "add up to 16"),
    "a row by no criterion": (
        changed("parts/llp-interests.yaml", 'scored_by: "7.2"', 'scored_by: "8"'), "no criterion 8",
    ),
    "a part of another name": (changed("parts/llp-interests.yaml", "code: llp-", "code: llc-"), "its code is the same"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "told"), BROKEN.values(), ids=BROKEN)
def test_data_that_dont_hold_together_are_refused_with_file_line_and_what_to_do(
    change: Callable[[Path], Path], told: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "evaluation-2022"))
    path = change(folder)
    with pytest.raises(InvalidRegulation, match=told) as refused:
        load(folder)
    assert all(error.path == path and error.line for error in refused.value.errors)
