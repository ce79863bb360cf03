"""`reglament stack`: an installation of many processes on this machine, in the foreground until it is told to stop."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from deploy.child import StartFailed
from deploy.kafka.agencies import agencies
from deploy.kafka.jars import Unavailable
from deploy.postgres.embedded import AlreadyRunning
from reglament.foreground import NoPort, listening_on, port_to_use, stop_on_sigterm
from reglament.keeping.home import Home, Unusable, WrongKind
from reglament.stack.compose import composed
from reglament.stack.control import REQUESTS, STATE, claim, ourselves
from reglament.stack.secret_files import write_secrets
from reglament.stack.servers import Servers
from reglament.stack.spawning import loading
from reglament.stack.supervisor import TICK, UPSTREAMS, Supervisor
from shared.contracts.topics import SERVICES
from shared.telemetry.log import configure_logging

CANNOT = (AlreadyRunning, NoPort, Unavailable, StartFailed, WrongKind, Unusable, ValueError)
TIMES = 5
"""A process that ends so often while the installation starts won't come up."""


def stack(brokers: int, counts: Mapping[str, int]) -> int:
    """Serve until told to stop; returns the exit code. `counts`: how many processes, by docker-compose.yml's names."""
    console = Console()
    stop_on_sigterm()
    try:
        home, url = _home(), f"http://127.0.0.1:{_free_port()}"
        with ExitStack() as closing:
            console.print("Starting PostgreSQL, Kafka and the services …")
            servers, supervisor = _start(home, url, brokers, counts, closing)
            home.note_serving(url)
            console.print(f"Serves at [bold]{url}[/]; its state is in {home.path}. Ctrl-C stops it.")
            while True:
                _step(servers, supervisor)
    except KeyboardInterrupt:
        console.print("Stopped.")
    except CANNOT as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def secrets() -> Path:
    """Write the secrets of the home's installation alone, for containers; returns their folder. Raises WrongKind, Unusable."""
    return write_secrets(_home(), agencies())


def _home() -> Home:
    return Home.open(None, os.environ.get("DEMO") != "0")


def _start(
    home: Home, url: str, brokers: int, counts: Mapping[str, int], closing: ExitStack
) -> tuple[Servers, Supervisor]:
    """Return when everything is ready; `closing` stops what was started, the last first."""
    if claim(home.path, ourselves(url)):  # so that `reglament down` finds us while everything is being started
        closing.callback((home.path / STATE).unlink, missing_ok=True)
        shutil.rmtree(home.path / REQUESTS, ignore_errors=True)
    granted = agencies()
    secrets = write_secrets(home, granted)
    servers = Servers(home.path, brokers, (secrets / "kafka-admin").read_text())
    closing.callback(servers.stop)
    with loading():
        servers.start()
    configure_logging(stream=closing.enter_context((home.path / "stack.log").open("a", buffering=1)))
    closing.callback(home.note_stopped)
    ours = {**_variables(home), **servers.variables}
    supervisor = Supervisor(home.path, lambda own: composed({**ours, **own}), counts, url, servers.rows)
    closing.callback(supervisor.stop)
    closing.callback(_hear_no_more)
    while not supervisor.is_ready:
        _step(servers, supervisor)
        if name := supervisor.failing(TIMES):
            raise StartFailed(f"{name} doesn't start", home.path / "logs" / f"{name}.log")
    return servers, supervisor


def _variables(home: Home) -> dict[str, str]:
    """What docker-compose.yml is told of this installation, but for its servers."""
    upstreams = {f"{s.upper()}_API_URLS": f"file:{home.path / UPSTREAMS / s}" for s in SERVICES}
    telemetry = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    mail = {name: value for name, value in os.environ.items() if name.startswith("SMTP_")}
    return {**upstreams, **mail, "DEMO": str(int(home.demonstration)), "OTEL_EXPORTER_OTLP_ENDPOINT": telemetry}


def _step(servers: Servers, supervisor: Supervisor) -> None:
    supervisor.tick()
    servers.revive(time.monotonic())
    time.sleep(TICK)


def _free_port() -> int:
    """The front door's. Raises NoPort."""
    with listening_on(port_to_use()) as listener:
        return int(listener.getsockname()[1])


def _hear_no_more() -> None:
    """From here on everything is being stopped already."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
