"""A procedure by its code, or by its file; a language by its code."""

from pathlib import Path

from reglament.law.lint.finding import Text
from shared.procedure.act import Edition
from shared.procedure.editions import folders, load_act, load_all, load_file
from shared.texts.languages import LANGUAGES, Language


class Unknown(Exception):
    """No file, no procedure at hand or no language has this name."""


def language(code: str) -> Language:
    """Raises Unknown."""
    found = next((known for known in LANGUAGES if known == code), None)
    if found is None:
        raise Unknown(f"there is no language {code}; there are: {', '.join(LANGUAGES)}")
    return found


def text(name: str) -> Text:
    """The procedure among its sisters, as lint reads it. Raises Unknown, InvalidRegulation."""
    wanted, path = edition(name), Path(name)
    acts = [path.parent] if path.suffix == ".yaml" else folders()
    beside = (p.edition for act in acts for p in load_act(act))
    sisters = (e.procedure for e in beside if e.act.code == wanted.act.code and e.code != wanted.code)
    return Text(wanted.act, wanted.procedure, tuple(sisters))


def edition(name: str) -> Edition:
    """`act/procedure`, or the path of a procedure's file beside its act.yaml. Raises Unknown, InvalidRegulation."""
    path = Path(name)
    if path.suffix == ".yaml":
        if not path.is_file():
            raise Unknown(f"{name}: there is no such file")
        return load_file(path).edition
    known = load_all()
    if name not in known:
        raise Unknown(f"no procedure {name}; there are: {', '.join(sorted(known))}")
    return known[name].edition
