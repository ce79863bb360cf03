"""What changed between two editions of a procedure, in words, and for whom: field by field, as `wording` words them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from reglament.law.procedures.wording import LEAVES, WHOM, WORDS, name_of, plain
from shared.procedure.act import Edition
from shared.procedure.format import Action, Procedure


class Change(NamedTuple):
    """`whom`: a role of the procedure, or the applicant."""

    whom: str
    says: str


def changes(old: Edition, new: Edition) -> list[Change]:
    """The act's, then the procedure's, in the order of the format."""
    return [
        *(Change("everybody", says) for says in differences("the act", old.act, new.act)),
        *(
            change
            for name in Procedure.model_fields
            for change in _of_the_procedure(name, old.procedure, new.procedure)
        ),
    ]


def _of_the_procedure(name: str, old: Procedure, new: Procedure) -> Iterator[Change]:
    was, now = getattr(old, name), getattr(new, name)
    if name == "actions":
        actors = {a.code: str(a.actor) for a in (*was, *now)}
        yield from (
            Change(actors.get(code, "everybody"), says) for code, says in _items("the procedure", "action", was, now)
        )
    else:
        yield from (
            Change(WHOM.get(name, "everybody"), says) for says in _field("the procedure", Procedure, name, was, now)
        )


def differences(at: str, old: BaseModel, new: BaseModel) -> Iterator[str]:
    for name in type(new).model_fields:
        yield from _field(at, type(new), name, getattr(old, name), getattr(new, name))


def _field(at: str, model: type[BaseModel], name: str, was: Any, now: Any) -> Iterator[str]:
    words = WORDS[model][name]
    if was == now:
        return
    if _is_record(was) and _is_record(now):
        yield from differences(f"{words} of {at}", was, now)
    elif _are_records((*was, *now) if isinstance(was, tuple) and isinstance(now, tuple) else ()):
        yield from (says for _, says in _items(at, words, was, now))
    elif isinstance(was, dict) and isinstance(now, dict):
        yield from _entries(f"{words} of {at}", was, now)
    elif _is_record(was) or _is_record(now):
        yield f"{at} {'has' if now else 'no longer has'} {words}: {plain(now or was)}"
    else:
        yield f"{at} {words} {plain(now)}, not {plain(was)}"


def _items(at: str, noun: str, was: Sequence[BaseModel], now: Sequence[BaseModel]) -> Iterator[tuple[str, str]]:
    """By the name of each: those that went, came, changed; or that all are there in another order."""
    before, after = {name_of(i): i for i in was}, {name_of(i): i for i in now}
    yield from ((code, f"{noun} {_called(i)} of {at} is gone") for code, i in before.items() if code not in after)
    yield from (
        (code, f"{noun} {_called(i)} of {at} is new: {plain(i)}") for code, i in after.items() if code not in before
    )
    for code in (code for code in after if code in before):
        where = _called(after[code]) if isinstance(after[code], Action) else f"{noun} {_called(after[code])} of {at}"
        yield from ((code, says) for says in differences(where, before[code], after[code]))
    if before.keys() == after.keys() and list(before) != list(after):
        yield "", f"the order of each {noun} of {at} is {', '.join(after)}, not {', '.join(before)}"


def _entries(at: str, was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*was, *now)):
        before, after = was.get(key), now.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _entries(f"{key} of {at}", before, after)
        elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from differences(f"{key} of {at}", before, after)
        elif before != after:
            yield f"{key} of {at} is {plain(after)}, not {plain(before)}"


def _called(item: BaseModel) -> str:
    """`check (§5.2)`."""
    paragraph = getattr(item, "paragraph", None)
    return f"{name_of(item)} ({paragraph})" if paragraph and isinstance(item, Action) else name_of(item)


def _is_record(value: Any) -> bool:
    return isinstance(value, BaseModel) and not isinstance(value, LEAVES)


def _are_records(values: Sequence[Any]) -> bool:
    return bool(values) and all(map(_is_record, values))
