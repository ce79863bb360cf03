"""Private facts in the store: by names of their own, and readable in every form that they ever had."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from eventsourcing.domain import event
from pydantic import ValidationError

from shared.kernel.events import Aggregate, EventNames, envelope, replay
from shared.kernel.log import Log
from shared.kernel.vault import Keys, Vault
from shared.kernel.work import UnitOfWork
from tests.kernel.samples import STORED, Loan, put, row
from tests.support.stores import MARCH_2019, tiny_service

AT = datetime(2019, 3, 11, tzinfo=UTC)


class Shelf(Aggregate):
    """Its first events said `name`; the second form says `label`; the third counts in centimetres, not metres."""

    class Built(Aggregate.Created):
        class_version: ClassVar[int] = 3

        label: str
        width: int

        @staticmethod
        def upcast_v1_v2(data: dict[str, Any]) -> None:
            data["label"] = data.pop("name")

        @staticmethod
        def upcast_v2_v3(data: dict[str, Any]) -> None:
            data["width"] = data["width"] * 100

    @staticmethod
    def create_id(label: str) -> str:
        return f"shelf:{label}"

    @event(Built)
    def __init__(self, label: str, width: int) -> None:
        self.label, self.width = label, width


def built(version: int, data: str) -> Shelf:
    names, known = EventNames({"shelf.built": Shelf.Built}), envelope(Shelf, "shelf:a", 1, AT)
    shelf = replay(Shelf, [names.load("shelf.built", version, data, known, Keys({}))])
    assert shelf is not None
    return shelf


class TestAnEventOfAnOlderForm:
    @pytest.mark.parametrize(
        ("version", "data"),
        [(1, '{"name": "A", "width": 2}'), (2, '{"label": "A", "width": 2}'), (3, '{"label": "A", "width": 200}')],
    )
    def test_is_read_as_one_of_today(self, version: int, data: str) -> None:
        shelf = built(version, data)
        assert (shelf.label, shelf.width) == ("A", 200)

    def test_with_a_field_that_no_form_had_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            built(3, '{"label": "A", "width": 200, "colour": "red"}')

    async def test_is_read_so_from_the_log(self, log: Log, vault: Vault) -> None:
        await put(log, row("shelf:a", 1, kind="shelf.built", data='{"name": "A", "width": 2}'))
        service = tiny_service("archive", {"shelf.built": Shelf.Built})
        shelf = await UnitOfWork(log, service, vault, MARCH_2019).load(Shelf, "shelf:a")
        assert (shelf.label, shelf.width) == ("A", 200)


class TestAStoredEvent:
    def test_holds_the_fact_alone(self) -> None:
        opened, renewed = _events()
        names = EventNames(STORED)
        assert names.dump(opened, Keys({})) == '{"title":"abai","borrower":null}'
        assert names.dump(renewed, Keys({})) == '{"days":7}'

    def test_comes_back_as_what_it_was(self) -> None:
        names, keys = EventNames(STORED), Keys({})
        stored = [(names.names[type(e)], names.dump(e, keys)) for e in _events()]
        events = [
            names.load(name, 1, data, envelope(Loan, "loan:abai", version, AT), keys)
            for version, (name, data) in enumerate(stored, 1)
        ]
        loan = replay(Loan, events)
        assert loan is not None
        assert (loan.id, loan.version, loan.title, loan.days) == ("loan:abai", 2, "abai", 21)

    def test_with_an_unknown_name_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            EventNames(STORED).load("loan.burnt", 1, "{}", envelope(Loan, "loan:abai", 2, AT), Keys({}))


def _events() -> Any:
    loan = Loan("abai")
    loan.renew(7)
    return loan.collect_events()
