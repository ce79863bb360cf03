"""Facts of the authority and of the side that it evaluates, over HTTP on a real store."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest_asyncio

from deploy.postgres.embedded import EmbeddedPostgres
from shared.identity.roles import Grant, Role
from tests.scoring.authority import Authority, audited, authority, objects, whole

CLINIC, SCHOOL = "050140000011", "050240000025"
SETTLED = {"fact": audited("cars", 3, source="Act 5"), "reason": "No. 1 was the audit of another year."}


@pytest_asyncio.fixture(loop_scope="session")
async def a(postgres: EmbeddedPostgres) -> AsyncIterator[Authority]:
    """Of two audits of cars in the clinic, the authority settled that the one with three violations counts."""
    async with authority(postgres) as there:
        await there.opened()
        await there.report(CLINIC, *whole(), audited("cars", 3, source="Act 5"))
        await there.do(there.evaluator, there.at("organisations", CLINIC, "settlements"), SETTLED)
        yield there


async def cars(a: Authority) -> int | None:
    """The points of row 2.2."""
    points: dict[str, int | None] = {row["number"]: row["points"] for row in (await a.sheet())["rows"]}
    return points["2.2"]


class TestWhatTheAuthorityDecided:
    async def test_stands_when_the_evaluated_side_says_otherwise_and_that_is_shown(self, a: Authority) -> None:
        await a.report(CLINIC, audited("cars", 0, source="Act 5"), token=a.reporter(CLINIC))
        assert await cars(a) == 0
        aside = (await a.get(a.at("organisations", CLINIC)))["set_aside"]
        # what No. 1 said before it was settled, and what the clinic read in act 5 since
        assert [(f["source"]["reference"], f["audits"][0]["violations"]) for f in aside] == [("Act 5", 0), ("No. 1", 0)]

    async def test_is_found_where_it_was_said_otherwise(self, a: Authority) -> None:
        await a.report(SCHOOL, *whole())
        await a.sheet()
        found = await a.get(a.at("organisations"), set_aside=True)
        assert [(o["bin"], o["set_aside"]) for o in found["items"]] == [(CLINIC, 1)]

    async def test_is_asked_for_where_both_sides_read_the_same_source_otherwise(self, a: Authority) -> None:
        await a.report(CLINIC, audited("areas", 1), token=a.itself)
        [lack] = (await a.sheet())["missing"]
        assert (lack["row"], lack["why"]) == ("2.1", "contradictory")

    async def test_an_exclusion_falls_by_the_authority_alone(self, a: Authority) -> None:
        await a.report(SCHOOL, *whole("-1.00"))
        await a.do(a.evaluator, a.at("organisations", SCHOOL, "exclusion"), {"reason": "Handed over in 2021."})
        await a.report(SCHOOL, *whole(), token=a.reporter(SCHOOL))
        assert (await a.sheet())["organisations"] == 1
        back, reason = a.at("organisations", SCHOOL, "inclusion"), {"reason": "It was another school."}
        await a.refused(a.itself, back, reason, code="wrong-role")
        await a.do(a.evaluator, back, reason)
        assert (await a.sheet())["organisations"] == 2


class TestOneWhoHoldsSeveralGrants:
    async def test_writes_in_the_role_that_opened_the_organisation(self, a: Authority) -> None:
        body = UUID(a.body)
        several = a.holding(
            Grant(role=Role.EVALUATED_BODY, body=uuid4()),
            Grant(role=Role.REPORTER, body=body, provider=SCHOOL),
            Grant(role=Role.REPORTER, body=body, provider=CLINIC),
        )
        await a.report(CLINIC, objects(), token=several)
        assert (await a.written_by(CLINIC))[-1] == ("reporter", CLINIC)

    async def test_reports_for_no_other_body_as_its_auditor(self, a: Authority) -> None:
        both = a.holding(Grant(role=Role.AUDITOR), Grant(role=Role.EVALUATED_BODY, body=uuid4()))
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": whole()}
        await a.refused(both, a.at("organisations", CLINIC), said, code="unknown-evaluation")


class TestWhoDecidesOnWhatTheyRead:
    async def test_reports_of_that_version_and_of_no_older_one(self, a: Authority) -> None:
        path = a.at("organisations", CLINIC)
        read = {"If-Match": (await a.send(a.evaluator, path, method="GET")).headers["ETag"]}
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": [audited("areas", 1)]}
        first = await a.send(a.evaluator, path, said, headers=read)
        again = await a.send(a.evaluator, path, said | {"facts": [audited("areas", 2)]}, headers=read)
        assert (first.status_code, again.status_code, again.json()["code"]) == (200, 412, "stale")


class TestWhatAnotherFactWouldChange:
    async def test_is_nothing_that_can_be_told_of_one_left_out(self, a: Authority) -> None:
        await a.do(a.evaluator, a.at("organisations", CLINIC, "exclusion"), {"reason": "Handed over in 2021."})
        supposed = {"fact": audited("areas", 3)}
        await a.refused(a.evaluator, a.at("organisations", CLINIC, "effects"), supposed, code="left-out-counts-nowhere")

    async def test_is_told_once_the_count_has_the_organisation_as_it_is(self, a: Authority) -> None:
        await a.sheet()
        await a.node.log.pool.execute("update views.organisations set version = version - 1")
        answer = await a.send(a.evaluator, a.at("organisations", CLINIC, "effects"), {"fact": audited("areas", 3)})
        assert (answer.json()["code"], answer.headers["Retry-After"]) == ("view-behind", "1")
