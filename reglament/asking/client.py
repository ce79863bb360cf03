"""A client of the public REST interface, as a portal or an official's program would be: one person logged in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

PATIENCE = 20.0


class Answered(Exception):
    """The interface answered with a problem: its status, code and words."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            self.problem: dict[str, Any] = response.json()
        except ValueError:
            self.problem = {"title": response.text[:200]}
        words = [self.problem.get(k) for k in ("title", "detail", "fix")]
        super().__init__(f"{self.status} {self.problem.get('code', '')}: " + " ".join(w for w in words if w))


@dataclass
class Client:
    """One caller. Commands carry an Idempotency-Key; what isn't open yet is tried again for a while."""

    http: httpx.AsyncClient
    token: str = ""
    language: str = "en"
    tokens: list[str] = field(default_factory=list)
    """The tokens by which the cabinet waits for what this caller did."""

    async def log_in(self, number: str, password: str) -> "Client":
        """Another caller on the same connection."""
        answer = await self.http.post("/api/intake/v1/sessions", json={"number": number, "password": password})
        return Client(self.http, _good(answer)["token"], self.language)

    async def get(self, path: str, **params: Any) -> Any:
        """With `after`, what there is once the view has come that far."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await self.http.get(path, params=params, headers=self._headers())
            to_come = answer.status_code == 404 and "Retry-After" in answer.headers
            if not (to_come or "Reglament-Behind" in answer.headers) or asyncio.get_running_loop().time() > until:
                return _good(answer)

    async def pages(self, path: str, **params: Any) -> AsyncIterator[dict[str, Any]]:
        """A list page after page."""
        page = await self.get(path, **params)
        yield page
        while page["next"] is not None:
            page = await self.get(path, **params, cursor=page["next"])
            yield page

    async def put(self, path: str, body: Any) -> Any:
        """Set something that isn't a command of the regulation."""
        return _good(await self.http.put(path, json=body, headers=self._headers()))

    async def command(self, path: str, body: Any = None, *, method: str = "POST", **options: Any) -> dict[str, Any]:
        """Send a command until it is taken or refused for good."""
        headers = {**self._headers(), "Idempotency-Key": str(uuid4())}
        until = asyncio.get_running_loop().time() + PATIENCE
        while True:
            answer = await self.http.request(method, path, json=body, headers=headers, **options)
            if "Retry-After" not in answer.headers or asyncio.get_running_loop().time() > until:
                done: dict[str, Any] = _good(answer)
                self.tokens += [done["after"]] if done.get("after") else []
                return done
            await asyncio.sleep(0.05 if answer.status_code in (404, 409) else float(answer.headers["Retry-After"]))

    def _headers(self) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept-Language": self.language, **bearer}


def _good(response: httpx.Response) -> Any:
    if response.is_error:
        raise Answered(response)
    return response.json() if response.content else {}
