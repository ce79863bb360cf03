"""One package, one open application."""

from uuid import uuid4

import pytest

from services.intake.account.attempts import Attempts
from services.intake.application.package import Package, package_digest
from services.intake.application.refusals import SamePackage
from shared.contracts.intake import Document
from shared.web.refusal import TooManyRequests

PLAN = Document(code="business-plan", digest="a" * 64)
FORM = Document(code="application-form", sheets=2)


def digest(*documents: Document, number: str = "900101300017", procedure: str = "act/ideas") -> str:
    return package_digest(b"secret", number, procedure, documents)


class TestTheDigestOfAPackage:
    def test_is_that_of_a_set(self) -> None:
        assert digest(PLAN, FORM) == digest(FORM, PLAN) == digest(FORM, PLAN, FORM)

    def test_is_another_for_other_documents_applicants_or_procedures(self) -> None:
        more_sheets = FORM.model_copy(update={"sheets": 3})
        others = [
            digest(PLAN),
            digest(PLAN, more_sheets),
            digest(PLAN, FORM, number="900101800019"),
            digest(PLAN, FORM, procedure="act/innovation"),
        ]
        assert len({digest(PLAN, FORM), *others}) == 5


class TestWhenTaken:
    def test_it_is_refused_with_the_number_of_its_open_application(self) -> None:
        package = Package(package=digest(PLAN), application=uuid4(), number="KRG/2019/000001")
        with pytest.raises(SamePackage) as refused:
            package.must_be_free(ended=False)
        assert refused.value.params == {"number": "KRG/2019/000001"}

    def test_once_that_has_ended_another_takes_it(self) -> None:
        package, second = Package(package=digest(PLAN), application=uuid4(), number="KRG/2019/000001"), uuid4()
        package.must_be_free(ended=True)
        package.take(second, "KRG/2019/000002")
        assert (package.application, package.number) == (second, "KRG/2019/000002")


class TestWhenSomebodyGuesses:
    def test_the_name_is_shut_after_as_many_failures_as_allowed(self) -> None:
        attempts = Attempts(limit=2)
        attempts.begin("a")
        attempts.begin("a")
        with pytest.raises(TooManyRequests):
            attempts.begin("a")
        attempts.begin("b")

    def test_a_success_begins_anew(self) -> None:
        attempts = Attempts(limit=1)
        attempts.begin("a")
        attempts.succeeded("a")
        attempts.begin("a")
