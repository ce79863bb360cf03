"""The contract: three parties in any order, a signature on paper, declined, or closed when its term has ended."""

from itertools import permutations
from typing import Any

import pytest

from tests.journeys.filing import PARTIES, Filing, granted, pdf
from tests.journeys.town import Town, stated

ORDERS = list(permutations(["provider", "financial-agency", "applicant"]))
ENDED = "2019-12-25 09:00"
"""The morning after the term's last day, Tuesday 24 December."""


async def refused(town: Town, who: Any, filing: Filing, act: str, body: Any, code: str, status: int) -> dict[str, Any]:
    return await town.refused(who, f"{filing.contract_path}/{act}", body, code=code, status=status)


class TestWhenTheContractIsOpen:
    @pytest.mark.parametrize("order", ORDERS[::2], ids="-".join)
    async def test_it_is_in_force_with_the_third_signature_in_any_order(
        self, town: Town, order: tuple[str, ...]
    ) -> None:
        filing = await granted(town)
        for party in order[:2]:
            await filing.sign(party)
        assert (await filing.contract())["state"] == "open"
        state = await filing.state()
        assert (state["status"]["code"], state["open"][0]["missing"]) == ("in-progress", [order[2]])
        await filing.sign(order[2])
        state = await filing.state()
        assert (state["status"]["code"], state["result"]["event"]) == ("contract", "ContractSigned")
        assert (await filing.contract())["state"] == "in-force"

    async def test_the_same_party_again_changes_nothing(self, town: Town) -> None:
        filing = await granted(town)
        await filing.sign("provider")
        version = (await filing.contract())["version"]
        await filing.sign("provider")
        assert (await filing.contract())["version"] == version

    async def test_nobody_signs_for_another_party(self, town: Town) -> None:
        filing = await granted(town)
        digest = (await filing.contract())["digest"]
        for party in PARTIES:
            given = {"party": party, "digest": digest}
            await refused(town, filing.applicant, filing, "signatures", given, "wrong-role", 403)
        await refused(
            town, "head", filing, "signatures", {"party": "financial-agency", "digest": digest}, "wrong-role", 403
        )
        somebody = town.applicant(town.account("clerk"))
        given = {"party": "applicant", "digest": digest}
        await refused(town, somebody, filing, "signatures", given, "signs-for-another", 403)

    async def test_another_text_is_refused_with_the_digest_expected(self, town: Town) -> None:
        filing = await granted(town)
        given = {"party": "provider", "digest": "0" * 64}
        problem = await refused(town, "head", filing, "signatures", given, "contract-text-changed", 409)
        assert (await filing.contract())["digest"] in problem["detail"]

    async def test_a_signature_on_paper_is_recorded_with_its_scan(self, town: Town) -> None:
        filing = await granted(town)
        scan = pdf("scan")
        form = {"data": {"digest": (await filing.contract())["digest"]}, "files": scan}
        path = f"{filing.contract_path}/paper-signature"
        await town.refused("executor", path, **form, code="wrong-role", status=403)
        await town.do("clerk", path, **form)
        signature = (await filing.contract())["signatures"][0]
        assert (signature["party"], signature["by"]) == ("applicant", town.account("clerk"))
        kept = await town.send(await town.stage.as_("head"), f"{filing.contract_path}/scan", method="GET")
        assert kept.content == scan["scan"][1]

    async def test_it_may_state_when_it_was_signed(self, town: Town) -> None:
        filing = await granted(town)
        await town.at("2019-12-11 09:00")
        given = {"party": "provider", "digest": (await filing.contract())["digest"]}
        ahead = {**given, "at": stated("2019-12-11 10:00")}
        await refused(town, "head", filing, "signatures", ahead, "in-the-future", 422)
        await town.do("head", f"{filing.contract_path}/signatures", {**given, "at": stated("2019-12-10 12:00")})
        state = await filing.state()
        signed = next(e for e in state["timeline"] if e["event"] == "ContractPartySigned")
        assert (signed["at"], signed["part"]) == ("2019-12-10T12:00:00+06:00", "provider")


class TestWhenTheApplicantDeclines:
    async def test_the_case_ends_and_nobody_signs_any_more(self, town: Town) -> None:
        filing = await granted(town)
        await filing.sign("provider")
        await town.do(filing.applicant, f"{filing.contract_path}/decline", {"reason": "Басқа қаржы табылды."})
        state = await filing.state()
        assert (state["status"]["code"], state["result"]["event"]) == ("declined", "ContractDeclined")
        given = {"party": "financial-agency", "digest": (await filing.contract())["digest"]}
        await refused(town, "agency", filing, "signatures", given, "contract-over", 409)

    async def test_only_the_applicant_does(self, town: Town) -> None:
        filing = await granted(town)
        await refused(town, "head", filing, "decline", {}, "wrong-role", 403)
        stranger = town.applicant(town.account("clerk"))
        await refused(town, stranger, filing, "decline", {}, "signs-for-another", 403)

    async def test_not_once_it_is_in_force(self, town: Town) -> None:
        filing = await granted(town)
        for party in ORDERS[0]:
            await filing.sign(party)
        await refused(town, filing.applicant, filing, "decline", {}, "contract-in-force", 409)


class TestWhenTheTermHasEnded:
    async def test_it_stays_open_and_overdue_until_the_head_closes_it_with_a_reason(self, town: Town) -> None:
        filing = await granted(town)
        body = {"reason": "Мерзімі өтті."}
        await refused(town, "head", filing, "closure", body, "term-not-over", 409)
        await town.at(ENDED)
        state = await filing.state()
        assert [(o["step"], o["overdue"]) for o in state["open"]] == [("sign-contract", True)]
        await refused(town, "agency", filing, "closure", body, "wrong-role", 403)
        await refused(town, "head", filing, "closure", {}, "invalid-input", 422)
        await town.do("head", f"{filing.contract_path}/closure", body)
        state = await filing.state()
        assert (state["status"]["code"], state["result"]["event"]) == ("closed", "CaseClosed")
        assert "Мерзімі өтті." in next(m["text"] for m in state["messages"] if m["template"] == "case-closed")

    async def test_the_last_party_may_still_sign(self, town: Town) -> None:
        filing = await granted(town)
        for party in ORDERS[0][:2]:
            await filing.sign(party)
        await town.at(ENDED)
        await filing.sign(ORDERS[0][2])
        state = await filing.state()
        assert state["status"]["code"] == "contract"
        assert [a["late"] for a in state["actions"] if a["code"] == "contract"] == [True]
