"""Public facts about the papers in which a service's result is given: published by the commission.

Papers are named by code: contract, extract, refusal, cover-letter.
"""

from typing import Literal

from pydantic import Field

from shared.contracts.common import CaseFact, Digest


class ResultPrepared(CaseFact):
    """The papers stand; `papers`: the digest of each one's text. `step.outcome` says what was decided."""

    papers: dict[str, Digest]


class ResultSigned(CaseFact):
    """The papers were signed over these digests."""

    papers: dict[str, Digest]


class ResultRegistered(CaseFact):
    """The papers were entered in the register; `numbers`: each one's number there."""

    numbers: dict[str, str]


class ResultIssued(CaseFact):
    """The applicant was given the result: on paper at the counter or by post, or in the cabinet."""

    channel: Literal["paper", "cabinet"]
    papers: dict[str, Digest]
    numbers: dict[str, str] = Field(default_factory=dict)
