"""One Kafka process, broker and controller in one, with its folder: configured, formatted, started, ended."""

import re
import signal
import subprocess
import time
from pathlib import Path

from deploy.child import StartFailed, dies_with_parent, uninterrupted
from deploy.kafka.jars import HERE
from deploy.kafka.jvm import command

_STARTED = "Kafka Server started"
_PORT_TAKEN = "Address already in use"


class PortTaken(StartFailed):
    """Another program listens where the broker was to listen."""


class Node:
    """Its data lie in `root` and outlive it; the process doesn't outlive the one that started it."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.log = self.root / "broker.log"
        self._properties = self.root / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = 0

    @property
    def pid(self) -> int:
        """The process id; RuntimeError when it isn't running."""
        if self._process is None:
            raise RuntimeError("the broker isn't running")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def cluster(self) -> str | None:
        """The cluster's id, by which its data are known; None before they are formatted."""
        known = self.root / "data" / "meta.properties"
        return re.findall(r"^cluster\.id=(.+)$", known.read_text(), re.M)[0] if known.exists() else None

    def configure(self, *files: str, **values: object) -> None:
        """Write its settings from these files of ours; a setting that stands twice holds as it stands last."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = "\n".join((HERE / file).read_text() for file in files)
        for name, value in {**values, "ROOT": self.root}.items():
            text = text.replace(f"{{{name}}}", str(value))
        self._properties.touch(mode=0o600)  # it may hold a password
        self._properties.write_text(text)
        self.log.touch()

    def format(self, cluster: str, *options: str) -> None:
        """Give the data folder the cluster's id. What is said goes by a file: other users see every command line."""
        arguments = self.root / "format.arguments"
        arguments.touch(mode=0o600)
        arguments.write_text("\n".join(["format", "-t", cluster, "-c", str(self._properties), *options]))
        tool = command("kafka.tools.StorageTool", f"@{arguments}")
        with self.log.open("ab") as log:
            done = subprocess.run(tool, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        arguments.unlink()
        if done.returncode != 0:
            raise StartFailed(f"Kafka couldn't prepare {self.root}", self.log)

    def launch(self, *options: str) -> None:
        """Start the process, from the main thread; `wait` tells when it serves."""
        self._begun = self.log.stat().st_size
        dies = dies_with_parent(signal.SIGKILL)
        with self.log.open("ab") as log, uninterrupted():
            self._process = subprocess.Popen(
                command("kafka.Kafka", str(self._properties), options=options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies,
                start_new_session=True,
            )

    def wait(self, seconds: float = 60) -> None:
        """Return when it serves, by its own word: the port alone could be somebody else's.

        Raises StartFailed, and ends the process, when it doesn't; PortTaken where the reason is that.
        """
        end = time.monotonic() + seconds
        while self.is_running and time.monotonic() < end:
            if _STARTED in self._said():
                return
            time.sleep(0.02)
        self.end(signal.SIGKILL)
        raise (PortTaken if _PORT_TAKEN in self._said() else StartFailed)("The Kafka broker didn't start", self.log)

    def send(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)

    def end(self, how: signal.Signals, seconds: float = 15) -> None:
        """End it, by force when that takes longer than `seconds`; does nothing when it isn't running."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:  # without its controllers' quorum a broker never finishes
            self._process.kill()
            self._process.wait()
        self._process = None

    def _said(self) -> str:
        return self.log.read_bytes()[self._begun :].decode(errors="replace")
