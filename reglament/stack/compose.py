"""What docker-compose.yml says about the services of our image, for the supervisor that runs them without Docker."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parents[2] / "docker-compose.yml"
IMAGE = "reglament"
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z0-9_]+)(?P<how>:?-)(?P<default>[^}]*)\}")
HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"


class NotUnderstood(Exception):
    """The file holds something that the supervisor has no meaning for."""


@dataclass(frozen=True)
class Composed:
    """One service of our image. `after`: the condition that each other service must meet first."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: tuple[str, ...]
    after: Mapping[str, str]
    restart: str

    @property
    def runs_once(self) -> bool:
        return self.restart == "on-failure"


def composed(variables: Mapping[str, str], file: Path = FILE) -> dict[str, Composed]:
    """Our services by name, with `variables` in place of the file's defaults. Raises NotUnderstood."""
    return {name: _composed(name, s, variables) for name, s in _services(file).items() if s["image"] == IMAGE}


@cache
def _services(file: Path) -> dict[str, dict[str, Any]]:
    """Read once: what runs goes on as it was started, whatever becomes of the file."""
    services: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text())["services"]
    return services


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME-default}`, and `${NAME:-default}`, where an empty variable counts as none. Raises NotUnderstood."""

    def value(found: re.Match[str]) -> str:
        given = variables.get(found["name"])
        return found["default"] if given is None or (given == "" and found["how"] == ":-") else given

    if "$" in VARIABLE.sub("", text):
        raise NotUnderstood(f"not a variable with a default: {text}")
    return VARIABLE.sub(value, text)


def _composed(name: str, service: Mapping[str, Any], variables: Mapping[str, str]) -> Composed:
    if service["restart"] not in ("on-failure", "unless-stopped"):
        raise NotUnderstood(f"restart: {service['restart']}")
    return Composed(
        name=name,
        command=tuple(interpolated(str(word), variables) for word in service["command"]),
        environment={k: interpolated(str(v), variables) for k, v in service["environment"].items()},
        secrets=tuple(service["secrets"]),
        after={other: how["condition"] for other, how in service["depends_on"].items()},
        restart=service["restart"],
    )
