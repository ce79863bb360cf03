"""PostgreSQL refuses to run as root: who the server is when root starts it."""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.child import uninterrupted

_CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True)
_NOBODY = pwd.getpwnam("nobody")


def unprivileged(*folders: Path) -> Callable[[], None] | None:
    """What the child does before it becomes PostgreSQL; None when this process isn't root.

    In a user namespace where root is called nobody, files stay root's and no path has to be opened up. Where the
    container's rules forbid namespaces, the child really becomes nobody, and `folders` are given to it; the home
    above them must then be open to all users.
    """
    if os.geteuid() != 0:
        return None
    try:
        with uninterrupted():
            subprocess.run(["/bin/true"], preexec_fn=call_root_nobody, check=True)
    except (subprocess.SubprocessError, OSError):
        hand_over(folders, _NOBODY.pw_uid, _NOBODY.pw_gid)
        return become_nobody
    hand_over(folders, 0, 0)
    return call_root_nobody


def server_users() -> set[int]:
    """Whose the server's folders may be."""
    return {os.geteuid()} if os.geteuid() != 0 else {0, _NOBODY.pw_uid}


def call_root_nobody() -> None:
    """Enter a user namespace in which this process, root outside, is nobody; OSError where that is forbidden."""
    if _libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are forbidden here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY.pw_gid} 0 1")


def become_nobody() -> None:
    os.setgroups([])
    os.setgid(_NOBODY.pw_gid)
    os.setuid(_NOBODY.pw_uid)


def hand_over(folders: Iterable[Path], user: int, group: int) -> None:
    """The folder itself last: while it isn't given, an interrupted hand-over is done again."""
    for folder in folders:
        if folder.stat().st_uid != user:
            for path in (*folder.rglob("*"), folder):
                os.chown(path, user, group)
