"""A caller of the REST interface that reads what it has just written."""

import httpx
import pytest

from reglament.asking.client import Answered, Client

NOT_YET = httpx.Response(404, headers={"Retry-After": "1"}, json={"code": "not-found"})
BEHIND = httpx.Response(200, headers={"Reglament-Behind": "true"}, json={"version": 1})
THERE = httpx.Response(200, json={"version": 2})
NOWHERE = httpx.Response(404, json={"code": "not-found"})


def client(*answers: httpx.Response) -> Client:
    """One whose server answers so, one after another."""
    given = iter(answers)
    return Client(httpx.AsyncClient(base_url="http://x", transport=httpx.MockTransport(lambda _: next(given))))


class TestAReader:
    async def test_asks_again_while_the_view_is_behind(self) -> None:
        assert await client(NOT_YET, BEHIND, THERE).get("/applications/1", after="intake:1@2") == {"version": 2}

    async def test_is_told_at_once_of_what_there_isnt(self) -> None:
        with pytest.raises(Answered, match="404 not-found"):
            await client(NOWHERE, THERE).get("/applications/1")
