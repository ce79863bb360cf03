"""What is known of one organisation after whatever was said of it by either side."""

from datetime import UTC, datetime
from uuid import UUID

from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.reported import FACT
from services.scoring.sheet.facts import Audits
from services.scoring.sheet.settled import settled

AT = datetime(2023, 4, 3, 5, tzinfo=UTC)
WHY = "The act was annulled in part."


def cars(violations: int, source: str = "Act 5") -> Audits:
    """What an audit of cars found."""
    fact = FACT.validate_python(
        {
            "fact": "audits",
            "norm": "cars",
            "date": AT.date(),
            "reporter": "inspector",
            "source": {"kind": "audit", "reference": source},
            "audits": [{"on": AT.date().replace(year=2022), "violations": violations}],
        }
    )
    assert isinstance(fact, Audits)
    return fact


def enrolled() -> ManagedOrganisation:
    of = UUID(int=1)
    return ManagedOrganisation(
        of, "state-institutions", 2022, "0" * 64, "050140000011", "Clinic", "state-institution", "KZ-35", AT
    )


def violations(organisation: ManagedOrganisation) -> int | None:
    """As many as count; None while that is contradictory."""
    fact = settled(organisation.known.facts)["audits:cars"]
    assert fact is None or isinstance(fact, Audits)
    return fact.audits[0].violations if fact else None


def reported_by_the_authority() -> ManagedOrganisation:
    organisation = enrolled()
    organisation.report([cars(3)], "authority", AT)
    return organisation


def settled_at_three() -> ManagedOrganisation:
    organisation = reported_by_the_authority()
    organisation.report([cars(0, "Letter 7")], "evaluated", AT)
    organisation.settle(cars(3), WHY, AT)
    return organisation


class TestAFactOfTheAuthority:
    def test_is_contradicted_by_what_the_evaluated_side_reads_in_the_same_source(self) -> None:
        organisation = reported_by_the_authority()
        organisation.report([cars(0)], "evaluated", AT)
        assert violations(organisation) is None

    def test_is_confirmed_by_the_same_from_the_evaluated_side(self) -> None:
        organisation = reported_by_the_authority()
        organisation.report([cars(3)], "evaluated", AT)
        assert violations(organisation) == 3

    def test_is_corrected_by_the_authority(self) -> None:
        organisation = reported_by_the_authority()
        organisation.report([cars(1)], "authority", AT)
        assert violations(organisation) == 1

    def test_isnt_contradicted_any_more_once_the_evaluated_side_corrects_itself(self) -> None:
        organisation = reported_by_the_authority()
        organisation.report([cars(0)], "evaluated", AT)
        organisation.report([cars(3)], "evaluated", AT)
        assert violations(organisation) == 3


class TestASettledFact:
    def test_stands_whatever_either_side_reports_from_whatever_source(self) -> None:
        organisation = settled_at_three()
        organisation.report([cars(0)], "evaluated", AT)
        organisation.report([cars(1, "Letter 8")], "evaluated", AT)
        organisation.report([cars(2)], "authority", AT)
        assert violations(organisation) == 3

    def test_shows_what_it_stands_in_place_of(self) -> None:
        organisation = settled_at_three()
        organisation.report([cars(1, "Letter 8")], "evaluated", AT)
        # the authority's own report says what was settled; the two letters say otherwise
        aside = [(f.source.reference, f.said) for f in organisation.set_aside if f.source]
        assert aside == [("Letter 7", cars(0).said), ("Letter 8", cars(1).said)]

    def test_isnt_changed_by_what_was_said_before(self) -> None:
        organisation = settled_at_three()
        before = organisation.version
        organisation.report([cars(0, "Letter 7")], "evaluated", AT)
        organisation.settle(cars(3), "As before.", AT)
        assert organisation.version == before

    def test_falls_by_another_settlement(self) -> None:
        organisation = settled_at_three()
        organisation.settle(cars(0, "Letter 7"), "The court annulled act 5.", AT)
        assert violations(organisation) == 0


class TestAnOrganisationThatWasLeftOut:
    def test_stays_out_whoever_reports_of_it(self) -> None:
        organisation = reported_by_the_authority()
        organisation.leave_out("Handed over in 2021.", AT)
        organisation.describe("Clinic No. 1", "state-institution", "KZ-35", AT)
        organisation.report([cars(0)], "evaluated", AT)
        assert organisation.left_out == "Handed over in 2021."

    def test_is_counted_again_by_its_own_decision(self) -> None:
        organisation = reported_by_the_authority()
        organisation.leave_out("Handed over in 2021.", AT)
        organisation.count_again("It was another clinic.", AT)
        assert organisation.left_out is None
