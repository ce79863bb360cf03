"""A body's membership, day by day."""

from datetime import date
from uuid import UUID

import pytest

from services.commission.body.domain import Body, Seat
from services.commission.body.refusals import AppointedAlready, NotSeated, OtherBody, RelievedBeforeAppointed, SeatTaken

ASEL, BOLAT, CHINGIZ, DANA = (UUID(int=n) for n in range(1, 5))
MARCH_1, MARCH_15, APRIL_1 = date(2019, 3, 1), date(2019, 3, 15), date(2019, 4, 1)


@pytest.fixture
def body() -> Body:
    return Body(UUID(int=9), "competition-commission", "karaganda-region")


class TestWhenABodyIsFormed:
    def test_nobody_sits_in_it(self, body: Body) -> None:
        assert body.on(MARCH_1).members == ()

    def test_its_stream_is_named_by_its_id(self, body: Body) -> None:
        assert body.id == f"body:{UUID(int=9)}"

    def test_it_decides_what_the_procedure_gives_to_its_kind_and_provider(self, body: Body) -> None:
        body.must_decide("competition-commission", "karaganda-region")
        with pytest.raises(OtherBody):
            body.must_decide("regional-coordination-council", "karaganda-region")
        with pytest.raises(OtherBody):
            body.must_decide("competition-commission", "shymkent-city")


class TestItsCalendar:
    FIRST, SECOND, THIRD = (UUID(int=n) for n in range(21, 24))

    def test_sittings_are_numbered_within_the_year(self, body: Body) -> None:
        body.fix_sitting(self.FIRST, date(2019, 12, 20))
        body.fix_sitting(self.SECOND, date(2019, 12, 27))
        body.fix_sitting(self.THIRD, date(2020, 1, 10))
        assert [fixed.number for fixed in body.sittings.values()] == ["1/2019", "2/2019", "1/2020"]

    def test_a_sitting_put_off_keeps_its_number(self, body: Body) -> None:
        body.fix_sitting(self.FIRST, date(2019, 12, 30))
        body.fix_sitting(self.FIRST, date(2020, 1, 10))
        body.fix_sitting(self.SECOND, date(2020, 1, 17))
        assert [fixed.number for fixed in body.sittings.values()] == ["1/2019", "1/2020"]

    def test_the_same_day_again_changes_nothing(self, body: Body) -> None:
        body.fix_sitting(self.FIRST, MARCH_1)
        body.collect_events()
        body.fix_sitting(self.FIRST, MARCH_1)
        assert not body.collect_events()

    def test_it_tells_what_is_still_to_come(self, body: Body) -> None:
        body.fix_sitting(self.FIRST, MARCH_1)
        body.fix_sitting(self.SECOND, MARCH_15)
        assert body.sittings_from(MARCH_15) == [self.SECOND]


class TestWhenSeatsAreGiven:
    @pytest.fixture(autouse=True)
    def seated(self, body: Body) -> None:
        body.appoint(ASEL, Seat.CHAIR, MARCH_1)
        body.appoint(BOLAT, Seat.DEPUTY, MARCH_1)
        body.appoint(CHINGIZ, Seat.MEMBER, MARCH_15)
        body.appoint(DANA, Seat.SECRETARY, MARCH_1)

    def test_chair_and_deputy_are_members_that_vote(self, body: Body) -> None:
        assert body.on(MARCH_1).members == (ASEL, BOLAT)

    def test_a_member_sits_from_the_day_of_the_appointment(self, body: Body) -> None:
        assert CHINGIZ not in body.on(date(2019, 3, 14)).members
        assert CHINGIZ in body.on(MARCH_15).members

    def test_chair_deputy_and_secretary_are_told(self, body: Body) -> None:
        composition = body.on(MARCH_15)
        assert (composition.chair, composition.deputy, composition.secretary) == (ASEL, BOLAT, DANA)

    def test_the_secretary_does_not_vote(self, body: Body) -> None:
        assert DANA not in body.on(MARCH_15).members

    def test_the_secretary_votes_when_appointed_member_too(self, body: Body) -> None:
        body.appoint(DANA, Seat.MEMBER, MARCH_1)
        assert DANA in body.on(MARCH_1).members

    def test_a_second_chair_is_refused(self, body: Body) -> None:
        with pytest.raises(SeatTaken):
            body.appoint(CHINGIZ, Seat.CHAIR, APRIL_1)

    def test_the_same_appointment_again_changes_nothing(self, body: Body) -> None:
        body.collect_events()
        body.appoint(ASEL, Seat.CHAIR, MARCH_1)
        assert not body.collect_events()

    def test_a_chair_who_is_also_appointed_member_has_one_vote(self, body: Body) -> None:
        body.appoint(ASEL, Seat.MEMBER, MARCH_1)
        assert body.on(MARCH_1).members.count(ASEL) == 1


class TestWhenAMemberIsRelieved:
    @pytest.fixture(autouse=True)
    def relieved(self, body: Body) -> None:
        body.appoint(ASEL, Seat.CHAIR, MARCH_1)
        body.relieve(ASEL, Seat.CHAIR, MARCH_15)

    def test_the_seat_is_held_until_the_day_before(self, body: Body) -> None:
        assert body.on(date(2019, 3, 14)).chair == ASEL
        assert body.on(MARCH_15).chair is None

    def test_another_may_follow(self, body: Body) -> None:
        body.appoint(BOLAT, Seat.CHAIR, MARCH_15)
        assert body.on(MARCH_15).chair == BOLAT

    def test_the_same_relief_again_changes_nothing(self, body: Body) -> None:
        body.collect_events()
        body.relieve(ASEL, Seat.CHAIR, MARCH_15)
        assert not body.collect_events()

    def test_who_does_not_hold_the_seat_cannot_be_relieved_of_it(self, body: Body) -> None:
        with pytest.raises(NotSeated):
            body.relieve(BOLAT, Seat.CHAIR, MARCH_15)

    def test_one_may_come_back(self, body: Body) -> None:
        body.appoint(ASEL, Seat.CHAIR, APRIL_1)
        assert body.on(date(2019, 3, 20)).chair is None
        assert body.on(APRIL_1).chair == ASEL

    def test_a_seat_cannot_end_before_it_began(self, body: Body) -> None:
        body.appoint(CHINGIZ, Seat.MEMBER, MARCH_15)
        with pytest.raises(RelievedBeforeAppointed):
            body.relieve(CHINGIZ, Seat.MEMBER, MARCH_1)


class TestWhenSomebodyHoldsASeat:
    def test_the_same_appointment_again_changes_nothing(self, body: Body) -> None:
        body.appoint(ASEL, Seat.MEMBER, MARCH_15)
        body.collect_events()
        body.appoint(ASEL, Seat.MEMBER, MARCH_15)
        assert not body.collect_events()

    @pytest.mark.parametrize("since", [MARCH_1, APRIL_1])
    def test_an_appointment_from_another_day_is_refused_with_the_day_that_stands(self, body: Body, since: date) -> None:
        body.appoint(ASEL, Seat.MEMBER, MARCH_15)
        with pytest.raises(AppointedAlready) as refused:
            body.appoint(ASEL, Seat.MEMBER, since)
        assert refused.value.params["since"] == MARCH_15

    def test_after_the_relief_they_may_be_appointed_again(self, body: Body) -> None:
        body.appoint(ASEL, Seat.MEMBER, MARCH_1)
        body.relieve(ASEL, Seat.MEMBER, MARCH_15)
        body.appoint(ASEL, Seat.MEMBER, APRIL_1)
        assert body.on(APRIL_1).members == (ASEL,)
