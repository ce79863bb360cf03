"""How long something may take, in the unit that the text names."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

Unit = Literal["minutes", "hours", "working_days", "months"]
UNITS: tuple[Unit, ...] = ("minutes", "hours", "working_days", "months")


class Term(BaseModel):
    """A term in exactly one unit; a whole number, at least one. The upper bounds only keep slips out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minutes: int | None = Field(None, ge=1, le=100_000)
    hours: int | None = Field(None, ge=1, le=10_000)
    working_days: int | None = Field(None, ge=1, le=2_500)
    months: int | None = Field(None, ge=1, le=120)

    @model_validator(mode="after")
    def exactly_one_unit(self) -> Self:
        given = [unit for unit in UNITS if getattr(self, unit) is not None]
        if len(given) != 1:
            raise ValueError(f"a term has exactly one of {', '.join(UNITS)}; given: {', '.join(given) or 'none'}")
        return self

    @model_serializer
    def as_written(self) -> dict[str, int]:
        return {self.unit: self.count}

    @property
    def unit(self) -> Unit:
        return next(unit for unit in UNITS if getattr(self, unit) is not None)

    @property
    def count(self) -> int:
        count: int = getattr(self, self.unit)
        return count
