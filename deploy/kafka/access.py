"""Who may do what on a secured Kafka: users, and what each may write and read. What isn't granted is refused."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from shared.contracts.topics import SERVICES, topics_of, topics_read_by
from shared.contracts.watermark import watermark_topic, watermarks_read_by
from shared.transport.cluster import Cluster

_ANY = AclBindingFilter(
    ResourceType.ANY,
    None,  # type: ignore[arg-type]  # None is any, against its own types
    ResourcePatternType.ANY,
    None,  # type: ignore[arg-type]
    None,  # type: ignore[arg-type]
    AclOperation.ANY,
    AclPermissionType.ANY,
)
_SCRAM = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
_KNOWN_EVERYWHERE = 10.0


async def grant(admin: Cluster, passwords: Mapping[str, str], agencies: Mapping[str, Sequence[str]]) -> None:
    """Make users and grants what they should be; what is no longer allowed is taken away, a user with his last grant.

    A service writes just the topics that it owns, reads just those it subscribes to, in the group of its own name. An
    agency reads just these topics, in groups whose names begin with its own and a dot. Grants on topics and groups that
    don't begin with the cluster's prefix are somebody else's. Doing it again changes nothing.

    `passwords`: of every service and agency. Raises KeyError without one, KafkaException, or TimeoutError.
    """
    given = {user: passwords[user] for user in (*SERVICES, *agencies)}
    await asyncio.to_thread(_grant, admin, given, {*_of_services(admin.prefix), *_of_agencies(admin.prefix, agencies)})


def _of_services(prefix: str) -> Iterator[AclBinding]:
    for service in SERVICES:
        for topic in (*(t.name for t in topics_of(service)), watermark_topic(service)):
            yield _allowed(service, AclOperation.WRITE, ResourceType.TOPIC, prefix + topic)
        for topic in (*(t.name for t in topics_read_by(service)), *watermarks_read_by(service)):
            yield _allowed(service, AclOperation.READ, ResourceType.TOPIC, prefix + topic)
        yield _allowed(service, AclOperation.READ, ResourceType.GROUP, prefix + service)


def _of_agencies(prefix: str, agencies: Mapping[str, Sequence[str]]) -> Iterator[AclBinding]:
    for agency, topics in agencies.items():
        for topic in topics:
            yield _allowed(agency, AclOperation.READ, ResourceType.TOPIC, prefix + topic)
        groups = f"{prefix}{agency}."
        yield _allowed(agency, AclOperation.READ, ResourceType.GROUP, groups, ResourcePatternType.PREFIXED)


def _allowed(
    user: str,
    operation: AclOperation,
    kind: ResourceType,
    name: str,
    pattern: ResourcePatternType = ResourcePatternType.LITERAL,
) -> AclBinding:
    """Whoever may write or read also sees the topic, and a writer may do so idempotently: Kafka adds that itself."""
    return AclBinding(kind, name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)


def _grant(admin: Cluster, passwords: Mapping[str, str], wanted: set[AclBinding]) -> None:
    client = _client(admin)
    users = [UserScramCredentialUpsertion(user, _SCRAM, password.encode()) for user, password in passwords.items()]
    _done(client.alter_user_scram_credentials([*users]).values())
    there = _granted(client, admin.prefix)
    if missing := wanted - there:
        _done(client.create_acls(list(missing)).values())
    if too_many := there - wanted:
        _take_away(client, too_many, passwords)
    _until_known(client, admin.prefix, wanted)


def _client(admin: Cluster) -> AdminClient:
    options: dict[str, str | int | float | bool] = {"bootstrap.servers": admin.bootstrap, "log_level": 0}
    if admin.user is not None:
        options |= {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512"}
        options |= {"sasl.username": admin.user, "sasl.password": admin.password or ""}
    return AdminClient(options)


def _granted(client: AdminClient, prefix: str) -> set[AclBinding]:
    ours = (ResourceType.TOPIC, ResourceType.GROUP)
    return {acl for acl in client.describe_acls(_ANY).result() if acl.restype in ours and acl.name.startswith(prefix)}


def _take_away(client: AdminClient, grants: set[AclBinding], passwords: Mapping[str, str]) -> None:
    _done(client.delete_acls([_just(grant) for grant in grants]).values())
    gone = {grant.principal.removeprefix("User:") for grant in grants} - passwords.keys()
    users = [UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512) for user in gone]
    for deleted in client.alter_user_scram_credentials([*users]).values() if users else ():
        with suppress(KafkaException):  # who has no password any more
            deleted.result()


def _just(grant: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        grant.restype,
        grant.name,
        grant.resource_pattern_type,
        grant.principal,
        grant.host,
        grant.operation,
        grant.permission_type,
    )


def _until_known(client: AdminClient, prefix: str, wanted: set[AclBinding]) -> None:
    """A broker learns of new grants a moment after they are kept."""
    end = time.monotonic() + _KNOWN_EVERYWHERE
    while _granted(client, prefix) != wanted:
        if time.monotonic() > end:
            raise TimeoutError("the brokers don't know the grants yet")
        time.sleep(0.02)


def _done(futures: Iterable[Future[None]]) -> None:
    for future in futures:
        future.result()
