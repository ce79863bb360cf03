"""The command line: `reglament --help`."""

import sys
from typing import Annotated

import typer

from reglament import law, operate
from shared.calendar.reason import Locale

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs Kazakh public-service regulations end to end.",
)
app.add_typer(operate.app)
app.add_typer(law.app)
app.add_typer(law.procedures, name="procedures")
for name in ("parked", "account", "provider", "body", "clock"):
    app.add_typer(getattr(operate, name), name=name)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def main() -> None:
    app()


@app.callback()
def reglament() -> None:
    """Runs Kazakh public-service regulations end to end."""


@app.command()
def due(
    moment: Annotated[str | None, typer.Argument(help="The moment, with its offset: 2019-03-07T11:00+06:00")] = None,
    term: Annotated[str | None, typer.Argument(help="The term: 20m, 1h, 3wd (working days) or 2mo (months)")] = None,
    zone: Annotated[str, typer.Option(help="The zone whose working time counts.")] = "Asia/Almaty",
    lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    as_json: AsJson = False,
) -> None:
    """When a term ends and why: from arguments, or from JSON lines on standard input."""
    from reglament import due as lines

    locale: Locale = lang if lang in ("kk", "ru", "en") else "en"  # type: ignore[assignment]
    questions = lines.from_arguments(moment, term, zone) if moment is not None else lines.from_lines(sys.stdin)
    failed = False
    for number, question in enumerate(questions, 1):
        told = lines.answer_or_error(number, question, locale)
        failed |= "error" in told
        typer.echo(lines.shown(told, as_json), err="error" in told and not as_json)
    if failed:
        raise typer.Exit(2)


@app.command()
def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="A demonstration installation; a new one runs a case first.")
    ] = False,
    mode: Annotated[str, typer.Option(help="embedded, or kafka (one process, facts copied by Kafka)")] = "embedded",
) -> None:
    """Start everything on 127.0.0.1:8000 (PORT) and keep serving until Ctrl-C."""
    from reglament import running

    raise typer.Exit(running.run(demo, mode))


@app.command()
def demo(
    procedure: Annotated[str, typer.Option(help="Its code.")] = "karaganda-2019/new-business-ideas",
    channel: Annotated[str, typer.Option(help="paper")] = "paper",
    outcome: Annotated[str, typer.Option(help="granted or refused")] = "granted",
    case: Annotated[str | None, typer.Option(help="Any worked case of the procedure, by name.")] = None,
    mode: Annotated[str, typer.Option(help="embedded, or kafka (one process, facts copied by Kafka)")] = "embedded",
    as_json: AsJson = False,
) -> None:
    """Run one case in a throw-away home (or in REGLAMENT_HOME, where that is given)."""
    from reglament import running

    raise typer.Exit(running.demo(procedure, channel, case or outcome, mode, as_json))
