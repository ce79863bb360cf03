"""What the format accepts, what it refuses and where it says so, and that an edition is named by its text."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from shared.calendar.calendar import calendar
from shared.calendar.due import due
from shared.procedure.act import Edition
from shared.procedure.editions import ACTS, InvalidRegulation, load_act, load_all, publish, read
from shared.procedure.format import After, Procedure
from shared.procedure.kinds import KINDS
from tests.procedure.invented import written

EDITIONS = {code: published.edition for code, published in load_all().items() if (ACTS / code.split("/")[0]).is_dir()}
IDEAS = EDITIONS["karaganda-2019/new-business-ideas"].procedure
COUNCIL = EDITIONS["karaganda-2019/infrastructure"].procedure
INNOVATION = EDITIONS["shymkent-2019/innovation-projects"].procedure


def terms(procedure: Procedure) -> list[str]:
    """Each action's paragraph and term, as a table."""
    return [f"{a.paragraph} {a.term.count} {a.term.unit}" if a.term else f"{a.paragraph} -" for a in procedure.actions]


class TestTheTextOfKaragandaIdeas:
    def test_has_eight_actions_with_these_terms(self) -> None:
        assert terms(IDEAS) == [
            "§5.1 20 minutes", "§5.2 2 working_days", "§5.3 1 working_days", "§5.4 10 working_days",
            "§5.5 3 working_days", "§5.6 1 working_days", "§5.7 1 working_days", "§5.8 10 working_days",
        ]  # fmt: skip

    def test_states_29_working_days_in_all_and_shows_that_the_actions_add_up_to_28(self) -> None:
        assert IDEAS.total
        assert IDEAS.total.term.count == 29
        assert sum(a.term.count for a in IDEAS.actions if a.term and a.term.unit == "working_days") == 28
        assert "sum-of-actions" in {c.code for c in IDEAS.contradictions}

    def test_has_all_members_sign_the_protocol(self) -> None:
        signers = IDEAS.body.signers
        assert (signers.who, signers.paragraph, signers.assumed) == ("all", "§5.6", False)

    def test_opens_the_contract_by_the_notice_and_times_it_from_the_approval(self) -> None:
        action, step = IDEAS.steps["sign-contract"]
        assert [str(a) for a in step.after] == ["approve-protocol.granted", "notify.granted"]
        assert action.runs_from
        assert action.runs_from.latest == "approve-protocol"
        assert step.parts == ("provider", "financial-agency", "applicant")


class TestTheTextOfKaragandaInfrastructure:
    def test_has_five_actions_and_takes_seven_days_for_the_check(self) -> None:
        assert terms(COUNCIL) == [
            "annex 2 §5.1 20 minutes", "annex 2 §8.2 7 working_days", "annex 2 §5.3 1 working_days",
            "annex 2 §5.4 2 working_days", "annex 2 §5.5 1 working_days",
        ]  # fmt: skip

    def test_shows_both_terms_of_the_check_with_their_paragraphs(self) -> None:
        (check,) = [c for c in COUNCIL.contradictions if c.code == "check-term"]
        assert {r.value: r.paragraph for r in check.readings} == {
            "5-working-days": "annex 2 §5.2", "7-working-days": "annex 2 §8.2",
        }  # fmt: skip
        assert check.in_use == "7-working-days"

    def test_adds_up_to_the_stated_total_with_the_reading_in_use(self) -> None:
        assert COUNCIL.total
        assert sum(a.term.count for a in COUNCIL.actions if a.term and a.term.unit == "working_days") == 11
        assert COUNCIL.total.term.count == 11

    def test_checks_and_convenes_in_one_action_by_two_services(self) -> None:
        (action,) = {COUNCIL.steps[code][0].code for code in ("check", "convene")}
        assert action == "check-and-agenda"
        assert {KINDS[COUNCIL.steps[code][1].kind].service for code in ("check", "convene")} == {"intake", "commission"}


class TestTheTextOfShymkentInnovation:
    def test_has_nine_actions_with_these_terms(self) -> None:
        assert terms(INNOVATION) == [
            "annex 1 §5.1 20 minutes", "annex 1 §5.2 1 hours", "annex 1 §5.3 2 working_days",
            "annex 1 §5.4 5 working_days", "annex 1 §5.5 60 working_days", "annex 1 §5.6 10 working_days",
            "annex 1 §5.7 3 working_days", "annex 1 §5.8 1 working_days", "annex 1 §5.9 10 working_days",
        ]  # fmt: skip

    def test_times_the_check_only_when_it_refuses(self) -> None:
        assert [a.code for a in INNOVATION.actions if a.term_for] == ["check"]
        assert INNOVATION.steps["check"][0].term_for == After(step="check", outcome="refused")

    def test_sends_to_the_institute_within_five_days_of_the_receipt(self) -> None:
        moment = INNOVATION.steps["send"][0].runs_from
        assert moment
        assert moment.moment == "receipt"

    def test_decides_draws_signs_and_approves_in_one_action(self) -> None:
        steps = ("decide", "draw-protocol", "sign-protocol", "approve-protocol")
        assert {INNOVATION.steps[code][0].code for code in steps} == {"protocol"}


# Read in the texts: paragraph, term and the moment that it runs from, action by action.
SAID = {
    "karaganda-2019/innovation-projects": [
        "§6.1 20 minutes receipt", "§6.2 1 working_days register", "§6.3 3 working_days check",
        "§6.4 60 working_days send", "§6.5 10 working_days examine", "§6.6 3 working_days last sit",
        "§6.7 1 working_days approve-protocol", "§6.8 10 working_days last approve-protocol",
    ],
    "atyrau-2019/grants": [
        "annex 2 §5.1 20 minutes receipt", "annex 2 §5.2 20 minutes register", "annex 2 §5.3 5 working_days assign",
        "annex 2 §5.4 10 working_days convene", "annex 2 §5.5 10 working_days approve-protocol",
        "annex 2 §5.6 1 working_days prepare-result", "annex 2 §5.7 2 working_days sign-result",
    ],
    "atyrau-2019/infrastructure": [
        "annex 3 §5.1 20 minutes receipt", "annex 3 §5.2 20 minutes register", "annex 3 §5.3 5 working_days assign",
        "annex 3 §5.4 5 working_days convene", "annex 3 §5.5 1 working_days approve-protocol",
    ],
    "shymkent-2019/new-business-ideas": [
        "annex 1 §5.1 20 minutes receipt", "annex 1 §5.2 1 hours register", "annex 1 §5.3 2 working_days assign",
        "annex 1 §5.4 3 working_days call-close", "annex 1 §5.5 10 working_days convene",
        "annex 1 §5.6 3 working_days last sit", "annex 1 §5.7 2 working_days last draw-protocol",
        "annex 1 §5.8 1 working_days approve-protocol", "annex 1 §5.9 10 working_days last approve-protocol",
    ],
    "shymkent-2019/infrastructure": [
        "annex 2 §5.1 20 minutes receipt", "annex 2 §5.2 1 hours register", "annex 2 §5.3 5 working_days assign",
        "annex 2 §5.4 1 working_days convene", "annex 2 §5.5 3 working_days decide",
        "annex 2 §5.6 2 working_days sign-protocol",
    ],
}  # fmt: skip
PARTIES = {
    "karaganda-2019/new-business-ideas": ("provider", "financial-agency", "applicant"),
    "karaganda-2019/innovation-projects": ("provider", "national-institute", "applicant"),
    "shymkent-2019/new-business-ideas": ("provider", "financial-agency", "applicant"),
    "shymkent-2019/innovation-projects": ("provider", "financial-agency", "applicant"),
}


class TestTheTextOf:
    @pytest.mark.parametrize("code", SAID)
    def test_has_these_actions_terms_and_moments(self, code: str) -> None:
        assert [
            f"{a.paragraph} {a.term.count} {a.term.unit} {moment.moment or moment.first or f'last {moment.latest}'}"
            for a in EDITIONS[code].procedure.actions
            if a.term and (moment := a.runs_from)
        ] == SAID[code]

    @pytest.mark.parametrize("code", sorted(EDITIONS))
    def test_has_these_parties_sign_the_contract(self, code: str) -> None:
        parties = [s.parts for _, s in EDITIONS[code].procedure.steps.values() if s.kind == "sign-contract"]
        assert parties == ([PARTIES[code]] if code in PARTIES else [])

    def test_of_shymkent_infrastructure_gives_a_refusal_two_days_and_no_approval(self) -> None:
        steps = EDITIONS["shymkent-2019/infrastructure"].procedure.steps
        (other,) = steps["check"][0].other_terms
        assert (str(other.outcome), other.term.count) == ("check.refused", 2)
        assert "approve-protocol" not in steps

    def test_of_atyrau_has_the_head_sign_grants_alone(self) -> None:
        assert "sign-result" in EDITIONS["atyrau-2019/grants"].procedure.steps
        assert "sign-result" not in EDITIONS["atyrau-2019/infrastructure"].procedure.steps


@pytest.mark.parametrize("code", sorted(EDITIONS))
class TestEveryProcedureInTheFolder:
    def test_is_in_force_on_the_day_of_its_demonstration(self, code: str) -> None:
        edition = EDITIONS[code]
        assert edition.act.in_force.on(edition.procedure.demonstration.starts_on)

    def test_marks_what_the_standard_says_as_assumed(self, code: str) -> None:
        procedure = EDITIONS[code].procedure
        assert all(entry.assumed or entry.paragraph for entry in (*procedure.documents, *procedure.refusal_grounds))
        assert any(entry.assumed for entry in procedure.documents)
        assert procedure.body.rules.assumed
        assert procedure.form.assumed

    def test_asks_of_the_project_by_a_valid_schema_that_takes_tenge_as_text(self, code: str) -> None:
        schema = EDITIONS[code].procedure.form.project
        Draft202012Validator.check_schema(schema)
        texts = dict.fromkeys(schema["required"], "Су құбыры")
        assert Draft202012Validator(schema).is_valid(texts | {"amount": "3000000.00"})
        for wrong in (3000000.0, "3 000 000", "-1", "0.5", "1.005", "1e6", ""):
            assert not Draft202012Validator(schema).is_valid(texts | {"amount": wrong})

    def test_counts_in_a_known_calendar_and_zone(self, code: str) -> None:
        edition = EDITIONS[code]
        days = calendar(edition.act.zone, edition.act.calendar)
        starts_on = edition.procedure.demonstration.starts_on
        assert days.is_working_day(starts_on)
        opening = days.working_time(starts_on)[0][0]
        for action in edition.procedure.actions:
            assert action.term
            assert due(opening, action.term, days).at > opening

    def test_can_be_ended_by_a_refusal_and_by_its_result(self, code: str) -> None:
        procedure = EDITIONS[code].procedure
        assert {end.outcome for end in procedure.ends} == {"refused", procedure.result}

    def test_has_its_official_names_in_kazakh(self, code: str) -> None:
        procedure = EDITIONS[code].procedure
        for names in (procedure.title, procedure.provider.title, procedure.body.title):
            assert set(names.kk.lower()) & set("әғқңөұүһі")
            assert names.ru != names.kk != names.en


Change = Callable[[dict[str, Any]], object]

REFUSED: list[tuple[str, Change, str]] = [
    ("a word that the format doesn't know", lambda p: p.update(deadline=3), "Extra inputs are not permitted"),
    ("an action without paragraph", lambda p: p["actions"][1].pop("paragraph"), "name the paragraph"),
    ("a term without its moment", lambda p: p["actions"][1].pop("from"), "a term needs the moment"),
    ("a moment without a term", lambda p: p["actions"][1].pop("term"), "a term needs the moment"),
    ("two units in a term", lambda p: p["actions"][1]["term"].update(hours=1), "exactly one of"),
    ("two moments", lambda p: p["actions"][1]["from"].update(latest="check"), "exactly one of moment, first, latest"),
    ("a kind that no service carries", lambda p: p["actions"][1]["steps"][0].update(kind="bless"), "unknown kind"),
    ("a step after none", lambda p: p["actions"][1]["steps"][0].update(after=["bless"]), "no step bless"),
    ("an outcome that its kind never has", lambda p: p["ends"][2].update(after=["check.signed"]), "never ends signed"),
    ("two steps of one code", lambda p: p["actions"].append(p["actions"][0]), "two steps have the same code"),
    ("a term from no step", lambda p: p["actions"][1].update({"from": {"first": "bless"}}), "no step bless"),
    ("parts from no step", lambda p: p["actions"][5]["steps"][0].update(parts_from="bless"), "no step bless"),
    ("a role that nobody has", lambda p: p["actions"][1].update(actor="bishop"), "actor"),
    ("no reading in use", lambda p: p["contradictions"][0].update(in_use="other"), "none of the readings"),
    ("a contradiction of one reading", lambda p: p["contradictions"][0]["readings"].pop(), "at least 2 items"),
    ("a name without Kazakh", lambda p: p["title"].pop("kk"), "title.kk"),
    ("a name that says nothing in Russian", lambda p: p["title"].update(ru=""), "title.ru"),
    ("a paragraph in words", lambda p: p["actions"][1].update(paragraph="paragraph 5"), "write a paragraph as §5.3"),
]  # fmt: skip


class TestAProcedureWith:
    @pytest.mark.parametrize(("what", "change", "said"), REFUSED, ids=[r[0] for r in REFUSED])
    def test_is_refused_with_file_and_place(self, what: str, change: Change, said: str, tmp_path: Path) -> None:
        wrong = written()
        change(wrong)
        (tmp_path / "act.yaml").write_text((ACTS / "karaganda-2019/act.yaml").read_text())
        (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong))
        with pytest.raises(InvalidRegulation, match=said) as refused:
            load_act(tmp_path)
        assert {error.path.name for error in refused.value.errors} == {"wrong.yaml"}

    def test_a_key_that_yaml_misreads_is_refused(self, tmp_path: Path) -> None:
        text = (ACTS / "karaganda-2019/act.yaml").read_text().replace("{day:", "{on:")
        (tmp_path / "act.yaml").write_text(text)
        with pytest.raises(InvalidRegulation, match="registered"):
            load_act(tmp_path)


HOURS = 'working_time: {karaganda-region: {week: [mon], hours: ["09:00", "18:00"], break: ["13:00", "14:00"]}}'


class TestAnActWith:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("zone: Asia/Almaty", "zone: Asia/Nowhere", "unknown time zone"),
            ("calendar: kz-2015", "calendar: kz-1999", "kz-1999"),
            ("until: 2020-08-08", "until: 2019-08-10", "comes after since"),
            ("zone:", f"{HOURS}\nzone:", "name the paragraph, or mark it assumed"),
            ("zone:", HOURS.replace('"', "") + "\nzone:", "write the hour in quotes"),
        ],
    )
    def test_what_can_not_be_is_refused(self, old: str, new: str, said: str, tmp_path: Path) -> None:
        text = (ACTS / "karaganda-2019/act.yaml").read_text()
        assert old in text
        (tmp_path / "act.yaml").write_text(text.replace(old, new))
        with pytest.raises(InvalidRegulation, match=said):
            load_act(tmp_path)


class TestAnEdition:
    def test_is_the_same_whatever_the_order_of_its_words(self) -> None:
        edition = EDITIONS["karaganda-2019/new-business-ideas"]
        backwards = dict(reversed(written().items()))
        again = Edition(act=edition.act, procedure=Procedure.model_validate(backwards))
        assert publish(again).digest == publish(edition).digest

    def test_is_another_when_a_term_changes(self) -> None:
        edition = EDITIONS["karaganda-2019/new-business-ideas"]
        changed = written()
        changed["actions"][1]["term"] = {"working_days": 3}
        other = Edition(act=edition.act, procedure=Procedure.model_validate(changed))
        assert publish(other).digest != publish(edition).digest

    @pytest.mark.parametrize("code", sorted(EDITIONS))
    def test_comes_back_whole_from_its_text(self, code: str) -> None:
        published = publish(EDITIONS[code])
        assert read(published.text).edition == EDITIONS[code]
        assert publish(published.edition).digest == published.digest
        assert json.loads(published.text)["procedure"]["code"] == code.split("/")[1]

    def test_can_not_be_changed(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            IDEAS.code = "other"  # type: ignore[misc]


class TestAnEditionPublishedEarlier:
    """Who signs was told as two readings, one of them in use."""

    def test_is_still_read(self) -> None:
        said = json.loads(publish(EDITIONS["karaganda-2019/new-business-ideas"]).text)
        readings = [{"value": "all", "paragraph": "§5.6"}, {"value": "present", "assumed": True}]
        said["procedure"]["body"]["signers"] = {"code": "signers", "readings": readings, "in_use": "present"}
        signers = read(json.dumps(said)).edition.procedure.body.signers
        assert (signers.who, signers.paragraph, signers.assumed) == ("present", None, True)


class TestTheActOfKaraganda:
    def test_is_in_force_from_its_first_day_to_the_day_before_its_end(self) -> None:
        # Published on 30 July 2019 (assumed): ten days pass, 31 July to 9 August; the repeal likewise, 28 July 2020.
        in_force = EDITIONS["karaganda-2019/new-business-ideas"].act.in_force
        days = [date(2019, 8, 9), date(2019, 8, 10), date(2020, 8, 7), date(2020, 8, 8)]
        assert [in_force.on(day) for day in days] == [False, True, True, False]
        assert in_force.assumed


class TestANamedFolderOfRegulations:
    def test_without_an_act_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REGLAMENT_REGULATIONS", str(tmp_path))
        with pytest.raises(InvalidRegulation, match=r"there is no act\.yaml here"):
            load_all()

    def test_with_a_code_of_the_product_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "act.yaml").write_text((ACTS / "atyrau-2019/act.yaml").read_text())
        (tmp_path / "grants.yaml").write_text((ACTS / "atyrau-2019/grants.yaml").read_text())
        monkeypatch.setenv("REGLAMENT_REGULATIONS", str(tmp_path))
        with pytest.raises(InvalidRegulation, match="atyrau-2019/grants is there already"):
            load_all()

    def test_joins_those_of_the_product(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        act = (ACTS / "karaganda-2019/act.yaml").read_text().replace("code: karaganda-2019", "code: invented-2030")
        (tmp_path / "act.yaml").write_text(act)
        (tmp_path / "ideas.yaml").write_text(yaml.safe_dump(written()))
        monkeypatch.setenv("REGLAMENT_REGULATIONS", str(tmp_path))
        assert set(load_all()) == {*EDITIONS, "invented-2030/new-business-ideas"}
