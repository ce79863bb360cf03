"""A connection that is closed while something is to be sent, under the loop that the product runs on."""

import asyncio

import pytest
import uvloop
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest


async def sent_on_a_closed_connection(bootstrap: str) -> None:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        connection = await client._get_conn(client.get_random_node())
        writer = connection._writer
        writer.transport.abort()
        await writer.wait_closed()
        connection._writer = writer  # as it is until the connection hears of it
        await connection.send(MetadataRequest([]))
    finally:
        await client.close()


class TestWhenUvloopHasClosedIt:
    def test_aiokafka_is_told_what_it_expects(self, kafka: str) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, pytest.raises(KafkaConnectionError):
            runner.run(sent_on_a_closed_connection(kafka))
