"""What a service answers to `reglament verify` and `reglament stuck`: each page bounded, however long the log."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from shared.kernel.checks import waiting
from shared.kernel.checks.chains import Link, chains
from shared.kernel.checks.copies import Fact, Stands, section
from shared.kernel.checks.difference import Difference
from shared.kernel.checks.effects import doubled, undone
from shared.kernel.checks.folds import folds
from shared.web.commands import node_of
from shared.web.operations.who import Reader
from shared.web.pagination import Cursor, decode_cursor, encode_cursor

FACTS, SUBJECTS = 5000, 100
Source = Annotated[str, Query(pattern="^[a-z]{1,40}$", description="The service whose facts they are")]
Limit = Annotated[int, Query(ge=1, le=FACTS)]


class Wrong(BaseModel):
    """Something that isn't as it has to be."""

    check: str = Field(examples=["stream"])
    subject: str = Field(examples=["intake:0f8fad5b-d9cb-469f-a165-70867728950e@3"])
    what: str = Field(examples=["it isn't as it was written"])


class Checked(BaseModel):
    """One page of a check; `next` is where it goes on, none when it is through."""

    differences: list[Wrong]
    next: str | None = None


class Section(BaseModel):
    """Public facts of one source in one part of their order. `digest` is over all of them, `facts` where asked for."""

    count: int
    digest: str
    until: str | None = Field(description="The last of them; none when the part goes to the end")
    facts: list[Fact] | None = None


class Late(BaseModel):
    """Something that doesn't come or doesn't go on: a source not heard of, a reader behind, a version that is missing, or
    facts of its own that a restored log lacks (`name` says how many), so that no command is taken."""

    kind: str = Field(examples=["source", "reader", "gap", "log"])
    name: str
    subject: str | None
    since: datetime | None = Field(description="None: never")


class Transaction(BaseModel):
    """The oldest open writing transaction of the cluster: readers see nothing that is younger."""

    pid: int
    role: str | None
    application: str
    since: datetime | None
    state: str | None


class Lateness(BaseModel):
    late: list[Late]
    oldest_transaction: Transaction | None


def add_checks(router: APIRouter) -> None:
    router.get("/checks/streams", summary="Are all streams whole?")(_streams)
    router.get("/checks/effects", summary="Was anything reacted to twice?")(_effects)
    router.get("/checks/reactions", summary="Has a reaction still something to do?")(_reactions)
    router.get("/checks/views", summary="Are the read models what their facts say?")(_views)
    router.get("/checks/facts", summary="Public facts with a digest, to be compared with a neighbour's")(_facts)
    router.get("/checks/late", summary="What doesn't come or doesn't go on")(_late)


async def _streams(request: Request, _: Reader, cursor: Cursor = None) -> Checked:
    after = Link(*decode_cursor(cursor, tuple[str, int, str, int, int])) if cursor else Link()
    found, last = await chains(node_of(request).log, after, FACTS)
    return _checked(found, encode_cursor(*last) if last else None)


async def _effects(request: Request, _: Reader) -> Checked:
    return _checked(await doubled(node_of(request).log), None)


async def _reactions(request: Request, _: Reader, cursor: Cursor = None) -> Checked:
    """Every reaction is asked again, and nothing of it is written."""
    after = decode_cursor(cursor, tuple[str])[0] if cursor else ""
    found, last = await undone(node_of(request), after, SUBJECTS)
    return _checked(found, encode_cursor(last) if last else None)


async def _views(request: Request, _: Reader, cursor: Cursor = None) -> Checked:
    """One view after the other."""
    projectors = node_of(request).projectors
    which, after = decode_cursor(cursor, tuple[int, str]) if cursor else (0, "")
    if not 0 <= which < len(projectors):
        return Checked(differences=[])
    found, last = await folds(projectors[which], after, SUBJECTS)
    more = last is not None or which + 1 < len(projectors)
    following = (which, last) if last is not None else (which + 1, "")
    return _checked(found, encode_cursor(*following) if more else None)


async def _facts(
    request: Request,
    _: Reader,
    of: Source,
    after: Cursor = None,
    until: Cursor = None,
    limit: Limit = FACTS,
    listed: bool = False,
) -> Section:
    """Behind `after`, up to `until` or else so many; `of` may be a source that this service reads, or itself."""
    found = await section(node_of(request).log, of, _place(after) or Stands(), _place(until), limit)
    end = encode_cursor(*found.until) if found.until else None
    facts = found.facts if listed else None
    return Section(count=len(found.facts), digest=found.digest, until=end, facts=facts)


async def _late(request: Request, _: Reader) -> Lateness:
    node = node_of(request)
    readers = [*(view.name for view in node.views), *([node.reactor.name] if node.reactions else [])]
    found = [Late(**asdict(entry)) for entry in await waiting.late(node.log, readers)]
    oldest = await waiting.oldest_transaction(node.log)
    return Lateness(late=found, oldest_transaction=Transaction(**asdict(oldest)) if oldest else None)


def _checked(found: Iterable[Difference], following: str | None) -> Checked:
    return Checked(differences=[Wrong(**d._asdict()) for d in found], next=following)


def _place(cursor: str | None) -> Stands | None:
    return Stands(*decode_cursor(cursor, tuple[str, int])) if cursor else None
