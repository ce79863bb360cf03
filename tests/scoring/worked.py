"""The sheets that were worked by hand, `sheets/<part>.yaml`, as questions with their answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.scoring.sheet.facts import Facts
from tests.scoring.bodies import bin_of, facts, organisation

FOLDER = Path(__file__).parent / "sheets"
Row = tuple[str, int, list[str]]
"""Outcome, points, and the BINs of those who decided it."""


@dataclass(frozen=True)
class Sheet:
    """One worked sheet. `missing`: row, BIN, fact and why; the total is None then."""

    part: str
    name: str
    facts: Facts
    rows: dict[str, Row]
    assumed: dict[str, int]
    total: int | None
    missing: list[tuple[str, str | None, str, str]]

    def __str__(self) -> str:
        return f"{self.part}: {self.name}"


def sheets() -> Iterator[Sheet]:
    for path in sorted(FOLDER.glob("*.yaml")):
        table = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
        for said in table["sheets"]:
            yield _sheet(table["part"], table["best"], said)


def _sheet(part: str, best: dict[str, Any], said: dict[str, Any]) -> Sheet:
    bins = {name: bin_of(i) for i, name in enumerate(said["organisations"])}
    body = facts(*(organisation(i, part, **changes) for i, changes in enumerate(said["organisations"].values())))
    missing = [(row, bins.get(who), fact, why) for row, who, fact, why in said.get("missing", [])]
    rows = {
        number: (outcome, points, list(bins.values()))
        for number, (outcome, points) in best.items()
        if number not in {row for row, *_ in missing}
    }
    rows |= {n: (outcome, points, [bins[w] for w in who]) for n, (outcome, points, who) in said.get("rows", {}).items()}
    return Sheet(part, said["name"], body, rows, said.get("assumed", {}), said.get("total"), missing)
