"""What the data of an evaluation must hold together in, beyond each word being known."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from services.scoring.sheet.scale import CHOICES, FILLED, Asks, Heading, Part, Rule, Scale
from shared.procedure.sound import Fault


def faults_of_scale(scale: Scale, parts: Iterable[Part]) -> Iterator[Fault]:
    yield from _numbers("criteria", (*scale.headings, *scale.criteria), len(scale.headings))
    yield from _choices(scale)
    yield from _contradictions(scale, (*scale.criteria, *(line for part in parts for line in part.rows)))
    for name, said, known in (
        ("facts", set(scale.facts), {*get_args(Asks), "organisation"}),
        ("reasons", set(scale.reasons), {*get_args(Rule), "not-enough-data"}),
    ):
        for missing in sorted(known - said):
            yield Fault((name,), f"{missing} isn't there: add it with its texts")
    for rule, reason in scale.reasons.items():
        yield from (Fault(("reasons", rule, lang), what) for lang, what in _unfillable(reason.model_dump()))


def faults_of_part(part: Part, scale: Scale) -> Iterator[Fault]:
    yield from _numbers("rows", part.rows, 0)
    known = {criterion.number: criterion for criterion in scale.criteria}
    for i, line in enumerate(part.rows):
        if line.scored_by is not None and line.scored_by not in known:
            yield Fault(("rows", i, "scored_by"), f"the scale has no criterion {line.scored_by}")
    total = sum(known[line.scored_by].max for line in part.rows if line.scored_by in known)
    if total != part.max:
        yield Fault(("max",), f"the rows' greatest points add up to {total}")


def _numbers(name: str, entries: Iterable[Heading], skipped: int) -> Iterator[Fault]:
    """Each number once, at its own paragraph, and 3.1 under a 3."""
    listed = list(entries)
    times = Counter(entry.number for entry in listed)
    for i, entry in enumerate(listed):
        place = (name, i - skipped) if i >= skipped else ("headings", i)
        if times[entry.number] > 1:
            yield Fault((*place, "number"), f"{entry.number} is there twice; give each its own number")
        if not entry.paragraph.endswith(f"§{entry.number}"):
            yield Fault((*place, "paragraph"), f"row {entry.number} stands at its own number of the annex")
        if entry.number.partition(".")[0] not in times:
            yield Fault((*place, "number"), f"{entry.number} has no heading above it")


def _choices(scale: Scale) -> Iterator[Fault]:
    for code in sorted(set(CHOICES) - set(scale.chosen)):
        yield Fault(("choices",), f"{code} isn't there: the calculation needs the answer")
    for i, choice in enumerate(scale.choices):
        if choice.in_use not in CHOICES.get(choice.code, ()):
            answers = ", ".join(sorted(CHOICES.get(choice.code, ()))) or "none: nothing asks it"
            yield Fault(("choices", i, "in_use"), f"the calculation understands {answers}")


def _contradictions(scale: Scale, written: Iterable[Heading]) -> Iterator[Fault]:
    """A reading is in use only where criteria or rows follow it."""
    followed: dict[str, set[str]] = {}
    for entry in written:
        for code, reading in entry.follows.items():
            followed.setdefault(code, set()).add(reading)
    for i, contradiction in enumerate(scale.contradictions):
        readings = followed.pop(contradiction.code, set())
        if readings != {contradiction.in_use}:
            said = ", ".join(sorted(readings)) or "none: name it in follows where it decides, or make it a choice"
            yield Fault(("contradictions", i, "in_use"), f"what criteria and rows follow is {said}")
    for code in sorted(followed):
        yield Fault(("contradictions",), f"{code} isn't there, and criteria or rows follow it")


def _unfillable(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    for language, text in texts.items():
        try:
            text.format_map(dict.fromkeys(FILLED, ""))
        except (KeyError, ValueError, IndexError) as error:
            yield language, f"can't be filled in ({error}); there are: {', '.join(FILLED)}"
