"""What every service has to say of itself: names for its facts, roles and keys for its routes."""

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from shared.kernel.log import Log
from shared.kernel.vault import Vault
from shared.kernel.work import Service
from shared.web.access import routes_without_role
from shared.web.idempotency import commands_without_key
from tests.architecture.sources import services, sources
from tests.support.stores import FixedClock


def main_of(service: str) -> Any:
    return importlib.import_module(f"services.{service}.main")


def said_by(service: str) -> Service:
    [said] = [value for value in vars(main_of(service)).values() if isinstance(value, Service)]
    return said


def apps() -> Iterator[tuple[str, FastAPI]]:
    """Every app that a service's wiring makes: `app`, or `<name>_app` where it makes several."""
    pool: Any = None
    key = Ed25519PrivateKey.generate()
    for service in services():
        main = main_of(service)
        node = main.build(Log(service, "postgresql:///nowhere"), Vault(pool), FixedClock())
        given = {"node": node, "public_key": key.public_key(), "key": key, "secret": b"secret"}
        for name, make in inspect.getmembers(main, inspect.isfunction):
            if make.__module__ == main.__name__ and inspect.signature(make).return_annotation is FastAPI:
                yield (
                    f"{service}.{name}",
                    make(**{p: v for p, v in given.items() if p in inspect.signature(make).parameters}),
                )


def declared(service: str) -> set[type[Any]]:
    """The event classes of all its aggregates."""
    facts = [(s.module, *fact.split(".")) for s in sources(f"services/{service}") for fact in s.declared_facts()]
    return {getattr(getattr(importlib.import_module(module), outer), inner) for module, outer, inner in facts}


@pytest.mark.parametrize("service", services())
class TestAService:
    def test_has_the_name_of_its_folder(self, service: str) -> None:
        assert said_by(service).name == service

    def test_stores_each_of_its_private_facts_under_a_name(self, service: str) -> None:
        named = tuple(said_by(service).events.names)
        assert declared(service)
        assert {fact for fact in declared(service) if not any(issubclass(stored, fact) for stored in named)} == set()

    def test_gives_no_name_twice(self, service: str) -> None:
        events = said_by(service).events
        assert len(events.names) == len(events.classes)

    def test_calls_no_stream_like_a_service(self, service: str) -> None:
        """`intake:…` is where intake's public facts stand."""
        kinds = {name.split(".")[0] for name in said_by(service).events.classes}
        assert kinds & set(services()) == set()


@pytest.mark.parametrize(("name", "app"), list(apps()), ids=lambda v: v if isinstance(v, str) else "")
class TestAnApp:
    def test_says_of_each_route_whom_it_is_for(self, name: str, app: FastAPI) -> None:
        assert routes_without_role(app) == []

    def test_takes_a_key_with_each_command(self, name: str, app: FastAPI) -> None:
        assert commands_without_key(app) == []
