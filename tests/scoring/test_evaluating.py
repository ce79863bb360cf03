"""An evaluation from its opening to its approval, over HTTP on a real store."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from openpyxl import load_workbook

from deploy.postgres.embedded import EmbeddedPostgres
from services.scoring.evaluation import counting, handlers
from shared.identity.roles import Role
from tests.scoring.authority import (
    APRIL_2023,
    EDUCATION,
    HEALTH,
    Authority,
    Json,
    audited,
    authority,
    fact,
    net,
    objects,
    whole,
)
from tests.scoring.bodies import numbers
from tests.support.waiting import PATIENCE

CLINIC, SCHOOL, ARCHIVE = "050140000011", "050240000025", "050340000039"


@pytest_asyncio.fixture(loop_scope="session")
async def a(postgres: EmbeddedPostgres) -> AsyncIterator[Authority]:
    """The evaluation of one body for 2022, state institutions, is open."""
    async with authority(postgres) as there:
        await there.opened()
        yield there


def points(sheet: Json) -> dict[str, int | None]:
    return {row["number"]: row["points"] for row in sheet["rows"]}


class TestWhenAnEvaluationIsOpen:
    async def test_the_same_body_period_and_part_are_the_same_evaluation(self, a: Authority) -> None:
        first = a.evaluation
        await a.opened()
        assert a.evaluation == first

    async def test_none_is_opened_of_a_year_that_isnt_over(self, a: Authority) -> None:
        # in Almaty, six hours ahead, 2023 ends at 18:00 UTC on 31 December
        a.clock.at = datetime(2023, 12, 31, 17, 59, tzinfo=UTC)
        asked = {"body": a.body, "period": 2023, "part": "state-institutions"}
        refused = await a.refused(a.evaluator, "/evaluations", asked, code="period-not-over")
        assert refused["detail"] == "Period: 2023."
        a.clock.at += timedelta(minutes=1)
        await a.do(a.evaluator, "/evaluations", asked)

    async def test_it_takes_facts_and_counts_them(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        # one institution, nothing negative, every norm kept at an audit, nothing to passport: all five rows at 2
        assert points(await a.sheet()) == {"1": 2, "2.1": 2, "2.2": 2, "2.3": 2, "3": 2}

    async def test_a_fact_that_is_missing_is_said_with_who_has_it(self, a: Authority) -> None:
        await a.report(CLINIC, *whole()[:-1])
        sheet = await a.sheet()
        assert (points(sheet)["3"], sheet["total"]) == (None, None)
        [lack] = sheet["missing"]
        assert (lack["row"], lack["organisation"], lack["fact"], lack["why"]) == (
            "3",
            CLINIC,
            "objects",
            "not-reported",
        )
        assert lack["from"]

    async def test_the_same_report_again_changes_nothing(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        answer = await a.send(a.evaluator, a.at("organisations", CLINIC), {
            "name": f"Organisation {CLINIC}", "kind": "state-institution", "region": "KZ-35", "facts": whole(),
        })  # fmt: skip
        assert answer.is_success
        assert (await a.get(a.at("organisations", CLINIC)))["version"] == 2  # enrolled, then reported

    async def test_a_correction_from_the_same_source_takes_the_place_and_the_old_value_is_kept(
        self, a: Authority
    ) -> None:
        await a.report(CLINIC, *whole())
        await a.report(CLINIC, net(2022, "-5.00"))
        shown = await a.get(a.at("organisations", CLINIC))
        assert [f["amount"] for f in shown["facts"] if f["fact"] == "net-result" and f["year"] == 2022] == ["-5"]
        said = [h["said"]["facts"] for h in shown["history"] if h["what"] == "organisation.facts-reported"]
        assert [f["amount"] for facts in said for f in facts if f.get("year") == 2022] == ["100", "-5"]

    async def test_another_source_that_says_otherwise_contradicts_until_it_is_settled(self, a: Authority) -> None:
        await a.report(CLINIC, *whole(), audited("cars", 1, source="No. 2"))
        [lack] = (await a.sheet())["missing"]
        assert (lack["fact"], lack["why"]) == ("audits:cars", "contradictory")
        settled = {"fact": audited("cars", 1, source="No. 2"), "reason": "No. 1 was the audit of another year."}
        await a.do(a.evaluator, a.at("organisations", CLINIC, "settlements"), settled)
        assert points(await a.sheet())["2.2"] == 0

    async def test_a_fact_of_another_period_is_refused(self, a: Authority) -> None:
        for misplaced in (net(2019, "1.00"), net(2022, None)):
            said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": [misplaced]}
            await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="misplaced-fact")

    async def test_an_organisation_of_another_kind_is_refused(self, a: Authority) -> None:
        said = {"name": "Plant", "kind": "llp", "region": "KZ-35", "facts": []}
        await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="other-kind-of-organisation")

    async def test_two_things_of_one_source_are_refused(self, a: Authority) -> None:
        facts = [net(2022, "1.00"), net(2022, "2.00")]
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": facts}
        await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="said-twice")

    async def test_a_wrong_field_is_told_with_its_place(self, a: Authority) -> None:
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": [net(2022, "1,00")]}
        problem = await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="invalid-input")
        assert [e["pointer"] for e in problem["errors"]] == ["/facts/0/amount"]
        assert '"-1250000.50"' in problem["errors"][0]["how"]
        unpaid = fact("transfer", due="5.00", due_by=None, payments=[])
        said["facts"] = [net(2022, "1.00", source=None), unpaid, fact("objects", inventory=0, passporting=0)]
        problem = await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="invalid-input")
        places = ["/facts/0", "/facts/1", "/facts/2/revaluation"]
        assert [e["pointer"] for e in problem["errors"]] == places
        assert ["field source" in e["how"] or "due_by" in e["how"] for e in problem["errors"]] == [True, True, False]

    async def test_an_organisation_that_isnt_managed_is_left_out_and_counts_no_more(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.report(SCHOOL, *whole("-1.00"))
        assert points(await a.sheet())["1"] == 0
        left = {"reason": "Handed over to the ministry in 2021."}
        await a.do(a.evaluator, a.at("organisations", SCHOOL, "exclusion"), left)
        assert points(await a.sheet())["1"] == 2

    async def test_nothing_is_computed_yet(self, a: Authority) -> None:
        await a.refused(a.evaluator, a.at("computation"), code="still-open")

    async def test_another_fact_is_told_what_it_would_change(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sheet()
        supposed = {"fact": audited("areas", 3)}
        [change] = (await a.send(a.evaluator, a.at("organisations", CLINIC, "effects"), supposed)).json()
        # a violation found: row 2.1 falls from none (2) to violated (0); nothing else changes
        assert (change["row"], change["before"]["points"], change["after"]["points"]) == ("2.1", 2, 0)
        assert points(await a.sheet())["2.1"] == 2
        # what couldn't be reported can't be supposed either
        other = {"fact": fact("audits", norm="areas", audits=[{"on": "2021-03-03", "violations": 1}])}
        await a.refused(a.evaluator, a.at("organisations", CLINIC, "effects"), other, code="misplaced-fact")

    async def test_organisations_that_cost_points_are_listed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.report(SCHOOL, *whole())
        await a.report(SCHOOL, audited("areas", 2))
        await a.report(ARCHIVE, *whole()[:-1])
        await a.sheet()
        costing = await a.get(a.at("organisations"), standing="against", row="2.1")
        assert [(o["bin"], o["against"]) for o in costing["items"]] == [(SCHOOL, ["2.1"])]
        waiting = await a.get(a.at("organisations"), standing="missing")
        assert [(o["bin"], o["missing"]) for o in waiting["items"]] == [(ARCHIVE, ["3"])]
        for number, concerned in (("2.1", SCHOOL), ("3", ARCHIVE)):
            either = await a.get(a.at("organisations"), row=number)
            assert [o["bin"] for o in either["items"]] == [concerned]
        refused = await a.refused(a.evaluator, a.at("organisations?row=99"), code="unknown-row", method="GET")
        assert refused["detail"] == "Rows: 1, 2.1, 2.2, 2.3, 3."
        for path in ("/ranking?period=2022&part=nosuch", f"/comparison?body={a.body}&part=nosuch"):
            await a.refused(a.evaluator, path, code="unknown-part", method="GET")

    async def test_who_lacks_last_years_result_is_listed_once_it_is_compared(self, a: Authority) -> None:
        now, _, *others = whole()
        await a.report(CLINIC, now, *others)
        # nobody has a negative result: the year before isn't asked for
        assert (await a.sheet())["total"] == 10
        assert (await a.get(a.at("organisations"), standing="missing"))["items"] == []
        await a.report(SCHOOL, *whole("-1.00"))
        [lack] = (await a.sheet())["missing"]
        assert (lack["row"], lack["organisation"]) == ("1", CLINIC)
        for row in ({"row": "1"}, {}):
            waiting = await a.get(a.at("organisations"), standing="missing", **row)
            assert [(o["bin"], o["missing"]) for o in waiting["items"]] == [(CLINIC, ["1"])]

    async def test_its_page_is_there_before_anything_was_approved(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sheet()
        page = await a.send(a.itself, a.at("sheet.html"), method="GET")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        behind = "<dt>Organisations whose newest facts aren't counted yet</dt><dd>1</dd>"
        assert behind not in unescape(page.text)
        # as if the school's facts had been reported, and the count hadn't come that far
        await a.report(SCHOOL, *whole())
        await a.sheet()
        await a.node.log.pool.execute("delete from views.organisations where bin = $1", SCHOOL)
        assert behind in unescape((await a.send(a.itself, a.at("sheet.html"), method="GET")).text)
        of_periods = {"body": a.body, "part": "state-institutions"}
        drawn = await a.send(a.itself, "/comparison.svg", method="GET", params=of_periods)
        assert drawn.status_code == 404

    async def test_the_orders_whole_form_is_there_once_every_part_is_open(self, a: Authority) -> None:
        paged = a.at("whole-sheet.pdf")
        await a.refused(a.itself, paged, method="GET", code="unknown-evaluation")
        for part in ("state-enterprises", "joint-stock-companies", "llp-interests"):
            await a.opened(part)
        paper = await a.send(a.itself, paged, method="GET")
        assert paper.headers["content-type"] == "application/pdf"
        book = await a.send(a.itself, a.at("whole-sheet.xlsx"), method="GET")
        assert load_workbook(BytesIO(book.content)).worksheets[0].max_row > 4 * 6

    @pytest.mark.parametrize(
        ("number", "name"),
        [("990140000385", "Clinic"), (CLINIC, "Cli\0nic")],
        ids=["a number with a wrong check digit", "a name that can't be kept"],
    )
    async def test_what_is_mistyped_is_refused_and_told(self, a: Authority, number: str, name: str) -> None:
        said = {"name": name, "kind": "state-institution", "region": "KZ-35", "facts": whole()}
        refused = await a.send(a.evaluator, a.at(f"organisations/{number}"), said)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")

    async def test_a_bodys_name_is_what_its_papers_can_show(self, a: Authority) -> None:
        for name in ("A\0B", "A\x01B", "A\nB", "A\N{WAVING HAND SIGN}B", " ", "x" * 501):
            given = {"bin": "990140000384", "name": {**HEALTH, "kk": name}, "kind": "local-executive-body"}
            refused = await a.refused(a.evaluator, "/bodies", given, code="invalid-input")
            assert [e["pointer"] for e in refused["errors"]] == ["/name/kk"]
        letters = "«Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі» – № 1, ŞşŪūŊŋ"
        given = {"bin": "990140000384", "name": {**HEALTH, "kk": letters}, "kind": "local-executive-body"}
        await a.do(a.evaluator, "/bodies", given)
        for paper in ("sheet.pdf", "sheet.xlsx"):
            told = await a.send(a.itself, a.at(paper), method="GET", params={"lang": "kk"})
            assert told.is_success


class TestWhenReportingIsClosed:
    async def test_nothing_is_reported_any_more(self, a: Authority) -> None:
        await a.do(a.evaluator, a.at("closing"))
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": whole()}
        await a.refused(a.evaluator, a.at("organisations", CLINIC), said, code="reporting-closed")

    async def test_closing_and_reporting_never_pass_each_other(self, a: Authority) -> None:
        """Twenty reports and the closing at once: what was taken is counted, what came later was refused."""
        bins = numbers(20)
        said = {"kind": "state-institution", "region": "KZ-35", "facts": whole()}
        reports = [a.send(a.evaluator, a.at("organisations", n), {"name": n, **said}) for n in bins]
        closing = a.send(a.evaluator, a.at("closing"))
        *answers, closed = await asyncio.gather(*reports[:10], *reports[10:], closing)
        assert closed.is_success
        taken = [n for n, answer in zip(bins, answers, strict=True) if answer.is_success]
        refused = {answer.json()["code"] for answer in answers if not answer.is_success}
        assert refused <= {"reporting-closed"}
        log = await a.node.log.pool.fetch("select stream, tx::text::bigint as tx from events order by tx, position")
        assert len([r for r in log if r["stream"].startswith("organisation:")]) == 2 * len(taken)
        assert (await a.sheet())["organisations"] == len(taken)

    async def test_a_sheet_with_a_gap_isnt_computed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole()[:-1])
        await a.do(a.evaluator, a.at("closing"))
        problem = await a.refused(a.evaluator, a.at("computation"), code="facts-missing")
        assert problem["detail"].startswith("Rows: 3;")

    async def test_an_organisation_that_cant_be_counted_is_named(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.do(a.evaluator, a.at("closing"))
        await a.sheet()  # folded: the view has nothing to do with it any more
        stream = f"organisation:{a.evaluation}:{CLINIC}"
        await a.node.log.pool.execute(
            "insert into held(reader, subject, tx, position, fact, error) values('organisations', $1, '1', 1, $2, 'ValueError')",
            stream,
            uuid4(),
        )
        problem = await a.refused(a.evaluator, a.at("computation"), code="cant-be-counted")
        assert problem["detail"] == f"BIN: {CLINIC}."

    async def test_what_is_missing_may_be_assumed_with_a_reason(self, a: Authority) -> None:
        await a.report(CLINIC, *whole()[:-1])
        await a.do(a.evaluator, a.at("closing"))
        await a.do(a.evaluator, a.at("reopening"), {"reason": "The objects of the clinic are missing."})
        assumed = {**objects(), "assumed": "Its books were lost in a fire."}
        del assumed["source"]
        await a.report(CLINIC, assumed)
        await a.computed()
        sheet = await a.sheet()
        [row] = [row for row in sheet["rows"] if row["number"] == "3"]
        assert (row["points"], row["assumed"], sheet["total"]) == (2, 1, 10)

    async def test_figures_are_of_one_moment_whatever_becomes_of_the_view(
        self, a: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between two statements the view is switched to rows of earlier facts, as by a rebuild."""
        await a.report(CLINIC, *whole())

        async def whole_then_switched(there: Any, evaluation: UUID) -> None:
            await counting.must_be_whole(there, evaluation)
            await a.node.log.pool.execute("update views.organisations set standings = replace(standings, '+..', '-..')")

        monkeypatch.setattr(handlers, "must_be_whole", whole_then_switched)
        await a.computed()
        assert (await a.sheet())["total"] == 10

    async def test_the_same_facts_give_the_same_figures(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.computed()
        first = (await a.shown())["to_sign"]["digest"]
        await a.do(a.evaluator, a.at("computation"))
        assert (await a.shown())["to_sign"]["digest"] == first


class TestWhenTheBodyHasItsSheet:
    async def test_it_may_object_for_ten_working_days(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        # sent on Monday 3 April 2023: 4, 5, 6, 7, 10, 11, 12, 13, 14 April are nine working days, Monday the 17th the tenth
        assert (await a.shown())["due"][:10] == "2023-04-17"

    async def test_nothing_is_approved_while_it_may_object(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        digest = (await a.shown())["to_sign"]["digest"]
        refused = await a.refused(a.evaluator, a.at("approval"), {"digest": digest}, code="objections-may-come")
        # the end of the working day in Almaty, six hours ahead
        assert "17 April 2023, 18:30:00 +06:00" in refused["detail"]

    async def test_it_is_approved_once_the_term_has_passed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        a.clock.at = APRIL_2023 + timedelta(days=15)
        await a.sign()
        assert (await a.shown())["stage"] == "approved"

    async def test_everybody_is_told_until_when_and_on_which_grounds_it_may_object_and_no_figures(
        self, a: Authority
    ) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        [told] = await a.published("SheetSent")
        assert (told["body"], told["number"], told["due"][:10]) == (a.body, 1, "2023-04-17")
        assert told["digest"] == (await a.shown())["to_sign"]["digest"]
        assert "fact-wrong" in [ground["code"] for ground in told["grounds"]]
        assert not {"rows", "total"} & set(told)

    async def test_its_page_says_until_when_it_may_object(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        page = await a.send(a.itself, a.at("sheet.html"), method="GET", params={"lang": "en"})
        assert "<dd>17 April 2023</dd>" in page.text

    async def test_an_objection_is_answered_first(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        given = {"ground": "fact-wrong", "words": "The audit was withdrawn.", "row": "2.1", "organisation": CLINIC}
        await a.do(a.itself, a.at("objections"), given)
        await a.do(a.itself, a.at("objections"), given)
        for row in ("99", "\0"):
            await a.refused(a.itself, a.at("objections"), given | {"row": row}, code="unknown-row")
        nobody = given | {"organisation": SCHOOL}
        await a.refused(a.itself, a.at("objections"), nobody, code="unknown-organisation")
        [objection] = (await a.shown())["objections"]
        assert objection["title"] == "A fact is wrong"
        a.clock.at = APRIL_2023 + timedelta(days=15)
        digest = (await a.shown())["to_sign"]["digest"]
        await a.refused(a.evaluator, a.at("approval"), {"digest": digest}, code="objections-unanswered")
        answer = {"upheld": False, "words": "The act of the audit stands."}
        await a.do(a.evaluator, a.at("objections", "1", "answer"), answer)
        await a.sign()

    async def test_what_is_upheld_is_put_right_before_anything_is_approved(self, a: Authority) -> None:
        await a.report(CLINIC, *whole("-7.00"))
        await a.sent()
        given = {"ground": "fact-wrong", "words": "The result was positive."}
        await a.do(a.itself, a.at("objections"), given)
        await a.do(a.evaluator, a.at("objections", "1", "answer"), {"upheld": True, "words": "So it was."})
        await a.do(a.itself, a.at("agreement"))
        digest = (await a.shown())["to_sign"]["digest"]
        await a.refused(a.evaluator, a.at("approval"), {"digest": digest}, code="objection-upheld")
        await a.do(a.evaluator, a.at("reopening"), {"reason": "Objection 1 was upheld."})
        await a.report(CLINIC, net(2022, "7.00"))
        await a.approved()
        assert (await a.sheet())["total"] == 10

    async def test_an_objection_isnt_got_rid_of_by_taking_it_up_again(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        given = {"ground": "fact-wrong", "words": "The result is another."}
        await a.do(a.itself, a.at("objections"), given)
        against = (await a.shown())["to_sign"]["digest"]
        await a.do(a.evaluator, a.at("reopening"), {"reason": "To look again."})
        await a.report(CLINIC, net(2022, "7.00"))
        await a.sent()
        await a.do(a.itself, a.at("agreement"))
        shown = await a.shown()
        assert [(o["number"], o["against"], o["answer"]) for o in shown["objections"]] == [(1, against, None)]
        signed = {"digest": shown["to_sign"]["digest"]}
        await a.refused(a.evaluator, a.at("approval"), signed, code="objections-unanswered")
        await a.do(a.evaluator, a.at("objections", "1", "answer"), {"upheld": True, "words": "So it is; corrected."})
        await a.sign()

    async def test_figures_that_an_upheld_objection_was_made_against_arent_sent_again(self, a: Authority) -> None:
        await a.report(CLINIC, *whole("-7.00"))
        await a.sent()
        await a.do(a.itself, a.at("objections"), {"ground": "fact-wrong", "words": "The result was positive."})
        await a.do(a.evaluator, a.at("reopening"), {"reason": "To look again."})
        await a.do(a.evaluator, a.at("objections", "1", "answer"), {"upheld": True, "words": "So it was."})
        await a.computed()
        refused = await a.refused(a.evaluator, a.at("sending"), code="objection-upheld")
        assert refused["detail"] == "Numbers: 1."

    async def test_only_what_is_read_can_be_signed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        await a.do(a.itself, a.at("agreement"))
        await a.refused(a.evaluator, a.at("approval"), {"digest": "0" * 64}, code="figures-changed")

    async def test_nobody_objects_after_the_term(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.sent()
        a.clock.at = APRIL_2023 + timedelta(days=15)
        given = {"ground": "fact-wrong", "words": "Too late."}
        await a.refused(a.itself, a.at("objections"), given, code="objections-over")


class TestWhenItIsApproved:
    async def test_everybody_is_told_with_the_digest_that_was_signed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        done = await a.approved()
        assert done["after"] == f"scoring:{a.evaluation}@2"  # after SheetSent
        [said] = await a.published("EvaluationApproved")
        assert (said["number"], said["total"], said["max"]) == (1, 10, 10)
        assert said["digest"] == (await a.shown())["approvals"][0]["digest"]
        assert said["body_name"]["ru"] == "Управление здравоохранения"

    async def test_it_stands_and_a_correction_is_a_new_version_with_its_reason(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.approved()
        await a.refused(a.itself, a.at("agreement"), code="evaluation-is-approved")
        await a.do(a.evaluator, a.at("reopening"), {"reason": "The audit report was corrected."})
        await a.report(CLINIC, audited("areas", 1))
        await a.approved()
        first, second = await a.published("EvaluationApproved")
        assert (first["total"], second["total"], second["number"]) == (10, 8, 2)
        assert (second["corrects"], second["reason"]) == (first["digest"], "The audit report was corrected.")
        kept = await a.sheet(number=1)
        assert (kept["total"], kept["digest"]) == (10, first["digest"])

    async def test_the_name_that_the_body_had_is_signed(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.approved()
        renamed = {"bin": "990140000384", "name": EDUCATION, "kind": "local-executive-body"}
        await a.do(a.evaluator, "/bodies", renamed)
        [told] = await a.published("EvaluationApproved")
        [approval] = (await a.shown())["approvals"]
        assert json.loads(approval["text"])["name"] == told["body_name"] == HEALTH
        page = await a.send(a.itself, a.at("sheet.html"), method="GET", params={"lang": "ru"})
        assert HEALTH["ru"] in page.text

    async def test_an_earlier_version_names_who_decided_it(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.report(SCHOOL, *whole("-1.00"))
        await a.approved()
        await a.do(a.evaluator, a.at("reopening"), {"reason": "The school's loss was a gain."})
        await a.report(SCHOOL, net(2022, "1.00"))
        await a.approved()
        [first, *_] = (await a.sheet(number=1))["rows"]
        [now, *_] = (await a.sheet())["rows"]
        assert (first["points"], first["organisations"], first["decided"]) == (0, [SCHOOL], 1)
        assert (now["points"], now["organisations"], now["decided"]) == (2, [CLINIC, SCHOOL], 2)
        page = await a.send(a.itself, a.at("sheet.html"), method="GET", params={"number": 1})
        assert f"<td>{SCHOOL}</td>" in page.text

    async def test_a_reason_that_everybody_may_read_is_short(self, a: Authority) -> None:
        long = {"reason": "x" * 1001}
        refused = await a.refused(a.evaluator, a.at("reopening"), long, code="invalid-input")
        assert [e["pointer"] for e in refused["errors"]] == ["/reason"]

    async def test_bodies_are_ranked_and_periods_compared(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.approved()
        first = a.body
        await a.opened(bin="990240000398")
        await a.report(CLINIC, *whole("-1.00"))
        await a.approved()
        a.clock.at = APRIL_2023 + timedelta(days=366)
        await a.opened(bin="990240000398", period=2023)
        here = [fact("audits", norm=n, audits=[]) for n in ("areas", "cars", "telephones-furniture")]
        await a.report(CLINIC, net(2023, "1.00"), net(2022, "1.00"), *here, objects())
        await a.approved()

        async def ranking() -> list[Json]:
            found: list[Json] = await a.get("/ranking", period=2022, part="state-institutions")
            return found

        async with asyncio.timeout(PATIENCE):
            while len(await ranking()) < 2:
                await asyncio.sleep(0.01)
        assert [(r["place"], r["body"] == first, r["total"]) for r in await ranking()] == [(1, True, 10), (2, False, 8)]
        async with asyncio.timeout(PATIENCE):
            while len(periods := await a.get("/comparison", body=a.body, part="state-institutions")) < 2:
                await asyncio.sleep(0.01)
        # 2022: one of one with a loss, none the year before: 0 + 2 + 2 + 2 + 2; 2023: not audited, 2 + 1 + 1 + 1 + 2
        assert [(p["period"], p["total"]) for p in periods] == [(2022, 8), (2023, 7)]

    @pytest.mark.parametrize(
        ("name", "kind", "begins"),
        [
            ("sheet.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
            ("sheet.pdf", "application/pdf", b"%PDF-"),
            ("sheet.html", "text/html; charset=utf-8", b"<!doctype html>"),
            ("sheet/points.svg", "image/svg+xml", b"<svg"),
        ],
    )
    async def test_it_is_had_on_paper(self, a: Authority, name: str, kind: str, begins: bytes) -> None:
        await a.report(CLINIC, *whole())
        await a.approved()
        answer = await a.send(a.itself, a.at(name), method="GET", params={"lang": "kk"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.content.lstrip().startswith(begins)


class TestEachSees:
    async def test_a_reporter_the_own_organisations(self, a: Authority) -> None:
        await a.report(CLINIC, *whole())
        await a.report(SCHOOL, *whole(), token=a.reporter(SCHOOL))
        await a.sheet()
        own = await a.get(a.at("organisations"), a.reporter(SCHOOL))
        assert [o["bin"] for o in own["items"]] == [SCHOOL]
        path = a.at("organisations", CLINIC)
        await a.refused(a.reporter(SCHOOL), path, code="not-your-organisation", method="GET")
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": whole()}
        await a.refused(a.reporter(SCHOOL), path, said, code="not-your-organisation")
        for figures in ("sheet", ""):
            await a.refused(a.reporter(SCHOOL), a.at(figures).rstrip("/"), code="wrong-role", method="GET")

    async def test_a_reporter_no_figures_before_they_are_approved(self, a: Authority) -> None:
        await a.report(SCHOOL, *whole())
        await a.computed()

        async def told(token: str) -> list[tuple[str, int | None]]:
            return [(line["stage"], line["computed"]) for line in (await a.get("/evaluations", token))["items"]]

        async with asyncio.timeout(PATIENCE):
            while await told(a.evaluator) != [("computed", 10)]:
                await asyncio.sleep(0.01)
        assert await told(a.reporter(SCHOOL)) == [("computed", None)]

    async def test_a_body_itself_alone_and_of_others_not_that_they_are_evaluated(self, a: Authority) -> None:
        other = a.token(Role.EVALUATED_BODY, body=uuid4())
        said = {"name": "Clinic", "kind": "state-institution", "region": "KZ-35", "facts": whole()}
        clinic = a.at("organisations", CLINIC)
        for path in (a.at(), a.at("sheet"), a.at("organisations"), clinic):
            await a.refused(other, path, code="unknown-evaluation", method="GET")
        await a.refused(other, clinic, said, code="unknown-evaluation")
        await a.refused(other, a.at("agreement"), code="unknown-evaluation")
        assert (await a.get("/evaluations", other))["items"] == []

    async def test_the_auditor_everything_and_does_nothing(self, a: Authority) -> None:
        auditor = a.token(Role.AUDITOR)
        assert (await a.get(a.at("sheet"), auditor))["stage"] == "open"
        await a.refused(auditor, a.at("closing"), code="wrong-role")

    async def test_nobody_but_the_authority_assumes(self, a: Authority) -> None:
        assumed = {**objects(), "assumed": "Surely there are none."}
        said = {"name": "School", "kind": "state-institution", "region": "KZ-35", "facts": [assumed]}
        await a.refused(a.reporter(SCHOOL), a.at("organisations", SCHOOL), said, code="assumed-by-others")

    async def test_whoever_reports_is_the_reporter(self, a: Authority) -> None:
        await a.report(SCHOOL, objects() | {"reporter": "somebody else"}, token=a.reporter(SCHOOL))
        [told] = (await a.get(a.at("organisations", SCHOOL)))["facts"]
        assert UUID(told["reporter"]) == a.accounts[Role.REPORTER]
