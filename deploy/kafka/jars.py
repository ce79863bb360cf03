"""The broker's jars: fetched once by Maven, checked against the sums committed here, never taken on trust."""

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBS = HERE / "libs"
_SUMS = {name: digest for digest, name in map(str.split, (HERE / "SHA256SUMS").read_text().splitlines())}
_JAVA = 17
_NEEDED = f"A Kafka broker without Docker needs Java {_JAVA} and Maven (Debian: openjdk-17-jre-headless, maven)"


class Unavailable(RuntimeError):
    """No broker can be had on this machine; the message says what to install."""


@functools.cache
def fetch_jars() -> Path:
    """The folder with all jars, complete and checked; Maven fetches them if it isn't (some seconds, once).

    Raises Unavailable without Java or Maven, when Maven fails, or when a jar isn't the expected one.
    """
    java()
    if not _complete(LIBS):
        with one_at_a_time():
            if not _complete(LIBS):
                _fetch()
    return LIBS


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Parallel first starts wait for one another here."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@functools.cache
def java() -> str:
    """The Java to run; Unavailable when there is none or it is too old."""
    program = shutil.which("java")
    if program is None:
        raise Unavailable(f"{_NEEDED}; there is no java on the PATH.")
    told = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < _JAVA:
        raise Unavailable(f"{_NEEDED}; {program} says: {told.strip()}")
    return program


def _fetch() -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable(f"{_NEEDED}; there is no mvn on the PATH.")
    print(f"Fetching the Kafka broker ({len(_SUMS)} jars, 30 MB) …", file=sys.stderr, flush=True)  # noqa: T201
    fresh = HERE / "libs" / "fresh"
    shutil.rmtree(LIBS, ignore_errors=True)
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    run = subprocess.run([maven, "-q", "-B", "-ntp", "-f", HERE / "pom.xml", *goal], capture_output=True, text=True)
    if run.returncode != 0:
        raise Unavailable(f"Maven couldn't fetch the Kafka broker:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    wrong = [name for name in _SUMS if not _is_expected(fresh / name)]
    if wrong:
        raise Unavailable(f"These jars aren't the expected ones: {', '.join(wrong)}")
    for name in _SUMS:
        (fresh / name).rename(LIBS / name)
    fresh.rmdir()


def _complete(folder: Path) -> bool:
    return all(_is_expected(folder / name) for name in _SUMS)


def _is_expected(jar: Path) -> bool:
    if not jar.exists():
        return False
    with jar.open("rb") as content:
        return str(hashlib.file_digest(content, "sha256").hexdigest()) == _SUMS[jar.name]
