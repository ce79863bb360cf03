"""Editions of an evaluation: act, scale and parts as canonical JSON, named by the SHA-256 digest of that text.

Folders are only where an edition is imported from; a sheet names the digest of the text that it was scored by.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from services.scoring.sheet.scale import Criterion, Line, Part, Scale
from services.scoring.sheet.sound import faults_of_part, faults_of_scale
from shared.contracts.canonical import canonical, digest_of
from shared.procedure import written
from shared.procedure.act import Act
from shared.procedure.basics import Data, Names
from shared.procedure.editions import InvalidRegulation, Wrong, folders, read_file
from shared.procedure.sound import Fault


class NoEdition(LookupError):
    """No evaluation at hand was in force at the end of that period."""


class NoPart(LookupError):
    """The sheet has no such part."""


class Evaluation(Data):
    """What a sheet is scored by, as it was published."""

    act: Act
    scale: Scale
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Row:
    """A scored row of a part: its number and title there, the criterion that gives its points, and the choices in use."""

    line: Line
    criterion: Criterion
    choices: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.line.number

    @property
    def title(self) -> Names:
        return self.line.title


@dataclass(frozen=True)
class Edition:
    """An evaluation with the text that is its identity."""

    digest: str
    text: str
    evaluation: Evaluation

    def part(self, code: str) -> Part:
        """Raises NoPart."""
        found = next((part for part in self.evaluation.parts if part.code == code), None)
        if found is None:
            raise NoPart(f"there is no part {code}; there are: {', '.join(p.code for p in self.evaluation.parts)}")
        return found

    def rows(self, code: str) -> tuple[Row, ...]:
        """The scored rows of a part, in their order. Raises NoPart."""
        return self._rows[self.part(code).code]

    @cached_property
    def _rows(self) -> dict[str, tuple[Row, ...]]:
        scale = self.evaluation.scale
        return {
            part.code: tuple(
                Row(line, scale.criterion(line.scored_by), scale.chosen) for line in part.rows if line.scored_by
            )
            for part in self.evaluation.parts
        }


def publish(evaluation: Evaluation) -> Edition:
    """The canonical text (as written: defaults are left out, keys sorted) and its digest."""
    data = evaluation.model_dump(mode="json", exclude_unset=True)
    return read(canonical(data))


@lru_cache(maxsize=16)
def read(text: str) -> Edition:
    """The edition in a canonical text. The text, not the model, is what the digest names."""
    return Edition(digest_of(text), text, Evaluation.model_validate_json(text))


def editions() -> list[Edition]:
    """Every evaluation among the acts at hand. Raises InvalidRegulation."""
    return [load(folder) for folder in folders() if scale_of(folder).is_file()]


def edition_for(period: int, known: Iterable[Edition] | None = None) -> Edition:
    """The edition in force on the last day of a calendar year (assumed: no text says which edition a period has).
    Raises NoEdition, InvalidRegulation."""
    last = date(period, 12, 31)
    found = [e for e in (editions() if known is None else known) if e.evaluation.act.in_force.on(last)]
    if not found:
        raise NoEdition(f"no evaluation at hand was in force on {last}")
    return max(found, key=lambda e: e.evaluation.act.in_force.since)


def scale_of(folder: Path) -> Path:
    """The file that makes an act's folder one of an evaluation."""
    return folder / "evaluation" / "scale.yaml"


def load(folder: Path) -> Edition:
    """The evaluation in an act's folder. Raises InvalidRegulation."""
    scale = read_file(scale_of(folder), Scale)
    files = {code: scale_of(folder).parent / "parts" / f"{code}.yaml" for code in scale.parts}
    parts = {code: read_file(path, Part) for code, path in files.items()}
    _sound(scale_of(folder), list(faults_of_scale(scale, parts.values())))
    for code, part in parts.items():
        named = [] if part.code == code else [Fault(("code",), f"the file is {code}.yaml; its code is the same")]
        _sound(files[code], [*named, *faults_of_part(part, scale)])
    return publish(Evaluation(act=read_file(folder / "act.yaml", Act), scale=scale, parts=tuple(parts.values())))


def _sound(path: Path, faults: list[Fault]) -> None:
    if faults:
        text = path.read_text()
        found = [Wrong(path, written.line_of(text, f.loc), ".".join(map(str, f.loc)), f.what) for f in faults]
        raise InvalidRegulation(found)
