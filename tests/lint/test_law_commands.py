"""`reglament lint` and `reglament procedures` as somebody at a terminal sees them."""

import json
import re
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
        replace(
            copy / "infrastructure.yaml",
            '    shows: ["two-terms:check-and-agenda=7-working-days/5-working-days", "sum:total=11/9"]\n',
            "",
        )
        told = run("lint", copy)
        assert told.exit_code == 1
        assert "UNDECLARED  two-terms:check-and-agenda" in told.stdout
        covered = run("lint", copy, "--coverage")
        assert covered.exit_code == 1
        assert "undeclared contradictions: two-terms:check-and-agenda=7-working-days/5-working-days" in covered.stdout

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
        plain = run("lint", copy)
        assert plain.exit_code == 1
        says = "karaganda-2019/infrastructure: actions.sitting is at annex 2 §5.9, which the act doesn't have"
        assert says in plain.stdout.splitlines()

    def test_with_an_unknown_word_ends_with_2_and_says_where(self, copy: Path) -> None:
        replace(copy / "act.yaml", "zone:", "unknown_key: true\nzone:")
        line = (copy / "act.yaml").read_text().splitlines().index("unknown_key: true") + 1
        told = run("lint", copy)
        assert told.exit_code == 2
        assert f"act.yaml:{line}: unknown_key" in told.stderr
        (error,) = json.loads(run("lint", copy, "--json").stdout)["errors"]
        assert (Path(error["file"]).name, error["line"]) == ("act.yaml", line)

    def test_that_counts_for_a_procedure_that_there_is_not_says_where(self, copy: Path) -> None:
        replace(copy / "act.yaml", "procedure: infrastructure, about: actions", "procedure: infra, about: actions")
        lines = (copy / "act.yaml").read_text().splitlines()
        line = next(n for n, text in enumerate(lines, 1) if "procedure: infra, about" in text)
        told = run("lint", copy)
        assert told.exit_code == 2
        assert f"act.yaml:{line}: sections." in told.stderr
        assert (
            "procedure: the act has no procedure infra; there are: infrastructure, innovation-projects," in told.stderr
        )

    @pytest.mark.parametrize(
        ("day", "more", "says"),
        [
            (
                "2019-11-24",
                "",
                "2019-11-24 is no working day; name a working day, in force, in a call if there are any",
            ),
            ("2019-08-09", "", "2019-08-09: the act isn't in force"),
            ("2020-02-28", "opens: 2020-02-03 09:00:00, closes: 2020-02-28 00:00:00", "2020-02-28: no call is open"),
        ],
    )
    def test_with_a_demonstration_when_nobody_can_file_says_where(
        self, copy: Path, day: str, more: str, says: str
    ) -> None:
        path = copy / "new-business-ideas.yaml"
        replace(path, "starts_on: 2019-11-25", f"starts_on: {day}")
        shutil.rmtree(copy / "cases/new-business-ideas")
        path.write_text(
            path.read_text() + (f"calls: {{assumed: true, announced: [{{code: a, {more}}}]}}\n" if more else "")
        )
        line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if f"starts_on: {day}" in text)
        told = run("lint", copy)
        assert told.exit_code == 2
        assert f"new-business-ideas.yaml:{line}: demonstration.starts_on: {says}" in told.stderr

    def test_with_hours_of_a_provider_that_there_is_not_says_where(self, copy: Path) -> None:
        hours = '{week: [mon], hours: ["09:00", "18:00"], break: ["13:00", "14:00"], assumed: true}'
        with (copy / "act.yaml").open("a") as act:
            act.write(f"working_time:\n  karaganda: {hours}\n")
        line = len((copy / "act.yaml").read_text().splitlines())
        told = run("lint", copy)
        assert told.exit_code == 2
        assert f"act.yaml:{line}: working_time.karaganda: no procedure of the act has this provider" in told.stderr

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


class TestLintOfWorkedCases:
    WRONG = (
        ("do: check,", "do: ceck,", "acts.1.do: nothing is called ceck; known: register, assign, check"),
        ("do: check,", "do: assign,", "acts.1.do: no action of this procedure has a step of the kind assign"),
        ("do: register,", "do: check,", "acts.0.do: a case begins with register"),
        (
            "outcome: refused, ground",
            "outcome: denied, ground",
            "acts.1.outcome: Input should be 'admitted' or 'refused'",
        ),
        ("outcome: refused, ground: inc", "ground: inc", "acts.1.do: say the check's outcome"),
        ("ground: incomplete-package", "ground: late", "acts.1.ground: name the ground of the refusal, one of:"),
        (
            'at: "2019-11-27 17:00"',
            'at: "27 November"',
            'acts.1.at: write day and hour as "2019-11-25 10:00"',
        ),
        ('at: "2019-11-27 17:00"', 'at: "2019-11-27T17:00Z"', "acts.1.at: write the local time"),
        ("acts:", "deeds:", "deeds: Extra inputs are not permitted: the format doesn't know this word"),
        ("{code: check,", "{code: checking,", "expect.actions.1.code: there is no action checking"),
    )

    @pytest.mark.parametrize(("old", "new", "says"), WRONG, ids=[w[2] for w in WRONG])
    def test_says_file_line_and_what_to_do(self, copy: Path, old: str, new: str, says: str) -> None:
        case = copy / "cases/new-business-ideas/refused.yaml"
        replace(case, old, new)
        told = run("lint", copy)
        assert told.exit_code == 2
        line = next(n for n, text in enumerate(case.read_text().splitlines(), 1) if new in text)
        assert f"refused.yaml:{line}: {says}" in told.stderr

    def test_says_whose_procedure_there_is_not(self, copy: Path) -> None:
        (copy / "cases/infrastructure").rename(copy / "cases/infra")
        told = run("lint", copy)
        assert told.exit_code == 2
        assert "cases/infra: the act has no procedure of this name; there are: infrastructure," in told.stderr

    def test_says_a_party_that_the_contract_has_not(self, copy: Path) -> None:
        replace(copy / "cases/new-business-ideas/granted.yaml", "party: financial-agency", "party: national-institute")
        assert "name who signs, one of: provider, financial-agency, applicant" in run("lint", copy).stderr

    def test_says_what_can_not_be_entered_later(self, copy: Path) -> None:
        replace(
            copy / "cases/new-business-ideas/granted.yaml", "{do: notify, ", '{do: notify, stated: "2019-12-06 11:00", '
        )
        assert "only these are entered later here: check, draw-protocol, approve-protocol" in run("lint", copy).stderr


def _without_sections(act: Path) -> list[str]:
    return [
        line for line in (act / "act.yaml").read_text().splitlines() if "procedure:" not in line and line != "sections:"
    ]


class TestLintOfAFolderOfActs:
    @pytest.fixture
    def acts(self, copy: Path) -> Path:
        """A folder with Karaganda's act, to which others come."""
        return copy.parent

    def test_where_one_has_no_act_yaml_is_refused(self, acts: Path) -> None:
        (acts / "rubbish").mkdir()
        (acts / "rubbish/infrastructure.yaml").write_text("code: infrastructure\n")
        told = run("lint", acts)
        assert told.exit_code == 2
        assert "rubbish: there are YAML files here but no act.yaml" in told.stderr

    def test_where_a_file_ends_otherwise_is_refused(self, copy: Path) -> None:
        (copy / "infrastructure.yaml").rename(copy / "infrastructure.yml")
        told = run("lint", copy)
        assert told.exit_code == 2
        assert "infrastructure.yml: files end in .yaml; rename it" in told.stderr

    def test_where_one_act_is_there_twice_is_refused(self, acts: Path, copy: Path) -> None:
        shutil.copytree(copy, acts / "again")
        told = run("lint", acts)
        assert told.exit_code == 2
        assert "karaganda-2019/infrastructure is there already" in told.stderr

    def test_where_two_hold_an_act_of_one_code_is_refused(self, acts: Path, copy: Path) -> None:
        other = Path(shutil.copytree(copy, acts / "more"))
        for path in other.glob("*.yaml"):
            if path.name != "infrastructure.yaml":
                path.unlink()
        (other / "act.yaml").write_text("\n".join(_without_sections(copy)))
        replace(other / "infrastructure.yaml", "code: infrastructure", "code: roads")
        shutil.rmtree(other / "cases")
        told = run("lint", acts)
        assert told.exit_code == 2
        assert f"the act karaganda-2019 is there already, in {copy}; give this one another code" in told.stderr

    def test_that_the_product_has_already_is_read_alone_and_says_so(self, acts: Path) -> None:
        told = run("lint", acts, "--json")
        assert told.exit_code == 0
        beside = json.loads(told.stdout)["beside"]
        assert len(beside) == 3
        assert all("is there already" in what for what in beside)

    def test_where_the_numbers_of_two_providers_begin_alike_is_refused(self, acts: Path) -> None:
        other = Path(shutil.copytree(ACTS / "atyrau-2019", acts / "atyrau-2019"))
        for path in (other / "grants.yaml", other / "infrastructure.yaml"):
            path.write_text(re.sub("number_prefix: [A-Z]+", "number_prefix: KRG", path.read_text()))
        told = run("lint", acts)
        assert told.exit_code == 2
        assert re.search("KRG begins the numbers of (atyrau|karaganda)[a-z-]+ already; choose another", told.stderr)

    def test_beside_files_that_are_no_yaml_is_read(self, acts: Path) -> None:
        (acts / "notes").mkdir()
        (acts / "notes/letter.txt").write_text("…")
        assert run("lint", acts).exit_code == 0


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

    def test_are_shown_with_who_signs_the_protocol(self) -> None:
        assert "signed by all members (§5.6)" in run("procedures", "show", "karaganda-2019/new-business-ideas").stdout
        council = run("procedures", "show", "shymkent-2019/infrastructure").stdout
        assert "signed by the members present and the secretary (annex 2 §5.5, assumed)" in council

    def test_are_shown_with_the_part_that_bare_paragraphs_stand_in(self) -> None:
        shown = run("procedures", "show", "karaganda-2019/new-business-ideas").stdout
        assert "paragraphs named without a part are those of annex 1" in shown
        assert "without a part" not in run("procedures", "show", "shymkent-2019/infrastructure").stdout

    def test_are_shown_with_what_lint_finds(self, copy: Path) -> None:
        shown = run("procedures", "show", "karaganda-2019/new-business-ideas").stdout
        assert "declared  own-result:sitting" in shown
        replace(copy / "new-business-ideas.yaml", "    shows: [own-result:sitting, no-trigger:protocol]\n", "")
        assert "UNDECLARED  own-result:sitting" in run("procedures", "show", copy / "new-business-ideas.yaml").stdout

    def test_are_not_shown_in_an_unknown_language(self) -> None:
        told = run("procedures", "show", "atyrau-2019/grants", "--lang", "xx")
        assert told.exit_code == 2
        assert "there is no language xx; there are: kk, ru, en" in told.stderr

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
