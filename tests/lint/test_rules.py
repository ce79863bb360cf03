"""The contradictions of the texts are found by rule: each goes when its cause is mended, and comes where it is made.

What is expected was read in the texts; see the table of contradictions beside each finding's paragraph.
"""

import re
from typing import Any

import pytest

from reglament.law.lint.finding import Text
from reglament.law.lint.report import report
from shared.procedure.format import Procedure
from tests.lint.acts import Change, changed, found, invented, products

FOUND = {
    # 29 stated; 20 min + 2 + 1 + 10 + 3 + 1 + 1 + 10 = 28; the contract runs from the approval beside the notice: 27.
    "karaganda-2019/new-business-ideas": {
        "sum:total", "own-result:sitting", "no-trigger:protocol", "no-trigger:notice", "ground-and-term:contract",
        "unlisted-actor:commission", "unlisted-actor:financial-agency", "portal-branch:c1",
    },
    # 89 stated; 1 + 3 + 60 + 10 + 3 + 1 + 10 = 88; on the path 87.
    "karaganda-2019/innovation-projects": {
        "sum:total", "ground-and-term:contract", "moment-never-made:approve-protocol", "portal-branch:c1",
        "unlisted-actor:commission", "unlisted-actor:national-institute",
    },
    # 7 + 1 + 2 + 1 = 11 as stated, but 5 + 1 + 2 + 1 = 9.
    "karaganda-2019/infrastructure": {
        "two-terms:check-and-agenda", "sum:total", "branch-without-action:issue", "branch-without-action:tell-refusal",
        "unlisted-actor:head", "unlisted-actor:council",
    },
    "atyrau-2019/grants": {"no-total:total", "branch-without-action:tell-refusal", "parties-without-signature:contract"},
    "atyrau-2019/infrastructure": {"no-total:total", "unsigned-result:issue"},
    # 3 + 10 + 3 + 2 + 1 + 10 = 29 as stated; with the refusal's 2 days 31; beside the notice 28.
    "shymkent-2019/new-business-ideas": {
        "sum:total", "ground-and-term:contract", "unlisted-actor:financial-agency", "untimed-outcome:check",
        "total-and-call:convene",
    },
    # 5 + 60 + 10 + 3 + 1 + 10 = 89 as stated; 91 and 88.
    "shymkent-2019/innovation-projects": {
        "sum:total", "ground-and-term:contract", "unlisted-actor:secretary", "unlisted-actor:financial-agency",
        "fewer-actions:annex 1 §6", "fewer-actions:annex 1 §10", "untimed-outcome:check",
    },
    "shymkent-2019/infrastructure": {"no-total:total"},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(FOUND))
class TestTheTextOf:
    def test_has_these_contradictions_and_no_other(self, code: str) -> None:
        assert found(products()[code]) == FOUND[code]

    def test_has_each_declared_with_its_readings(self, code: str) -> None:
        assert report(products()[code]).undeclared == []

    def test_declares_none_as_found_that_no_rule_finds(self, code: str) -> None:
        text = products()[code]
        assert {key for c in text.procedure.contradictions for key in c.shows} == found(text)

    def test_has_the_same_under_other_codes_and_paragraphs(self, code: str) -> None:
        rules = sorted(f.rule for f in report(products()[code]).findings)
        assert sorted(f.rule for f in report(_renamed(products()[code])).findings) == rules


def _renamed(text: Text) -> Text:
    """Every action called otherwise, every paragraph twenty later."""

    def rename(said: Any) -> Any:
        if isinstance(said, dict):
            return {k: f"x-{v}" if k == "starts" else rename(v) for k, v in said.items()}
        if isinstance(said, list):
            return [rename(item) for item in said]
        return re.sub(r"§(\d+)", lambda m: f"§{int(m[1]) + 20}", said) if isinstance(said, str) else said

    def apply(procedure: Procedure) -> Procedure:
        said = rename(procedure.model_dump(mode="json", by_alias=True, exclude_unset=True))
        for action in said["actions"]:
            action["code"] = f"x-{action['code']}"
        return Procedure.model_validate(said)

    return Text(text.act, apply(text.procedure), tuple(map(apply, text.sisters)))


def action(said: dict[str, Any], code: str) -> dict[str, Any]:
    return next(a for a in said["actions"] if a["code"] == code)


def total(days: int) -> Change:
    return lambda p: p.update(
        total={"term": {"working_days": days}, "from": {"moment": "receipt"}, "paragraph": "annex 2 §5"}
    )


KARAGANDA, INNOVATION = "karaganda-2019/new-business-ideas", "karaganda-2019/innovation-projects"
COUNCIL, ATYRAU = "karaganda-2019/infrastructure", "atyrau-2019/grants"
SHYMKENT, SHYMKENT_IDEAS = "shymkent-2019/innovation-projects", "shymkent-2019/new-business-ideas"

MENDED: list[tuple[str, str, Change]] = [
    ("two-terms:check-and-agenda", COUNCIL,
     lambda p: action(p, "check-and-agenda")["also"][0].update(term={"working_days": 7})),
    ("sum:total", COUNCIL, lambda p: action(p, "check-and-agenda")["also"][0].update(term={"working_days": 7})),
    ("own-result:sitting", KARAGANDA, lambda p: action(p, "sitting")["result"].update(starts="protocol")),
    ("no-trigger:notice", KARAGANDA, lambda p: action(p, "signing")["result"].update(starts="notice")),
    ("ground-and-term:contract", KARAGANDA, lambda p: action(p, "contract").update({"from": {"first": "notify"}})),
    ("unlisted-actor:financial-agency", KARAGANDA, lambda p: p["participants"]["listed"].append("financial-agency")),
    ("portal-branch:c1", KARAGANDA, lambda p: p["portal"].append(
        p["portal"][4] | {"code": "p9", "after": ["c1.no"], "ends": "refusal"})),
    ("moment-never-made:approve-protocol", INNOVATION,
     lambda p: action(p, "protocol")["steps"][2].pop("assumed")),
    ("branch-without-action:tell-refusal", ATYRAU, lambda p: action(p, "check")["steps"][1].pop("assumed")),
    ("parties-without-signature:contract", ATYRAU, lambda p: action(p, "issue")["steps"].append(
        {"kind": "sign-contract", "role": "head", "parts": ["provider", "applicant"], "after": ["issue.granted"]})),
    ("no-total:total", ATYRAU, total(28)),
    ("unsigned-result:issue", "atyrau-2019/infrastructure", lambda p: action(p, "result")["steps"].insert(
        1, {"kind": "sign-result", "role": "head", "after": ["prepare-result"]})),
    ("fewer-actions:annex 1 §10", SHYMKENT,
     lambda p: action(p, "contract").update(also=[{"paragraph": "annex 1 §10.9"}])),
    ("untimed-outcome:check", SHYMKENT, lambda p: action(p, "check").pop("term_for")),
    ("total-and-call:convene", SHYMKENT_IDEAS, lambda p: action(p, "convene").update({"from": {"first": "check"}})),
]  # fmt: skip


class TestAFinding:
    @pytest.mark.parametrize(("key", "code", "change"), MENDED, ids=[m[0] for m in MENDED])
    def test_goes_when_its_cause_is_mended(self, key: str, code: str, change: Change) -> None:
        assert key in found(products()[code])
        assert key not in found(changed(products()[code], change))


MADE: list[tuple[str, Change]] = [
    ("two-terms:protocol", lambda p: action(p, "protocol")["also"][0].update(term={"working_days": 9})),
    ("sum:total", total(12)),
    ("no-total:total", lambda p: p.pop("total")),
    ("own-result:sitting", lambda p: action(p, "sitting")["result"].update(starts="sitting")),
    ("no-trigger:protocol", lambda p: action(p, "sitting")["result"].pop("starts")),
    ("ground-and-term:extract", lambda p: action(p, "extract").update({"from": {"latest": "decide"}})),
    ("moment-never-made:sign-protocol", lambda p: (
        action(p, "protocol")["steps"][1].update(assumed=True),
        action(p, "extract").update({"from": {"latest": "sign-protocol"}}))),
    ("branch-without-action:issue", lambda p: action(p, "extract")["steps"][1].update(assumed=True)),
    ("unlisted-actor:council", lambda p: p["participants"]["listed"].remove("council")),
    ("fewer-actions:annex 2 §8", lambda p: action(p, "extract").pop("also")),
    ("untimed-outcome:check", lambda p: action(p, "check").update(term_for="check.refused", other_terms=[])),
    ("total-and-call:sitting", lambda p: action(p, "sitting").update({"from": {"moment": "call-close"}})),
    ("parties-without-signature:contract", lambda p: (
        p.update(result="contract"), p["ends"][2].update(outcome="contract"))),
    ("portal-branch:c1", lambda p: p["portal"].pop(4)),
]  # fmt: skip


class TestAnInventedText:
    def test_without_a_fault_has_no_finding(self) -> None:
        assert found(invented()) == set()

    @pytest.mark.parametrize(("key", "change"), MADE, ids=[m[0] for m in MADE])
    def test_has_the_fault_that_is_put_into_it(self, key: str, change: Change) -> None:
        assert key in found(changed(invented(), change))

    def test_beside_one_that_the_head_signs_is_found_unsigned(self) -> None:
        text = invented()
        beside = Text(text.act, text.procedure, (products()[COUNCIL].procedure,))
        assert "unsigned-result:issue" in found(beside)
