"""IIN and BIN by their digits."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from idnumbers.nationalid import KAZ

from shared.identity.number import (
    NeverIssued,
    NotTwelveDigits,
    NumberWarning,
    Sex,
    WrongCheckDigit,
    check_digit,
    parse_bin,
    parse_iin,
    warnings,
)

ELEVEN = st.text("0123456789", min_size=11, max_size=11)


def first_sum(eleven: str) -> int:
    return sum(place * int(digit) for place, digit in enumerate(eleven, start=1)) % 11


def changed(eleven: str, place: int, by: int) -> str:
    return eleven[:place] + str((int(eleven[place]) + by) % 10) + eleven[place + 1 :]


class TestWhenTheFirstSumDecides:
    def test_a_right_iin_is_taken(self) -> None:
        # 9·1 + 1·4 + 1·6 + 3·7 + 1·11 = 51 = 4·11 + 7
        assert parse_iin(" 900101300017 ") == "900101300017"

    def test_a_right_bin_is_taken(self) -> None:
        # 1·1 + 1·4 + 4·5 = 25 = 2·11 + 3
        assert parse_bin("100140000003") == "100140000003"

    def test_another_check_digit_is_refused(self) -> None:
        with pytest.raises(WrongCheckDigit):
            parse_iin("900101300018")


class TestWhenTheFirstSumLeavesTen:
    def test_the_second_sum_decides(self) -> None:
        # first: 9·1 + 1·4 + 1·6 + 3·7 + 8·10 + 1·11 = 131 = 11·11 + 10
        # second: 9·3 + 1·6 + 1·8 + 3·9 + 8·1 + 1·2 = 78 = 7·11 + 1
        assert parse_iin("900101300811") == "900101300811"

    @pytest.mark.parametrize("last", "0123456789")
    def test_ten_again_is_a_number_never_issued(self, last: str) -> None:
        # first: 120 = 10·11 + 10; second: 9·3 + 1·6 + 1·8 + 3·9 + 8·1 + 0·2 = 76 = 6·11 + 10
        with pytest.raises(NeverIssued):
            parse_bin("90010130080" + last)


class TestWhenItIsNoNumber:
    @pytest.mark.parametrize(
        "text", ["", "90010130001", "9001013000170", "90010130001x", "9001 01300017", "٩001013000"]
    )
    def test_anything_but_twelve_digits_is_refused(self, text: str) -> None:
        with pytest.raises(NotTwelveDigits):
            parse_iin(text)


class TestLawsOfTheCheckDigit:
    @given(ELEVEN)
    def test_it_agrees_with_an_independent_library(self, eleven: str) -> None:
        assert check_digit(eleven) == KAZ.IndividualIDNumber.checksum(eleven + "0")

    @given(ELEVEN, st.integers(1, 9))
    def test_a_changed_check_digit_is_always_refused(self, eleven: str, by: int) -> None:
        digit = check_digit(eleven)
        assume(digit is not None)
        with pytest.raises(WrongCheckDigit):
            parse_iin(eleven + str((int(digit or 0) + by) % 10))

    @given(ELEVEN, st.integers(0, 9), st.integers(1, 9))
    def test_a_slip_in_the_first_ten_is_refused_where_the_first_sum_decides(
        self, eleven: str, place: int, by: int
    ) -> None:
        slip = changed(eleven, place, by)
        assume(10 not in (first_sum(eleven), first_sum(slip)))
        with pytest.raises(WrongCheckDigit):
            parse_iin(slip + str(check_digit(eleven)))

    @given(ELEVEN, st.integers(1, 9))
    def test_a_slip_in_the_eleventh_is_not_seen_where_the_first_sum_decides(self, eleven: str, by: int) -> None:
        # its weight is 11: nothing remains of it
        assume(first_sum(eleven) != 10)
        assert parse_iin(changed(eleven, 10, by) + str(check_digit(eleven)))


class TestWhenTheDigitsSayMoreThanTheyGuarantee:
    def test_agreement_warns_of_nothing(self) -> None:
        # seventh digit 3: a man of the twentieth century
        assert warnings(parse_iin("900101300017"), born=date(1990, 1, 1), sex=Sex.MALE) == ()

    def test_another_birth_date_and_sex_are_warnings(self) -> None:
        found = warnings(parse_iin("900101300017"), born=date(1990, 1, 2), sex=Sex.FEMALE)
        assert found == (NumberWarning.OTHER_BIRTH_DATE, NumberWarning.OTHER_SEX)

    def test_digits_that_are_no_date_are_a_warning(self) -> None:
        # month 13: 9·1 + 1·3 + 3·4 + 1·6 + 3·7 + 1·11 = 62 = 5·11 + 7
        assert warnings(parse_iin("901301300017"), born=date(1990, 1, 1)) == (NumberWarning.NO_SUCH_DATE,)

    def test_what_is_not_stated_is_not_compared(self) -> None:
        assert warnings(parse_iin("900101300017")) == ()
