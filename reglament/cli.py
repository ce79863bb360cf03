"""The command line: `reglament --help`."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import click
import typer

from reglament import operate
from reglament.law import commands as law
from reglament.law.score import score_sheet
from shared.calendar.reason import Locale
from shared.contracts.topics import SERVICES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs Kazakh public-service regulations end to end.",
)
app.add_typer(operate.app)
app.add_typer(law.app)
app.command("score")(score_sheet)
app.add_typer(law.procedures, name="procedures")
for name in ("parked", "account", "provider", "body", "clock", "evaluation"):
    app.add_typer(getattr(operate, name), name=name)
process = typer.Typer(
    no_args_is_help=True, help="A process of a distributed installation; its environment tells it more."
)
app.add_typer(process, name="process")
Service = Annotated[str, typer.Argument(click_type=click.Choice(SERVICES))]
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
    zone: Annotated[str | None, typer.Option(help="The zone whose working time counts: Asia/Almaty.")] = None,
    provider: Annotated[str | None, typer.Option(help="The provider whose zone and working time count.")] = None,
    lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    as_json: AsJson = False,
) -> None:
    """When a term ends and why: from arguments, or from JSON lines on standard input."""
    from reglament import due as lines

    locale: Locale = lang if lang in ("kk", "ru", "en") else "en"  # type: ignore[assignment]
    questions = (
        lines.from_arguments(moment, term, zone, provider) if moment is not None else lines.from_lines(sys.stdin)
    )
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
    from reglament.embedded import running

    raise typer.Exit(running.run(demo, mode))


@process.command("provision")
def provision() -> None:
    """Make databases and roles, and migrate."""
    _process(lambda processes: processes.provision)


@process.command("topics")
def topics() -> None:
    """Make topics, Kafka users and what they may do."""
    _process(lambda processes: processes.topics)


@process.command("api")
def api(service: Service) -> None:
    """Answer a service's requests."""
    _process(lambda processes: partial(processes.api, service))


@process.command("worker")
def worker(service: Service) -> None:
    """Relay, receive, react and keep the read models of a service."""
    _process(lambda processes: partial(processes.worker, service))


@process.command("front")
def front() -> None:
    """One address for all interfaces."""
    _process(lambda processes: processes.front)


def _process(named: Callable[[Any], Any]) -> None:
    from reglament.distributed import processes
    from shared.environment import Unset

    try:
        processes.run(named(processes))
    except Unset as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        pass


@app.command()
def demo(
    procedure: Annotated[str, typer.Option(help="Its code.")] = "karaganda-2019/new-business-ideas",
    channel: Annotated[str, typer.Option(help="paper or portal: by which the case goes")] = "paper",
    outcome: Annotated[str, typer.Option(help="granted or refused")] = "granted",
    case: Annotated[str | None, typer.Option(help="Any worked case of the procedure, by name.")] = None,
    mode: Annotated[str, typer.Option(help="embedded, or kafka (one process, facts copied by Kafka)")] = "embedded",
    url: Annotated[str | None, typer.Option(help="Where the demonstration of this home already serves.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run one case in a throw-away home (or in REGLAMENT_HOME, where that is given; with --url where it serves)."""
    from reglament.embedded import running

    raise typer.Exit(running.demo(procedure, channel, case or outcome, mode, as_json, url))
