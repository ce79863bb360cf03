"""A file of facts that is imported into an evaluation, over HTTP on a real store."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from httpx import Response

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring.importing.apart import Heard
from services.scoring.importing.check import Checked, check, organisations
from services.scoring.importing.wanted import Wanted
from services.scoring.organisation import handlers, taking
from services.scoring.organisation.views import ORGANISATIONS
from services.scoring.sheet.facts import Organisation
from shared.identity.roles import Role
from shared.identity.tokens import verify
from shared.kernel.views import Projector
from shared.kernel.work import Who
from shared.web.given import Acting
from tests.scoring.authority import KEY, Authority, authority, net
from tests.scoring.bodies import numbers
from tests.support.waiting import PATIENCE

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


@pytest.fixture(autouse=True)
def checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: one of its own would take a second for each of these small tables (test_checking_apart has it)."""

    async def check_here(file: Path, period: int, into: Path, _: Heard, wanted: Wanted) -> Checked:
        return await asyncio.to_thread(check, file, period, into, wanted=wanted)

    monkeypatch.setattr(taking, "check_apart", check_here)


async def imported(a: Authority, content: bytes, token: str | None = None, **headers: Any) -> Response:
    file = {"file": ("facts.csv", content, "text/csv")}
    return await a.send(token or a.evaluator, a.at("imports"), files=file, **headers)


async def written(a: Authority) -> int:
    count: int = await a.node.log.pool.fetchval("select count(*) from events")
    return count


class TestWhenEveryRowIsGood:
    async def test_all_of_it_is_reported_and_counted(self, a: Authority) -> None:
        first, second, third = numbers(3)
        answer = await imported(a, table(row(first), row(second, now="-1.00"), row(third, areas="2022-10-03: 2")))
        # each row: two net results, three audits, one count of objects
        told = {k: v for k, v in answer.json().items() if k != "file"}
        assert told == {"rows": 3, "organisations": 3, "facts": 18, "new": 3, "again": False}
        sheet = await a.sheet()
        # one loss and none the year before: 0; one violation: 0; the others kept at an audit: 2, 2; nothing to passport: 2
        assert {r["number"]: r["points"] for r in sheet["rows"]} == {"1": 0, "2.1": 0, "2.2": 2, "2.3": 2, "3": 2}
        assert (sheet["total"], sheet["organisations"]) == (6, 3)

    async def test_the_same_file_again_changes_nothing_and_is_answered_as_first(self, a: Authority) -> None:
        content = table(*[row(n) for n in numbers(3)])
        first = await imported(a, content)
        before = await written(a)
        again = await imported(a, content)
        assert (again.json(), await written(a)) == ({**first.json(), "again": True}, before)

    async def test_the_same_file_doesnt_undo_a_correction_nor_an_exclusion(self, a: Authority) -> None:
        corrected, excluded = numbers(2)
        content = table(row(corrected), row(excluded))
        await imported(a, content)
        await a.report(corrected, {**net(2022, "-3.00"), "source": {"kind": "register", "reference": "47"}})
        await a.do(a.evaluator, a.at("organisations", excluded, "exclusion"), {"reason": "Another body's."})
        before = await written(a)
        assert (await imported(a, content)).json()["again"]
        assert await written(a) == before

    async def test_the_same_file_from_a_reporter_isnt_the_authoritys_word(self, a: Authority) -> None:
        [number] = numbers(1)
        content = table(row(number))
        await imported(a, content, a.reporter(number))
        assert not (await imported(a, content)).json()["again"]

    async def test_the_same_file_is_known_again_when_the_reporting_is_closed(self, a: Authority) -> None:
        content = table(row(numbers(1)[0]))
        await imported(a, content)
        await a.do(a.evaluator, a.at("closing"))
        assert (await imported(a, content)).json()["again"]

    async def test_an_organisation_in_rows_far_apart_is_counted_once(self, a: Authority) -> None:
        many = numbers(taking.PART)
        about = (
            f"{many[0]},Organisation {many[0]},state institution,KZ-35,2023-02-01,accounting department,register: 48"
        )
        answer = await imported(a, table(*[row(n)[: -len(",0,0,0")] + ",,," for n in many], f"{about},,,,,,1,0,0"))
        assert [answer.json()[k] for k in ("rows", "organisations", "new")] == [taking.PART + 1, *[taking.PART] * 2]

    async def test_a_corrected_file_changes_what_it_says_otherwise(self, a: Authority) -> None:
        first, second = numbers(2)
        await imported(a, table(row(first), row(second)))
        answer = await imported(a, table(row(first), row(second, now="-3.00")))
        assert answer.json()["new"] == 1
        shown = await a.get(a.at("organisations", second))
        assert [f["amount"] for f in shown["facts"] if f.get("year") == 2022] == ["-3"]

    async def test_it_is_told_that_the_file_was_taken(self, a: Authority) -> None:
        await imported(a, table(*[row(n) for n in numbers(taking.PART + 1)]))
        [told] = await a.get(a.at("imports"))
        assert (told["stage"], told["done"], told["rows"]) == ("done", taking.PART + 1, taking.PART + 1)

    async def test_a_reporter_imports_the_own_organisations_alone(self, a: Authority) -> None:
        first, second = numbers(2)
        assert (await imported(a, table(row(first)), a.reporter(first))).is_success
        answer = await imported(a, table(row(first), row(second)), a.reporter(first))
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/file/A3", "not-your-organisation")]

    async def test_whoever_sends_the_file_is_the_reporter_and_no_cell_is(self, a: Authority) -> None:
        [first] = numbers(1)
        await imported(a, table(row(first)), a.reporter(first))
        shown = await a.get(a.at("organisations", first))
        assert {UUID(f["reporter"]) for f in shown["facts"]} == {a.accounts[Role.REPORTER]}

    async def test_nothing_is_taken_of_a_file_whose_second_part_is_of_another_kind(self, a: Authority) -> None:
        *good, bad = numbers(taking.PART + 1)
        other = row(bad).replace("state institution", "state enterprise")
        before = await written(a)
        answer = await imported(a, table(*[row(n) for n in good], other))
        [error] = answer.json()["errors"]
        # below the headings stand as many good rows as a part has
        assert (error["pointer"], error["code"]) == (f"/file/C{taking.PART + 2}", "other-kind-of-organisation")
        assert await written(a) == before
        await a.do(a.evaluator, a.at("closing"))

    @pytest.mark.parametrize("role", [Role.EVALUATOR, Role.AUDITOR])
    async def test_a_template_is_there_to_fill_in(self, a: Authority, role: Role) -> None:
        answer = await a.send(a.token(role), a.at("imports/template.xlsx"), method="GET", params={"lang": "kk"})
        assert answer.content.startswith(b"PK")


class TestWhoSeesImports:
    async def test_a_reporter_the_own_ones_and_the_auditor_all(self, a: Authority) -> None:
        first, second = numbers(2)
        await imported(a, table(row(first)))
        own = await imported(a, table(row(second)), a.reporter(second))
        [seen] = await a.get(a.at("imports"), a.reporter(second))
        assert seen["file"] == own.json()["file"]
        assert len(await a.get(a.at("imports"), a.token(Role.AUDITOR))) == 2


class TestACommandThatIsRepeated:
    async def test_is_answered_as_first_under_its_key(self, a: Authority) -> None:
        content, headers = table(row(numbers(1)[0])), {"Idempotency-Key": "one"}
        first = await imported(a, content, headers=headers)
        assert (await imported(a, content, headers=headers)).json() == first.json()

    async def test_is_refused_with_another_file_under_the_same_key(self, a: Authority) -> None:
        first, second = numbers(2)
        headers = {"Idempotency-Key": "one"}
        await imported(a, table(row(first)), headers=headers)
        answer = await imported(a, table(row(second)), headers=headers)
        assert answer.json()["code"] == "key-reused"

    async def test_is_refused_when_it_was_decided_on_another_version(self, a: Authority) -> None:
        [number] = numbers(1)
        version = (await a.shown())["version"]
        answer = await imported(a, table(row(number)), headers={"If-Match": f'"{version + 1}"'})
        assert answer.json()["code"] == "stale"
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": "one"}
        assert (await imported(a, table(row(number)), headers=headers)).is_success
        assert (await imported(a, table(row(number)), headers=headers)).is_success


class Slow:
    """The check of a table, which takes as long as a test wants it to."""

    def __init__(self) -> None:
        self.told, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, file: Path, period: int, into: Path, heard: Heard, _: Wanted) -> Checked:
        await heard(500, 1000)
        self.told.set()
        await self.go_on.wait()
        return check(file, period, into)


class TestWhileATableIsChecked:
    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> Slow:
        slow = Slow()
        monkeypatch.setattr(taking, "check_apart", slow)
        return slow

    async def test_it_is_told_how_far_it_is(self, a: Authority, slow: Slow) -> None:
        sending = asyncio.create_task(imported(a, table(row(numbers(1)[0]))))
        await slow.told.wait()
        [told] = await a.get(a.at("imports"))
        assert (told["stage"], told["done"], told["rows"]) == ("checking", 500, 1000)
        slow.go_on.set()
        assert (await sending).is_success

    async def test_the_same_file_isnt_taken_beside_itself(self, a: Authority, slow: Slow) -> None:
        content = table(row(numbers(1)[0]))
        sending = asyncio.create_task(imported(a, content))
        await slow.told.wait()
        second = await imported(a, content)
        assert (second.json()["code"], second.headers["Retry-After"]) == ("import-under-way", "10")
        slow.go_on.set()
        assert (await sending).is_success

    async def test_a_third_file_is_turned_away_for_a_while(self, a: Authority, slow: Slow) -> None:
        sending = [asyncio.create_task(imported(a, table(row(n)))) for n in numbers(2)]
        async with asyncio.timeout(PATIENCE):
            while len(await a.get(a.at("imports"))) < 2:
                await asyncio.sleep(0.01)
        third = await imported(a, table(row(numbers(3)[2])))
        assert (third.json()["code"], third.headers["Retry-After"]) == ("overloaded", "10")
        slow.go_on.set()
        # two files at once into one evaluation: the second may have to wait for the first's last part
        assert {(await each).status_code for each in sending} <= {200, 409}

    async def test_one_that_is_cancelled_has_broken_off(self, a: Authority, slow: Slow) -> None:
        sending = asyncio.create_task(imported(a, table(row(numbers(1)[0]))))
        await slow.told.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        [told] = await a.get(a.at("imports"))
        assert told["stage"] == "broken-off"

    async def test_one_that_nobody_hears_of_any_more_has_broken_off(self, a: Authority, slow: Slow) -> None:
        sending = asyncio.create_task(imported(a, table(row(numbers(1)[0]))))
        await slow.told.wait()
        await a.node.log.pool.execute("update imports set at = now() - interval '1 minute'")
        [told] = await a.get(a.at("imports"))
        assert told["stage"] == "broken-off"
        slow.go_on.set()
        assert (await sending).is_success


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
        [told] = await a.get(a.at("imports"))
        assert told["stage"] == "refused"

    async def test_it_is_said_in_the_callers_language(self, a: Authority) -> None:
        kazakh = {"Accept-Language": "kk"}
        answer = await imported(a, table(row(numbers(1)[0], now="much")), headers=kazakh)
        assert answer.json()["title"].startswith("Файлда қате жолдар бар")


class TestWhenAnImportBreaksOff:
    async def broken_off(self, a: Authority, content: bytes, folder: Path) -> None:
        """The first part of the file was taken, then the process died."""
        first = numbers(1)
        caller = verify(KEY.public_key(), a.evaluator)
        whole = _parsed(content, folder)
        acting, name = Acting(caller), hashlib.sha256(content).hexdigest()
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
        again = [imported(a, table(row(first, now=f"{n}.00"))) for n in range(2)]
        answers = await asyncio.gather(*again)
        assert {answer.status_code for answer in answers} <= {200, 409}
        sheet = await a.sheet()
        assert sheet["organisations"] == 1


def _parsed(content: bytes, folder: Path) -> list[Organisation]:
    file, kept = folder / "file", folder / "kept"
    file.write_bytes(content)
    assert check(file, 2022, kept).problems == ()
    return list(organisations(kept))
