"""Log-in: number and password for a short-lived token, signed with the key that only this service holds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Request
from pydantic import AwareDatetime, BaseModel, Field

from services.intake.account import credentials, find
from services.intake.account.attempts import Attempts
from services.intake.account.handlers import Body, Number
from services.intake.account.refusals import LoginFailed
from shared.identity.passwords import verify_password
from shared.identity.tokens import issue
from shared.kernel.work import UnitOfWork


class LogIn(Body):
    number: Number
    password: str = Field(min_length=1, max_length=200, examples=["correct horse battery"])


class Session(BaseModel):
    """A token for the Authorization header; `expires_at` is system time."""

    token: str = Field(examples=["eyJhbGciOiJFZERTQSJ9…"])
    expires_at: AwareDatetime
    account: UUID


@dataclass(frozen=True)
class Desk:
    """What log-in and codes need: the signing key, the installation's secret, and who failed how often."""

    key: Ed25519PrivateKey
    secret: bytes
    lifetime: timedelta = timedelta(minutes=15)
    attempts: Attempts = field(default_factory=Attempts)

    async def log_in(self, work: UnitOfWork, command: LogIn) -> Session:
        """Raises LoginFailed, the same and after as long for an unknown number as for a wrong password."""
        name = find.holder_of(self.secret, command.number)
        self.attempts.begin(name)
        account = await find.by_number(work, self.secret, command.number)
        hashed = await credentials.hash_of(work.log.pool, account.credential) if account else None
        if not await verify_password(hashed, command.password) or account is None or account.erased:
            raise LoginFailed
        self.attempts.succeeded(name)
        expires_at = datetime.now(UTC) + self.lifetime
        token = issue(
            self.key,
            account=account.account,
            grants=account.token_grants,
            language=account.language,
            lifetime=self.lifetime,
        )
        return Session(token=token, expires_at=expires_at, account=account.account)


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def secret_of(request: Request) -> bytes:
    """The installation's secret, for keyed digests and codes."""
    return desk_of(request).secret
