"""What every command and list keeps to over HTTP: one answer a key, versions, pages, limits, problems, who may come."""

import asyncio
from uuid import uuid4

import jsonschema
import pytest

from shared.identity.roles import Grant, Role
from tests.journeys.conftest import WITHIN_ONE_SERVICE
from tests.journeys.filing import (
    CABINET,
    COMMISSION,
    INTAKE,
    NOTIFICATION,
    admitted,
    convened,
    discussed,
    package,
    registered,
)
from tests.journeys.town import Json, Town
from tests.support.waiting import PATIENCE

APPLICATIONS = f"{INTAKE}/applications"
pytestmark = WITHIN_ONE_SERVICE
PREFIXES = (INTAKE, COMMISSION, NOTIFICATION, CABINET)


class TestTheIdempotencyKey:
    async def test_the_same_command_again_has_the_same_answer(self, town: Town) -> None:
        await town.at("2019-11-25 10:10")
        clerk, given, key = await town.stage.as_("clerk"), package(town.newcomer()), str(uuid4())
        first = await town.send(clerk, APPLICATIONS, given, key=key)
        again = await town.send(clerk, APPLICATIONS, given, key=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        codes = [(await town.get("clerk", f"{APPLICATIONS}/{a.json()['id']}/receipt"))["code"] for a in (first, again)]
        assert codes[0] == codes[1]

    async def test_with_another_body_it_is_refused(self, town: Town) -> None:
        filing, key = await registered(town), str(uuid4())
        body = {"ground": "incomplete-package", "reasons": "…"}
        await town.at("2019-11-26 15:00")
        executor = await town.stage.as_("executor")
        assert (await town.send(executor, f"{filing.path}/refusal", body, key=key)).status_code == 200
        other = {**body, "reasons": "Басқа."}
        await town.refused(executor, f"{filing.path}/refusal", other, key=key, code="key-reused", status=422)

    async def test_on_another_route_it_is_another_key(self, town: Town) -> None:
        first, second, key = await registered(town), await registered(town), str(uuid4())
        await town.at("2019-11-26 15:00")
        executor = await town.stage.as_("executor")
        answers = [await town.send(executor, f"{f.path}/admission", {}, key=key) for f in (first, second)]
        assert [a.json()["id"] for a in answers] == [first.id, second.id]

    async def test_sent_twice_at_once_it_is_done_once(self, town: Town) -> None:
        await town.at("2019-11-25 10:10")
        clerk, given, key = await town.stage.as_("clerk"), package(town.newcomer()), str(uuid4())
        answers = await asyncio.gather(*[town.send(clerk, APPLICATIONS, given, key=key) for _ in range(5)])
        assert len({(a.status_code, a.text) for a in answers}) == 1

    async def test_a_refusal_isnt_kept(self, town: Town) -> None:
        sitting, key = await discussed(town), str(uuid4())
        path, body = f"{sitting.over[0].item}/decision", {"reasons": "Талқыланды."}
        secretary = await town.stage.as_("secretary")
        assert (await town.send(secretary, path, body, key=key)).json()["code"] == "votes-missing"
        await sitting.vote(dict.fromkeys(sitting.present, "for"))
        assert (await town.send(secretary, path, body, key=key)).status_code == 200

    async def test_without_one_nothing_is_done(self, town: Town) -> None:
        filing = await registered(town)
        answer = await town.http.post(
            f"{filing.path}/admission",
            json={},
            headers={"Authorization": f"Bearer {(await town.stage.as_('executor')).token}"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "key-needed")


class TestIfMatch:
    async def test_a_decision_on_another_version_is_refused_with_the_current_one(self, town: Town) -> None:
        filing = await registered(town)
        await town.at("2019-11-26 15:00")
        current = (await filing.shown())["version"]
        path = f"{filing.path}/admission"
        stale = {"headers": {"If-Match": f'"{current - 1}"'}}
        problem = await town.refused("executor", path, {}, **stale, code="stale", status=412)
        assert str(current) in problem["detail"]
        executor = await town.stage.as_("executor")
        answer = await town.send(executor, path, {}, headers={"If-Match": f'"{current}"'})
        assert answer.status_code == 200

    async def test_a_sitting_has_its_version_in_the_etag(self, town: Town) -> None:
        sitting = await convened(town)
        executor, body = await town.stage.as_("executor"), {"reason": "Қарантин."}
        seen = await town.send(executor, sitting.path, method="GET")
        await town.do("executor", f"{sitting.path}/items", {"application": (await admitted(town)).id})
        headers = {"If-Match": seen.headers["etag"]}
        path = f"{sitting.path}/cancellation"
        await town.refused(executor, path, body, headers=headers, code="stale", status=412)
        headers = {"If-Match": "seven"}
        await town.refused(executor, path, body, headers=headers, code="bad-version", status=400)


class TestLists:
    async def test_pages_follow_one_another_to_the_end(self, town: Town) -> None:
        filings = [await registered(town) for _ in range(3)]
        for filing in filings:
            await filing.state()
        ids: list[str] = []
        cursor: Json = {}
        while True:
            page = await town.get("executor", APPLICATIONS, limit=50, state="running", **cursor)
            ids += [i["id"] for i in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert len(ids) == len(set(ids))
        assert {f.id for f in filings} <= set(ids)

    async def test_a_cursor_that_none_gave_is_refused(self, town: Town) -> None:
        for path in (APPLICATIONS, f"{COMMISSION}/sittings", f"{NOTIFICATION}/queues/executor"):
            await town.refused("executor", f"{path}?cursor=abc", method="GET", code="bad-cursor", status=400)

    async def test_a_page_has_its_limits(self, town: Town) -> None:
        await town.refused("executor", f"{APPLICATIONS}?limit=1000", method="GET", code="invalid-input", status=422)


class TestWhatIsWrongWithARequest:
    async def test_a_long_body_is_refused(self, town: Town) -> None:
        given = package(town.newcomer(), project={"title": "Н" * 2_000_000})
        await town.refused("clerk", APPLICATIONS, given, code="too-large", status=413)

    async def test_a_document_may_be_longer_but_not_beyond_20_megabytes(self, town: Town) -> None:
        form = {"data": {"number": town.newcomer()}, "files": {"file": ("a.pdf", b"%PDF-1.4\n" + b"0" * 1_500_000)}}
        await town.do("clerk", f"{INTAKE}/documents", **form)
        form["files"] = {"file": ("a.pdf", b"%PDF-1.4\n" + b"0" * 21_000_000)}
        await town.refused("clerk", f"{INTAKE}/documents", **form, code="too-large", status=413)

    @pytest.mark.parametrize("prefix", PREFIXES)
    async def test_an_address_that_isnt_there_is_a_problem_too(self, town: Town, prefix: str) -> None:
        await town.refused("clerk", f"{prefix}/nothing", {}, code="unknown-route", status=404)
        health = f"{prefix}/health"
        await town.refused("clerk", health, {}, method="DELETE", code="method-not-allowed", status=405)

    async def test_what_isnt_json_is_refused(self, town: Town) -> None:
        path, options = APPLICATIONS, {"content": b"{", "headers": {"Content-Type": "application/json"}}
        await town.refused("clerk", path, **options, code="invalid-input", status=422)

    async def test_without_a_token_nobody_is_let_in(self, town: Town) -> None:
        for prefix in (
            APPLICATIONS,
            f"{COMMISSION}/sittings",
            f"{NOTIFICATION}/queues/head",
            f"{CABINET}/applications",
        ):
            answer = await town.http.get(prefix)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        await town.refused(town.holder(lasts=-1), APPLICATIONS, method="GET", code="token-expired", status=401)

    async def test_the_wrong_role_is_refused_everywhere(self, town: Town) -> None:
        nobody = town.holder(None, Grant(role=Role.REGISTRY_OFFICER, provider=town.stage.provider))
        some = uuid4()
        for method, path in (
            ("POST", APPLICATIONS),
            ("GET", APPLICATIONS),
            ("POST", f"{APPLICATIONS}/{some}/admission"),
            ("POST", f"{APPLICATIONS}/{some}/withdrawal"),
            ("POST", f"{INTAKE}/accounts"),
            ("GET", f"{INTAKE}/openings"),
            ("POST", f"{COMMISSION}/sittings"),
            ("POST", f"{COMMISSION}/sittings/{some}/roll-call"),
            ("POST", f"{COMMISSION}/sittings/{some}/protocol/approval"),
            ("POST", f"{COMMISSION}/contracts/{some}/signatures"),
            ("POST", f"{COMMISSION}/bodies"),
            ("GET", f"{NOTIFICATION}/queues/head"),
            ("GET", f"{NOTIFICATION}/applications/{some}"),
            ("POST", f"{NOTIFICATION}/applications/{some}/notices"),
            ("GET", f"{CABINET}/applications"),
            ("PUT", "/api/demonstration/v1/clock"),
        ):
            problem = await town.refused(nobody, path, {}, method=method, code="wrong-role", status=403)
            assert problem["fix"], path

    async def test_an_executor_of_another_provider_decides_nothing_here(self, town: Town) -> None:
        filing = await registered(town)
        elsewhere = town.holder(None, Grant(role=Role.EXECUTOR, provider="shymkent"))
        await town.refused(elsewhere, f"{filing.path}/admission", {}, code="not-your-provider", status=403)


class TestTheProbes:
    @pytest.mark.parametrize("prefix", ["", *PREFIXES])
    async def test_it_is_alive_and_ready(self, town: Town, prefix: str) -> None:
        assert (await town.http.get(f"{prefix}/health")).json() == {"status": "alive"}
        async with asyncio.timeout(PATIENCE):
            while (ready := await town.http.get(f"{prefix}/ready")).status_code != 200:
                await asyncio.sleep(0.1)
        assert ready.json() == {"ready": True, "failing": {}}


class TestTheDescriptions:
    @pytest.mark.parametrize("prefix", PREFIXES)
    async def test_are_openapi_3_1_with_examples_that_fit(self, town: Town, prefix: str) -> None:
        described = (await town.http.get(f"{prefix}/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        schemas = described["components"]["schemas"]
        wrong = [
            f"{where}: {example}"
            for where, schema in _schemas(schemas)
            for example in schema.get("examples", ())
            if not _fits(example, schema, schemas)
        ]
        assert wrong == []


def _schemas(schemas: Json) -> list[tuple[str, Json]]:
    """Every schema and every property of one."""
    whole = list(schemas.items())
    return whole + [(f"{n}.{p}", s) for n, schema in whole for p, s in schema.get("properties", {}).items()]


def _fits(example: object, schema: Json, schemas: Json) -> bool:
    whole = {**schema, "components": {"schemas": schemas}}
    return bool(jsonschema.Draft202012Validator(whole).is_valid(example))
