"""Whatever is sent to whichever route, the answer is a result or a clear refusal, never a failure of ours."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok

from reglament.asking.client import Client
from shared.identity.roles import Grant, Role
from tests.journeys.conftest import WITHIN_ONE_SERVICE
from tests.journeys.filing import CABINET, COMMISSION, INTAKE, NOTIFICATION, body_of_its_own, convened
from tests.journeys.town import Json, Town

EXAMPLES = 1
"""Of each route: so many that fit its description, and so many that don't; drawn from one seed."""


@WITHIN_ONE_SERVICE
class TestEveryRoute:
    @pytest.mark.parametrize("prefix", [INTAKE, COMMISSION, NOTIFICATION, CABINET])
    async def test_survives_bad_input(self, town: Town, prefix: str) -> None:
        body = await body_of_its_own(town, ["chair", "member-1"])
        sitting = await convened(town, body=body)
        known = {"application": sitting.over[0].id, "sitting": sitting.id, "body": body}
        described = (await town.http.get(f"{prefix}/openapi.json")).json()
        failed = [
            f"{case.method} {case.path} {answer.text}"
            for case in _cases(described)
            if (answer := await _send(town, case, known)).status_code >= 500
        ]
        assert failed == []


def _cases(described: Json) -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        assert isinstance(found, Ok)
        for mode in schemathesis.GenerationMode:
            yield from _examples(found.ok().as_strategy(generation_mode=mode))


def _examples(strategy: Any) -> list[Any]:
    found: list[Any] = []

    @seed(2019)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(case: Any) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:  # nothing can be wrong with a route that takes nothing
        return []
    return found


async def _send(town: Town, case: Any, known: dict[str, str]) -> Any:
    """By somebody who may do everything, about what there is, as far as the route names it."""
    case.path_parameters = {**(case.path_parameters or {}), **_named(case, known)}
    sent = case.as_transport_kwargs(base_url=town.url)
    headers = {k: v for k, v in sent["headers"].items() if k.lower() in ("if-match", "content-type")}
    if sent.get("files"):
        headers.pop("Content-Type", None)
    content = {"content": sent["data"]} if isinstance(sent.get("data"), bytes | str) else {"data": sent.get("data")}
    return await town.http.request(
        sent["method"],
        sent["url"],
        params=sent.get("params"),
        headers={
            **_ascii(headers),
            "Authorization": f"Bearer {_almighty(town).token}",
            "Idempotency-Key": str(uuid4()),
        },
        **({"json": sent["json"]} if "json" in sent else content),
        files=sent.get("files"),
    )


def _named(case: Any, known: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in known.items() if f"{{{name}}}" in case.path}


def _ascii(headers: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("ascii", "replace").decode() for name, value in headers.items()}


def _almighty(town: Town) -> Client:
    provider = town.stage.provider
    return town.holder(town.account("head"), *[Grant(role=role, provider=provider) for role in Role])
