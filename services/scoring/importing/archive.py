"""A workbook is an archive from anywhere: what is in it is weighed before anything is unpacked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile, ZipInfo

from services.scoring.importing.refusals import BrokenTable, NoTable, Unimportable, UnsafeWorkbook
from services.scoring.importing.sheets import MOST_PROBLEMS

MEGABYTE = 1_000_000
MOST_UNPACKED, MOST_IN_MEMORY, MOST_PARTS = 600 * MEGABYTE, 80 * MEGABYTE, 500
"""All parts together; each part that isn't a sheet, since those are read into memory; how many parts."""
MOST_TAGS = 100_000
"""In a part that is read as a tree, such as styles: ten times what a workbook with thousands of formats has."""
LONGEST_TAG = 1 << 20
"""Bytes of a tag or comment. A parser that is given a part piece by piece begins a longer one anew with each piece."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CHUNK, _OVERLAP = 1 << 20, 200
_ROW = re.compile(rb"<(?:\w{1,20}:)?row[ >/]")
_MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell [^<>]{0,150}?ref=\"([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)\"")


class Content(NamedTuple):
    """What a sheet's text holds: how many rows, and which ranges are merged, MOST_PROBLEMS at most."""

    rows: int
    merged: tuple[str, ...]


@contextmanager
def from_anywhere() -> Iterator[None]:
    """Within it a file is read that may be broken in any way: whatever stumbles over it, the file is told to be so."""
    try:
        yield
    except (Unimportable, MemoryError):
        raise
    except Exception as broken:
        raise BrokenTable from broken


def weigh(file: Path) -> None:
    """Refuse an archive that is no workbook, or unpacks to too much. Raises NoTable, UnsafeWorkbook, BrokenTable."""
    with from_anywhere(), ZipFile(file) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise NoTable
        if _too_heavy(parts):
            raise _unsafe()
        for part in parts:
            _look_through(archive, part)


def survey(file: Path, part: str) -> Content:
    """Count a sheet's rows and find its merged ranges without reading its cells. Raises BrokenTable."""
    rows, merged = 0, set[str]()
    with from_anywhere():
        for text in _chunks(file, part):
            rows += len(_ROW.findall(text[:-_OVERLAP]))
            if len(merged) < MOST_PROBLEMS:
                merged |= {found.decode() for found in _MERGED.findall(text)}
    return Content(rows, tuple(sorted(merged)[:MOST_PROBLEMS]))


def _too_heavy(parts: list[ZipInfo]) -> bool:
    """By the sizes that the archive states; no more than those is ever unpacked."""
    others = [part.file_size for part in parts if not _SHEET.fullmatch(part.filename)]
    return (
        len(parts) > MOST_PARTS
        or sum(p.file_size for p in parts) > MOST_UNPACKED
        or max(others, default=0) > MOST_IN_MEMORY
    )


def _look_through(archive: ZipFile, part: ZipInfo) -> None:
    """Refuse what would take a parser without end, and a document type: it may define entities, which grow without end,
    and no workbook has one. A parser as the one that reads workbooks is asked, so that nothing hides it."""
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    most_tags = MOST_TAGS if _is_tree(part.filename) else part.file_size
    fed = tags = 0
    with archive.open(part) as opened, suppress(ExpatError):  # a picture isn't XML
        while text := opened.read(_CHUNK):
            parser.Parse(text)
            fed, tags = fed + len(text), tags + text.count(b"<")
            if tags > most_tags or fed - parser.CurrentByteIndex >= LONGEST_TAG:
                raise _unsafe()


def _is_tree(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not _SHEET.fullmatch(name) and name.casefold() != "xl/sharedstrings.xml"


def _refuse(*_doctype: object) -> None:
    raise _unsafe()


def _unsafe() -> UnsafeWorkbook:
    return UnsafeWorkbook(megabytes=MOST_UNPACKED // MEGABYTE)


def _chunks(file: Path, part: str) -> Iterator[bytes]:
    """The part's bytes piece by piece, each with what is needed of the next so that nothing is cut in two."""
    with ZipFile(file) as archive, archive.open(part) as opened:
        held = b""
        while chunk := opened.read(_CHUNK):
            yield (text := held + chunk)
            held = text[-_OVERLAP:]
        yield held + b" " * _OVERLAP
