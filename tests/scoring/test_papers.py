"""The sheet on paper: what the order's form has, in three languages, always the same bytes."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from services.scoring.body.handlers import LETTERS
from services.scoring.papers.form import About, Form, form_of
from services.scoring.papers.page import page
from services.scoring.papers.pdf import pdf
from services.scoring.papers.workbook import workbook
from services.scoring.sheet.edition import edition_for
from services.scoring.sheet.result import Missing, Sheet, SheetRow
from shared.procedure.basics import Names
from shared.texts.languages import LANGUAGES, Language

BODY = Names(kk="«Үлгі ауданының әкімдігі»", ru="Акимат района Үлгі", en="Akimat of Ulgi district")
NAMED = ("990240002116", "990240002126")
ABOUT = About(BODY, date(2023, 2, 1))


def sheet(part: str = "state-institutions", points: int | None = 1) -> Sheet:
    """A sheet that gives the same points in each row, or lacks a fact in each."""
    edition, same = edition_for(2022), Names(kk="Себебі", ru="Потому что", en="Because of that")
    rows = tuple(
        SheetRow(r.number, r.title, None if points is None else "x", points, 2, "annex 1 §1", same, NAMED, 0)
        for r in edition.rows(part)
    )
    lacks = tuple(Missing(r.number, NAMED[0], "solvency", "not-reported", same, same) for r in rows)
    return Sheet(edition.digest, part, 2022, rows, edition.part(part).max, () if points is not None else lacks)


def form(language: Language, of: Sheet | None = None, **about: Any) -> Form:
    of = of or sheet()
    return form_of(of, edition_for(2022).part(of.part), About(BODY, date(2023, 2, 1), **about), language)


def printed(content: bytes) -> str:
    """The text of all pages, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize("language", LANGUAGES)
class TestThePdf:
    def test_has_the_form_with_every_row_and_the_total(self, language: Language) -> None:
        told = printed(pdf(form(language)))
        part = edition_for(2022).part("state-institutions")
        for title in (BODY, part.title, *(row.title for row in part.rows)):
            assert " ".join(getattr(title, language).split()) in told
        assert {"kk": "Жиыны: 5", "ru": "Итого: 5", "en": "Total: 5"}[language] in told

    def test_says_why_and_by_whose_facts(self, language: Language) -> None:
        told = printed(pdf(form(language)))
        assert {"kk": "Себебі", "ru": "Потому что", "en": "Because of that"}[language] in told
        assert {"kk": "1-қосымша, §1", "ru": "приложение 1, §1", "en": "annex 1 §1"}[language] in told
        assert NAMED[1] in told

    def test_is_always_the_same(self, language: Language) -> None:
        assert pdf(form(language)) == pdf(form(language))

    def test_can_be_kept_and_read_aloud(self, language: Language) -> None:
        catalog: Any = PdfReader(BytesIO(pdf(form(language)))).root_object
        assert catalog["/MarkInfo"]["/Marked"]
        assert catalog["/Lang"].startswith(language)
        metadata = catalog["/Metadata"].get_data().decode()
        assert all(f"{standard}:part>" in metadata for standard in ("pdfaid", "pdfuaid"))


@pytest.mark.parametrize("language", LANGUAGES)
class TestTheWholeForm:
    """One sheet in four parts, each with its own total (annex 2)."""

    PARTS = edition_for(2022).evaluation.parts

    def whole(self, language: Language) -> list[Form]:
        return [form(language, of=sheet(part.code, points=None if part.max == 20 else 1)) for part in self.PARTS]

    def test_has_every_part_with_its_total_and_reasons_under_one_head(self, language: Language) -> None:
        told = printed(pdf(*self.whole(language)))
        assert told.count(getattr(BODY, language)) == 1
        titles = [" ".join(getattr(part.title, language).split()) for part in self.PARTS]
        assert [told.count(title) for title in titles] == [2, 2, 2, 2]
        total = {"kk": "Жиыны:", "ru": "Итого:", "en": "Total:"}[language]
        unknown = {"kk": "мәлімет жеткіліксіз", "ru": "недостаточно сведений", "en": "not enough data"}[language]
        assert [f"{total} {points}" in told for points in (5, unknown, 9)] == [True, True, True]

    def test_has_every_part_on_the_first_sheet_of_a_workbook(self, language: Language) -> None:
        book = load_workbook(BytesIO(workbook(*self.whole(language))))
        column = [cell.value for cell in book.worksheets[0]["B"]]
        places = [column.index(getattr(part.title, language)) for part in self.PARTS]
        assert places == sorted(places)
        drawn = {"kk": "Есептелген күні: ", "ru": "Рассчитан: ", "en": "Computed on: "}[language]
        noted = [place for place, text in enumerate(column) if str(text).startswith(drawn)]
        assert len(noted) == len(places)
        assert min(noted) > max(places)  # nothing of ours stands within the form
        assert len(book.worksheets) == 1 + 2 * len(self.PARTS) + 1  # reasons and organisations; what one of them lacks


class TestThePdfInKazakh:
    def test_has_all_the_letters(self) -> None:
        letters = "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"
        assert letters in printed(pdf(replace(form("kk"), body=letters)))

    def test_shows_every_letter_that_a_bodys_name_may_have(self) -> None:
        every = "".join(letter for letter in map(chr, range(0x10000)) if LETTERS.fullmatch(letter))
        assert pdf(replace(form("kk"), body=every))  # PDF/A refuses what its font can't show

    def test_prints_what_it_is_given_and_runs_none_of_it(self) -> None:
        body = "#panic() *x* $y$ \\ <b> @z =1+1"
        assert body in printed(pdf(replace(form("kk"), body=body)))


class TestWhenFactsAreMissing:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_points_are_printed_but_what_is_asked_of_whom(self, language: Language) -> None:
        told = printed(pdf(form(language, of=sheet(points=None))))
        unknown = {"kk": "мәлімет жеткіліксіз", "ru": "недостаточно сведений", "en": "not enough data"}[language]
        assert told.count(unknown) == 2 * 5 + 1  # the rows of the form and of the reasons, and the total
        assert NAMED[0] in told

    def test_the_workbook_lists_them(self) -> None:
        book = load_workbook(BytesIO(workbook(form("en", of=sheet(points=None)))))
        assert [cell.value for cell in book["Missing facts"][2]] == [
            "1",
            NAMED[0],
            "Because of that",
            "Because of that",
        ]


class TestWhenItIsApproved:
    def test_it_names_day_version_and_digest(self) -> None:
        told = printed(pdf(form("ru", approved=date(2023, 3, 1), version=2, digest="ab" * 32)))
        assert "Утверждён: 1 марта 2023" in told
        assert "Версия: 2" in told
        assert "ab" * 32 in told.replace(" ", "")

    def test_before_that_it_says_that_it_is_not_and_what_isnt_counted_yet(self) -> None:
        told = printed(pdf(form("ru", behind=3)))
        assert "Не утверждён" in told
        assert "Организаций, новые сведения которых ещё не подсчитаны: 3" in told


@pytest.mark.parametrize("language", LANGUAGES)
class TestTheWorkbook:
    def test_has_the_form_on_its_first_sheet(self, language: Language) -> None:
        first = load_workbook(BytesIO(workbook(form(language)))).worksheets[0]
        cells = [[cell.value for cell in row] for row in first.iter_rows(min_row=8)]
        heads = {"kk": "Р/с №", "ru": "№ п/п", "en": "No."}
        assert cells[0][0] == heads[language]
        part = edition_for(2022).part("state-institutions")
        assert [row[0] for row in cells[1:7]] == [row.number for row in part.rows]
        assert [row[2] for row in cells[1:8]] == [1, None, 1, 1, 1, 1, 5]  # 2 is a heading

    def test_says_how_many_decided_a_row_beside_those_it_names(self, language: Language) -> None:
        made = form_of(sheet(), edition_for(2022).part("state-institutions"), ABOUT, language, {"2.1": 10_000})
        more = {"kk": "және тағы 9998", "ru": "и ещё 9998", "en": "and 9998 more"}[language]
        lines = load_workbook(BytesIO(workbook(made))).worksheets[2].iter_rows(values_only=True)
        assert [said for number, said in lines if number in ("1", "2.1")] == [*NAMED, *NAMED, more]
        assert printed(pdf(made)).count(more) == page(made, ()).count(more) == 1

    def test_is_always_the_same(self, language: Language) -> None:
        assert workbook(form(language)) == workbook(form(language))


class TestTheWorkbooksText:
    def test_is_no_formula_whatever_it_begins_with(self) -> None:
        first = load_workbook(BytesIO(workbook(replace(form("en"), body='=HYPERLINK("http://x")')))).worksheets[0]
        assert (first["B3"].value, first["B3"].data_type) == ('=HYPERLINK("http://x")', "s")
