"""Who has a case, and what a service writes after it has handed the case over."""

from shared.procedure.progress import progress
from tests.procedure.invented import SHORT, START, Short, Told, action, codes, procedure


class TestWhenAServiceHasHandedTheCaseOver:
    def test_what_it_does_afterwards_is_later(self) -> None:
        case = Short()
        again = case.step("intake", "check", "refused", [case.registered])
        stands = case.stands()
        assert stands.later == {again}
        assert stands.custodian == "commission"
        assert codes(stands) == (["register", "check", "sit"], ["draw-protocol"])

    def test_an_end_that_it_chooses_is_later_too(self) -> None:
        case = Short()
        withdrawn = case.ends("intake", "withdrawn")
        assert case.stands().later == {withdrawn}
        assert case.stands().ended is None

    def test_the_order_in_its_own_log_counts_not_the_clock(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        withdrawn = case.ends("intake", "withdrawn")
        case.step("intake", "check", "admitted", [registered], at=START)
        stands = progress(SHORT, case.facts)
        assert stands.ended
        assert stands.ended.by == withdrawn


# The institute is asked, the commission sits, the institute is asked again on what the commission found.
THERE_AND_BACK = procedure(
    [
        action("register", {"kind": "register", "role": "chancellery"}),
        action("first", {"kind": "examine", "role": "institute-expert", "after": ["register"]}),
        action("sitting", {"kind": "sit", "role": "secretary", "after": ["examine"]}),
        action(
            "second", {"code": "examine-again", "kind": "examine", "role": "institute-expert", "after": ["sit"]}
        ),
        action("notice", {"kind": "notify", "role": "chancellery", "after": ["examine-again"]}),
    ]
)  # fmt: skip


class TestWhenTheCaseComesBackToAService:
    def test_what_it_does_on_the_hand_over_counts(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        examined = case.step("expertise", "examine", rests_on=[registered])
        sat = case.step("commission", "sit", rests_on=[examined])
        assert progress(THERE_AND_BACK, case.facts).custodian == "expertise"
        case.step("expertise", "examine-again", rests_on=[sat])
        stands = progress(THERE_AND_BACK, case.facts)
        assert not stands.later
        assert codes(stands)[1] == ["notify"]

    def test_an_undoing_hands_nothing_over(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        case.step("expertise", "examine", "undone", undone=True)
        case.step("expertise", "examine", rests_on=[registered])
        stands = progress(THERE_AND_BACK, case.facts)
        assert not stands.later
        assert codes(stands)[1] == ["sit"]

    def test_what_it_does_resting_on_the_time_before_is_later(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        examined = case.step("expertise", "examine", rests_on=[registered])
        case.step("commission", "sit", rests_on=[examined])
        again = case.step("expertise", "examine", rests_on=[registered])
        assert progress(THERE_AND_BACK, case.facts).later == {again}

    def test_an_end_that_it_chooses_on_the_hand_over_counts(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        examined = case.step("expertise", "examine", rests_on=[registered])
        sat = case.step("commission", "sit", rests_on=[examined])
        assert progress(THERE_AND_BACK, case.facts).given == sat
        withdrawn = case.ends("expertise", "withdrawn", [sat])
        stands = progress(THERE_AND_BACK, case.facts)
        assert not stands.later
        assert stands.ended
        assert (stands.ended.outcome, stands.ended.by) == ("withdrawn", withdrawn)

    def test_an_end_resting_on_the_time_before_is_later(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        examined = case.step("expertise", "examine", rests_on=[registered])
        case.step("commission", "sit", rests_on=[examined])
        withdrawn = case.ends("expertise", "withdrawn", [registered])
        stands = progress(THERE_AND_BACK, case.facts)
        assert stands.later == {withdrawn}
        assert stands.ended is None

    def test_the_first_custodian_was_given_it_by_nobody(self) -> None:
        assert progress(SHORT, [Told().step("intake", "register")]).given is None


# Two parties sign after the notice; the case ends when the notice is given and the contract signed.
TOLD_THEN_SIGNED = procedure(
    [
        action("sitting", {"kind": "sit", "role": "secretary"}),
        action("notice", {"kind": "notify", "role": "chancellery", "after": ["sit"]}),
        action(
            "contract",
            {"kind": "sign-contract", "role": "head", "after": ["notify.granted"], "parts": ["provider", "applicant"]},
        ),
    ],
    ends=["notify.granted", "sign-contract"],
)


class TestWhenTheNoticeOpensTheNextStep:
    def test_notification_never_has_custody_and_may_tell_again(self) -> None:
        case = Told()
        sat = case.step("commission", "sit")
        case.step("notification", "notify", "refused", [sat])
        again = case.step("notification", "notify", "granted", [sat])
        stands = progress(TOLD_THEN_SIGNED, case.facts)
        assert not stands.later
        assert again in stands.counting
        assert stands.custodian == "commission"

    def test_a_notice_told_again_takes_the_place_of_the_first(self) -> None:
        case = Told()
        sat = case.step("commission", "sit")
        case.step("notification", "notify", "granted", [sat])
        case.step("notification", "notify", "refused", [sat])
        assert codes(progress(TOLD_THEN_SIGNED, case.facts)) == (["sit", "notify"], [])

    def test_answers_given_before_it_is_open_complete_nothing(self) -> None:
        case = Told()
        sat = case.step("commission", "sit")
        case.step("commission", "sign-contract", rests_on=[sat], part="provider")
        case.step("commission", "sign-contract", rests_on=[sat], part="applicant")
        assert codes(progress(TOLD_THEN_SIGNED, case.facts)) == (["sit"], ["notify"])

    def test_an_end_of_two_completions_needs_both(self) -> None:
        case = Told()
        sat = case.step("commission", "sit")
        notice = case.step("notification", "notify", "granted", [sat])
        case.step("commission", "sign-contract", rests_on=[notice], part="provider")
        assert progress(TOLD_THEN_SIGNED, case.facts).ended is None
        last = case.step("commission", "sign-contract", rests_on=[notice], part="applicant")
        ended = progress(TOLD_THEN_SIGNED, case.facts).ended
        assert ended
        assert ended.by == last
