"""Where something stands in a YAML file, and what YAML would swallow without a word."""

from collections.abc import Iterator, Sequence

import yaml

Loc = Sequence[str | int]


def line_of(text: str, loc: Loc) -> int | None:
    """The line, from 1, of what `loc` leads to, or of the last thing on the way that is there."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = None
    for step in loc:
        found = _below(node, step)
        if found is None:
            break
        at, node = found
        line = at.start_mark.line + 1
    return line or (node.start_mark.line + 1 if node else None)


def doubled(text: str) -> Iterator[tuple[int, str]]:
    """Keys that a mapping has twice, with the line of the second; YAML would take the last in silence."""
    yield from _doubled(yaml.compose(text, Loader=yaml.CSafeLoader))


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What stands under a key or at a place: where it begins, and its value."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _doubled(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled(item)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, str(key.value)
            seen.add(key.value)
            yield from _doubled(value)
