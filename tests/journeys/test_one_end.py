"""A command in one service and the closing command in another at once, the links between them cut: one end comes of it.

While the links are cut no service knows what another has just written. Afterwards every service, and the cabinet, makes
the same single end of the facts.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from tests.journeys.filing import Filing, approved, convened, decided, discussed, granted, registered
from tests.journeys.town import OF_CASES, Json, Town


async def one_end(town: Town, filing: Filing) -> str:
    """How the case ended: the same by the same fact in every service and in the cabinet; asserts that it did."""
    state: Json = await filing.state()
    assert state["result"], [(e["event"], e["standing"]) for e in state["timeline"]]
    told = {(state["result"]["event"], state["result"]["outcome"], datetime.fromisoformat(state["result"]["at"]))}
    cases = [await town.case(service, filing.id) for service in OF_CASES]
    ends = [case.progress.ended for case in cases if case.progress.ended]
    assert len(ends) == len(cases)
    assert len({end.by.id for end in ends}) == 1
    assert {(e.by.name, e.outcome, e.at.replace(microsecond=0)) for e in ends} == told
    assert [case.progress.open for case in cases] == [()] * len(cases)
    chosen = [f for f in cases[0].facts.values() if f.body.ends and f not in cases[0].progress.later]
    assert len(chosen) <= 1
    return str(state["result"]["event"])


def cut(town: Town) -> AbstractAsyncContextManager[None]:
    return town.system.links.cut()


class TestApplicationRefusedByIntake:
    async def test_while_the_applicant_asks_to_withdraw(self, town: Town) -> None:
        filing = await registered(town)
        await town.settled(filing.id)
        await town.at("2019-11-26 15:00")
        refusal = {"ground": "incomplete-package", "reasons": "Смета жоқ."}
        executor = await town.stage.as_("executor")
        async with cut(town):
            answers = await asyncio.gather(
                town.send(executor, f"{filing.path}/refusal", refusal),
                town.send(filing.applicant, f"{filing.path}/withdrawal", {}),
            )
        # a refusal ends the case when it is told, so a request after it is recorded, and declined
        assert (answers[0].status_code in (200, 409), answers[1].status_code) == (True, 200)
        refused = answers[0].status_code == 200
        assert await one_end(town, filing) == ("ApplicantNotified" if refused else "ApplicationWithdrawn")

    async def test_while_the_executor_puts_it_on_an_agenda_that_the_commission_doesnt_open(self, town: Town) -> None:
        filing = await registered(town)
        await town.settled(filing.id)
        async with cut(town):
            await filing.refuse()
            agenda = {"body": town.stage.body, "starts_at": "2019-12-03T10:00:00+06:00", "place": "3"}
            body = {**agenda, "agenda": [filing.id]}
            path = "/api/commission/v1/sittings"
            await town.refused("executor", path, body, code="step-not-open-yet", status=409)
        assert await one_end(town, filing) == "ApplicantNotified"


class TestApplicationWithdrawnByIntake:
    async def test_while_the_executor_admits_it(self, town: Town) -> None:
        filing = await registered(town)
        await town.settled(filing.id)
        await town.at("2019-11-26 15:00")
        executor = await town.stage.as_("executor")
        async with cut(town):
            await asyncio.gather(
                town.send(executor, f"{filing.path}/admission", {}),
                town.send(filing.applicant, f"{filing.path}/withdrawal", {}),
            )
        # granted by intake before the admission, or by the commission after it
        assert await one_end(town, filing) == "ApplicationWithdrawn"


class TestApplicationWithdrawnByTheCommission:
    async def test_asked_while_members_vote_and_heard_before_the_vote_is_closed(self, town: Town) -> None:
        sitting = await discussed(town)
        filing = sitting.over[0]
        await town.settled(filing.id)
        async with cut(town):
            await filing.withdraw()
            await sitting.vote(dict.fromkeys(sitting.present, "for"))
        assert await one_end(town, filing) == "ApplicationWithdrawn"

    async def test_asked_before_the_vote_is_closed_but_heard_after_it_the_case_goes_on(self, town: Town) -> None:
        sitting = await discussed(town)
        filing = sitting.over[0]
        await sitting.vote(dict.fromkeys(sitting.present, "for"))
        await town.settled(filing.id)
        async with cut(town):
            await filing.withdraw()
            await sitting.decide()
        # the order in the custodian's own log counts; who asked before is told what remains
        state = await filing.state()
        templates = [m["template"] for m in state["messages"]]
        assert (state["result"], "withdrawal-declined-contract" in templates) == (None, True)
        await sitting.draw()
        await sitting.sign("member-1", "member-2")
        await sitting.approve()
        await filing.tell()
        await town.do(filing.applicant, f"{filing.contract_path}/decline", {})
        assert await one_end(town, filing) == "ContractDeclined"

    async def test_while_the_clerk_corrects_a_slip(self, town: Town) -> None:
        filing = (await convened(town)).over[0]
        await town.settled(filing.id)
        await filing.withdraw()
        async with cut(town):
            await town.send(
                await town.stage.as_("clerk"), f"{filing.path}/corrections", {"reason": "misspelt", "name": "Әлия"}
            )
        assert await one_end(town, filing) == "ApplicationWithdrawn"


class TestApplicantNotifiedOfARefusal:
    async def test_while_the_applicant_asks_to_withdraw(self, town: Town) -> None:
        filing = (await approved(town, "against")).over[0]
        await town.settled(filing.id)
        async with cut(town):
            await filing.tell()
            await filing.withdraw()
        assert await one_end(town, filing) == "ApplicantNotified"


class TestContractDeclined:
    async def test_while_the_clerk_records_that_the_applicant_withdraws(self, town: Town) -> None:
        filing = await granted(town)
        await town.settled(filing.id)
        async with cut(town):
            await town.do(filing.applicant, f"{filing.contract_path}/decline", {})
            await town.do("clerk", f"{filing.path}/withdrawal", {})
        assert await one_end(town, filing) == "ContractDeclined"

    async def test_while_the_last_party_signs(self, town: Town) -> None:
        filing = await granted(town)
        for party in ("provider", "applicant"):
            await filing.sign(party)
        await town.settled(filing.id)
        given = {"party": "financial-agency", "digest": (await filing.contract())["digest"]}
        agency = await town.stage.as_("agency")
        async with cut(town):
            answers = await asyncio.gather(
                town.send(filing.applicant, f"{filing.contract_path}/decline", {}),
                town.send(agency, f"{filing.contract_path}/signatures", given),
            )
        assert sorted(a.status_code for a in answers) == [200, 409]
        declined = answers[0].status_code == 200
        assert await one_end(town, filing) == ("ContractDeclined" if declined else "ContractSigned")


class TestContractSigned:
    async def test_while_the_applicant_asks_to_withdraw(self, town: Town) -> None:
        filing = await granted(town)
        for party in ("provider", "financial-agency"):
            await filing.sign(party)
        await town.settled(filing.id)
        async with cut(town):
            await filing.sign("applicant")
            await filing.withdraw()
        assert await one_end(town, filing) == "ContractSigned"


class TestCaseClosed:
    async def test_while_the_applicant_asks_to_withdraw_and_the_last_party_signs(self, town: Town) -> None:
        filing = await granted(town)
        for party in ("provider", "applicant"):
            await filing.sign(party)
        await town.settled(filing.id)
        await town.at("2019-12-25 09:00")
        given = {"party": "financial-agency", "digest": (await filing.contract())["digest"]}
        agency, head = await town.stage.as_("agency"), await town.stage.as_("head")
        async with cut(town):
            answers = await asyncio.gather(
                town.send(head, f"{filing.contract_path}/closure", {"reason": "Мерзімі өтті."}),
                town.send(agency, f"{filing.contract_path}/signatures", given),
                town.send(filing.applicant, f"{filing.path}/withdrawal", {}),
            )
        assert [a.status_code for a in answers[:2]].count(200) == 1
        closed = answers[0].status_code == 200
        assert await one_end(town, filing) == ("CaseClosed" if closed else "ContractSigned")


class TestADecisionThatDoesntEndTheCase:
    async def test_a_withdrawal_asked_meanwhile_is_answered_once(self, town: Town) -> None:
        sitting = await decided(town)
        filing = sitting.over[0]
        await town.settled(filing.id)
        async with cut(town):
            await filing.withdraw()
            await filing.withdraw()
            await sitting.draw()
        await filing.state()
        case = await town.case("intake", filing.id)
        names = sorted(f.name for f in case.facts.values() if f.name.startswith("Withdrawal"))
        assert names == ["WithdrawalDeclined", "WithdrawalRequested"]
        assert case.progress.ended is None
