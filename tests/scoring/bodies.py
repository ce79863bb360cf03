"""Bodies for the tests: organisations of which everything is in order, but for what a test says."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from services.scoring.sheet.facts import Facts, Organisation
from shared.identity.number import check_digit

PERIOD = 2022
KINDS = {
    "state-institutions": "state-institution",
    "state-enterprises": "state-enterprise",
    "joint-stock-companies": "joint-stock-company",
    "llp-interests": "llp",
}
"""Which organisations each part of the sheet is about."""
REPORTED = {"source": {"kind": "document", "reference": "1-2"}, "date": "2023-02-01", "reporter": "accountant"}
IN_ORDER: tuple[dict[str, Any], ...] = (
    {"fact": "net-result", "year": 2022, "amount": "10"},
    {"fact": "net-result", "year": 2021, "amount": "10"},
    {"fact": "transfer", "due": "5", "due_by": "2022-06-01", "payments": [{"on": "2022-05-31", "amount": "5"}]},
    *(
        {"fact": "audits", "norm": norm, "audits": [{"on": "2022-03-03", "violations": 0}]}
        for norm in ("areas", "cars", "telephones-furniture", "special-vehicles")
    ),
    {"fact": "objects", "inventory": 0, "passporting": 0, "revaluation": 0},
    {"fact": "plans", "submissions": [{"due_by": "2022-02-01", "given_on": "2022-01-31"}]},
    {"fact": "reports", "submissions": [{"due_by": "2022-08-01", "given_on": "2022-08-01"}]},
    {"fact": "plan-quality", "measurable": True, "tied": True},
    {"fact": "indicators", "indicators": [{"name": "output", "planned": "100", "reached": "100", "better": "more"}]},
    {"fact": "solvency", "solvent": True},
)


def numbers(count: int) -> list[str]:
    """The first BINs of ours, in order; numbers that are never issued are left out."""
    issued = (f"99014{n:06d}" for n in range(10_000_000))
    found = (eleven + str(digit) for eleven in issued if (digit := check_digit(eleven)) is not None)
    return list(islice(found, count))


def bin_of(n: int) -> str:
    return numbers(n + 1)[n]


def key_of(fact: Mapping[str, Any]) -> str:
    return ":".join(str(fact[word]) for word in ("fact", "year", "norm") if word in fact)


def reported(
    instead: Iterable[Mapping[str, Any]] = (), without: Sequence[str] = (), also: Iterable[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The facts of an organisation in order: with some instead, without some, and with more reports."""
    changed = {key_of(fact) for fact in instead}
    kept = [fact for fact in IN_ORDER if key_of(fact) not in {*changed, *without}]
    return [REPORTED | dict(fact) for fact in (*kept, *instead, *also)]


def organisation(n: int, part: str, **changes: Any) -> dict[str, Any]:
    said = {"bin": bin_of(n), "name": f"Organisation {n}", "kind": KINDS[part], "region": "KAR"}
    return said | {"facts": reported(**changes)}


def facts(*organisations: Mapping[str, Any]) -> Facts:
    return Facts.model_validate_json(json.dumps({"period": PERIOD, "organisations": organisations}, default=str))


def one(n: int, part: str, **changes: Any) -> Organisation:
    return facts(organisation(n, part, **changes)).organisations[0]
