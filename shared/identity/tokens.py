"""Short-lived signed tokens: the issuer holds the private key, every service checks with the public one, alone."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt.types import Options
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.identity.roles import Grant, Role
from shared.texts.languages import Language
from shared.web.refusal import Forbidden, Unauthenticated

_ALGORITHM = "EdDSA"
_ISSUER = "reglament"
# The moment of issue isn't checked: the clocks of two machines differ by more than nothing. That of expiry is, each time.
_CHECKS: Options = {"require": ["iss", "sub", "exp", "lang", "grants"], "verify_iat": False, "verify_exp": False}


class TokenExpired(Unauthenticated):
    """The token's time is over; log in again."""


class TokenInvalid(Unauthenticated):
    """This is no token of this installation."""


class NotYourProvider(Forbidden):
    """The caller doesn't hold this role for the provider of the case."""

    takes = ("role", "provider")


class NotYourBody(Forbidden):
    """The caller doesn't hold this role in the body that the case is before."""

    takes = ("role",)


class Caller(BaseModel):
    """Who makes a request, as the token says it; `expires_at` is system time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: UUID
    grants: tuple[Grant, ...]
    language: Language
    expires_at: datetime

    def holds(self, role: Role, provider: str | None = None, body: UUID | None = None) -> bool:
        """Whether one grant gives this role, for this provider and in this body where they are named."""
        return any(
            grant.role == role and provider in (None, grant.provider) and body in (None, grant.body)
            for grant in self.grants
        )

    def must(self, role: Role, *, provider: str) -> None:
        """Refuses with NotYourProvider unless the caller holds the role for this provider."""
        if not self.holds(role, provider=provider):
            raise NotYourProvider(role=role, provider=provider)

    def must_in(self, role: Role, *, body: UUID) -> None:
        """Refuses with NotYourBody unless the caller holds the role in this body."""
        if not self.holds(role, body=body):
            raise NotYourBody(role=role)


def issue(
    key: Ed25519PrivateKey, *, account: UUID, grants: tuple[Grant, ...], language: Language, lifetime: timedelta
) -> str:
    """A token that says who the account is for `lifetime` from now (system time)."""
    now = datetime.now(UTC)
    claims = {
        "iss": _ISSUER,
        "sub": str(account),
        "iat": now,
        "exp": now + lifetime,
        "lang": language,
        "grants": [grant.model_dump(mode="json", exclude_none=True) for grant in grants],
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def verify(public_key: Ed25519PublicKey, text: str) -> Caller:
    """The caller that a token names; raises TokenExpired, or TokenInvalid for anything else that is wrong with it."""
    caller = _signed(public_key.public_bytes_raw(), text)
    if caller.expires_at <= datetime.now(UTC):
        raise TokenExpired
    return caller


@lru_cache(maxsize=10_000)
def _signed(public_key: bytes, text: str) -> Caller:
    """Whom the owner of the key signed this for, until whenever: the same for the same text, so it is checked once."""
    try:
        claims = jwt.decode(
            text,
            Ed25519PublicKey.from_public_bytes(public_key),
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            options=_CHECKS,
        )
        return Caller.model_validate(
            {
                "account": claims["sub"],
                "grants": claims["grants"],
                "language": claims["lang"],
                "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
            }
        )
    except (jwt.InvalidTokenError, ValidationError, ValueError, OverflowError, TypeError) as error:
        raise TokenInvalid from error


def create_key_pair() -> tuple[bytes, bytes]:
    """A new pair (private, public), both PEM."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def load_private_key(pem: bytes) -> Ed25519PrivateKey:
    """The signing key of a PEM; ValueError when it is another kind of key."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the signing key isn't Ed25519")
    return key


def load_public_key(pem: bytes) -> Ed25519PublicKey:
    """The verifying key of a PEM; ValueError when it is another kind of key."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("the verifying key isn't Ed25519")
    return key
