"""Data that hang together badly aren't loaded, and say in which file and line and how to mend them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.procedure.editions import ACTS, InvalidRegulation, load_act
from shared.procedure.format import Procedure
from shared.procedure.sound import faults
from shared.procedure.written import doubled, line_of
from tests.procedure.invented import written

Change = Callable[[dict[str, Any]], object]

WORDS = {"kk": "Тіркелді", "ru": "Зарегистрирована", "en": "Registered"}
SAID = {"title": WORDS, "text": WORDS}
UNSOUND: list[tuple[str, Change, str]] = [
    (
        "an action that can't be reached",
        lambda p: p["actions"][2]["steps"][0].update(after=["sit"]),
        "convene can never begin: it waits for sit",
    ),
    (
        "an outcome that nothing follows",
        lambda p: p["ends"].pop(1),
        "nothing follows notify.refused",
    ),
    (
        "a term from the close of no call",
        lambda p: p["actions"][2].update({"from": {"moment": "call-close"}}),
        "there is no call whose close could come",
    ),
    (
        "another place that counts from the close of no call",
        lambda p: p["actions"][2]["also"][0].update({"from": {"moment": "call-close"}}),
        "actions.2.also.0.from: there is no call whose close could come",
    ),
    (
        "a total from the close of no call",
        lambda p: p["total"].update({"from": {"moment": "call-close"}}),
        "total.from: there is no call whose close could come",
    ),
    (
        "a body of a kind that there isn't",
        lambda p: p["body"].update(kind="crafts-council"),
        "body.kind: Input should be 'competition-commission' or 'regional-coordination-council'",
    ),
    (
        "two registrations",
        lambda p: p["actions"][0]["steps"].insert(
            1, {"code": "again", "kind": "register", "role": "chancellery", "after": ["register"]}
        ),
        "again registers once more; a procedure has one step of kind register",
    ),
    (
        "no registration",
        lambda p: p["actions"][0]["steps"][0].update(code="register", kind="send"),
        "no step registers the application",
    ),
    (
        "a term from a step that comes later",
        lambda p: p["actions"][1].update({"from": {"first": "decide"}}),
        "decide never comes before this action",
    ),
    (
        "a contract without the applicant",
        lambda p: p["actions"][7]["steps"][0].update(parts=["provider", "financial-agency"]),
        "add who is missing",
    ),
    (
        "a party that nobody is",
        lambda p: p["actions"][7]["steps"][0].update(parts=["provider", "applicant", "bank"]),
        "unknown party bank",
    ),
    (
        "a result that starts no action",
        lambda p: p["actions"][0]["result"].update(starts="blessing"),
        "there is no action blessing",
    ),
    ("a result that no end gives", lambda p: p.update(result="extract"), "no end gives extract"),
    (
        "two documents of one code",
        lambda p: p["documents"].append(p["documents"][0]),
        "application-form is there twice",
    ),
    (
        "corrections asked while nobody checks",
        lambda p: p.update(
            corrections={"during": "sit", "role": "executor", "term": {"working_days": 3}, "assumed": True}
        ),
        "sit is no step of kind check",
    ),
    (
        "more time for no action",
        lambda p: p.update(extension={"role": "head", "actions": {"bless": {"working_days": 9}}, "assumed": True}),
        "there is no timed action bless",
    ),
    (
        "more time that is no more",
        lambda p: p.update(extension={"role": "head", "actions": {"check": {"working_days": 2}}, "assumed": True}),
        "check has 2 working_days; name a longer term",
    ),
    (
        "more time in another unit",
        lambda p: p.update(extension={"role": "head", "actions": {"check": {"months": 1}}, "assumed": True}),
        "check has 2 working_days; name a longer term in the same unit",
    ),
    (
        "a head who approves the protocol",
        lambda p: p["actions"][5]["steps"][1].update(role="head"),
        "head can't do approve-protocol; name chair",
    ),
    (
        "a notice by the system that isn't automatic",
        lambda p: p["actions"][1]["steps"][1].update(automatic=False),
        "system can't do notify; name chancellery or executor or head or secretary",
    ),
    ("a way from no portal step", lambda p: p["portal"][1].update(after=["c9.yes"]), "there is no portal step c9"),
    (
        "words for a message that nobody gets",
        lambda p: p.update(messages={"congratulated": SAID}),
        "there is no message congratulated",
    ),
    (
        "a value that the message doesn't have",
        lambda p: p.update(messages={"registered": {**SAID, "text": {**WORDS, "ru": "Заявка {nummer}"}}}),
        r"\{nummer\} isn't told here; write one of \{number\}, \{receipt:instant\}",
    ),
    (
        "an instant that isn't told as one",
        lambda p: p.update(messages={"registered": {**SAID, "title": dict.fromkeys(WORDS, "{due}")}}),
        r"\{due\} isn't told here",
    ),
    (
        "a brace that doesn't close",
        lambda p: p.update(messages={"registered": {**SAID, "title": {**WORDS, "en": "{number"}}}),
        "a value stands between two braces",
    ),
    (
        "a value that one language alone tells",
        lambda p: p.update(messages={"registered": {**SAID, "title": {**WORDS, "kk": "Өтініш {number}"}}}),
        r"\{number\} stands here or in kk, but not in both",
    ),
    (
        "a message without Russian",
        lambda p: p.update(messages={"registered": {**SAID, "text": {"kk": "Тіркелді", "en": "Registered"}}}),
        "messages.registered.text.ru: Field required: add it here",
    ),
    ("a condition without its answer", lambda p: p["portal"][4].update(after=["c1"]), "followed by .yes or .no"),
]


class TestAProcedureWith:
    @pytest.mark.parametrize(("what", "change", "said"), UNSOUND, ids=[u[0] for u in UNSOUND])
    def test_is_refused_with_file_line_and_what_to_do(
        self, what: str, change: Change, said: str, tmp_path: Path
    ) -> None:
        wrong = written()
        change(wrong)
        (tmp_path / "act.yaml").write_text((ACTS / "karaganda-2019/act.yaml").read_text())
        (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(wrong, sort_keys=False))
        with pytest.raises(InvalidRegulation, match=said) as refused:
            load_act(tmp_path)
        assert {error.path.name for error in refused.value.errors} == {"wrong.yaml"}
        assert all(error.line for error in refused.value.errors)


class TestStepsSideBySide:
    def test_of_two_services_are_refused(self) -> None:
        said = written("shymkent-2019/innovation-projects")
        said["actions"][5]["steps"][0].update(after=["check.admitted"])  # convene, beside the sending to the institute
        (fault,) = [f for f in faults(Procedure.model_validate(said)) if "side by side" in f.what]
        assert fault.loc == ("actions", 2, "steps", 0)
        assert fault.what.startswith("send and convene open side by side")

    def test_of_one_service_are_taken(self) -> None:
        said = written("atyrau-2019/grants")
        said["actions"][6]["steps"][0].update(after=["prepare-result"])  # registered beside the head's signature
        said["actions"][6]["steps"][1].update(after=["register-result", "sign-result"])
        assert faults(Procedure.model_validate(said)) == []


class TestAResultThatNobodyPrepares:
    def test_is_neither_signed_nor_issued(self) -> None:
        said = written("atyrau-2019/grants")
        steps = [s for a in said["actions"] for s in a["steps"]]
        (prepared,) = [s for s in steps if s["kind"] == "prepare-result"]
        prepared.update(kind="approve-protocol", role="chair")
        found = [f.what for f in faults(Procedure.model_validate(said))]
        assert "nothing is prepared before issue; let a step of kind prepare-result come before it" in found


class TestAResultOfAGrantAlone:
    """Prepared once the applicant knows of the grant; a refusal ends with its notice."""

    @pytest.fixture
    def said(self) -> dict[str, Any]:
        said = written("karaganda-2019/new-business-ideas")
        steps = [
            {"kind": "prepare-result", "role": "executor", "after": ["notify.granted"]},
            {"kind": "issue", "role": "executor", "after": ["prepare-result", "sign-contract"]},
        ]
        said["actions"][7]["steps"] += steps
        said["ends"][2]["after"] = ["issue.granted"]
        return said

    def test_needs_no_way_on_for_a_refusal_that_never_comes(self, said: dict[str, Any]) -> None:
        assert faults(Procedure.model_validate(said)) == []

    def test_has_no_end_by_a_refusal(self, said: dict[str, Any]) -> None:
        said["ends"].append({"after": ["issue.refused"], "outcome": "refused", "assumed": True})
        assert [f.what for f in faults(Procedure.model_validate(said))] == [
            "this end never comes; name completions that can"
        ]


class TestTheProductsProcedures:
    @pytest.mark.parametrize("code", ["karaganda-2019/new-business-ideas", "shymkent-2019/infrastructure"])
    def test_are_sound(self, code: str) -> None:
        assert faults(Procedure.model_validate(written(code))) == []


YAML = "code: x\nactions:\n  - code: a\n    term: {minutes: 1}\n  - code: b\n    from: 2\n"


class TestAPlaceInAFile:
    @pytest.mark.parametrize(
        ("loc", "line"),
        [
            (("code",), 1),
            (("actions", 0, "term"), 4),
            (("actions", 1, "from", "first"), 6),  # what is missing stands where it ought to
            (("actions", 1, "actor"), 5),
        ],
    )
    def test_has_the_line_of_its_key(self, loc: tuple[str | int, ...], line: int) -> None:
        assert line_of(YAML, loc) == line

    def test_that_is_there_twice_is_named(self) -> None:
        assert list(doubled(YAML + "code: y\n")) == [(7, "code")]
