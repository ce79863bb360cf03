"""Tasks brought to their end."""

import asyncio

import pytest

from shared.kernel import tasks
from shared.kernel.tasks import ended


class TestATaskThatIsEnded:
    async def test_may_take_its_time_to_close_what_it_had_open(self) -> None:
        closed, running = asyncio.Event(), asyncio.Event()

        async def with_a_connection() -> None:
            try:
                running.set()
                await asyncio.sleep(3600)
            finally:
                await asyncio.sleep(1.2)  # a broker on a loaded machine lets nobody go sooner
                closed.set()

        task = asyncio.create_task(with_a_connection())
        await running.wait()
        assert [type(outcome) for outcome in await ended(task)] == [asyncio.CancelledError]
        assert closed.is_set()

    async def test_is_cancelled_again_when_the_cancellation_was_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tasks, "CLOSING", 0.05)
        running = asyncio.Event()

        async def deaf_once() -> None:
            try:
                running.set()
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                await asyncio.sleep(3600)

        task = asyncio.create_task(deaf_once())
        await running.wait()
        assert [type(outcome) for outcome in await ended(task)] == [asyncio.CancelledError]
