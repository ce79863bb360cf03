"""Committed histories: the facts of one case in the order told, and the progress expected after some of them.

Expected progress was worked out by hand from the act's text; no program writes it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts.common import CaseFact
from shared.procedure.act import Edition
from shared.procedure.editions import Published, load_all
from shared.procedure.facts import Fact
from shared.procedure.progress import OpenStep, Progress

HERE = Path(__file__).parent


@dataclass(frozen=True)
class History:
    procedure: str
    branch: str
    facts: tuple[Fact, ...]
    expected: tuple[dict[str, Any], ...]

    @property
    def edition(self) -> Edition:
        return editions()[self.procedure].edition

    def __str__(self) -> str:
        return f"{self.procedure}/{self.branch}"


@lru_cache
def editions() -> dict[str, Published]:
    return load_all()


@lru_cache
def histories() -> tuple[History, ...]:
    return tuple(read(path) for path in sorted(HERE.glob("*/*/*.json")))


def history(name: str) -> History:
    """One by its procedure and branch, `act/procedure/branch`."""
    return read(HERE / f"{name}.json")


def read(path: Path) -> History:
    told = json.loads(path.read_text())
    return History(
        procedure=path.parent.relative_to(HERE).as_posix(),
        branch=path.stem,
        facts=tuple(_fact(fact) for fact in told["facts"]),
        expected=tuple(told["expected"]),
    )


def _fact(told: dict[str, Any]) -> Fact:
    body = CaseFact.model_validate(told["data"])
    return Fact(UUID(told["id"]), told["source"], told["version"], told["name"], body)


def shown(progress: Progress) -> dict[str, Any]:
    """Progress as the files write it."""
    ended = progress.ended
    return {
        "done": [f"{c.step.code}.{c.outcome}" for c in progress.done],
        "open": [_open(o) for o in progress.open],
        "reopened": list(progress.reopened),
        "ended": ended and {"outcome": ended.outcome, "by": str(ended.by.id)},
        "custodian": progress.custodian,
        "later": sorted(str(f.id) for f in progress.later),
        "waiting": {str(i): [str(w) for w in waited] for i, waited in progress.waiting.items()},
    }


def _open(step: OpenStep) -> dict[str, Any]:
    return {"step": step.step.code, "missing": list(step.missing), "since": _instant(step.since)}


def _instant(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None
