"""What is seen of cases from outside an installation: one connected story of each command, and nothing of the persons."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from prometheus_client.parser import text_string_to_metric_families

from reglament.asking.client import Client
from reglament.demo.people import OFFICIALS, PASSWORD
from services.notification.queues.overdue import measure_overdue
from shared.contracts.topics import TOPICS
from tests.journeys.filing import INTAKE, PRESENT, Filing, convene, convened, registered
from tests.journeys.live import watching
from tests.journeys.town import Json, Town
from tests.support.waiting import PATIENCE
from tests.telemetry.collector import Seen
from tests.telemetry.conftest import Watched
from tests.telemetry.marked import EMAIL, NAME, found_in, marked, marks
from tests.telemetry.queries import MADE_BY_PROMETHEUS, alerts, grouped_by, panels, selectors, series_of

APPLICATIONS = f"{INTAKE}/applications"
TRACE = "0af7651916cd43dd8448eb211c80319c"
EVERY_TABLE = (
    "select format('%I.%I', schemaname, tablename) as name from pg_tables"
    " where schemaname = 'public' and tablename not in ('migrations')"
)


def sampled(trace: str) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}


async def given(town: Town, caller: Client, path: str, body: Json, headers: dict[str, str]) -> Json:
    """A command that is taken at once, with these headers."""
    answer = await town.send(caller, path, body, headers=headers)
    assert answer.is_success, answer.text
    done: Json = answer.json()
    return done


async def until_seen(watched: Watched, trace: str, names: set[str]) -> list[Seen]:
    """The spans of a trace once all of these have come; sends what is kept until then."""
    async with asyncio.timeout(PATIENCE):
        while not names <= {f"{s.service} {s.name}" for s in watched.collected.of(trace)}:
            await asyncio.to_thread(watched.flush)
            await asyncio.sleep(0.05)
    return watched.collected.of(trace)


async def withdraw_before_open_cabinet(town: Town) -> tuple[Filing, Json]:
    """A case that the commission has, its applicant looking on, who then asks to withdraw under a known trace."""
    filing = (await convened(town)).over[0]
    await filing.state()
    async with watching(town, filing.applicant.token) as reader:
        await reader.next()
        await given(town, filing.applicant, f"{filing.path}/withdrawal", {}, sampled(TRACE))
        return filing, await reader.until(reader.versions[-1] + 2)


class TestOneCommand:
    """The applicant asks at the counter's service, the commission answers, notification tells: three services."""

    async def test_is_one_trace_from_the_request_to_the_frame(self, watched: Watched) -> None:
        _, frame = await withdraw_before_open_cabinet(watched.town)
        assert frame["state"]["status"]["code"] == "withdrawn"
        wanted = {
            f"reglament-intake POST {INTAKE}/applications/{{application}}/withdrawal",
            "reglament-intake command",
            "reglament-intake append",
            "reglament-commission reaction WithdrawalRequested",
            "reglament-notification reaction ApplicationWithdrawn",
            "reglament-notification view cabinet WithdrawalRequested",
            "reglament-notification view cabinet ApplicationWithdrawn",
            "reglament-intake view applications ApplicationWithdrawn",
            "reglament-notification frame",
            *self.carried(watched.town.mode, "WithdrawalRequested", "intake", "commission"),
            *self.carried(watched.town.mode, "ApplicationWithdrawn", "commission", "notification"),
        }
        spans = await until_seen(watched, TRACE, wanted)
        ids = {span.id for span in spans} | {"b7ad6b7169203331"}
        assert {span.name for span in spans if span.parent not in ids} == set()

    def carried(self, mode: str, fact: str, source: str, reader: str) -> set[str]:
        """The spans in which a fact goes from one service to another."""
        if mode == "embedded":
            return {f"reglament-{reader} copy {fact}"}
        return {f"reglament-{source} relay {fact}", f"reglament-{reader} receive {fact}"}

    async def test_points_at_the_trace_of_the_fact_that_its_own_rests_on(self, watched: Watched) -> None:
        first, second = uuid4().hex, uuid4().hex
        filing = Filing(watched.town, watched.town.newcomer())
        await watched.town.at("2019-11-25 10:10")
        clerk, executor = [await watched.town.stage.as_(who) for who in ("clerk", "executor")]
        path = APPLICATIONS
        filing.id = (await given(watched.town, clerk, path, marked(filing.number), sampled(first)))["id"]
        await watched.town.at("2019-11-26 15:00")
        await given(watched.town, executor, f"{filing.path}/admission", {}, sampled(second))
        spans = await until_seen(watched, second, {"reglament-intake command"})
        assert first in {link for span in spans for link in span.links}

    async def test_writes_its_trace_and_correlation_beside_its_facts_and_into_the_log(self, watched: Watched) -> None:
        trace, correlation, filing = uuid4().hex, str(uuid4()), await registered(watched.town)
        headers = {**sampled(trace), "X-Correlation-Id": correlation}
        await given(watched.town, filing.applicant, f"{filing.path}/withdrawal", {}, headers)
        [row] = await watched.town.system.nodes["intake"].log.pool.fetch(
            "select meta from events where subject = $1 and type = 'WithdrawalRequested'", filing.id
        )
        meta = json.loads(row.meta)
        assert (meta["traceparent"][3:35], meta["correlation"]) == (trace, correlation)
        lines = [json.loads(line) for line in watched.log.getvalue().splitlines()]
        [line] = [line for line in lines if line.get("correlation") == correlation]
        assert (line["action"], line["service"], line["traceparent"][3:35]) == ("request", "intake", trace)
        assert (line["method"], line["route"]) == ("POST", f"{INTAKE}/applications/{{application}}/withdrawal")


@dataclass
class Marked:
    """Cases of marked persons were run: one to its contract, one erased from nothing but refusals and bad input."""

    watched: Watched
    wanted: tuple[str, ...]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ran(watched: Watched) -> AsyncIterator[Marked]:
    town, person, clumsy = watched.town, watched.town.newcomer(), watched.town.newcomer()
    filing = Filing(town, person)
    await town.at("2019-11-25 10:10")
    # a caller's own program may well make its keys of people's numbers
    filing.id = (await town.send(await town.stage.as_("clerk"), APPLICATIONS, marked(person), key=person)).json()["id"]
    filing.account = str((await town.case("intake", filing.id)).registered.applicant.account)
    await _typed_wrongly(watched, clumsy)
    await _to_the_contract(filing)
    await asyncio.to_thread(watched.flush)
    yield Marked(watched, (*marks(person, clumsy, *(p.number for p in OFFICIALS)), PASSWORD))


async def _typed_wrongly(watched: Watched, number: str) -> None:
    """Personal data where none belongs: headers, an unknown address, a body that is refused, a wrong log-in."""
    town, clerk = watched.town, await watched.town.stage.as_("clerk")
    said = {"traceparent": NAME.encode().hex(), "tracestate": f"x={number}", "baggage": f"iin={number}"}
    said |= {"X-Correlation-Id": number, "User-Agent": EMAIL, "Accept-Language": "kk"}
    sent = len(watched.urls)
    await town.send(clerk, f"{INTAKE}/{number}", {}, headers=said)
    await town.send(clerk, f"{INTAKE}/applications/{number}/admission", {"email": EMAIL}, headers=said)
    await town.send(clerk, APPLICATIONS, {**marked(number), "receipt": EMAIL}, headers=said)
    await town.send(clerk, APPLICATIONS, marked(number[:-1] + "x"), headers=said, key=number)
    await town.http.post(f"{INTAKE}/sessions", json={"number": number, "password": PASSWORD}, headers=said)
    del watched.urls[sent:]  # what a caller puts there is theirs


async def _to_the_contract(filing: Filing) -> None:
    town = filing.town
    await filing.admit()
    async with watching(town, filing.applicant.token) as reader:
        await reader.next()
    sitting = await (await convene(town, filing)).call_roll()
    await sitting.discuss()
    await sitting.vote({"chair": "for"})
    await sitting.decide(silent=PRESENT[1:])
    await sitting.draw()
    await sitting.sign("member-1", "member-2")
    await sitting.approve()
    await filing.tell()
    await town.at("2019-12-09 10:00")
    for party in ("provider", "financial-agency", "applicant"):
        await filing.sign(party)
    await town.settled(filing.id)


class TestNothingPersonal:
    async def test_is_in_the_log(self, ran: Marked) -> None:
        lines = ran.watched.log.getvalue()
        assert '"action": "request"' in lines
        assert found_in(lines, ran.wanted) == set()

    async def test_is_in_spans(self, ran: Marked) -> None:
        assert len(ran.watched.collected.spans) > 100
        assert found_in("\n".join(s.text for s in ran.watched.collected.spans), ran.wanted) == set()

    async def test_is_in_metrics(self, ran: Marked) -> None:
        assert found_in(await ran.watched.exposition(), ran.wanted) == set()

    async def test_is_in_addresses(self, ran: Marked) -> None:
        assert found_in("\n".join(ran.watched.urls), ran.wanted) == set()

    async def test_is_in_any_table_but_those_of_views(self, ran: Marked) -> None:
        """Facts among them, which are copied everywhere, and answers to idempotency keys."""
        for node in ran.watched.town.system.nodes.values():
            for table in await node.log.pool.fetch(EVERY_TABLE):
                rows = await node.log.pool.fetch(f"select t::text as text from {table['name']} t")
                text = "\n".join(r["text"] for r in rows)
                assert (table["name"], found_in(text, ran.wanted)) == (table["name"], set())

    async def test_would_go_unfound(self, ran: Marked) -> None:
        """The search finds what is there: the cabinet's view shows persons their own data."""
        log = ran.watched.town.system.nodes["notification"].log
        text = "\n".join(r["text"] for r in await log.pool.fetch("select t::text as text from views.cabinet t"))
        assert NAME in found_in(text, ran.wanted)

    async def test_is_in_topics(self, ran: Marked) -> None:
        cluster = ran.watched.cluster
        if cluster is None:
            pytest.skip("facts don't go over Kafka here")
        consumer = AIOKafkaConsumer(
            *(cluster.prefix + t.name for t in TOPICS), **cluster.options, auto_offset_reset="earliest"
        )
        async with consumer:
            records = [r for batch in (await consumer.getmany(timeout_ms=5000)).values() for r in batch]
        assert len(records) > 10
        assert found_in("\n".join(str(r) for r in records), ran.wanted) == set()


def unfound(exposition: str) -> list[str]:
    there = series_of(exposition)
    return [str(s) for query in (*panels(), *alerts()) for s in selectors(query) if not s.finds(there)]


class TestWhatPrometheusReads:
    async def test_has_a_series_for_each_selector_of_dashboard_and_alerts(self, ran: Marked) -> None:
        async with asyncio.timeout(PATIENCE):  # what is asked of the database comes every five seconds
            while missing := unfound(await ran.watched.exposition()):
                await asyncio.sleep(0.5)
        assert missing == []

    async def test_has_every_label_that_a_query_groups_by(self, ran: Marked) -> None:
        there = series_of(await ran.watched.exposition())
        for query in (*panels(), *alerts()):
            asked = {s.name for s in selectors(query)}
            known = {label for name, labels in there if name in asked for label in labels}
            known.update(*(labels for name, labels in MADE_BY_PROMETHEUS.items() if name in asked))
            assert grouped_by(query) <= known, query

    async def test_shows_no_ids(self, ran: Marked) -> None:
        assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", await ran.watched.exposition()) == []

    async def test_counts_what_came_of_commands(self, ran: Marked) -> None:
        there = series_of(await ran.watched.exposition())
        seen = {(s["service"], s["outcome"]) for name, s in there if name == "reglament_commands_total"}
        assert {(service, "accepted") for service in ("intake", "commission", "notification")} <= seen

    async def test_counts_steps_that_are_overdue(self, ran: Marked) -> None:
        town = ran.watched.town
        filing = await registered(town)
        await filing.state()
        node = town.system.nodes["notification"]
        await measure_overdue(node)
        before = overdue(await ran.watched.exposition())
        await town.at("2020-01-20 10:00")  # two months on: its check was to be done within days
        await measure_overdue(node)
        assert overdue(await ran.watched.exposition()) > before


def overdue(exposition: str) -> float:
    families = text_string_to_metric_families(exposition)
    return sum(s.value for f in families for s in f.samples if s.name == "reglament_overdue_steps")
