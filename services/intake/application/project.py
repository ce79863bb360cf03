"""The project of an application, between the procedure's form (a flat object of texts) and the public fact."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator

from services.intake.application.refusals import FormNotMet
from shared.contracts.intake import Project
from shared.procedure.format import Procedure

NAMED = ("title", "kind_of_activity", "amount")


def project_of(procedure: Procedure, given: Mapping[str, str]) -> Project:
    """What was filled in, when it fits the procedure's form. Raises FormNotMet."""
    errors = Draft202012Validator(procedure.form.project).iter_errors(given)
    if places := sorted({place for error in errors for place in _places(error)}):
        raise FormNotMet(places=places)
    return Project(
        title=given["title"],
        kind_of_activity=given.get("kind_of_activity"),
        amount=f"{Decimal(given['amount']):.2f}",
        other={name: text for name, text in given.items() if name not in NAMED},
    )


def as_form(project: Project) -> dict[str, str]:
    """The project as the form has it."""
    named = {name: getattr(project, name) for name in NAMED}
    return {name: text for name, text in named.items() if text is not None} | project.other


def _places(error: Any) -> list[str]:
    """Where and which rule, without the value."""
    place = "".join(f"/{step}" for step in error.absolute_path)
    if error.validator == "required":
        return [f"{place}/{name} (required)" for name in error.validator_value if name not in error.instance]
    return [f"{place or '/'} ({error.validator})"]
