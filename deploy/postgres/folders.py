"""Where the server's socket lies, and who may enter its folders."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from deploy.postgres.identity import server_users

SOCKET = ".s.PGSQL.5432"
_LONGEST = 95  # bytes; the kernel's limit is 107, and the server makes a lock file beside the socket


def socket_folder(folder: Path) -> Path:
    """Beside the data, unless that path is too long for a socket: then a short one whose name is made from it."""
    beside = folder / "socket"
    if len(os.fsencode(beside / SOCKET)) <= _LONGEST:
        return beside
    return Path(tempfile.gettempdir()) / f"reglament-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def make_private(folder: Path) -> None:
    """Make the folder, for this user alone; PermissionError if it is somebody else's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in server_users():
        raise PermissionError(f"{folder} isn't a folder of this user")
    folder.chmod(0o700)
