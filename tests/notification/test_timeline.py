"""The timeline of committed histories. Instants and deadlines worked by hand from the act (Almaty, UTC+6; a working day
ends at 18:30, 12:30 UTC)."""

from datetime import datetime

import pytest

from services.notification.cabinet.timeline import ActionDone, Entry, Standing, actions, entries
from shared.procedure.progress import progress
from tests.histories.history import history
from tests.notification.story import utc

IDEAS, SHYMKENT = "karaganda-2019/new-business-ideas", "shymkent-2019/innovation-projects"


def done(name: str) -> list[ActionDone]:
    told = history(name)
    return actions(told.edition.procedure, told.facts, progress(told.edition.procedure, told.facts))


def lines(name: str) -> list[Entry]:
    told = history(name)
    return entries(told.edition.procedure, told.facts, progress(told.edition.procedure, told.facts))


def spans(name: str) -> list[tuple[str, datetime, datetime, datetime]]:
    return [(a.action.code, a.started_at, a.completed_at, a.due_at) for a in done(name)]


class TestWhenTheGrantWasGiven:
    def test_eight_actions_are_told_each_within_its_term(self) -> None:
        assert spans(f"{IDEAS}/granted") == [
            # 20 minutes from the receipt at 10:00
            ("register", utc(11, 25, 4), utc(11, 25, 4, 10), utc(11, 25, 4, 20)),
            # 2 working days from Monday 10:10: Wednesday; complete with the notice that belongs to it
            ("check", utc(11, 25, 4, 10), utc(11, 26, 9, 5), utc(11, 27, 12, 30)),
            ("convene", utc(11, 26, 9), utc(11, 27, 4), utc(11, 27, 12, 30)),
            # 10 working days from Wednesday 27 November; Monday 2 December was off
            ("sitting", utc(11, 27, 4), utc(12, 5, 5, 40), utc(12, 12, 12, 30)),
            ("protocol", utc(12, 5, 5), utc(12, 6, 4), utc(12, 10, 12, 30)),
            ("signing", utc(12, 6, 4), utc(12, 9, 4), utc(12, 9, 12, 30)),
            ("notice", utc(12, 9, 4), utc(12, 9, 9), utc(12, 10, 12, 30)),
            # 10 working days from Monday 9 December; 16 and 17 were holidays
            ("contract", utc(12, 9, 4), utc(12, 12, 6), utc(12, 25, 12, 30)),
        ]

    def test_each_names_the_event_that_completed_it(self) -> None:
        assert [a.event for a in done(f"{IDEAS}/granted")] == [
            "ApplicationRegistered",
            "ApplicantNotified",
            "ApplicationScheduled",
            "ApplicationDecided",
            "ProtocolDrawn",
            "ProtocolApproved",
            "ApplicantNotified",
            "ContractSigned",
        ]

    def test_every_fact_stands_and_none_is_late(self) -> None:
        told = lines(f"{IDEAS}/granted")
        assert len(told) == 15
        assert {e.standing for e in told} == {Standing.STANDS}
        assert not any(e.late for e in told)


class TestWhenTheExecutorRefused:
    def test_registration_and_check_are_told(self) -> None:
        assert [(a.action.code, a.event) for a in done(f"{IDEAS}/refused-by-executor")] == [
            ("register", "ApplicationRegistered"),
            ("check", "ApplicantNotified"),
        ]


class TestWhenTheTermHoldsForARefusalOnly:
    """Shymkent §5.3 times the refusal only."""

    def test_the_check_isnt_told_of_an_admission(self) -> None:
        codes = [a.action.code for a in done(f"{SHYMKENT}/granted")]
        assert "check" not in codes
        assert codes[:3] == ["register", "assign", "send"]

    def test_the_check_is_told_of_a_refusal(self) -> None:
        # 2 working days from the assignment on Monday 11 November 11:00: Wednesday
        assert spans(f"{SHYMKENT}/refused-by-executor")[-1] == (
            "check",
            utc(11, 11, 5),
            utc(11, 12, 9, 1),
            utc(11, 13, 12, 30),
        )

    def test_the_line_of_an_admission_has_no_term(self) -> None:
        [check] = [e for e in lines(f"{SHYMKENT}/granted") if e.step.code == "check"]
        assert not check.timed
        assert not check.late


class TestWhenTheItemWasMoved:
    def test_what_fell_and_what_was_done_again_are_both_told(self) -> None:
        told = [(e.fact.name, e.standing) for e in lines(f"{IDEAS}/item-moved")[3:]]
        assert told == [
            ("ApplicationScheduled", Standing.FELL),
            ("SittingHeld", Standing.FELL),
            ("ApplicationUnscheduled", Standing.UNDID),
            ("ApplicationScheduled", Standing.STANDS),
            ("SittingHeld", Standing.STANDS),
            ("ApplicationDecided", Standing.STANDS),
        ]

    def test_the_sitting_is_complete_with_its_vote_and_its_term_runs_from_the_first_convening(self) -> None:
        assert ("sitting", utc(11, 27, 4), utc(12, 10, 5, 30), utc(12, 12, 12, 30)) in spans(f"{IDEAS}/item-moved")


class TestWhenTheProtocolWasCorrected:
    def test_signing_is_told_from_the_newest_protocol(self) -> None:
        # drawn anew on Monday 9 December 10:00, 1 working day: Tuesday
        assert spans(f"{IDEAS}/protocol-corrected")[-1] == (
            "signing",
            utc(12, 9, 4),
            utc(12, 10, 4),
            utc(12, 10, 12, 30),
        )

    def test_drawing_counts_as_done_when_it_first_was(self) -> None:
        assert ("protocol", utc(12, 5, 5), utc(12, 6, 4), utc(12, 10, 12, 30)) in spans(f"{IDEAS}/protocol-corrected")

    def test_the_first_signatures_fell(self) -> None:
        told = [
            (e.done.part, e.standing) for e in lines(f"{IDEAS}/protocol-corrected") if e.step.code == "sign-protocol"
        ]
        assert told == [
            ("member-1", Standing.FELL),
            ("member-2", Standing.FELL),
            ("member-3", Standing.STANDS),
            ("member-1", Standing.STANDS),
            ("member-2", Standing.STANDS),
        ]


class TestWhenIntakeWroteAfterItsHandOver:
    def test_that_fact_is_told_as_later(self) -> None:
        told = lines(f"{IDEAS}/check-again-after-handover")
        assert [e.standing for e in told if e.fact.name == "ApplicationRefused"] == [Standing.LATER]


class TestWhenTheVoteCameBeforeItsSitting:
    def test_it_waits(self) -> None:
        told = history(f"{IDEAS}/vote-came-before-its-sitting")
        known = told.facts[:5]
        found = entries(told.edition.procedure, known, progress(told.edition.procedure, known))
        assert [e.standing for e in found if e.fact.name == "ApplicationDecided"] == [Standing.WAITS]


class TestWhenTheApplicantWithdrewBeforeTheVote:
    def test_the_sitting_that_was_broken_off_isnt_complete(self) -> None:
        assert [a.action.code for a in done(f"{IDEAS}/withdrawn-before-vote")] == ["register", "check", "convene"]


class TestWhenOneMemberCantSign:
    def test_signing_is_complete_with_the_approval_only(self) -> None:
        assert "signing" not in [a.action.code for a in done(f"{IDEAS}/member-cannot-sign")]


@pytest.mark.parametrize("branch", ["granted", "item-moved", "protocol-corrected", "vote-corrected"])
def test_the_order_of_facts_changes_nothing(branch: str) -> None:
    told = history(f"{IDEAS}/{branch}")
    stands = progress(told.edition.procedure, told.facts)
    there = entries(told.edition.procedure, told.facts, stands), actions(told.edition.procedure, told.facts, stands)
    back = tuple(reversed(told.facts))
    assert there == (entries(told.edition.procedure, back, stands), actions(told.edition.procedure, back, stands))
