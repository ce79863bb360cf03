"""What commands share: their body's form, the legal instant that they may state, and who gives them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel.events import Aggregate
from shared.kernel.work import UnitOfWork, Who
from shared.procedure.refusals import InTheFuture
from shared.web.etag import must_be_current
from shared.web.instants import Instant

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000, pattern=r"^[^\x00]*$")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 (hex) of the text that is signed")]


class Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stated(Command):
    """A command that may state when it happened, for paper that came first."""

    at: Instant | None = Field(None, description="Legal instant; now unless stated, never later than now")

    def instant(self, work: UnitOfWork) -> datetime:
        """Raises InTheFuture."""
        if self.at is not None and self.at > work.now:
            raise InTheFuture(stated=self.at.isoformat(), now=work.now.isoformat())
        return self.at or work.now


@dataclass(frozen=True, slots=True)
class Acting:
    """Who gives the command, and the version that they decided on, if they say so (If-Match)."""

    caller: Caller
    expected: int | None = None

    @property
    def account(self) -> UUID:
        return self.caller.account

    def must_know(self, aggregate: Aggregate) -> None:
        """Raises Stale when it has changed since the caller read it."""
        must_be_current(self.expected, aggregate.version)

    def writes(self, work: UnitOfWork, *roles: Role, provider: str, on_behalf: UUID | None = None) -> None:
        """What follows is written in the first of these roles that the caller holds for this provider."""
        held = next((role for role in roles if self.caller.holds(role, provider=provider)), work.who.role)
        work.who = Who(self.account, held, provider, on_behalf)
