"""What the text says beside the action itself: other places that describe it, its result, who takes part, what is given.

Nothing runs by these; `reglament lint` compares them, and they are shown with the procedure.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.calendar.term import Term
from shared.identity.roles import Role
from shared.procedure.basics import Code, Data, Paragraph, Sourced

Collective = Literal["provider", "commission", "council", "national-institute"]
Actor = Role | Collective
"""Who acts by the text: a role that a person has, or a body as a whole."""
Part = Annotated[str, StringConstraints(pattern=r"^(act|annex \d+)$")]


class Place(Data):
    """Another place that describes an action, with the term as it is printed there, if one is."""

    paragraph: Paragraph
    term: Term | None = None


class ActionResult(Data):
    """What the text says comes of an action, and which action (its code) it says that this starts."""

    paragraph: Paragraph
    starts: Code | None = None


class Participants(Data):
    """The paragraph that lists who takes part, and whom it lists, in its order."""

    paragraph: Paragraph
    listed: tuple[Actor, ...] = Field(min_length=1)


class Given(Sourced):
    """What the applicant is given in the end, and in which form."""

    papers: tuple[Literal["contract", "extract", "cover-letter"], ...] = Field(min_length=1)
    form: tuple[Literal["paper", "electronic"], ...] = Field(min_length=1)


class Section(Data):
    """A paragraph with numbered sub-items (or, where it numbers none, its paragraphs in order) and how many it has."""

    procedure: Code
    about: Literal["actions", "results", "participants", "portal"]
    paragraph: Paragraph
    items: int = Field(ge=1, le=99)
