"""A procedure by its code, or by its file."""

from pathlib import Path

from shared.procedure.act import Edition
from shared.procedure.editions import load_all, load_file


class NoSuchProcedure(Exception):
    """No file and no procedure at hand has this name."""


def edition(name: str) -> Edition:
    """`act/procedure`, or the path of a procedure's file beside its act.yaml. Raises NoSuchProcedure, InvalidRegulation."""
    path = Path(name)
    if path.suffix == ".yaml":
        if not path.is_file():
            raise NoSuchProcedure(f"{name}: there is no such file")
        return load_file(path).edition
    known = load_all()
    if name not in known:
        raise NoSuchProcedure(f"no procedure {name}; there are: {', '.join(sorted(known))}")
    return known[name].edition
