"""What changed from one edition to another is told in words, whatever field it is."""

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from reglament.law.procedures.compare import changes
from reglament.law.procedures.wording import LEAVES, WORDS
from shared.procedure.act import Edition
from shared.procedure.editions import load_all

COUNCIL = load_all()["shymkent-2019/infrastructure"]
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def told(change: Change) -> list[tuple[str, str]]:
    """What is told of an edition in which the act or the procedure was changed so."""
    said = json.loads(COUNCIL.text)
    change(said["act"], said["procedure"])
    return [(c.whom, c.says) for c in changes(COUNCIL.edition, Edition.model_validate(said))]


def step(p: dict[str, Any], action: int, which: int) -> dict[str, Any]:
    found: dict[str, Any] = p["actions"][action]["steps"][which]
    return found


CHANGED: list[tuple[str, Change, list[tuple[str, str]]]] = [
    ("the zone", lambda a, p: a.update(zone="Asia/Atyrau"),
     [("everybody", "the act counts time in the zone Asia/Atyrau, not Asia/Almaty")]),
    ("the end of the act", lambda a, p: a["in_force"].update(until="2021-02-01"),
     [("everybody", "the interval in force of the act ends before 2021-02-01, not 2021-01-07")]),
    ("the provider", lambda a, p: p["provider"].update(code="shymkent-economy"),
     [("everybody", "the provider of the procedure is called shymkent-economy, not shymkent-entrepreneurship")]),
    ("a paragraph", lambda a, p: p["actions"][1].update(paragraph="annex 2 §5.7"),
     [("head", "assign (annex 2 §5.7) stands at annex 2 §5.7, not annex 2 §5.2")]),
    ("an actor", lambda a, p: p["actions"][1].update(actor="executor"),
     [("executor", "assign (annex 2 §5.2) is of executor, not head")]),
    ("an assumption", lambda a, p: step(p, 0, 0).update(assumed=True),
     [("chancellery", "step register of register (annex 2 §5.1) is assumed: yes, not no")]),
    ("what a step waits for", lambda a, p: step(p, 5, 1).update(after=["prepare-result", "sign-protocol"]),
     [("executor", "step issue of extract (annex 2 §5.6) comes after prepare-result, sign-protocol, not prepare-result")]),
    ("who signs", lambda a, p: p["body"]["signers"].update(who="all"),
     [("commission", "the signers of the body of the procedure are of the members all, not present")]),
    ("the quorum", lambda a, p: p["body"]["rules"]["quorum"].update(more_than="0.6"),
     [("commission", "the quorum of the rules of the body of the procedure is more than 0.6, not 0.5")]),
    ("a term by outcome", lambda a, p: p["actions"][2]["other_terms"][0].update(term={"working_days": 3}),
     [("executor", "term by outcome check.refused of check (annex 2 §5.3) is 3 working days, not 2 working days")]),
    ("a contradiction that is gone", lambda a, p: p.update(contradictions=p["contradictions"][:2]),
     [("everybody", "contradiction subsidies of the procedure is gone")]),
    ("a question of the form", lambda a, p: p["form"]["project"]["properties"]["title"].update(maxLength=50),
     [("applicant", "maxLength of title of properties of what is asked of the form of the procedure is 50, not 300")]),
    ("a title", lambda a, p: p["title"].update(en="Support"),
     [("everybody", f"the title of the procedure in English is Support, not {COUNCIL.edition.procedure.title.en}")]),
    ("a total that is stated now", lambda a, p: p.update(
        total={"term": {"working_days": 12}, "from": {"moment": "receipt"}, "paragraph": "annex 2 §5"}),
     [("applicant", "the procedure has the stated total: stands at annex 2 §5; is 12 working days; runs from receipt")]),
    ("the order of the actions", lambda a, p: p["actions"].insert(0, p["actions"].pop(1)),
     [("everybody", "the order of each action of the procedure is assign, register, check, sitting, protocol, extract, "
                    "not register, assign, check, sitting, protocol, extract")]),
]  # fmt: skip


class TestAChangeOf:
    @pytest.mark.parametrize(("what", "change", "says"), CHANGED, ids=[c[0] for c in CHANGED])
    def test_is_told_in_words(self, what: str, change: Change, says: list[tuple[str, str]]) -> None:
        assert told(change) == says

    def test_an_action_is_told_with_what_comes_and_what_goes(self) -> None:
        def another(_: dict[str, Any], p: dict[str, Any]) -> None:
            p["actions"][1]["code"] = "naming"

        (gone, new) = told(another)
        assert gone == ("head", "action assign (annex 2 §5.2) of the procedure is gone")
        assert new[0] == "head"
        assert new[1].startswith(
            "action naming (annex 2 §5.2) of the procedure is new: stands at annex 2 §5.2; is of head;"
        )

    def test_nothing_tells_nothing(self) -> None:
        assert told(lambda a, p: None) == []


def _models(of: Any) -> Iterator[type[BaseModel]]:
    """Every model that a value of this type may hold."""
    for part in get_args(of):
        yield from _models(part)
    if isinstance(of, type) and issubclass(of, BaseModel) and of not in LEAVES:
        yield of
        for field in of.model_fields.values():
            yield from _models(field.annotation)


class TestTheWording:
    @pytest.mark.parametrize("model", sorted(set(_models(Edition)) - {Edition}, key=str), ids=lambda m: m.__name__)
    def test_has_words_for_every_field(self, model: type[BaseModel]) -> None:
        assert WORDS[model].keys() == model.model_fields.keys()
