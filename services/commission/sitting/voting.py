"""Counting: whether a sitting has its quorum, and what a vote decides. Pure, by the body's rules."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Outcome = Literal["granted", "refused"]


class Quorum(BaseModel):
    """Those present must be more than this share of the members."""

    model_config = ConfigDict(frozen=True)

    more_than: Decimal


class Rules(BaseModel):
    """How the body decides, as it was when the sitting was convened: what else the edition's data say is left out."""

    model_config = ConfigDict(frozen=True)

    quorum: Quorum
    recused_count_for_quorum: bool
    abstention: bool
    tie: Literal["chair", "against"]


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Count(BaseModel):
    """The vote, counted, and what it decides."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    in_favour: int
    against: int
    abstained: int
    chair_broke_tie: bool


def has_quorum(rules: Rules, members: int, present: int, recused: int = 0) -> bool:
    """Whether enough of the members are there. `recused` are among those present; the rules say if they count."""
    counted = present if rules.recused_count_for_quorum else present - recused
    return counted > members * rules.quorum.more_than


def tally(rules: Rules, votes: Mapping[UUID, Choice], chair: UUID | None) -> Count:
    """Granted when more are for than against. A tie is broken by the vote of whoever presides, if the rules say so and
    they didn't abstain; an unbroken tie refuses."""
    said = list(votes.values())
    in_favour, against = said.count(Choice.FOR), said.count(Choice.AGAINST)
    casting = votes.get(chair) if chair and rules.tie == "chair" and in_favour == against else None
    broken = casting in (Choice.FOR, Choice.AGAINST)
    granted = in_favour > against or casting == Choice.FOR
    return Count(
        outcome="granted" if granted else "refused",
        in_favour=in_favour,
        against=against,
        abstained=said.count(Choice.ABSTAIN),
        chair_broke_tie=broken,
    )
