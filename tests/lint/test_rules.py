"""The contradictions of the texts are found by rule: each goes when its cause is mended, and comes where it is made.

What is expected was read in the texts; see the table of contradictions beside each finding's paragraph.
"""

import re
from typing import Any

import pytest

from reglament.law.lint.finding import Text
from reglament.law.lint.report import report
from reglament.law.lint.show import lines
from shared.procedure.act import Act
from shared.procedure.format import Procedure
from shared.procedure.text import Section
from tests.lint.acts import Change, changed, found, invented, keys, products

FOUND = {
    # 29 stated; 20 min + 2 + 1 + 10 + 3 + 1 + 1 + 10 = 28; the contract runs from the approval beside the notice: 27.
    "karaganda-2019/new-business-ideas": {
        "sum:total=29/28/27", "own-result:sitting", "no-trigger:protocol", "no-trigger:notice", "ground-and-term:contract",
        "unlisted-actor:commission", "unlisted-actor:financial-agency", "portal-branch:c1",
    },
    # 89 stated; 1 + 3 + 60 + 10 + 3 + 1 + 10 = 88; on the path 87.
    "karaganda-2019/innovation-projects": {
        "sum:total=89/88/87", "ground-and-term:contract", "moment-never-made:approve-protocol", "portal-branch:c1",
        "unlisted-actor:commission", "unlisted-actor:national-institute",
    },
    # 7 + 1 + 2 + 1 = 11 as stated, but 5 + 1 + 2 + 1 = 9.
    "karaganda-2019/infrastructure": {
        "two-terms:check-and-agenda=7-working-days/5-working-days", "sum:total=11/9", "branch-without-action:issue",
        "branch-without-action:tell-refusal", "unlisted-actor:head", "unlisted-actor:council",
    },
    # 20 + 20 minutes, 5 + 10 + 10 + 1 + 2 = 28.
    "atyrau-2019/grants": {
        "no-total:total=28-working-days-40-minutes", "branch-without-action:tell-refusal",
        "parties-without-signature:contract",
    },
    # 20 + 20 minutes, 5 + 5 + 1 = 11.
    "atyrau-2019/infrastructure": {"no-total:total=11-working-days-40-minutes", "unsigned-result:issue"},
    # 3 + 10 + 3 + 2 + 1 + 10 = 29 as stated; with the refusal's 2 days 31; beside the notice 28.
    "shymkent-2019/new-business-ideas": {
        "sum:total=29/28/31", "ground-and-term:contract", "unlisted-actor:financial-agency", "untimed-outcome:check",
        "total-and-call:convene",
    },
    # 5 + 60 + 10 + 3 + 1 + 10 = 89 as stated; 91 and 88. Nine actions in §5, eight in §6 and §10.
    "shymkent-2019/innovation-projects": {
        "sum:total=89/88/91", "ground-and-term:contract", "unlisted-actor:secretary", "unlisted-actor:financial-agency",
        "fewer-actions:annex 1 §6=8/9", "fewer-actions:annex 1 §10=8/9", "untimed-outcome:check",
    },
    # 20 minutes, 1 hour, 5 + 1 + 3 + 2 = 11.
    "shymkent-2019/infrastructure": {"no-total:total=11-working-days-1-hour-20-minutes"},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(FOUND))
class TestTheTextOf:
    def test_has_these_contradictions_and_no_other(self, code: str) -> None:
        assert keys(products()[code]) == FOUND[code]

    def test_has_each_declared_with_its_readings(self, code: str) -> None:
        assert report(products()[code]).undeclared == []

    def test_declares_none_as_found_that_no_rule_finds(self, code: str) -> None:
        text = products()[code]
        assert {key for c in text.procedure.contradictions for key in c.shows} == keys(text)

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

    act = Act.model_validate(rename(text.act.model_dump(mode="json")))
    return Text(act, apply(text.procedure), tuple(map(apply, text.sisters)))


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
    ("two-terms:protocol", lambda p: (
        action(p, "protocol").pop("term"), action(p, "protocol").pop("from"), total(8)(p))),  # printed in §8.5 alone
    ("two-terms:check:check.refused", lambda p: action(p, "check")["also"][0].update(
        other_terms=[{"for": "check.refused", "term": {"working_days": 3}}])),
    ("two-terms:protocol:decide.refused", lambda p: action(p, "protocol")["also"][0].update(
        other_terms=[{"for": "decide.refused", "term": {"working_days": 1}}])),  # and nowhere in §5
    ("two-actors:protocol", lambda p: action(p, "protocol")["also"][0].update(actor="executor")),
    ("two-moments:protocol", lambda p: action(p, "protocol")["also"][0].update({"from": {"latest": "sit"}})),
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


def side_by_side(p: dict[str, Any]) -> None:
    """The extract is registered within 1 day, beside the 2 days in which the executor prepares it; it waits for both."""
    extract = action(p, "extract")
    issue = extract["steps"].pop()
    register = {
        "code": "registering",
        "paragraph": "annex 2 §5.7",
        "actor": "chancellery",
        "title": extract["title"],
        "term": {"working_days": 1},
        "from": extract["from"],
        "also": [{"paragraph": "annex 2 §8.7", "term": {"working_days": 1}}],
        "result": {"paragraph": "annex 2 §6.7"},
        "steps": [{"kind": "register-result", "role": "chancellery", "after": extract["steps"][0]["after"]}],
    }
    hand_out = register | {"code": "handing-out", "paragraph": "annex 2 §5.8", "result": {"paragraph": "annex 2 §6.8"}}
    hand_out |= {"also": [{"paragraph": "annex 2 §8.8"}], "term": {"hours": 1}, "from": {"first": "prepare-result"}}
    hand_out["also"][0]["term"] = {"minutes": 60}
    hand_out["steps"] = [issue | {"after": ["prepare-result", "register-result"]}]
    p["actions"] += [register, hand_out]
    action(p, "protocol")["result"]["starts"] = ["extract", "registering"]
    extract["result"]["starts"] = register["result"]["starts"] = "handing-out"


def presumed(p: dict[str, Any]) -> None:
    """An action that stands in no text."""
    notify = {
        "code": "tell-admission",
        "kind": "notify",
        "role": "system",
        "after": ["check.admitted"],
        "automatic": True,
    }
    title = p["actions"][0]["title"]
    p["actions"].append({"code": "telling", "assumed": True, "actor": "executor", "title": title, "steps": [notify]})


CLEAN: dict[str, Change] = {
    "two actions side by side that a third waits for, and a total that is right on the path": side_by_side,
    "an assumed action without a paragraph": presumed,
    "an hour in one place and sixty minutes in another": lambda p: action(p, "assign")["also"][0].update(
        term={"minutes": 60}
    ),
}

# The terms are 20 minutes, 1 hour, 5, 1, 3 and 2 working days; the refusal's 2 days end the case and don't count.
SUMS: list[tuple[dict[str, Any], str | None]] = [
    ({"term": {"working_days": 11}, "from": {"moment": "receipt"}}, None),
    ({"term": {"working_days": 12}, "from": {"moment": "receipt"}}, "12/11"),
    ({"term": {"working_days": 11}, "from": {"first": "register"}}, None),
    # from the sitting on: 3 + 2
    ({"term": {"working_days": 5}, "from": {"latest": "decide"}}, None),
    ({"term": {"working_days": 6}, "from": {"latest": "decide"}}, "6/5"),
    # how many days a month has, no term says
    ({"term": {"months": 1}, "from": {"moment": "receipt"}}, None),
]


class TestAnInventedText:
    def test_without_a_fault_has_no_finding(self) -> None:
        assert found(invented()) == set()

    @pytest.mark.parametrize(("what", "change"), CLEAN.items(), ids=list(CLEAN))
    def test_has_no_finding_with(self, what: str, change: Change) -> None:
        assert found(changed(invented(), change)) == set()

    @pytest.mark.parametrize(("stated", "numbers"), SUMS)
    def test_that_states_a_total_in(self, stated: dict[str, Any], numbers: str | None) -> None:
        text = changed(invented(), lambda p: p.update(total={"paragraph": "annex 2 §5", **stated}))
        assert [f.numbers for f in report(text).findings] == ([numbers] if numbers else [])

    def test_that_states_a_total_in_hours_beside_days_says_that_it_is_compared_with_nothing(self) -> None:
        total = {"term": {"hours": 160}, "from": {"moment": "receipt"}, "paragraph": "annex 2 §5"}
        told = report(changed(invented(), lambda p: p.update(total=total)))
        says = "the total, 160 hours: the actions count otherwise, 11 working days 1 hour 20 minutes"
        assert (told.findings, told.not_compared) == ((), (says,))
        assert f"  not compared  {says}" in lines(told)
        assert report(invented()).not_compared == ()

    @pytest.mark.parametrize(("key", "change"), MADE, ids=[m[0] for m in MADE])
    def test_has_the_fault_that_is_put_into_it(self, key: str, change: Change) -> None:
        assert key in found(changed(invented(), change))

    def test_beside_one_that_the_head_signs_is_found_unsigned(self) -> None:
        text = invented()
        beside = Text(text.act, text.procedure, (products()[COUNCIL].procedure,))
        assert "unsigned-result:issue" in found(beside)

    def test_adds_the_term_of_an_outcome_after_which_the_case_goes_on(self) -> None:
        # 7 instead of 5 once admitted: 13, beside the 11; the refusal's 2 end the case
        longer = {"for": "check.admitted", "term": {"working_days": 7}}
        text = changed(invented(), lambda p: action(p, "check")["other_terms"].append(longer))
        assert keys(text) == {"sum:total=11/13"}

    def test_without_a_total_adds_months_too(self) -> None:
        # 5 + 1 + 3 working days, 1 hour and 20 minutes
        month = {"term": {"months": 1}, "also": [{"paragraph": "annex 2 §8.6"}]}
        text = changed(invented(), lambda p: (action(p, "extract").update(month), p.pop("total")))
        assert keys(text) == {"no-total:total=1-month-9-working-days-1-hour-20-minutes"}

    def test_with_a_section_that_has_more_sub_items_than_the_other_is_found_to_have_fewer_there(self) -> None:
        text = invented()
        section = {"procedure": "support", "about": "actions", "paragraph": "annex 2 §8", "items": 7}
        counted = Text(text.act.model_copy(update={"sections": (Section.model_validate(section),)}), text.procedure)
        assert keys(counted) == {"fewer-actions:annex 2 §5=6/7", "fewer-actions:annex 2 §6=6/7"}

    def test_with_its_actions_in_two_sections_misses_what_one_of_two_full_lists_leaves_out(self) -> None:
        text = changed(invented(), lambda p: action(p, "check").update(paragraph="annex 2 §8.3", also=[]))
        assert keys(text) == {"fewer-actions:annex 2 §5=5/6"}

    def test_with_a_list_that_goes_on_in_another_section_has_no_finding(self) -> None:
        text = changed(invented(), lambda p: [a.pop("also", None) for a in p["actions"]], _last_three_elsewhere)
        assert keys(text) == set()


def _last_three_elsewhere(p: dict[str, Any]) -> None:
    for number, last in enumerate(p["actions"][3:], 1):
        last["paragraph"] = f"annex 2 §6-1.{number}"


class TestADeclaredContradiction:
    """Of the product's texts: the most important numbers misprinted, where another reading of them is declared."""

    @pytest.mark.parametrize(
        ("code", "which", "days", "key"),
        [
            # 2 + 1 + 25 + 3 + 1 + 1 + 10 = 43, beside the notice 42
            (KARAGANDA, "sitting", 25, "sum:total=29/43/42"),
            # 30 + 1 + 2 + 1 = 34, with the five of §5.2 nine
            (COUNCIL, "check-and-agenda", 30, "sum:total=11/34/9"),
            # 5 + 10 + 20 + 1 + 2 = 38
            (ATYRAU, "result", 20, "no-total:total=38-working-days-40-minutes"),
        ],
    )
    def test_does_not_explain_other_numbers(self, code: str, which: str, days: int, key: str) -> None:
        def misprint(p: dict[str, Any]) -> None:
            action(p, which).update(term={"working_days": days})
            for place in action(p, which).get("also", ()) if code == KARAGANDA else ():
                place["term"] = {"working_days": days}

        assert key in {f.key for f in report(changed(products()[code], misprint)).undeclared}

    def test_does_not_explain_another_total(self) -> None:
        other = {"term": {"working_days": 30}, "from": {"moment": "receipt"}, "paragraph": "§5"}
        text = changed(products()[KARAGANDA], lambda p: p.update(total=other))
        assert [f.key for f in report(text).undeclared] == ["sum:total=30/28/27"]
