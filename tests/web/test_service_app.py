"""What every service answers alike, tried on a small one."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
import pytest
from fastapi import APIRouter, Depends, FastAPI, UploadFile, WebSocket
from httpx import ASGITransport, AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.identity.digests import keyed_digest
from shared.identity.number import parse_iin
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller, create_key_pair, issue, load_private_key, load_public_key
from shared.telemetry.correlation import current_correlation
from shared.telemetry.log import JsonLines, log
from shared.telemetry.tracing import current_traceparent
from shared.web.access import allow, anyone, routes_without_role
from shared.web.etag import ExpectedVersion, etag, must_be_current
from shared.web.idempotency import IdempotencyKey, commands_without_key, idempotency_key, no_key_needed
from shared.web.pagination import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.web.refusal import NotOpenYet
from shared.web.service_app import create_app

PREFIX = "/api/trial/v1"
PRIVATE, PUBLIC = create_key_pair()
ACCOUNT = UUID("5b1c1f6e-0000-4000-8000-000000000001")

Executor = Annotated[Caller, Depends(allow(Role.EXECUTOR, Role.HEAD))]
Key = Annotated[IdempotencyKey, Depends(idempotency_key)]
router = APIRouter(prefix=PREFIX)


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    applicant: Annotated[str, AfterValidator(parse_iin)]
    amount: int = Field(ge=1)


class Kept(BaseModel):
    scope: str
    key: str
    digest: str


@router.post("/cases/{case}/orders")
async def give_order(case: int, order: Order, caller: Executor, key: Key) -> Kept:
    caller.must(Role.EXECUTOR, provider="karaganda")
    return Kept(scope=key.scope, key=key.key, digest=key.body_digest)


@router.post("/documents")
async def take_document(file: UploadFile, caller: Executor, key: Key) -> Kept:
    assert len(await file.read()) == file.size
    return Kept(scope=key.scope, key=key.key, digest=key.body_digest)


@router.get("/cases", dependencies=[Depends(anyone)])
async def list_cases(cursor: Cursor = None, limit: PageSize = 2) -> Page[int]:
    start = decode_cursor(cursor, tuple[int])[0] if cursor else 0
    items = [number for number in range(1, 6) if number > start][:limit]
    return Page(items=items, next=encode_cursor(items[-1]) if items and items[-1] < 5 else None)


@router.put("/case", dependencies=[Depends(anyone), Depends(no_key_needed)])
async def replace_case(expected: ExpectedVersion) -> None:
    must_be_current(expected, 7)


@router.get("/fails/{how}", dependencies=[Depends(anyone)])
async def fail(how: str) -> dict[str, str]:
    errors: dict[str, Exception] = {
        "not-open": NotOpenYet(awaited="application-registered", paragraph="000 §5.2"),
        "connection": asyncpg.ConnectionDoesNotExistError(),
        "refused": ConnectionRefusedError(),
        "nul": asyncpg.CharacterNotInRepertoireError(),
    }
    raise errors.get(how) or RuntimeError("IIN 900101300017 of a person")


@router.get("/context", dependencies=[Depends(anyone)])
async def tell_context() -> dict[str, str | None]:
    return {"trace": current_traceparent(), "correlation": str(current_correlation())}


def make_app() -> FastAPI:
    app = create_app(
        "Trial", "1", PREFIX, load_public_key(PUBLIC), b"secret", larger_bodies={f"{PREFIX}/documents": 25}
    )
    app.include_router(router)
    return app


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(make_app()), base_url="http://trial") as client:
        yield client


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("reglament")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def bearer(role: Role = Role.EXECUTOR, provider: str = "karaganda", minutes: int = 5) -> dict[str, str]:
    grants = (Grant(role=role, provider=provider),)
    lifetime = timedelta(minutes=minutes)
    token = issue(load_private_key(PRIVATE), account=ACCOUNT, grants=grants, language="kk", lifetime=lifetime)
    return {"Authorization": f"Bearer {token}"}


def problem(response: Response, status: int, code: str) -> dict[str, object]:
    body: dict[str, object] = response.json()
    assert (response.status_code, body["code"], body["status"]) == (status, code, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:reglament:problem:{code}"
    assert body["fix"]
    assert response.headers["content-language"] in ("kk", "ru", "en")
    return body


ORDERS = f"{PREFIX}/cases/3/orders"
ORDER = {"applicant": "900101300017", "amount": 5}


class TestWhenTheCommandIsRight:
    async def test_its_key_is_of_account_and_route(self, client: AsyncClient) -> None:
        answer = await client.post(ORDERS, json=ORDER, headers={**bearer(), "Idempotency-Key": "k-1"})
        assert answer.json()["scope"] == f"{ACCOUNT} POST {PREFIX}/cases/3/orders"
        assert answer.json()["key"] == keyed_digest(b"secret", "k-1")  # a caller may have made it of a person's number

    async def test_the_same_body_has_the_same_digest_and_another_another(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k-1"}
        bodies = (ORDER, ORDER, {**ORDER, "amount": 6})
        digests = [(await client.post(ORDERS, json=body, headers=headers)).json()["digest"] for body in bodies]
        assert digests[0] == digests[1] != digests[2]

    async def test_a_file_sent_again_with_another_boundary_has_the_same_digest(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k-1"}
        files = [b"%PDF" * 500_000, b"%PDF" * 500_000, b"%PDF" * 500_001]
        answers = [await client.post(f"{PREFIX}/documents", files={"file": file}, headers=headers) for file in files]
        digests = [answer.json()["digest"] for answer in answers]
        assert digests[0] == digests[1] != digests[2]


class TestWhenTheCallerMayNot:
    async def test_nobody_is_asked_to_log_in(self, client: AsyncClient) -> None:
        answer = await client.post(ORDERS, json=ORDER, headers={"Idempotency-Key": "k"})
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_an_expired_token_is_told_apart(self, client: AsyncClient) -> None:
        headers = {**bearer(minutes=-1), "Idempotency-Key": "k"}
        problem(await client.post(ORDERS, json=ORDER, headers=headers), 401, "token-expired")

    async def test_a_token_of_somebody_else_is_invalid(self, client: AsyncClient) -> None:
        headers = {"Authorization": "Bearer x.y.z", "Idempotency-Key": "k"}
        problem(await client.post(ORDERS, json=ORDER, headers=headers), 401, "token-invalid")

    @pytest.mark.parametrize(
        ("language", "detail"),
        [
            ("kk", "Қажетті рөлдер: жауапты орындаушы, көрсетілетін қызметті берушінің басшысы."),
            ("ru", "Нужные роли: ответственный исполнитель, руководитель услугодателя."),
            ("en", "Roles that may do it: executor, head of the provider."),
        ],
    )
    async def test_another_role_is_told_in_the_language_asked(
        self, client: AsyncClient, language: str, detail: str
    ) -> None:
        headers = {**bearer(role=Role.MEMBER), "Idempotency-Key": "k", "Accept-Language": language}
        answer = await client.post(ORDERS, json=ORDER, headers=headers)
        assert problem(answer, 403, "wrong-role")["detail"] == detail
        assert answer.headers["content-language"] == language

    async def test_the_role_at_another_provider_does_not_help(self, client: AsyncClient) -> None:
        headers = {**bearer(provider="shymkent"), "Idempotency-Key": "k"}
        problem(await client.post(ORDERS, json=ORDER, headers=headers), 403, "not-your-provider")


class TestWhenTheRequestIsWrong:
    @pytest.mark.parametrize("key", [None, "", "two words", "ключ", "k" * 201])
    async def test_a_command_needs_a_usable_key(self, client: AsyncClient, key: str | None) -> None:
        headers = bearer() | ({} if key is None else {"Idempotency-Key": key})
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        problem(await client.post(ORDERS, json=ORDER, headers=encoded), 400, "key-needed")

    async def test_every_wrong_field_is_told_with_its_place(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k", "Accept-Language": "en"}
        wrong = {"applicant": "900101300018", "amount": 0, "a/b": 1}
        told = problem(await client.post(f"{PREFIX}/cases/x/orders", json=wrong, headers=headers), 422, "invalid-input")
        assert told["errors"] == [
            {
                "in": "path",
                "pointer": "/case",
                "what": "A whole number is expected here",
                "how": "Write it in digits, such as 12.",
            },
            {
                "in": "body",
                "pointer": "/applicant",
                "what": "The check digit of the IIN or BIN is wrong",
                "how": "Compare the number with the document; at least one digit is mistyped.",
                "code": "wrong-check-digit",
            },
            {
                "in": "body",
                "pointer": "/amount",
                "what": "The number is too small",
                "how": "The smallest value is 1.",
            },
            {
                "in": "body",
                "pointer": "/a~1b",
                "what": "There is no such field",
                "how": "Remove the field or correct its name.",
            },
        ]

    @pytest.mark.parametrize("body", [b'{"applicant": ', b"[1", b"\xff\xfe", b'{"applicant": "\\ud800", "amount": 1}'])
    async def test_what_is_not_json_is_told(self, client: AsyncClient, body: bytes) -> None:
        headers = {**bearer(), "Idempotency-Key": "k", "Content-Type": "application/json"}
        answer = await client.post(ORDERS, content=body, headers=headers)
        assert answer.status_code in (400, 422)
        problem(answer, answer.status_code, "invalid-input" if answer.status_code == 422 else "malformed")

    async def test_json_sent_as_something_else_is_told(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k", "Content-Type": "text/plain"}
        problem(await client.post(ORDERS, content=b"{}", headers=headers), 422, "invalid-input")

    async def test_json_too_deep_is_told(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k", "Content-Type": "application/json"}
        problem(await client.post(ORDERS, content=b"[" * 100_000, headers=headers), 400, "malformed")

    async def test_a_body_too_long_is_refused_with_the_limit(self, client: AsyncClient) -> None:
        headers = {**bearer(), "Idempotency-Key": "k", "Accept-Language": "en"}
        answer = await client.post(ORDERS, content=b"x" * 1_000_001, headers=headers)
        assert problem(answer, 413, "too-large")["detail"] == "This address takes at most 1 MB."

    async def test_a_document_may_be_longer_but_not_endless(self, client: AsyncClient) -> None:
        answer = await client.post(f"{PREFIX}/documents", content=b"x" * 25_000_001, headers=bearer())
        problem(answer, 413, "too-large")

    async def test_an_unknown_address_is_told(self, client: AsyncClient) -> None:
        problem(await client.get(f"{PREFIX}/nowhere"), 404, "unknown-route")

    async def test_another_method_is_told_with_those_allowed(self, client: AsyncClient) -> None:
        answer = await client.delete(f"{PREFIX}/cases")
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "GET"

    async def test_a_cursor_that_we_did_not_give_is_refused(self, client: AsyncClient) -> None:
        for cursor in ("x", "ж", "!!", encode_cursor("five"), encode_cursor(1, 2)):
            problem(await client.get(f"{PREFIX}/cases", params={"cursor": cursor}), 400, "bad-cursor")

    async def test_a_version_is_one_quoted_number(self, client: AsyncClient) -> None:
        for value in ("7", 'W/"7"', '"7", "8"', '"x"'):
            problem(await client.put(f"{PREFIX}/case", headers={"If-Match": value}), 400, "bad-version")


class TestWhenAListIsLong:
    @given(st.tuples(st.datetimes(timezones=st.just(UTC)), st.uuids(), st.text()))
    def test_a_cursor_says_the_place_it_was_made_of(self, place: tuple[datetime, UUID, str]) -> None:
        assert decode_cursor(encode_cursor(*place), tuple[datetime, UUID, str]) == place

    async def test_its_pages_follow_one_another_to_the_end(self, client: AsyncClient) -> None:
        items: list[int] = []
        cursor = None
        while True:
            page = (await client.get(f"{PREFIX}/cases", params={"cursor": cursor} if cursor else {})).json()
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        assert items == [1, 2, 3, 4, 5]


class TestWhenTheRecordIsAtVersionSeven:
    @pytest.mark.parametrize("value", [etag(7), "*", None])
    async def test_who_read_it_may_decide(self, client: AsyncClient, value: str | None) -> None:
        answer = await client.put(f"{PREFIX}/case", headers={"If-Match": value} if value else {})
        assert answer.status_code == 200

    async def test_who_read_an_older_one_may_not(self, client: AsyncClient) -> None:
        headers = {"If-Match": etag(6), "Accept-Language": "en"}
        told = problem(await client.put(f"{PREFIX}/case", headers=headers), 412, "stale")
        assert told["detail"] == "Its version is now 7."


class TestWhenSomethingFails:
    async def test_what_is_on_its_way_is_named_with_the_time_to_wait(self, client: AsyncClient) -> None:
        answer = await client.get(f"{PREFIX}/fails/not-open", headers={"Accept-Language": "en"})
        told = problem(answer, 409, "not-open-yet")
        assert (told["detail"], told["paragraph"]) == ("Awaited: application-registered.", "000 §5.2")
        assert answer.headers["retry-after"] == "1"

    @pytest.mark.parametrize("how", ["connection", "refused"])
    async def test_a_store_that_does_not_answer_is_for_later(self, client: AsyncClient, how: str) -> None:
        answer = await client.get(f"{PREFIX}/fails/{how}")
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "2"

    async def test_text_that_the_store_cannot_keep_is_the_callers_fault(self, client: AsyncClient) -> None:
        problem(await client.get(f"{PREFIX}/fails/nul"), 422, "invalid-input")

    async def test_the_unforeseen_is_answered_and_logged_without_its_words(
        self, client: AsyncClient, lines: io.StringIO
    ) -> None:
        correlation = str(uuid4())
        answer = await client.get(f"{PREFIX}/fails/badly", headers={"X-Correlation-Id": correlation})
        assert problem(answer, 500, "internal-error")["correlation"] == correlation
        assert "900101300017" not in answer.text + lines.getvalue()
        failure = json.loads(lines.getvalue().splitlines()[0])
        assert (failure["action"], failure["error"]) == ("request-failed", "builtins.RuntimeError")
        assert failure["correlation"] == correlation
        assert failure["at"][-1].endswith(" fail")


class TestTheLogOfARequest:
    async def test_has_the_route_and_not_the_address(self, client: AsyncClient, lines: io.StringIO) -> None:
        await client.post(f"{PREFIX}/cases/900101300017/orders?q=900101300017", json=ORDER)
        line = json.loads(lines.getvalue())
        assert (line["method"], line["route"], line["status"]) == ("POST", f"{PREFIX}/cases/{{case}}/orders", 401)
        assert "900101300017" not in lines.getvalue()

    def test_fields_are_part_of_the_line(self, lines: io.StringIO) -> None:
        log("case-registered", application=ACCOUNT)
        assert json.loads(lines.getvalue())["application"] == str(ACCOUNT)


class TestTheContextOfARequest:
    async def test_a_trace_and_a_correlation_are_passed_on(self, client: AsyncClient) -> None:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        correlation = str(uuid4())
        headers = {"traceparent": trace, "X-Correlation-Id": correlation}
        answer = await client.get(f"{PREFIX}/context", headers=headers)
        assert answer.json() == {"trace": trace, "correlation": correlation}
        assert answer.headers["x-correlation-id"] == correlation

    async def test_what_is_no_uuid_is_not_taken_as_correlation(self, client: AsyncClient) -> None:
        answer = await client.get(f"{PREFIX}/context", headers={"X-Correlation-Id": "900101300017"})
        assert UUID(answer.headers["x-correlation-id"])

    async def test_without_a_trace_one_begins_of_which_nothing_is_recorded(self, client: AsyncClient) -> None:
        trace = (await client.get(f"{PREFIX}/context")).json()["trace"]
        assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", trace)


class TestTheProbes:
    @pytest.mark.parametrize("prefix", ["", PREFIX])
    async def test_a_living_service_says_so(self, client: AsyncClient, prefix: str) -> None:
        assert (await client.get(f"{prefix}/health")).json() == {"status": "alive"}
        assert (await client.get(f"{prefix}/ready")).json() == {"ready": True, "failing": {}}

    async def test_a_failing_check_is_named(self) -> None:
        async def failing() -> dict[str, str]:
            return {"relay": "restarting"}

        app = make_app()
        app.state.readiness = failing
        async with AsyncClient(transport=ASGITransport(app), base_url="http://trial") as client:
            answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["failing"]) == (503, {"relay": "restarting"})


class TestTheDescription:
    async def test_it_is_openapi_3_1_with_problems(self, client: AsyncClient) -> None:
        described = (await client.get(f"{PREFIX}/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        responses = described["paths"][f"{PREFIX}/cases/{{case}}/orders"]["post"]["responses"]
        assert sorted(responses) == ["200", "4XX", "5XX"]
        assert list(responses["4XX"]["content"]) == ["application/problem+json"]
        assert {"Problem", "FieldProblem"} <= set(described["components"]["schemas"])
        assert "HTTPValidationError" not in json.dumps(described)


class TestWhenARouteForgetsSomething:
    def test_nothing_is_forgotten_here(self) -> None:
        assert routes_without_role(make_app()) == []
        assert commands_without_key(make_app()) == []

    def test_a_route_without_role_or_key_is_found(self) -> None:
        forgetful = APIRouter(prefix=f"{PREFIX}/inner")

        @forgetful.post("/open")
        async def open_to_all() -> None: ...

        @forgetful.websocket("/live")
        async def live(socket: WebSocket) -> None: ...

        outer = APIRouter()
        outer.include_router(forgetful)
        app = make_app()
        app.include_router(outer)
        assert routes_without_role(app) == [f"POST {PREFIX}/inner/open", f"WEBSOCKET {PREFIX}/inner/live"]
        assert commands_without_key(app) == [f"POST {PREFIX}/inner/open"]
