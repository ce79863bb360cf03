"""Editions: a procedure with its act as canonical JSON, named by the SHA-256 digest of that text.

Folders are only where an edition is imported from; what runs is the published text.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from shared.procedure.act import Act, Edition
from shared.procedure.format import Procedure

M = TypeVar("M", Act, Procedure)

ACTS = Path(__file__).parents[1] / "regulations"


class InvalidRegulation(Exception):
    """A file of a regulation that can't be read: which file, where in it, and what is wrong."""

    def __init__(self, path: Path, errors: list[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(errors))
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
    """The acts of the product and those of `REGLAMENT_REGULATIONS` (folders separated by a colon; each an act or of acts)."""
    roots = [ACTS, *(Path(p) for p in os.environ.get("REGLAMENT_REGULATIONS", "").split(":") if p)]
    return sorted(act.parent for root in roots for act in [*root.glob("act.yaml"), *root.glob("*/act.yaml")])


def load_act(folder: Path) -> list[Published]:
    """Every procedure of the act in this folder. Raises InvalidRegulation."""
    act = _read(folder / "act.yaml", Act)
    procedures = sorted(p for p in folder.glob("*.yaml") if p.name != "act.yaml")
    return [publish(Edition(act=act, procedure=_read(path, Procedure))) for path in procedures]


def load_all() -> dict[str, Published]:
    """Every procedure at hand by its code, `act/procedure`."""
    return {p.edition.code: p for folder in folders() for p in load_act(folder)}


def _read(path: Path, model: type[M]) -> M:
    try:
        data: Any = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidRegulation(path, [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from None
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise InvalidRegulation(path, [str(error)]) from None
