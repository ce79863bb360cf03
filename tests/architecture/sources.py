"""The product's own Python files, read as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """One module."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts)

    def imports(self) -> set[str]:
        """Every module named in an import, with what is taken from it: `shared.kernel.log.Log`."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        return names

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def decided_on(self) -> set[str]:
        """Every text that something is compared with, looked up by, or matched against."""
        places = (ast.Compare, ast.MatchValue, ast.Subscript, ast.Dict)
        inner = [ast.walk(node) for node in ast.walk(self.tree) if isinstance(node, places)]
        constants = (n for nodes in inner for n in nodes if isinstance(n, ast.Constant))
        return {n.value for n in constants if isinstance(n.value, str)}

    def declared_facts(self) -> set[str]:
        """`Contract.Signed` for each event class that an aggregate declares."""
        outer = (node for node in self.tree.body if isinstance(node, ast.ClassDef))
        return {
            f"{cls.name}.{n.name}" for cls in outer for n in cls.body if isinstance(n, ast.ClassDef) and _is_fact(n)
        }


def _is_fact(cls: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split(".")[-1] in ("Event", "Created", "DomainEvent") for base in cls.bases)


def sources(*folders: str) -> list[Source]:
    found = [p for folder in folders for p in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(p) for p in found if "__pycache__" not in p.parts]


def services() -> list[str]:
    return sorted(p.name for p in (ROOT / "services").iterdir() if p.is_dir() and p.name != "__pycache__")


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)
