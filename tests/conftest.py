"""What many tests stand on: one PostgreSQL and one Kafka per run, each started when the first test asks for it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from deploy.kafka.broker import Broker
from deploy.kafka.jars import Unavailable
from deploy.postgres.embedded import EmbeddedPostgres
from reglament.loaded import everything_is_loaded
from shared.identity import passwords

LONG = ("tests/stack/", "tests/faults/", "tests/reglament/")
WAY_TO_RUN = re.compile(r"[\[-](embedded|kafka)[\]-]")

settings.register_profile("untimed", deadline=None)  # a machine may stand still for a second
settings.load_profile("untimed")


class TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]
    """A worker takes what shares an installation: a file, or all journeys of one way to run."""

    def _split_scope(self, nodeid: str) -> str:
        file, way = str(super()._split_scope(nodeid)), WAY_TO_RUN.search(nodeid)
        if not file.startswith("tests/journeys/") or way is None:
            return file
        return f"{'cases' if 'worked_cases' in file else 'journeys'} {way[1]}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherScheduling:
    return TogetherScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no worker waits long for another at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """As in the product's processes."""
    everything_is_loaded()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """What makes a password's hash slow on purpose is left to the tests of passwords."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The run's server; a test provisions databases under names of its own."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the run's Kafka; a test makes topics under names of its own.

    KAFKA_BOOTSTRAP names one; else a container where a Docker engine answers; else the broker from its Maven jars.
    """
    if given := os.environ.get("KAFKA_BOOTSTRAP"):
        yield given
    elif _docker_answers():
        yield from _container()
    else:
        yield from _broker(tmp_path_factory.mktemp("kafka"))


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True).returncode == 0


def _container() -> Iterator[str]:
    from testcontainers.community.kafka import KafkaContainer  # slow to import, and seldom needed

    container = KafkaContainer().with_kraft()
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    container.with_env("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "500")
    with container:
        yield container.get_bootstrap_server()


def _broker(root: Path) -> Iterator[str]:
    broker = Broker(root, "-Xmx1g")  # it keeps some 20 KB for each of the thousands of partitions that tests make
    try:
        broker.start()
    except Unavailable as reason:
        pytest.fail(f"No Kafka to test with: KAFKA_BOOTSTRAP isn't set, no Docker engine answers. {reason}")
    yield broker.bootstrap
    broker.kill()  # to close thousands of partitions takes ten seconds
