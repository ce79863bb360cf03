"""A file of facts that is imported into an evaluation, over HTTP on a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest_asyncio
from httpx import Response

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring.importing.check import check, organisations
from services.scoring.organisation import handlers, taking
from services.scoring.organisation.views import ORGANISATIONS
from services.scoring.sheet.facts import Organisation
from shared.identity.roles import Role
from shared.identity.tokens import verify
from shared.kernel.views import Projector
from shared.kernel.work import Who
from shared.web.given import Acting
from tests.scoring.authority import KEY, Authority, authority
from tests.scoring.bodies import numbers

HEADINGS = (
    "bin,name,kind,region,date,reporter,source,net-result,net-result-before,"
    "audits-areas,audits-cars,audits-telephones-furniture,objects-inventory,objects-passporting,objects-revaluation"
)
EXAMPLES = Path(__file__).parents[2] / "shared/regulations/evaluation-2022/examples"
KEPT = "2022-10-03: 0"


def row(bin: str, now: str = "100.00", areas: str = KEPT, source: str = "register: 47") -> str:
    """All that the part of state institutions asks of one organisation."""
    about = f"{bin},Organisation {bin},state institution,KZ-35,2023-02-01,accounting department,{source}"
    return f"{about},{now},50.00,{areas},{KEPT},{KEPT},0,0,0"


def table(*rows: str) -> bytes:
    return "\n".join([HEADINGS, *rows]).encode()


@pytest_asyncio.fixture(loop_scope="session")
async def a(postgres: EmbeddedPostgres) -> AsyncIterator[Authority]:
    async with authority(postgres) as there:
        await there.opened()
        yield there


async def imported(a: Authority, content: bytes, token: str | None = None, language: str = "en") -> Response:
    file = {"file": ("facts.csv", content, "text/csv")}
    headers = {"Accept-Language": language}
    return await a.send(token or a.evaluator, a.at("imports"), files=file, headers=headers)


async def written(a: Authority) -> int:
    count: int = await a.node.log.pool.fetchval("select count(*) from events")
    return count


class TestWhenEveryRowIsGood:
    async def test_all_of_it_is_reported_and_counted(self, a: Authority) -> None:
        first, second, third = numbers(3)
        answer = await imported(a, table(row(first), row(second, now="-1.00"), row(third, areas="2022-10-03: 2")))
        # each row: two net results, three audits, one count of objects
        assert {k: v for k, v in answer.json().items() if k != "file"} == {"rows": 3, "facts": 18, "new": 3}
        sheet = await a.sheet()
        # one loss and none the year before: 0; one violation: 0; the others kept at an audit: 2, 2; nothing to passport: 2
        assert {r["number"]: r["points"] for r in sheet["rows"]} == {"1": 0, "2.1": 0, "2.2": 2, "2.3": 2, "3": 2}
        assert (sheet["total"], sheet["organisations"]) == (6, 3)

    async def test_the_same_file_again_changes_nothing(self, a: Authority) -> None:
        content = table(*[row(n) for n in numbers(3)])
        await imported(a, content)
        before = await written(a)
        again = await imported(a, content)
        assert (again.json()["new"], await written(a)) == (0, before)

    async def test_a_corrected_file_changes_what_it_says_otherwise(self, a: Authority) -> None:
        first, second = numbers(2)
        await imported(a, table(row(first), row(second)))
        answer = await imported(a, table(row(first), row(second, now="-3.00")))
        assert answer.json()["new"] == 1
        shown = await a.get(a.at("organisations", second))
        assert [f["amount"] for f in shown["facts"] if f.get("year") == 2022] == ["-3"]

    async def test_it_is_told_how_far_the_file_was_taken(self, a: Authority) -> None:
        await imported(a, table(*[row(n) for n in numbers(taking.PART + 1)]))
        [told] = await a.get(a.at("imports"))
        assert (told["organisations"], told["taken"]) == (taking.PART + 1, taking.PART + 1)

    async def test_a_reporter_imports_the_own_organisations_alone(self, a: Authority) -> None:
        first, second = numbers(2)
        assert (await imported(a, table(row(first)), a.reporter(first))).is_success
        answer = await imported(a, table(row(first), row(second)), a.reporter(first))
        assert answer.json()["code"] == "not-your-organisation"

    async def test_nothing_is_taken_of_a_file_whose_second_part_is_of_another_kind(self, a: Authority) -> None:
        *good, bad = numbers(taking.PART + 1)
        other = row(bad).replace("state institution", "state enterprise")
        before = await written(a)
        answer = await imported(a, table(*[row(n) for n in good], other))
        assert (answer.json()["code"], await written(a)) == ("other-kind-of-organisation", before)
        await a.do(a.evaluator, a.at("closing"))

    async def test_a_template_is_there_to_fill_in(self, a: Authority) -> None:
        answer = await a.send(a.evaluator, a.at("imports/template.xlsx"), method="GET", params={"lang": "kk"})
        assert answer.content.startswith(b"PK")


class TestAPreparedWorkbook:
    async def test_is_imported_as_it_is(self, a: Authority) -> None:
        await a.opened("state-enterprises")
        answer = await imported(a, (EXAMPLES / "state-enterprises.xlsx").read_bytes())
        assert (answer.json()["rows"], answer.json()["facts"]) == (4, 48)


class TestWhenARowIsWrong:
    async def test_each_is_listed_with_its_cell_and_nothing_is_taken(self, a: Authority) -> None:
        first, second, third = numbers(3)
        before = await written(a)
        answer = await imported(a, table(row(first), row(second, now="much"), row(third[:-1] + "x")))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "wrong-file")
        # the headings are in row 1; the net result stands in column H, the BIN in A
        assert [e["pointer"] for e in problem["errors"]] == ["/file/H3", "/file/A4"]
        assert await written(a) == before

    async def test_it_is_said_in_the_callers_language(self, a: Authority) -> None:
        answer = await imported(a, table(row(numbers(1)[0], now="much")), language="kk")
        assert answer.json()["title"].startswith("Файлда қате жолдар бар")


class TestWhenAnImportBreaksOff:
    async def broken_off(self, a: Authority, content: bytes, folder: Path) -> None:
        """The first part of the file was taken, then the process died."""
        first = numbers(1)
        caller = verify(KEY.public_key(), a.evaluator)
        whole = _parsed(content, folder)
        acting, name = Acting(caller), taking.digest(content)
        part = [o for o in whole if o.bin in first]
        evaluation = UUID(a.evaluation)
        who = Who(caller.account, Role.EVALUATOR)
        await a.node.perform(lambda w: handlers.take(w, acting, evaluation, name, len(whole), part), who)

    async def test_the_evaluation_isnt_closed_nor_another_file_taken(self, a: Authority, tmp_path: Path) -> None:
        await self.broken_off(a, table(*[row(n) for n in numbers(3)]), tmp_path)
        await a.refused(a.evaluator, a.at("closing"), code="other-import-under-way")
        other = await imported(a, table(row(numbers(3)[2], now="7.00")))
        assert other.json()["code"] == "other-import-under-way"

    async def test_the_same_file_goes_on_and_ends_it(self, a: Authority, tmp_path: Path) -> None:
        content = table(*[row(n) for n in numbers(3)])
        await self.broken_off(a, content, tmp_path)
        assert (await imported(a, content)).json()["new"] == 2
        await a.do(a.evaluator, a.at("closing"))

    async def test_a_lost_file_is_given_up_with_a_reason(self, a: Authority, tmp_path: Path) -> None:
        await self.broken_off(a, table(*[row(n) for n in numbers(3)]), tmp_path)
        await a.do(a.evaluator, a.at("import/abandonment"), {"reason": "The file was lost."})
        await a.do(a.evaluator, a.at("closing"))


class TestTheCount:
    async def test_is_the_same_when_it_is_built_anew(self, a: Authority) -> None:
        content = table(*[row(n, now="-1.00" if i % 2 else "1.00") for i, n in enumerate(numbers(60))])
        await imported(a, content)
        before = await a.sheet()
        projector = Projector(ORGANISATIONS, a.node.log, a.node.vault)
        assert await projector.rebuild() == 60
        assert await a.sheet() == before

    async def test_takes_two_reports_of_one_organisation_at_once(self, a: Authority) -> None:
        [first] = numbers(1)
        await imported(a, table(row(first)))
        again = [imported(a, table(row(first, now=f"{n}.00"))) for n in range(5)]
        answers = await asyncio.gather(*again)
        assert {answer.status_code for answer in answers} <= {200, 409}
        sheet = await a.sheet()
        assert sheet["organisations"] == 1


def _parsed(content: bytes, folder: Path) -> list[Organisation]:
    file, kept = folder / "file", folder / "kept"
    file.write_bytes(content)
    assert check(file, 2022, kept).problems == ()
    return list(organisations(kept))
