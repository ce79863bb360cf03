"""`reglament score` and lint of the evaluation, as somebody at a terminal sees them."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from reglament.cli import app
from shared.procedure.editions import ACTS
from tests.scoring.bodies import REPORTED, bin_of, organisation

LOSS = {"fact": "net-result", "year": 2022, "amount": "-1"}
BEFORE = {"fact": "net-result", "year": 2021, "amount": "-1"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(folder: Path, *organisations: dict[str, Any], period: int = 2022) -> Path:
    return saved(folder / "facts.json", {"period": period, "organisations": organisations})


def saved(path: Path, said: Any) -> Path:
    path.write_text(json.dumps(said))
    return path


def told(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(result.stdout)
    return said


class TestWhenEverythingIsReported:
    def test_ends_with_0_and_prints_rows_total_and_maximum(self, folder: Path) -> None:
        result = run("score", "llp-interests", written(folder, organisation(0, "llp-interests")), "--json")
        assert result.exit_code == 0
        said = told(result)
        assert (said["total"], said["max"], len(said["rows"])) == (16, 16, 9)
        first = said["rows"][0]
        assert {k: first[k] for k in ("number", "outcome", "points", "max", "paragraph", "organisations")} == {
            "number": "1", "outcome": "none", "points": 2, "max": 2, "paragraph": "annex 1 §1", "organisations": [bin_of(0)],
        }  # fmt: skip
        assert first["criterion"] == "Fewer organisations with a negative financial result"
        assert first["because"].startswith("No organisation with a negative financial result (annex 1 §1)")

    @pytest.mark.parametrize(("lang", "says"), [("kk", "ұйымдардың болмауы"), ("ru", "Нет организаций")])
    def test_speaks_the_language_asked_for(self, lang: str, says: str, folder: Path) -> None:
        path = written(folder, organisation(0, "llp-interests"))
        assert says in told(run("score", "llp-interests", path, "--json", "--lang", lang))["rows"][0]["because"]

    def test_prints_a_sheet_for_people(self, folder: Path) -> None:
        result = run("score", "llp-interests", written(folder, organisation(0, "llp-interests", instead=[LOSS])))
        assert result.exit_code == 0
        assert "1     0/2  Fewer organisations with a negative financial result" in result.stdout
        assert "14/16" in result.stdout
        assert bin_of(0) in result.stdout

    def test_says_what_another_fact_would_change(self, folder: Path) -> None:
        path = written(
            folder, organisation(0, "llp-interests", instead=[LOSS, BEFORE]), organisation(1, "llp-interests")
        )
        gain = REPORTED | LOSS | {"amount": "1"}
        change = saved(folder / "change.json", {"organisation": bin_of(0), "fact": gain})
        # 1 now and 1 the year before: not fewer 0; without the loss none 2: 14 + 2 = 16.
        said = told(run("score", "llp-interests", path, "--if", change, "--json"))
        assert said["total"] == 14
        before, after = {"outcome": "not-fewer", "points": 0}, {"outcome": "none", "points": 2}
        assert said["if"]["rows"] == [{"row": "1", "before": before, "after": after}]
        assert said["if"]["total"] == 16
        assert "not-fewer (0) → none (2)" in run("score", "llp-interests", path, "--if", change).stdout


class TestThePagesExample:
    """What the page beside the data tells people to write."""

    def test_has_the_sheet_that_the_page_says(self, folder: Path) -> None:
        (example,) = re.findall(r"```json\n(.*?)```", (ACTS / "evaluation-2022" / "README.md").read_text(), re.S)
        path = folder / "facts.json"
        path.write_text(example)
        said = told(run("score", "joint-stock-companies", path, "--json"))
        # 0 + 2 + (2 + 1) + (1 + 0) + 2 + (2 + 2) = 12
        assert [row["points"] for row in said["rows"]] == [0, 2, 2, 1, 1, 0, 2, 2, 2]
        assert (said["total"], said["max"]) == (12, 16)
        assert {row["number"]: row["assumed"] for row in said["rows"] if row["assumed"]} == {"6.2": 1}


class TestWhenSomethingIsMissing:
    def test_ends_with_3_and_says_what_of_whom_from_whom(self, folder: Path) -> None:
        path = written(folder, organisation(0, "llp-interests", without=["audits:cars"]))
        result = run("score", "llp-interests", path, "--json")
        assert result.exit_code == 3
        said = told(result)
        assert said["total"] is None
        assert said["missing"] == [
            {
                "row": "3.2",
                "organisation": bin_of(0),
                "fact": "audits:cars",
                "why": "not-reported",
                "what": "Audits of the norm in the period and their findings",
                "from": "the state financial control body",
            }
        ]

    def test_names_contradictory_facts_to_be_settled(self, folder: Path) -> None:
        path = written(folder, organisation(0, "llp-interests", also=[LOSS]))
        result = run("score", "llp-interests", path)
        assert result.exit_code == 3
        assert "net-result:2022 (contradictory)" in result.stdout

    @pytest.mark.parametrize(
        "part", ["state-institutions", "state-enterprises", "joint-stock-companies", "llp-interests"]
    )
    def test_asks_for_organisations_where_there_is_none(self, part: str, folder: Path) -> None:
        result = run("score", part, written(folder), "--json")
        assert result.exit_code == 3
        assert {m["fact"] for m in told(result)["missing"]} == {"organisation"}


class TestBadInputEndsWith2AndSaysWhereAndHow:
    def test_a_fact_that_isnt_one(self, folder: Path) -> None:
        bad = organisation(0, "llp-interests", instead=[LOSS | {"amount": -1.5}, {"fact": "points", "points": 2}])
        result = run("score", "llp-interests", written(folder, bad), "--json")
        assert result.exit_code == 2
        where = {e["where"]: e["what"] for e in told(result)["errors"]}
        assert "write the number as text" in where["organisations.0.facts.12.net-result.amount"]
        assert "'net-result'" in where["organisations.0.facts.13"]

    @pytest.mark.parametrize(("number", "says"), [("99014000000", "twelve digits"), ("990140000000", "mistyped")])
    def test_a_number_that_is_no_bin(self, number: str, says: str, folder: Path) -> None:
        result = run("score", "llp-interests", written(folder, organisation(0, "llp-interests") | {"bin": number}))
        assert result.exit_code == 2
        assert "organisations.0.bin" in result.stderr
        assert says in result.stderr

    @pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"period": "x"}'])
    def test_a_file_that_isnt_facts(self, text: bytes, folder: Path) -> None:
        path = folder / "facts.json"
        path.write_bytes(text)
        result = run("score", "llp-interests", path)
        assert result.exit_code == 2
        assert str(path) in result.stderr

    def test_a_file_that_isnt_there_or_a_folder(self, folder: Path) -> None:
        assert run("score", "llp-interests", folder / "nothing.json").exit_code == 2
        assert run("score", "llp-interests", folder).exit_code == 2

    def test_an_unknown_sheet(self, folder: Path) -> None:
        result = run("score", "llc-interests", written(folder))
        assert result.exit_code == 2
        assert "llp-interests" in result.stderr

    def test_a_language_that_nobody_has(self, folder: Path) -> None:
        result = run("score", "llp-interests", written(folder, organisation(0, "llp-interests")), "--lang", "xx")
        assert result.exit_code == 2
        assert "there are: kk, ru, en" in result.stderr

    def test_a_period_that_no_edition_has(self, folder: Path) -> None:
        result = run("score", "llp-interests", written(folder, period=2019))
        assert result.exit_code == 2
        assert "in force on 2019-12-31" in result.stderr

    def test_a_result_of_another_year(self, folder: Path) -> None:
        old = organisation(0, "llp-interests", also=[LOSS | {"year": 2020}])
        result = run("score", "llp-interests", written(folder, old))
        assert result.exit_code == 2
        assert "organisations.0.facts.13" in result.stderr

    def test_a_change_of_an_organisation_that_isnt_there(self, folder: Path) -> None:
        change = saved(folder / "change.json", {"organisation": bin_of(3), "fact": REPORTED | LOSS})
        path = written(folder, organisation(0, "llp-interests"), organisation(3, "state-enterprises"))
        result = run("score", "llp-interests", path, "--if", change)
        assert result.exit_code == 2
        assert "no such organisation of this sheet" in result.stderr


class TestLintOfTheEvaluation:
    def test_shows_contradictions_and_choices_with_the_reading_in_use(self) -> None:
        said = told(run("lint", ACTS / "evaluation-2022", "--json"))
        (evaluation,) = said["evaluations"]
        assert said["procedures"] == []
        found = {f"{f['rule']}:{f['subject']}" for f in evaluation["findings"]}
        # annex 2 §3.2 of three parts cites resolution 145, annex 1 §3.2 the Budget Code; annex 1 §7.1 prints "that reached".
        assert found == {
            "cites-otherwise:state-enterprises/3.2",
            "cites-otherwise:joint-stock-companies/3.2",
            "cites-otherwise:llp-interests/3.2",
            "read-otherwise:7.1/not-all",
        }
        assert all(f["declared"] for f in evaluation["findings"])
        by_reading = {c["code"]: c["in_use"] for c in evaluation["by_reading"]}
        assert by_reading["some-and-fewer"] == "compared"
        assert by_reading["count-of-last-year"] == "as-reported-now"
        assert by_reading["no-organisation"] == "not-enough-data"

    def test_is_part_of_the_lint_of_everything_at_hand(self) -> None:
        result = run("lint")
        assert result.exit_code == 0
        assert "evaluation-2022" in result.stdout
        assert "by reading  last-year-unknown" in result.stdout

    def test_with_an_undeclared_contradiction_ends_with_1(self, folder: Path) -> None:
        copy = Path(shutil.copytree(ACTS / "evaluation-2022", folder / "evaluation-2022"))
        scale = copy / "evaluation" / "scale.yaml"
        scale.write_text(scale.read_text().replace('    shows: ["read-otherwise:7.1/not-all"]\n', ""))
        result = run("lint", copy)
        assert result.exit_code == 1
        assert "UNDECLARED  read-otherwise:7.1/not-all" in result.stdout

    def test_of_data_that_cant_be_read_ends_with_2_and_the_line(self, folder: Path) -> None:
        copy = Path(shutil.copytree(ACTS / "evaluation-2022", folder / "evaluation-2022"))
        part = copy / "evaluation" / "parts" / "llp-interests.yaml"
        part.write_text(part.read_text().replace("max: 16", "max: 15"))
        result = run("lint", copy)
        assert result.exit_code == 2
        assert "llp-interests.yaml:5: max: the rows' greatest points add up to 16" in result.stderr
