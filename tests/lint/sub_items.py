"""Counts the sub-items of each paragraph in the text of an act: `python -m tests.lint.sub_items TEXT …`.

Used when an act's data are written, and whenever somebody doubts its `sections`. A sub-item is whatever the text numbers
itself (`1)`, `1-іс-қимыл`); of a paragraph that numbers nothing, its own paragraphs in order, without the one that ends with
a colon; of the way through the portal, those up to its last process or condition (`7-үдеріс`, `2-шарт`). Part 0 is the act
itself; each list of paragraphs that begins anew is the next part.
"""

import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

NUMBERED = re.compile(r"(\d+)(?:\)| ?- ?іс ?- ?қ[иы]мыл)")
PORTAL = re.compile(r"\d+-(?:үдеріс|процесс|шарт)")
PARAGRAPH = re.compile(r"(\d+)\\?\. ?\D")
INDENTED = " " * 6


class Counted(NamedTuple):
    """One list of sub-items; a paragraph may hold several, one after another."""

    part: int
    paragraph: int
    items: int


def counted(text: str) -> list[Counted]:
    return [Counted(part, number, n) for part, number, blocks in _paragraphs(text) for n in _lists(blocks)]


def _lists(blocks: list[str]) -> Iterator[int]:
    """How many each list has. A list ends where the next begins with 1."""
    numbers = [int(found[1]) for block in blocks if (found := NUMBERED.match(block))]
    if not numbers:
        steps = [i for i, block in enumerate(blocks, 1) if PORTAL.match(block)]
        yield (steps[-1] if steps else len(blocks)) - blocks[0].endswith(":")
        return
    starts = [*(i for i, number in enumerate(numbers) if number == 1), len(numbers)]
    yield from (end - start for start, end in pairwise(starts))


def _paragraphs(text: str) -> Iterator[tuple[int, int, list[str]]]:
    part, number = -1, 0
    blocks: list[str] = []
    for block in _blocks(text):
        found = PARAGRAPH.match(block)
        following = int(found[1]) if found else 0
        if following == 1 or (following and following == number + 1):
            if blocks:
                yield part, number, blocks
            part, number, blocks = part + (following == 1), following, [block]
        elif blocks:
            blocks.append(block)
    if blocks:
        yield part, number, blocks


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs as printed, without headings; what a page's end broke off is put together again."""
    whole = ""
    for piece in re.split(rf"\n\s*\n|\n(?={INDENTED}|- \d)", text):
        said = " ".join(piece.split()).lstrip("-* ")
        if not said or said.startswith("#"):
            continue
        if whole and said[0].islower():
            whole += f" {said}"
        else:
            yield from [whole] if whole else []
            whole = said
    yield whole


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name)
        for found in counted(Path(name).read_text()):
            print(f"  part {found.part} §{found.paragraph}: {found.items}")
