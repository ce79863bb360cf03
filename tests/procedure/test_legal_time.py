"""A case's own facts never go back in legal time, whatever the clock of a demonstration does."""

from datetime import timedelta

import pytest

from shared.procedure.refusals import BeforeItsGround
from tests.procedure.test_deadline import assigned


class TestWhenTheExecutorWasNamed:
    def test_undoing_that_before_it_happened_is_refused(self) -> None:
        case = assigned()
        named = case.progress.completion("assign")
        assert named
        with pytest.raises(BeforeItsGround):
            case.undoes("assign", named.at - timedelta(seconds=1))
        assert case.undoes("assign", named.at).undone

    def test_checking_before_it_happened_is_refused(self) -> None:
        case = assigned()
        named = case.progress.completion("assign")
        assert named
        with pytest.raises(BeforeItsGround):
            case.open_for("check", None, named.at - timedelta(seconds=1), named.at)
