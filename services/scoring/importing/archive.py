"""A workbook is an archive from anywhere: what is in it is weighed before anything is unpacked."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from services.scoring.importing.refusals import BrokenTable, NoTable, UnsafeWorkbook
from services.scoring.importing.sheets import MOST_PROBLEMS

MEGABYTE = 1_000_000
MOST_UNPACKED, MOST_IN_MEMORY, MOST_PARTS = 600 * MEGABYTE, 80 * MEGABYTE, 500
"""All parts together; each part that isn't a sheet, since those are read into memory; how many parts."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_CHUNK, _OVERLAP = 1 << 20, 200
_ROW = re.compile(rb"<(?:\w+:)?row[ >/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^<>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)\"")


class Content(NamedTuple):
    """What a sheet's text holds: how many rows, and which ranges are merged, MOST_PROBLEMS at most."""

    rows: int
    merged: tuple[str, ...]


def weigh(file: Path) -> None:
    """Refuse an archive that is no workbook, or unpacks to too much. Raises NoTable, UnsafeWorkbook, BrokenTable."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise NoTable
            if _too_heavy(parts) or any(_declares(archive, part) for part in parts):
                raise UnsafeWorkbook(megabytes=MOST_UNPACKED // MEGABYTE)
    except (BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as broken:
        raise BrokenTable from broken


def survey(file: Path, part: str) -> Content:
    """Count a sheet's rows and find its merged ranges without reading its cells."""
    rows, merged = 0, set[str]()
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


def _declares(archive: ZipFile, part: ZipInfo) -> bool:
    """Whether a part defines entities of its own, which could grow without end and no workbook has."""
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(4096)


def _chunks(file: Path, part: str) -> Iterator[bytes]:
    """The part's bytes piece by piece, each with what is needed of the next so that nothing is cut in two."""
    with ZipFile(file) as archive, archive.open(part) as opened:
        held = b""
        while chunk := opened.read(_CHUNK):
            yield (text := held + chunk)
            held = text[-_OVERLAP:]
        yield held + b" " * _OVERLAP
