"""The page for lawyers and the published schema say what the format is: their example loads, and every file fits."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reglament.law.lint.coverage import covered
from reglament.law.lint.report import report, texts
from shared.identity.roles import Role
from shared.procedure.editions import ACTS
from shared.procedure.kinds import KINDS
from shared.procedure.schema import schemas

PAGE = (ACTS / "README.md").read_text()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The page's act and procedure, as somebody would copy them."""
    act, procedure = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    (tmp_path / "act.yaml").write_text(act)
    (tmp_path / "support.yaml").write_text(procedure)
    return tmp_path


class TestThePagesExample:
    def test_loads_and_every_finding_in_it_is_declared(self, example: Path) -> None:
        (text,) = texts(example)
        assert report(text).undeclared == []

    def test_covers_the_sub_items_that_its_act_counts(self, example: Path) -> None:
        (text,) = texts(example)
        assert [c.paragraph for c in covered(text) if not c.facts] == []


class TestThePage:
    def test_names_every_kind_of_step_with_its_service(self) -> None:
        for kind, carried in KINDS.items():
            assert re.search(rf"\| .*`{kind}`.* \| .*{carried.service}.* \|", PAGE), kind

    def test_names_the_roles_that_may_carry_each_kind(self) -> None:
        rows = [row for row in PAGE.splitlines() if row.startswith("| `")]
        officials = {Role.CHANCELLERY, Role.EXECUTOR, Role.HEAD, Role.SECRETARY}
        for kind, carried in KINDS.items():
            (row,) = [r for r in rows if f"`{kind}`" in r.split("|")[1] and carried.service in r.split("|")[2]]
            named = row.split("|")[3].strip()
            listed = officials if named == "official" else set(re.findall(r"`(.*?)`", named))
            assert listed == set(carried.roles) - {Role.SYSTEM}, kind

    def test_names_every_role_of_these_procedures(self) -> None:
        roles = {s["role"] for _, said in FILES for a in said.get("actions", ()) for s in a["steps"]}
        assert roles <= set(Role)
        assert all(f"`{role}`" in PAGE for role in roles)


def _files() -> list[tuple[Path, dict[str, Any]]]:
    """Every file of the product's acts, dates as text."""
    return [
        (p, json.loads(json.dumps(yaml.safe_load(p.read_text()), default=str))) for p in sorted(ACTS.glob("*/*.yaml"))
    ]


FILES = _files()


class TestThePublishedSchema:
    @pytest.mark.parametrize(("path", "said"), FILES, ids=lambda v: v.stem if isinstance(v, Path) else "")
    def test_fits_every_file(self, path: Path, said: dict[str, Any]) -> None:
        name = "act.schema.json" if path.name == "act.yaml" else "procedure.schema.json"
        schema = json.loads((ACTS / name).read_text())
        Draft202012Validator.check_schema(schema)
        assert [e.message for e in Draft202012Validator(schema).iter_errors(said)] == []

    def test_refuses_an_unknown_word(self) -> None:
        schema = json.loads((ACTS / "procedure.schema.json").read_text())
        said = next(said for path, said in FILES if path.name != "act.yaml")
        assert not Draft202012Validator(schema).is_valid(said | {"deadline": 3})

    @pytest.mark.parametrize("path", schemas(), ids=lambda p: p.name)
    def test_is_written_from_the_code(self, path: Path) -> None:
        assert path.read_text() == schemas()[path], "run python -m reglament.published"
