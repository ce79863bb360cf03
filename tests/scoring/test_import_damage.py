"""Files that somebody made to do harm, or that broke on their way."""

import gc
import re
import struct
import time
import tracemalloc
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.scoring.importing import archive, check, delimited, sheets
from services.scoring.importing.template import template
from tests.scoring.bodies import numbers
from tests.scoring.tables import Import, book, row, text

SHEET = "xl/worksheets/sheet1.xml"


def rewritten(path: Path, part: str, pattern: bytes, put: bytes, **cells: object) -> Path:
    """The workbook of one row, good but for `cells`, with something in a part replaced."""
    book(path, [row(**cells)])
    with ZipFile(path) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    assert re.search(pattern, parts[part])
    parts[part] = re.sub(pattern, put, parts[part], count=1)
    with ZipFile(path, "w", ZIP_DEFLATED) as changed:
        for name, content in parts.items():
            changed.writestr(name, content)
    return path


class TestABomb:
    def test_that_unpacks_to_gigabytes_is_not_unpacked(self, tmp_path: Path) -> None:
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb"</sheetData>", rb"</sheetData>")
        with ZipFile(file, "a", ZIP_DEFLATED) as opened, opened.open("xl/worksheets/sheet2.xml", "w") as part:
            for _ in range(archive.MOST_UNPACKED // 10_000_000 + 1):
                part.write(bytes(10_000_000))
        assert file.stat().st_size < 1_000_000
        assert Import(file).wrong == [(None, "unsafe-workbook")]

    def test_of_entities_is_not_read(self, tmp_path: Path) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb"<worksheet", bomb)
        assert Import(file).wrong == [(None, "unsafe-workbook")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_of_entities_is_not_read_wherever_it_stands(self, tmp_path: Path, encoding: str) -> None:
        hidden = f"<!--{' ' * 5000}-->" + '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet/>'
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb"(?s).+", hidden.encode(encoding))
        assert Import(file).wrong == [(None, "unsafe-workbook")]

    @pytest.mark.parametrize("endless", [b"<!--%s-->", b'<c r="%s"/>'], ids=["comment", "tag"])
    @pytest.mark.parametrize("part", [SHEET, "xl/theme/theme1.xml"])
    def test_of_one_endless_tag_is_not_read(self, tmp_path: Path, part: str, endless: bytes) -> None:
        content = b"<a>" + endless % (b" " * (2 * archive.LONGEST_TAG)) + b"</a>"
        file = rewritten(tmp_path / "facts.xlsx", part, rb"(?s).+", content)
        assert Import(file).wrong == [(None, "unsafe-workbook")]

    def test_of_cell_formats_is_not_read(self, tmp_path: Path) -> None:
        formats = b"<xf/>" * (archive.MOST_TAGS + 1) + b"</cellXfs>"
        file = rewritten(tmp_path / "facts.xlsx", "xl/styles.xml", rb"</cellXfs>", formats)
        assert file.stat().st_size < 20_000
        assert Import(file).wrong == [(None, "unsafe-workbook")]

    def test_of_beginnings_that_never_end_is_surveyed_in_a_moment(self, tmp_path: Path) -> None:
        ranges = b"<worksheet><sheetData/><!--" + b"<mergeCell " * 30_000 + b"--></worksheet>"
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb"(?s).+", ranges)
        began = time.process_time()
        assert archive.survey(file, SHEET) == (0, ())
        assert time.process_time() - began < 5

    def test_of_many_parts_is_not_opened(self, tmp_path: Path) -> None:
        book(tmp_path / "facts.xlsx", [row()])
        with ZipFile(tmp_path / "facts.xlsx", "a") as opened:
            for number in range(archive.MOST_PARTS):
                opened.writestr(f"xl/media/{number}.png", b"")
        assert Import(tmp_path / "facts.xlsx").wrong == [(None, "unsafe-workbook")]


class TestAGiantSheet:
    def test_that_says_so_but_is_small_is_read(self, tmp_path: Path) -> None:
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb'<dimension ref="[^"]*"', rb'<dimension ref="A1:XFD1048576"')
        assert len(Import(file).organisations) == 1

    def test_whose_rows_are_numbered_into_the_billions_is_refused(self, tmp_path: Path) -> None:
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb'<row r="2"', rb'<row r="2000000000"')
        assert Import(file).wrong == [(None, "too-many-rows")]

    def test_with_more_rows_than_one_import_takes_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(check, "MOST_ROWS", 3)
        assert Import(text(tmp_path / "facts.csv", [row()] * 4)).wrong[-1] == (None, "too-many-rows")

    def test_full_of_mistakes_is_not_listed_without_end(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(check, "MOST_PROBLEMS", 5)
        wrong = Import(text(tmp_path / "facts.csv", [row(kind="?")] * 9)).wrong
        assert [code for _, code in wrong] == ["unknown-word"] * 5 + ["too-many-problems"]

    def test_full_of_merged_cells_is_not_listed_without_end(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (check, archive):
            monkeypatch.setattr(module, "MOST_PROBLEMS", 5)
        merged = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(2, 1000)) + "</mergeCells>"
        file = rewritten(
            tmp_path / "facts.xlsx", SHEET, rb"</sheetData>", rb"</sheetData><mergeCells>" + merged.encode()
        )
        assert archive.survey(file, SHEET).merged == ("A100:B100", "A101:B101", "A102:B102", "A103:B103", "A104:B104")
        assert [code for _, code in Import(file).wrong] == ["merged-cells"] * 5 + ["too-many-problems"]

    def test_whose_merged_cells_are_nowhere_is_read(self, tmp_path: Path) -> None:
        nowhere = rb'</sheetData><mergeCells><mergeCell ref="ABCDEFG"/><mergeCell ref="99"/></mergeCells>'
        file = rewritten(tmp_path / "facts.xlsx", SHEET, rb"</sheetData>", nowhere)
        assert Import(file).checked.rows == 1

    def test_whose_name_is_endless_is_called_by_its_beginning(self, tmp_path: Path) -> None:
        name = b'name="' + b"F" * 100_000 + b'"'
        file = rewritten(tmp_path / "facts.xlsx", "xl/workbook.xml", rb'name="Facts"', name, kind="?")
        assert [problem.sheet for problem in Import(file).checked.problems] == ["F" * 31]

    def test_with_a_line_that_never_ends_is_not_held(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        with file.open("a") as opened:
            opened.write("," * (delimited.LONGEST_LINE + 1))
        assert Import(file).wrong == [(None, "broken-table")]

    def test_of_long_cells_is_not_remembered(self, tmp_path: Path) -> None:
        """Each of 60 cells has 700 indicators of its own: remembered, what was made of them would take some 20 MB."""
        rows = [row(bin=n, indicators=f"{n}: 1: 2: more is better; " * 700) for n in numbers(60)]
        file = text(tmp_path / "facts.csv", rows)
        gc.collect()
        tracemalloc.start()
        assert Import(file).checked.problems == ()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert held < 5_000_000

    def test_wider_than_any_table_is_cut(self, tmp_path: Path) -> None:
        file = text(tmp_path / "facts.csv", [row()])
        file.write_text("\n".join(line + "," * (sheets.MOST_COLUMNS * 100) for line in file.read_text().splitlines()))
        assert len(Import(file).organisations) == 1


class TestAPackedSheetThatBrokeOnItsWay:
    @pytest.fixture
    def packed(self, tmp_path: Path) -> Path:
        return rewritten(tmp_path / "facts.xlsx", SHEET, rb"</sheetData>", rb"</sheetData>")

    @pytest.mark.parametrize("place", [0.1, 0.6, 0.9])
    def test_is_told_to_be_broken_when_bytes_of_it_are_others(self, packed: Path, place: float) -> None:
        with ZipFile(packed) as opened:
            part = opened.getinfo(SHEET)
        whole = bytearray(packed.read_bytes())
        begins = part.header_offset + 30 + sum(struct.unpack_from("<HH", whole, part.header_offset + 26))
        at = begins + int(part.compress_size * place)
        whole[at : at + 8] = b"\xff" * 8
        packed.write_bytes(whole)
        assert Import(packed).wrong[-1:] == [(None, "broken-table")]

    def test_is_told_to_be_broken_when_its_checksum_is_another(self, packed: Path) -> None:
        with ZipFile(packed) as opened:
            checksum = struct.pack("<I", opened.getinfo(SHEET).CRC)
        packed.write_bytes(packed.read_bytes().replace(checksum, b"\0\0\0\0"))
        assert Import(packed).wrong == [(None, "broken-table")]


class TestAFileThatIsNoTable:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "no-headings"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "no-table"),
            (b"%PDF-1.7 and so on", "no-headings"),
            (b"PK\x03\x04", "broken-table"),
            (b'"' + b"x" * 200_000, "broken-table"),
        ],
        ids=["empty", "an-old-xls", "a-pdf", "a-cut-archive", "an-endless-cell"],
    )
    def test_is_refused(self, tmp_path: Path, content: bytes, code: str) -> None:
        (tmp_path / "facts.xlsx").write_bytes(content)
        assert Import(tmp_path / "facts.xlsx").wrong == [(None, code)]

    def test_is_refused_when_it_is_another_archive(self, tmp_path: Path) -> None:
        with ZipFile(tmp_path / "facts.xlsx", "w") as made:
            made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        assert Import(tmp_path / "facts.xlsx").wrong == [(None, "no-table")]


def intact(file: Path, kind: str) -> bytes:
    """A file of one row as text, or in an archive whose parts are packed or just stored."""
    if kind == "csv":
        return text(file, [row()]).read_bytes()
    return (
        rewritten(file, SHEET, rb"</sheetData>", rb"</sheetData>").read_bytes() if kind == "packed" else template("en")
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.floats(0, 1, exclude_max=True),
    put=st.binary(min_size=1, max_size=40),
    cut=st.booleans(),
    kind=st.sampled_from(["csv", "stored", "packed"]),
)
def test_whatever_breaks_is_told_and_never_raised(
    tmp_path: Path, place: float, put: bytes, cut: bool, kind: str
) -> None:
    file = tmp_path / "facts"
    whole = intact(file, kind)
    at = int(place * len(whole))
    file.write_bytes(whole[:at] if cut else whole[:at] + put + whole[at + len(put) :])
    assert Import(file).checked is not None
