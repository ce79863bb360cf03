"""The rules of an expertise, by themselves."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.expertise.conclusion import Findings, Scale
from services.expertise.domain import Examination
from services.expertise.refusals import (
    ConclusionFiled,
    ConflictsOpen,
    ExpertsNamedAlready,
    ExpertsNotNamed,
    InConflict,
    LeadNotAmongThem,
    NothingFiled,
    NotItsExpert,
    NotItsLead,
    OpinionsMissing,
    PointsNotInScale,
    WouldReplaceThemselves,
)
from shared.contracts.personal import Personal

APPLICATION, PERSON = UUID(int=1), UUID(int=2)
LAURA, VIKTOR, SAULE = (UUID(int=n) for n in (11, 12, 13))
AT = datetime(2019, 11, 14, 5, tzinfo=UTC)
SCALES = (Scale(criterion="novelty", most=5), Scale(criterion="feasibility", most=3))


def findings(words: str = "sound", *, recommended: bool = True, points: dict[str, int] | None = None) -> Findings:
    given = {"novelty": 4, "feasibility": 2, **(points or {})}
    return Findings(points=given, recommended=recommended, words=Personal(person=PERSON, text=words))


def why(expert: UUID, text: str) -> Personal:
    return Personal(person=expert, text=text)


def opened() -> Examination:
    return Examination(APPLICATION, "examine", ("a" * 64,), SCALES, AT)


def named() -> Examination:
    """Laura leads, Viktor examines with her."""
    examination = opened()
    examination.name_experts((LAURA, VIKTOR), LAURA, AT)
    return examination


def heard() -> Examination:
    """Both have given their opinion."""
    examination = named()
    for expert in (LAURA, VIKTOR):
        examination.give_opinion(expert, findings(), AT)
    return examination


def in_conflict() -> Examination:
    examination = heard()
    examination.declare_conflict(VIKTOR, Personal(person=VIKTOR, text="a cousin"), AT)
    return examination


def filed() -> Examination:
    examination = heard()
    examination.conclude(LAURA, findings(), AT)
    return examination


def facts(examination: Examination) -> list[str]:
    return [type(event).__name__ for event in examination.pending_events]


class TestWhenTheMaterialsHaveCome:
    def test_nobody_gives_an_opinion_before_being_named(self) -> None:
        with pytest.raises(ExpertsNotNamed):
            opened().give_opinion(LAURA, findings(), AT)

    def test_who_leads_is_one_of_the_experts(self) -> None:
        with pytest.raises(LeadNotAmongThem):
            opened().name_experts((LAURA,), VIKTOR, AT)

    def test_one_expert_may_examine_alone(self) -> None:
        examination = opened()
        examination.name_experts((LAURA,), LAURA, AT)
        assert (examination.experts, examination.lead) == ((LAURA,), LAURA)


class TestWhenTheExpertsAreNamed:
    def test_naming_the_same_again_changes_nothing(self) -> None:
        examination = named()
        examination.name_experts((LAURA, VIKTOR), LAURA, AT)
        assert facts(examination) == ["Opened", "ExpertsNamed"]

    def test_others_arent_named_over_them(self) -> None:
        with pytest.raises(ExpertsNamedAlready):
            named().name_experts((SAULE,), SAULE, AT)

    def test_somebody_else_gives_no_opinion(self) -> None:
        with pytest.raises(NotItsExpert):
            named().give_opinion(SAULE, findings(), AT)

    @pytest.mark.parametrize("points", [{"novelty": 6}, {"feasibility": -1}, {"beauty": 1}])
    def test_every_criterion_is_rated_within_its_scale_and_no_other(self, points: dict[str, int]) -> None:
        with pytest.raises(PointsNotInScale) as refused:
            named().give_opinion(LAURA, findings(points=points), AT)
        assert refused.value.params == {"expected": ["novelty 0…5", "feasibility 0…3"]}

    def test_an_opinion_may_be_given_anew_and_the_same_changes_nothing(self) -> None:
        examination = named()
        for found in (findings(), findings("doubtful", recommended=False), findings("doubtful", recommended=False)):
            examination.give_opinion(LAURA, found, AT)
        assert facts(examination)[2:] == ["OpinionGiven", "OpinionGiven"]
        assert not examination.opinions[LAURA].recommended

    def test_the_conclusion_waits_for_every_opinion(self) -> None:
        examination = named()
        examination.give_opinion(LAURA, findings(), AT)
        with pytest.raises(OpinionsMissing) as refused:
            examination.conclude(LAURA, findings(), AT)
        assert refused.value.params == {"experts": [VIKTOR]}

    def test_only_the_lead_files_it(self) -> None:
        with pytest.raises(NotItsLead):
            heard().conclude(VIKTOR, findings(), AT)


class TestWhenAnExpertHasDeclaredAConflict:
    def test_their_opinion_falls(self) -> None:
        assert set(in_conflict().opinions) == {LAURA}

    def test_they_give_no_other(self) -> None:
        with pytest.raises(InConflict):
            in_conflict().give_opinion(VIKTOR, findings(), AT)

    def test_nothing_is_filed_until_they_are_replaced(self) -> None:
        with pytest.raises(ConflictsOpen):
            in_conflict().conclude(LAURA, findings(), AT)

    def test_another_takes_their_place(self) -> None:
        examination = in_conflict()
        examination.replace(VIKTOR, SAULE, why(VIKTOR, "a conflict"), AT)
        examination.give_opinion(SAULE, findings(), AT)
        examination.conclude(LAURA, findings(), AT)
        assert examination.experts == (LAURA, SAULE)
        assert len(examination.conclusions) == 1

    @pytest.mark.parametrize("other", [LAURA, VIKTOR])
    def test_nobody_who_takes_part_or_is_in_conflict_does(self, other: UUID) -> None:
        with pytest.raises(WouldReplaceThemselves):
            in_conflict().replace(VIKTOR, other, why(VIKTOR, "a conflict"), AT)

    def test_who_takes_the_leads_place_leads(self) -> None:
        examination = named()
        examination.replace(LAURA, SAULE, why(LAURA, "ill"), AT)
        assert examination.lead == SAULE


class TestWhenTheConclusionIsFiled:
    def test_the_same_again_changes_nothing(self) -> None:
        examination = filed()
        examination.conclude(LAURA, findings(), AT)
        assert facts(examination)[-1:] == ["Concluded"]
        assert len(examination.conclusions) == 1

    def test_another_isnt_filed_over_it(self) -> None:
        with pytest.raises(ConclusionFiled):
            filed().conclude(LAURA, findings(recommended=False), AT)

    def test_neither_opinions_nor_experts_change_any_more(self) -> None:
        with pytest.raises(ConclusionFiled):
            filed().give_opinion(VIKTOR, findings("after all", recommended=False), AT)
        with pytest.raises(ConclusionFiled):
            filed().replace(VIKTOR, SAULE, why(VIKTOR, "too late"), AT)
        with pytest.raises(ConclusionFiled):
            filed().declare_conflict(VIKTOR, Personal(person=VIKTOR, text="too late"), AT)

    def test_a_correction_is_a_version_of_its_own_that_names_the_one_before(self) -> None:
        examination = filed()
        examination.correct(LAURA, findings(points={"novelty": 1}), "a sum was wrong", AT)
        first, second = examination.conclusions
        assert (first.number, first.corrects, first.findings.points["novelty"]) == (1, None, 4)
        assert (second.number, second.corrects, second.reason) == (2, first.digest, "a sum was wrong")

    def test_a_correction_to_the_same_changes_nothing(self) -> None:
        examination = filed()
        examination.correct(LAURA, findings(), "nothing was wrong", AT)
        assert len(examination.conclusions) == 1

    def test_the_first_version_reads_as_before(self) -> None:
        examination = filed()
        before = examination.text(examination.conclusions[0].findings)
        examination.correct(LAURA, findings(points={"novelty": 1}), "a sum was wrong", AT)
        assert examination.text(examination.conclusions[0].findings) == before


class TestTheInstantsOfAnExpertise:
    """Materials on 14 November, experts named on the 15th, Viktor's opinion of the 20th written before Laura's of the 18th."""

    def heard(self) -> Examination:
        examination = opened()
        examination.name_experts((LAURA, VIKTOR), LAURA, self.day(15))
        examination.give_opinion(VIKTOR, findings(), self.day(20))
        examination.give_opinion(LAURA, findings(), self.day(18))
        return examination

    def day(self, day: int) -> datetime:
        return AT.replace(day=day)

    def test_an_opinion_follows_the_naming_in_whatever_order_they_are_written(self) -> None:
        assert self.heard().ground(of_all=False) == self.day(15)

    def test_a_conclusion_follows_every_opinion(self) -> None:
        assert self.heard().ground(of_all=True) == self.day(20)

    def test_an_opinion_follows_the_naming_of_another_expert(self) -> None:
        examination = self.heard()
        examination.replace(VIKTOR, SAULE, why(VIKTOR, "ill"), self.day(21))
        assert examination.ground(of_all=False) == self.day(21)

    def test_once_it_is_filed_all_that_is_said_follows_the_last_version(self) -> None:
        examination = self.heard()
        examination.conclude(LAURA, findings(), self.day(22))
        examination.correct(LAURA, findings(points={"novelty": 1}), "a sum was wrong", self.day(25))
        assert examination.ground(of_all=False) == self.day(25)


class TestBeforeAnythingIsFiled:
    def test_there_is_nothing_to_correct(self) -> None:
        with pytest.raises(NothingFiled):
            heard().correct(LAURA, findings(), "early", AT)


class TestTheTextOfAConclusion:
    def test_is_this_canonical_json(self) -> None:
        examination = opened()
        examination.name_experts((LAURA,), LAURA, AT)
        examination.give_opinion(LAURA, findings("good"), AT)
        said = '{"points":{"feasibility":2,"novelty":4},"recommended":true,"words":"good"}'
        assert examination.text(findings("good")) == (
            f'{{"application":"{APPLICATION}","conclusion":{said},"corrects":null,'
            f'"materials":["{"a" * 64}"],"opinions":{{"{LAURA}":{said}}},"reason":null}}'
        )
