"""The folder that holds an installation: its database, its secrets, and what kind of installation it is."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.identity.roles import Grant, Role
from shared.identity.tokens import create_key_pair, issue, load_private_key

DEFAULT = Path(".reglament")
OPERATOR = UUID(int=1)
"""The account under which the command line of this home acts; it has no password."""
SHOWN = "shown"
OPERATOR_TOKEN_LASTS = timedelta(days=30)


class WrongKind(Exception):
    """A demonstration was asked of a real installation, or the other way round."""


class Unusable(Exception):
    """The folder can't be made or read, or what it holds is damaged."""


@dataclass(frozen=True)
class Home:
    """Everything that an embedded installation keeps, in one folder that only its user can read."""

    path: Path
    demonstration: bool

    @classmethod
    def open(cls, path: Path | None, demonstration: bool | None = None) -> "Home":
        """The installation in this folder (default: REGLAMENT_HOME, or .reglament); made at the first time.

        `demonstration` None takes what is there. Raises WrongKind, Unusable.
        """
        folder = (path or Path(os.environ.get("REGLAMENT_HOME") or DEFAULT)).absolute()
        try:
            kind = _kind_of(folder, bool(demonstration))
            home = cls(folder, kind)
            _ = home.secret, home.private_key
        except (OSError, ValueError, KeyError) as error:
            raise Unusable(f"{folder} can't be used as an installation's home: {error}") from error
        if demonstration not in (None, kind):
            what = "demonstration" if kind else "real"
            raise WrongKind(f"{folder} holds a {what} installation; name another REGLAMENT_HOME")
        return home

    @property
    def has_shown(self) -> bool:
        """Whether this demonstration has shown its first case to the end."""
        return (self.path / SHOWN).exists()

    def note_shown(self) -> None:
        write_privately(self.path / SHOWN, "")

    @cached_property
    def secret(self) -> bytes:
        """What keyed digests and one-time codes are made with."""
        return bytes.fromhex(self._keep("secret", lambda: secrets.token_hex(32)))

    @cached_property
    def private_key(self) -> Ed25519PrivateKey:
        return load_private_key(self._keep("signing-key.pem", lambda: create_key_pair()[0].decode()).encode())

    @cached_property
    def public_key(self) -> Ed25519PublicKey:
        return self.private_key.public_key()

    def operator_token(self) -> str:
        """A token for the command line of this machine's user."""
        grants = (Grant(role=Role.OPERATOR), Grant(role=Role.AUDITOR))
        return issue(self.private_key, account=OPERATOR, grants=grants, language="en", lifetime=OPERATOR_TOKEN_LASTS)

    def note_serving(self, url: str) -> None:
        """Leave the address and the operator's token where the command line finds them."""
        write_privately(self.path / "serving.json", json.dumps({"url": url, "token": self.operator_token()}))

    def note_stopped(self) -> None:
        (self.path / "serving.json").unlink(missing_ok=True)

    def serving(self) -> tuple[str, str] | None:
        """The address and the operator's token of the running installation."""
        path = self.path / "serving.json"
        if not path.exists():
            return None
        known = json.loads(path.read_text())
        return known["url"], known["token"]

    def _keep(self, name: str, make: Callable[[], str]) -> str:
        path = self.path / name
        if not path.exists():
            write_privately(path, make())
        return path.read_text()


def _kind_of(folder: Path, demonstration: bool) -> bool:
    """Whether the folder holds a demonstration; made of that kind at the first time."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder / "installation.json"
    if not about.exists():
        write_privately(about, json.dumps({"demonstration": demonstration}))
    return bool(json.loads(about.read_text())["demonstration"])


def write_privately(path: Path, text: str) -> None:
    """Whole or not at all, for this user alone."""
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_text(text)
    beside.rename(path)
