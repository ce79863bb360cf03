"""The way of a case through its actions, and how long it is by their terms."""

from dataclasses import dataclass, field

from shared.procedure.format import Action, Moment, Procedure


@dataclass(frozen=True)
class Way:
    """From a moment on, each action's term run from its own moment; calls close at once. `terms`: what each action counts,
    in one scale; those that aren't in it take no time."""

    procedure: Procedure
    since: Moment
    terms: dict[str, int]
    _ends: dict[str, int | None] = field(default_factory=dict)

    def added(self) -> int:
        """All actions on the way one after another."""
        return sum(count for code, count in self.terms.items() if self._end(self._action(code)) is not None)

    def longest(self) -> int:
        """To the end of the last, those side by side at once."""
        return max((self._end(self._action(code)) or 0 for code in self.terms), default=0)

    def instead(self, code: str, count: int) -> "Way":
        """The same way, if this action counted so much."""
        return Way(self.procedure, self.since, self.terms | {code: count})

    def _action(self, code: str) -> Action:
        return next(a for a in self.procedure.actions if a.code == code)

    def _end(self, action: Action) -> int | None:
        """None where the action doesn't come after the moment that the way begins with."""
        if action.code not in self._ends:
            self._ends[action.code] = 0  # a moment within the action itself adds nothing
            start = self._start(action)
            self._ends[action.code] = None if start is None else start + self.terms.get(action.code, 0)
        return self._ends[action.code]

    def _start(self, action: Action) -> int | None:
        if action.runs_from and self._begins_at(action.runs_from):
            return 0
        before = [self.procedure.steps[code][0] for code in _awaited(action)]
        if not before:
            return 0 if self.since.moment == "receipt" else None
        return max((end for end in map(self._end, before) if end is not None), default=None)

    def _begins_at(self, moment: Moment) -> bool:
        return moment == self.since or _step(moment) == _step(self.since) is not None


def _step(moment: Moment | None) -> str | None:
    return (moment.first or moment.latest) if moment else None


def _awaited(action: Action) -> list[str]:
    """The steps that the action begins after: that of its moment, or where it has none all that its steps wait for."""
    if action.runs_from:
        step = _step(action.runs_from)
        return [step] if step else []
    own = {s.code for s in action.steps}
    return [a.step for s in action.steps for a in s.after if a.step not in own]
