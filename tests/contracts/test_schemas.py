"""The committed schemas and examples of public facts, against the code and against each other."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from reglament.published import texts
from shared.contracts.common import PublicFact
from shared.contracts.schema import EXAMPLES, FACTS, SCHEMAS, file_name, schema
from tests.contracts.compatible import Schema, new_reads_old, old_reads_new

Mutation = Callable[[Schema], object]
TEXTS = texts()


def committed(fact: type[PublicFact]) -> Schema:
    read: Schema = json.loads((SCHEMAS / file_name(fact)).read_text())
    return read


def example(fact: type[PublicFact]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((EXAMPLES / file_name(fact)).read_text())
    return read


def validate(instance: object, against: Schema) -> None:
    Draft202012Validator(against, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(instance)


class _Sealed:
    """Keys of nobody, which write back what stood there: an example's sealed values are invented."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def open(self, person: object, sealed: str) -> str:
        self.seen[sealed] = sealed
        return sealed

    def seal(self, person: object, text: str) -> str:
        return self.seen[text]


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_what_is_committed_is_what_the_code_gives(path: Path) -> None:
    assert path.read_text() == TEXTS[path], "run `python -m reglament.published` and look at the difference"


def test_there_is_nothing_committed_that_no_fact_has() -> None:
    names = {file_name(fact) for fact in FACTS}
    assert {p.name for p in SCHEMAS.iterdir()} == names
    assert {p.name for p in EXAMPLES.iterdir()} == names


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.name())
class TestEachGoldenExample:
    def test_is_of_its_schema(self, fact: type[PublicFact]) -> None:
        validate(example(fact), committed(fact))

    def test_is_read_by_the_code_and_written_again_the_same(self, fact: type[PublicFact]) -> None:
        keys = _Sealed()
        read = fact.model_validate(example(fact), context=keys)
        assert json.loads(read.model_dump_json(context=keys)) == example(fact)

    def test_shows_every_field(self, fact: type[PublicFact]) -> None:
        assert set(example(fact)) == set(fact.model_fields)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.name())
class TestTheCommittedFormAndTheCode:
    def test_the_code_reads_what_was_written_before(self, fact: type[PublicFact]) -> None:
        assert new_reads_old(committed(fact), schema(fact))

    def test_readers_of_before_read_what_the_code_writes(self, fact: type[PublicFact]) -> None:
        assert old_reads_new(committed(fact), schema(fact))


def of_signed(change: Mutation) -> tuple[Schema, Schema]:
    """ContractSigned's schema, and as a change would leave it."""
    old = next(committed(fact) for fact in FACTS if fact.name() == "ContractSigned")
    new = copy.deepcopy(old)
    change(new)
    return old, new


def add_optional(s: Schema) -> None:
    s["properties"]["place"] = {"type": "string", "default": ""}


def add_required(s: Schema) -> None:
    s["properties"]["place"] = {"type": "string"}
    s["required"].append("place")


def remove(s: Schema) -> None:
    del s["properties"]["digest"]
    s["required"].remove("digest")


def rename(s: Schema) -> None:
    s["properties"]["fingerprint"] = s["properties"].pop("digest")
    s["required"][s["required"].index("digest")] = "fingerprint"


def retype(s: Schema) -> None:
    s["properties"]["digest"] = {"type": "integer"}


def widen(s: Schema) -> None:
    s["properties"]["digest"] = {"type": ["string", "null"]}


def narrow(s: Schema) -> None:
    s["properties"]["parties"]["items"] = {"type": "string", "enum": ["provider", "applicant"]}


class TestWhenAnEventChangesWithoutANewVersion:
    """New code has to read old facts, and readers that haven't changed yet have to read new ones."""

    def test_a_field_with_a_default_may_be_added(self) -> None:
        old, new = of_signed(add_optional)
        assert new_reads_old(old, new)
        assert old_reads_new(old, new)

    def test_a_needed_field_makes_old_facts_unreadable(self) -> None:
        assert not new_reads_old(*of_signed(add_required))

    @pytest.mark.parametrize("change", [remove, rename, retype, widen], ids=lambda c: c.__name__)
    def test_old_readers_cannot_read(self, change: Mutation) -> None:
        assert not old_reads_new(*of_signed(change))

    @pytest.mark.parametrize("change", [rename, retype, narrow], ids=lambda c: c.__name__)
    def test_new_code_cannot_read_old_facts(self, change: Mutation) -> None:
        assert not new_reads_old(*of_signed(change))

    def test_an_example_of_before_shows_it_too(self) -> None:
        fact = next(fact for fact in FACTS if fact.name() == "ContractSigned")
        _, new = of_signed(rename)
        with pytest.raises(ValidationError, match="'fingerprint' is a required property"):
            validate(example(fact), new)
