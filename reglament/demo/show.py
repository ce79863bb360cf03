"""A case in the terminal: each action done with its deadline and paragraph, and what is open."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table


class Show:
    """Prints what is new in each state that it is shown."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.told: set[str] = set()

    def __call__(self, state: dict[str, Any]) -> None:
        if not self.told:
            self.console.print(f"\n[bold]{state['number']}[/]  {state['procedure']['title']}")
            self.console.print(f"[dim]{state['provider']['title']}; total due {_short(state['total_due'])}[/]\n")
        for told in sorted([*state["timeline"], *state["messages"]], key=_at):
            if (name := told.get("fact") or told["id"]) not in self.told:
                self.told.add(name)
                self._entry(told) if "fact" in told else self._message(told)

    def open_steps(self, state: dict[str, Any]) -> None:
        """Who has to do what now, until when."""
        for step in state["open"]:
            until = f"until {_short(step['due'])}" if step["due"] else "untimed"
            self.console.print(f"  → {step['title']}: {step['role_name']}, {until} ({step['paragraph']})")

    def end(self, state: dict[str, Any]) -> None:
        """The whole case as a table of its actions."""
        table = Table(title=f"{state['number']}: {state['status']['title']}", title_justify="left")
        for column in ("action", "by", "from", "due", "done", "§"):
            table.add_column(column)
        for action in state["actions"]:
            instants = [_short(action[k]) for k in ("started_at", "due_at", "completed_at")]
            table.add_row(action["title"], action["actor"], *instants, action["paragraph"])
        self.console.print(table)

    def _entry(self, entry: dict[str, Any]) -> None:
        due = f"due {_short(entry['due'])}, " if entry["due"] else ""
        outcome = "" if entry["outcome"] == "done" else f" [bold]{entry['outcome']}[/]"
        who = f"{entry['role_name']}" + (f" ({entry['part']})" if entry["part"] and len(entry["part"]) < 30 else "")
        mark = "[red]✗[/]" if entry["standing"] == "undid" else "[green]✓[/]"
        line = f"{_short(entry['at'])} {mark} {entry['title']}{outcome}  [dim]{who}; {due}{entry['paragraph']}[/]"
        self.console.print(line, highlight=False)

    def _message(self, message: dict[str, Any]) -> None:
        self.console.print(f"{_short(message['at'])} [cyan]✉ {message['title']}[/]", highlight=False)


def _at(told: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(told["at"])


def _short(at: str | None) -> str:
    return datetime.fromisoformat(at).strftime("%d.%m.%Y %H:%M") if at else "–"
