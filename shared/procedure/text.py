"""What the text says beside the action itself: other places that describe it, its result, who takes part, what is given.

Nothing runs by these; `reglament lint` compares them, and they are shown with the procedure.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.calendar.term import Term
from shared.identity.roles import Role
from shared.procedure.basics import After, Code, Data, Moment, Paragraph, Sourced

Collective = Literal["provider", "commission", "council", "national-institute"]
Actor = Role | Collective
"""Who acts by the text: a role that a person has, or a body as a whole."""
Part = Annotated[str, StringConstraints(pattern=r"^(act|annex \d+)$")]


class OtherTerm(Data):
    """The term that an action has instead, once one of its steps has this outcome (a refusal comes sooner)."""

    outcome: After = Field(alias="for")
    term: Term


class Place(Data):
    """Another place that describes an action: terms, actor and moment as they are printed there, if they are."""

    paragraph: Paragraph
    term: Term | None = None
    other_terms: tuple[OtherTerm, ...] = ()
    actor: Actor | None = None
    runs_from: Moment | None = Field(None, alias="from")


class ActionResult(Data):
    """What the text says comes of an action, and which action, or actions side by side (their codes), it says that this
    starts."""

    paragraph: Paragraph
    starts: Code | tuple[Code, ...] | None = None

    @property
    def started(self) -> tuple[str, ...]:
        return (self.starts,) if isinstance(self.starts, str) else self.starts or ()


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
