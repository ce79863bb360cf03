"""Editions: a procedure with its act as canonical JSON, named by the SHA-256 digest of that text.

Folders are only where an edition is imported from; what runs is the published text.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import ValidationError

from shared.procedure import sound, written
from shared.procedure.act import Act, Edition
from shared.procedure.basics import Data
from shared.procedure.format import Procedure
from shared.procedure.written import Loc

M = TypeVar("M", bound=Data)
HINTS = {
    "extra_forbidden": ": the format doesn't know this word; correct its spelling or take it out",
    "missing": ": add it here",
    "string_pattern_mismatch": ": write it as the format's page says",
}

ACTS = Path(__file__).parents[1] / "regulations"


class Wrong(NamedTuple):
    """One thing that is wrong in a file: its line (None: the file as a whole), the place by its keys, and what to do."""

    line: int | None
    where: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.line and f"line {self.line}", self.where, self.what) if part)


class InvalidRegulation(Exception):
    """A file of a regulation that can't be read: which file, where in it, and what is wrong."""

    def __init__(self, path: Path, errors: list[Wrong]) -> None:
        super().__init__(f"{path}: " + "; ".join(map(str, errors)))
        self.path, self.errors = path, errors


@dataclass(frozen=True, slots=True)
class Published:
    """An edition with the text that is its identity."""

    digest: str
    text: str
    edition: Edition


def publish(edition: Edition) -> Published:
    """The canonical text (as written: defaults are left out, keys sorted) and its digest."""
    data = edition.model_dump(mode="json", by_alias=True, exclude_unset=True)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return read(text)


@lru_cache(maxsize=256)
def read(text: str) -> Published:
    """The edition in a canonical text. The text, not the model, is what the digest names."""
    return Published(hashlib.sha256(text.encode()).hexdigest(), text, Edition.model_validate_json(text))


def folders() -> list[Path]:
    """The acts of the product and those of `REGLAMENT_REGULATIONS` (folders separated by a colon; each an act or of acts).
    Raises InvalidRegulation for a folder without an act."""
    roots = [ACTS, *(Path(p) for p in os.environ.get("REGLAMENT_REGULATIONS", "").split(":") if p)]
    return sorted(act for root in roots for act in acts_in(root))


def acts_in(root: Path) -> list[Path]:
    """The acts' folders: this one, or those in it. Raises InvalidRegulation if there is none."""
    found = sorted(path.parent for path in [*root.glob("act.yaml"), *root.glob("*/act.yaml")])
    if not found:
        raise InvalidRegulation(root, [Wrong(None, "", "there is no act.yaml here nor in a folder below")])
    return found


def code_of(folder: Path) -> str:
    """The code of the act in this folder. Raises InvalidRegulation."""
    return read_file(folder / "act.yaml", Act).code


def load_act(folder: Path) -> list[Published]:
    """Every procedure of the act in this folder. Raises InvalidRegulation."""
    act = read_file(folder / "act.yaml", Act)
    procedures = sorted(p for p in folder.glob("*.yaml") if p.name != "act.yaml")
    return [publish(Edition(act=act, procedure=read_file(path, Procedure))) for path in procedures]


def load_file(path: Path) -> Published:
    """The procedure in this file, with the act beside it. Raises InvalidRegulation."""
    return publish(Edition(act=read_file(path.parent / "act.yaml", Act), procedure=read_file(path, Procedure)))


def load_all() -> dict[str, Published]:
    """Every procedure at hand by its code, `act/procedure`. Raises InvalidRegulation, also where two have one code."""
    found: dict[str, Published] = {}
    for folder in folders():
        for published in load_act(folder):
            if published.edition.code in found:
                what = f"{published.edition.code} is there already; give the act or the procedure another code"
                raise InvalidRegulation(folder, [Wrong(None, "code", what)])
            found[published.edition.code] = published
    return found


def read_file(path: Path, model: type[M]) -> M:
    """A file of a regulation as what it has to be. Raises InvalidRegulation with every fault, its line and how to mend it."""
    try:
        text = path.read_text()
        doubled = [Wrong(line, key, "this key is there twice; keep one") for line, key in written.doubled(text)]
        if doubled:
            raise InvalidRegulation(path, doubled)
        found = model.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
    except ValidationError as error:
        faults = [(e["loc"], e["msg"] + HINTS.get(e["type"], "")) for e in error.errors()]
        raise InvalidRegulation(path, [_wrong(text, loc, what) for loc, what in faults]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidRegulation(path, [Wrong(line, "", f"this isn't YAML: {error.problem}")]) from None
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise InvalidRegulation(path, [Wrong(None, "", str(error))]) from None
    if isinstance(found, Procedure) and (unsound := sound.faults(found)):
        raise InvalidRegulation(path, [_wrong(text, f.loc, f.what) for f in unsound])
    return found


def _wrong(text: str, loc: Loc, what: str) -> Wrong:
    return Wrong(written.line_of(text, loc), ".".join(map(str, loc)), what)
