"""A secured Kafka: each service writes what it owns and reads what it subscribes to, an agency what it was granted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)
from confluent_kafka.admin import AclBindingFilter, AdminClient

from deploy.kafka.access import grant
from deploy.kafka.cluster import Brokers
from deploy.kafka.jars import Unavailable
from shared.contracts.topics import SERVICES
from shared.kernel.log import Log
from shared.transport.cluster import Cluster, create_topics
from shared.transport.parked import Seal, parked
from tests.kafka.facts import write
from tests.kafka.poison import good
from tests.kafka.running import Link, copies, plain, running

AGENCIES = {"prosecutor": ("ContractSigned", "ApplicationAdmitted"), "taxes": ("ContractSigned",)}
PASSWORDS = {user: f"{user}-password" for user in (*SERVICES, *AGENCIES)}
EVERY_ACL = AclBindingFilter("ANY", None, "ANY", None, None, "ANY", "ANY")  # type: ignore[arg-type]
CASE = ("ApplicationRegistered", "ExecutorAssigned", "ApplicationAdmitted")


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brokers]:
    secured = Brokers(tmp_path_factory.mktemp("secured"), 1, "admin-password")
    try:
        secured.start()
    except Unavailable as reason:
        pytest.fail(f"No broker to be refused by: {reason}")
    yield secured
    secured.kill(0)


@pytest.fixture
async def admin(brokers: Brokers) -> Cluster:
    """The installation's topics and grants are there."""
    cluster = Cluster(brokers.bootstrap, "admin", "admin-password")
    await create_topics(cluster)
    await grant(cluster, PASSWORDS, AGENCIES)
    return cluster


def as_user(admin: Cluster, user: str) -> Cluster:
    return replace(admin, user=user, password=PASSWORDS[user])


async def send(cluster: Cluster, topic: str, idempotent: bool = True) -> None:
    record = good(subject=uuid4())
    producer = AIOKafkaProducer(**cluster.options, enable_idempotence=idempotent)
    try:
        await producer.start()
        await producer.send_and_wait(topic, record.value, key=record.key, headers=list(record.headers))
    finally:
        await producer.stop()


@asynccontextmanager
async def reader(cluster: Cluster, topic: str, group: str | None) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(topic, **cluster.options, group_id=group, auto_offset_reset="earliest")
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def first(cluster: Cluster, topic: str, group: str | None = None) -> Any:
    async with reader(cluster, topic, group) as consumer:
        return await consumer.getone()


class TestWhenTheClusterIsSecured:
    async def test_both_services_work_over_it(self, admin: Cluster, intake: Log, commission: Log, seal: Seal) -> None:
        ours, theirs = Link(as_user(admin, "intake"), seal), Link(as_user(admin, "commission"), seal)
        about = uuid4()
        async with running(
            ours.relay(intake), ours.receive(intake), theirs.relay(commission), theirs.receive(commission)
        ):
            rows = await write(intake, *CASE, subject=about)
            there = await copies(commission, 3)
            back = await write(commission, "ApplicationScheduled", subject=about)
            here = await copies(intake, 1)
        assert sorted(map(plain, there)) == sorted(map(plain, rows))
        assert [plain(row) for row in here] == [plain(row) for row in back]
        assert await parked(intake) == await parked(commission) == []

    async def test_nobody_gets_in_without_a_name(self, admin: Cluster) -> None:
        with pytest.raises(KafkaConnectionError):
            await send(Cluster(admin.bootstrap), "ApplicationAdmitted")

    @pytest.mark.parametrize("user", ["intake", "admin", "nobody"])
    async def test_nobody_gets_in_by_a_wrong_password(self, admin: Cluster, user: str) -> None:
        with pytest.raises((KafkaConnectionError, AuthenticationFailedError)):
            await send(replace(admin, user=user, password="guessed"), "ApplicationAdmitted")


class TestAService:
    async def test_writes_its_own_topics(self, admin: Cluster) -> None:
        await send(as_user(admin, "intake"), "ApplicationAdmitted")
        await send(as_user(admin, "intake"), "watermark.intake")

    @pytest.mark.parametrize("topic", ["ContractSigned", "ApplicationWithdrawn.commission", "watermark.commission"])
    async def test_is_refused_to_write_anothers(self, admin: Cluster, topic: str) -> None:
        with pytest.raises(TopicAuthorizationFailedError):
            await send(as_user(admin, "intake"), topic)

    async def test_reads_what_it_subscribes_to(self, admin: Cluster) -> None:
        await send(as_user(admin, "commission"), "ContractSigned")
        assert await first(as_user(admin, "intake"), "ContractSigned", "intake")

    async def test_is_refused_to_read_another_topic(self, admin: Cluster) -> None:
        with pytest.raises(TopicAuthorizationFailedError):
            await first(as_user(admin, "intake"), "ApplicationAdmitted", "intake")

    async def test_is_refused_anothers_group(self, admin: Cluster) -> None:
        with pytest.raises(GroupAuthorizationFailedError):
            await first(as_user(admin, "intake"), "ContractSigned", "commission")

    async def test_makes_no_topics(self, admin: Cluster) -> None:
        with pytest.raises(TopicAuthorizationFailedError):
            await create_topics(replace(as_user(admin, "intake"), prefix="more."))


class TestAnAgency:
    async def test_reads_what_it_was_granted_in_groups_of_its_own(self, admin: Cluster) -> None:
        await send(as_user(admin, "commission"), "ContractSigned")
        for agency, group in (("prosecutor", "prosecutor.one"), ("prosecutor", "prosecutor.two"), ("taxes", "taxes.1")):
            assert await first(as_user(admin, agency), "ContractSigned", group)

    async def test_is_refused_another_topic(self, admin: Cluster) -> None:
        with pytest.raises(TopicAuthorizationFailedError):
            await first(as_user(admin, "taxes"), "ApplicationAdmitted", "taxes.1")

    @pytest.mark.parametrize("group", ["commission", "prosecutor.one", "taxes"])
    async def test_is_refused_groups_of_others(self, admin: Cluster, group: str) -> None:
        with pytest.raises(GroupAuthorizationFailedError):
            await first(as_user(admin, "taxes"), "ContractSigned", group)

    async def test_is_refused_to_write(self, admin: Cluster) -> None:
        with pytest.raises(TopicAuthorizationFailedError):
            await send(as_user(admin, "taxes"), "ContractSigned", idempotent=False)


class TestWhenAccessIsGrantedAgain:
    async def test_nothing_changes(self, admin: Cluster) -> None:
        before = await _acls(admin)
        await grant(admin, PASSWORDS, AGENCIES)
        assert await _acls(admin) == before
        await send(as_user(admin, "intake"), "ApplicationAdmitted")

    async def test_what_is_no_longer_allowed_is_taken_away_at_once(self, admin: Cluster) -> None:
        await send(as_user(admin, "commission"), "ContractSigned")
        async with reader(as_user(admin, "prosecutor"), "ContractSigned", "prosecutor.one") as consumer:
            assert await consumer.getone()
            await grant(admin, PASSWORDS, {"prosecutor": ("ApplicationAdmitted",), "taxes": ("ContractSigned",)})
            with pytest.raises(TopicAuthorizationFailedError):
                await _for_ever(consumer)

    async def test_an_agency_no_longer_named_is_no_user_any_more(self, admin: Cluster) -> None:
        await grant(admin, PASSWORDS, {"prosecutor": AGENCIES["prosecutor"]})
        with pytest.raises((KafkaConnectionError, AuthenticationFailedError)):
            await first(as_user(admin, "taxes"), "ContractSigned", "taxes.1")

    async def test_a_new_password_takes_the_olds_place(self, admin: Cluster) -> None:
        await grant(admin, {**PASSWORDS, "taxes": "another"}, AGENCIES)
        with pytest.raises((KafkaConnectionError, AuthenticationFailedError)):
            await first(as_user(admin, "taxes"), "ContractSigned", "taxes.1")
        await send(as_user(admin, "commission"), "ContractSigned")
        assert await first(replace(admin, user="taxes", password="another"), "ContractSigned", "taxes.1")

    async def test_an_installation_beside_it_keeps_its_own(self, admin: Cluster) -> None:
        before = await _acls(admin)
        beside = replace(admin, prefix="beside.")
        await create_topics(beside)
        await grant(beside, PASSWORDS, {})
        there = await _acls(admin)
        assert before < there
        assert {name.startswith("beside.") for *_, name in there - before} == {True}
        await grant(beside, PASSWORDS, {})
        assert await _acls(admin) == there


async def _acls(admin: Cluster) -> set[tuple[str, ...]]:
    """Everything that is granted."""
    client = AdminClient(
        {
            "bootstrap.servers": admin.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": admin.user or "",
            "sasl.password": admin.password or "",
        }
    )
    found = await asyncio.wrap_future(client.describe_acls(EVERY_ACL))
    return {(a.principal, str(a.operation), str(a.restype), a.name) for a in found}


async def _for_ever(consumer: AIOKafkaConsumer) -> None:
    while True:
        await consumer.getone()
