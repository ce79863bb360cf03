"""Commands of those who run an installation, given over REST with the operator's token."""

import typer

from reglament.operate import cases, evaluations, health, held_back, keeping, people, processes

app = typer.Typer(no_args_is_help=True)
for part in (cases, health, keeping, processes):
    app.add_typer(part.app)
parked, account, provider, body, clock = held_back.app, people.account, people.provider, people.body, people.clock
evaluation = evaluations.app
