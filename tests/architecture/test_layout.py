"""Names, numbers and sizes of files."""

import re
from pathlib import Path

import pytest
import yaml

from shared.contracts.topics import READERS, SERVICES, TOPICS
from tests.architecture.sources import ROOT, services, sources

PRODUCT = ("services", "shared", "reglament", "deploy")
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40


@pytest.mark.parametrize("service", services())
def test_a_service_says_what_it_is_for(service: str) -> None:
    assert (ROOT / "services" / service / "README.md").is_file()


def migrations() -> list[Path]:
    folders = [p for top in ("services", "shared") for p in (ROOT / top).rglob("migrations") if p.is_dir()]
    assert folders
    return folders


@pytest.mark.parametrize("folder", migrations(), ids=lambda p: str(p.parent.name))
def test_migrations_are_numbered_without_gaps(folder: Path) -> None:
    names = sorted(p.name for p in folder.iterdir())
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", name) for name in names), names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


class TestATopic:
    def test_belongs_to_one_service_and_is_read_by_others(self) -> None:
        for topic in TOPICS:
            assert topic.owner in SERVICES
            assert READERS[topic.owner]
            assert topic.owner not in READERS[topic.owner]

    def test_has_a_name_of_its_own(self) -> None:
        assert len({topic.name for topic in TOPICS}) == len(TOPICS)

    def test_belongs_to_a_service_that_there_is(self) -> None:
        assert set(SERVICES) == set(services())


def codes() -> set[str]:
    """What the regulations' files call acts and procedures."""
    found = set()
    for path in (ROOT / "shared" / "regulations").glob("*/*.yaml"):
        found |= {yaml.safe_load(path.read_text())["code"], path.stem} - {"act"}
    return found - {"grants"}  # what an account is granted has this name too


def test_no_code_names_a_procedure() -> None:
    """Procedures are data: what runs them knows none by its name."""
    names = codes()
    assert "new-business-ideas" in names
    found = {str(s): {t for t in s.decided_on() if names & set(t.split("/"))} for s in sources("services", "shared")}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_no_module_is_too_long_to_read() -> None:
    lengths = {str(s): len(s.text.splitlines()) for s in sources(*PRODUCT)}
    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_too_long_to_read() -> None:
    long = {
        f"{s}:{f.name}": (f.end_lineno or 0) - f.lineno + 1
        for s in sources(*PRODUCT)
        for f in s.functions()
        if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}
