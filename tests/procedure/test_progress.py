"""The rules of `progress`, each on the smallest case that shows it. Whole cases of real acts are in tests/histories."""

from datetime import timedelta

from shared.procedure.progress import progress
from tests.procedure.invented import SHORT, START, Short, Told, action, codes, procedure


class TestWhenNothingHasHappened:
    def test_the_first_step_is_open_and_intake_has_the_case(self) -> None:
        stands = progress(SHORT, [])
        assert codes(stands) == ([], ["register"])
        assert stands.custodian == "intake"
        assert stands.ended is None


class TestWhenAStepIsComplete:
    def test_the_next_rests_on_it(self) -> None:
        case = Short()
        opened = case.stands().opened("draw-protocol")
        assert opened
        assert opened.rests_on == (case.sat,)

    def test_another_outcome_opens_nothing_that_waits_for_this_one(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        case.step("intake", "check", "refused", [registered])
        stands = progress(SHORT, case.facts)
        assert codes(stands) == (["register", "check"], [])
        assert stands.custodian == "intake"


class TestWhenAStepIsDoneAgain:
    def test_the_latest_counts_and_what_rested_on_the_earlier_reopens(self) -> None:
        case = Short()
        case.drawn("a")
        again = case.step("commission", "sit", rests_on=[case.checked])
        stands = case.stands()
        assert codes(stands) == (["register", "check", "sit"], ["draw-protocol"])
        assert stands.reopened == ("draw-protocol",)
        assert case.sat not in stands.counting
        assert again in stands.counting

    def test_a_term_from_the_previous_action_keeps_its_first_completion(self) -> None:
        case = Short()
        first = case.sat
        case.sat = case.step("commission", "sit", rests_on=[case.checked])
        case.drawn()
        opened = case.stands().opened("notify")
        assert opened
        assert opened.since == first.at == START + timedelta(minutes=2)

    def test_a_term_from_a_named_moment_takes_the_latest(self) -> None:
        case = Short()
        case.sat = case.step("commission", "sit", rests_on=[case.checked])
        case.drawn("a")
        opened = case.stands().opened("sign-protocol")
        assert opened
        assert opened.since == case.sat.at == START + timedelta(minutes=3)


class TestWhenAStepIsUndone:
    def test_it_and_all_that_rested_on_it_reopen(self) -> None:
        case = Short()
        case.drawn("a")
        case.signed("a")
        case.step("commission", "sit", undone=True, rests_on=[case.checked])
        stands = case.stands()
        assert codes(stands) == (["register", "check"], ["sit"])
        assert stands.reopened == ("sit", "draw-protocol", "sign-protocol")

    def test_an_undoing_of_what_was_never_done_reopens_nothing(self) -> None:
        case = Told()
        registered = case.step("intake", "register")
        case.step("intake", "check", "admitted", [registered])
        case.step("commission", "sit", undone=True)
        stands = progress(SHORT, case.facts)
        assert codes(stands) == (["register", "check"], ["sit"])
        assert stands.reopened == ()

    def test_what_rests_on_the_undoing_counts_for_nothing(self) -> None:
        case = Short()
        undoing = case.step("commission", "sit", undone=True, rests_on=[case.checked])
        case.step("commission", "draw-protocol", "granted", [undoing], parts={"sign-protocol": ()})
        assert codes(case.stands()) == (["register", "check"], ["sit"])


class TestWhenSeveralMustAnswer:
    def test_those_who_have_not_are_missing(self) -> None:
        case = Short()
        case.drawn("a", "b", "c")
        case.signed("b")
        opened = case.stands().opened("sign-protocol")
        assert opened
        assert opened.missing == ("a", "c")

    def test_it_is_complete_with_the_last_at_the_latest_answer(self) -> None:
        case = Short()
        case.drawn("a", "b")
        case.signed("b")
        case.signed("a")
        signed = case.stands().completion("sign-protocol")
        assert signed
        assert signed.outcome == "signed"
        assert signed.at == case.facts[-1].at

    def test_one_who_can_not_sign_answers_too(self) -> None:
        case = Short()
        case.drawn("a", "b")
        case.signed("a")
        case.signed("b", "not-signed")
        assert codes(case.stands())[1] == ["notify"]

    def test_one_who_was_not_asked_does_not_matter(self) -> None:
        case = Short()
        case.drawn("a", "b")
        case.signed("a")
        case.signed("stranger")
        opened = case.stands().opened("sign-protocol")
        assert opened
        assert opened.missing == ("b",)

    def test_nobody_asked_means_nothing_to_wait_for(self) -> None:
        case = Short()
        case.drawn()
        assert codes(case.stands())[1] == ["notify"]


class TestWhenFactsAreOnTheirWay:
    def test_what_rests_on_them_waits_and_says_for_which(self) -> None:
        case = Short()
        stands = progress(SHORT, [case.registered, case.sat])
        assert codes(stands) == (["register"], ["check"])
        assert stands.waiting == {case.sat.id: (case.checked.id,)}

    def test_what_never_counted_has_not_reopened(self) -> None:
        case = Short()
        assert progress(SHORT, [case.registered, case.sat]).reopened == ()

    def test_what_rests_on_what_waits_has_not_reopened_either(self) -> None:
        case = Short()
        case.drawn("a")
        stands = progress(SHORT, [case.registered, case.sat, case.protocol])
        assert codes(stands) == (["register"], ["check"])
        assert stands.reopened == ()

    def test_facts_that_rest_on_each_other_count_for_nothing(self) -> None:
        case = Told()
        case.step("intake", "register")
        ahead = Told()
        ahead.facts = [*case.facts]
        second = ahead.step("intake", "check", "admitted", [*case.facts])
        third = ahead.step("commission", "sit", rests_on=[second])
        body = second.body.step
        assert body
        circular = second.body.model_copy(update={"step": body.model_copy(update={"rests_on": (third.id,)})})
        case.facts += [type(second)(second.id, second.source, second.version, second.name, circular), third]
        assert codes(progress(SHORT, case.facts)) == (["register"], ["check"])


CALLED = procedure(
    [
        action("register", {"kind": "register", "role": "chancellery"}),
        action(
            "agenda",
            {"kind": "convene", "role": "executor", "after": ["register"]},
            term={"working_days": 3},
            **{"from": {"moment": "call-close"}},
        ),
        action("notice", {"kind": "notify", "role": "executor", "after": ["convene"]}),
    ]
)


class TestWhenATermRunsFromTheCloseOfTheCall:
    def test_the_step_is_open_without_a_since_until_a_fact_states_it(self) -> None:
        case = Told()
        case.step("intake", "register")
        opened = progress(CALLED, case.facts).opened("convene")
        assert opened
        assert opened.since is None

    def test_the_close_may_lie_in_the_future_and_may_move(self) -> None:
        case = Told()
        case.step("intake", "register")
        case.states("intake", "call-close", START + timedelta(days=10))
        case.states("intake", "call-close", START + timedelta(days=17))
        opened = progress(CALLED, case.facts).opened("convene")
        assert opened
        assert opened.since == START + timedelta(days=17)


class TestWhenTheCaseHasEnded:
    def test_nothing_is_open(self) -> None:
        case = Short()
        ended = case.ends("commission", "withdrawn")
        stands = case.stands()
        assert stands.open == ()
        assert stands.ended
        assert (stands.ended.outcome, stands.ended.by) == ("withdrawn", ended)

    def test_by_its_data_the_last_fact_ended_it(self) -> None:
        case = Short()
        case.drawn()
        told = case.step("notification", "notify", "granted", [case.protocol])
        stands = case.stands()
        assert stands.ended
        assert (stands.ended.outcome, stands.ended.by) == ("told", told)

    def test_the_same_facts_twice_end_it_once(self) -> None:
        case = Short()
        case.ends("commission", "withdrawn")
        assert progress(SHORT, [*case.facts, *case.facts]) == case.stands()


class TestFactsThatCarryNoStep:
    def test_unmake_nothing(self) -> None:
        case = Short()
        before = codes(case.stands())
        case.states("intake", "receipt", START)
        case.states("expertise", "receipt", START)
        assert codes(case.stands()) == before
        assert not case.stands().later

    def test_can_be_rested_on(self) -> None:
        case = Short()
        noted = case.states("intake", "receipt", START)
        case.sat = case.step("commission", "sit", rests_on=[case.checked, noted])
        assert case.sat in case.stands().counting
