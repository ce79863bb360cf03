"""Editions: a procedure with its act as canonical JSON, named by the SHA-256 digest of that text.

Folders are only where an edition is imported from; what runs is the published text.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import ValidationError

from shared.contracts.canonical import canonical, digest_of
from shared.procedure import sound, together, written
from shared.procedure.act import Act, Edition
from shared.procedure.basics import Data
from shared.procedure.format import Procedure
from shared.procedure.told import told
from shared.procedure.written import Loc

M = TypeVar("M", bound=Data)
T = TypeVar("T")
ACTS = Path(__file__).parents[1] / "regulations"


class Wrong(NamedTuple):
    """One thing that is wrong in a file: its line (None: the file as a whole), the place by its keys, and what to do."""

    path: Path
    line: int | None
    where: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.path}{f':{self.line}' if self.line else ''}", self.where, self.what)))


class InvalidRegulation(Exception):
    """Files of regulations that can't be read: everything that is wrong, with file and line."""

    def __init__(self, errors: list[Wrong]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Published:
    """An edition with the text that is its identity."""

    digest: str
    text: str
    edition: Edition


def publish(edition: Edition) -> Published:
    """The canonical text (as written: defaults are left out, keys sorted) and its digest."""
    data = edition.model_dump(mode="json", by_alias=True, exclude_unset=True)
    text = canonical(data)
    return read(text)


@lru_cache(maxsize=256)
def read(text: str) -> Published:
    """The edition in a canonical text. The text, not the model, is what the digest names."""
    return Published(digest_of(text), text, Edition.model_validate_json(text))


def folders() -> list[Path]:
    """The acts of the product and those of `REGLAMENT_REGULATIONS` (folders separated by a colon; each an act or of acts).
    Raises InvalidRegulation for a folder without an act."""
    roots = [ACTS, *(Path(p) for p in os.environ.get("REGLAMENT_REGULATIONS", "").split(":") if p)]
    return sorted(act for root in roots for act in acts_in(root))


def acts_in(root: Path) -> list[Path]:
    """The acts' folders: this one, or those in it. Raises InvalidRegulation if there is none, or where one has other files
    but no act.yaml."""
    found = sorted(path.parent for path in [*root.glob("act.yaml"), *root.glob("*/act.yaml")])
    if not found:
        raise InvalidRegulation([Wrong(root, None, "", "there is no act.yaml here nor in a folder below")])
    if root not in found:
        what = "there are YAML files here but no act.yaml: add it, or correct its name"
        if nameless := [Wrong(below, None, "", what) for below in sorted(root.iterdir()) if _without_act(below)]:
            raise InvalidRegulation(nameless)
    return found


def _without_act(folder: Path) -> bool:
    return any([*folder.glob("*.yaml"), *folder.glob("*.yml")]) and not (folder / "act.yaml").exists()


def code_of(folder: Path) -> str:
    """The code of the act in this folder. Raises InvalidRegulation."""
    return read_file(folder / "act.yaml", Act).code


def load_act(folder: Path) -> list[Published]:
    """Every procedure of the act in this folder. Raises InvalidRegulation."""
    if unread := sorted(folder.glob("*.yml")):
        raise InvalidRegulation([Wrong(path, None, "", "files end in .yaml; rename it") for path in unread])
    paths = procedure_files(folder)
    files: list[Callable[[], Act | Procedure]] = [partial(read_file, folder / "act.yaml", Act)]
    files += [partial(read_file, path, Procedure) for path in paths]
    found = every(files)
    (act,) = (said for said in found if isinstance(said, Act))
    procedures = [said for said in found if isinstance(said, Procedure)]
    if wrong := [wrong_in(folder / "act.yaml", fault) for fault in together.of_providers(act, procedures)]:
        raise InvalidRegulation(wrong)
    return [publish(Edition(act=act, procedure=procedure)) for procedure in procedures]


def procedure_files(folder: Path) -> list[Path]:
    """The files of the act's procedures, in the order in which `load_act` gives them."""
    return sorted(p for p in folder.glob("*.yaml") if p.name != "act.yaml")


def every(reads: Iterable[Callable[[], T]]) -> list[T]:
    """What each of these reads. Raises InvalidRegulation with what is wrong in all of them, not in the first alone."""
    found: list[T] = []
    wrong: list[Wrong] = []
    for read_one in reads:
        try:
            found.append(read_one())
        except InvalidRegulation as bad:
            wrong += bad.errors
    if wrong:
        raise InvalidRegulation(wrong)
    return found


def load_file(path: Path) -> Published:
    """The procedure in this file, with the act beside it. Raises InvalidRegulation."""
    return publish(Edition(act=read_file(path.parent / "act.yaml", Act), procedure=read_file(path, Procedure)))


def load_all() -> dict[str, Published]:
    """Every procedure at hand by its code, `act/procedure`. Raises InvalidRegulation, also where two can't be together."""
    acts = folders()
    read_of = zip(acts, every(partial(load_act, folder) for folder in acts), strict=True)
    found = [(folder, published) for folder, editions in read_of for published in editions]
    must_be_distinct((folder, published.edition) for folder, published in found)
    return {published.edition.code: published for _, published in found}


def must_be_distinct(editions: Iterable[tuple[Path, Edition]]) -> None:
    """Raises InvalidRegulation where two procedures or acts have one code, or the numbers of two providers one beginning."""
    codes, homes, prefixes, wrong = set[str](), dict[str, Path](), dict[str, str](), list[Wrong]()
    for folder, edition in editions:
        provider = edition.procedure.provider
        if edition.code in codes:
            what = f"{edition.code} is there already; give the act or the procedure another code"
            wrong.append(Wrong(folder, None, "code", what))
        elif homes.setdefault(edition.act.code, folder) != folder:
            what = (
                f"the act {edition.act.code} is there already, in {homes[edition.act.code]}; give this one another code"
            )
            wrong.append(Wrong(folder, None, "code", what))
        if prefixes.setdefault(provider.number_prefix, provider.code) != provider.code:
            what = f"{provider.number_prefix} begins the numbers of {prefixes[provider.number_prefix]} already; choose another"
            wrong.append(Wrong(folder, None, f"{edition.procedure.code}: provider.number_prefix", what))
        codes.add(edition.code)
    if wrong:
        raise InvalidRegulation(wrong)


def read_file(path: Path, model: type[M]) -> M:
    """A file of a regulation as what it has to be. Raises InvalidRegulation with every fault, its line and how to mend it."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRegulation([Wrong(path, None, "", str(error))]) from None
    found = _said(path, text, model)
    assert isinstance(found, model)
    return found


@lru_cache(maxsize=256)
def _said(path: Path, text: str, model: type[Data]) -> Data:
    """What this text in this file says; reading it takes longer than all else that is done with it."""
    try:
        doubled = [Wrong(path, line, key, "this key is there twice; keep one") for line, key in written.doubled(text)]
        if doubled:
            raise InvalidRegulation(doubled)
        found = model.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
    except ValidationError as error:
        raise InvalidRegulation([wrong_at(path, text, loc, what) for loc, what in told(error)]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidRegulation([Wrong(path, line, "", f"this isn't YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise InvalidRegulation([Wrong(path, None, "", str(error))]) from None
    if isinstance(found, Procedure) and (unsound := sound.faults(found)):
        raise InvalidRegulation([wrong_at(path, text, f.loc, f.what) for f in unsound])
    return found


def wrong_in(path: Path, fault: sound.Fault) -> Wrong:
    """What is wrong in this file, with its line."""
    return wrong_at(path, path.read_text(), fault.loc, fault.what)


def wrong_at(path: Path, text: str, loc: Loc, what: str) -> Wrong:
    """What is wrong at a place of the file with this text."""
    return Wrong(path, written.line_of(text, loc), ".".join(map(str, loc)), what)
