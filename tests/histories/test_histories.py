"""Every committed history, read by today's code, stands where its text says.

Where a case stands is a property of the set of its facts, whatever order they came in and however often.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar.calendar import calendar
from shared.calendar.due import due
from shared.procedure.facts import Fact
from shared.procedure.kinds import NOTIFICATION
from shared.procedure.progress import progress
from tests.histories.history import History, editions, histories, shown

ALL = histories()
EXPECTED = [pytest.param(h, e, id=f"{h} after {e['facts']}") for h in ALL for e in h.expected]


class TestEveryHistory:
    @pytest.mark.parametrize(("told", "expected"), EXPECTED)
    def test_stands_where_the_text_says(self, told: History, expected: dict[str, Any]) -> None:
        stands = progress(told.edition.procedure, told.facts[: expected["facts"]])
        assert {"facts": expected["facts"], **shown(stands)} == expected

    @pytest.mark.parametrize("told", ALL, ids=str)
    def test_is_expected_to_its_end(self, told: History) -> None:
        assert told.expected[-1]["facts"] == len(told.facts)

    @pytest.mark.parametrize("told", ALL, ids=str)
    def test_has_streams_without_gaps(self, told: History) -> None:
        for source in {f.source for f in told.facts}:
            versions = sorted(f.version for f in told.facts if f.source == source)
            assert versions == list(range(1, len(versions) + 1))

    @pytest.mark.parametrize("told", ALL, ids=str)
    def test_says_the_deadlines_that_the_act_gives(self, told: History) -> None:
        act, procedure = told.edition.act, told.edition.procedure
        days = calendar(act.zone, act.calendar)
        for step in (f.step for f in told.facts if f.step and f.step.since and f.step.due):
            action = procedure.steps[step.step][0]
            other = [o.term for o in action.other_terms if o.outcome.outcome == step.outcome]
            term = other[0] if other else action.term
            assert term is not None
            assert step.since is not None
            assert due(step.since, term, days).at == step.due

    @pytest.mark.parametrize("told", ALL, ids=str)
    def test_names_actions_and_paragraphs_of_its_act(self, told: History) -> None:
        for step in (f.step for f in told.facts if f.step):
            action, _ = told.edition.procedure.steps[step.step]
            assert (step.action, step.paragraph) == (action.code, action.paragraph)


class TestEachProcedure:
    @pytest.mark.parametrize("code", sorted(editions()))
    def test_has_a_history_of_every_end_that_follows_from_its_data(self, code: str) -> None:
        ends = {e["ended"]["by"] for h in ALL if h.procedure == code for e in h.expected if e["ended"]}
        by = {f.step.step for h in ALL if h.procedure == code for f in h.facts if f.step and str(f.id) in ends}
        assert by >= {a.step for end in editions()[code].edition.procedure.ends for a in end.after}


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[History, list[Fact], list[Fact]]:
    """A history, any facts of it, and the same facts as they may arrive: shuffled, some more than once."""
    told = draw(st.sampled_from(ALL))
    facts = draw(st.lists(st.sampled_from(told.facts), unique_by=lambda f: f.id))
    again = draw(st.lists(st.sampled_from(facts), max_size=len(facts))) if facts else []
    return told, facts, draw(st.permutations(facts + again))


class TestAnyArrival:
    @given(arrivals())
    def test_of_the_same_facts_stands_the_same(self, arrival: tuple[History, list[Fact], list[Fact]]) -> None:
        told, facts, arrived = arrival
        assert progress(told.edition.procedure, arrived) == progress(told.edition.procedure, facts)

    @given(st.sampled_from(ALL), st.data())
    def test_of_the_whole_history_stands_where_the_text_says(self, told: History, data: st.DataObject) -> None:
        arrived = data.draw(st.permutations(told.facts * 2))
        assert shown(progress(told.edition.procedure, arrived)).items() <= told.expected[-1].items()

    @given(arrivals())
    def test_counts_only_what_rests_on_what_counts(self, arrival: tuple[History, list[Fact], list[Fact]]) -> None:
        told, facts, _ = arrival
        stands = progress(told.edition.procedure, facts)
        counting = {f.id for f in stands.counting}
        for fact in stands.counting:
            assert fact.step is None or set(fact.step.rests_on) <= counting
        assert not stands.later & stands.counting - {f for f in stands.later if f.step is None}

    @given(arrivals())
    def test_opens_nothing_that_is_done_and_nothing_after_the_end(
        self, arrival: tuple[History, list[Fact], list[Fact]]
    ) -> None:
        told, facts, _ = arrival
        stands = progress(told.edition.procedure, facts)
        opened = {o.step.code for o in stands.open}
        assert not opened & {c.step.code for c in stands.done}
        assert not (stands.ended and opened)
        assert stands.custodian != NOTIFICATION
