"""The cabinet's words: whole in each language, with values that stand apart from the words."""

import re
from string import Formatter

import pytest

from services.notification.cabinet.words import statuses
from shared.procedure.basics import Names
from shared.procedure.editions import load_all
from shared.procedure.kinds import KINDS
from shared.procedure.messages import HouseText, house, misspoken
from shared.texts.languages import LANGUAGES

SENTENCES = [
    pytest.param(text, id=f"{code}-{part}")
    for code, message in house().items()
    for part, text in (("title", message.title), ("text", message.text))
]


def values(sentence: str) -> set[tuple[str | None, str | None]]:
    return {(name, spec) for _, name, spec, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("text", SENTENCES)
class TestASentence:
    def test_tells_the_same_values_in_each_language(self, text: Names) -> None:
        assert values(text.kk) == values(text.ru) == values(text.en)

    def test_is_told_in_each_language_in_its_own_words(self, text: Names) -> None:
        assert len({text.kk, text.ru, text.en}) == len(LANGUAGES)

    def test_joins_no_ending_to_a_value(self, text: Names) -> None:
        assert not any(re.search(r"\}[\w’'-]|\w\{", getattr(text, language)) for language in LANGUAGES)


@pytest.mark.parametrize(("code", "message"), house().items(), ids=list(house()))
class TestAMessageOfTheHouse:
    def test_tells_only_values_that_it_has(self, code: str, message: HouseText) -> None:
        assert list(misspoken(code, message)) == []


class TestEveryEndOfEveryProcedure:
    def test_has_a_name(self) -> None:
        ends = {end.outcome for p in load_all().values() for end in p.edition.procedure.ends}
        assert ends | {"withdrawn", "declined", "closed"} <= statuses().keys()


class TestEveryNoticeThatAProcedureGives:
    def test_of_check_and_approval_has_its_template(self) -> None:
        told = {
            f"{procedure.steps[after.step][1].kind}-{outcome}"
            for procedure in (p.edition.procedure for p in load_all().values())
            for _, step in procedure.steps.values()
            if step.kind == "notify"
            for after in step.after
            for outcome in ([after.outcome] if after.outcome else KINDS[procedure.steps[after.step][1].kind].outcomes)
        }
        assert told <= house().keys()
