"""`reglament lint` and `reglament procedures` as somebody at a terminal sees them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from reglament.cli import app
from shared.procedure.editions import ACTS

KARAGANDA = ACTS / "karaganda-2019"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Karaganda's act, to be changed."""
    return Path(shutil.copytree(KARAGANDA, tmp_path / "karaganda-2019"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


class TestLintOfTheProductsActs:
    def test_ends_with_0_and_shows_each_contradiction_with_both_readings_and_the_one_in_use(self) -> None:
        told = run("lint", "--json")
        assert told.exit_code == 0
        by_code = {p["procedure"]: p for p in json.loads(told.stdout)["procedures"]}
        assert len(by_code) == 8
        (two,) = [f for f in by_code["karaganda-2019/infrastructure"]["findings"] if f["rule"] == "two-terms"]
        assert two["paragraphs"] == ["annex 2 §8.2", "annex 2 §5.2"]
        assert {r["value"] for r in two["declared"]["readings"]} == {"5-working-days", "7-working-days"}
        assert two["declared"]["in_use"] == "7-working-days"

    def test_shows_what_no_rule_finds_as_by_reading(self) -> None:
        assert "by reading  guarantees" in run("lint", KARAGANDA).stdout

    def test_covers_every_sub_item(self) -> None:
        told = run("lint", "--coverage", "--json")
        assert told.exit_code == 0
        covered = json.loads(told.stdout)
        # Counted in the texts: actions, results, participants and portal, section by section.
        assert {c["procedure"]: len(c["sub_items"]) for c in covered} == {
            "atyrau-2019/grants": 7 + 4 + 11,
            "atyrau-2019/infrastructure": 5 + 4 + 11,
            "karaganda-2019/infrastructure": 5 + 5 + 3 + 5 + 16,
            "karaganda-2019/innovation-projects": 8 + 8 + 3 + 8 + 6,
            "karaganda-2019/new-business-ideas": 8 + 8 + 3 + 8 + 6,
            "shymkent-2019/infrastructure": 6 + 6 + 5 + 6 + 11,
            "shymkent-2019/innovation-projects": 9 + 8 + 5 + 8 + 11,
            "shymkent-2019/new-business-ideas": 9 + 9 + 5 + 9 + 11,
        }
        assert all(not c["missing"] and not c["astray"] for c in covered)


class TestLintOfAFolder:
    def test_with_an_undeclared_contradiction_ends_with_1(self, copy: Path) -> None:
        replace(copy / "infrastructure.yaml", "    shows: [two-terms:check-and-agenda, sum:total]\n", "")
        told = run("lint", copy)
        assert told.exit_code == 1
        assert "UNDECLARED  two-terms:check-and-agenda" in told.stdout

    def test_with_a_sub_item_that_nothing_points_at_ends_with_1(self, copy: Path) -> None:
        replace(copy / "act.yaml", 'paragraph: "annex 2 §5", items: 5', 'paragraph: "annex 2 §5", items: 6')
        told = run("lint", copy, "--coverage")
        assert told.exit_code == 1
        assert "sub-items without a fact: annex 2 §5.6" in told.stdout

    def test_with_a_fact_at_no_paragraph_ends_with_1(self, copy: Path) -> None:
        replace(copy / "infrastructure.yaml", 'paragraph: "annex 2 §5.3"', 'paragraph: "annex 2 §5.9"')
        told = run("lint", copy, "--coverage")
        assert told.exit_code == 1
        assert "actions.sitting (annex 2 §5.9)" in told.stdout

    def test_with_an_unknown_word_ends_with_2_and_says_where(self, copy: Path) -> None:
        replace(copy / "act.yaml", "zone:", "unknown_key: true\nzone:")
        line = (copy / "act.yaml").read_text().splitlines().index("unknown_key: true") + 1
        told = run("lint", copy)
        assert told.exit_code == 2
        assert f"act.yaml:{line}: unknown_key" in told.stderr
        (error,) = json.loads(run("lint", copy, "--json").stdout)["errors"]
        assert (Path(error["file"]).name, error["line"]) == ("act.yaml", line)

    def test_that_is_no_yaml_ends_with_2_and_the_line(self, copy: Path) -> None:
        replace(copy / "act.yaml", "zone: Asia/Almaty", "zone: [Asia/Almaty")
        told = run("lint", copy)
        assert told.exit_code == 2
        assert "this isn't YAML" in told.stderr

    def test_with_several_bad_files_names_them_all(self, copy: Path) -> None:
        replace(copy / "act.yaml", "zone:", "unknown_key: true\nzone:")
        for name in ("infrastructure.yaml", "new-business-ideas.yaml"):
            replace(copy / name, "channels: [paper, portal]", "channels: [paper, pigeon]")
        told = run("lint", copy, "--json")
        assert told.exit_code == 2
        errors = json.loads(told.stdout)["errors"]
        assert {(Path(e["file"]).name, e["where"]) for e in errors} == {
            ("act.yaml", "unknown_key"),
            ("infrastructure.yaml", "channels.1"),
            ("new-business-ideas.yaml", "channels.1"),
        }
        assert all(e["line"] for e in errors)

    def test_of_several_acts_names_the_bad_files_of_each(self, tmp_path: Path) -> None:
        for name in ("karaganda-2019", "atyrau-2019"):
            shutil.copytree(ACTS / name, tmp_path / name)
            replace(tmp_path / name / "infrastructure.yaml", "channels: [paper, portal]", "channels: [paper, pigeon]")
        told = run("lint", tmp_path)
        assert told.exit_code == 2
        assert [line.split("infrastructure.yaml")[0] for line in told.stderr.splitlines()] == [
            f"{tmp_path}/atyrau-2019/",
            f"{tmp_path}/karaganda-2019/",
        ]

    def test_with_words_for_a_value_that_a_message_lacks_ends_with_2_and_says_where(self, copy: Path) -> None:
        said = "{kk: Тіркелді, ru: Зарегистрирована, en: Registered}"
        bad = "{kk: '№ {number}', ru: '№ {nummer}', en: 'No. {number}'}"
        path = copy / "infrastructure.yaml"
        before = len(path.read_text().splitlines())
        path.write_text(f"{path.read_text()}messages:\n  registered:\n    title: {said}\n    text: {bad}\n")
        told = run("lint", copy)
        assert told.exit_code == 2
        assert (
            f"infrastructure.yaml:{before + 4}: messages.registered.text.ru: {{nummer}} isn't told here" in told.stderr
        )

    def test_without_an_act_ends_with_2(self, tmp_path: Path) -> None:
        told = run("lint", tmp_path)
        assert told.exit_code == 2
        assert "there is no act.yaml" in told.stderr


class TestProcedures:
    def test_are_listed_by_code(self) -> None:
        told = run("procedures", "list", "--json")
        assert [p["code"] for p in json.loads(told.stdout)][:2] == ["atyrau-2019/grants", "atyrau-2019/infrastructure"]

    def test_are_shown_with_portal_and_contradictions(self) -> None:
        shown = run("procedures", "show", "shymkent-2019/new-business-ideas").stdout
        assert "annex 1 §5.4 convene" in shown
        assert "3 working days from call-close" in shown
        assert "portal p6 (annex 1 §11.10)" in shown
        assert "in use from-the-close (annex 1 §5.4)" in shown

    def test_unknown_are_refused_with_those_there_are(self) -> None:
        told = run("procedures", "show", "astana-2019/grants")
        assert told.exit_code == 2
        assert "there are: atyrau-2019/grants" in told.stderr

    def test_of_two_editions_differ_in_words(self, copy: Path) -> None:
        new = copy / "new-business-ideas.yaml"
        replace(
            new,
            "    term: {working_days: 2}\n    from: {first: register}",
            "    term: {hours: 4}\n    from: {first: register}",
        )
        told = run("procedures", "diff", "karaganda-2019/new-business-ideas", new)
        assert told.exit_code == 0
        assert told.stdout.splitlines() == ["executor: check (§5.2) has 4 hours, not 2 working days"]

    def test_of_one_edition_differ_in_nothing(self) -> None:
        code = "atyrau-2019/grants"
        assert run("procedures", "diff", code, code).stdout.strip() == "Nothing changed."
