"""The way through the portal as the text describes it: processes and conditions, each with its paragraph."""

from typing import Any, Literal, Self

from pydantic import GetJsonSchemaHandler, model_validator

from shared.procedure.basics import WRITTEN, Code, Data, Names, Paragraph

Where = Literal["applicant", "portal", "payment-gateway", "state-database", "gateway", "provider"]


class Way(Data):
    """Where a step is reached from; from a condition by its answer; written `p1`, `c1.yes` or `c1.no`."""

    step: Code
    answer: Literal["yes", "no"] | None = None

    @model_validator(mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        step, _, answer = value.partition(".")
        return {"step": step, "answer": answer or None}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": WRITTEN, "description": cls.__doc__ or ""}

    def __str__(self) -> str:
        return f"{self.step}.{self.answer}" if self.answer else self.step


class PortalStep(Data):
    """One step on the portal; its code follows the text's number (P1: `p1`, C1: `c1`). `ends`: nothing comes after it.

    `optional`: only for those who need it (opening an account).
    """

    code: Code
    paragraph: Paragraph
    kind: Literal["process", "condition"] = "process"
    where: Where
    title: Names
    after: tuple[Way, ...] = ()
    optional: bool = False
    ends: Literal["refusal", "result"] | None = None

    @model_validator(mode="after")
    def a_condition_does_not_end(self) -> Self:
        if self.kind == "condition" and self.ends:
            raise ValueError("a condition has answers, it doesn't end the way")
        return self
