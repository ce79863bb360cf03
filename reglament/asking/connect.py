"""Which installation the command line speaks to, and as whom: the one of this home, or one that `login` named."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from reglament.asking.client import Client
from reglament.keeping.home import DEFAULT, Home, write_privately

LOGIN = "login.json"
PATIENCE = 30.0


class NotServing(Exception):
    """There is no running installation to speak to; the message says how to get one."""


def folder() -> Path:
    return Path(os.environ.get("REGLAMENT_HOME") or DEFAULT).absolute()


def known() -> tuple[str, str]:
    """Address and token: those of `login`, else of the installation that this home serves. Raises NotServing."""
    login = folder() / LOGIN
    if login.exists():
        kept: dict[str, str] = json.loads(login.read_text())
        return kept["url"], kept["token"]
    if (folder() / "installation.json").exists() and (serving := Home.open(folder()).serving()):
        return serving
    raise NotServing(
        f"nothing serves {folder()}; start it with `reglament run`, or name another with `reglament login`"
    )


@asynccontextmanager
async def connected(patience: float = PATIENCE) -> AsyncIterator[Client]:
    """A client of that installation; `patience`: seconds for each answer. Raises NotServing, also when nobody answers."""
    url, token = known()
    async with httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(PATIENCE, read=patience)) as http:
        try:
            yield Client(http, token)
        except httpx.TransportError:
            raise NotServing(f"nobody answers at {url}") from None


async def log_in(url: str, number: str, password: str) -> None:
    """Log in elsewhere and keep the token, for this user alone, until it expires. Raises Answered, NotServing."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        try:
            caller = await Client(http).log_in(number, password)
        except httpx.TransportError:
            raise NotServing(f"nobody answers at {url}") from None
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    write_privately(folder() / LOGIN, json.dumps({"url": url, "token": caller.token}))


async def application(client: Client, number: str) -> str:
    """The id of the application with this number. Raises NotServing when there is none."""
    found: dict[str, Any] = await client.get("/api/intake/v1/applications", number=number)
    if not found["items"]:
        raise UnknownNumber(f"there is no application {number} at this installation")
    return str(found["items"][0]["id"])


class UnknownNumber(Exception):
    """No application has this number."""
