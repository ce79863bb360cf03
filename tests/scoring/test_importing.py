"""What people do to tables of facts, and what comes of it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.scoring.importing.cells import decimal
from services.scoring.importing.check import check
from services.scoring.importing.columns import columns
from services.scoring.importing.refusals import DigitsLost, NotAnAmount
from services.scoring.importing.template import template
from services.scoring.sheet.facts import Audits, Indicators, NetResult, Plans, Source, Transfer
from shared.texts.languages import LANGUAGES
from tests.scoring.tables import BIN, OTHER, ZEROS, Import, book, row, text


class TestATableAsText:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_may_be_separated_in_any_usual_way(self, tmp_path: Path, separator: str) -> None:
        assert len(Import(text(tmp_path / "facts.csv", [row()], separator)).organisations) == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "kz1048"])
    def test_keeps_kazakh_letters_in_any_usual_encoding(self, tmp_path: Path, encoding: str) -> None:
        named = row(name="Әліби Ғұмар Қаһарман Өңір Үнұұ")
        [organisation] = Import(text(tmp_path / "facts.csv", [named], ";", encoding)).organisations
        assert organisation.name == "Әліби Ғұмар Қаһарман Өңір Үнұұ"

    def test_may_be_russian_as_excel_saves_it(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row(name="Ёлка", kind="ГП", solvent="да")], ";", "cp1251")
        assert Import(file).organisations[0].name == "Ёлка"

    def test_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "facts.csv").write_bytes(b"bin;\x98;\xff")  # neither UTF-8, nor anything in KZ-1048
        assert Import(tmp_path / "facts.csv").wrong == [(None, "unknown-encoding")]

    def test_may_have_a_title_and_empty_rows(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        file.write_text("Table 1\n\n" + file.read_text().replace(BIN, "\n\n" + BIN))
        assert len(Import(file).organisations) == 1

    def test_may_have_several_lines_in_a_cell(self, tmp_path: Path) -> None:
        paid = row(due="10", due_by="2022-04-15", payments="2022-04-01: 4\n15.04.2022: 6")
        [transfer, _] = Import(text(tmp_path / "facts.csv", [paid])).organisations[0].facts
        assert isinstance(transfer, Transfer)
        assert {payment.on for payment in transfer.payments} == {date(2022, 4, 1), date(2022, 4, 15)}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_may_have_headings_in_any_language(self, tmp_path: Path, language: str) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        headings, *others = file.read_text().splitlines()
        names = {column.code: getattr(column.heading, language) for column in columns()}
        file.write_text("\n".join([",".join(names[code].upper() for code in headings.split(",")), *others]))
        assert len(Import(file).organisations) == 1


class TestAWorkbook:
    def test_with_a_number_for_the_bin_gets_its_zeros_back(self, tmp_path: Path) -> None:
        book(tmp_path / "facts.xlsx", [row(bin=int(ZEROS))])
        assert Import(tmp_path / "facts.xlsx").organisations[0].bin == ZEROS

    def test_may_have_days_numbers_and_yes_as_such(self, tmp_path: Path) -> None:
        book(tmp_path / "facts.xlsx", [row(date=date(2022, 12, 31), solvent=True, net_result=-1500.5)])
        result = Import(tmp_path / "facts.xlsx").organisations[0].facts[0]
        assert isinstance(result, NetResult)
        assert (result.date, result.amount, result.year) == (date(2022, 12, 31), Decimal("-1500.5"), 2022)

    def test_with_a_formula_is_refused_since_its_value_may_be_old(self, tmp_path: Path) -> None:
        book(tmp_path / "facts.xlsx", [row(net_result="=1+1")])
        assert Import(tmp_path / "facts.xlsx").wrong == [("I2", "formula-in-cell")]

    def test_with_an_error_for_a_value_is_refused(self, tmp_path: Path) -> None:
        made = book(tmp_path / "facts.xlsx", [row(net_result="#N/A")])
        made.worksheets[0]["I2"].data_type = "e"
        made.save(tmp_path / "facts.xlsx")
        assert Import(tmp_path / "facts.xlsx").wrong == [("I2", "error-in-cell")]

    def test_with_merged_cells_is_told_which(self, tmp_path: Path) -> None:
        made = book(tmp_path / "facts.xlsx", [row(), row(bin=OTHER)])
        made.worksheets[0].merge_cells("D2:D3")
        made.save(tmp_path / "facts.xlsx")
        assert Import(tmp_path / "facts.xlsx").wrong == [("D2:D3", "merged-cells"), ("D3", "empty-cell")]

    def test_may_have_merged_cells_above_the_headings(self, tmp_path: Path) -> None:
        made = book(tmp_path / "facts.xlsx", [row()])
        made.worksheets[0].insert_rows(1, 2)
        made.worksheets[0]["A1"] = "All that we know"
        made.worksheets[0].merge_cells("A1:D1")
        made.save(tmp_path / "facts.xlsx")
        assert len(Import(tmp_path / "facts.xlsx").organisations) == 1

    def test_gives_the_tables_of_all_its_visible_sheets(self, tmp_path: Path) -> None:
        made = book(tmp_path / "facts.xlsx", [row()])
        made.create_sheet("Empty")
        made.copy_worksheet(made.worksheets[0]).sheet_state = "hidden"
        other = made.create_sheet("Others")
        other.append(list(row()))
        other.append(list(row(bin=OTHER).values()))
        made.save(tmp_path / "facts.xlsx")
        assert [o.bin for o in Import(tmp_path / "facts.xlsx").organisations] == [BIN, OTHER]

    @pytest.mark.parametrize("heading", ["BIIN", "«BIN»", "Call them on Monday"])
    def test_with_another_sheet_whose_headings_arent_known_is_told_so(self, tmp_path: Path, heading: str) -> None:
        made = book(tmp_path / "facts.xlsx", [row()])
        other = made.create_sheet("Second")
        other.append([heading, *list(row())[1:]])
        other.append(list(row(bin=OTHER).values()))
        made.save(tmp_path / "facts.xlsx")
        [problem] = Import(tmp_path / "facts.xlsx").checked.problems
        assert (problem.sheet, problem.cell, problem.code) == ("Second", None, "no-headings")

    def test_with_another_sheet_that_begins_far_below_is_told_so(self, tmp_path: Path) -> None:
        made = book(tmp_path / "facts.xlsx", [row()])
        made.create_sheet("Second")["A40"] = "bin"
        made.save(tmp_path / "facts.xlsx")
        assert Import(tmp_path / "facts.xlsx").wrong == [(None, "no-headings")]

    @pytest.mark.parametrize("place", ["DY2", "XFD2", "DY1"])
    def test_with_a_value_beyond_the_widest_table_is_told_so(self, tmp_path: Path, place: str) -> None:
        made = book(tmp_path / "facts.xlsx", [row()])
        made.worksheets[0][place] = "what is this"
        made.save(tmp_path / "facts.xlsx")
        # column 128 is DX
        assert Import(tmp_path / "facts.xlsx").wrong == [(f"DY{place[-1]}", "too-many-columns")]


class TestWhenACellIsWrong:
    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("bin", "990240002117", "wrong-check-digit"),
            ("bin", "9,9024E+11", "digits-lost"),
            ("bin", "0002116", "not-twelve-digits"),
            ("name", " ", "empty-cell"),
            ("kind", "school", "unknown-word"),
            ("date", "31/12/2022", "no-day"),
            ("date", "30.02.2022", "no-day"),
            ("source", "No. 5", "unclear-source"),
            ("source", "letter: No. 5", "unknown-word"),
            ("solvent", "perhaps", "unknown-word"),
            ("net-result", "1,500.50", "not-an-amount"),
            ("net-result", "1,500", "not-an-amount"),
            ("net-result", "ten", "not-an-amount"),
            ("audits-areas", "2022-10-03", "not-in-parts"),
            ("audits-areas", "2022-10-03: -1", "no-count"),
            ("audits-areas", "2022-10-03: 0; 2021-12-31: 2", "outside-period"),
            ("plans", "2021-10-03: 2022-10-03", "outside-period"),
            ("plans", "2022-10-03: 2023-01-09", "after-its-date"),
            ("plans", "2022-10-03: soon", "no-day"),
            ("indicators", "Patients: 100", "not-in-parts"),
            ("indicators", "Waiting days: 9: 12", "unknown-word"),
            ("indicators", "9: 12: less is better", "not-in-parts"),
            ("indicators", "Patients: 100: 90 %: more is better", "no-measure"),
            ("indicators", "Patients: 1,500: 999: more is better", "no-measure"),
            ("region", "x" * 501, "string_too_long"),
            ("name", "A\0B", "control-character"),
            ("source", "document: \x1b[2J", "control-character"),
            ("indicators", "a: 1: 2: more is better; " * 1400, "cell-too-long"),
        ],
    )
    def test_its_address_and_reason_are_told(self, tmp_path: Path, column: str, value: str, code: str) -> None:
        bad = row(**{column: value})
        place = chr(ord("A") + list(bad).index(column))
        assert Import(text(tmp_path / "facts.csv", [bad])).wrong == [(f"{place}2", code)]

    def test_every_wrong_cell_of_every_row_is_told_in_the_callers_language(self, tmp_path: Path) -> None:
        book(tmp_path / "facts.xlsx", [row(date="soon", solvent="maybe"), row(bin=OTHER), row(kind="?")])
        problems = Import(tmp_path / "facts.xlsx").checked.problems
        assert [problem.cell for problem in problems] == ["E2", "H2", "C4"]
        assert problems[0].told("ru") == {
            "sheet": "Facts",
            "cell": "E2",
            "what": "В ячейке нет даты",
            "how": "Напишите, например: 31.12.2022 или 2022-12-31.",
            "code": "no-day",
        }
        assert {len({str(p.told(language)) for language in LANGUAGES}) for p in problems} == {3}

    def test_nothing_is_kept_of_the_good_rows(self, tmp_path: Path) -> None:
        done = Import(text(tmp_path / "facts.csv", [row(), row(bin=OTHER, kind="?")]))
        assert done.checked.problems
        assert not done.kept.exists()

    @pytest.mark.parametrize("column", ["due-by", "payments"])
    def test_a_part_of_a_fact_left_out_is_told(self, tmp_path: Path, column: str) -> None:
        paid = row(due="10", due_by="2022-04-15", payments="none") | {column: ""}
        place = chr(ord("A") + list(paid).index(column))
        assert Import(text(tmp_path / "facts.csv", [paid])).wrong == [(f"{place}2", "empty-cell")]

    def test_a_fact_without_a_source_is_told(self, tmp_path: Path) -> None:
        assert Import(text(tmp_path / "facts.csv", [row(source="")])).wrong == [("H2", "no-source")]

    @pytest.mark.parametrize(
        ("days", "wrong"),
        [
            ({"due_by": "2015-04-15"}, ("J2", "outside-period")),
            ({"payments": "2022-04-01: 10; 2023-01-10: 5"}, ("K2", "after-its-date")),
        ],
    )
    def test_days_on_which_nothing_can_have_been_due_or_paid_are_told(
        self, tmp_path: Path, days: dict[str, str], wrong: tuple[str, str]
    ) -> None:
        paid = row(**{"due": "10", "due_by": "2022-04-15", "payments": "none"} | days)
        assert Import(text(tmp_path / "facts.csv", [paid])).wrong == [wrong]

    def test_a_negative_due_is_told(self, tmp_path: Path) -> None:
        wrong = row(due="-1", due_by="2022-04-15", payments="none")
        assert Import(text(tmp_path / "facts.csv", [wrong])).wrong == [("I2", "not-an-amount")]

    def test_a_value_beside_the_table_is_told(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        file.write_text(file.read_text().rstrip() + ",,what is this\n")
        assert Import(file).wrong == [("J2", "cell-without-heading")]


class TestWhenHeadingsAreWrong:
    def test_an_unknown_one_is_told_since_its_values_would_be_lost(self, tmp_path: Path) -> None:
        assert Import(text(tmp_path / "facts.csv", [row(profit=5)])).wrong == [("I1", "unknown-heading")]

    def test_the_same_twice_is_told(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row(БИН=BIN)])
        assert Import(file).wrong == [("I1", "repeated-heading")]

    def test_missing_ones_are_told_once_and_not_in_every_row(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [{"bin": BIN, "name": "A"}, {"bin": OTHER, "name": "B"}])
        assert Import(file).wrong == [("A1", "missing-columns")]

    def test_without_the_bin_there_is_no_table(self, tmp_path: Path) -> None:
        assert Import(text(tmp_path / "facts.csv", [{"name": "A"}])).wrong == [(None, "no-headings")]

    def test_alone_they_are_nothing(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        file.write_text(file.read_text().splitlines()[0])
        assert Import(file).wrong == [(None, "nothing-to-import")]


class TestAnOrganisationInSeveralRows:
    def test_may_report_another_fact_in_each(self, tmp_path: Path) -> None:
        rows = [row(), row(solvent="", net_result="5", date="2023-01-15")]
        facts = [fact.fact for o in Import(text(tmp_path / "facts.csv", rows)).organisations for fact in o.facts]
        assert facts == ["solvency", "net-result"]

    def test_reports_no_fact_twice(self, tmp_path: Path) -> None:
        [problem] = Import(text(tmp_path / "facts.csv", [row(), row(solvent="no")])).checked.problems
        assert (problem.cell, problem.code, problem.params) == ("A3", "reported-twice", {"earlier": "A2"})

    def test_is_described_alike(self, tmp_path: Path) -> None:
        rows = [row(), row(region="62", solvent="", net_result="5")]
        assert Import(text(tmp_path / "facts.csv", rows)).wrong == [("A3", "described-otherwise")]


class TestWhatARowReports:
    def test_has_its_own_source_or_the_rows(self, tmp_path: Path) -> None:
        both = row(net_result="1", net_result_source="register: R-1")
        result, solvency = Import(text(tmp_path / "facts.csv", [both])).organisations[0].facts
        assert result.source == Source(kind="register", reference="R-1")
        assert solvency.source == Source(kind="document", reference="No. 5")

    def test_an_empty_cell_is_nothing_reported_and_none_is_that_there_is_none(self, tmp_path: Path) -> None:
        facts = Import(text(tmp_path / "facts.csv", [row(audits_areas="none", audits_cars="")])).organisations[0].facts
        audits = [fact for fact in facts if isinstance(fact, Audits)]
        assert [(fact.norm, fact.audits) for fact in audits] == [("areas", ())]

    def test_both_years_of_the_result_with_none_for_a_year_before_it_existed(self, tmp_path: Path) -> None:
        both = row(net_result="5", net_result_before="none")
        facts = Import(text(tmp_path / "facts.csv", [both])).organisations[0].facts
        results = [(fact.year, fact.amount) for fact in facts if isinstance(fact, NetResult)]
        assert results == [(2022, Decimal(5)), (2021, None)]

    def test_plans_given_and_not_given(self, tmp_path: Path) -> None:
        plans = row(plans="2022-02-01: 2022-01-31; 2022-09-01: none", solvent="")
        [fact] = Import(text(tmp_path / "facts.csv", [plans])).organisations[0].facts
        assert isinstance(fact, Plans)
        assert {s.given_on for s in fact.submissions} == {date(2022, 1, 31), None}

    def test_indicators_of_which_more_or_less_is_better(self, tmp_path: Path) -> None:
        planned = row(
            indicators="Water: thousand m³: 100: 104,5: more is better; Days without: 9: 8: less is better", solvent=""
        )
        [fact] = Import(text(tmp_path / "facts.csv", [planned])).organisations[0].facts
        assert isinstance(fact, Indicators)
        assert {(i.name, i.reached, i.better) for i in fact.indicators} == {
            ("Water: thousand m³", Decimal("104.5"), "more"),
            ("Days without", Decimal(8), "less"),
        }


class TestTheTemplate:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_may_be_filled_in_with_its_help_beside(self, tmp_path: Path, language: str) -> None:
        file = tmp_path / "facts.xlsx"
        file.write_bytes(template(language))
        filled = load_workbook(file)
        filled.worksheets[0].append([row().get(column.code) for column in columns()])
        filled.save(file)
        assert len(Import(file).organisations) == 1

    def test_with_rows_below_its_help_is_told_that_they_would_be_lost(self, tmp_path: Path) -> None:
        file = tmp_path / "facts.xlsx"
        file.write_bytes(template("en"))
        filled = load_workbook(file)
        for sheet in filled.worksheets:
            sheet.append([row().get(column.code) for column in columns()])
        filled.save(file)
        [problem] = Import(file).checked.problems
        assert (problem.sheet, problem.code) == ("How to fill in", "no-headings")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_a_table_with_all_columns_and_no_rows(self, tmp_path: Path, language: str) -> None:
        (tmp_path / "facts.xlsx").write_bytes(template(language))
        assert Import(tmp_path / "facts.xlsx").wrong == [(None, "nothing-to-import")]

    def test_is_always_the_same(self) -> None:
        template.cache_clear()
        first = template("kk")
        template.cache_clear()
        assert template("kk") == first


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    file = text(tmp_path / "facts.csv", [row(solvent="", net_result="1", audits_areas="")] + [{"bin": ""}] * 1200)
    check(file, 2022, tmp_path / "kept", lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == [500, 1000, 1202]
    assert all(done <= of for done, of in told)


class TestAmounts:
    @given(st.decimals(min_value=-(10**17), max_value=10**17, places=2))
    def test_are_exactly_what_was_written(self, amount: Decimal) -> None:
        written = f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212")
        assert decimal(written, 2, NotAnAmount) == amount

    @given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
    def test_of_number_cells_are_exact_or_refused(self, cell: float) -> None:
        try:
            read = decimal(cell, 2, NotAnAmount)
        except (NotAnAmount, DigitsLost):
            return
        assert float(read) == cell
