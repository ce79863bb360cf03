"""The unit of work of one command or reaction: everything is read before anything is written, all in one commit.

Handlers load, decide and save; what is saved is translated into public facts by the service's `publish` and written in
the same transaction.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID, uuid4

from shared.contracts.common import CaseFact, PublicFact
from shared.identity.roles import Role
from shared.kernel.chain import GENESIS, chained
from shared.kernel.events import Aggregate, DomainEvent, EventNames, envelope, replay
from shared.kernel.grounds import Ground
from shared.kernel.log import Answer, Batch, Log, NewRow, Row
from shared.kernel.sizes import check_size
from shared.kernel.vault import Keys, Vault, persons_in
from shared.telemetry.spans import link, recording
from shared.telemetry.tracing import current_traceparent
from shared.web.refusal import NotFound

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=PublicFact)


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: account, in which role, for which provider, on behalf of whom. Written beside every fact."""

    account: UUID | None
    role: Role
    provider: str | None = None
    on_behalf: UUID | None = None


SYSTEM = Who(None, Role.SYSTEM)


class Learns(Protocol):
    """Something read in this unit of work that wants to know what the unit of work itself records about its subject."""

    def learn(self, fact_id: UUID, version: int, fact: PublicFact) -> None: ...


Publish = Callable[[DomainEvent, Any, "UnitOfWork"], Iterable[tuple[str, PublicFact]]]


@dataclass(frozen=True, slots=True)
class Service:
    """What makes one service: its name, the stored names of its private facts, and how it translates them."""

    name: str
    events: EventNames
    publish: Publish


@dataclass(slots=True)
class _Head:
    version: int
    hash: str


@dataclass(slots=True)
class UnitOfWork:
    """`now`: legal time, read once. `cause`: the fact that is reacted to. `seen`: what was read, by subject."""

    log: Log
    service: Service
    vault: Vault
    now: datetime
    who: Who = SYSTEM
    correlation: str = ""
    cause: UUID | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    rows: list[NewRow] = field(default_factory=list)
    _heads: dict[str, _Head] = field(default_factory=dict)
    _keys: Keys = field(default_factory=lambda: Keys({}))
    _loaded: dict[str, Aggregate | None] = field(default_factory=dict)
    _read: dict[UUID, Row] = field(default_factory=dict)
    _expected: dict[str, list[Row]] = field(default_factory=dict)
    _grounds: set[Ground] = field(default_factory=set)

    # -- reading

    async def find(self, cls: type[A], stream: str) -> A | None:
        """The aggregate of this stream, or None when nothing has happened to it."""
        if stream in self._loaded:
            return cast("A | None", self._loaded[stream])
        rows = self._expected.pop(stream, None)
        if rows is None:
            rows = await self.log.stream(stream)
            await self.learn_keys(r.data for r in rows)
        self._note_head(stream, rows)
        self._loaded[stream] = aggregate = replay(cls, (self._event(cls, row) for row in rows))
        return aggregate

    async def load(self, cls: type[A], stream: str) -> A:
        """The aggregate of this stream. Raises NotFound."""
        if (aggregate := await self.find(cls, stream)) is None:
            raise NotFound
        return aggregate

    async def expect(self, subjects: Iterable[str], streams: Iterable[str] = ()) -> None:
        """Read the facts about these subjects, and these aggregates' own, at once: whoever asks for them next, one by one,
        is given these."""
        about = [subject for subject in subjects if subject not in self.seen]
        own = [stream for stream in streams if stream not in self._loaded]
        rows = await self.log.together(about, own)
        await self.learn_keys(r.data for r in rows)
        self._expected |= {name: [] for name in (*about, *own)}
        for row in rows:
            self._expected[row.subject or row.stream].append(row)

    async def facts(self, subject: str) -> list[Row]:
        """Every public fact about the subject that this service knows; own ones can be added to at the version read."""
        rows = self._expected.pop(subject, None)
        if rows is None:
            rows = await self.log.subjects([subject])
            await self.learn_keys(r.data for r in rows)
        if recording():
            self._read |= {r.id: r for r in rows}
        own = self._public(subject)
        self._note_head(own, sorted((r for r in rows if r.stream == own), key=lambda r: r.version))
        return rows

    def read(self, cls: type[P], row: Row) -> P:
        """A public fact with its personal fields opened, as far as the vault has the keys."""
        return cls.model_validate_json(row.data, context=self._keys)

    async def learn_keys(self, texts: Iterable[str]) -> None:
        await self.learn_persons(persons_in(texts))

    async def learn_persons(self, persons: Iterable[UUID]) -> None:
        """Read the keys of persons about whom something will be written for the first time here."""
        self._keys = self._keys.including(await self.vault.keys(p for p in persons if not self._keys.of(p)))

    @property
    def keys(self) -> Keys:
        return self._keys

    # -- writing

    def stand_on(self, aggregate: Aggregate) -> None:
        """What is written here rests on this aggregate as it was read: it commits only if nobody has changed it meanwhile.
        The aggregate is one whose writers wait (`stood_on`)."""
        self._grounds.add(Ground(aggregate.id, self._heads[aggregate.id].version))

    def save(self, aggregate: Aggregate) -> None:
        """Take the aggregate's new events, and the public facts that they mean."""
        self._loaded[aggregate.id] = aggregate
        if aggregate.stood_on and aggregate.pending_events:
            self._grounds.add(Ground(aggregate.id, None))
        for event in cast("Sequence[DomainEvent]", aggregate.collect_events()):
            self._append(aggregate.id, None, *self._stored(event))
            for subject, fact in self.service.publish(event, aggregate, self):
                self.record(subject, fact)

    def record(self, subject: str, fact: PublicFact) -> UUID:
        """Write a public fact about the subject; returns its id. The subject's facts must have been read before."""
        stream = self._public(subject)
        data = fact.model_dump_json(context=self._keys)
        check_size(data)
        row = self._append(stream, subject, fact.name(), data, fact.version)
        link(self._read[i] for i in rests_on(fact) if i in self._read)
        if subject in self.seen:
            cast("Learns", self.seen[subject]).learn(row.id, row.version, fact)
        return row.id

    async def commit(self, answer: Answer | None = None) -> None:
        """All of it or nothing. Raises Conflict: run the handler again in a new unit of work."""
        if self.rows or answer:
            await self.log.append(self.batch(answer))

    def touched(self, since: int) -> bool:
        """Whether anything was decided here since so many rows were written: saved, or done to what is loaded."""
        return len(self.rows) > since or any(a.pending_events for a in self._loaded.values() if a)

    def batch(self, answer: Answer | None = None) -> Batch:
        return Batch(tuple(self.rows), (answer,) if answer else (), tuple(sorted(self._grounds, key=str)))

    def token(self) -> str:
        """The last public fact written, as `service:subject@version`; empty when there is none."""
        return next((f"{r.stream}@{r.version}" for r in reversed(self.rows) if r.subject), "")

    # -- inside

    def _public(self, subject: str) -> str:
        return f"{self.service.name}:{subject}"

    def _event(self, cls: type[Aggregate], row: Row) -> DomainEvent:
        version = json.loads(row.meta)["class_version"]
        known = envelope(cls, row.stream, row.version, row.at)
        return self.service.events.load(row.type, version, row.data, known, self._keys)

    def _stored(self, event: DomainEvent) -> tuple[str, str, int]:
        names = self.service.events
        return names.names[type(event)], names.dump(event, self._keys), event.class_version

    def _note_head(self, stream: str, rows: Sequence[Row]) -> None:
        """The first reading counts: what is written goes behind what was decided on, or it is a conflict."""
        head = rows[-1] if rows else None
        self._heads.setdefault(
            stream, _Head(head.version, json.loads(head.meta)["hash"]) if head else _Head(0, GENESIS)
        )

    def _append(self, stream: str, subject: str | None, kind: str, data: str, class_version: int) -> NewRow:
        head = self._heads.setdefault(stream, _Head(0, GENESIS))
        row = NewRow(uuid4(), stream, head.version + 1, subject, kind, data, "", datetime.now(UTC))
        meta = {
            "class_version": class_version,
            "account": str(self.who.account) if self.who.account else None,
            "role": self.who.role,
            "provider": self.who.provider,
            "on_behalf": str(self.who.on_behalf) if self.who.on_behalf else None,
            "correlation": self.correlation,
            "cause": str(self.cause) if self.cause else None,
            "traceparent": current_traceparent(),
        }
        said = {k: v for k, v in meta.items() if v is not None}
        hashed = chained(head.hash, row, said)
        stored = row._replace(meta=json.dumps({**said, "hash": hashed}))
        self._heads[stream] = _Head(stored.version, hashed)
        self.rows.append(stored)
        return stored


def rests_on(fact: PublicFact) -> tuple[UUID, ...]:
    """The facts that a fact counts with."""
    return fact.grounds if isinstance(fact, CaseFact) else ()
