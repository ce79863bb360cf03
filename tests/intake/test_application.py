"""The application's own rules."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.intake.application.domain import Application
from services.intake.application.project import as_form, project_of
from services.intake.application.refusals import FormNotMet, NothingToCorrect, UnknownGround
from shared.contracts.intake import Applicant, ApplicationRegistered, Document, Project
from shared.contracts.personal import Personal
from shared.procedure.editions import Published

AT = datetime(2019, 11, 26, 4, tzinfo=UTC)
PERSON, CLERK = uuid4(), uuid4()
GROUNDS = ("incomplete-package", "court-ban")


def registered() -> Application:
    given = {
        name: Personal(person=PERSON, text=text)
        for name, text in {
            "number": "900101300017",
            "name": "Асқар",
            "phone": "+77015550123",
            "email": "a@b.kz",
        }.items()
    }
    application = Application(
        application=uuid4(),
        registration=ApplicationRegistered(
            happened_at=AT,
            number="KRG/2019/000001",
            edition="0" * 64,
            procedure="karaganda-2019/new-business-ideas",
            provider="karaganda-region",
            channel="paper",
            applicant=Applicant(kind="entrepreneur", account=PERSON, person=PERSON, language="kk", **given),
            project=Project(title="Наубайхана", kind_of_activity="Нан пісіру", amount="3000000.00"),
            documents=(Document(code="business-plan", digest="a" * 64), Document(code="identity", sheets=1)),
        ),
        consent=True,
    )
    application.collect_events()
    return application


def events(application: Application) -> list[str]:
    return [type(event).__name__ for event in application.collect_events()]


class TestWhenRegistered:
    def test_any_executor_may_admit(self) -> None:
        application = registered()
        application.admit("check", AT)
        assert events(application) == ["Admitted"]

    def test_a_refusal_needs_a_ground_of_the_procedure(self) -> None:
        application = registered()
        with pytest.raises(UnknownGround):
            application.refuse("check", "bad-mood", "none", GROUNDS, AT)
        application.refuse("check", "court-ban", "a decision of 3 May", GROUNDS, AT)
        assert events(application) == ["Refused"]

    def test_a_correction_remembers_what_was(self) -> None:
        application = registered()
        application.correct("applicant.name", "Асқар Бейсенов", "misspelt", AT)
        [corrected] = application.collect_events()
        assert isinstance(corrected, Application.Corrected)
        assert (corrected.was.text, corrected.now.text) == ("Асқар", "Асқар Бейсенов")
        assert application.fields["applicant.name"] == "Асқар Бейсенов"

    def test_the_value_that_it_has_is_no_correction(self) -> None:
        application = registered()
        application.correct("project.title", "Наубайхана", "misspelt", AT)
        assert events(application) == []

    def test_a_field_that_it_lacks_cannot_be_corrected(self) -> None:
        with pytest.raises(NothingToCorrect):
            registered().correct("representative.name", "Дана", "misspelt", AT)

    def test_asking_to_withdraw_again_adds_nothing_while_no_answer_came(self) -> None:
        application = registered()
        application.ask_to_withdraw("cabinet", AT, waiting=False)
        application.ask_to_withdraw("cabinet", AT, waiting=True)
        assert events(application) == ["AskedToWithdraw"]

    def test_its_scans_are_what_is_sent_on(self) -> None:
        assert registered().digests == ("a" * 64,)


class TestWhenAnExecutorWasNamed:
    def test_naming_the_same_one_changes_nothing(self) -> None:
        executor = uuid4()
        application = self._named(executor)
        application.name_executor(executor, AT)
        assert events(application) == []

    def _named(self, executor: UUID) -> Application:
        application = registered()
        application.name_executor(executor, AT)
        application.collect_events()
        return application


class TestTheProjectAndItsForm:
    def test_what_a_form_asks_beside_the_usual_is_kept(self, procedures: dict[str, Published]) -> None:
        procedure = procedures["karaganda-2019/infrastructure"].edition.procedure
        given = {"title": "Су құбыры", "object": "Су құбыры, 3 км", "amount": "100.50"}
        project = project_of(procedure, given)
        assert (project.kind_of_activity, project.other) == (None, {"object": "Су құбыры, 3 км"})
        assert as_form(project) == given

    @pytest.mark.parametrize("amount", ["0", "-1", "1.5", "a million", "1e6"])
    def test_an_amount_is_tenge_with_two_decimals_or_none(self, procedures: dict[str, Published], amount: str) -> None:
        procedure = procedures["karaganda-2019/new-business-ideas"].edition.procedure
        with pytest.raises(FormNotMet) as refused:
            project_of(procedure, {"title": "a", "kind_of_activity": "b", "amount": amount})
        assert refused.value.params == {"places": ["/amount (pattern)"]}

    def test_what_is_missing_is_named(self, procedures: dict[str, Published]) -> None:
        procedure = procedures["karaganda-2019/new-business-ideas"].edition.procedure
        with pytest.raises(FormNotMet) as refused:
            project_of(procedure, {"title": "a"})
        assert refused.value.params == {"places": ["/amount (required)", "/kind_of_activity (required)"]}
