"""The body's laws: quorum and votes."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commission.sitting.voting import Choice, Quorum, Rules, has_quorum, tally

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
CHAIR = UUID(int=0)


def rules(more_than: str = "0.5", *, recused_count: bool = True, tie: str = "chair") -> Rules:
    return Rules.model_validate(
        {
            "quorum": {"more_than": more_than},
            "recused_count_for_quorum": recused_count,
            "abstention": True,
            "majority": "more-for-than-against",
            "tie": tie,
            "acting_chair": "deputy",
            "assumed": True,
        }
    )


def voted(*choices: Choice) -> dict[UUID, Choice]:
    """The chair's vote first."""
    return {UUID(int=n): choice for n, choice in enumerate(choices)}


class TestQuorum:
    # more than half: 5 members need 3 (2 < 2.5 < 3), 6 need 4 (3 isn't more than 3), 1 needs 1, none can't have it
    @pytest.mark.parametrize(
        ("members", "present", "reached"),
        [(5, 2, False), (5, 3, True), (6, 3, False), (6, 4, True), (1, 1, True), (0, 0, False)],
    )
    def test_is_more_than_half_of_the_members(self, members: int, present: int, reached: bool) -> None:
        assert has_quorum(rules(), members, present) is reached

    def test_who_is_recused_counts_where_the_rules_say_so(self) -> None:
        assert has_quorum(rules(), 5, 3, recused=1)

    def test_who_is_recused_is_missing_where_they_do_not(self) -> None:
        assert not has_quorum(rules(recused_count=False), 5, 3, recused=1)

    def test_two_thirds_of_six_is_not_more_than_two_thirds(self) -> None:
        # a share with a finite decimal: more than 0.66 of 6 = 3.96, so 4 are enough
        assert has_quorum(rules("0.66"), 6, 4)


class TestTheOutcome:
    def test_more_for_than_against_grants(self) -> None:
        assert tally(rules(), voted(AGAINST, FOR, FOR), CHAIR).outcome == "granted"

    def test_more_against_than_for_refuses(self) -> None:
        assert tally(rules(), voted(FOR, AGAINST, AGAINST), CHAIR).outcome == "refused"

    def test_one_for_and_all_others_abstaining_grants(self) -> None:
        assert tally(rules(), voted(ABSTAIN, FOR, ABSTAIN, ABSTAIN), CHAIR).outcome == "granted"

    def test_a_tie_goes_with_the_chairs_vote_for(self) -> None:
        count = tally(rules(), voted(FOR, AGAINST), CHAIR)
        assert (count.outcome, count.chair_broke_tie) == ("granted", True)

    def test_a_tie_goes_with_the_chairs_vote_against(self) -> None:
        count = tally(rules(), voted(AGAINST, FOR), CHAIR)
        assert (count.outcome, count.chair_broke_tie) == ("refused", True)

    def test_a_tie_that_the_chair_does_not_break_refuses(self) -> None:
        count = tally(rules(), voted(ABSTAIN, FOR, AGAINST), CHAIR)
        assert (count.outcome, count.chair_broke_tie) == ("refused", False)

    def test_a_tie_with_nobody_presiding_refuses(self) -> None:
        assert tally(rules(), voted(FOR, AGAINST), None).outcome == "refused"

    def test_a_tie_refuses_where_the_rules_give_the_chair_no_casting_vote(self) -> None:
        count = tally(rules(tie="against"), voted(FOR, AGAINST), CHAIR)
        assert (count.outcome, count.chair_broke_tie) == ("refused", False)

    def test_the_count_adds_up(self) -> None:
        count = tally(rules(), voted(FOR, FOR, AGAINST, ABSTAIN), CHAIR)
        assert (count.in_favour, count.against, count.abstained) == (2, 1, 1)


VOTES = st.dictionaries(st.integers(0, 14).map(lambda n: UUID(int=n)), st.sampled_from(Choice), max_size=15)
CHAIRS = st.one_of(st.none(), st.integers(0, 14).map(lambda n: UUID(int=n)))


@given(VOTES, CHAIRS)
def test_granted_exactly_when_more_are_for_or_the_chair_breaks_the_tie_so(
    votes: dict[UUID, Choice], chair: UUID | None
) -> None:
    balance = sum({FOR: 1, AGAINST: -1, ABSTAIN: 0}[choice] for choice in votes.values())
    chair_is_for = chair is not None and votes.get(chair) is FOR
    expected = balance > 0 or (balance == 0 and chair_is_for)
    assert (tally(rules(), votes, chair).outcome == "granted") is expected


@given(VOTES, CHAIRS, st.integers(0, 10))
def test_abstentions_never_change_the_outcome(votes: dict[UUID, Choice], chair: UUID | None, more: int) -> None:
    abstaining = {UUID(int=100 + n): ABSTAIN for n in range(more)}
    assert tally(rules(), votes | abstaining, chair).outcome == tally(rules(), votes, chair).outcome


@given(VOTES, CHAIRS, st.randoms(use_true_random=False))
def test_the_order_of_votes_never_matters(
    votes: dict[UUID, Choice], chair: UUID | None, random: "Callable[..., object]"
) -> None:
    shuffled = list(votes.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tally(rules(), dict(shuffled), chair) == tally(rules(), votes, chair)


@given(st.integers(0, 60), st.integers(0, 60), st.fractions(0, 1, max_denominator=20))
def test_quorum_is_kept_by_more_present_and_compared_exactly(members: int, present: int, share: object) -> None:
    exact = Decimal(str(round(float(share), 2)))  # type: ignore[arg-type]
    asked = rules().model_copy(update={"quorum": Quorum(more_than=min(exact, Decimal("0.99")))})
    reached = has_quorum(asked, members, present)
    assert reached == (present * 100 > members * int(asked.quorum.more_than * 100))
    if reached:
        assert has_quorum(asked, members, present + 1)


class TestTheRulesOfASittingConvenedBefore:
    def test_are_read_whatever_else_the_edition_said_then(self) -> None:
        said = {
            "quorum": {"more_than": "0.5", "note": "of that day"},
            "recused_count_for_quorum": True,
            "abstention": True,
            "tie": "chair",
            "majority": "more-for-than-against",
            "not-known-any-more": 1,
        }
        assert Rules.model_validate(said).quorum.more_than == Decimal("0.5")
