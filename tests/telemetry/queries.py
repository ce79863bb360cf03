"""The queries of dashboard and alerts, and what they select."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

DEPLOY = Path(__file__).parents[2] / "deploy"
Series = tuple[str, dict[str, str]]
MADE_BY_PROMETHEUS = {"up": {"job", "process"}}
"""Its own series, and of their labels those that prometheus.yml gives them."""


@dataclass(frozen=True)
class Selector:
    """A metric's name, the labels that it asks for, and those that the query then groups by."""

    name: str
    matchers: tuple[tuple[str, str, str], ...]

    def finds(self, series: Iterable[Series]) -> bool:
        return self.name in MADE_BY_PROMETHEUS or any(
            name == self.name and all(_fits(labels, *m) for m in self.matchers) for name, labels in series
        )


def _fits(labels: dict[str, str], name: str, op: str, value: str) -> bool:
    given = labels.get(name, "")
    match op:
        case "=":
            return given == value
        case "!=":
            return given != value
        case "=~":
            return re.fullmatch(value, given) is not None
        case _:
            return re.fullmatch(value, given) is None


def panels() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "reglament.json").read_text())
    return [t["expr"] for panel in board["panels"] for t in panel.get("targets", ())]


def alerts() -> list[str]:
    return [rule["expr"] for group in rules()["groups"] for rule in group["rules"]]


def rules() -> Any:
    return yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())


def selectors(query: str) -> list[Selector]:
    """Every selector of a query. ValueError for what isn't PromQL."""
    return [
        _selector(node) for node in _nodes(promql_parser.parse(query)) if isinstance(node, promql_parser.VectorSelector)
    ]


def grouped_by(query: str) -> set[str]:
    """Every label that the query groups by."""
    nodes = [n for n in _nodes(promql_parser.parse(query)) if isinstance(n, promql_parser.AggregateExpr)]
    return {label for n in nodes if n.modifier for label in n.modifier.labels}


def _selector(node: Any) -> Selector:
    ops = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    said = [(m.name, ops[str(m.op).rpartition(".")[2]], m.value) for m in node.matchers.matchers]
    return Selector(node.name, tuple(m for m in said if m[0] != "__name__"))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    inner = [getattr(node, name, None) for name in ("expr", "lhs", "rhs", "vector_selector", "param")]
    for child in (*inner, *getattr(node, "args", ())):
        if child is not None:
            yield from _nodes(child)


def series_of(exposition: str) -> list[Series]:
    families = text_string_to_metric_families(exposition)
    return [(s.name, dict(s.labels)) for family in families for s in family.samples]
