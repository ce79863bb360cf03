"""No refusal without its text, no text without its refusal, all of it in three languages."""

import string
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.identity.number import NumberWarning
from shared.identity.roles import Role
from shared.texts.languages import LANGUAGES, choose_locale
from shared.texts.texts import Text, field_text, fields, names, problem_text, problems
from shared.web.refusal import Refused


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Everything(BaseModel):
    """A field for each text that shows something of the error."""

    short: str = Field(min_length=2)
    long: str = Field(max_length=2)
    shape: str = Field(pattern="^a$")
    one: Literal["a", "b"]
    role: Role
    above: int = Field(gt=1)
    floor: int = Field(ge=1)
    below: int = Field(lt=1)
    ceiling: int = Field(le=1)
    few: list[int] = Field(min_length=1)
    many: list[int] = Field(max_length=1)
    money: Decimal = Field(decimal_places=2)
    pet: Cat | Dog = Field(discriminator="kind")


WRONG = {
    "short": "a",
    "long": "abc",
    "shape": "b",
    "one": "c",
    "role": "x",
    "above": 1,
    "floor": 0,
    "below": 1,
    "ceiling": 2,
    "few": [],
    "many": [1, 2],
    "money": "0.001",
    "pet": {"kind": "cow"},
}
ROOT = Path(__file__).parents[2]
NAMES = sorted(file.stem for file in (ROOT / "shared/texts/names").glob("*.yaml"))


def refusals() -> set[type[Refused]]:
    for folder in ("services", "shared"):
        for module in sorted((ROOT / folder).rglob("*.py")):
            import_module(".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    return {Refused, *below(Refused)}


def below(kind: type[Refused]) -> Iterator[type[Refused]]:
    for inner in kind.__subclasses__():
        if inner.__module__.startswith(("services.", "shared.")):
            yield inner
        yield from below(inner)


def placeholders(text: Text | None) -> dict[str, set[str]]:
    if text is None:
        return {}
    found: dict[str, set[str]] = {}
    for language in LANGUAGES:
        found[language] = {name for _, name, _, _ in string.Formatter().parse(getattr(text, language)) if name}
    return found


class TestEveryRefusal:
    def test_has_a_code_of_its_own(self) -> None:
        codes = [refusal.code() for refusal in refusals()]
        assert sorted(codes) == sorted(set(codes))

    def test_has_a_text_and_every_text_has_a_refusal(self) -> None:
        assert {refusal.code() for refusal in refusals()} == set(problems())

    def test_says_why_in_its_docstring(self) -> None:
        assert [refusal.__name__ for refusal in refusals() if not refusal.__doc__] == []

    def test_declares_exactly_what_its_text_shows_in_each_language(self) -> None:
        for refusal in refusals():
            text = problems().get(refusal.code())
            parts = [placeholders(part) for part in (text.title, text.detail, text.fix)] if text else []
            for language in LANGUAGES if text else ():
                shown = set().union(*(part.get(language, set()) for part in parts))
                assert set(refusal.takes) == shown, (refusal.code(), language)

    def test_takes_exactly_what_it_declares(self) -> None:
        with pytest.raises(TypeError):
            Refused(surprise=1)


class TestEveryText:
    def test_is_its_own_in_each_language(self) -> None:
        texts = [part for text in problems().values() for part in (text.title, text.detail, text.fix) if part]
        texts += [part for text in fields().values() for part in (text.what, text.how)]
        assert [text for text in texts if len({text.kk, text.ru, text.en}) < 3] == []

    def test_of_a_field_shows_the_same_in_each_language(self) -> None:
        for text in fields().values():
            for part in (text.what, text.how):
                assert len({frozenset(shown) for shown in placeholders(part).values()}) == 1

    def test_of_a_field_can_be_said_with_what_the_error_tells(self) -> None:
        with pytest.raises(ValidationError) as raised:
            Everything.model_validate(WRONG)
        errors = raised.value.errors()
        assert len(errors) == len(WRONG)
        for error in errors:
            for language in LANGUAGES:
                assert "{" not in "".join(field_text(error["type"], language, error.get("ctx", {})))

    def test_no_two_texts_stand_for_one_kind_of_wrong_field(self) -> None:
        types = [error_type for text in fields().values() for error_type in text.types]
        assert sorted(types) == sorted(set(types))

    @pytest.mark.parametrize("kind", NAMES)
    def test_names_load(self, kind: str) -> None:
        assert names(kind)

    def test_every_role_and_every_warning_has_a_name(self) -> None:
        assert set(names("roles")) == set(Role)
        assert set(names("number-warnings")) == set(NumberWarning)


class TestWhatATextShows:
    def test_roles_by_their_names(self) -> None:
        told = problem_text("wrong-role", "ru", {"roles": (Role.HEAD, Role.EXECUTOR)})
        assert told.detail == "Нужные роли: руководитель услугодателя, ответственный исполнитель."

    def test_an_instant_with_its_offset(self) -> None:
        told = problem_text("stale", "en", {"current": datetime(2019, 3, 14, 18, 30, tzinfo=UTC)})
        assert told.detail == "Its version is now 14 March 2019, 18:30:00 +00:00."


class TestWhenARequestNamesLanguages:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "kk"),
            ("", "kk"),
            ("de, fr;q=0.5", "kk"),
            ("*", "kk"),
            ("ru", "ru"),
            ("ru-KZ,ru;q=0.9,en;q=0.8", "ru"),
            ("en;q=0.3, ru;q=0.7", "ru"),
            ("de, en;q=0.1", "en"),
            ("ru;q=0, en;q=0.1", "en"),
            ("en, ru", "en"),
            ("ru;q=x, kk;q=2, en;q=nan", "kk"),
            (";;,,;q=", "kk"),
        ],
    )
    def test_the_best_liked_of_ours_is_taken(self, header: str | None, language: str) -> None:
        assert choose_locale(header) == language
