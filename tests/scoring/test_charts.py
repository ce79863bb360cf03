"""Charts, and the page that says the same in tables."""

from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from services.scoring.papers.charts import OfPeriod, change_over_periods, points_by_criterion
from services.scoring.papers.form import About, Form, form_of
from services.scoring.papers.page import page
from services.scoring.sheet.edition import edition_for
from services.scoring.sheet.result import Sheet, SheetRow
from shared.procedure.basics import Names
from shared.texts.languages import LANGUAGES, Language

SVG = "{http://www.w3.org/2000/svg}"
PERIODS = (OfPeriod(2021, 4, 10), OfPeriod(2022, 6, 10), OfPeriod(2023, None, 10))
GIVEN, MOST = "#0b4a8f", "#949494"
POINTS = {"1": 2, "2.1": 0, "2.2": 1, "2.3": None, "3": 2}


def form(language: Language, points: dict[str, int | None] = POINTS, body: str = "Әкімдік") -> Form:
    edition, why = edition_for(2022), Names(kk="Себебі", ru="Потому что", en="Because")
    rows = tuple(
        SheetRow(row.number, row.title, None, points[row.number], 2, "annex 1 §1", why, ("990240002116",), 0)
        for row in edition.rows("state-institutions")
    )
    made = Sheet(edition.digest, "state-institutions", 2022, rows, 10, ())
    about = About(Names(kk=body, ru=body, en=body), date(2023, 2, 1))
    return form_of(made, edition.part("state-institutions"), about, language)


def bars(svg: str, color: str) -> list[ElementTree.Element]:
    series = [g for g in ElementTree.fromstring(svg).iter(f"{SVG}g") if g.get("class", "").startswith("series")]
    return [bar for g in series for bar in g.iter(f"{SVG}rect") if bar.get("fill") == color]


class TestThePointsByCriterion:
    def test_are_bars_as_long_as_the_points(self) -> None:
        drawn = bars(points_by_criterion(form("kk")), GIVEN)
        whole = max(float(bar.get("width", 0)) for bar in drawn)
        lengths = {round(float(bar.get("y", 0))): float(bar.get("width", 0)) / whole for bar in drawn}
        assert [lengths[y] for y in sorted(lengths)] == [1.0, 0.0, 0.5, 1.0]  # 2, 0, 1 and 2 of 2; 2.3 isn't known

    def test_lie_on_bars_for_the_maximum_where_they_are_known(self) -> None:
        assert len(bars(points_by_criterion(form("kk")), MOST)) == 4

    def test_are_an_empty_frame_where_nothing_is_known(self) -> None:
        svg = points_by_criterion(form("kk", dict.fromkeys(POINTS)))
        assert (len(bars(svg, GIVEN)), len(bars(svg, MOST))) == (0, 5)


class TestTheChangeOverPeriods:
    def test_is_a_column_for_each_that_is_known(self) -> None:
        first, second = bars(change_over_periods(PERIODS, "kk"), GIVEN)
        assert float(second.get("height", 0)) / float(first.get("height", 1)) == pytest.approx(6 / 4)

    def test_of_one_period_is_one_column(self) -> None:
        assert len(bars(change_over_periods(PERIODS[:1], "kk"), GIVEN)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
class TestAChart:
    def test_is_a_picture_with_a_title_and_a_description(self, language: Language) -> None:
        for svg in (points_by_criterion(form(language)), change_over_periods(PERIODS, language)):
            root = ElementTree.fromstring(svg)
            assert (root.get("role"), root.get("lang")) == ("img", language)
            named = {element.get("id"): element.text for element in root if element.get("id")}
            assert list(named) == root.get("aria-labelledby", "").split()
            assert all(named.values())

    def test_holds_no_script_and_is_always_the_same(self, language: Language) -> None:
        svg = points_by_criterion(form(language))
        assert "script" not in svg
        assert points_by_criterion(form(language)) == svg


class Reader(HTMLParser):
    """The tables of a page as a screen reader has them, and every tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("th", "td"):
            self.tables[-1][-1][-1] += data.strip()
        elif self.tags and self.tags[-1][0] == "caption":
            self.captions.append(data)


@pytest.mark.parametrize("language", LANGUAGES)
class TestThePage:
    def test_says_in_a_table_what_each_chart_shows(self, language: Language) -> None:
        _, points, periods = Reader(page(form(language), PERIODS)).tables
        unknown = {"kk": "мәлімет жеткіліксіз", "ru": "недостаточно сведений", "en": "not enough data"}[language]
        assert [row[:3] for row in points[1:]] == [
            ["1", "2", "2"], ["2.1", "0", "2"], ["2.2", "1", "2"], ["2.3", unknown, "2"], ["3", "2", "2"],
        ]  # fmt: skip
        assert periods[1:] == [["2021", "4", "10"], ["2022", "6", "10"], ["2023", unknown, "10"]]

    def test_names_its_language_tables_columns_and_rows(self, language: Language) -> None:
        read = Reader(page(form(language), PERIODS))
        assert dict(read.tags)["html"]["lang"] == language
        assert len(read.captions) == len(read.tables)
        assert {attrs.get("scope") for tag, attrs in read.tags if tag == "th"} == {"col", "row"}

    def test_runs_nothing_and_fetches_nothing(self, language: Language) -> None:
        tags = Reader(page(form(language), PERIODS)).tags
        assert [tag for tag, _ in tags if tag in ("script", "link", "img", "iframe", "object")] == []
        assert [name for _, attrs in tags for name in attrs if name.startswith("on") or name in ("src", "href")] == []


def test_names_are_text_on_the_page_whatever_they_hold() -> None:
    read = Reader(page(form("en", body="<script>alert(1)</script>"), PERIODS))
    assert "script" not in {tag for tag, _ in read.tags}
