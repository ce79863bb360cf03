"""Child processes that never outlive the process that started them (Linux)."""

import contextlib
import ctypes
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(death: signal.Signals, become: Callable[[], None] | None = None) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends `death` to the child when this process ends, however it ends.

    `become` changes the child's identity first, since such a change clears the death signal.
    The kernel watches the thread that forked, so another one than the main thread is refused with RuntimeError.
    """
    _from_the_main_thread()
    parent = os.getpid()

    def in_child() -> None:
        if become is not None:
            become()
        _libc.prctl(_PR_SET_PDEATHSIG, death)
        if os.getppid() != parent:  # it ended before the signal was armed
            os._exit(1)

    return in_child


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Within, Ctrl-C and SIGTERM wait until it is over; from the main thread, else RuntimeError.

    For forks: what a signal's handler raises in the hooks that Python calls around a fork is swallowed, or leaves a lock
    of theirs taken for ever. And for noting down the child, so that it is stopped too.
    """
    _from_the_main_thread()
    came: list[int] = []
    try:
        with contextlib.ExitStack() as usual:
            for number in (signal.SIGINT, signal.SIGTERM):
                usual.callback(signal.signal, number, signal.signal(number, lambda heard, _: came.append(heard)))
            yield
    finally:
        for told in came:
            signal.raise_signal(told)


def _from_the_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start servers from the main thread: the kernel ends them together with the starting thread")


class StartFailed(RuntimeError):
    """A server didn't come up; the message ends with its log."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(f"{what}:\n{_tail(log)}")


def _tail(log: Path, characters: int = 2000) -> str:
    return log.read_text(errors="replace")[-characters:] if log.exists() else "(no log)"
