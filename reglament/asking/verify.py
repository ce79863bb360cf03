"""`reglament verify`: whether every store is whole and all of them agree, asked of the services over REST, page by page."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from reglament.asking.client import Client
from shared.contracts.topics import READERS, SERVICES

CHECKS = ("streams", "effects", "reactions", "views")
PATIENCE = 20.0
"""Seconds that facts on their way are waited for, when everything has been compared once."""
AGAIN = 0.5

Difference = dict[str, str]
Section = dict[str, Any]
Place = tuple[str, int]
Part = tuple[str, str, str | None, str | None]
"""Source, reader, and between which cursors their facts are compared."""
Wrong = dict[Place, tuple[str, str]]


@dataclass
class Verification:
    """`seen` is told each difference as it is found; `facts` counts what was compared with neighbours, by service."""

    client: Client
    seen: Callable[[Difference], None]
    patience: float = PATIENCE
    facts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    unsettled: dict[Part, Wrong] = field(default_factory=dict)

    async def run(self) -> dict[str, Any]:
        """Raises Answered or httpx's errors when a service can't be asked."""
        for service in SERVICES:
            for check in CHECKS:
                async for page in self.client.pages(f"/api/{service}/v1/checks/{check}"):
                    for wrong in page["differences"]:
                        self._found(service, **wrong)
        for source, reader in [(s, r) for s in SERVICES for r in READERS[s]]:
            await self._compare(source, reader)
        await self._settle()
        for part in self.unsettled.values():
            for place, (service, what) in part.items():
                self._found(service, "copy", "{}@{}".format(*place), what)
        return {"clean": not self.differences, "differences": self.differences, "facts": dict(self.facts)}

    def _found(self, service: str, check: str, subject: str, what: str) -> None:
        self.differences.append({"service": service, "check": check, "subject": subject, "what": what})
        self.seen(self.differences[-1])

    async def _compare(self, source: str, reader: str) -> None:
        """Part by part: what is the same has the same digest and is looked at no further."""
        after = None
        while True:
            own = await self._section(source, source, after)
            copy = await self._section(reader, source, after, own["until"])
            if own["until"] is None and copy["until"]:  # the reader has more
                own = await self._section(source, source, after, copy["until"])
            if own["digest"] != copy["digest"]:
                part = source, reader, after, copy["until"]
                self.unsettled[part] = await self._differing(*part)
            self.facts[source] += own["count"] if reader == READERS[source][0] else 0
            if (after := copy["until"]) is None:
                return

    async def _settle(self) -> None:
        """Keep what still differs when all that is on its way had the same time to come."""
        end = monotonic() + self.patience
        while any(self.unsettled.values()) and monotonic() < end:
            await asyncio.sleep(AGAIN)
            for part in [part for part, wrong in self.unsettled.items() if wrong]:
                now = await self._differing(*part)
                self.unsettled[part] = {place: now[place] for place in self.unsettled[part] if place in now}

    async def _differing(self, source: str, reader: str, after: str | None, until: str | None) -> Wrong:
        """The reader is asked first: what comes in between isn't what it has and the source doesn't know."""
        copy = _facts(await self._section(reader, source, after, until, listed=True))
        own = _facts(await self._section(source, source, after, until, listed=True))
        lacking = dict.fromkeys(own.keys() - copy.keys(), (reader, "it hasn't come"))
        unknown = dict.fromkeys(copy.keys() - own.keys(), (source, f"it is missing here, {reader} has it"))
        other = {p: (reader, f"it isn't what {source} wrote") for p in own.keys() & copy.keys() if own[p] != copy[p]}
        return dict(sorted((lacking | unknown | other).items()))

    async def _section(
        self, service: str, source: str, after: str | None, until: str | None = None, listed: bool = False
    ) -> Section:
        given = {"of": source, "after": after, "until": until, "listed": listed or None}
        path = f"/api/{service}/v1/checks/facts"
        section: Section = await self.client.get(path, **{k: v for k, v in given.items() if v is not None})
        return section


def _facts(section: Section) -> dict[Place, tuple[str, str]]:
    return {(stream, version): (id, digest) for stream, version, id, digest in section["facts"]}
