"""The secrets of a distributed installation: one file each, so that every process is given only those that it needs."""

import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from reglament.keeping.home import Home, write_privately
from shared.contracts.topics import SERVICES

FOLDER = "secrets"
ROLES = ("admin", *SERVICES)
MAIL = "smtp-password"
"""The mail server's: whoever runs that gives it, so it is empty until it is written here."""


def write_secrets(home: Home, agencies: Iterable[str] = ()) -> Path:
    """The folder with all of them, made where missing; what an embedded installation was known by stays.

    Only this user can enter the folder. The files themselves may be read by anyone, since a container's user, whose
    number is another, is given single ones.
    """
    folder = home.path / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    passwords = [f"postgres-{role}" for role in (*ROLES, "demonstration")]
    passwords += [f"kafka-{user}" for user in (*ROLES, *agencies)]
    for name in passwords:
        if not (folder / name).exists():
            _write(folder / name, secrets.token_urlsafe(24))
    if not (folder / MAIL).exists():
        _write(folder / MAIL, "")
    _write(folder / "secret", home.secret.hex())
    _write(folder / "signing-key.pem", (home.path / "signing-key.pem").read_text())
    _write(
        folder / "signing-key.pub",
        home.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    )
    return folder


def give(source: Path, names: Iterable[str], folder: Path) -> None:
    """Make `folder` hold just these."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    for name in names:
        write_privately(folder / name, (source / name).read_text())


def _write(path: Path, text: str) -> None:
    write_privately(path, text)
    path.chmod(0o644)
