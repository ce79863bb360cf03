"""What may befall a term while a case runs, where a procedure's data allow it: corrections asked of the applicant, a
suspension, more time. No text of the acts in the folder has them; where data don't say so, none of it can happen."""

from pydantic import Field

from shared.calendar.term import Term
from shared.identity.roles import Role
from shared.procedure.basics import Code, Sourced


class Corrections(Sourced):
    """While the step `during` is open the applicant may be asked to put documents right, so many times; `term`: within
    which to answer. Every other term stands still meanwhile."""

    during: Code
    role: Role
    term: Term
    times: int = Field(1, ge=1, le=10)


class Suspension(Sourced):
    """Whoever has this role may suspend a case until a stated instant, and let it go on before."""

    role: Role


class Extension(Sourced):
    """Whoever has this role may give these actions more time; beside each the longest term that it can be given."""

    role: Role
    actions: dict[Code, Term] = Field(min_length=1)
