"""What was approved stays as it was signed, whatever a later program would make of it."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Decided, Figures
from services.scoring.evaluation.objections import Objection
from services.scoring.evaluation.reads import evaluation_shown
from services.scoring.stored import NAMES
from shared.kernel.events import envelope, replay
from shared.kernel.vault import Keys
from shared.procedure.basics import Names
from tests.scoring.authority import APRIL_2023

ID, BODY, ACCOUNT = UUID(int=1), UUID(int=2), UUID(int=3)
NAME = Names(kk="Басқарма", ru="Управление", en="Department")
Stored = list[tuple[str, str]]
"""Names and texts of private facts, as the log has them."""


def figures(total: int) -> Figures:
    row = Decided(
        number="1", criterion=NAME, outcome="none", points=total, max=2, paragraph="annex 1 §1", because=NAME,
        organisations=1, assumed=0, named=("050140000011",),
    )  # fmt: skip
    return Figures(rows=(row,), total=total, max=2, organisations=1, facts="0" * 64)


def opened() -> Evaluation:
    return Evaluation(ID, BODY, "990140000384", 2022, "state-institutions", "state-institution", "0" * 64, APRIL_2023)


def approved() -> Evaluation:
    evaluation = opened()
    sent(evaluation, total=2)
    evaluation.agree(ACCOUNT, APRIL_2023)
    evaluation.approve(ACCOUNT, evaluation.said.digest, APRIL_2023)
    return evaluation


def sent(evaluation: Evaluation, total: int) -> None:
    evaluation.close(APRIL_2023)
    evaluation.compute(NAME, figures(total), APRIL_2023)
    evaluation.send(APRIL_2023 + timedelta(days=14), "Asia/Almaty", APRIL_2023)


def stored(evaluation: Evaluation) -> Stored:
    return [(NAMES.names[type(e)], NAMES.dump(e, Keys({}))) for e in evaluation.collect_events()]  # type: ignore[index, arg-type]


def loaded(facts: Stored) -> Evaluation:
    events = [
        NAMES.load(name, 1, data, envelope(Evaluation, "evaluation:1", version, APRIL_2023), Keys({}))
        for version, (name, data) in enumerate(facts, 1)
    ]
    found = replay(Evaluation, events)
    assert found
    return found


def signed_otherwise(facts: Stored, **change: Any) -> Stored:
    """The log of a program that wrote its text in another form; what is signed is that text."""
    *before, (name, data) = facts
    text = "{ " + json.loads(data)["text"][1:-1] + ', "remark": "of an earlier form" }'
    said = {"text": text, "digest": hashlib.sha256(text.encode()).hexdigest()}
    return [*before, (name, json.dumps(json.loads(data) | said | change))]


class TestAnApproval:
    def test_keeps_the_text_that_was_signed_byte_for_byte(self) -> None:
        facts = signed_otherwise(stored(approved()))
        [kept] = loaded(facts).approvals
        assert kept.text.endswith(', "remark": "of an earlier form" }')
        assert kept.digest == hashlib.sha256(kept.text.encode()).hexdigest()
        assert (kept.number, kept.said.figures) == (1, figures(2))

    def test_is_corrected_by_the_digest_that_was_signed(self) -> None:
        evaluation = loaded(signed_otherwise(stored(approved())))
        evaluation.take_up_again(ACCOUNT, "An audit was corrected.", APRIL_2023)
        sent(evaluation, total=0)
        assert (evaluation.said.number, evaluation.said.corrects) == (2, evaluation.approvals[0].digest)

    def test_whose_text_isnt_that_of_its_digest_cant_be_read(self) -> None:
        with pytest.raises(ValidationError, match="isn't the one that the digest was taken of"):
            loaded(signed_otherwise(stored(approved()), digest="0" * 64))


class TestAnObjection:
    def test_keeps_the_ground_that_it_had(self) -> None:
        """The grounds are data: a later edition of them may name none of this code."""
        evaluation = opened()
        sent(evaluation, total=2)
        objection = Objection(
            number=1, by=ACCOUNT, against=evaluation.said.digest, ground="no-more", title=NAME, row=None,
            organisation=None, words="Why?", at=APRIL_2023,
        )  # fmt: skip
        evaluation.object(objection)
        [shown] = evaluation_shown(evaluation, NAME, "ru").objections
        assert (shown.ground, shown.title, evaluation.stage) == ("no-more", "Управление", Stage.SENT)
