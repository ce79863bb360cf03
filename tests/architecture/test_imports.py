"""Who may import whom."""

import sys

import pytest

from tests.architecture.sources import Source, services, sources, within

OUTSIDE = ("asyncpg", "asyncio", "httpx", "fastapi", "starlette", "aiokafka", "faststream", "os", "pathlib", "time")
"""What reaches out of the process, or asks it the time."""
OF_SHARED = ("shared.kernel.events", "shared.contracts", "shared.calendar", "shared.procedure", "shared.identity")
OF_WEB = ("shared.web.refusal", "shared.texts.languages")


def wrong(source: Source, *forbidden: str, but: tuple[str, ...] = ()) -> set[str]:
    return {name for name in source.imports() if within(name, *forbidden) and not within(name, *but)}


def domains() -> list[Source]:
    return [s for s in sources("services") if s.path.name == "domain.py"]


@pytest.mark.parametrize("service", services())
def test_a_service_imports_no_other(service: str) -> None:
    found = {str(s): wrong(s, "services", but=(f"services.{service}",)) for s in sources(f"services/{service}")}
    assert {path: names for path, names in found.items() if names} == {}


def test_shared_imports_nothing_that_stands_on_it() -> None:
    found = {str(s): wrong(s, "services", "reglament", "tests") for s in sources("shared")}
    assert {path: names for path, names in found.items() if names} == {}


def test_services_import_nothing_of_the_command_line_or_the_deployment() -> None:
    found = {str(s): wrong(s, "reglament", "deploy", "tests") for s in sources("services")}
    assert {path: names for path, names in found.items() if names} == {}


def test_contracts_import_pydantic_and_the_standard_library_alone() -> None:
    known = {"pydantic", "pydantic_core", *sys.stdlib_module_names}
    found = {
        str(s): {n for n in s.imports() if n.split(".")[0] not in known and not within(n, "shared.contracts")}
        for s in sources("shared/contracts")
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("domain", domains(), ids=str)
class TestADomain:
    def test_reaches_nothing_outside(self, domain: Source) -> None:
        assert wrong(domain, *OUTSIDE) == set()

    def test_takes_of_the_shared_code_only_what_is_pure(self, domain: Source) -> None:
        assert wrong(domain, "shared", but=(*OF_SHARED, *OF_WEB)) == set()

    def test_makes_no_ids_and_asks_no_clock(self, domain: Source) -> None:
        assert [call for call in ("uuid4(", "datetime.now(", "utcnow(", "random.") if call in domain.text] == []
