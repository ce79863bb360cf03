"""Public facts in pages, each with a digest over everything in it, so that two services' pages can be compared."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from shared.kernel.log import Log

# Everything that its receivers keep of a fact.
BYTES = r"sha256(convert_to(concat_ws(E'\x1f', id, stream, version, subject, type, data, meta, extract(epoch from at)), 'UTF8'))"
# The key alone is walked and stopped at: with another condition the planner may sort a source's whole log for a page.
PAGE = f"""select stream, version, id, encode({BYTES}, 'hex') as digest,
    subject is not null and origin is not distinct from $6 as counts
  from (
    select * from events where (stream, version) > ($1, $2) and (stream, version) <= ($3, $4)
    order by stream, version limit $5
  ) page order by stream, version"""


class Stands(NamedTuple):
    """A version of a stream."""

    stream: str = ""
    version: int = 0


class Fact(NamedTuple):
    stream: str
    version: int
    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Section:
    """The facts behind one place up to another; `until` None: to the end."""

    facts: list[Fact]
    until: Stands | None

    @property
    def digest(self) -> str:
        return hashlib.sha256("".join(fact.digest for fact in self.facts).encode()).hexdigest()


async def section(log: Log, source: str, after: Stands, until: Stands | None, limit: int) -> Section:
    """Facts of the source as this service has them: its own, or copies. With `until` there is no other limit."""
    begin, end = after if after.stream else Stands(f"{source}:"), until or Stands(f"{source};")
    origin = None if source == log.service else source
    rows = await log.pool.fetch(PAGE, *begin, *end, None if until else limit, origin)
    facts = [Fact(r["stream"], r["version"], str(r["id"]), r["digest"]) for r in rows if r["counts"]]
    more = until is None and len(rows) == limit
    return Section(facts, Stands(rows[-1]["stream"], rows[-1]["version"]) if more else until)
